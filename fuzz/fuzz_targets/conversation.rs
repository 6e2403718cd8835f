//! Messages and edits that are made from the bytes, so that all of them get past the codec.

#![no_main]

use libfuzzer_sys::fuzz_target;
use luakit_robustness::targets;

fuzz_target!(init: targets::let_panics_be_caught(), |bytes: &[u8]| targets::conversation(bytes));
