//! From URIs to paths and names, and back.

use luakit_api::modules::of_library;
use std::path::{Path, PathBuf};
use tower_lsp::lsp_types::Url;

/// Returns the path of a document on disk; `untitled:` and the like have none.
pub(crate) fn path_of(url: &Url) -> Option<PathBuf> {
    if url.scheme() != "file" { None } else { url.to_file_path().ok() }
}

/// Returns how a document without a path is called.
pub(crate) fn name_of_url(url: &Url) -> String {
    url.path().rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("untitled").to_owned()
}

/// Returns how a file is called: by its path in the innermost workspace folder around it, else by its own name.
///
/// It is what a build started in that folder would call it, so that both emit the same bytes.
pub(crate) fn name_of(path: &Path, roots: &[PathBuf]) -> String {
    let inside = roots.iter().filter_map(|root| path.strip_prefix(root).ok());
    let shortest = inside.min_by_key(|rest| rest.components().count());
    with_slashes(shortest.unwrap_or_else(|| Path::new(path.file_name().unwrap_or(path.as_os_str()))))
}

fn with_slashes(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

/// The folder that `require` starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Root {
    pub(crate) folder: PathBuf,
    /// What stands before a module's path in its name, such as `examples/`.
    pub(crate) prefix: String,
}

impl Root {
    /// Returns the root of an entry script.
    pub(crate) fn of_entry(entry: &Path, roots: &[PathBuf]) -> Option<Root> {
        let name = name_of(entry, roots);
        let prefix = name.rfind('/').map_or("", |slash| &name[..=slash]).to_owned();
        Some(Root { folder: entry.parent()?.to_owned(), prefix })
    }

    /// Returns the path of a file by its name; embedded modules have none.
    pub(crate) fn path_of(&self, name: &str) -> Option<PathBuf> {
        if of_library(name) {
            return None;
        }
        // A file of the library that LUAKIT_STDLIB_DIR names is called by its whole path.
        if Path::new(name).is_absolute() {
            return Some(PathBuf::from(name));
        }
        Some(self.folder.join(name.strip_prefix(&self.prefix)?))
    }

    /// Returns how the file at `path` is called, if it lies in the folder.
    pub(crate) fn name_of(&self, path: &Path) -> Option<String> {
        Some(format!("{}{}", self.prefix, with_slashes(path.strip_prefix(&self.folder).ok()?)))
    }
}

/// Tells whether a file is an entry by its name alone.
pub(crate) fn is_entry_name(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(luakit_api::modules::is_entry_name)
}

/// Finds the folder of the entry that a module most likely belongs to: the nearest one upwards that has an entry
/// script by name. Without one nobody knows where its `require` starts.
pub(crate) fn nearest_entry_folder(path: &Path, roots: &[PathBuf]) -> Option<PathBuf> {
    let within = |folder: &Path| roots.iter().any(|root| folder.starts_with(root));
    let own = path.parent()?;
    own.ancestors()
        .take_while(|folder| *folder == own || within(folder))
        .find(|folder| has_entry(folder))
        .map(Path::to_owned)
}

fn has_entry(folder: &Path) -> bool {
    let Ok(files) = std::fs::read_dir(folder) else { return false };
    // A folder with more files than this is no place for a search at every keystroke.
    files.take(1000).flatten().any(|file| is_entry_name(Path::new(&file.file_name())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_with_spaces_and_unicode_are_paths() {
        let path = |uri: &str| path_of(&uri.parse().unwrap());
        assert_eq!(path("file:///a%20b/%C3%A9/b%25.lua"), Some(PathBuf::from("/a b/é/b%.lua")));
        assert_eq!(path("file:///a b/é.lua"), Some(PathBuf::from("/a b/é.lua")));
        assert_eq!(path("untitled:Untitled-1"), None);
        assert_eq!(name_of_url(&"untitled:Untitled-1".parse().unwrap()), "Untitled-1");
    }

    #[test]
    fn a_file_is_named_by_its_place_in_the_innermost_folder() {
        let roots = [PathBuf::from("/w"), PathBuf::from("/w/sub")];
        assert_eq!(name_of(Path::new("/w/a/build.lua"), &roots), "a/build.lua");
        assert_eq!(name_of(Path::new("/w/sub/x/build.lua"), &roots), "x/build.lua");
        assert_eq!(name_of(Path::new("/elsewhere/build.lua"), &roots), "build.lua");
        let root = Root::of_entry(Path::new("/w/a/build.lua"), &roots).unwrap();
        assert_eq!(root.name_of(Path::new("/w/a/lib/go.lua")).as_deref(), Some("a/lib/go.lua"));
        assert_eq!(root.path_of("a/lib/go.lua"), Some(PathBuf::from("/w/a/lib/go.lua")));
        assert_eq!(root.path_of("luakit:prelude"), None);
    }
}
