//! A script's text with the name it is shown under.

use crate::{LineColumn, LineIndex, TextRange};

/// A source text, its name as people see it, and its lines.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// The path as it is printed and as it stands in source maps, with `/` between its parts.
    pub name: String,
    pub text: String,
    pub lines: LineIndex,
}

impl SourceFile {
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { name: name.into(), lines: LineIndex::new(&text), text }
    }

    pub fn line_column(&self, offset: usize) -> LineColumn {
        self.lines.line_column(&self.text, offset)
    }

    pub fn slice(&self, range: TextRange) -> &str {
        self.text.get(range.start..range.end).unwrap_or("")
    }

    /// Returns the range of a line (from 1) without its indentation and its end.
    pub fn line_range(&self, line: usize) -> TextRange {
        let text = self.lines.text(&self.text, line);
        let start = self.lines.start(line) + (text.len() - text.trim_start().len());
        TextRange::new(start, start + text.trim().len())
    }
}

/// Two files are the same when they have the same name and text.
impl PartialEq for SourceFile {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.text == other.text
    }
}
