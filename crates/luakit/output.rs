//! Writing results and findings: whole or not at all, and never with a panic's text.

use crate::cli::Color;
use luakit_diagnostics::{Diagnostic, render_text};
use luakit_project::write_whole;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// Tells findings on stderr.
pub(crate) fn findings(diagnostics: &[Diagnostic]) {
    let color = use_color(io::stderr().is_terminal());
    for diagnostic in diagnostics {
        told(&render_text(diagnostic, color));
    }
}

/// Tells something on stderr, on a line of its own.
macro_rules! tell {
    ($($text:tt)*) => { $crate::output::told(&format!("{}\n", format_args!($($text)*))) };
}
pub(crate) use tell;

/// Whether a script printed something and did not end its line.
static WITHIN_LINE: AtomicBool = AtomicBool::new(false);

/// Writes what is told to stderr. It may be full, or nobody may read it: that is no reason to build nothing.
pub(crate) fn told(text: &str) {
    let begin = if WITHIN_LINE.swap(false, Ordering::Relaxed) { "\n" } else { "" };
    let _ = write!(io::stderr(), "{begin}{text}");
}

/// Writes what a script prints to stderr.
pub(crate) fn printed(text: &str) {
    if let Some(last) = text.chars().next_back() {
        WITHIN_LINE.store(last != '\n', Ordering::Relaxed);
    }
    let _ = write!(io::stderr(), "{text}");
}

/// What `--color` says, for all that is printed.
static COLOR: OnceLock<Color> = OnceLock::new();

pub(crate) fn set_color(color: Color) {
    // The command line is read once.
    let _ = COLOR.set(color);
}

/// Tells whether text for people has colours: as `--color` says, else as NO_COLOR and CLICOLOR_FORCE say, else on a
/// terminal.
pub(crate) fn use_color(terminal: bool) -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_not_0 = |name| std::env::var_os(name).is_none_or(|value| value != "0");
    match COLOR.get().copied().unwrap_or(Color::Auto) {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if is_set("NO_COLOR") => false,
        Color::Auto if is_set("CLICOLOR_FORCE") && is_not_0("CLICOLOR_FORCE") => true,
        Color::Auto => {
            terminal && is_not_0("CLICOLOR") && std::env::var_os("TERM").is_none_or(|it| it != "dumb")
        }
    }
}

/// Tells whether what is written to a target goes to stdout: without one, or by the names that stdout has.
pub(crate) fn is_stdout(target: Option<&Path>) -> bool {
    let names = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];
    target.is_none_or(|path| names.iter().any(|name| path == Path::new(name)))
}

/// Writes to a file or to stdout.
///
/// # Errors
/// A message that names the target.
pub(crate) fn write(target: Option<&Path>, bytes: &[u8]) -> Result<(), String> {
    match target.filter(|_| !is_stdout(target)) {
        Some(path) => {
            write_file(path, bytes).map_err(|err| format!("cannot write `{}`: {err}", path.display()))
        }
        None => {
            let mut stdout = io::stdout().lock();
            stdout
                .write_all(bytes)
                .and_then(|()| stdout.flush())
                .map_err(|err| format!("cannot write to stdout: {err}"))
        }
    }
}

/// Replaces a plain file by rename, so that nobody sees half of it; writes to anything else, such as a pipe.
fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if is_special(path) {
        return std::fs::OpenOptions::new().append(true).open(path)?.write_all(bytes);
    }
    // A link stays a link: what it leads to is replaced, or made.
    write_whole(&leads_to(path)?, bytes)
}

/// Tells whether a path is no plain file of its own. `/dev/stderr` may lead to one, which is somebody else's then.
fn is_special(path: &Path) -> bool {
    path.starts_with("/dev") || path.starts_with("/proc") || path.metadata().is_ok_and(|meta| !meta.is_file())
}

/// Follows links, also to what is not there yet.
fn leads_to(path: &Path) -> io::Result<PathBuf> {
    match path.canonicalize() {
        Err(err) if err.kind() == io::ErrorKind::NotFound => match path.read_link() {
            Ok(next) => leads_to(&path.parent().unwrap_or(Path::new("")).join(next)),
            Err(_) => Ok(path.to_owned()),
        },
        real => real,
    }
}
