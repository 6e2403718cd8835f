//! Python packages, in a virtual environment.

use std::process::Command;

use luakit_testkit::tools;

use super::{capture, create_dir, debian, execute};

/// Installs what `tests/tools/requirements.txt` names. Where it is there already, pip asks no registry.
pub(super) fn packages() -> Result<(), String> {
    let environment = tools::folder().join("python");
    let python = environment.join("bin/python3");
    if !python.exists() {
        require_venv()?;
        create_dir(&tools::folder())?;
        execute(Command::new("python3").args(["-m", "venv"]).arg(environment))?;
    }
    let requirements = tools::workspace().join("tests/tools/requirements.txt");
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    execute(Command::new(python).args(pip).arg(requirements))
}

/// Debian splits what virtual environments start from off its Python.
pub(super) fn require_venv() -> Result<(), String> {
    let complete = capture(Command::new("python3").args(["-c", "import venv, ensurepip"]))?;
    if complete.status.success() { Ok(()) } else { debian::install(&["python3-venv"]) }
}
