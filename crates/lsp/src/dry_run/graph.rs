//! The graph of the last run without errors, with the places that made it moved along as the text is edited.

use crate::documents::Replacement;
use crate::dry_run::entry::{Input, are_current};
use crate::session::Session;
use luakit_check::llb::Definition;
use luakit_check::{DryRun, Output};
use luakit_diagnostics::{Place, SourceFile, TextRange};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use tower_lsp::lsp_types::Url;

/// The graph of a run. Cheap to clone, so that questions are answered from a copy.
#[derive(Clone)]
pub(crate) struct Graph {
    pub(crate) run: Arc<DryRun>,
    /// For each op, and then for each output, where it was made.
    pub(crate) made: Arc<Vec<Made>>,
    pub(crate) named: Arc<Vec<Option<usize>>>,
    /// The places, each once: a loop makes thousands of ops in one.
    pub(crate) spots: Vec<Spot>,
    files: Vec<Arc<SourceFile>>,
    inputs: Vec<Input>,
    /// Something besides the open texts has changed.
    pub(crate) outdated: bool,
}

/// Where an op was made, as indices of spots.
#[derive(Default)]
pub(crate) struct Made {
    pub(crate) calls: Vec<usize>,
    pub(crate) callers: Vec<usize>,
}

/// A place in a document as it stands.
#[derive(Clone)]
pub(crate) struct Spot {
    pub(crate) url: Url,
    /// What was run; the range counts in it while the document is not open.
    pub(crate) file: Arc<SourceFile>,
    pub(crate) range: TextRange,
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
        names: &BTreeMap<String, Url>,
        files: &[Arc<SourceFile>],
        inputs: &[Input],
    ) -> Option<Graph> {
        if run.outputs.is_empty() {
            return None;
        }
        let mut spots = Spots { names, list: Vec::new(), known: HashMap::new() };
        let made = run.ops.iter().map(|op| {
            let mut made = Made { calls: spots.of(&op.calls), callers: spots.of(&op.callers) };
            // What a module of the library makes is shown at the call of the library.
            if made.calls.is_empty() && !made.callers.is_empty() {
                made.calls.push(made.callers.remove(0));
            }
            made
        });
        let made = Arc::new(made.collect());
        let named = run.outputs.iter().map(|output| spots.one(&output.place)).collect();
        Some(Graph {
            run: run.clone(),
            made,
            named: Arc::new(named),
            spots: spots.list,
            files: files.to_vec(),
            inputs: inputs.to_vec(),
            outdated: false,
        })
    }

    pub(super) fn move_spots(&mut self, url: &Url, edit: Replacement) {
        for spot in self.spots.iter_mut().filter(|spot| spot.url == *url) {
            spot.range = edit.moved(spot.range);
        }
    }

    /// Takes note that a document was opened. It is what was run as long as its text is the same.
    pub(super) fn opened(&mut self, name: &str, input: Input, text: &str) {
        let ran = self.files.iter().find(|file| file.name == name);
        if ran.is_some_and(|file| file.text == text) {
            self.inputs.retain(|known| known.url != input.url);
            self.inputs.push(input);
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

    /// Returns the places at some indices, those that are still there.
    pub(crate) fn spots(&self, indices: &[usize]) -> impl Iterator<Item = &Spot> {
        indices.iter().filter_map(|index| self.spots.get(*index)).filter(|spot| !spot.is_gone())
    }
}

/// Collects places. Those in embedded modules have no document.
struct Spots<'n> {
    names: &'n BTreeMap<String, Url>,
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
        let list = &mut self.list;
        let index = *self.known.entry(key).or_insert_with(|| {
            list.push(Spot { url: url.clone(), file: place.file.clone(), range: place.range });
            list.len() - 1
        });
        Some(index)
    }
}
