//! The language server as an editor meets it: a real session over stdio.
//!
//! Each test is for something that only the wire can show. What is said of a script is tested where it is worked out.

pub(crate) mod client;
mod diagnostics;
mod dry_run;
mod encoding;
mod endurance;
mod graph;
mod interleaving;
mod lifecycle;
mod malformed;
mod modules;
mod navigation;
mod pin;
mod project;
mod questions;
mod rebuilds;
mod recorded;
mod roots;
mod rough;
mod settings;
mod structure;
mod sync;
mod typing;

use client::{Client, Setup};
use expect_test::Expect;

/// Compares what the client heard since the last time.
fn check(client: &mut Client, expect: Expect) {
    expect.assert_eq(&client.transcript());
}
