//! The files of a project: what can be reached from its entries by `require`, and how the values in them hang together.
//!
//! A project is made for a question and then thrown away or kept, as the caller likes: it never changes. It reads
//! nothing itself: loaders find files by the rules of `require`, and a [`Parser`] may keep what it parsed. What the
//! questions share, the flow of values through all files, is worked out when the first of them needs it.

mod classes;
mod functions;
mod link;
mod loose;
mod param_comments;
mod symbols;
#[cfg(test)]
pub(crate) mod testing;

pub(crate) use classes::{Maker, Node};
pub(crate) use functions::{FuncName, func_names};
pub(crate) use link::{Linked, key_text};
pub(crate) use param_comments::commented;
pub(crate) use symbols::{Symbol, Use, local_at};

use crate::Script;
use crate::tree::{ExprId, FuncId};
use crate::types::required;
use luakit_api::modules::{Found, Loader, find, of_library};
use luakit_diagnostics::{SourceFile, TextRange};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

pub type FileId = usize;

/// How deep modules may require each other.
const DEEPEST: usize = 256;

/// A script that others are reached from.
pub struct Entry<'l> {
    /// Where `require` starts, with a `/` at its end: in front of the canonical path of a module it makes its key.
    pub root: String,
    /// What tells the file from all others: its whole path, where it has one.
    pub key: String,
    pub script: Arc<Script>,
    /// Finds its modules; without one they are not known.
    pub loader: Option<&'l dyn Loader>,
}

/// Makes scripts of texts, or finds those that it has made already.
pub trait Parser {
    fn parse(&self, files: Vec<(String, Arc<SourceFile>)>) -> Vec<Arc<Script>>;
}

/// The files that can be reached from some entries.
pub struct Project {
    pub(crate) files: Vec<ProjectFile>,
    by_key: HashMap<String, FileId>,
    /// The entries by their roots.
    roots: Vec<(String, Vec<FileId>)>,
    linked: OnceLock<Linked>,
}

pub(crate) struct ProjectFile {
    pub(crate) key: String,
    pub(crate) script: Arc<Script>,
    pub(crate) requires: Vec<Require>,
    /// A number that the files have in common that share their globals.
    pub(crate) group: usize,
    names: OnceLock<Vec<FuncName>>,
}

/// A `require` of a name that is written out, and what it leads to.
#[derive(Debug)]
pub(crate) struct Require {
    pub(crate) call: ExprId,
    /// The string with its quotes.
    pub(crate) range: TextRange,
    pub(crate) name: String,
    /// A file for each root from which it is reached, with that root.
    pub(crate) found: Vec<(String, FileId)>,
}

/// A place in a file of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    pub file: FileId,
    pub range: TextRange,
}

impl Project {
    /// Makes a project of a file alone.
    pub fn alone(key: &str, script: &Arc<Script>) -> Project {
        let entry = Entry { root: String::new(), key: key.into(), script: script.clone(), loader: None };
        struct Nothing;
        impl Parser for Nothing {
            fn parse(&self, _: Vec<(String, Arc<SourceFile>)>) -> Vec<Arc<Script>> {
                Vec::new()
            }
        }
        Project::new(vec![entry], &Nothing)
    }

    /// Finds all that can be reached from the entries. The keys of the entries stay the first ones, in their order.
    pub fn new(entries: Vec<Entry<'_>>, parser: &dyn Parser) -> Project {
        let mut project =
            Project { files: Vec::new(), by_key: HashMap::new(), roots: Vec::new(), linked: OnceLock::new() };
        let mut loaders: Vec<(&str, &dyn Loader, Vec<FileId>)> = Vec::new();
        for entry in &entries {
            let id = project.add(&entry.key, &entry.script);
            let Some(loader) = entry.loader else { continue };
            match loaders.iter_mut().find(|(root, ..)| *root == entry.root) {
                Some((_, _, files)) => files.push(id),
                None => loaders.push((&entry.root, loader, vec![id])),
            }
        }
        let mut groups: Vec<FileId> = Vec::new();
        for (root, loader, from) in loaders {
            project.roots.push((root.to_owned(), from.clone()));
            project.reach(root, loader, from, parser);
        }
        groups.extend(0..project.files.len());
        project.group(&mut groups);
        project
    }

    /// Follows every `require` below one root.
    fn reach(&mut self, root: &str, loader: &dyn Loader, from: Vec<FileId>, parser: &dyn Parser) {
        let mut seen = vec![false; self.files.len()];
        let mut found: HashMap<String, Option<FileId>> = HashMap::new();
        let mut open = from;
        for _ in 0..DEEPEST {
            open.retain(|id| {
                seen.resize(seen.len().max(id + 1), false);
                seen.get_mut(*id).is_some_and(|seen| !std::mem::replace(seen, true))
            });
            if open.is_empty() {
                return;
            }
            let mut wanted: HashMap<String, Vec<String>> = HashMap::new();
            let mut texts: Vec<(String, Arc<SourceFile>)> = Vec::new();
            let names = open.iter().filter_map(|id| self.files.get(*id)).flat_map(|file| &file.requires);
            for name in names.map(|require| &require.name) {
                if found.contains_key(name) {
                    continue;
                }
                found.insert(name.clone(), None);
                let Found::File(path, file) = find(name, loader) else { continue };
                let key = key_of(root, &path);
                match self.by_key.get(&key) {
                    Some(id) => {
                        found.insert(name.clone(), Some(*id));
                    }
                    None => {
                        let names = wanted.entry(key.clone()).or_default();
                        if names.is_empty() {
                            texts.push((key, file));
                        }
                        names.push(name.clone());
                    }
                }
            }
            let keys: Vec<String> = texts.iter().map(|(key, _)| key.clone()).collect();
            for (key, script) in keys.iter().zip(parser.parse(texts)) {
                let id = self.add(key, &script);
                for name in wanted.remove(key).into_iter().flatten() {
                    found.insert(name, Some(id));
                }
            }
            let mut next = Vec::new();
            for id in &open {
                for require in self.files.get_mut(*id).into_iter().flat_map(|file| &mut file.requires) {
                    if let Some(Some(target)) = found.get(&require.name) {
                        require.found.push((root.to_owned(), *target));
                        next.push(*target);
                    }
                }
            }
            open = next;
        }
    }

    fn add(&mut self, key: &str, script: &Arc<Script>) -> FileId {
        if let Some(id) = self.by_key.get(key) {
            return *id;
        }
        let id = self.files.len();
        self.by_key.insert(key.to_owned(), id);
        let requires = script.tree.calls().filter_map(|(call, it)| {
            // Most calls are of something else, which is seen at once.
            (script.text(script.tree.expr(script.tree.inner(it.callee)).range) == "require").then_some(())?;
            let name = required(script, it)?;
            let range = script.tree.expr(script.tree.inner(*it.args.first()?)).range;
            Some(Require { call, range, name, found: Vec::new() })
        });
        self.files.push(ProjectFile {
            key: key.to_owned(),
            script: script.clone(),
            requires: requires.collect(),
            group: 0,
            names: OnceLock::new(),
        });
        id
    }

    /// Puts together what shares its globals: all that some entry reaches.
    fn group(&mut self, groups: &mut [FileId]) {
        fn find(groups: &mut [FileId], mut id: FileId) -> FileId {
            while let Some(up) = groups.get(id).copied().filter(|up| *up != id) {
                let top = groups.get(up).copied().unwrap_or(up);
                if let Some(slot) = groups.get_mut(id) {
                    *slot = top;
                }
                id = top;
            }
            id
        }
        for (id, file) in self.files.iter().enumerate() {
            // What the library has is in every project, which makes no two of them one.
            for (_, target) in file.requires.iter().flat_map(|require| &require.found) {
                if self.files.get(*target).is_some_and(|file| !file.is_library()) {
                    let (a, b) = (find(groups, id), find(groups, *target));
                    if let Some(slot) = groups.get_mut(a) {
                        *slot = b;
                    }
                }
            }
        }
        for id in 0..self.files.len() {
            let group = find(groups, id);
            if let Some(file) = self.files.get_mut(id) {
                file.group = group;
            }
        }
    }

    pub fn file(&self, key: &str) -> Option<FileId> {
        self.by_key.get(key).copied()
    }

    pub fn key(&self, file: FileId) -> &str {
        self.files.get(file).map_or("", |file| &file.key)
    }

    pub fn source(&self, file: FileId) -> Option<&Arc<SourceFile>> {
        self.files.get(file).map(|file| &file.script.file)
    }

    pub fn len(&self) -> usize {
        self.files.len()
    }

    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Tells whether a file is one of the library, which nobody edits.
    pub fn is_library(&self, file: FileId) -> bool {
        self.files.get(file).is_some_and(ProjectFile::is_library)
    }

    pub(crate) fn script(&self, file: FileId) -> Option<&Script> {
        self.files.get(file).map(|file| &*file.script)
    }

    /// Returns how values flow through the files.
    pub(crate) fn linked(&self) -> &Linked {
        self.linked.get_or_init(|| Linked::new(self))
    }

    /// Returns how the functions of a file are called, by their ids.
    pub(crate) fn func_names(&self, file: FileId) -> &[FuncName] {
        self.files.get(file).map_or(&[], |file| file.names.get_or_init(|| func_names(&file.script)))
    }

    pub(crate) fn func_name(&self, file: FileId, func: FuncId) -> Option<&FuncName> {
        self.func_names(file).get(func)
    }

    /// Returns the place inside the quotes, where it is that of a string.
    pub(crate) fn inside(&self, at: Location) -> Location {
        let text = self.script(at.file).map_or("", |script| script.text(at.range));
        Location { file: at.file, range: inside_quotes(text, at.range) }
    }

    /// Returns the entries whose `require` starts at a root.
    pub(crate) fn entries(&self, root: &str) -> &[FileId] {
        self.roots.iter().find(|(other, _)| other == root).map_or(&[], |(_, files)| files)
    }

    /// Tells whether another project has the same scripts, related in the same way, so that all answers are the same.
    pub fn is_same(&self, other: &Project) -> bool {
        let same = |a: &ProjectFile, b: &ProjectFile| {
            let found = |file: &ProjectFile| -> Vec<FileId> {
                file.requires.iter().flat_map(|it| &it.found).map(|(_, file)| *file).collect()
            };
            a.key == b.key && Arc::ptr_eq(&a.script, &b.script) && found(a) == found(b)
        };
        self.files.len() == other.files.len()
            && self.roots == other.roots
            && self.files.iter().zip(&other.files).all(|(a, b)| same(a, b))
    }

    pub(crate) fn requires(&self, file: FileId) -> &[Require] {
        self.files.get(file).map_or(&[], |file| &file.requires)
    }

    /// Returns the `require` whose string is at an offset.
    pub(crate) fn require_at(&self, file: FileId, offset: usize) -> Option<&Require> {
        self.files.get(file)?.requires.iter().find(|require| require.range.touches(offset))
    }
}

impl ProjectFile {
    fn is_library(&self) -> bool {
        of_library(&self.key)
    }
}

/// The library's files have the same key from everywhere.
fn key_of(root: &str, path: &str) -> String {
    if of_library(path) { path.to_owned() } else { format!("{root}{path}") }
}

/// Returns the range of a name or a string without quotes and brackets.
pub(crate) fn inside_quotes(text: &str, range: TextRange) -> TextRange {
    let width = match text.as_bytes().first() {
        Some(b'"' | b'\'') => 1,
        Some(b'[') => text.get(1..).and_then(|rest| rest.find('[')).map_or(0, |at| at + 2),
        _ => 0,
    };
    let closed = text.len() >= 2 * width;
    if closed { TextRange::new(range.start + width, range.end - width) } else { range }
}
