//! A script that is run with small limits, and its graph marshalled.

#![no_main]

use libfuzzer_sys::fuzz_target;
use luakit_robustness::targets;

fuzz_target!(init: targets::let_panics_be_caught(), |text: &str| targets::evaluate(text));
