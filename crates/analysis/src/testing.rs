//! What the tests share: scripts, the sample cases, and cursors.

use crate::Script;
use luakit_diagnostics::SourceFile;
use std::sync::Arc;

pub(crate) fn script(text: &str) -> Script {
    Script::parse(Arc::new(SourceFile::new("build.lua", text)))
}

/// Returns the names and texts of the sample cases.
pub(crate) fn cases() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases");
    let mut cases: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    cases.sort();
    cases
}
