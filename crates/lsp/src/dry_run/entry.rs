//! What is remembered of a script between its runs.

use crate::documents::Replacement;
use crate::dry_run::{Fact, OpFacts, Status};
use crate::progress;
use crate::session::Session;
use luakit_check::llb::Definition;
use luakit_diagnostics::Diagnostic;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tower_lsp::lsp_types::{NumberOrString, Url};

/// What is known of a script from its runs.
#[derive(Default)]
pub(crate) struct Entry {
    pub(super) running: Option<Running>,
    pub(crate) status: Option<Status>,
    pub(crate) findings: Vec<Found>,
    /// What its runs showed at places of scripts.
    pub(crate) facts: Vec<Fact>,
    /// The documents by the names they have in findings.
    pub(crate) names: BTreeMap<String, Url>,
    /// The files that the last run read.
    pub(crate) reads: BTreeSet<PathBuf>,
    /// What the last run gave, unless something has changed since.
    pub(crate) definition: Option<Arc<Definition>>,
    /// The ops of the last good run, by their places.
    pub(crate) op_facts: Option<Arc<OpFacts>>,
    /// The texts it was made of.
    pub(super) inputs: Vec<Input>,
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

    /// Returns the definition if it is that of the texts as they stand.
    pub(crate) fn current_definition(&self, session: &Session) -> Option<Arc<Definition>> {
        self.definition.clone().filter(|_| are_current(&self.inputs, session))
    }

    /// Moves findings along with an edit.
    pub(crate) fn move_findings(&mut self, url: &Url, edit: Replacement) {
        if let Some(facts) = &mut self.op_facts {
            Arc::make_mut(facts).move_places(url, edit);
        }
        self.facts.iter_mut().for_each(|fact| fact.moved(url, edit));
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
