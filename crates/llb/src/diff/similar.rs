//! Ops of one kind that have the most in common, among those that nothing else pairs.

use super::Side;
use super::facts::{Facts, facts};
use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Words that more ops than these have tell nothing: looking at all of those would cost too much.
const MOST: usize = 48;

/// How many words of a long text are looked at.
const LONGEST: usize = 200;

/// How much of what two ops say must be the same, of a hundred parts.
const LEAST: usize = 40;

/// Pairs ops by what they have in common, the best pairs first.
pub(super) fn pairs(
    before: &Side<'_>,
    after: &Side<'_>,
    old: &[usize],
    new: &[usize],
) -> Vec<(usize, usize)> {
    let words = |side: &Side<'_>, number: usize| {
        side.ops.get(number).map(|op| words(side.kind(number), &facts(op))).unwrap_or_default()
    };
    let old: Vec<(usize, BTreeSet<u64>)> = old.iter().map(|it| (*it, words(before, *it))).collect();
    let mut by_word: HashMap<u64, Vec<usize>> = HashMap::new();
    for (place, (_, words)) in old.iter().enumerate() {
        for word in words {
            by_word.entry(*word).or_default().push(place);
        }
    }
    let mut found: Vec<(usize, usize, usize, usize)> = Vec::new();
    for number in new {
        let words = words(after, *number);
        let mut common: HashMap<usize, usize> = HashMap::new();
        let rare = words.iter().filter_map(|it| by_word.get(it)).filter(|it| it.len() <= MOST);
        for place in rare.flatten() {
            *common.entry(*place).or_default() += 1;
        }
        for (place, common) in common {
            let Some((old, theirs)) = old.get(place) else { continue };
            let score = 200 * common / (words.len() + theirs.len()).max(1);
            if score >= LEAST {
                found.push((score, old.abs_diff(*number), *old, *number));
            }
        }
    }
    // The best first; of equally good ones those whose places in the graphs are nearest.
    found.sort_by_key(|(score, distance, old, new)| (std::cmp::Reverse(*score), *distance, *new, *old));
    let (mut old_done, mut new_done) = (BTreeSet::new(), BTreeSet::new());
    let mut pairs = Vec::new();
    for (_, _, old, new) in found {
        if !old_done.contains(&old) && !new_done.contains(&new) {
            old_done.insert(old);
            new_done.insert(new);
            pairs.push((old, new));
        }
    }
    pairs
}

/// What there is to have in common: the words of what an op is about, and its settings as wholes.
fn words(kind: &str, facts: &Facts) -> BTreeSet<u64> {
    let hash = |words: &[&str]| {
        let mut hasher = DefaultHasher::new();
        (kind, words).hash(&mut hasher);
        hasher.finish()
    };
    let mut list = BTreeSet::new();
    for (what, value) in facts {
        match (kind, what.as_str()) {
            // Nearly all ops of a graph have these.
            (_, "platform" | "cwd" | "mount /") => {}
            // The name counts more than the version.
            ("source", "source") => {
                let name = value.split('@').next().unwrap_or(value);
                let name =
                    name.rsplit_once([':', '#']).filter(|(_, it)| !it.contains('/')).map_or(name, |it| it.0);
                list.extend([
                    hash(&["name", name]),
                    hash(&["last", name.rsplit('/').next().unwrap_or(name)]),
                ]);
            }
            ("exec", "command") | ("file", _) => {
                list.extend(value.split_whitespace().take(LONGEST).map(|it| hash(&["word", it])));
            }
            _ => {
                list.insert(hash(&["fact", what, value]));
            }
        }
    }
    list
}
