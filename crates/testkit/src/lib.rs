//! A real BuildKit on this machine: a registry on the loopback interface, a daemon with a directory of its own, and a base image.
//!
//! A crate, not a module of `xtask` or of the tests, because both need it: `cargo xtask daemon` starts the daemon that the tests start.
//! It is apart from `xtask` so that the tests do not wait for the protobuf compiler that `xtask codegen` brings, and it knows nothing of
//! luakit, so that it can be trusted when luakit is broken. Nothing that is shipped depends on it.
//!
//! What it needs is installed by `cargo xtask setup`; whatever is missing is an error that names that command.

mod base_image;
mod daemon;
mod fake_registry;
mod process;
mod script;
pub mod tools;

pub use daemon::{Config, Daemon, Lifetime};
pub use fake_registry::{Asked, FakeRegistry, Reply};
pub use process::stop;
pub use script::script;

/// What went wrong, in words for the person at the terminal.
pub type Error = String;

pub type Result<T> = std::result::Result<T, Error>;
