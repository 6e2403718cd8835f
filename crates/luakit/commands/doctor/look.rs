//! What can be seen without running anything: the program itself, the project, the surroundings.

use super::Line;
use crate::{output, script};
use luakit_analysis::Script;
use luakit_api::modules::is_entry_name;
use luakit_check::worker;
use luakit_project::Configs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

pub(super) fn version() -> Line {
    let program = std::env::current_exe().map_or_else(|_| "luakit".into(), |path| path.display().to_string());
    Line::ok("luakit", format!("{} ({program})", env!("CARGO_PKG_VERSION")))
}

pub(super) fn platform() -> Line {
    Line::ok(
        "platform",
        format!("builds are for {} unless --platform is given", luakit_llb::Platform::host().name()),
    )
}

/// Looks at the folder's scripts and at the files that configure luakit there.
pub(super) fn project(folder: &Path) -> Vec<Line> {
    let mut lines = vec![scripts(folder)];
    lines.extend(configuration(folder));
    lines
}

fn scripts(folder: &Path) -> Line {
    let mut found = Vec::new();
    for entry in
        ignore::WalkBuilder::new(folder).require_git(false).max_depth(Some(DEEPEST)).build().flatten()
    {
        if entry.file_name().to_str().is_some_and(is_entry_name) && entry.path().is_file() {
            found.push(entry.into_path());
        }
    }
    found.sort();
    let shown = |path: &PathBuf| path.strip_prefix("./").unwrap_or(path).display().to_string();
    let Some(first) = found.first() else {
        return Line::warn(
            "scripts",
            format!("no build.lua or *.build.lua in `{}`", folder.display()),
            "write a build.lua, or name the folder of the project: `luakit doctor FOLDER`",
        );
    };
    for path in &found {
        let broken = match script::read(path) {
            Ok(file) => match worker::run(|| Script::parse(file).syntax_errors().into_iter().next()) {
                Ok(None) => continue,
                Ok(Some(error)) => {
                    let at = error.place.file.line_column(error.place.range.start);
                    format!("{}:{}:{}: {}", error.place.file.name, at.line, at.column, error.message)
                }
                Err(message) => message,
            },
            Err(message) => message,
        };
        return Line::fail("scripts", broken, format!("see `luakit check {}`", shown(path)));
    }
    let more = if found.len() > 1 { format!(" and {} more", found.len() - 1) } else { String::new() };
    Line::ok("scripts", format!("{}{more}", shown(first)))
}

/// How deep the project is searched for scripts.
const DEEPEST: usize = 6;

/// Looks at the nearest luakit.toml upwards, if there is one.
fn configuration(folder: &Path) -> Option<Line> {
    let folder = folder.canonicalize().ok()?;
    let path = folder.ancestors().map(|folder| folder.join("luakit.toml")).find(|path| path.is_file())?;
    let shown = path.display().to_string();
    let config = script::names().and_then(|names| Configs::new(names).of_file(&folder.join("build.lua")));
    Some(match config {
        Err(message) => Line::fail("luakit.toml", message, "it is TOML: `[rules]`, `unknown-name = \"off\"`"),
        Ok(config) => match config.findings.first() {
            None => Line::ok("luakit.toml", shown),
            Some(finding) => {
                let at = finding.place.file.line_column(finding.place.range.start);
                let text =
                    format!("{}:{}:{}: {}", finding.place.file.name, at.line, at.column, finding.message);
                Line::warn("luakit.toml", text, "mend it: what luakit does not know has no effect")
            }
        },
    })
}

/// Looks at the folder that stands in the place of the embedded library.
pub(super) fn stdlib() -> Line {
    match luakit_check::stdlib_of_environment() {
        None => Line::ok("library", "the one in the program"),
        Some(folder) if folder.is_dir() => {
            Line::ok("library", format!("{} (LUAKIT_STDLIB_DIR)", folder.display()))
        }
        Some(folder) => Line::fail(
            "library",
            format!("LUAKIT_STDLIB_DIR names `{}`, which is no folder", folder.display()),
            "unset it, or let it name the folder that holds prelude.lua",
        ),
    }
}

pub(super) fn terminal() -> Line {
    let terminal = io::stdout().is_terminal();
    let text = match (terminal, output::use_color(terminal)) {
        (false, _) => "stdout is no terminal: text has no colours",
        (true, false) => "NO_COLOR is set: text has no colours",
        (true, true) => "text has colours",
    };
    Line::ok("terminal", text)
}
