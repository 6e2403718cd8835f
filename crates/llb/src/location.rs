//! Where in a script a vertex was made.

use std::sync::Arc;

/// Names a source that was added to a [`Graph`](crate::Graph), or one of a [`Definition`](crate::Definition).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(pub(crate) u32);

impl SourceId {
    /// Returns the place of the source in the list it belongs to.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Is a file that vertices were made in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Source {
    /// The name that BuildKit shows.
    pub filename: String,
    /// What is in the file.
    pub data: Arc<[u8]>,
    /// The language of the file, `Lua` for scripts.
    pub language: String,
    /// The encoded definition that the file came from, where a build brought it: a frontend knows it.
    pub definition: Option<Arc<[u8]>>,
}

/// Is a line, counted from 1, and a character in it, as the caller counts characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// The line, counted from 1.
    pub line: i32,
    /// The character in the line.
    pub character: i32,
}

/// Is a range of a source. The default range, in line 0, stands for the whole file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Location {
    /// The file.
    pub source: SourceId,
    /// Where the range begins.
    pub start: Position,
    /// Where the range ends.
    pub end: Position,
}

impl Location {
    /// Locates a whole file.
    pub fn file(source: SourceId) -> Self {
        Self { source, start: Position::default(), end: Position::default() }
    }

    /// Says whether the location is a file without a range.
    pub fn is_file(&self) -> bool {
        self.start == Position::default() && self.end == Position::default()
    }
}
