//! `state:run`.

use crate::values::{
    Address, Command, Either, Env, ExitCodes, Mount, NonEmpty, PlatformSpec, RunUser, SecretEnvs, Size,
    Strings, SwapSize, Ulimits,
};
use crate::{Call, Choice, Object, Options};
use std::collections::BTreeMap;

/// Runs a command on top of the state.
///
/// A string is run by `/bin/sh -c`; a list is a program and its arguments, with no shell between.
#[derive(Debug, Call)]
#[call(name = "run", on = State, returns = Object(Object::State), llb = "ExecOp",
    example = r#"bk.image("golang:1.22"):run("go build ./...", { cwd = "/src", env = { CGO_ENABLED = "0" } })"#)]
pub struct Run {
    /// What is run.
    #[arg(label = "command argument")]
    pub cmd: Command,
    /// How it is run.
    #[arg(optional)]
    pub opts: RunOptions,
}

/// How a command is run. All but `platform` apply to this command only.
#[derive(Debug, Options)]
pub struct RunOptions {
    /// Environment variables, as a map or a list of `"NAME=value"`.
    pub env: Option<Env>,
    /// The working directory; a relative one is relative to the state's.
    #[option(shown = "the state's working directory, else \"/\"")]
    pub cwd: Option<NonEmpty>,
    /// The user, by name or number, with a group as in `"user:group"`.
    #[option(shown = "the state's user, else root")]
    pub user: Option<RunUser>,
    /// Which network the command sees.
    #[option(shown = "\"sandbox\"")]
    pub network: Option<Network>,
    /// Whether the command is confined.
    #[option(shown = "\"sandbox\"")]
    pub security: Option<Security>,
    /// What is mounted: results of `bk.cache`, `bk.bind`, `bk.secret`, `bk.ssh` and `bk.tmpfs`.
    pub mounts: Option<Vec<Mount>>,
    /// The name of the host.
    pub hostname: Option<NonEmpty>,
    /// The exit codes that count as success; a list without 0 makes 0 a failure.
    #[option(shown = "0")]
    pub valid_exit_codes: Option<ExitCodes>,
    /// Names of hosts and their addresses, for `/etc/hosts`.
    pub extra_hosts: Option<BTreeMap<String, Address>>,
    /// Limits such as `nofile`: a number, or `{ soft = …, hard = … }`; -1 is unlimited.
    pub ulimits: Option<Ulimits>,
    /// The parent of the command's cgroup.
    pub cgroup_parent: Option<NonEmpty>,
    /// Proxies for the command; they are no part of the cache key.
    pub proxy: Option<ProxyOptions>,
    /// Secrets given as environment variables: a map of names to ids.
    pub secret_env: Option<SecretEnvs>,
    /// CDI devices, such as `"nvidia.com/gpu=all"`.
    pub devices: Option<Vec<Either<NonEmpty, DeviceOptions>>>,
    /// Whether the root file system is read-only. The result's root is then the state itself.
    #[option(default = false)]
    pub readonly_rootfs: bool,
    /// The platform the command runs for; it stays for later runs.
    pub platform: Option<PlatformSpec>,
    /// Filters that a worker must match, as containerd writes them, such as `"labels.pool==gpu"`.
    pub constraints: Option<Strings>,
    /// Limits on memory and processors. They are no part of the cache key.
    pub resources: Option<ResourcesOptions>,
    /// Whether the command is run even where its result is cached.
    #[option(default = false)]
    pub ignore_cache: bool,
    /// What runs a command given as a string.
    #[option(shown = "{ \"/bin/sh\", \"-c\" }")]
    pub shell: Option<Vec<String>>,
}

/// A device that a command gets.
#[derive(Debug, Options)]
pub struct DeviceOptions {
    /// Its name, as CDI has it: `"vendor/class=device"`, or a class.
    pub name: NonEmpty,
    /// Whether the command runs without it where no worker has it.
    #[option(default = false)]
    pub optional: bool,
}

/// Which network a command sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub enum Network {
    /// A network of its own.
    Sandbox,
    /// The host's; the build must be allowed `network.host`.
    Host,
    /// None at all.
    None,
}

/// Whether a command is confined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub enum Security {
    /// As containers are.
    Sandbox,
    /// Not at all; the build must be allowed `security.insecure`.
    Insecure,
}

/// Proxies for a command, set in upper and lower case.
#[derive(Debug, Options)]
pub struct ProxyOptions {
    /// For http.
    pub http: Option<String>,
    /// For https.
    pub https: Option<String>,
    /// For ftp.
    pub ftp: Option<String>,
    /// Hosts that are reached without a proxy.
    pub no: Option<String>,
    /// For everything else.
    pub all: Option<String>,
}

/// Limits on memory and processors.
#[derive(Debug, Options)]
pub struct ResourcesOptions {
    /// Memory, in bytes or as `"512m"`.
    pub memory: Option<Size>,
    /// Memory and swap together; -1 is unlimited.
    pub memory_swap: Option<SwapSize>,
    /// Processors, such as 1.5; a short form of `cpu_period` and `cpu_quota`.
    pub cpus: Option<f64>,
    /// The weight among other commands.
    pub cpu_shares: Option<u64>,
    /// The period of the quota, in microseconds.
    pub cpu_period: Option<u64>,
    /// The time within a period, in microseconds.
    pub cpu_quota: Option<i64>,
    /// The processors that may be used, such as `"0-3"`.
    pub cpuset_cpus: Option<String>,
    /// The memory nodes that may be used.
    pub cpuset_mems: Option<String>,
}
