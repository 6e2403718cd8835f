//! What comes from outside of the graph, by identifier: the part that all sources share.

use crate::inputs::{Inputs, Marshalled};
use crate::{Constraints, Error, ErrorKind, Graph, Op, Output, Platform, State, pb};
use std::collections::{BTreeMap, BTreeSet};

/// Fetches what an identifier stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceOp {
    /// The scheme, `://`, and what the scheme makes of the rest.
    pub identifier: String,
    /// What else the scheme needs to know.
    pub attrs: BTreeMap<String, String>,
    pub(crate) caps: BTreeSet<&'static str>,
}

impl Graph {
    /// Adds a source of any scheme with any attributes. It claims no capabilities: the daemon ignores
    /// attributes that it does not know.
    ///
    /// # Errors
    /// If the identifier has no scheme.
    pub fn source(&mut self, identifier: &str, attrs: BTreeMap<String, String>) -> Result<State, Error> {
        if identifier.split_once("://").is_none_or(|(scheme, _)| scheme.is_empty()) {
            let message = format!("invalid source identifier `{identifier}`: expected scheme://…");
            return Err(Error::new(ErrorKind::Source, message));
        }
        Ok(self.add_source_op(SourceOp::new(identifier, attrs), None))
    }

    pub(crate) fn add_source_op(&mut self, op: SourceOp, platform: Option<Platform>) -> State {
        let vertex = self.add(Op::Source(op), Vec::new(), platform.clone());
        State::new(Output::first(vertex), platform.as_ref())
    }
}

impl SourceOp {
    pub(crate) fn new(identifier: impl Into<String>, attrs: BTreeMap<String, String>) -> Self {
        Self { identifier: identifier.into(), attrs, caps: BTreeSet::new() }
    }

    /// Sets an attribute that needs a capability.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>, cap: &'static str) {
        self.attr(name, value);
        self.caps.insert(cap);
    }

    /// Sets an attribute.
    pub(crate) fn attr(&mut self, name: &str, value: impl Into<String>) {
        self.attrs.insert(name.to_owned(), value.into());
    }

    pub(crate) fn marshal(&self, inputs: Inputs<'_>, constraints: &Constraints) -> Marshalled {
        let mut attrs = self.attrs.clone();
        let mut caps = self.caps.clone();
        if self.identifier.starts_with("local://") && !attrs.contains_key("local.session") {
            if let Some(session) = &constraints.local_session {
                attrs.insert("local.session".to_owned(), session.clone());
                caps.insert("source.local.sessionid");
            } else {
                attrs.insert("local.unique".to_owned(), constraints.local_unique.clone());
                caps.insert("source.local.unique");
            }
        }
        let has_platform =
            ["docker-image://", "oci-layout://"].iter().any(|it| self.identifier.starts_with(it));
        let op = pb::SourceOp { identifier: self.identifier.clone(), attrs: pb::StringEntry::list(&attrs) };
        Marshalled {
            inputs: inputs.list,
            op: pb::op::Op::Source(op),
            has_platform,
            state_platform: None,
            caps,
        }
    }
}
