//! Which ops BuildKit runs again: each op of the new graph is looked for among the keys of the old one.
//!
//! Two keys are made of each op. The *whole* key has that of every input in it: what is found by it is cached. The
//! *fixed* key leaves out the inputs whose content counts: what is found by that alone may be cached, as their
//! content decides. How ops are paired plays no part: an op is also cached if it was another one's place.

use super::keys::{self, Dep};
use super::{Cause, Rebuild, Side, sources};
use crate::pb;
use std::collections::{HashMap, HashSet};

/// Tells of each op of the new graph whether it runs, and why.
pub(super) fn rebuilds(before: &Side<'_>, after: &Side<'_>) -> Vec<(Rebuild, Option<Cause>)> {
    let mut keys = Keys::default();
    let mut known = Known::default();
    let old = keys.of_all(before, &known);
    for (op, key) in before.ops.iter().zip(&old) {
        known.whole.insert(key.whole);
        known.fixed.insert(key.fixed);
        if let Some(pb::op::Op::Source(it)) = &op.op.op {
            let key_of_source = sources::key(it, op.op.platform.as_ref());
            let pinned = key_of_source.pin.is_some();
            let entry = (key_of_source.unpinned().to_vec(), pinned);
            known.sources.entry(entry).or_insert(key.fixed);
        }
    }
    let new = keys.of_all(after, &known);
    let mut rebuilds: Vec<(Rebuild, Option<Cause>)> = Vec::with_capacity(after.ops.len());
    for (number, key) in new.iter().enumerate() {
        let rebuild = rebuild(after, number, key, &known, &rebuilds);
        rebuilds.push(rebuild);
    }
    rebuilds
}

fn rebuild(
    side: &Side<'_>,
    number: usize,
    key: &Key,
    known: &Known,
    done: &[(Rebuild, Option<Cause>)],
) -> (Rebuild, Option<Cause>) {
    let Some(op) = side.ops.get(number) else { return (Rebuild::Cached, None) };
    if op.metadata.ignore_cache {
        return (Rebuild::Runs, Some(Cause::IgnoreCache));
    }
    let mut worst = (Rebuild::Cached, None);
    for ((input, _), dep) in side.inputs(number).zip(keys::deps(&op.op)) {
        let Some(input) = input else { continue };
        let found = done.get(input).map_or(Rebuild::Cached, |it| it.0);
        let found = match (dep.by_content, side.ops.get(input).is_some_and(|it| sources::is_local(it))) {
            (false, true) => (Rebuild::Runs, Some(Cause::LocalInput)),
            (false, false) => (found, Some(Cause::Input(input))),
            (true, _) => (found.min(Rebuild::Depends), Some(Cause::Input(input))),
        };
        if found.0 > worst.0 {
            worst = found;
        }
    }
    let by_key = if !known.fixed.contains(&key.fixed) {
        Rebuild::Runs
    } else if !known.whole.contains(&key.whole) {
        Rebuild::Depends
    } else {
        Rebuild::Cached
    };
    if by_key > worst.0 { (by_key, Some(Cause::Itself)) } else { worst }
}

/// The keys of the old graph.
#[derive(Default)]
struct Known {
    whole: HashSet<u32>,
    fixed: HashSet<u32>,
    /// The fixed keys of sources by what they are without a pin, and whether they have one.
    sources: HashMap<(Vec<u8>, bool), u32>,
}

/// The keys of an op, as numbers: equal keys have equal ones.
#[derive(Clone, Copy)]
struct Key {
    whole: u32,
    fixed: u32,
}

/// Gives each key a number.
#[derive(Default)]
struct Keys {
    own: HashMap<Vec<u8>, u32>,
    made: HashMap<(u32, Vec<Part>), u32>,
}

/// What an input adds to a key: its key, its output and the paths that are read.
#[derive(PartialEq, Eq, Hash)]
enum Part {
    Key(u32, i64, Vec<String>),
    Content,
    Unknown(String),
}

impl Keys {
    fn of_all(&mut self, side: &Side<'_>, known: &Known) -> Vec<Key> {
        let mut keys: Vec<Key> = Vec::with_capacity(side.ops.len());
        for (number, op) in side.ops.iter().enumerate() {
            let next = u32::try_from(self.own.len()).unwrap_or(u32::MAX);
            let own = *self.own.entry(keys::own(op)).or_insert(next);
            let deps = keys::deps(&op.op);
            let inputs: Vec<(Result<Key, String>, i64, Dep)> = side
                .inputs(number)
                .zip(&op.op.inputs)
                .zip(deps)
                .map(|(((input, index), named), dep)| {
                    let key = input.and_then(|it| keys.get(it)).copied();
                    (key.ok_or_else(|| named.digest.clone()), index, dep)
                })
                .collect();
            let part = |(key, index, dep): &(Result<Key, String>, i64, Dep), whole: bool| match key {
                _ if dep.by_content && !whole => Part::Content,
                Ok(key) => Part::Key(if whole { key.whole } else { key.fixed }, *index, dep.paths.clone()),
                Err(digest) => Part::Unknown(digest.clone()),
            };
            let whole = self.number(own, inputs.iter().map(|it| part(it, true)).collect());
            let fixed = self.number(own, inputs.iter().map(|it| part(it, false)).collect());
            let repinned = if known.whole.contains(&whole) { None } else { repinned(op, known) };
            keys.push(Key { whole, fixed: repinned.unwrap_or(fixed) });
        }
        keys
    }

    fn number(&mut self, own: u32, parts: Vec<Part>) -> u32 {
        let next = u32::try_from(self.made.len()).unwrap_or(u32::MAX);
        *self.made.entry((own, parts)).or_insert(next)
    }
}

/// The key of the old source that is the same but for a pin that only one of the two has.
fn repinned(op: &crate::MarshalledOp, known: &Known) -> Option<u32> {
    let Some(pb::op::Op::Source(it)) = &op.op.op else { return None };
    let key = sources::key(it, op.op.platform.as_ref());
    known.sources.get(&(key.unpinned().to_vec(), key.pin.is_none())).copied()
}
