//! What an edit rebuilds: the graph of a run against that of the last good run of saved texts that was another one.
//!
//! Counted once per run, where it was evaluated. What BuildKit's cache has is what that other run would have built.

use luakit_check::llb::Definition;
use luakit_check::llb::diff::{self, Cause, Rebuild, Summary};
use luakit_check::{DryRun, Output};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// How many ops are compared, of all results and of both runs. Twice ten thousand take a moment; of results beyond
/// nothing is told.
const MOST_OPS: usize = 50_000;

/// How many ops are marked as where it begins.
const MOST_FIRST: usize = 20;

/// The good runs of saved texts that matter: the last one, and the last before it that was another one.
#[derive(Clone, Default)]
pub(super) struct History {
    saved: Option<Arc<DryRun>>,
    before: Option<Arc<DryRun>>,
}

/// What a run rebuilds of what was built before.
#[derive(Clone)]
pub(crate) struct Rebuilds {
    pub(crate) before: Arc<DryRun>,
    /// For each result; `None` where nothing changed, or where there is nothing to compare with.
    pub(crate) results: Vec<Option<Summary>>,
    /// The ops that are not cached, by their digests.
    pub(crate) ops: HashMap<String, Rebuild>,
    /// The digests of the ops that changed themselves.
    pub(super) first: HashSet<String>,
}

impl History {
    /// Compares a run with what came before it. Call it on a worker.
    pub(super) fn compare(&self, run: &DryRun) -> Option<Rebuilds> {
        let saved = self.saved.as_deref()?;
        let before = if is_same(saved, run) { self.before.clone() } else { self.saved.clone() }?;
        let mut left = MOST_OPS;
        let (mut ops, mut first) = (HashMap::new(), HashSet::new());
        let mut result = |output: &Output| {
            let old = before.outputs.iter().find(|old| old.target() == output.target())?;
            let (old, new) = (&old.definition, &output.definition);
            if is_same_definition(old, new) {
                return None;
            }
            left = left.checked_sub(old.ops.len() + new.ops.len())?;
            let difference = diff::compare(old, new);
            for op in difference.ops.iter().filter(|op| op.rebuild != Rebuild::Cached) {
                let digest = op.op.digest.to_string();
                if op.cause == Some(Cause::Itself) && op.rebuild == Rebuild::Runs && first.len() < MOST_FIRST
                {
                    first.insert(digest.clone());
                }
                // What one result does not need anew, another may.
                let known = ops.entry(digest).or_insert(op.rebuild);
                *known = op.rebuild.max(*known);
            }
            Some(difference.summary())
        };
        let results = run.outputs.iter().map(&mut result).collect();
        Some(Rebuilds { before, results, ops, first })
    }

    /// Takes note of a good run of what is saved.
    pub(super) fn keep(&mut self, run: &Arc<DryRun>) {
        if self.saved.as_ref().is_none_or(|saved| !is_same(saved, run)) {
            self.before = self.saved.replace(run.clone());
        }
    }
}

/// Tells whether two runs give the same results.
fn is_same(before: &DryRun, after: &DryRun) -> bool {
    let outputs = || before.outputs.iter().zip(&after.outputs);
    before.outputs.len() == after.outputs.len()
        && outputs().all(|(old, new)| old.name == new.name)
        && outputs().all(|(old, new)| is_same_definition(&old.definition, &new.definition))
}

/// The digest of the last op tells of all, but for what is said beside them.
fn is_same_definition(before: &Definition, after: &Definition) -> bool {
    let digest = |definition: &Definition| definition.ops.last().map(|op| op.digest.clone());
    let ops = || before.ops.iter().zip(&after.ops);
    before.ops.len() == after.ops.len()
        && digest(before) == digest(after)
        && ops().all(|(old, new)| old.metadata.ignore_cache == new.metadata.ignore_cache)
}
