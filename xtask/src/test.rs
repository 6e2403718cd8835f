//! `cargo xtask test`: everything that CI checks, in the order of how soon it tells something.
//!
//! A failing step does not hide the ones after it: all run, and the end says which failed.

#![allow(clippy::print_stdout, reason = "a command-line tool for developers")]

use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use luakit_testkit::tools;

use crate::{codegen, twins, vectors};

struct Step {
    name: &'static str,
    /// Finishes the sentence "it is so that…".
    claim: &'static str,
    run: fn() -> Result<Outcome, String>,
}

enum Outcome {
    Passed,
    /// Not run, and why; said in the summary.
    NotHere(String),
}

const STEPS: &[Step] = &[
    Step { name: "format", claim: "rustfmt has nothing to change", run: format },
    Step { name: "codegen", claim: "generated files are up to date", run: generated },
    Step {
        name: "vectors",
        claim: "the vectors and the listings of the examples' Dockerfiles are what BuildKit makes today",
        run: vectors_are_current,
    },
    Step { name: "lint", claim: "clippy has nothing to say", run: lint },
    Step {
        name: "cargo",
        claim: "the workspace's tests pass, those on a real BuildKit and in Neovim included",
        run: cargo_test,
    },
    Step { name: "stubs", claim: "other Lua servers understand the stubs and the examples", run: stubs },
    Step { name: "vscode", claim: "the extension works in a real VS Code", run: vscode },
    Step { name: "acceptance", claim: "the acceptance cases pass", run: acceptance },
];

/// Runs the named steps, or all.
pub(crate) fn run(args: &[&str]) -> Result<(), String> {
    if let Some(unknown) = args.iter().find(|name| STEPS.iter().all(|step| step.name != **name)) {
        return Err(format!("no step is called `{unknown}`\n{}", usage()));
    }
    let mut summary = String::new();
    let mut failed = Vec::new();
    for step in STEPS.iter().filter(|step| args.is_empty() || args.contains(&step.name)) {
        println!("\n== {}: it is so that {}", step.name, step.claim);
        let start = Instant::now();
        let outcome = match (step.run)() {
            Ok(Outcome::Passed) => "ok".to_owned(),
            Ok(Outcome::NotHere(why)) => format!("not run: {why}"),
            Err(error) => {
                println!("{error}");
                failed.push(step.name);
                "FAILED".to_owned()
            }
        };
        summary += &format!("{:<12}{:>6.0} s  {outcome}\n", step.name, start.elapsed().as_secs_f32());
    }
    println!("\n{summary}");
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}

pub(crate) fn usage() -> String {
    let mut usage =
        "cargo xtask test [STEP…]       check everything that CI checks; the steps are\n".to_owned();
    for Step { name, claim, .. } in STEPS {
        usage += &format!("    {name:<12} {claim}\n");
    }
    usage
}

fn format() -> Result<Outcome, String> {
    execute(cargo().args(["fmt", "--all", "--check"]))
}

fn generated() -> Result<Outcome, String> {
    codegen::run(&["--check"]).map(|()| Outcome::Passed)
}

fn vectors_are_current() -> Result<Outcome, String> {
    vectors::run(&["--check"])?;
    twins::run(&["--check"]).map(|()| Outcome::Passed)
}

fn lint() -> Result<Outcome, String> {
    execute(cargo().args(["clippy", "--workspace", "--all-targets", "--", "--deny=warnings"]))
}

fn cargo_test() -> Result<Outcome, String> {
    execute(cargo().args(["test", "--workspace", "--no-fail-fast"]))
}

/// Checks the examples with a Lua server that has nothing but the stubs to know `bk` by.
fn stubs() -> Result<Outcome, String> {
    let root = tools::workspace();
    let checker = tools::folder().join("bin/emmylua_check");
    if !checker.exists() {
        return Err(format!("{} is not there: cargo xtask setup stubs", checker.display()));
    }
    let config = root.join("editors/luals/emmyrc.json");
    let mut check = Command::new(checker);
    check.current_dir(root).arg("--config").arg(config).arg("--warnings-as-errors");
    execute(check.args(["examples", "editors/luals"]))
}

fn vscode() -> Result<Outcome, String> {
    let luakit = released()?;
    let npm = |args: &[&str]| {
        let folder = tools::workspace().join("editors/vscode");
        let mut npm = Command::new("npm");
        npm.args(args).current_dir(folder);
        execute(npm.env("LUAKIT_BIN", &luakit).env("LUAKIT_VSCODE", tools::folder().join("vscode")))
    };
    npm(&["run", "check"])?;
    npm(&["test"])
}

/// The cases are kept outside this repository; who has them has them beside it.
fn acceptance() -> Result<Outcome, String> {
    let runner = tools::workspace().join("../shared/acceptance/accept.py");
    if !runner.exists() {
        return Ok(Outcome::NotHere("../shared/acceptance is not there".to_owned()));
    }
    execute(Command::new(tools::python()?).arg(runner).arg("--luakit").arg(released()?))
}

/// The program as users get it. Not `target/debug/luakit`: outside `cargo test --workspace` its dependencies have other features and are
/// all built anew.
fn released() -> Result<PathBuf, String> {
    execute(cargo().args(["build", "--release", "--bin", "luakit"]))?;
    Ok(tools::workspace().join("target/release/luakit"))
}

/// The cargo that runs this.
fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(tools::workspace());
    cargo
}

fn execute(command: &mut Command) -> Result<Outcome, String> {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let line = words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ");
    println!("$ {line}");
    let status = command.status().map_err(|error| format!("cannot run `{line}`: {error}"))?;
    if status.success() { Ok(Outcome::Passed) } else { Err(format!("`{line}` ended with {status}")) }
}
