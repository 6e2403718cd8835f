//! npm packages of the VS Code extension, and the VS Code that its test runs in.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use luakit_testkit::tools;

use super::execute;

/// Installs what the lock file in `folder` names, unless that has been done since it last changed.
pub(super) fn dependencies(folder: &Path) -> Result<(), String> {
    let lock = modified(&folder.join("package-lock.json"));
    if lock.is_none() {
        return Err(format!("{} has no package-lock.json", folder.display()));
    }
    if modified(&folder.join("node_modules/.package-lock.json")) > lock {
        return Ok(());
    }
    execute(
        Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(folder),
    )
}

/// The extension's own script knows which VS Code it wants and whether it is there.
pub(super) fn web_server() -> Result<(), String> {
    let script = tools::workspace().join("editors/vscode/test/setup.sh");
    execute(Command::new("bash").arg(script).arg(tools::folder().join("vscode")))
}

fn modified(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|file| file.modified()).ok()
}
