//! Short names of ops and inputs in the readable forms: `%3`, `%3.1`, `scratch`.

use crate::{Definition, pb};
use std::collections::HashMap;

/// The place of every op in its definition.
pub(crate) struct Numbers<'a>(HashMap<&'a str, usize>);

impl<'a> Numbers<'a> {
    pub(crate) fn of(definition: &'a Definition) -> Self {
        Self(definition.ops.iter().enumerate().map(|(index, op)| (op.digest.as_str(), index)).collect())
    }

    /// The place of the op with a digest.
    pub(crate) fn get(&self, digest: &str) -> Option<usize> {
        self.0.get(digest).copied()
    }

    /// An output: `%3`, or `%3.1` if it is not the first.
    pub(crate) fn output(&self, input: &pb::Input) -> String {
        match (self.get(&input.digest), input.index) {
            (None, _) => "?".to_owned(),
            (Some(op), 0) => format!("%{op}"),
            (Some(op), index) => format!("%{op}.{index}"),
        }
    }

    /// An input of an op by its number: an output, or `scratch`.
    pub(crate) fn input(&self, op: &pb::Op, number: i64) -> String {
        match usize::try_from(number).map(|it| op.inputs.get(it)) {
            Err(_) => "scratch".to_owned(),
            Ok(None) => "?".to_owned(),
            Ok(Some(input)) => self.output(input),
        }
    }
}
