//! Modules on disk, with the texts that an editor holds over them.

use luakit_api::modules::{LoadError, Loader};
use luakit_diagnostics::SourceFile;
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Reads modules from a folder, except those whose text an editor holds.
#[derive(Debug, Clone, Default)]
pub struct DiskLoader {
    /// The folder of the entry script.
    pub root: PathBuf,
    /// What stands before a module's path where it is shown, such as `examples/`.
    pub prefix: String,
    /// Unsaved texts by their path on disk.
    pub overlay: BTreeMap<PathBuf, Arc<SourceFile>>,
    /// The folder of a library that stands before the embedded one.
    pub stdlib: Option<PathBuf>,
}

impl DiskLoader {
    /// Makes the loader for a script on disk: modules are shown under the folder that the script was named with.
    pub fn beside(script: &Path) -> Self {
        let folder = script.parent().unwrap_or(Path::new(""));
        let shown = folder.to_string_lossy().replace('\\', "/");
        let prefix = match shown.as_str() {
            "" | "." => String::new(),
            folder if folder.ends_with('/') => folder.to_owned(),
            folder => format!("{folder}/"),
        };
        let root = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_owned() };
        Self { root, prefix, ..Self::default() }
    }

    /// Returns where a module's path is on disk.
    pub fn path_of(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }
}

impl Loader for DiskLoader {
    fn load(&self, path: &str) -> Result<Arc<SourceFile>, LoadError> {
        let on_disk = self.path_of(path);
        if let Some(file) = self.overlay.get(&on_disk) {
            return Ok(file.clone());
        }
        let real = on_disk.canonicalize().map_err(unreadable)?;
        if let Some(file) = self.overlay.get(&real) {
            return Ok(file.clone());
        }
        below(&self.root, &real)?;
        let text = read_text(&real).map_err(|err| LoadError::Unreadable(err.to_string()))?;
        Ok(Arc::new(SourceFile::new(format!("{}{path}", self.prefix), text)))
    }

    fn library(&self, path: &str) -> Result<Arc<SourceFile>, LoadError> {
        let Some(folder) = &self.stdlib else { return Err(LoadError::NotFound) };
        // A library that was asked for and is not there must not become the embedded one without a word.
        if !folder.is_dir() {
            return Err(LoadError::Unreadable(format!("`{}` is no folder", folder.display())));
        }
        let real = folder.join(path).canonicalize().map_err(unreadable)?;
        below(folder, &real)?;
        let text = read_text(&real).map_err(|err| LoadError::Unreadable(err.to_string()))?;
        let name = folder.join(path).to_string_lossy().replace('\\', "/");
        Ok(Arc::new(SourceFile::new(name, text)))
    }

    fn identity(&self, path: &str) -> String {
        let real = |path: &Path| path.canonicalize().ok();
        let below = real(&self.root).zip(real(&self.path_of(path))).and_then(|(root, file)| {
            let below = file.strip_prefix(root).ok()?.to_str()?;
            Some(below.replace(std::path::MAIN_SEPARATOR, "/"))
        });
        below.unwrap_or_else(|| path.to_owned())
    }

    fn modules(&self) -> Vec<String> {
        let mut paths = Vec::new();
        list_modules(&self.root, "", 0, &mut paths);
        paths.sort();
        paths
    }
}

/// How deep folders are searched for modules to offer, and how many are offered at most.
const DEEPEST: usize = 4;
const MOST: usize = 500;

/// Lists the paths of the files below a folder that `require` finds.
fn list_modules(folder: &Path, prefix: &str, depth: usize, paths: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let (Ok(kind), Ok(name)) = (entry.file_type(), entry.file_name().into_string()) else { continue };
        if paths.len() >= MOST || name.starts_with('.') || name == "node_modules" || name == "target" {
            continue;
        }
        if kind.is_dir() && depth < DEEPEST && !name.contains('.') {
            list_modules(&entry.path(), &format!("{prefix}{name}/"), depth + 1, paths);
        } else if let Some(stem) = name.strip_suffix(".lua")
            // An entry script is no module.
            && !stem.contains('.') && (stem != "build" || !prefix.is_empty())
        {
            paths.push(format!("{prefix}{name}"));
        }
    }
}

/// Returns the folder that `LUAKIT_STDLIB_DIR` names: its library stands before the embedded one.
pub fn stdlib_of_environment() -> Option<PathBuf> {
    std::env::var_os("LUAKIT_STDLIB_DIR").filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

/// Checks that a real path is that of a file below a folder.
fn below(folder: &Path, real: &Path) -> Result<(), LoadError> {
    if !real.starts_with(folder.canonicalize().map_err(unreadable)?) {
        return Err(LoadError::Outside);
    }
    if real.is_dir() { Err(LoadError::NotFound) } else { Ok(()) }
}

fn unreadable(err: io::Error) -> LoadError {
    match err.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => LoadError::NotFound,
        _ => LoadError::Unreadable(err.to_string()),
    }
}

/// The largest script that is read; one larger than this is something else.
pub(crate) const LARGEST: u64 = 16 << 20;

/// Reads a script.
///
/// # Errors
/// If it cannot be read, is no plain file, is too large, or is not UTF-8.
pub fn read_text(path: &Path) -> io::Result<String> {
    let meta = std::fs::metadata(path)?;
    if meta.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory"));
    }
    // A device or a pipe does not tell its size, and may have no end.
    let mut bytes = Vec::with_capacity(usize::try_from(meta.len().min(LARGEST)).unwrap_or(0));
    std::fs::File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(io::Error::other(format!("it is larger than {} MB", LARGEST >> 20)));
    }
    text_of(bytes)
}

/// Takes the bytes of a script for text.
pub(crate) fn text_of(bytes: Vec<u8>) -> io::Result<String> {
    String::from_utf8(bytes).map_err(|err| {
        let line =
            err.as_bytes().iter().take(err.utf8_error().valid_up_to()).filter(|b| **b == b'\n').count() + 1;
        io::Error::new(io::ErrorKind::InvalidData, format!("it is not valid UTF-8 (line {line})"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_listed_by_the_paths_that_load_takes() {
        let root = std::env::temp_dir().join(format!("luakit-modules-{}", std::process::id()));
        for path in [
            "build.lua",
            "web.build.lua",
            "lib/go.lua",
            "lib/node/init.lua",
            "luakit_modules/x.lua",
            ".git/a.lua",
        ] {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "return {}").unwrap();
        }
        let loader = DiskLoader { root: root.clone(), ..DiskLoader::default() };
        let paths = loader.modules();
        assert_eq!(paths, ["lib/go.lua", "lib/node/init.lua", "luakit_modules/x.lua"]);
        for path in paths {
            assert!(loader.load(&path).is_ok(), "{path}");
        }
        std::fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn a_library_on_disk_is_read_and_one_that_is_not_there_is_told() {
        let dir = std::env::temp_dir().join(format!("luakit-library-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::write(dir.join("prelude.lua"), "return {}").unwrap();
        let loader = DiskLoader { stdlib: Some(dir.clone()), ..DiskLoader::default() };
        assert_eq!(loader.library("prelude.lua").map(|file| file.text.clone()), Ok("return {}".into()));
        assert_eq!(loader.library("no.lua"), Err(LoadError::NotFound));
        std::fs::remove_dir_all(dir).unwrap();
        assert!(matches!(loader.library("prelude.lua"), Err(LoadError::Unreadable(_))));
        assert_eq!(DiskLoader::default().library("prelude.lua"), Err(LoadError::NotFound));
    }

    #[test]
    fn a_symlink_out_of_the_root_is_refused() {
        let dir = std::env::temp_dir().join(format!("luakit-disk-{}", std::process::id()));
        let root = dir.join("root");
        std::fs::create_dir_all(&root).unwrap();
        std::fs::write(dir.join("secret.lua"), "return 1").unwrap();
        std::fs::write(root.join("m.lua"), "return 2").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(dir.join("secret.lua"), root.join("out.lua")).unwrap();
        let loader = DiskLoader { root, prefix: "x/".into(), ..DiskLoader::default() };
        assert_eq!(loader.load("m.lua").map(|file| file.name.clone()), Ok("x/m.lua".into()));
        assert_eq!(loader.load("no.lua"), Err(LoadError::NotFound));
        #[cfg(unix)]
        assert_eq!(loader.load("out.lua"), Err(LoadError::Outside));
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    #[cfg(unix)]
    fn a_link_is_known_by_the_file_that_it_leads_to() {
        let root = std::env::temp_dir().join(format!("luakit-links-{}", std::process::id()));
        std::fs::create_dir_all(root.join("lib")).unwrap();
        std::fs::write(root.join("lib/m.lua"), "return 2").unwrap();
        std::os::unix::fs::symlink("lib/m.lua", root.join("alias.lua")).unwrap();
        std::os::unix::fs::symlink("lib", root.join("folder")).unwrap();
        let loader = DiskLoader { root: root.clone(), ..DiskLoader::default() };
        for path in ["lib/m.lua", "alias.lua", "folder/m.lua"] {
            assert_eq!(loader.identity(path), "lib/m.lua");
        }
        assert_eq!(loader.identity("no.lua"), "no.lua");
        std::fs::remove_dir_all(root).unwrap();
    }
}
