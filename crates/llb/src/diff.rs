//! What an edit does to a graph: which ops are added, removed or changed, and what BuildKit runs again for it.
//!
//! The two questions have two answers. What *changed* is told of each op by itself: an op that says the same as
//! before and reads the same ops is unchanged, though its digest is another since something upstream is. What is
//! *rebuilt* follows BuildKit's cache keys, see [`Rebuild`]; the digest plays no part in it.
//!
//! ```text
//! ~ exec apk add gcc make (build.lua:2:9)
//!     command: apk add gcc → apk add gcc make
//!     runs
//!   exec make (build.lua:3:9)
//!     runs, because of exec apk add gcc make (build.lua:2:9)
//! ```
//!
//! Neither sees what is behind a source: the files of a local folder, where a tag or a branch points today.

mod facts;
mod files;
pub mod json;
mod keys;
mod lines;
mod pairs;
mod rebuild;
mod similar;
mod sources;
pub mod text;

pub use files::Files;

use crate::{Definition, Digest, Location, MarshalledOp, name};
use std::collections::HashMap;

/// Is what an edit does to a graph.
#[derive(Clone, Debug, PartialEq)]
pub struct GraphDiff {
    /// The ops of the new graph, each after its inputs.
    pub ops: Vec<OpDiff>,
    /// The ops of the old graph that are gone, in its order.
    pub removed: Vec<OpRef>,
    /// Whether another op, or another output of it, is the result.
    pub result_changed: bool,
}

/// Is what an edit does to an op of the new graph.
#[derive(Clone, Debug, PartialEq)]
pub struct OpDiff {
    /// The op.
    pub op: OpRef,
    /// What it was in the old graph; `None` if it was added.
    pub before: Option<OpRef>,
    /// Whether the op itself is another one.
    pub status: Status,
    /// What is different; only changed ops have any.
    pub changes: Vec<Change>,
    /// Whether BuildKit runs it again.
    pub rebuild: Rebuild,
    /// Why, unless it is cached.
    pub cause: Option<Cause>,
    /// Whether it fetches something that can change without a change of the graph: a folder, a branch, a tag.
    pub unseen: bool,
}

/// Names an op and tells where it was made.
#[derive(Clone, Debug, PartialEq)]
pub struct OpRef {
    /// The place in [`Definition::ops`].
    pub index: usize,
    /// The digest.
    pub digest: Digest,
    /// The kind: `source`, `exec`, `file`…
    pub kind: &'static str,
    /// What to call it.
    pub name: String,
    /// Where it was made, in the sources of its definition.
    pub locations: Vec<Location>,
}

/// Says whether an op itself is another one, whatever its inputs are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The old graph has nothing like it.
    Added,
    /// It is an old op that says something else, or reads other ops.
    Changed,
    /// It says the same and reads the same ops, which may have changed.
    Unchanged,
}

/// Is one thing that an op says differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it is about, as in `command`, `env PATH`, `mount /cache`, `inputs`.
    pub what: String,
    /// What was said; `None` for nothing.
    pub before: Option<String>,
    /// What is said now; `None` for nothing.
    pub after: Option<String>,
}

/// Says whether BuildKit runs an op, if all of the old graph is in its cache and what is behind sources is as it was.
///
/// An op is found in the cache by a key of its own and by its inputs; of an input counts either its key, or the
/// content of the part that is read. `docs/diff.md` has the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rebuild {
    /// It is in the cache.
    Cached,
    /// It runs if the content that it reads turns out to be different.
    Depends,
    /// It runs.
    Runs,
}

/// Is why an op is not cached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The op is new, or says something else, or reads other ops.
    Itself,
    /// The op asks for it, with `ignore_cache`.
    IgnoreCache,
    /// It works on a local source itself, not on a copy of it: that is never found in the cache.
    LocalInput,
    /// An input is not cached either: the number of its op in [`GraphDiff::ops`].
    Input(usize),
}

/// Compares two graphs.
pub fn compare(before: &Definition, after: &Definition) -> GraphDiff {
    let (before, after) = (Side::of(before), Side::of(after));
    let pairs = pairs::pair(&before, &after);
    let rebuilds = rebuild::rebuilds(&before, &after);
    let ops = after.ops.iter().zip(rebuilds).enumerate().map(|(number, (op, (rebuild, cause)))| {
        let old = pairs.before(number);
        let changes = old.map_or_else(Vec::new, |old| facts::changes(&before, &after, old, number, &pairs));
        OpDiff {
            op: after.op_ref(number),
            before: old.map(|old| before.op_ref(old)),
            status: match old {
                None => Status::Added,
                Some(_) if changes.is_empty() => Status::Unchanged,
                Some(_) => Status::Changed,
            },
            changes,
            rebuild,
            cause,
            unseen: sources::is_unseen(op),
        }
    });
    GraphDiff {
        ops: ops.collect(),
        removed: pairs.removed().map(|old| before.op_ref(old)).collect(),
        result_changed: match (before.result(), after.result()) {
            (Some((old, from)), Some((new, to))) => pairs.before(new) != Some(old) || from != to,
            (old, new) => old.is_some() != new.is_some(),
        },
    }
}

/// Holds how many ops there are of each sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Ops that the old graph has nothing like.
    pub added: usize,
    /// Ops that say something else.
    pub changed: usize,
    /// Ops of the old graph that are gone.
    pub removed: usize,
    /// Ops that say the same.
    pub unchanged: usize,
    /// Ops that run.
    pub runs: usize,
    /// Ops that run if what they read is different.
    pub depends: usize,
    /// Ops that are in the cache.
    pub cached: usize,
}

impl GraphDiff {
    /// Says whether nothing changed. Ops may run even so: those that are never cached.
    pub fn is_same(&self) -> bool {
        let unchanged = self.ops.iter().all(|it| it.status == Status::Unchanged);
        unchanged && self.removed.is_empty() && !self.result_changed
    }

    /// Counts the ops.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary { removed: self.removed.len(), ..Summary::default() };
        for op in &self.ops {
            *match op.status {
                Status::Added => &mut summary.added,
                Status::Changed => &mut summary.changed,
                Status::Unchanged => &mut summary.unchanged,
            } += 1;
            *match op.rebuild {
                Rebuild::Runs => &mut summary.runs,
                Rebuild::Depends => &mut summary.depends,
                Rebuild::Cached => &mut summary.cached,
            } += 1;
        }
        summary
    }

    /// Lists the ops that lead from one that is not cached up to the first op that is the reason, by their numbers in
    /// [`GraphDiff::ops`]. An op that is itself the reason is alone.
    pub fn chain(&self, number: usize) -> Vec<usize> {
        let mut chain = vec![number];
        // An input comes before its op, so this ends.
        while let Some(&last) = chain.last()
            && let Some(Cause::Input(input)) = self.ops.get(last).and_then(|it| it.cause)
            && input < last
        {
            chain.push(input);
        }
        chain
    }
}

impl Status {
    /// Returns the word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
        }
    }
}

impl Rebuild {
    /// Returns the word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cached => "cached",
            Self::Depends => "depends",
            Self::Runs => "runs",
        }
    }
}

impl Cause {
    /// Returns the word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Itself => "itself",
            Self::IgnoreCache => "ignore-cache",
            Self::LocalInput => "local-input",
            Self::Input(_) => "input",
        }
    }
}

/// An input: the number of the op that makes it, if the graph has that, and which of its outputs.
type Input = (Option<usize>, i64);

/// One of the two graphs, with what is asked of it again and again.
struct Side<'a> {
    definition: &'a Definition,
    /// The ops but for the last, which only names the result.
    ops: Vec<&'a MarshalledOp>,
    /// Where each is in the definition.
    indices: Vec<usize>,
    numbers: HashMap<&'a str, usize>,
    names: Vec<String>,
}

impl<'a> Side<'a> {
    fn of(definition: &'a Definition) -> Self {
        let named = definition.ops.iter().enumerate().zip(name::names(definition));
        let named = named.filter(|((_, op), _)| op.op.op.is_some());
        let mut side =
            Self { definition, ops: vec![], indices: vec![], numbers: HashMap::new(), names: vec![] };
        for ((index, op), name) in named {
            side.numbers.insert(op.digest.as_str(), side.ops.len());
            side.ops.push(op);
            side.indices.push(index);
            side.names.push(name);
        }
        side
    }

    fn inputs(&self, number: usize) -> impl Iterator<Item = Input> {
        let inputs = self.ops.get(number).into_iter().flat_map(|it| &it.op.inputs);
        inputs.map(|it| (self.numbers.get(it.digest.as_str()).copied(), it.index))
    }

    fn kind(&self, number: usize) -> &'static str {
        self.ops.get(number).map_or("", |it| name::kind(&it.op))
    }

    fn result(&self) -> Option<(usize, i64)> {
        let input = self.definition.ops.last()?.op.inputs.first()?;
        Some((*self.numbers.get(input.digest.as_str())?, input.index))
    }

    fn op_ref(&self, number: usize) -> OpRef {
        let op = self.ops.get(number);
        OpRef {
            index: self.indices.get(number).copied().unwrap_or_default(),
            digest: op.map_or_else(|| Digest::of(&[]), |it| it.digest.clone()),
            kind: self.kind(number),
            name: self.names.get(number).cloned().unwrap_or_default(),
            locations: op.map(|it| it.locations.clone()).unwrap_or_default(),
        }
    }
}
