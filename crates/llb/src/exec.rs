//! Commands: from a state and what to run in it to the states that the command leaves.

use crate::{
    Env, Error, ErrorKind, ExecOp, Graph, LinuxResources, Mount, MountKind, NetMode, Op, Output, Platform,
    SecurityMode, State, VertexId, graph, paths,
};

pub use crate::pb::{CdiDevice as Device, HostIp, ProxyEnv, SecretEnv, Ulimit};

/// Says what to run. What is not said comes from the state; what is said is for this command only.
#[derive(Clone, Debug, Default)]
pub struct Exec {
    /// The program and its arguments.
    pub args: Vec<String>,
    /// More environment variables, in order.
    pub env: Vec<(String, String)>,
    /// The working directory; a relative one is joined to that of the state.
    pub cwd: Option<String>,
    /// The user, as `user[:group]`.
    pub user: Option<String>,
    /// The host's name.
    pub hostname: Option<String>,
    /// The network.
    pub network: Option<NetMode>,
    /// The security mode.
    pub security: Option<SecurityMode>,
    /// What the command sees besides its root.
    pub mounts: Vec<Mount>,
    /// The exit codes that are no failure; 0 alone if there are none.
    pub valid_exit_codes: Vec<i32>,
    /// More lines of `/etc/hosts`.
    pub extra_hosts: Vec<HostIp>,
    /// More resource limits.
    pub ulimits: Vec<Ulimit>,
    /// The parent of the control group.
    pub cgroup_parent: Option<String>,
    /// The proxies; they are not part of the cache key.
    pub proxy: Option<ProxyEnv>,
    /// The environment variables that hold secrets.
    pub secret_env: Vec<SecretEnv>,
    /// The devices of the host.
    pub devices: Vec<Device>,
    /// Whether the root cannot be written to.
    pub readonly_rootfs: bool,
    /// The platform, as it is spelled; unlike the others it stays for later commands.
    pub platform: Option<Platform>,
    /// The limits of the container; they are not part of the cache key.
    pub resources: Option<LinuxResources>,
    /// Whether the command runs even if its result is cached.
    pub ignore_cache: bool,
    /// The containerd filters that a worker must match.
    pub filters: Vec<String>,
}

/// Holds the states that a command leaves.
#[derive(Clone, Debug)]
pub struct Run {
    /// The root; that of before if the command could not write to it.
    pub root: State,
    /// The vertex of the command.
    pub vertex: VertexId,
    mounts: Vec<(String, Result<State, Error>)>,
}

impl Run {
    /// Returns what the command left on a mount. Its settings are fresh, but for the command's platform.
    ///
    /// # Errors
    /// If there is no such mount, or if what is written to it is not kept.
    pub fn mount(&self, dest: &str) -> Result<State, Error> {
        let exact = self.mounts.iter().find(|(other, _)| other == dest);
        let alike = || self.mounts.iter().find(|(other, _)| paths::clean(other) == paths::clean(dest));
        match exact.or_else(alike) {
            Some((_, state)) => state.clone(),
            None => Err(Error::new(ErrorKind::Mount, format!("no mount at `{dest}`"))),
        }
    }
}

impl Graph {
    /// Adds a command that runs in a state.
    ///
    /// # Errors
    /// If there are no arguments, or a mount cannot be.
    pub fn exec(&mut self, state: &State, exec: Exec) -> Result<Run, Error> {
        if exec.args.is_empty() {
            return Err(Error::new(ErrorKind::Exec, "arguments are required"));
        }
        if exec.mounts.iter().any(|it| it.is_tmpfs() && !it.source.is_scratch()) {
            return Err(Error::new(ErrorKind::Mount, "tmpfs mounts must use scratch"));
        }
        let (readonly, ignore_cache) = (exec.readonly_rootfs, exec.ignore_cache);
        let (platform, resources, filters) =
            (exec.platform.clone(), exec.resources.clone(), exec.filters.clone());
        let op = exec_op(state, exec);
        let mounts = op.mounts.clone();
        let inputs = graph::unique(mounts.iter().filter_map(Mount::input));
        let vertex = self.add(Op::Exec(op), inputs, platform.clone());
        if let Some(it) = self.vertex_mut(vertex) {
            it.metadata.ignore_cache = ignore_cache;
            it.metadata.linux_resources = resources;
            it.filters = filters;
        }
        let left = left_on_mounts(self, vertex, &mounts, platform.as_ref());
        let (root, seed) = if readonly {
            (state.output(), self.platform_of(state))
        } else {
            (root_output(vertex, &mounts), platform)
        };
        Ok(Run { root: state.with_output(root, seed.as_ref()), vertex, mounts: left })
    }

    /// Returns the run with more said about its vertex: all that it left is of the copy, see
    /// [`Graph::with_metadata`].
    pub fn run_with_metadata(&mut self, run: &Run, metadata: crate::Metadata) -> Run {
        let made = |state: &State| state.output().is_some_and(|output| output.vertex == run.vertex);
        let whole = State::new(Some(Output { vertex: run.vertex, index: 0 }), None);
        let vertex = self.with_metadata(&whole, metadata).output().map_or(run.vertex, |output| output.vertex);
        let moved = |state: &State| match state.output() {
            Some(output) if made(state) => state.with_output(Some(Output { vertex, ..output }), None),
            _ => state.clone(),
        };
        let left = |(dest, state): &(String, Result<State, Error>)| {
            (dest.clone(), state.as_ref().map(moved).map_err(Clone::clone))
        };
        Run { root: moved(&run.root), vertex, mounts: run.mounts.iter().map(left).collect() }
    }

    /// The platform that an output brings to a state: the one that was asked for where it was made.
    pub(crate) fn platform_of(&self, state: &State) -> Option<Platform> {
        self.vertex(state.output()?.vertex)?.platform.clone()
    }
}

fn exec_op(state: &State, exec: Exec) -> ExecOp {
    let values = state.values();
    let mut env = values.env.clone();
    for (name, value) in exec.env {
        env.set(name, value);
    }
    set_agent(&mut env, &exec.mounts);
    let mut ulimits = values.ulimits.clone();
    ulimits.extend(exec.ulimits);
    let mut extra_hosts = values.extra_hosts.clone();
    extra_hosts.extend(exec.extra_hosts);
    ExecOp {
        args: exec.args,
        env,
        cwd: exec.cwd.map_or_else(|| values.dir.clone(), |cwd| paths::resolve_dir(&values.dir, &cwd)),
        user: exec.user.unwrap_or_else(|| values.user.clone()),
        hostname: exec.hostname.unwrap_or_else(|| values.hostname.clone()),
        network: exec.network.unwrap_or(values.network),
        security: exec.security.unwrap_or(values.security),
        mounts: sorted(Mount { readonly: exec.readonly_rootfs, ..Mount::bind(state, "/") }, exec.mounts),
        valid_exit_codes: exec.valid_exit_codes,
        extra_hosts,
        ulimits,
        cgroup_parent: exec.cgroup_parent.unwrap_or_else(|| values.cgroup_parent.clone()),
        proxy: exec.proxy,
        secret_env: exec.secret_env,
        devices: exec.devices,
        state_platform: values.platform.clone(),
    }
}

fn set_agent(env: &mut Env, mounts: &[Mount]) {
    if let Some(agent) = mounts.iter().find(|it| matches!(it.kind, MountKind::Ssh { .. })) {
        env.set_default("SSH_AUTH_SOCK", &agent.dest);
    }
}

/// Directories by destination, the root among them; then secrets and agents as they were given.
fn sorted(root: Mount, mounts: Vec<Mount>) -> Vec<Mount> {
    let (mut directories, files): (Vec<_>, Vec<_>) = mounts.into_iter().partition(Mount::is_directory);
    let (secrets, agents): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|it| matches!(it.kind, MountKind::Secret { .. }));
    directories.insert(0, root);
    directories.sort_by(|a, b| a.dest.cmp(&b.dest));
    directories.into_iter().chain(secrets).chain(agents).collect()
}

/// The output of the root: a destination such as `./x` sorts before it, so it need not be the first.
fn root_output(vertex: VertexId, mounts: &[Mount]) -> Option<Output> {
    let before = mounts.iter().take_while(|it| it.dest != "/").filter(|it| it.has_output()).count();
    Some(Output { vertex, index: u32::try_from(before).unwrap_or(u32::MAX) })
}

fn left_on_mounts(
    graph: &Graph,
    vertex: VertexId,
    mounts: &[Mount],
    platform: Option<&Platform>,
) -> Vec<(String, Result<State, Error>)> {
    let mut index = 0;
    let left = |mount: &Mount| {
        let dest = &mount.dest;
        let wrong = |message| Err(Error::new(ErrorKind::Mount, message));
        match &mount.kind {
            MountKind::Secret { .. } => wrong(format!("secret mount for {dest} can't be used as a parent")),
            MountKind::Ssh { .. } => wrong(format!("ssh mount for {dest} can't be used as a parent")),
            _ if mount.readonly => {
                Ok(State::new(mount.source.output(), graph.platform_of(&mount.source).as_ref()))
            }
            MountKind::Tmpfs { .. } => wrong(format!("tmpfs mount for {dest} can't be used as a parent")),
            _ if mount.no_output => {
                wrong(format!("mount marked no-output and {dest} can't be used as a parent"))
            }
            _ if mount.is_cache() => wrong(format!("invalid mount: {dest}")),
            _ => {
                let output = Output { vertex, index };
                index += 1;
                Ok(State::new(Some(output), platform))
            }
        }
    };
    mounts.iter().map(|it| it.dest.clone()).zip(mounts.iter().map(left)).collect()
}
