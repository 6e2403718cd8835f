//! `cargo xtask vectors [--check]`: the file of what BuildKit's own client marshals, made anew.
//!
//! The cases are a Go program, `tests/vectors`; `crates/llb` has to come to the same bytes. A newer BuildKit is a new version in its `go.mod`.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use luakit_testkit::tools;

pub(crate) const USAGE: &str =
    "cargo xtask vectors [--check]  make the vectors of BuildKit's Go client anew, or compare them";

const FILE: &str = "crates/llb/tests/data/llb.jsonl";

/// Writes the vectors, or with `--check` says which of the cases come out differently.
pub(crate) fn run(args: &[&str]) -> Result<(), String> {
    match args {
        [] => fs::write(path(), generate()?).map_err(|error| format!("cannot write {FILE}: {error}")),
        ["--check"] => {
            let found = fs::read_to_string(path()).map_err(|error| format!("cannot read {FILE}: {error}"))?;
            check(&found, &generate()?)
        }
        _ => Err(format!("usage:\n{USAGE}")),
    }
}

fn path() -> PathBuf {
    tools::workspace().join(FILE)
}

fn generate() -> Result<String, String> {
    let mut go = Command::new("go");
    // Go's own words go through: without its caches it downloads and compiles for minutes.
    go.args(["run", "."]).current_dir(tools::workspace().join("tests/vectors")).stderr(Stdio::inherit());
    let output = go.output().map_err(|error| format!("cannot run `go run .` in tests/vectors: {error}"))?;
    if !output.status.success() {
        return Err(format!("`go run .` in tests/vectors ended with {}", output.status));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("the vectors are no text: {error}"))
}

/// The lines are long; the names of those that differ are what a reader can use.
fn check(found: &str, made: &str) -> Result<(), String> {
    if found.lines().eq(made.lines()) {
        return Ok(());
    }
    let (old, new) = (by_name(found), by_name(made));
    let mut differences = String::new();
    for (name, line) in &new {
        match old.get(name) {
            None => differences += &format!("\n{name} is missing"),
            Some(old) if old != line => differences += &format!("\n{name} differs"),
            Some(_) => {}
        }
    }
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        differences += &format!("\n{name} is no case of tests/vectors");
    }
    if differences.is_empty() {
        differences = "\nthe cases are in another order".to_owned();
    }
    Err(format!("{FILE} is stale{differences}\nhint: run `cargo xtask vectors` and commit the result"))
}

/// Each line begins with `{"name":"…"`.
fn by_name(lines: &str) -> BTreeMap<&str, &str> {
    lines.lines().map(|line| (line.split('"').nth(3).unwrap_or(line), line)).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use luakit_testkit::tools;

    #[test]
    fn the_vectors_come_from_the_buildkit_that_the_tests_run_on() {
        let version = |module: &str| {
            let text = fs::read_to_string(tools::workspace().join(module)).unwrap();
            let mut words = text.split_whitespace().skip_while(|word| *word != "github.com/moby/buildkit");
            words.nth(1).unwrap().to_owned()
        };
        assert_eq!(version("tests/vectors/go.mod"), version("tests/tools/go.mod"));
    }

    #[test]
    fn the_cases_that_differ_are_named() {
        let old = "{\"name\":\"a\",\"ops\":1}\n{\"name\":\"b\"}\n";
        let new = "{\"name\":\"a\",\"ops\":2}\n{\"name\":\"c\"}\n";
        assert_eq!(super::check(old, old), Ok(()));
        let message = super::check(old, new).unwrap_err();
        let lines: Vec<_> = message.lines().collect();
        assert_eq!(
            lines,
            [
                "crates/llb/tests/data/llb.jsonl is stale",
                "a differs",
                "c is missing",
                "b is no case of tests/vectors",
                "hint: run `cargo xtask vectors` and commit the result",
            ]
        );
    }
}
