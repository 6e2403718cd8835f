//! What `require` means: the names it takes, the files it tries, and who reads them.

use luakit_diagnostics::SourceFile;
use std::sync::Arc;

/// Tells whether a file of this name is an entry, whatever is in it.
pub fn is_entry_name(name: &str) -> bool {
    name == "build.lua" || name.ends_with(".build.lua")
}

/// Tells whether a file of this name holds tests, which `luakit test` runs.
pub fn is_test_name(name: &str) -> bool {
    name.ends_with("_test.lua") || name.ends_with(".test.lua")
}

/// Reads the modules of a script. The root is the folder of the entry script.
pub trait Loader {
    /// Reads the file at `path`, which is relative to the root and has `/` between its parts.
    ///
    /// # Errors
    /// [`LoadError::NotFound`] where there is no such file; the others end the search.
    fn load(&self, path: &str) -> Result<Arc<SourceFile>, LoadError>;

    /// Reads the file at `path` of a library that stands before the embedded one, if there is such a library.
    ///
    /// # Errors
    /// As those of [`load`](Loader::load).
    fn library(&self, path: &str) -> Result<Arc<SourceFile>, LoadError> {
        let _ = path;
        Err(LoadError::NotFound)
    }

    /// Returns the path by which the file at `path` is known, whatever link leads to it.
    fn identity(&self, path: &str) -> String {
        path.to_owned()
    }

    /// Lists the paths of the modules there are, as [`load`](Loader::load) takes them; empty where that is not known.
    fn modules(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Why a module could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoadError {
    NotFound,
    /// The path leads out of the root, as through a symlink.
    Outside,
    /// The file is there but cannot be read, and why.
    Unreadable(String),
}

/// The embedded modules, which need no file: name and text.
pub const EMBEDDED: &[(&str, &str)] = &[
    ("prelude", include_str!("../prelude/prelude.lua")),
    ("prelude/args", include_str!("../prelude/args.lua")),
    ("prelude/compose", include_str!("../prelude/compose.lua")),
    ("prelude/go", include_str!("../prelude/go.lua")),
    ("prelude/images", include_str!("../prelude/images.lua")),
    ("prelude/node", include_str!("../prelude/node.lua")),
    ("prelude/packages", include_str!("../prelude/packages.lua")),
    ("prelude/python", include_str!("../prelude/python.lua")),
    ("prelude/shell", include_str!("../prelude/shell.lua")),
    ("prelude/users", include_str!("../prelude/users.lua")),
];

/// What stands before the name of a module of the library, where no file of the script may take its place.
pub const LIBRARY: &str = "luakit:";

/// Tells whether a canonical path is that of a module of the library.
pub fn of_library(path: &str) -> bool {
    path.starts_with(LIBRARY)
}

/// Returns the paths that `require(name)` tries, in their order.
///
/// Dots and slashes part a name alike, so that each file has one canonical path.
///
/// # Errors
/// A message for a name that is empty, absolute, or leads out of the root.
pub fn candidates(name: &str) -> Result<Vec<String>, String> {
    if name.trim().is_empty() {
        return Err("module name must not be empty".into());
    }
    if name.starts_with(['/', '\\']) || name.get(1..2) == Some(":") {
        return Err(format!("module name `{name}` must not be an absolute path"));
    }
    if name.split(['/', '\\']).any(|part| part == "..") || name.starts_with("..") {
        return Err(format!("module name `{name}` must not lead out of the script's folder"));
    }
    if name.contains(['\0', '\\']) {
        return Err(format!("module name `{name}` must not contain `\\` or a NUL byte"));
    }
    let name = name.strip_prefix("./").unwrap_or(name);
    let stem = match name.strip_suffix(".lua") {
        Some(stem) if name.contains('/') || !stem.contains('.') => stem.to_owned(),
        _ => name.to_owned(),
    };
    let parts: Vec<&str> = stem.split(['/', '.']).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        return Err(format!("module name `{name}` names no file"));
    }
    let path = parts.join("/");
    Ok(["", "luakit_modules/"]
        .iter()
        .flat_map(|folder| [format!("{folder}{path}.lua"), format!("{folder}{path}/init.lua")])
        .collect())
}

/// What became of a module's name.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// The canonical path and the file.
    File(String, Arc<SourceFile>),
    /// No file; the paths that were tried.
    Missing(Vec<String>),
    /// The search ended with this message.
    Refused(String),
}

/// Finds the file that `require(name)` runs: a file of the script, else one of the library.
pub fn find(name: &str, loader: &dyn Loader) -> Found {
    let (stem, of_library) = match name.strip_prefix(LIBRARY) {
        Some(stem) => (stem, true),
        None => (name, false),
    };
    let paths = match candidates(stem) {
        Ok(paths) => paths,
        Err(message) => return Found::Refused(message),
    };
    for path in paths.iter().filter(|_| !of_library) {
        match loader.load(path) {
            Ok(file) => return Found::File(path.clone(), file),
            Err(LoadError::NotFound) => {}
            Err(LoadError::Outside) => {
                return Found::Refused(format!("module `{name}` leads out of the script's folder ({path})"));
            }
            Err(LoadError::Unreadable(why)) => {
                return Found::Refused(format!("module `{name}` cannot be read: {path}: {why}"));
            }
        }
    }
    library(name, &paths, loader).unwrap_or_else(|| {
        let tried = if of_library { vec![name.to_owned()] } else { paths };
        Found::Missing(tried)
    })
}

/// Finds a module of the library by the paths that its name stands for.
fn library(name: &str, paths: &[String], loader: &dyn Loader) -> Option<Found> {
    let stem = paths.first()?.strip_suffix(".lua")?;
    // The same on every machine, wherever the library is.
    let canonical = format!("{LIBRARY}{stem}");
    // The first two, since the library has no `luakit_modules`.
    for path in paths.iter().take(2) {
        match loader.library(path) {
            Ok(file) => return Some(Found::File(canonical, file)),
            Err(LoadError::NotFound) => {}
            Err(LoadError::Outside) => {
                let message = format!("module `{name}` leads out of the library's folder ({path})");
                return Some(Found::Refused(message));
            }
            Err(LoadError::Unreadable(why)) => {
                let message = format!("module `{name}` cannot be read: {path} of the library: {why}");
                return Some(Found::Refused(message));
            }
        }
    }
    let (_, text) = EMBEDDED.iter().find(|(embedded, _)| *embedded == stem)?;
    let file = Arc::new(SourceFile::new(canonical.clone(), *text));
    Some(Found::File(canonical, file))
}

/// Returns the message for a module that is not there, and the hint that lists what was tried.
pub fn missing_message(name: &str, tried: &[String]) -> (String, String) {
    (format!("module `{name}` not found"), format!("tried {}", tried.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_and_slashes_name_the_same_file() {
        for name in ["lib.go", "lib/go", "./lib/go", "lib/go.lua"] {
            assert_eq!(
                candidates(name).ok().and_then(|paths| paths.first().cloned()).as_deref(),
                Some("lib/go.lua"),
                "{name}"
            );
        }
    }

    /// A script's folder with some files in it, and a library with others.
    struct Files(&'static [&'static str], &'static [&'static str]);

    impl Loader for Files {
        fn load(&self, path: &str) -> Result<Arc<SourceFile>, LoadError> {
            let found = self.0.contains(&path);
            found.then(|| Arc::new(SourceFile::new(path, ""))).ok_or(LoadError::NotFound)
        }
        fn library(&self, path: &str) -> Result<Arc<SourceFile>, LoadError> {
            let found = self.1.contains(&path);
            found.then(|| Arc::new(SourceFile::new(format!("lib/{path}"), ""))).ok_or(LoadError::NotFound)
        }
    }

    fn found(name: &str, files: &Files) -> (String, String) {
        match find(name, files) {
            Found::File(path, file) => (path, file.name.clone()),
            other => panic!("{name}: {other:?}"),
        }
    }

    #[test]
    fn a_script_s_own_file_stands_before_the_library() {
        let own = Files(&["prelude.lua", "prelude/go.lua"], &[]);
        assert_eq!(found("prelude", &own).0, "prelude.lua");
        assert_eq!(found("prelude.go", &own).0, "prelude/go.lua");
        assert_eq!(found("luakit:prelude", &own).0, "luakit:prelude");
        assert_eq!(found("luakit:prelude/go", &own).0, "luakit:prelude/go");
    }

    #[test]
    fn each_module_of_the_library_has_one_path() {
        for name in ["prelude/go", "prelude.go", "./prelude/go.lua", "luakit:prelude.go"] {
            assert_eq!(found(name, &Files(&[], &[])).0, "luakit:prelude/go", "{name}");
        }
    }

    #[test]
    fn another_library_stands_before_the_embedded_one() {
        let other = Files(&[], &["prelude/init.lua", "more.lua"]);
        assert_eq!(found("more", &other), ("luakit:more".into(), "lib/more.lua".into()));
        assert_eq!(found("prelude/go", &other), ("luakit:prelude/go".into(), "luakit:prelude/go".into()));
        assert_eq!(find("luakit:no", &other), Found::Missing(vec!["luakit:no".into()]));
    }

    #[test]
    fn no_name_leads_out_of_the_root() {
        for name in ["/etc/passwd", "../x", "a/../../x", "", "C:/x", "a\\b", "..", "./"] {
            assert!(candidates(name).is_err(), "{name}");
        }
    }
}
