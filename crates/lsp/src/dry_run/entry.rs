//! What is remembered of a script between its runs.

use crate::documents::Replacement;
use crate::dry_run::cache::Cached;
use crate::dry_run::rebuilds::History;
use crate::dry_run::{Graph, Observed, Printed, Status};
use crate::progress;
use crate::session::Session;
use luakit_diagnostics::Diagnostic;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tower_lsp::lsp_types::{NumberOrString, Url};

/// What is known of a script from its runs.
#[derive(Default)]
pub(crate) struct Entry {
    pub(super) running: Option<Running>,
    pub(crate) status: Option<Status>,
    /// What is known comes from somebody who looked at all scripts, and from no save.
    pub(crate) looked: bool,
    /// Somebody asked for it, and may ask again.
    pub(super) asked: bool,
    pub(crate) findings: Vec<Found>,
    /// What the last run printed.
    pub(crate) printed: Vec<Printed>,
    /// The values that names had in the last run without errors.
    pub(crate) observed: Vec<Observed>,
    /// The documents by the names they have in findings.
    pub(crate) names: BTreeMap<String, Url>,
    /// The files that the last run read.
    pub(crate) reads: BTreeSet<PathBuf>,
    /// The files that it would have read, if they were there.
    pub(crate) missing: BTreeSet<PathBuf>,
    /// What it gave, for when nothing has changed.
    pub(super) cached: Option<Arc<Cached>>,
    /// The open texts that the last run was given, and whether anything else has changed since.
    pub(super) inputs: Vec<Input>,
    pub(super) outdated: bool,
    /// The graph of the last run without errors, whatever has changed since.
    pub(crate) graph: Option<Graph>,
    pub(super) history: History,
}

/// A run that has not ended.
pub(super) struct Running {
    pub(super) number: u64,
    pub(super) generation: u64,
    pub(super) writes: bool,
    pub(super) cancel: Arc<AtomicBool>,
}

/// A text that a run began with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Input {
    pub(super) url: Url,
    pub(super) generation: u64,
}

/// A finding of a run, in the coordinates of the document as it stands.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) url: Url,
    pub(crate) diagnostic: Diagnostic,
    /// Whether the static layer saw the same mistake in the text that was run.
    pub(crate) also_static: bool,
}

impl Entry {
    pub(crate) fn cancel(&self) {
        if let Some(running) = &self.running {
            running.cancel.store(true, Ordering::Relaxed);
        }
    }

    pub(crate) fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// Tells whether it was ever evaluated to some end.
    pub(crate) fn has_run(&self) -> bool {
        !self.names.is_empty()
    }

    pub(crate) fn has_token(&self, token: &NumberOrString) -> bool {
        self.running.as_ref().is_some_and(|running| progress::token(running.number) == *token)
    }

    pub(crate) fn found_in(&self, url: &Url) -> impl Iterator<Item = &Found> {
        self.findings.iter().filter(move |found| found.url == *url)
    }

    /// Takes note that a document was opened: from now on it counts as it is in the editor.
    pub(crate) fn opened(&mut self, url: &Url, generation: u64, text: &str) {
        let name = self.names.iter().find(|(_, known)| *known == url).map(|(name, _)| name);
        let Some(name) = name else { return };
        let input = Input { url: url.clone(), generation };
        self.inputs.retain(|known| known.url != *url);
        self.inputs.push(input.clone());
        if let Some(graph) = &mut self.graph {
            graph.opened(name, input, text);
        }
    }

    /// Takes note that a document was closed: what was asked while it was open is not asked any more.
    pub(crate) fn closed(&mut self, url: &Url) {
        self.asked &= !self.names.values().any(|read| read == url);
    }

    /// Tells whether one of the files that it read lies below a folder.
    pub(crate) fn is_below(&self, folder: Option<&Path>) -> bool {
        folder.is_some_and(|folder| self.reads.iter().any(|path| path.starts_with(folder)))
    }

    /// Tells whether the last run was of other texts than there are now.
    pub(crate) fn is_outdated(&self, session: &Session) -> bool {
        self.outdated || !are_current(&self.inputs, session)
    }

    /// Takes note that something other than an open text has changed.
    pub(crate) fn outdate(&mut self) {
        self.outdated = true;
        if let Some(graph) = &mut self.graph {
            graph.outdated = true;
        }
    }

    /// Moves findings, and the places of the graph, along with an edit.
    pub(crate) fn move_findings(&mut self, url: &Url, edit: Replacement) {
        self.printed.iter_mut().for_each(|printed| printed.moved(url, edit));
        self.observed.iter_mut().for_each(|observed| observed.moved(url, edit));
        if let Some(graph) = &mut self.graph {
            graph.move_spots(url, edit);
        }
        let names = &self.names;
        for found in &mut self.findings {
            let diagnostic = &mut found.diagnostic;
            if found.url == *url {
                diagnostic.place.range = edit.moved(diagnostic.place.range);
                // A fix of text that has changed would garble it.
                diagnostic.fixes.retain(|fix| !fix.edits.iter().any(|it| edit.changes(it.range)));
                for fix in diagnostic.fixes.iter_mut().flat_map(|fix| &mut fix.edits) {
                    fix.range = edit.moved(fix.range);
                }
            }
            for related in &mut diagnostic.related {
                if names.get(&related.place.file.name) == Some(url) {
                    related.place.range = edit.moved(related.place.range);
                }
            }
        }
    }
}

/// Tells whether none of the texts has changed.
pub(super) fn are_current(inputs: &[Input], session: &Session) -> bool {
    let is_current =
        |input: &Input| session.documents.get(&input.url).is_some_and(|it| it.generation == input.generation);
    inputs.iter().all(is_current)
}
