//! The tests that the comparison with other servers names are there.

use crate::book::{page, repository};
use std::path::{Path, PathBuf};

#[test]
fn each_row_of_the_comparison_has_a_test() {
    let page = page("docs/comparison.md");
    let rows: Vec<&str> = page
        .text
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| ---"))
        .skip(1)
        .collect();
    assert!(rows.len() > 30, "the table is where it was looked for");
    let mut wrong = String::new();
    for row in rows {
        let cell = row.split('|').nth(2).unwrap_or("");
        let tests: Vec<&str> = cell.split('`').filter(|part| part.contains("::")).collect();
        if tests.is_empty() {
            wrong += &format!("no test: {row}\n");
        }
        for test in tests.iter().filter(|test| !exists(test)) {
            wrong += &format!("no such test: {test}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Tells whether there is a test of a path: `lsp::sync::name` in tests/, `analysis::hover::name` in that crate.
fn exists(path: &str) -> bool {
    let parts: Vec<&str> = path.split("::").collect();
    let [first, module, name] = parts[..] else { return false };
    let folders = [repository("tests").join(first), repository("crates").join(first).join("src")];
    let files = folders.iter().flat_map(|folder| files_of(folder, module));
    let test = format!("#[test]\nfn {name}(");
    files.filter_map(|file| std::fs::read_to_string(file).ok()).any(|text| {
        let unindented: String = text.lines().map(|line| format!("{}\n", line.trim_start())).collect();
        unindented.contains(&test)
    })
}

/// Returns the files that a module of this name may be in.
fn files_of(folder: &Path, module: &str) -> Vec<PathBuf> {
    vec![folder.join(format!("{module}.rs")), folder.join(module).join("tests.rs")]
}
