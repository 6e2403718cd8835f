//! Where `cargo xtask setup` puts the programs that tests use, and where they are looked for.

use std::env;
use std::path::{Path, PathBuf};

use crate::Result;

/// The workspace that this crate is part of.
pub fn workspace() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}

/// The folder of everything that set-up installs outside Debian's packages: `$LUAKIT_TOOLS`, else `target/tools`.
///
/// Under `target` a clean clone is complete in itself; one folder shared by several clones saves the build.
pub fn folder() -> PathBuf {
    match env::var_os("LUAKIT_TOOLS") {
        Some(folder) if !folder.is_empty() => workspace().join(folder),
        _ => workspace().join("target/tools"),
    }
}

/// A program that set-up built or linked into `bin/`: `buildctl`, `buildkitd`, `docker-registry`.
pub fn bin(name: &str) -> Result<PathBuf> {
    let path = folder().join("bin").join(name);
    if path.exists() { Ok(path) } else { Err(missing(&path.display().to_string())) }
}

/// The Python that has the modules named in `tests/tools/requirements.txt`.
pub fn python() -> Result<PathBuf> {
    let path = folder().join("python/bin/python3");
    if path.exists() { Ok(path) } else { Err(missing(&path.display().to_string())) }
}

/// A program of the system, as the shell would find it. `sbin` counts too: Debian keeps `runc` there, outside a user's `PATH`.
pub fn system(name: &str) -> Result<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(["/usr/sbin", "/sbin", "/bin"].map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
        .ok_or_else(|| missing(&format!("`{name}`")))
}

fn missing(what: &str) -> String {
    format!("{what} is not there\nhint: run `cargo xtask setup`")
}
