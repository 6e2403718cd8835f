//! A text, parsed, asked everything about, and formatted.

#![no_main]

use libfuzzer_sys::fuzz_target;
use luakit_robustness::targets;

fuzz_target!(init: targets::let_panics_be_caught(), |text: &str| {
    targets::analyse(text);
    targets::format(text);
});
