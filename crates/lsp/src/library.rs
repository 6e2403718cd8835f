//! The library that luakit brings along, as files: editors can only go to what is on disk.
//!
//! It is written below the user's cache folder when somebody wants to go there, in a folder for each version of it, and
//! read-only. These files are nobody's own: nothing is found, renamed or formatted in them.

use luakit_api::modules::{EMBEDDED, LIBRARY};
use luakit_project::write_whole;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Returns the file of a module of the library by its key, such as `luakit:prelude/go`; it is written if it is not
/// there. Call it on a worker.
pub(crate) fn file_of(key: &str) -> Option<PathBuf> {
    let (name, text) = EMBEDDED.iter().find(|(name, _)| key.strip_prefix(LIBRARY) == Some(name))?;
    let path = folder()?.join(format!("{name}.lua"));
    match std::fs::read_to_string(&path) {
        Ok(there) if there == *text => Some(path),
        _ => write(&path, text).ok().map(|()| path),
    }
}

/// Returns the key of a file that [`file_of`] wrote.
pub(crate) fn key_of(path: &Path) -> Option<String> {
    let name = path.strip_prefix(folder()?).ok()?.to_str()?.replace('\\', "/");
    let name = name.strip_suffix(".lua")?;
    EMBEDDED.iter().any(|(other, _)| *other == name).then(|| format!("{LIBRARY}{name}"))
}

/// Returns the folder of this version.
fn folder() -> Option<&'static Path> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    let find = || {
        let variable = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|it| it.is_absolute());
        let cache = variable("XDG_CACHE_HOME").or_else(|| variable("LOCALAPPDATA"));
        let cache = cache.or_else(|| Some(variable("HOME")?.join(".cache")))?;
        let mut hasher = DefaultHasher::new();
        EMBEDDED.hash(&mut hasher);
        let version = format!("library-{}-{:016x}", env!("CARGO_PKG_VERSION"), hasher.finish());
        Some(cache.join("luakit").join(version))
    };
    FOLDER.get_or_init(find).as_deref()
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    std::fs::create_dir_all(path.parent().ok_or(io::ErrorKind::InvalidInput)?)?;
    write_whole(path, text.as_bytes())?;
    let mut permissions = std::fs::metadata(path)?.permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(path, permissions)
}
