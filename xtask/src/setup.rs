//! `cargo xtask setup`: everything the tests need, on a Debian 12 that has Rust, Go, Node and Python.
//!
//! Each part looks first and does only what is missing, so it can be run at any time. Debian packages aside, everything goes below
//! [`tools::folder`]; `cargo clean` takes it away again.

#![allow(clippy::print_stdout, reason = "a command-line tool for developers")]

mod debian;
mod go;
mod python;

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Instant;

use luakit_testkit::tools;

struct Part {
    name: &'static str,
    /// Finishes the sentence "this is for …".
    purpose: &'static str,
    install: fn() -> Result<(), String>,
    default: bool,
}

const PARTS: &[Part] = &[
    Part { name: "compiler", purpose: "the C++ in the Lua engine", install: compiler, default: true },
    Part {
        name: "buildkit",
        purpose: "tests/buildkit: a daemon, its client and a registry",
        install: buildkit,
        default: true,
    },
    Part { name: "nvim", purpose: "tests/nvim: Neovim", install: nvim, default: true },
    Part { name: "emacs", purpose: "tests/emacs: Emacs with Eglot", install: emacs, default: true },
    Part {
        name: "acceptance",
        purpose: "tests/cli and the acceptance cases: Python packages",
        install: python::packages,
        default: true,
    },
    Part {
        name: "stubs",
        purpose: "the check of editors/luals: a Lua server",
        install: stubs,
        default: true,
    },
    Part {
        name: "vscode",
        purpose: "editors/vscode: a VS Code in a browser",
        install: vscode,
        default: true,
    },
    Part {
        name: "peer",
        purpose: "benches: a language server to measure beside ours",
        install: peer,
        default: false,
    },
    Part {
        name: "buildx",
        purpose: "trying the frontend with `docker buildx build`",
        install: go::buildx,
        default: false,
    },
];

/// Installs the named parts, or all that the tests need.
pub(crate) fn run(args: &[&str]) -> Result<(), String> {
    if let Some(unknown) = args.iter().find(|name| PARTS.iter().all(|part| part.name != **name)) {
        return Err(format!("no part is called `{unknown}`\n{}", usage()));
    }
    let wanted = |part: &&Part| if args.is_empty() { part.default } else { args.contains(&part.name) };
    let start = Instant::now();
    for part in PARTS.iter().filter(wanted) {
        println!("== {}: {}", part.name, part.purpose);
        let start = Instant::now();
        (part.install)().map_err(|error| format!("setup {} failed: {error}", part.name))?;
        println!("   {:.1} s", start.elapsed().as_secs_f32());
    }
    println!("set up in {:.0} s, below {}", start.elapsed().as_secs_f32(), tools::folder().display());
    Ok(())
}

pub(crate) fn usage() -> String {
    let mut usage = "cargo xtask setup [PART…]      install what the tests need; the parts are\n".to_owned();
    for Part { name, purpose, default, .. } in PARTS {
        let note = if *default { "" } else { " (only if named)" };
        usage += &format!("    {name:<12} {purpose}{note}\n");
    }
    usage
}

fn compiler() -> Result<(), String> {
    // A compiler of any origin serves; Debian's is installed only where there is none.
    if tools::system("c++").is_ok() { Ok(()) } else { debian::install(&["g++"]) }
}

fn buildkit() -> Result<(), String> {
    debian::install(&["ca-certificates", "runc", "busybox-static"])?;
    debian::unpack("docker-registry", "usr/bin/docker-registry")?;
    go::buildkit()
}

/// The Neovim tests' own script knows which one they want.
fn nvim() -> Result<(), String> {
    python::require_venv()?;
    let script = tools::workspace().join("tests/nvim/setup.sh");
    execute(Command::new("sh").arg(script).arg(tools::folder().join("nvim")))
}

/// Eglot is part of Emacs 29; Debian 12 has an older one, and Eglot beside it.
fn emacs() -> Result<(), String> {
    debian::install(&["emacs-nox", "elpa-eglot", "elpa-lua-mode"])
}

/// The version of the Lua server that reads the stubs, and that is measured beside ours.
const EMMYLUA: &str = "0.25.1";

fn stubs() -> Result<(), String> {
    // Unoptimised it is built in half of the time, and checks a dozen files all the same.
    emmylua("emmylua_check", &["--debug"])
}

fn peer() -> Result<(), String> {
    emmylua("emmylua_ls", &[])
}

/// Installs a program of EmmyLua, unless it is there.
fn emmylua(program: &str, options: &[&str]) -> Result<(), String> {
    let installed = tools::folder().join("bin").join(program);
    if capture(Command::new(&installed).arg("--version")).is_ok_and(|it| text_has(&it.stdout, EMMYLUA)) {
        return Ok(());
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut install = Command::new(cargo);
    install.args(["install", "--quiet", "--locked", "--force", "--version", EMMYLUA, program]).args(options);
    let built = tools::folder().join("emmylua");
    execute(install.arg("--root").arg(tools::folder()).arg("--target-dir").arg(&built))?;
    // Only the program is needed again.
    fs::remove_dir_all(&built).map_err(|error| format!("cannot remove {}: {error}", built.display()))
}

fn text_has(bytes: &[u8], text: &str) -> bool {
    String::from_utf8_lossy(bytes).contains(text)
}

/// The extension's own script knows its npm packages and which VS Code it wants.
fn vscode() -> Result<(), String> {
    debian::install(&["chromium"])?;
    let script = tools::workspace().join("editors/vscode/test/setup.sh");
    execute(Command::new("bash").arg(script).arg(tools::folder().join("vscode")))
}

/// Runs a program with its output on the terminal.
fn execute(command: &mut Command) -> Result<(), String> {
    println!("   {}", describe(command));
    let status = command.stdin(Stdio::null()).status().map_err(|error| cannot_run(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` ended with {status}", describe(command))) }
}

/// Runs a program for its output.
fn capture(command: &mut Command) -> Result<Output, String> {
    command.stdin(Stdio::null()).output().map_err(|error| cannot_run(command, &error))
}

fn cannot_run(command: &Command, error: &std::io::Error) -> String {
    let program = command.get_program().to_string_lossy();
    match error.kind() {
        std::io::ErrorKind::NotFound => {
            format!("`{program}` is not installed\nhint: the README names what has to be there before set-up")
        }
        _ => format!("cannot run `{program}`: {error}"),
    }
}

fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn create_dir(path: &Path) -> Result<(), String> {
    fs::create_dir_all(path).map_err(|error| format!("cannot create {}: {error}", path.display()))
}
