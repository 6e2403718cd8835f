//! What a build left, as text with modes and owners.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use tar::{Archive, EntryType};

/// The files of an exported tar, by path.
pub(super) struct Tree {
    files: BTreeMap<String, Entry>,
}

struct Entry {
    mode: u32,
    owner: u64,
    group: u64,
    content: Content,
}

enum Content {
    Folder,
    File(Vec<u8>),
    Link(String),
}

impl Tree {
    pub(super) fn read(tar: &Path) -> Self {
        let mut files = BTreeMap::new();
        for entry in Archive::new(File::open(tar).unwrap()).entries().unwrap() {
            let mut entry = entry.unwrap();
            let path = format!("/{}", entry.path().unwrap().display());
            let header = entry.header();
            let (mode, owner, group) = (header.mode().unwrap(), header.uid().unwrap(), header.gid().unwrap());
            let content = match header.entry_type() {
                EntryType::Directory => Content::Folder,
                EntryType::Symlink => {
                    Content::Link(entry.link_name().unwrap().unwrap().display().to_string())
                }
                _ => {
                    let mut bytes = Vec::new();
                    entry.read_to_end(&mut bytes).unwrap();
                    Content::File(bytes)
                }
            };
            files.insert(path, Entry { mode, owner, group, content });
        }
        Self { files }
    }

    /// One line for each file whose path begins with `prefix`.
    pub(super) fn below(&self, prefix: &str) -> String {
        let below = self.files.iter().filter(|(path, _)| path.starts_with(prefix));
        below.map(|(path, entry)| entry.line(path)).collect()
    }

    /// The bytes of a file.
    pub(super) fn file(&self, path: &str) -> &[u8] {
        match self.files.get(path).map(|entry| &entry.content) {
            Some(Content::File(bytes)) => bytes,
            _ => panic!("there is no file {path} in\n{}", self.below("/")),
        }
    }
}

impl Entry {
    fn line(&self, path: &str) -> String {
        let Self { mode, owner, group, content } = self;
        match content {
            // The tar ends a folder's path with a slash.
            Content::Folder => format!("{mode:04o} {owner}:{group} {path}\n"),
            Content::File(bytes) => {
                format!("{mode:04o} {owner}:{group} {path} {:?}\n", String::from_utf8_lossy(bytes))
            }
            // A link's own mode means nothing.
            Content::Link(target) => format!("link {owner}:{group} {path} -> {target}\n"),
        }
    }
}
