//! Whatever is typed, sent or left half-written: the server answers, and what it answers does not depend on how the
//! text came about.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

mod edited;
mod every_request;
mod noise;
mod panics;
mod truncated;

/// How many times longer than in CI it is to be tried.
fn times() -> usize {
    variable("LUAKIT_NOISE").unwrap_or(1)
}

fn variable(name: &str) -> Option<usize> {
    std::env::var(name).ok()?.parse().ok()
}
