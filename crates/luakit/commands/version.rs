//! `luakit version`.

use std::process::ExitCode;

pub(crate) fn run() -> ExitCode {
    let text = format!("luakit {}\n", env!("CARGO_PKG_VERSION"));
    match crate::output::write(None, text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(crate::script::UNUSABLE),
    }
}
