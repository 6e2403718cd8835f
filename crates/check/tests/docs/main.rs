//! The manual stays true: its scripts are evaluated, its links lead somewhere, and its checklist of LLB is complete.

// Helpers of tests are not tests to clippy.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod book;
mod comparison;
mod coverage;
mod links;
mod scripts;
mod wire;
