//! The hash of a marshalled op, by which ops name each other.

use crate::{Error, reference};
use sha2::{Digest as _, Sha256};
use std::fmt::{self, Write};
use std::sync::Arc;

/// Names an op, or what is in a registry, by the hash of its bytes, as `sha256:…`; cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(Arc<str>);

impl Digest {
    /// Computes the digest of bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let mut text = String::with_capacity("sha256:".len() + 64);
        text.push_str("sha256:");
        for byte in Sha256::digest(bytes) {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        Self(text.into())
    }

    /// Reads a digest.
    ///
    /// # Errors
    /// If it is none; the message says why.
    pub fn parse(text: &str) -> Result<Self, Error> {
        reference::check_digest(text)?;
        Ok(Self(text.into()))
    }

    /// Returns the digest as `sha256:…`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
