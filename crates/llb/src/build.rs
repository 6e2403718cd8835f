//! Definitions that are found in a state: BuildKit reads one from a file and builds it.

use crate::inputs::{Inputs, Marshalled};
use crate::{Error, ErrorKind, Graph, Op, Output, State, pb};
use std::collections::{BTreeMap, BTreeSet};

/// The number of the builder that reads LLB; there is no other.
const LLB_BUILDER: i64 = -1;
const DEFINITION_INPUT: &str = "buildkit.llb.definition";

/// Says where the definition is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuildOptions {
    /// The file with the definition; `None` is `buildkit.llb.definition`.
    pub filename: Option<String>,
    /// Further attributes of the op.
    pub attrs: BTreeMap<String, String>,
}

/// Runs a definition that is found in an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildOp {
    /// The state with the definition.
    pub input: Output,
    /// The attributes of the op.
    pub attrs: BTreeMap<String, String>,
}

impl Graph {
    /// Adds the result of a definition that is found in a state.
    ///
    /// # Errors
    /// If the state is scratch.
    pub fn build(&mut self, state: &State, options: &BuildOptions) -> Result<State, Error> {
        let Some(input) = state.output() else {
            return Err(Error::new(ErrorKind::Graph, "there is no definition in scratch"));
        };
        let mut attrs = options.attrs.clone();
        if let Some(filename) = options.filename.as_deref().filter(|it| !it.is_empty()) {
            attrs.insert("llbbuild.filename".to_owned(), filename.to_owned());
        }
        let vertex = self.add(Op::Build(BuildOp { input, attrs }), vec![input], None);
        Ok(state.with_output(Output::first(vertex), None))
    }
}

impl BuildOp {
    pub(crate) fn marshal(&self, mut inputs: Inputs<'_>) -> Marshalled {
        let input = pb::BuildInput { input: inputs.add(Some(self.input)) };
        let op = pb::op::Op::Build(pb::BuildOp {
            builder: LLB_BUILDER,
            inputs: vec![pb::BuildInputEntry { key: Some(DEFINITION_INPUT.to_owned()), value: Some(input) }],
            def: None,
            attrs: pb::StringEntry::list(&self.attrs),
        });
        let caps = BTreeSet::from(["source.buildop.llbfilename"]);
        Marshalled { inputs: inputs.list, op, has_platform: true, state_platform: None, caps }
    }
}
