//! What tests and fuzzers throw at the rest: scripts, edits, messages, and every request of LSP. Nothing ships with it.
//!
//! Everything is made from bytes, by [`Dice`]: a fuzzer brings its own, a property test shrinks them, and a plain test
//! takes [`random_bytes`] of a seed, so that a failure anywhere is reproduced everywhere.
//!
//! - [`scripts`] makes Lua, good, bad and half-typed; [`edits`] makes edits of it, and knows what they lead to.
//! - [`requests`] lists every request that a client may send and judges answers; [`session`] is a client of a server
//!   in this process, and [`asking`] has it ask all there is to ask.
//! - [`streams`] makes whole conversations, also garbled ones.
//! - [`targets`] are the functions that fuzzers call.

pub mod asking;
mod dice;
pub mod edits;
pub mod requests;
pub mod scripts;
pub mod session;
pub mod streams;
pub mod targets;

pub use dice::{Dice, random_bytes};
