//! `cargo xtask demo`: luakit's main job from nothing, as a newcomer sees it.
//!
//! Installs what is missing, builds luakit, starts a BuildKit, and builds the examples that need no image but the small
//! one that the BuildKit brings along.

#![allow(clippy::print_stdout, reason = "a command-line tool for developers")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use luakit_testkit::{Config, Daemon, Lifetime, tools};

use crate::setup;

pub(crate) const USAGE: &str =
    "cargo xtask demo               install what is missing and build the examples";

/// Each example with a file of its result that is worth showing.
const EXAMPLES: &[(&str, &str)] = &[
    ("examples/hello.lua", "greeting.txt"),
    ("examples/files.lua", "etc/motd"),
    ("examples/merge-and-diff.lua", "opt/green/name"),
    ("examples/modules/build.lua", "2"),
];

pub(crate) fn run(args: &[&str]) -> Result<(), String> {
    if !args.is_empty() {
        return Err(format!("usage:\n{USAGE}"));
    }
    setup::run(&["compiler", "buildkit"])?;
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let status =
        cargo.args(["build", "--release", "--bin", "luakit"]).current_dir(tools::workspace()).status();
    if !status.is_ok_and(|status| status.success()) {
        return Err("luakit does not build".into());
    }
    let daemon = Daemon::start(&Config { lifetime: Lifetime::Test, port: None })?;
    for (script, file) in EXAMPLES {
        build(&daemon, script, file)?;
    }
    println!("\nThat is it. `cargo xtask daemon` starts the same BuildKit for your own scripts.");
    Ok(())
}

/// Runs `luakit build SCRIPT | buildctl build` and shows a file of what came out.
fn build(daemon: &Daemon, script: &str, file: &str) -> Result<(), String> {
    let out = tools::workspace().join("target/demo").join(script.trim_end_matches(".lua"));
    let shown = out.strip_prefix(tools::workspace()).unwrap_or(&out).display().to_string();
    println!("\n$ luakit build {script} | buildctl build --local context=. --output type=local,dest={shown}");
    if out.exists() {
        fs::remove_dir_all(&out).map_err(|error| format!("cannot empty {shown}: {error}"))?;
    }
    let failed = |what: &str, error: std::io::Error| format!("cannot run {what}: {error}");
    let mut luakit = Command::new(tools::workspace().join("target/release/luakit"))
        .args(["build", script])
        .current_dir(tools::workspace())
        .stdout(Stdio::piped())
        // What it says of the image's configuration is of no use where files are exported.
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| failed("luakit", error))?;
    let definition = luakit.stdout.take().map_or(Stdio::null(), Stdio::from);
    let built = daemon
        .buildctl()
        .args(["build", "--progress=plain", "--local", "context=.", "--output"])
        .arg(format!("type=local,dest={}", out.display()))
        .current_dir(tools::workspace())
        .stdin(definition)
        .status()
        .map_err(|error| failed("buildctl", error))?;
    let evaluated = luakit.wait().map_err(|error| failed("luakit", error))?;
    if !built.success() || !evaluated.success() {
        return Err(format!("`{script}` was not built"));
    }
    println!("$ cat {}", Path::new(&shown).join(file).display());
    let text = fs::read_to_string(out.join(file)).map_err(|error| format!("{file} is not there: {error}"))?;
    print!("{text}");
    Ok(())
}
