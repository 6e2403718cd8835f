//! What fuzzers do for hours, for a few seconds: the same functions on bytes that are the same everywhere.
//!
//! `LUAKIT_NOISE=60` makes it 60 times as long, `LUAKIT_NOISE_SEED` begins elsewhere. docs/robustness.md tells more.

use crate::{times, variable};
use luakit_robustness::{random_bytes, targets};
use std::panic::catch_unwind;
use std::time::{Duration, Instant};

/// Longer than any input may take on a busy machine.
const BOUND: Duration = Duration::from_secs(60);

/// Runs the target on a number of inputs, and says how each that fails is made.
fn run(target: fn(&[u8]), count: usize, longest: usize) {
    let count = count * times();
    let first = variable("LUAKIT_NOISE_SEED").unwrap_or(0);
    let mut failed = Vec::new();
    for seed in first..first + count {
        // Short inputs find most, and are easier to read.
        let length = longest >> (seed % 5);
        let bytes = random_bytes(seed as u64, length);
        let began = Instant::now();
        if catch_unwind(|| target(&bytes)).is_err() {
            eprintln!("^^ random_bytes({seed}, {length})");
            failed.push((seed, length));
        }
        assert!(began.elapsed() < BOUND, "random_bytes({seed}, {length}) took {:?}", began.elapsed());
    }
    assert!(failed.is_empty(), "{} of {count} failed: random_bytes with {failed:?}", failed.len());
}

#[test]
fn any_script_is_analysed_formatted_and_evaluated() {
    run(targets::mutated_script, 100, 600);
}

#[test]
fn any_conversation_is_answered() {
    run(targets::conversation, 100, 800);
}

#[test]
fn any_bytes_are_survived() {
    run(targets::json_rpc, 40, 4000);
}
