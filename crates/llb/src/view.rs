//! A part of a definition to look at: all of it, or the ops that a filter keeps.

use crate::{Definition, MarshalledOp, name};
use std::collections::{BTreeSet, HashMap};

/// The kinds that a filter can name.
const KINDS: &[&str] = &["source", "exec", "file", "merge", "diff", "build", "passthrough"];

/// How many ways over ops that are not shown are followed, all in all. A drawing with more of them tells nothing.
const MOST_WAYS: usize = 500_000;

/// Is what is shown of a definition. The last op, which only names the result, is no op of it.
#[derive(Clone, Debug)]
pub struct View<'a> {
    /// The definition.
    pub definition: &'a Definition,
    pub(crate) names: Vec<String>,
    keeps: Vec<bool>,
}

/// Is an arrow between two ops that are shown, by their places in the definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Which outputs are used, unless it is the first alone.
    pub(crate) outputs: String,
    /// Whether there are ops in between that are not shown.
    pub(crate) is_indirect: bool,
}

impl<'a> View<'a> {
    /// Shows all of a definition.
    pub fn whole(definition: &'a Definition) -> Self {
        let keeps = definition.ops.iter().map(|it| it.op.op.is_some()).collect();
        Self { definition, names: name::names(definition), keeps }
    }

    /// Shows the ops of a kind, such as `exec`, if the filter is one; else those whose name holds the filter, in
    /// capital letters or small ones.
    pub fn filtered(definition: &'a Definition, filter: &str) -> Self {
        let mut view = Self::whole(definition);
        let filter = filter.to_lowercase();
        let is_kind = KINDS.contains(&filter.as_str());
        for ((keep, op), name) in view.keeps.iter_mut().zip(&definition.ops).zip(&view.names) {
            let fits =
                if is_kind { name::kind(&op.op) == filter } else { name.to_lowercase().contains(&filter) };
            *keep = *keep && fits;
        }
        view
    }

    /// Says whether nothing is left.
    pub fn is_empty(&self) -> bool {
        !self.keeps.contains(&true)
    }

    /// Says whether the op at a place of the definition is shown.
    pub(crate) fn shows(&self, index: usize) -> bool {
        self.keeps.get(index).copied().unwrap_or_default()
    }

    /// Lists the ops that are shown, with their places in the definition and their names.
    pub(crate) fn ops(&self) -> impl Iterator<Item = (usize, &'a MarshalledOp, &str)> {
        let all = self.definition.ops.iter().enumerate().zip(&self.names);
        all.filter(|((index, _), _)| self.shows(*index)).map(|((index, op), name)| (index, op, name.as_str()))
    }

    /// The place of the op that makes the result.
    pub(crate) fn head(&self) -> Option<usize> {
        let head = self.definition.head()?;
        self.definition.ops.iter().position(|it| it.digest == *head)
    }

    /// Lists the arrows, each once.
    pub(crate) fn links(&self) -> Vec<Link> {
        let numbers: HashMap<&str, usize> =
            self.definition.ops.iter().enumerate().map(|(index, op)| (op.digest.as_str(), index)).collect();
        // What is shown nearest above each op that is not.
        let mut above: Vec<BTreeSet<usize>> = Vec::with_capacity(self.definition.ops.len());
        let mut ways = 0;
        let mut links = Vec::new();
        for (to, op) in self.definition.ops.iter().enumerate() {
            let mut direct: Vec<(usize, Vec<i64>)> = Vec::new();
            let mut indirect = BTreeSet::new();
            for input in &op.op.inputs {
                let Some(from) = numbers.get(input.digest.as_str()).copied().filter(|it| *it < to) else {
                    continue;
                };
                if !self.shows(from) {
                    indirect.extend(above.get(from).into_iter().flatten().copied());
                } else if let Some((_, outputs)) = direct.iter_mut().find(|it| it.0 == from) {
                    outputs.push(input.index);
                } else {
                    direct.push((from, vec![input.index]));
                }
            }
            if !self.shows(to) {
                indirect.extend(direct.iter().map(|it| it.0));
                ways += indirect.len();
                above.push(if ways > MOST_WAYS { BTreeSet::new() } else { indirect });
                continue;
            }
            above.push(BTreeSet::new());
            indirect.retain(|from| !direct.iter().any(|it| it.0 == *from));
            links.extend(direct.into_iter().map(|(from, outputs)| {
                let named: Vec<String> = outputs.iter().map(i64::to_string).collect();
                let outputs = if outputs == [0] { String::new() } else { named.join(", ") };
                Link { from, to, outputs, is_indirect: false }
            }));
            let indirect = indirect.into_iter();
            links.extend(indirect.map(|from| Link { from, to, outputs: String::new(), is_indirect: true }));
        }
        links
    }
}
