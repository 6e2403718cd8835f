//! What `require` means: the names it takes, the files it tries, and who reads them.

use luakit_diagnostics::SourceFile;
use std::sync::Arc;

/// Reads the modules of a script. The root is the folder of the entry script.
pub trait Loader {
    /// Reads the file at `path`, which is relative to the root and has `/` between its parts.
    ///
    /// # Errors
    /// [`LoadError::NotFound`] where there is no such file; the others end the search.
    fn load(&self, path: &str) -> Result<Arc<SourceFile>, LoadError>;

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
pub const EMBEDDED: &[(&str, &str)] = &[];

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

/// Finds the file that `require(name)` runs.
pub fn find(name: &str, loader: &dyn Loader) -> Found {
    let paths = match candidates(name) {
        Ok(paths) => paths,
        Err(message) => return Found::Refused(message),
    };
    for path in &paths {
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
    if let Some((name, text)) = EMBEDDED.iter().find(|(embedded, _)| *embedded == name) {
        let path = format!("luakit:{name}");
        return Found::File(path.clone(), Arc::new(SourceFile::new(path, *text)));
    }
    Found::Missing(paths)
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

    #[test]
    fn no_name_leads_out_of_the_root() {
        for name in ["/etc/passwd", "../x", "a/../../x", "", "C:/x", "a\\b", "..", "./"] {
            assert!(candidates(name).is_err(), "{name}");
        }
    }
}
