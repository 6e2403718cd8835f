//! The examples stay true: each evaluates without a finding.

use std::path::Path;
use std::process::Command;

#[test]
fn every_example_is_clean() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seen = 0;
    let projects = std::fs::read_dir(root.join("examples")).unwrap().map(|entry| entry.unwrap().path());
    for folder in projects.filter(|path| path.is_dir()).chain([root.join("examples")]) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "lua") {
                continue;
            }
            let output = Command::new(env!("CARGO_BIN_EXE_luakit")).arg("check").arg(&path).output().unwrap();
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(output.status.success(), "{}:\n{text}", path.display());
            seen += 1;
        }
    }
    assert!(seen >= 12, "the examples were not found");
}
