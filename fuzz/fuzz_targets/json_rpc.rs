//! Bytes on stdin, as they are.

#![no_main]

use libfuzzer_sys::fuzz_target;
use luakit_robustness::targets;

fuzz_target!(|bytes: &[u8]| targets::json_rpc(bytes));
