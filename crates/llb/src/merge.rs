//! File systems on top of each other, and what changed between two.

use crate::inputs::{EMPTY, Inputs, Marshalled};
use crate::{Graph, Op, Output, State, pb};
use std::collections::BTreeSet;

/// Lays file systems on top of each other, the last one uppermost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeOp {
    /// The file systems.
    pub inputs: Vec<Output>,
}

/// Keeps what changed between two file systems.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffOp {
    /// What it was.
    pub lower: Output,
    /// What it became; `None` is scratch.
    pub upper: Option<Output>,
}

impl Graph {
    /// Adds a merge. Scratch adds nothing, and of one state that is left there is nothing to merge. The
    /// settings are those of the first state that is not scratch.
    pub fn merge(&mut self, states: &[State]) -> State {
        let states: Vec<&State> = states.iter().filter(|state| !state.is_scratch()).collect();
        match states.as_slice() {
            [] => State::scratch(),
            [state] => (*state).clone(),
            [first, ..] => {
                let inputs: Vec<Output> = states.iter().filter_map(|state| state.output()).collect();
                let vertex = self.add(Op::Merge(MergeOp { inputs: inputs.clone() }), inputs, None);
                first.with_output(Output::first(vertex), None)
            }
        }
    }

    /// Adds what changed from `lower` to `upper`: all of `upper` if `lower` is scratch.
    pub fn diff(&mut self, lower: &State, upper: &State) -> State {
        let Some(from) = lower.output() else {
            return if upper.is_scratch() { State::scratch() } else { upper.clone() };
        };
        let op = DiffOp { lower: from, upper: upper.output() };
        let inputs = [Some(from), upper.output()].into_iter().flatten().collect();
        let vertex = self.add(Op::Diff(op), inputs, None);
        lower.with_output(Output::first(vertex), None)
    }
}

impl MergeOp {
    /// Marshals the op. Unlike others it lists an input as often as it is given.
    pub(crate) fn marshal(&self, mut inputs: Inputs<'_>) -> Marshalled {
        let list = self.inputs.iter().map(|output| pb::MergeInput { input: inputs.push(*output) }).collect();
        let op = pb::op::Op::Merge(pb::MergeOp { inputs: list });
        let caps = BTreeSet::from(["mergeop"]);
        Marshalled { inputs: inputs.list, op, has_platform: false, state_platform: None, caps }
    }
}

impl DiffOp {
    pub(crate) fn marshal(&self, mut inputs: Inputs<'_>) -> Marshalled {
        let lower = pb::LowerDiffInput { input: inputs.push(self.lower) };
        let upper = pb::UpperDiffInput { input: self.upper.map_or(EMPTY, |upper| inputs.push(upper)) };
        let op = pb::op::Op::Diff(pb::DiffOp { lower: Some(lower), upper: Some(upper) });
        let caps = BTreeSet::from(["diffop"]);
        Marshalled { inputs: inputs.list, op, has_platform: false, state_platform: None, caps }
    }
}
