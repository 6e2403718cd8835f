//! The op of a command.

use crate::inputs::{Inputs, Marshalled};
use crate::{
    Constraints, ContentCache, Device, Env, HostIp, Metadata, Mount, MountKind, NetMode, Platform, ProxyEnv,
    SecretEnv, SecurityMode, Ulimit, pb,
};
use std::collections::BTreeSet;

/// The capability of a daemon that sets `PATH` where nobody does.
const SETS_DEFAULT_PATH: &str = "exec.meta.setsdefaultpath";
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Runs a command.
#[derive(Clone, Debug)]
pub struct ExecOp {
    /// The program and its arguments.
    pub args: Vec<String>,
    /// The environment variables.
    pub env: Env,
    /// The working directory.
    pub cwd: String,
    /// The user, as `user[:group]`; empty for the image's default.
    pub user: String,
    /// The host's name; empty for BuildKit's default.
    pub hostname: String,
    /// The network.
    pub network: NetMode,
    /// The security mode.
    pub security: SecurityMode,
    /// The mounts in the order of the op, the root among them.
    pub mounts: Vec<Mount>,
    /// The exit codes that are no failure; 0 alone if there are none.
    pub valid_exit_codes: Vec<i32>,
    /// The additional lines of `/etc/hosts`.
    pub extra_hosts: Vec<HostIp>,
    /// The resource limits.
    pub ulimits: Vec<Ulimit>,
    /// The parent of the control group; empty for BuildKit's default.
    pub cgroup_parent: String,
    /// The proxies.
    pub proxy: Option<ProxyEnv>,
    /// The environment variables that hold secrets.
    pub secret_env: Vec<SecretEnv>,
    /// The devices of the host.
    pub devices: Vec<Device>,
    pub(crate) state_platform: Option<Platform>,
}

impl ExecOp {
    pub(crate) fn marshal(
        &self,
        mut inputs: Inputs<'_>,
        constraints: &Constraints,
        metadata: &Metadata,
    ) -> Marshalled {
        let mut caps = self.caps();
        if metadata.linux_resources.is_some() {
            caps.insert("exec.meta.linux.resources");
        }
        let mut env = self.env.clone();
        if let Some(known) = &constraints.caps {
            if known.contains(SETS_DEFAULT_PATH) {
                caps.insert(SETS_DEFAULT_PATH);
            } else if constraints.platform.os != "windows" {
                env.set_default("PATH", DEFAULT_PATH);
            }
        }
        let op = pb::ExecOp {
            meta: Some(self.meta(&env)),
            mounts: self.mounts(&mut inputs),
            network: self.network.into(),
            security: self.security.into(),
            secretenv: self.secret_env.clone(),
            cdi_devices: self.devices.clone(),
        };
        Marshalled {
            inputs: inputs.list,
            op: pb::op::Op::Exec(op),
            has_platform: true,
            state_platform: self.state_platform.clone(),
            caps,
        }
    }

    fn meta(&self, env: &Env) -> pb::Meta {
        pb::Meta {
            args: self.args.clone(),
            env: env.iter().map(|(name, value)| format!("{name}={value}")).collect(),
            cwd: self.cwd.clone(),
            user: self.user.clone(),
            proxy_env: self.proxy.clone(),
            extra_hosts: self.extra_hosts.clone(),
            hostname: self.hostname.clone(),
            ulimit: self.ulimits.clone(),
            cgroup_parent: self.cgroup_parent.clone(),
            remove_mount_stubs_recursive: true,
            valid_exit_codes: self.valid_exit_codes.clone(),
        }
    }

    fn mounts(&self, inputs: &mut Inputs<'_>) -> Vec<pb::Mount> {
        let mut next_output = 0;
        let mut output = |mount: &Mount| {
            if !mount.is_directory() {
                return 0;
            }
            if !mount.has_output() {
                return -1;
            }
            next_output += 1;
            next_output - 1
        };
        let mut mount = |mount: &Mount| pb::Mount {
            input: inputs.add(mount.input()),
            selector: mount.selector.clone(),
            dest: mount.dest.clone(),
            output: output(mount),
            readonly: mount.readonly,
            content_cache: mount.content_cache.into(),
            ..mount.kind.to_pb()
        };
        self.mounts.iter().map(&mut mount).collect()
    }

    fn caps(&self) -> BTreeSet<&'static str> {
        let any = |is: &dyn Fn(&Mount) -> bool| self.mounts.iter().any(is);
        let is_bind = |it: &Mount| it.input().is_some() && !it.is_cache() && !it.is_tmpfs();
        let has_size = |it: &Mount| matches!(it.kind, MountKind::Tmpfs { size } if size > 0);
        let is_secret = |it: &Mount| matches!(it.kind, MountKind::Secret { .. });
        let is_agent = |it: &Mount| matches!(it.kind, MountKind::Ssh { .. });
        [
            ("exec.meta.base", true),
            ("exec.mount.bind", any(&is_bind)),
            ("exec.mount.selector", any(&|it| !it.selector.is_empty())),
            ("exec.mount.cache", any(&Mount::is_cache)),
            ("exec.mount.cache.sharing", any(&Mount::is_cache)),
            ("exec.mount.cache.content", any(&|it| it.content_cache != ContentCache::Default)),
            ("exec.mount.tmpfs", any(&Mount::is_tmpfs)),
            ("exec.mount.tmpfs.size", any(&has_size)),
            ("exec.mount.secret", any(&is_secret) || !self.secret_env.is_empty()),
            ("exec.secretenv", !self.secret_env.is_empty()),
            ("exec.mount.ssh", any(&is_agent)),
            ("exec.meta.cdi", !self.devices.is_empty()),
            ("exec.meta.ulimit", !self.ulimits.is_empty()),
            ("exec.meta.network", self.network != NetMode::Unset),
            ("exec.meta.security", self.security != SecurityMode::Sandbox),
            ("exec.meta.proxyenv", self.proxy.is_some()),
            ("exec.validexitcode", !self.valid_exit_codes.is_empty()),
        ]
        .into_iter()
        .filter_map(|(cap, used)| used.then_some(cap))
        .collect()
    }
}

impl MountKind {
    fn to_pb(&self) -> pb::Mount {
        let of =
            |mount_type: pb::MountType| pb::Mount { mount_type: mount_type.into(), ..pb::Mount::default() };
        match self.clone() {
            MountKind::Bind => of(pb::MountType::Bind),
            MountKind::Cache { id, .. } if id.is_empty() => of(pb::MountType::Bind),
            MountKind::Cache { id, sharing } => {
                let opt = pb::CacheOpt { id, sharing: sharing.into() };
                pb::Mount { cache_opt: Some(opt), ..of(pb::MountType::Cache) }
            }
            MountKind::Tmpfs { size } => {
                pb::Mount { tmpfs_opt: Some(pb::TmpfsOpt { size }), ..of(pb::MountType::Tmpfs) }
            }
            MountKind::Secret { id, uid, gid, mode, optional } => {
                let opt = pb::SecretOpt { id, uid, gid, mode, optional };
                pb::Mount { secret_opt: Some(opt), ..of(pb::MountType::Secret) }
            }
            MountKind::Ssh { id, uid, gid, mode, optional } => {
                let opt = pb::SshOpt { id, uid, gid, mode, optional };
                pb::Mount { ssh_opt: Some(opt), ..of(pb::MountType::Ssh) }
            }
        }
    }
}
