//! The graph of the last run without errors, with the places that made it moved along as the text is edited.
//!
//! Views, hints, lenses and hovers all tell of it. Every request gets a copy, and every key moves the places, so that
//! copies share all and only the places are made anew.

use crate::documents::Replacement;
use crate::dry_run::Rebuilds;
use crate::dry_run::entry::{Input, are_current};
use crate::session::Session;
use luakit_check::llb::Definition;
use luakit_check::{DryRun, MadeOp, Output};
use luakit_diagnostics::{Place, SourceFile, TextRange};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use tower_lsp::lsp_types::Url;

/// The graph of a run. Cheap to clone, so that questions are answered from a copy.
#[derive(Clone)]
pub(crate) struct Graph {
    pub(crate) run: Arc<DryRun>,
    /// For each op, where it was made.
    pub(crate) made: Arc<Vec<Made>>,
    /// For each output, the spot of the call that names it.
    pub(crate) named: Arc<Vec<Option<usize>>>,
    /// The places, each once: a loop makes thousands of ops in one.
    pub(crate) spots: Arc<Vec<Spot>>,
    /// For each spot, the ops that results need and that the call there made.
    ops: Arc<Vec<Vec<usize>>>,
    /// What the run rebuilds, and where that begins, as indices of spots.
    pub(crate) rebuilds: Option<Arc<Rebuilds>>,
    rebuilt: Arc<Vec<usize>>,
    files: Arc<[Arc<SourceFile>]>,
    inputs: Arc<Vec<Input>>,
    /// Something besides the open texts has changed.
    pub(crate) outdated: bool,
}

/// Where an op was made, as indices of spots.
#[derive(Default)]
pub(crate) struct Made {
    pub(crate) calls: Vec<usize>,
    pub(crate) callers: Vec<usize>,
    /// A module of the library made it, and the call is one of the library.
    by_library: bool,
}

/// A place in a document as it stands.
#[derive(Clone)]
pub(crate) struct Spot {
    pub(crate) url: Arc<Url>,
    /// What was run; the range counts in it while the document is not open.
    pub(crate) file: Arc<SourceFile>,
    pub(crate) range: TextRange,
    /// The text of the place is not what was run.
    pub(crate) edited: bool,
}

/// A call of a script, and the ops that it made.
pub(crate) struct Call<'g> {
    pub(crate) spot: &'g Spot,
    pub(crate) ops: &'g [usize],
    graph: &'g Graph,
}

impl<'g> Call<'g> {
    pub(crate) fn ops(&self) -> impl Iterator<Item = &'g MadeOp> {
        self.ops.iter().filter_map(|op| self.graph.run.ops.get(*op))
    }
}

impl Spot {
    pub(crate) fn place(&self) -> Place {
        Place { file: self.file.clone(), range: self.range }
    }

    /// Tells whether the text of the place was deleted.
    pub(crate) fn is_gone(&self) -> bool {
        self.range.is_empty()
    }
}

impl Graph {
    /// Finds the places of the graph of a run. There is none if the run made none.
    pub(super) fn of(
        run: &Arc<DryRun>,
        rebuilds: Option<Rebuilds>,
        names: &BTreeMap<String, Url>,
        files: &[Arc<SourceFile>],
        inputs: &[Input],
    ) -> Option<Graph> {
        if run.outputs.is_empty() {
            return None;
        }
        let mut spots = Spots { names, urls: BTreeMap::new(), list: Vec::new(), known: HashMap::new() };
        let made = run.ops.iter().map(|op| {
            let (calls, callers) = (spots.of(&op.calls), spots.of(&op.callers));
            let mut made = Made { calls, callers, by_library: false };
            // What a module of the library makes is shown at the call of the library.
            if made.calls.is_empty() && !made.callers.is_empty() {
                made.calls.push(made.callers.remove(0));
                made.by_library = true;
            }
            made
        });
        let made: Vec<Made> = made.collect();
        let named = run.outputs.iter().map(|output| spots.one(&output.place)).collect();
        let is_first = |digest: &String| rebuilds.as_ref().is_some_and(|it| it.first.contains(digest));
        let changed = run.ops.iter().zip(&made).filter(|(op, _)| is_first(&op.digest));
        let rebuilt: BTreeSet<usize> = changed.flat_map(|(_, made)| &made.calls).copied().collect();
        let mut ops = vec![Vec::new(); spots.list.len()];
        for (index, (op, made)) in run.ops.iter().zip(&made).enumerate() {
            for call in made.calls.iter().filter(|_| op.reached && !made.by_library) {
                if let Some(ops) = ops.get_mut(*call) {
                    ops.push(index);
                }
            }
        }
        Some(Graph {
            ops: Arc::new(ops),
            rebuilds: rebuilds.map(Arc::new),
            rebuilt: Arc::new(rebuilt.into_iter().collect()),
            run: run.clone(),
            made: Arc::new(made),
            named: Arc::new(named),
            spots: Arc::new(spots.list),
            files: files.into(),
            inputs: Arc::new(inputs.to_vec()),
            outdated: false,
        })
    }

    pub(super) fn move_spots(&mut self, url: &Url, edit: Replacement) {
        if !self.spots.iter().any(|spot| *spot.url == *url) {
            return;
        }
        for spot in Arc::make_mut(&mut self.spots).iter_mut().filter(|spot| *spot.url == *url) {
            spot.edited |= edit.changes(spot.range);
            spot.range = edit.moved(spot.range);
        }
    }

    /// Forgets the places in a document whose text is gone.
    pub(crate) fn forget(&mut self, url: &Url) {
        for spot in Arc::make_mut(&mut self.spots).iter_mut().filter(|spot| *spot.url == *url) {
            spot.range = TextRange::default();
        }
    }

    /// Takes note that a document was opened. It is what was run as long as its text is the same.
    pub(super) fn opened(&mut self, name: &str, input: Input, text: &str) {
        let ran = self.files.iter().find(|file| file.name == name);
        if ran.is_some_and(|file| file.text == text) {
            let inputs = Arc::make_mut(&mut self.inputs);
            inputs.retain(|known| known.url != input.url);
            inputs.push(input);
        } else {
            self.outdated = true;
        }
    }

    /// Tells whether the script, or what it reads, is not what was run any more.
    pub(crate) fn is_stale(&self, session: &Session) -> bool {
        self.outdated || !are_current(&self.inputs, session)
    }

    /// Returns the result that a name stands for; without a name, what is shown.
    pub(crate) fn output(&self, target: Option<&str>) -> Option<&Output> {
        match target {
            Some(target) => self.run.outputs.iter().find(|output| output.target() == target),
            None => self.run.shown(),
        }
    }

    /// Returns the digests of what a result depends on.
    pub(crate) fn reached_by(definition: &Definition) -> HashSet<&str> {
        definition.ops.iter().map(|op| op.digest.as_str()).collect()
    }

    /// Returns an op of a result, as the definition and its place there.
    pub(crate) fn marshalled(&self, digest: &str) -> Option<(&Definition, usize)> {
        let definitions = self.run.outputs.iter().map(|output| &output.definition);
        let mut found = definitions.filter_map(|definition| {
            Some((definition, definition.ops.iter().position(|op| op.digest.as_str() == digest)?))
        });
        found.next()
    }

    /// Returns the calls of a document that are still there.
    pub(crate) fn calls_in(&self, url: &Url) -> impl Iterator<Item = Call<'_>> {
        let calls = self.spots.iter().zip(self.ops.iter());
        let calls = calls.filter(move |(spot, _)| *spot.url == *url && !spot.is_gone());
        calls.map(|(spot, ops)| Call { spot, ops, graph: self })
    }

    /// Returns the result that a call names.
    pub(crate) fn result_at(&self, url: &Url, call: TextRange) -> Option<(usize, &Output)> {
        let mut named = self.run.outputs.iter().enumerate().zip(self.named.iter());
        let (result, _) = named.find(|(_, spot)| {
            let spot = spot.and_then(|spot| self.spots.get(spot));
            spot.is_some_and(|spot| *spot.url == *url && call.touches(spot.range.start))
        })?;
        Some(result)
    }

    /// Returns the calls where what is rebuilt begins.
    pub(crate) fn rebuilt(&self) -> impl Iterator<Item = &Spot> {
        self.spots(&self.rebuilt)
    }

    /// Returns the places at some indices, those that are still there.
    pub(crate) fn spots(&self, indices: &[usize]) -> impl Iterator<Item = &Spot> {
        indices.iter().filter_map(|index| self.spots.get(*index)).filter(|spot| !spot.is_gone())
    }
}

/// Collects places. Those in embedded modules have no document.
struct Spots<'n> {
    names: &'n BTreeMap<String, Url>,
    urls: BTreeMap<&'n Url, Arc<Url>>,
    list: Vec<Spot>,
    known: HashMap<(*const SourceFile, usize, usize), usize>,
}

impl Spots<'_> {
    fn of(&mut self, places: &[Place]) -> Vec<usize> {
        places.iter().filter_map(|place| self.one(place)).collect()
    }

    fn one(&mut self, place: &Place) -> Option<usize> {
        let url = self.names.get(&place.file.name)?;
        let key = (Arc::as_ptr(&place.file), place.range.start, place.range.end);
        let (list, urls) = (&mut self.list, &mut self.urls);
        let index = *self.known.entry(key).or_insert_with(|| {
            let url = urls.entry(url).or_insert_with(|| Arc::new(url.clone())).clone();
            list.push(Spot { url, file: place.file.clone(), range: place.range, edited: false });
            list.len() - 1
        });
        Some(index)
    }
}
