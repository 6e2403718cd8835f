//! Arguments of the build that nobody reads: those of `luakit.toml`, of `--arg` and of argument files.
//!
//! Whether somebody reads one is known only when every script that it is given to ran to its end. A name that is
//! written out in a script counts as read even where no run came by.

use crate::config::Config;
use luakit_analysis::{Script, asked_arguments};
use luakit_api::nearest;
use luakit_diagnostics::{Code, Diagnostic, Layer, Place, SourceFile};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// An argument that was given, beside those of `luakit.toml`.
#[derive(Debug, Clone)]
pub struct Given {
    pub name: String,
    /// Where its name stands in an argument file; `--arg` stands nowhere.
    pub place: Option<Place>,
}

/// What scripts asked for, or may ask for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    /// What runs asked for.
    pub(crate) read: BTreeSet<String>,
    /// What the texts name beside that.
    pub(crate) written: BTreeSet<String>,
}

impl Asked {
    pub(crate) fn add(&mut self, other: &Asked) {
        self.read.extend(other.read.iter().cloned());
        self.written.extend(other.written.iter().cloned());
    }

    fn knows(&self, name: &str) -> bool {
        self.read.contains(name) || self.written.contains(name)
    }

    /// Returns what is said of an argument that nobody reads; `of` tells where it came from.
    pub(crate) fn unread(&self, name: &str, of: &str) -> Option<String> {
        if self.knows(name) {
            return None;
        }
        let near = nearest(name, self.read.iter().map(String::as_str));
        let meant = near.map_or(String::new(), |near| format!(", did you mean `{near}`?"));
        Some(format!("no script reads the argument `{name}`{of}{meant}"))
    }

    /// Returns the findings in a `luakit.toml`.
    pub(crate) fn unread_settings(&self, config: &Config) -> Vec<Diagnostic> {
        let Some(file) = &config.file else { return Vec::new() };
        let unread = |(name, range): &(String, _)| {
            Some(finding(Place { file: file.clone(), range: *range }, self.unread(name, "")?))
        };
        config.arg_names.iter().filter_map(unread).collect()
    }
}

pub(crate) fn finding(place: Place, message: String) -> Diagnostic {
    Diagnostic::new(Code::UNUSED_ARGUMENT, Layer::DryRun, place, message)
}

/// Returns the arguments of a `luakit.toml` that neither a run which went to its end has read nor any other script of
/// the project may read. `read` is what the run asked for, and `files` are those it read; `text` gives a file as it is
/// in the editor. Call it on a worker.
pub fn unread_by_project(
    config: &Config,
    read: &BTreeSet<String>,
    files: &[Arc<SourceFile>],
    text: &dyn Fn(&Path) -> Option<String>,
) -> Vec<Diagnostic> {
    let mut asked = Asked { read: read.clone(), written: BTreeSet::new() };
    let add = |asked: &mut Asked, file: &Arc<SourceFile>| {
        let found = asked_arguments(&Script::parse(file.clone()));
        asked.written.extend(found.written);
        found.computed
    };
    if asked.unread_settings(config).is_empty() {
        return Vec::new();
    }
    for file in files {
        // What the run put together is among what it read.
        add(&mut asked, file);
    }
    let others = if asked.unread_settings(config).is_empty() {
        Vec::new()
    } else {
        crate::lua_files(&config.folder, MOST)
    };
    if others.len() >= MOST_SCRIPTS {
        return Vec::new();
    }
    for path in others {
        let text = text(&path).or_else(|| luakit_check::read_text(&path).ok()).unwrap_or_default();
        let known = |file: &Arc<SourceFile>| file.text == text;
        if !text.contains("arg") && !text.contains("getenv") || files.iter().any(known) {
            continue;
        }
        if add(&mut asked, &Arc::new(SourceFile::new("", text))) {
            return Vec::new();
        }
    }
    asked.unread_settings(config)
}

/// How many files of a project are looked at to find its scripts.
const MOST: usize = 20_000;

/// Of a project with more scripts than this nothing is said after each run of one of them.
const MOST_SCRIPTS: usize = 500;

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the arguments that nobody reads after a run of `build.lua` in a folder with one other script.
    fn unread(other: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("other.lua"), other).unwrap();
        let toml = Arc::new(SourceFile::new("luakit.toml", "[args]\nREAD = 1\nPORT = 2\nOTHER = 3\n"));
        let config = Config::parse(&toml, folder.path()).unwrap();
        let files = [Arc::new(SourceFile::new(
            "build.lua",
            "if bk.arg(\"READ\") == \"2\" then bk.arg(\"PORT\") end",
        ))];
        let read = BTreeSet::from(["READ".to_owned()]);
        let found = unread_by_project(&config, &read, &files, &|_| None);
        found.iter().map(|finding| finding.place.file.slice(finding.place.range).to_owned()).collect()
    }

    #[test]
    fn what_another_script_may_read_is_left_in_peace() {
        assert_eq!(unread("print(\"nothing\")"), ["OTHER"]);
        assert_eq!(unread("local other = bk.arg(\"OTHER\")"), [""; 0]);
        assert_eq!(unread("local function get(name) return bk.arg(name) end"), [""; 0]);
    }
}
