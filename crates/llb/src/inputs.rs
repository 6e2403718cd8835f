//! How an op names the vertices that it depends on.

use crate::{Output, pb};
use std::collections::{BTreeSet, HashMap};

/// The input number of an empty directory.
pub(crate) const EMPTY: i64 = -1;

/// What one vertex becomes.
pub(crate) struct Marshalled {
    pub(crate) inputs: Vec<pb::Input>,
    pub(crate) op: pb::op::Op,
    /// Whether the op says for which platform it is.
    pub(crate) has_platform: bool,
    /// The platform to fall back on before that of the build.
    pub(crate) state_platform: Option<pb::Platform>,
    pub(crate) caps: BTreeSet<&'static str>,
}

/// The inputs of one op, numbered while they are collected.
pub(crate) struct Inputs<'a> {
    pub(crate) list: Vec<pb::Input>,
    numbers: HashMap<(usize, u32), i64>,
    resolve: &'a dyn Fn(Output) -> (usize, String),
}

impl<'a> Inputs<'a> {
    /// `resolve` gives the number and the digest of the op that a vertex became. Vertices with equal bytes
    /// became one op.
    pub(crate) fn new(resolve: &'a dyn Fn(Output) -> (usize, String)) -> Self {
        Self { list: Vec::new(), numbers: HashMap::new(), resolve }
    }

    /// Numbers an input; the same input twice is one, and scratch is none.
    pub(crate) fn add(&mut self, output: Option<Output>) -> i64 {
        let Some(output) = output else { return EMPTY };
        let (op, digest) = (self.resolve)(output);
        let next = self.next();
        let number = *self.numbers.entry((op, output.index)).or_insert(next);
        if number == next {
            self.list.push(pb::Input { digest, index: i64::from(output.index) });
        }
        number
    }

    /// Numbers an input that may be there already.
    pub(crate) fn push(&mut self, output: Output) -> i64 {
        let (_, digest) = (self.resolve)(output);
        let number = self.next();
        self.list.push(pb::Input { digest, index: i64::from(output.index) });
        number
    }

    fn next(&self) -> i64 {
        i64::try_from(self.list.len()).unwrap_or(i64::MAX)
    }
}
