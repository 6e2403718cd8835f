//! `luakit version`.

use crate::output::tell;
use crate::{output, script};
use std::process::ExitCode;

pub(crate) fn run() -> ExitCode {
    let text = format!("luakit {}\n", env!("CARGO_PKG_VERSION"));
    match output::write(None, text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            tell!("luakit: {message}");
            ExitCode::from(script::UNUSABLE)
        }
    }
}
