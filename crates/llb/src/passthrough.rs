//! States that wait for others.

use crate::inputs::{Inputs, Marshalled};
use crate::{Error, ErrorKind, Graph, Op, Output, State, pb};
use std::collections::BTreeSet;

/// Hands its first input on once all of them are there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassthroughOp {
    /// What keeps equal ops apart.
    pub id: String,
    /// What is handed on, then what is waited for.
    pub inputs: Vec<Output>,
}

impl Graph {
    /// Adds a state that is there once others are. Scratch is there always: a state that waits for nothing
    /// else is returned as it is.
    ///
    /// # Errors
    /// If the id is empty, or the state is scratch but others are not: nothing would wait for them.
    pub fn requires(&mut self, state: &State, id: &str, others: &[State]) -> Result<State, Error> {
        if id.is_empty() {
            return Err(Error::new(ErrorKind::Graph, "id must not be empty"));
        }
        let others: Vec<Output> = others.iter().filter_map(State::output).collect();
        if others.is_empty() {
            return Ok(state.clone());
        }
        let Some(output) = state.output() else {
            return Err(Error::new(ErrorKind::Graph, "scratch cannot wait for other states"));
        };
        let inputs: Vec<Output> = [output].into_iter().chain(others).collect();
        let op = PassthroughOp { id: id.to_owned(), inputs: inputs.clone() };
        let vertex = self.add(Op::Passthrough(op), inputs, None);
        Ok(state.with_output(Output::first(vertex), None))
    }
}

impl PassthroughOp {
    pub(crate) fn marshal(&self, mut inputs: Inputs<'_>) -> Marshalled {
        for input in &self.inputs {
            inputs.push(*input);
        }
        let op = pb::op::Op::Passthrough(pb::PassthroughOp { id: self.id.clone(), outputs: vec![0] });
        let caps = BTreeSet::from(["passthroughop"]);
        Marshalled { inputs: inputs.list, op, has_platform: false, state_platform: None, caps }
    }
}
