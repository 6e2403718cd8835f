//! What can be wrong with a graph or with the bytes of one.

use std::fmt;

/// Says what is wrong, in lower case and without a final stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What the message is about.
    pub kind: ErrorKind,
    /// What is wrong, in the words of the thing that is wrong.
    pub message: String,
}

/// Names the part of a graph that an [`Error`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// An image reference.
    Reference,
    /// The identifier or an option of a source.
    Source,
    /// A platform.
    Platform,
    /// A command.
    Exec,
    /// A mount, or what a command left on it.
    Mount,
    /// A file operation.
    File,
    /// How vertices hang together.
    Graph,
    /// The bytes of a definition.
    Decode,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
