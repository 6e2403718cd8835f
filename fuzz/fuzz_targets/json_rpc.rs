//! Bytes on stdin, as they are.

#![no_main]

use libfuzzer_sys::fuzz_target;
use luakit_robustness::targets;

fuzz_target!(init: targets::let_panics_be_caught(), |bytes: &[u8]| targets::json_rpc(bytes));
