//! `state:run`.

use super::{Calling, option};
use crate::failure::Failure;
use luakit_api::Step;
use luakit_api::calls::{DeviceOptions, Network, ResourcesOptions, RunOptions, Security};
use luakit_api::values::{Command, Either, NonEmpty, lua_number_text};
use luakit_diagnostics::Code;
use luakit_llb::{
    Device, Exec, HostIp, LinuxResources, Mount, MountKind, NetMode, ProxyEnv, SecretEnv, SecurityMode,
    Ulimit, clean_path,
};

pub(super) fn run(calling: &Calling<'_>, call: luakit_api::calls::Run) -> Result<luakit_llb::Run, Failure> {
    let opts = call.opts;
    let mounts = mounts(calling, &opts)?;
    if calling.receiver.is_scratch() && !mounts.iter().any(|mount| mount.kind == MountKind::Bind) {
        let mut failure = calling.fail(
            Code::INVALID_OP,
            "cannot run a command on scratch: it has no files, so no shell or program",
        );
        for diagnostic in &mut failure.diagnostics {
            diagnostic
                .hints
                .push("start from `bk.image(…)`, or mount a static program with `bk.bind`".into());
        }
        return Err(failure);
    }
    let keeps = |mount: &Mount| mount.kind == MountKind::Bind && !mount.readonly && !mount.no_output;
    if opts.readonly_rootfs && !mounts.iter().any(keeps) {
        let what =
            "nothing can depend on the command: with `readonly_rootfs` the result is the state before it";
        calling.tell(option(1, "readonly_rootfs"), Code::UNUSED_STATE, what, None);
    }
    let args = match call.cmd {
        Command::Argv(words) => {
            if opts.shell.is_some() {
                let what = "shell has no effect on a list: a list is run without a shell";
                return Err(calling.fail_at(option(1, "shell"), Code::INVALID_VALUE, what, None));
            }
            words
        }
        Command::Shell(line) => {
            if opts.shell.as_ref().is_some_and(Vec::is_empty) {
                let what = "shell must not be empty: without a shell, give the command as a list";
                return Err(calling.fail_at(option(1, "shell"), Code::INVALID_VALUE, what, None));
            }
            let shell = opts.shell.unwrap_or_else(|| vec!["/bin/sh".into(), "-c".into()]);
            shell.into_iter().chain([line]).collect()
        }
    };
    let resources = opts.resources.map(|resources| linux_resources(calling, resources)).transpose()?;
    let exec = Exec {
        args,
        env: opts.env.map(|env| env.0).unwrap_or_default(),
        cwd: opts.cwd.map(|path| path.0),
        user: opts.user.map(|user| user.0),
        hostname: opts.hostname.map(|name| name.0),
        network: opts.network.map(network),
        security: opts.security.map(|security| match security {
            Security::Sandbox => SecurityMode::Sandbox,
            Security::Insecure => SecurityMode::Insecure,
        }),
        mounts,
        valid_exit_codes: opts.valid_exit_codes.map(|codes| codes.0).unwrap_or_default(),
        extra_hosts: opts
            .extra_hosts
            .map(|hosts| hosts.into_iter().map(|(host, ip)| HostIp { host, ip: ip.0 }).collect())
            .unwrap_or_default(),
        ulimits: opts
            .ulimits
            .map(|limits| {
                let limit = |(name, limit): (String, luakit_api::values::Ulimit)| Ulimit {
                    name,
                    soft: limit.soft,
                    hard: limit.hard,
                };
                limits.0.into_iter().map(limit).collect()
            })
            .unwrap_or_default(),
        cgroup_parent: opts.cgroup_parent.map(|text| text.0),
        proxy: opts.proxy.map(|proxy| ProxyEnv {
            http_proxy: proxy.http.unwrap_or_default(),
            https_proxy: proxy.https.unwrap_or_default(),
            ftp_proxy: proxy.ftp.unwrap_or_default(),
            no_proxy: proxy.no.unwrap_or_default(),
            all_proxy: proxy.all.unwrap_or_default(),
        }),
        secret_env: opts
            .secret_env
            .map(|secrets| {
                let secret = |(name, secret)| match secret {
                    Either::First(luakit_api::values::NonEmpty(id)) => {
                        SecretEnv { id, name, optional: false }
                    }
                    Either::Second(luakit_api::values::SecretEnvOptions { id, optional }) => {
                        SecretEnv { id: id.0, name, optional }
                    }
                };
                secrets.0.into_iter().map(secret).collect()
            })
            .unwrap_or_default(),
        devices: opts
            .devices
            .map(|devices| {
                let device = |device| match device {
                    Either::First(name) => {
                        let NonEmpty(name) = name;
                        Device { name, optional: false }
                    }
                    Either::Second(DeviceOptions { name, optional }) => Device { name: name.0, optional },
                };
                devices.into_iter().map(device).collect()
            })
            .unwrap_or_default(),
        readonly_rootfs: opts.readonly_rootfs,
        platform: opts.platform.map(|spec| calling.platform(&spec)),
        resources,
        ignore_cache: opts.ignore_cache,
        filters: opts.constraints.map(|filters| filters.0).unwrap_or_default(),
    };
    calling.run.graph.borrow_mut().exec(&calling.receiver, exec).map_err(|err| calling.refused(&err))
}

pub(super) fn network(network: Network) -> NetMode {
    match network {
        Network::Sandbox => NetMode::Unset,
        Network::Host => NetMode::Host,
        Network::None => NetMode::None,
    }
}

/// Returns the mounts that were given, each at a place of its own.
fn mounts(calling: &Calling<'_>, opts: &RunOptions) -> Result<Vec<Mount>, Failure> {
    let all = calling.run.mounts.borrow();
    let given = opts.mounts.as_deref().unwrap_or(&[]);
    let mut mounts: Vec<Mount> = Vec::with_capacity(given.len());
    for (index, id) in given.iter().enumerate() {
        let Some(mount) = all.get(id.0 as usize) else { continue };
        let at = vec![Step::Arg(1), Step::Key("mounts".into()), Step::Index(index)];
        let dest = clean_path(&mount.dest);
        // The runtime takes a relative place from the root.
        if ["/", "."].contains(&dest.as_str()) {
            let what = format!("mounts[{}] must not be mounted at `/`, where the state itself is", index + 1);
            return Err(calling.fail_at(at, Code::INVALID_VALUE, what, None));
        }
        if let Some(other) = mounts.iter().position(|other| clean_path(&other.dest) == dest) {
            let what = format!(
                "mounts[{}] and mounts[{}] are both mounted at `{}`",
                other + 1,
                index + 1,
                mount.dest
            );
            return Err(calling.fail_at(at, Code::INVALID_VALUE, what, None));
        }
        mounts.push(mount.clone());
    }
    Ok(mounts)
}

/// The period that a number of processors is a share of, in microseconds; Docker's `--cpus` has the same.
const CPU_PERIOD: u64 = 100_000;
/// The least share is the kernel's; with a smaller one, or none, there would be no limit at all.
const CPUS: std::ops::RangeInclusive<f64> = 0.01..=100_000.0;

fn linux_resources(calling: &Calling<'_>, opts: ResourcesOptions) -> Result<LinuxResources, Failure> {
    let path = |name: &str| vec![Step::Arg(1), Step::Key("resources".into()), Step::Key(name.into())];
    if opts.cpus.is_some() && (opts.cpu_period.is_some() || opts.cpu_quota.is_some()) {
        let what =
            "resources.cpus cannot stand beside `cpu_period` or `cpu_quota`, which it is a short form of";
        return Err(calling.fail_at(path("cpus"), Code::INVALID_VALUE, what, None));
    }
    if let Some(cpus) = opts.cpus.filter(|cpus| !CPUS.contains(cpus)) {
        let (least, most) = (CPUS.start(), CPUS.end());
        let cpus = lua_number_text(cpus);
        let what = format!("resources.cpus must be from {least} to {most}, got {cpus}");
        return Err(calling.fail_at(path("cpus"), Code::INVALID_VALUE, what, None));
    }
    let (period, quota) = match opts.cpus {
        Some(cpus) => (CPU_PERIOD, (cpus * CPU_PERIOD as f64).round() as i64),
        None => (opts.cpu_period.unwrap_or(0), opts.cpu_quota.unwrap_or(0)),
    };
    Ok(LinuxResources {
        memory: opts.memory.map_or(0, |size| size.0),
        memory_swap: opts.memory_swap.map_or(0, |size| size.0),
        cpu_shares: opts.cpu_shares.unwrap_or(0),
        cpu_period: period,
        cpu_quota: quota,
        cpuset_cpus: opts.cpuset_cpus.unwrap_or_default(),
        cpuset_mems: opts.cpuset_mems.unwrap_or_default(),
    })
}
