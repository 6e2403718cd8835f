//! Directories of the client.

use crate::{Error, ErrorKind, Graph, SourceOp, State, gojson};
use std::collections::BTreeMap;

/// Says which part of a directory is sent, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LocalOptions {
    /// The patterns of what is sent; everything if there are none.
    pub include: Vec<String>,
    /// The patterns of what is not sent.
    pub exclude: Vec<String>,
    /// The paths whose symbolic links are followed, so that their targets are sent too.
    pub follow_paths: Vec<String>,
    /// What is equal for directories that are worth comparing with each other.
    pub shared_key_hint: Option<String>,
    /// How the directory is compared with what was sent before.
    pub differ: Option<Differ>,
    /// Whether a daemon that does not know `differ` must refuse the build.
    pub differ_required: bool,
    /// Sends names and modes only, with the contents of what matches these patterns.
    pub metadata_only: Option<Vec<String>>,
    /// The session that sends the directory, if it is not that of the build.
    pub session: Option<String>,
}

/// Says how a directory is compared with what was sent before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Differ {
    /// Not at all: everything is sent.
    None,
    /// By size, time and mode.
    Metadata,
}

impl Graph {
    /// Adds a directory of the client, by the name that the client gave it.
    ///
    /// # Errors
    /// If the name is empty.
    pub fn local(&mut self, name: &str, options: &LocalOptions) -> Result<State, Error> {
        if name.is_empty() {
            return Err(Error::new(ErrorKind::Source, "name must not be empty"));
        }
        let mut op = SourceOp::new(format!("local://{name}"), BTreeMap::new());
        op.caps.insert("source.local");
        for (attr, patterns, cap) in [
            // The name is singular on the wire, and the capability is not.
            ("local.includepattern", &options.include, "source.local.includepatterns"),
            ("local.excludepatterns", &options.exclude, "source.local.excludepatterns"),
            ("local.followpaths", &options.follow_paths, "source.local.followpaths"),
        ] {
            if !patterns.is_empty() {
                op.set(attr, gojson::strings(patterns), cap);
            }
        }
        if let Some(hint) = options.shared_key_hint.as_deref().filter(|it| !it.is_empty()) {
            op.set("local.sharedkeyhint", hint, "source.local.sharedkeyhint");
        }
        if let Some(differ) = options.differ {
            op.attr("local.differ", differ.name());
            if options.differ_required {
                op.caps.insert("source.local.differ");
            }
        }
        if let Some(patterns) = &options.metadata_only {
            op.set("local.metadatatransfer", "true", "source.local.metadatatransfer");
            if !patterns.is_empty() {
                op.attr("local.metadatatransferexclude", gojson::strings(patterns));
            }
        }
        if let Some(session) = options.session.as_deref().filter(|it| !it.is_empty()) {
            op.set("local.session", session, "source.local.sessionid");
        }
        Ok(self.add_source_op(op, None))
    }
}

impl Differ {
    fn name(self) -> &'static str {
        match self {
            Differ::None => "none",
            Differ::Metadata => "metadata",
        }
    }
}
