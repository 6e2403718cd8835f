//! Walking through a folder: the files in it, and what of it could not be looked at.

use crate::paths::Names;
use std::path::{Path, PathBuf};

/// What a walk came by.
#[derive(Debug, Default)]
pub struct Walked {
    /// In the order of their names.
    pub files: Vec<PathBuf>,
    /// Folders that could not be read, and why. The others were.
    pub failures: Vec<String>,
}

/// Looks for files in a folder, without what `.gitignore` and the further file of that kind exclude.
///
/// Links to folders are not followed. What is neither a file nor a link to one, such as a pipe, is passed over: to read it might take
/// for ever. A link that leads nowhere is among the files, since who named it will want to know.
pub fn walk(
    folder: &Path,
    names: &Names,
    ignore_file: Option<&str>,
    is_wanted: impl Fn(&Path) -> bool,
) -> Walked {
    let mut builder = ignore::WalkBuilder::new(folder);
    builder.require_git(false);
    if let Some(name) = ignore_file {
        builder.add_custom_ignore_filename(name);
    }
    let mut walked = Walked::default();
    for entry in builder.build() {
        match entry {
            Ok(entry) if is_wanted(entry.path()) && may_be_file(&entry) => {
                walked.files.push(entry.into_path())
            }
            Ok(_) => {}
            Err(err) => walked.failures.push(told(&err, folder, names)),
        }
    }
    walked.files.sort();
    walked
}

fn may_be_file(entry: &ignore::DirEntry) -> bool {
    match entry.file_type() {
        Some(kind) if kind.is_symlink() => entry.path().metadata().map_or(true, |meta| meta.is_file()),
        kind => kind.is_some_and(|kind| kind.is_file()),
    }
}

fn told(err: &ignore::Error, folder: &Path, names: &Names) -> String {
    let name = names.name(path_of(err).unwrap_or(folder));
    match err.io_error() {
        Some(err) => format!("cannot read `{name}`: {}", err.kind()),
        None => err.to_string(),
    }
}

fn path_of(err: &ignore::Error) -> Option<&Path> {
    match err {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}
