//! Tests of the whole: the `luakit` program as a user meets it. One binary, so that the workspace links once.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

mod buildkit;
mod cli;
mod emacs;
mod layers;
mod lsp;
mod nvim;
