//! The command line: whole output, exit code, no colours.

mod api;
mod book;
mod build;
mod check;
mod check_arguments;
mod check_project;
mod check_sarif;
mod dag;
mod diff;
mod doctor;
mod examples;
mod fmt;
mod pin;
mod pre_commit;
mod streams;
mod targets;
mod test_command;

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A folder with scripts, and the program run in it.
pub(crate) struct Folder {
    dir: TempDir,
}

impl Folder {
    /// Makes a folder of files: `--- name` begins each.
    pub(crate) fn new(files: &str) -> Self {
        let dir = TempDir::new().unwrap();
        for file in files.split("--- ").skip(1) {
            let (name, text) = file.split_once('\n').unwrap();
            let path = dir.path().join(name.trim());
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Self { dir }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_luakit"));
        command.args(args).current_dir(self.path()).stdin(Stdio::null()).env_remove("NO_COLOR");
        command.env_remove("CLICOLOR_FORCE");
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs the program and writes down everything that a user sees of it.
    #[must_use]
    pub(crate) fn transcript(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let mut text = String::new();
        for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
            if !bytes.is_empty() {
                write!(text, "{name}:\n{}", String::from_utf8_lossy(bytes)).unwrap();
            }
        }
        writeln!(text, "exit {}", output.status.code().unwrap()).unwrap();
        text
    }
}
