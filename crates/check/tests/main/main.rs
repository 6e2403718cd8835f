//! What scripts do, from their text to the definition: the two layers and the engine together.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod collecting;
mod compat;
mod declaration;
mod determinism;
mod diff;
mod errors;
mod hostile;
mod lines;
mod lints;
mod messages;
mod modules;
mod observed;
mod ops;
mod pages;
mod rebuilds;
mod rename;
mod suite;
mod support;
