//! What marshalling adds to every op.

use crate::{Metadata, Platform};
use std::collections::BTreeSet;

/// Says what marshalling adds to every op.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraints {
    /// The platform of every op that has no other, as it is spelled.
    pub platform: Platform,
    /// What keeps the local directories of this build apart from those of others: fixed where digests are to
    /// be compared, random where a daemon may build two at the same time.
    pub local_unique: String,
    /// The session that sends local directories, where it is known; then nothing else keeps them apart.
    pub local_session: Option<String>,
    /// The capabilities of the daemon, where they are known.
    pub caps: Option<BTreeSet<String>>,
    /// The containerd filters that a worker must match, before those of the op.
    pub filters: Vec<String>,
    /// What is said about every op, before what is said about it alone.
    pub metadata: Metadata,
}

impl Constraints {
    /// Makes constraints that say no more than they must.
    pub fn new(platform: Platform, local_unique: impl Into<String>) -> Self {
        Self {
            platform,
            local_unique: local_unique.into(),
            local_session: None,
            caps: None,
            filters: Vec::new(),
            metadata: Metadata::default(),
        }
    }
}
