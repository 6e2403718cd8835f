//! Formats scripts with StyLua's formatter: text in, text out, and never a panic or a wait without end.
//!
//! What is no Lua, a byte order mark and a first line that begins with `#`, is kept as it stands.

mod config;
mod editorconfig;
mod ignored;

pub use config::{Config, ConfigError, NAMES, find};
pub use ignored::{IGNORE, is_ignored};

use luakit_analysis::{Script, caught};
use luakit_diagnostics::SourceFile;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;
use stylua_lib::OutputVerification;

/// Why a text was not formatted. It is then left as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The text is not Lua: what is wrong, and the byte offset where.
    Syntax { message: String, offset: usize },
    /// It took too long; deep nesting costs the formatter more than it should.
    TooSlow(Duration),
    /// The formatter itself failed, or would have changed the meaning of the script.
    Failed(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Syntax { message, .. } => f.write_str(message),
            Error::TooSlow(limit) => write!(f, "the formatter was not done after {limit:?}"),
            Error::Failed(message) => write!(f, "the formatter failed: {message}"),
        }
    }
}

/// The stack of the formatter, which is recursive: as large as that of all that reads scripts.
const STACK: usize = 64 << 20;

/// How long a script may take. Those that people write take milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// Formats a text, or only the statements that lie in a range of bytes.
///
/// # Errors
/// If the text is not Lua, or the formatter gives no answer that can be trusted.
pub fn format(text: &str, config: &Config, range: Option<Range<usize>>) -> Result<String, Error> {
    let (text, config) = (text.to_owned(), *config);
    let (send, receive) = channel();
    // The formatter cannot be interrupted: after the time it is left to itself, and nobody waits.
    let thread = std::thread::Builder::new().name("luakit-format".into()).stack_size(STACK);
    let thread = thread.spawn(move || send.send(format_here(&text, &config, range)));
    thread.map_err(|err| Error::Failed(format!("cannot start a thread: {err}")))?;
    match receive.recv_timeout(PATIENCE) {
        Ok(formatted) => formatted,
        Err(RecvTimeoutError::Timeout) => Err(Error::TooSlow(PATIENCE)),
        Err(RecvTimeoutError::Disconnected) => Err(Error::Failed("it panicked".into())),
    }
}

fn format_here(text: &str, config: &Config, range: Option<Range<usize>>) -> Result<String, Error> {
    // Ours knows how deep is too deep, and finds better words than the formatter's own parser.
    let script = Script::parse(Arc::new(SourceFile::new("", text)));
    if let Some(error) = script.syntax_errors().into_iter().next() {
        return Err(Error::Syntax { offset: error.place.range.start, message: error.message });
    }
    let (head, lua) = split_head(text);
    // The head stands before the script as a comment, so that a blank line after it stays.
    let comment = if head.ends_with(|c| c != '\u{feff}') { PLACEHOLDER } else { "" };
    let shift =
        |offset: usize| (offset.saturating_sub(head.len()) + comment.len()).min(comment.len() + lua.len());
    let range =
        range.map(|range| stylua_lib::Range { start: Some(shift(range.start)), end: Some(shift(range.end)) });
    let stylua = config.stylua(text);
    let code = format!("{comment}{lua}");
    let formatted = caught(|| stylua_lib::format_code(&code, stylua, range, OutputVerification::Full));
    let formatted = formatted.ok_or_else(|| Error::Failed("it panicked".into()))?;
    let formatted = formatted.map_err(|error| Error::Failed(error.to_string()))?;
    match formatted.strip_prefix(comment) {
        Some(lua) => Ok(format!("{head}{lua}")),
        None => Err(Error::Failed("it lost the first line".into())),
    }
}

/// What stands in the place of a first line that is no Lua. Nothing a formatter might want to change.
const PLACEHOLDER: &str = "-- #";

/// Splits off what is not Lua: a byte order mark, and the first line if it begins with `#`.
fn split_head(text: &str) -> (&str, &str) {
    let mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let after = text.get(mark..).unwrap_or("");
    if !after.starts_with('#') {
        return text.split_at(mark);
    }
    let line = after.find(['\r', '\n']).unwrap_or(after.len());
    text.split_at(mark + line)
}
