//! Whatever is typed, sent or left half-written: the server answers, and what it answers does not depend on how the
//! text came about.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

mod edited;
mod every_request;
mod noise;
mod panics;
mod truncated;
