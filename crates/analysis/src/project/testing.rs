//! Projects in tests: a fixture with a cursor, and what was found in it, marked.

use super::{Entry, FileId, Location, Parser, Project};
use crate::Replacement;
use crate::Script;
use crate::navigation::Navigation;
use crate::testing::Files;
use luakit_api::modules::is_entry_name;
use luakit_diagnostics::SourceFile;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

pub(crate) struct Parsing;

impl Parser for Parsing {
    fn parse(&self, files: Vec<(String, Arc<SourceFile>)>) -> Vec<Arc<Script>> {
        files.into_iter().map(|(_, file)| Arc::new(Script::parse(file))).collect()
    }
}

/// A project with a cursor in one of its files.
pub(crate) struct Fixture {
    pub(crate) project: Project,
    pub(crate) file: FileId,
    pub(crate) offset: usize,
}

impl Fixture {
    /// Reads a fixture: `build.lua`, then `--- name.lua` in front of each further file. A `$0` is the cursor.
    pub(crate) fn new(text: &str) -> Fixture {
        let mut cursor = ("build.lua".to_owned(), 0);
        let mut files = BTreeMap::new();
        for part in format!("build.lua\n{text}").split("\n--- ") {
            let (name, text) = part.split_once('\n').unwrap();
            if let Some(offset) = text.find("$0") {
                cursor = (name.to_owned(), offset);
            }
            files.insert(name.to_owned(), Arc::new(SourceFile::new(name, text.replacen("$0", "", 1))));
        }
        let loader = Files(files);
        let entries = loader.0.iter().filter(|(name, _)| is_entry_name(name)).map(|(name, file)| Entry {
            root: String::new(),
            key: name.clone(),
            script: Arc::new(Script::parse(file.clone())),
            loader: Some(&loader),
        });
        let project = Project::new(entries.collect(), &Parsing);
        let file = project.file(&cursor.0).unwrap_or_default();
        Fixture { project, file, offset: cursor.1 }
    }

    pub(crate) fn line(&self, offset: usize) -> usize {
        self.project.source(self.file).unwrap().lines.line(offset)
    }

    /// Shows each target as `file: line with <the name> marked`.
    pub(crate) fn show_navigation(&self, found: Option<&Navigation>) -> String {
        let Some(found) = found else { return "nothing".into() };
        let mut out = String::new();
        for target in &found.targets {
            let source = self.project.source(target.focus.file).unwrap();
            let range = target.focus.range;
            assert!(target.full.covers(range));
            let line = source.lines.line(range.start);
            let (start, text) = (source.lines.start(line), source.lines.text(&source.text, line));
            let (a, b) = (range.start - start, range.end - start);
            writeln!(out, "{}: {}<{}>{}", source.name, &text[..a], &text[a..b], &text[b..]).unwrap();
        }
        out
    }

    /// Shows each file that has some of the places, with all of them marked.
    pub(crate) fn show_marked(&self, found: &[Location]) -> String {
        let mut out = String::new();
        for file in 0..self.project.len() {
            let source = self.project.source(file).unwrap();
            let mut text = source.text.clone();
            let mut own: Vec<_> = found.iter().filter(|at| at.file == file).collect();
            own.sort_by_key(|at| std::cmp::Reverse(at.range));
            if own.is_empty() {
                continue;
            }
            for at in own {
                text.insert(at.range.end, '>');
                text.insert(at.range.start, '<');
            }
            writeln!(out, "{}:\n{}", source.name, text.trim_end()).unwrap();
        }
        out
    }

    /// Shows each file that is changed, as it is then.
    pub(crate) fn show_edited(&self, edits: &[Replacement]) -> String {
        let mut out = String::new();
        for file in 0..self.project.len() {
            let source = self.project.source(file).unwrap();
            let mut text = source.text.clone();
            let mut own: Vec<_> = edits.iter().filter(|edit| edit.at.file == file).collect();
            own.sort_by_key(|edit| std::cmp::Reverse(edit.at.range));
            if own.is_empty() {
                continue;
            }
            for edit in own {
                text.replace_range(edit.at.range.start..edit.at.range.end, &edit.text);
            }
            writeln!(out, "{}:\n{}", source.name, text.trim_end()).unwrap();
        }
        out
    }
}
