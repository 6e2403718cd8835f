//! How long a check of many scripts takes, and how much memory: `cargo bench -p luakit-project`.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "it prints its result, and runs on what it wrote itself"
)]

use luakit_check::Options;
use luakit_project::{Names, Request, check};
use std::path::Path;
use std::time::Instant;

fn main() {
    println!("{:>8}{:>14}{:>12}{:>12}", "scripts", "steps each", "time", "peak");
    for (scripts, steps) in [(50, 6), (500, 6), (500, 30)] {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), scripts, steps);
        let request = Request {
            paths: vec![".".into()],
            names: Names::new(folder.path().canonicalize().unwrap()),
            options: Options::default(),
            given: Vec::new(),
            platforms: Vec::new(),
            no_eval: false,
            stdlib: None,
            overdue: |name| panic!("{name} does not stop"),
        };
        let begun = Instant::now();
        let checked = check(&request).unwrap();
        let time = begun.elapsed();
        assert_eq!((checked.scripts, checked.findings.len()), (scripts, 0), "{:?}", checked.findings.first());
        println!("{scripts:>8}{steps:>14}{:>9} ms{:>9} MB", time.as_millis(), peak() >> 10);
    }
}

/// Writes a folder for each script, with a module of its own.
fn write(folder: &Path, scripts: usize, steps: usize) {
    for number in 0..scripts {
        let own = folder.join(format!("service{number}"));
        std::fs::create_dir_all(own.join("lib")).unwrap();
        let mut text = "local go = require(\"lib.go\")\nlocal src = bk.local_(\"context\")\n\
                        local s = bk.image(\"golang:1.22\")\n"
            .to_owned();
        for step in 0..steps {
            text.push_str(&format!(
                "-- Step {step}: what it needs and what it makes.\n\
                 s = s:run(\"go build ./cmd/{step}\", {{ cwd = \"/src\", env = {{ CGO_ENABLED = \"0\" }},\n  \
                 mounts = {{ bk.cache(\"/root/.cache\"), bk.bind(src, \"/src\") }} }})\n\
                 s = s:mkdir(\"/out/{step}\"):copy(src, \"README.md\", \"/out/{step}/\")\n"
            ));
        }
        text.push_str("bk.export(go.done(s))\n");
        std::fs::write(own.join("build.lua"), text).unwrap();
        let module = "local M = {}\nfunction M.done(s) return s:run(\"true\") end\nreturn M\n";
        std::fs::write(own.join("lib/go.lua"), module).unwrap();
    }
}

/// Returns the most memory that the process ever had, in KB; 0 where the system does not tell.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
