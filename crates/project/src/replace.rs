//! Writing files whole or not at all: who reads one meanwhile sees the old bytes or the new ones.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

/// Replaces a script by rename. A link stays a link: what it leads to is replaced.
///
/// # Errors
/// If it is read-only, or cannot be written.
pub fn replace_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let real = path.canonicalize()?;
    let meta = std::fs::metadata(&real)?;
    if meta.permissions().readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
    }
    if has_other_names(&meta) {
        // A rename would leave the other names with the old text.
        return std::fs::write(&real, bytes);
    }
    write_whole(&real, bytes)
}

/// Puts a file in the place of what is there, if anything is, with the same permissions. A link is replaced itself.
///
/// # Errors
/// If it cannot be written; what was there is left as it was then.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = path.file_name().ok_or_else(|| io::Error::other("it names no file"))?;
    let mut temporary = OsString::from(".");
    temporary.push(name);
    temporary.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(temporary);
    let write = || {
        // One that another process of this number left; never what a link leads to.
        let _ = std::fs::remove_file(&temporary);
        let mut file = std::fs::File::create_new(&temporary)?;
        file.write_all(bytes)?;
        if let Ok(meta) = std::fs::metadata(path) {
            std::fs::set_permissions(&temporary, meta.permissions())?;
        }
        std::fs::rename(&temporary, path)
    };
    let written = write();
    if written.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    written
}

#[cfg(unix)]
fn has_other_names(meta: &std::fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(meta) > 1
}

#[cfg(not(unix))]
fn has_other_names(_: &std::fs::Metadata) -> bool {
    false
}
