//! Which op of the old graph an op of the new one was.
//!
//! Ops with equal digests are the same. Of the rest the surest pairs are made first: what says the same at the same
//! place in the script, what says the same and reads the same, what says the same, what is of one kind at the same
//! place, and last what is of one kind and has the most in common.

use super::{Input, Side, lines, similar};
use crate::{MarshalledOp, pb};
use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// Pairs the ops of two graphs, by their numbers.
pub(super) struct Pairs {
    before: Vec<Option<usize>>,
    after: Vec<Option<usize>>,
    old_shapes: Vec<u32>,
    new_shapes: Vec<u32>,
}

impl Pairs {
    /// What the op of the new graph was.
    pub(super) fn before(&self, new: usize) -> Option<usize> {
        self.before.get(new).copied().flatten()
    }

    /// The ops of the old graph that are gone.
    pub(super) fn removed(&self) -> impl Iterator<Item = usize> {
        self.after.iter().enumerate().filter(|(_, it)| it.is_none()).map(|(number, _)| number)
    }

    /// Whether two ops say the same, whatever their inputs are.
    pub(super) fn shape(&self, old: usize, new: usize) -> Option<bool> {
        Some(self.old_shapes.get(old)? == self.new_shapes.get(new)?)
    }

    fn is_free(&self, old: usize) -> bool {
        self.after.get(old).is_some_and(Option::is_none)
    }

    fn join(&mut self, old: usize, new: usize) {
        if let (Some(before), Some(after)) = (self.before.get_mut(new), self.after.get_mut(old)) {
            (*before, *after) = (Some(old), Some(new));
        }
    }

    fn old_left(&self) -> Vec<usize> {
        self.removed().collect()
    }

    fn new_left(&self) -> Vec<usize> {
        (0..self.before.len()).filter(|it| self.before(*it).is_none()).collect()
    }

    /// Pairs what has equal keys, in the order of the graphs.
    fn join_equal<K: Hash + Eq>(
        &mut self,
        old_key: impl Fn(&Self, usize) -> Option<K>,
        new_key: impl Fn(&Self, usize) -> Option<K>,
    ) {
        let mut old: HashMap<K, VecDeque<usize>> = HashMap::new();
        for number in self.old_left() {
            if let Some(key) = old_key(self, number) {
                old.entry(key).or_default().push_back(number);
            }
        }
        for number in self.new_left() {
            let found = new_key(self, number).and_then(|key| old.get_mut(&key)?.pop_front());
            if let Some(found) = found {
                self.join(found, number);
            }
        }
    }
}

/// Pairs the ops of two graphs.
pub(super) fn pair(before: &Side<'_>, after: &Side<'_>) -> Pairs {
    let mut shapes = HashMap::new();
    let mut pairs = Pairs {
        before: vec![None; after.ops.len()],
        after: vec![None; before.ops.len()],
        old_shapes: before.ops.iter().map(|it| shape(&mut shapes, it)).collect(),
        new_shapes: after.ops.iter().map(|it| shape(&mut shapes, it)).collect(),
    };
    for (new, op) in after.ops.iter().enumerate() {
        if let Some(old) = before.numbers.get(op.digest.as_str()).filter(|it| pairs.is_free(**it)) {
            pairs.join(*old, new);
        }
    }
    let places = Places::of(before, after);
    let old_place = |old: usize| places.old.get(old).copied().flatten();
    let new_place = |new: usize| places.new.get(new).copied().flatten();
    let old_shape = |pairs: &Pairs, old: usize| pairs.old_shapes.get(old).copied();
    let new_shape = |pairs: &Pairs, new: usize| pairs.new_shapes.get(new).copied();
    pairs.join_equal(
        |pairs, old| Some((old_place(old)?, old_shape(pairs, old)?)),
        |pairs, new| Some((new_place(new)?, new_shape(pairs, new)?)),
    );
    pairs.join_equal(
        |pairs, old| Some((before.inputs(old).collect::<Vec<Input>>(), old_shape(pairs, old)?)),
        |pairs, new| {
            let inputs = after.inputs(new).map(|(it, index)| (it.and_then(|it| pairs.before(it)), index));
            Some((inputs.collect(), new_shape(pairs, new)?))
        },
    );
    pairs.join_equal(old_shape, new_shape);
    join_at_places(&mut pairs, before, after, &places);
    let (old, new) = (pairs.old_left(), pairs.new_left());
    for (old, new) in similar::pairs(before, after, &old, &new) {
        pairs.join(old, new);
    }
    pairs
}

/// Pairs what is left of one kind at one place: one by one if there are as many as before, else by what they have in
/// common.
fn join_at_places(pairs: &mut Pairs, before: &Side<'_>, after: &Side<'_>, places: &Places) {
    let mut left: HashMap<(Place, &str), Left> = HashMap::new();
    for old in pairs.old_left() {
        if let Some(place) = places.old.get(old).copied().flatten() {
            left.entry((place, before.kind(old))).or_default().old.push(old);
        }
    }
    for new in pairs.new_left() {
        if let Some(place) = places.new.get(new).copied().flatten() {
            left.entry((place, after.kind(new))).or_default().new.push(new);
        }
    }
    for Left { old, new } in left.into_values() {
        if old.len() == new.len() {
            old.into_iter().zip(new).for_each(|(old, new)| pairs.join(old, new));
        } else {
            let found = similar::pairs(before, after, &old, &new);
            found.into_iter().for_each(|(old, new)| pairs.join(old, new));
        }
    }
}

/// Ops that nothing pairs yet.
#[derive(Default)]
struct Left {
    old: Vec<usize>,
    new: Vec<usize>,
}

/// Numbers what an op says of itself: its bytes without the digests of its inputs.
fn shape(shapes: &mut HashMap<Vec<u8>, u32>, op: &MarshalledOp) -> u32 {
    let mut op = op.op.clone();
    op.inputs.iter_mut().for_each(|it: &mut pb::Input| it.digest.clear());
    let next = u32::try_from(shapes.len()).unwrap_or(u32::MAX);
    *shapes.entry(op.to_bytes()).or_insert(next)
}

/// A line of a file, both by the numbers that they have in the new graph.
type Place = (usize, usize);

/// Where the ops of both graphs were made, if it is somewhere that both have.
struct Places {
    old: Vec<Option<Place>>,
    new: Vec<Option<Place>>,
}

impl Places {
    fn of(before: &Side<'_>, after: &Side<'_>) -> Self {
        let files = files(before, after);
        let first = |op: &MarshalledOp| {
            let location = op.locations.iter().find(|it| !it.is_file())?;
            let line = usize::try_from(location.start.line).ok()?.checked_sub(1)?;
            Some((location.source.index(), line))
        };
        let moved = |(file, line): Place| {
            let moved = files.get(file)?.as_ref()?;
            Some((moved.to, moved.lines.get(line).copied().flatten()?))
        };
        Self {
            old: before.ops.iter().map(|it| first(it).and_then(moved)).collect(),
            new: after.ops.iter().map(|it| first(it)).collect(),
        }
    }
}

/// Where a file of the old graph is in the new one: which it is, and its lines.
struct Moved {
    to: usize,
    lines: Vec<Option<usize>>,
}

/// The file of the new graph that each file of the old one became, and where its lines are there.
///
/// Files are the same by their names, else by the ends of their names, and last if there is no other: the two may be
/// two scripts, or one script under the names of two revisions.
fn files(before: &Side<'_>, after: &Side<'_>) -> Vec<Option<Moved>> {
    let (old, new) = (&before.definition.sources, &after.definition.sources);
    let mut to: Vec<Option<usize>> = vec![None; old.len()];
    let path = |name: &str| name.rsplit(':').next().unwrap_or(name).to_owned();
    let base = |name: &str| path(name).rsplit('/').next().unwrap_or_default().to_owned();
    let ways: [&dyn Fn(&str) -> String; 4] = [&str::to_owned, &path, &base, &|_| String::new()];
    for (way, key) in ways.iter().enumerate() {
        let mut free: HashMap<String, Vec<usize>> = HashMap::new();
        for (number, source) in new.iter().enumerate().filter(|(it, _)| !to.contains(&Some(*it))) {
            free.entry(key(&source.filename)).or_default().push(number);
        }
        let left: Vec<usize> = (0..old.len()).filter(|it| to.get(*it) == Some(&None)).collect();
        for number in &left {
            let named = old.get(*number).map(|it| key(&it.filename)).unwrap_or_default();
            let rivals =
                left.iter().filter(|it| old.get(**it).is_some_and(|it| key(&it.filename) == named)).count();
            if let (Some([one]), Some(to)) = (free.get(&named).map(Vec::as_slice), to.get_mut(*number))
                && (way == 0 || rivals == 1)
            {
                *to = Some(*one);
            }
        }
    }
    let text = |source: Option<&crate::Source>| {
        source.map(|it| String::from_utf8_lossy(&it.data).into_owned()).unwrap_or_default()
    };
    let mapped = |(number, to): (usize, Option<usize>)| {
        let to = to?;
        Some(Moved { to, lines: lines::map(&text(old.get(number)), &text(new.get(to))) })
    };
    to.into_iter().enumerate().map(mapped).collect()
}
