//! Build scripts, built for real: `luakit build SCRIPT | buildctl build …` on a daemon that this process starts for itself.
//!
//! They need root and what `cargo xtask setup buildkit` installs. Without it they fail and say so: a test that skips itself proves nothing.

mod diff;
mod errors;
mod examples;
mod exec;
mod files;
mod graph;
mod image;
mod local;
mod mounts;
mod pin;
mod pipe;
mod prelude;
mod project;
mod tree;
