//! What can be said of a script's text without running it: plain data with byte ranges.
//!
//! [`Script::parse`] makes a script of a text, whatever its state; each question about it is a function of its own.
//! Parsing needs a large stack (see [`Script::parse`]), so callers run it on a worker.

use luakit_api::Prepared;
use luakit_api::modules::Loader;
use luakit_diagnostics::{Diagnostic, SourceFile, TextRange};
use std::sync::Arc;

/// A text with what was made of it.
pub struct Script {
    pub file: Arc<SourceFile>,
}

impl Script {
    /// Parses a text, broken or not.
    pub fn parse(file: Arc<SourceFile>) -> Script {
        Script { file }
    }

    /// Returns the text for the engine, with a line for each call and the map back.
    pub fn prepare(&self) -> Prepared {
        Prepared::default()
    }

    /// Tells whether the file calls `bk.export` (or `bk.target`) at its top level, so that it is an entry.
    pub fn is_entry(&self) -> bool {
        false
    }
}

/// Returns the static findings. `loader` resolves `require`; without one, modules are not looked for.
pub fn diagnostics(_script: &Script, _loader: Option<&dyn Loader>) -> Vec<Diagnostic> {
    Vec::new()
}

/// What a hover shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    pub range: TextRange,
    pub markdown: String,
}

pub fn hover(_script: &Script, _offset: usize, _loader: Option<&dyn Loader>) -> Option<Hover> {
    None
}

/// What a completion item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompletionKind {
    Function,
    Method,
    Property,
    Option,
    Value,
    Module,
    Variable,
    Keyword,
    Snippet,
}

/// Something that could be typed here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletionItem {
    pub label: String,
    pub kind: CompletionKind,
    /// A signature or a type, in a line.
    pub detail: String,
    /// Markdown.
    pub documentation: String,
    /// What is replaced, and by what.
    pub range: TextRange,
    pub insert: String,
    /// The same with `$1` placeholders, for clients that have snippets.
    pub snippet: Option<String>,
    /// Items are shown in the order of this, then of their labels.
    pub sort: String,
    pub deprecated: bool,
}

pub fn completions(_script: &Script, _offset: usize, _loader: Option<&dyn Loader>) -> Vec<CompletionItem> {
    Vec::new()
}

/// The call around the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureHelp {
    pub label: String,
    pub documentation: String,
    /// The byte range of each parameter in `label`, with its documentation.
    pub parameters: Vec<(TextRange, String)>,
    pub active: Option<usize>,
}

pub fn signature_help(
    _script: &Script,
    _offset: usize,
    _loader: Option<&dyn Loader>,
) -> Option<SignatureHelp> {
    None
}
