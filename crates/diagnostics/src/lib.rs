//! What luakit tells people: findings with a place, a code, advice and fixes, and how they are printed.
//!
//! Everything that can be wrong with a script ends up as a [`Diagnostic`], whether the editor underlines it,
//! `luakit check` prints it or a build stops at it. One wording serves all three.

mod code;
mod github;
mod json;
mod lines;
mod sarif;
mod source;
mod text;

pub use code::{CODES, Code};
pub use github::to_github;
pub use json::to_json;
pub use lines::{LineColumn, LineIndex};
pub use sarif::to_sarif;
pub use source::SourceFile;
pub use text::render_text;

use std::sync::Arc;

/// A span of UTF-8 byte offsets into a source text, end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TextRange {
    pub start: usize,
    pub end: usize,
}

impl TextRange {
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end: if end < start { start } else { end } }
    }

    pub fn contains(self, offset: usize) -> bool {
        self.start <= offset && offset < self.end
    }

    /// Tells whether `offset` lies in the range or touches either end, as a text cursor does.
    pub fn touches(self, offset: usize) -> bool {
        self.start <= offset && offset <= self.end
    }

    pub fn covers(self, other: TextRange) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Returns the range in a text of which the one it was found in begins at `by`.
    pub const fn shifted(self, by: usize) -> Self {
        Self { start: self.start + by, end: self.end + by }
    }
}

/// How much a finding matters. An error stops a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Error,
    Warning,
    Note,
    Hint,
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
            Severity::Hint => "hint",
        }
    }
}

/// Which layer found it: the static checks on the text, or the dry run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layer {
    Static,
    DryRun,
}

/// A range in a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    pub file: Arc<SourceFile>,
    pub range: TextRange,
}

/// A further place that explains a finding, such as one step of the call trace.
#[derive(Debug, Clone, PartialEq)]
pub struct Related {
    pub place: Place,
    pub message: String,
}

/// One replacement of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    pub range: TextRange,
    pub text: String,
}

/// A change that resolves a finding. It touches only the tokens it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    pub title: String,
    pub edits: Vec<Edit>,
    /// Whether `luakit check --fix` may apply it unasked.
    pub safe: bool,
}

/// A finding in a script.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    pub code: Code,
    pub severity: Severity,
    pub layer: Layer,
    pub place: Place,
    pub message: String,
    /// Advice, each on a line of its own after `hint:`.
    pub hints: Vec<String>,
    /// The call trace, innermost caller first, or other places that matter.
    pub related: Vec<Related>,
    pub fixes: Vec<Fix>,
}

impl Diagnostic {
    pub fn new(code: Code, layer: Layer, place: Place, message: impl Into<String>) -> Self {
        Self {
            severity: code.severity(),
            code,
            layer,
            place,
            message: message.into(),
            hints: Vec::new(),
            related: Vec::new(),
            fixes: Vec::new(),
        }
    }

    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    pub fn with_fix(mut self, title: impl Into<String>, range: TextRange, text: impl Into<String>) -> Self {
        self.fixes.push(Fix {
            title: title.into(),
            edits: vec![Edit { range, text: text.into() }],
            safe: true,
        });
        self
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Puts findings in the order people read them: by file, place, then severity.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(|a, b| {
        (&a.place.file.name, a.place.range, a.severity, a.code.name()).cmp(&(
            &b.place.file.name,
            b.place.range,
            b.severity,
            b.code.name(),
        ))
    });
}
