//! Settings of a state that later runs keep, and what a run left besides its root.

use super::Network;
use crate::values::{Env, NonEmpty, PlatformSpec, RunUser, State};
use crate::{Call, Object};

/// Sets environment variables for later runs.
#[derive(Debug, Call)]
#[call(name = "with_env", on = State, returns = Object(Object::State), llb = "Meta.env of later runs",
    example = r#"bk.image("golang:1.22"):with_env({ CGO_ENABLED = "0" })"#)]
pub struct WithEnv {
    /// The variables, as a map or a list of `"NAME=value"`.
    pub env: Env,
}

/// Sets the working directory for later runs, and where relative paths of file operations begin.
#[derive(Debug, Call)]
#[call(name = "with_cwd", on = State, returns = Object(Object::State), llb = "Meta.cwd of later runs",
    example = r#"bk.image("alpine:3.19"):with_cwd("/src")"#)]
pub struct WithCwd {
    /// The directory; a relative one is relative to the state's.
    pub path: NonEmpty,
}

/// Sets the user for later runs.
#[derive(Debug, Call)]
#[call(name = "with_user", on = State, returns = Object(Object::State), llb = "Meta.user of later runs",
    example = r#"bk.image("alpine:3.19"):with_user("nobody")"#)]
pub struct WithUser {
    /// The user, by name or number, with a group as in `"user:group"`.
    pub user: RunUser,
}

/// Sets the platform for later runs.
#[derive(Debug, Call)]
#[call(name = "with_platform", on = State, returns = Object(Object::State), llb = "Op.platform of later runs",
    example = r#"bk.image("alpine:3.19"):with_platform("linux/arm64")"#)]
pub struct WithPlatform {
    /// The platform.
    pub platform: PlatformSpec,
}

/// Sets the network for later runs.
#[derive(Debug, Call)]
#[call(name = "with_network", on = State, returns = Object(Object::State), llb = "ExecOp.network of later runs",
    example = r#"bk.image("alpine:3.19"):with_network("none")"#)]
pub struct WithNetwork {
    /// Which network the commands see.
    pub network: Network,
}

/// Makes the state wait for others, without taking anything from them.
#[derive(Debug, Call)]
#[call(name = "requires", on = State, returns = Object(Object::State), llb = "PassthroughOp",
    example = r#"bk.image("alpine:3.19"):requires(bk.image("alpine:3.19"):run("make test"))"#)]
pub struct Requires {
    /// What must be built before.
    #[arg(variadic, min = 1, label = "state")]
    pub states: Vec<State>,
}

/// Takes what a run left on one of its writable mounts.
///
/// The settings of the result are fresh, but for the run's platform. Caches, tmpfs, secrets, agents and mounts without
/// an output leave nothing.
#[derive(Debug, Call)]
#[call(name = "mount", on = State, returns = Object(Object::State), llb = "an output of the ExecOp",
    example = r#"bk.image("alpine:3.19"):run("make > /out/log", { mounts = { bk.bind(bk.scratch(), "/out", { readonly = false }) } }):mount("/out")"#)]
pub struct MountOf {
    /// Where the run had it mounted.
    pub dest: NonEmpty,
}
