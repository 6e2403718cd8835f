//! `cargo xtask codegen [--check]`: writes the files of the repository that are made from others.
//!
//! Each kind of generated file is a module with `files() -> Result<Vec<Generated>, String>`.

mod diagnostics;
mod protobuf;
mod reference;

use std::fs;
use std::path::{Path, PathBuf};

/// The command that brings every generated file up to date.
const COMMAND: &str = "cargo xtask codegen";

/// A file that is made from others: where it lies, seen from the root, and what is in it.
struct Generated {
    path: PathBuf,
    text: String,
}

/// Writes the generated files, or with `--check` says which of them are stale.
pub(crate) fn run(args: &[&str]) -> Result<(), String> {
    match args {
        [] => write(&files()?),
        ["--check"] => check(&files()?),
        _ => Err(format!("usage: {COMMAND} [--check]")),
    }
}

fn files() -> Result<Vec<Generated>, String> {
    let mut files = protobuf::files()?;
    files.extend(reference::files()?);
    files.extend(diagnostics::files()?);
    Ok(files)
}

fn write(files: &[Generated]) -> Result<(), String> {
    for file in files {
        let path = root().join(&file.path);
        path.parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&path, &file.text))
            .map_err(|err| format!("cannot write {}: {err}", file.path.display()))?;
    }
    Ok(())
}

fn check(files: &[Generated]) -> Result<(), String> {
    let stale: Vec<String> = files.iter().filter_map(difference).collect();
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!("{}\nhint: run `{COMMAND}` and commit the result", stale.join("\n")))
}

/// Says where a generated file differs from the one on disk.
fn difference(file: &Generated) -> Option<String> {
    let path = file.path.display();
    let Ok(found) = fs::read_to_string(root().join(&file.path)) else {
        return Some(format!("{path} is missing"));
    };
    // A checkout on Windows may have other line ends.
    let found = found.replace("\r\n", "\n");
    if found == file.text {
        return None;
    }
    let (found, expected): (Vec<_>, Vec<_>) = (found.lines().collect(), file.text.lines().collect());
    let same = found.iter().zip(&expected).take_while(|(a, b)| a == b).count();
    let line = |lines: &[&str]| lines.get(same).map_or("(end of file)".to_owned(), |line| (*line).to_owned());
    Some(format!(
        "{path} is stale\n--- {path}:{line}\n-{}\n+{}",
        line(&found),
        line(&expected),
        line = same + 1
    ))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    #[test]
    fn generated_files_are_what_their_sources_say() {
        if let Err(message) = super::run(&["--check"]) {
            panic!("{message}");
        }
    }

    #[test]
    fn a_stale_file_is_named_with_its_first_different_line() {
        let file = super::Generated { path: "xtask/src/main.rs".into(), text: "other\n".into() };
        let message = super::check(&[file]).unwrap_err();
        assert!(
            message.starts_with("xtask/src/main.rs is stale\n--- xtask/src/main.rs:1\n-//! Chores"),
            "{message}"
        );
        assert!(
            message.ends_with("+other\nhint: run `cargo xtask codegen` and commit the result"),
            "{message}"
        );
    }
}
