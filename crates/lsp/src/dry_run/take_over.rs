//! The result of a run becomes part of the session: findings in their documents, and the files that were read.

use crate::dry_run::entry::Input;
use crate::dry_run::job::Evaluated;
use crate::dry_run::outcome::Report;
use crate::dry_run::{Found, facts};
use crate::outbox::Message;
use crate::paths::{self, Root};
use crate::publish;
use crate::session::Session;
use luakit_check::DryRun;
use luakit_diagnostics::{Diagnostic, Place, SourceFile, TextRange};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use tower_lsp::lsp_types::Url;

/// Returns the documents of the files that a run read, by their names. Embedded modules have none.
pub(super) fn names_of(run: &DryRun, url: &Url, session: &Session) -> BTreeMap<String, Url> {
    let mut names = BTreeMap::new();
    let mut files = run.files.iter();
    if let Some(script) = files.next() {
        names.insert(script.name.clone(), url.clone());
    }
    let Some(root) = paths::path_of(url).and_then(|path| Root::of_entry(&path, &session.roots)) else {
        return names;
    };
    for file in files {
        if let Some(url) = root.path_of(&file.name).and_then(|path| session.url_of(&path)) {
            names.insert(file.name.clone(), url);
        }
    }
    names
}

/// Keeps what a run gave, and shows it.
pub(super) fn take_over(
    session: &mut Session,
    url: &Url,
    evaluated: Evaluated,
    report: &Report,
    inputs: Vec<Input>,
) {
    let Evaluated { run, also_static, settings } = evaluated;
    let mut outdated = None;
    let names = names_of(&run, url, session);
    let mut reads: BTreeSet<PathBuf> = names.values().filter_map(paths::path_of).collect();
    let script = run.files.first().cloned();
    if let Some(entry) = session.entries.get_mut(url) {
        facts::take_over(&mut entry.facts, &run, &names);
    }
    let found = run.diagnostics.into_iter().zip(also_static).map(|(diagnostic, also_static)| {
        let (url, diagnostic) = in_a_document(diagnostic, &names, url, script.as_ref());
        Found { url, diagnostic, also_static }
    });
    let mut found: Vec<Found> = found.collect();
    if let Some((path, findings)) = settings {
        if let (Some(url), Some(findings)) = (session.url_of(&path), findings) {
            // What another script's run missed may be here by now.
            let is_still = |found: &Found| findings.iter().any(|it| it.message == found.diagnostic.message);
            for entry in session.entries.values_mut() {
                let count = entry.findings.len();
                entry.findings.retain(|found| found.url != url || is_still(found));
                if entry.findings.len() < count {
                    outdated = Some(url.clone());
                }
            }
            let in_it = |diagnostic| Found { url: url.clone(), diagnostic, also_static: false };
            found.extend(findings.into_iter().map(in_it));
        }
        reads.insert(path);
    }
    let Some(entry) = session.entries.get_mut(url) else { return };
    entry.names = names;
    entry.reads = reads;
    entry.definition = report.definition.clone();
    entry.inputs = inputs;
    let before = std::mem::replace(&mut entry.findings, found);
    republish(session, &before, url, true);
    if let Some(url) = outdated {
        publish::publish(session, &url);
    }
    session.outbox.send(Message::RefreshHints(session.capabilities.clone()));
}

/// Puts a finding in a document that people can open: one in an embedded module is put where the script called it.
fn in_a_document(
    mut diagnostic: Diagnostic,
    names: &BTreeMap<String, Url>,
    entry: &Url,
    script: Option<&Arc<SourceFile>>,
) -> (Url, Diagnostic) {
    if let Some(url) = names.get(&diagnostic.place.file.name) {
        return (url.clone(), diagnostic);
    }
    let caller =
        diagnostic.related.iter().find_map(|it| Some((names.get(&it.place.file.name)?, it.place.clone())));
    let (url, place) = match (caller, script) {
        (Some((url, place)), _) => (url.clone(), place),
        (None, Some(file)) => (entry.clone(), Place { file: file.clone(), range: TextRange::default() }),
        (None, None) => return (entry.clone(), diagnostic),
    };
    diagnostic.place = place;
    (url, diagnostic)
}

/// Shows the client what has changed with a run, in whatever documents it was.
pub(super) fn republish(session: &mut Session, before: &[Found], url: &Url, always: bool) {
    let now = session.entries.get(url).into_iter().flat_map(|entry| &entry.findings);
    let mut affected: BTreeSet<Url> = before.iter().chain(now).map(|found| found.url.clone()).collect();
    if always {
        affected.insert(url.clone());
    }
    for url in &affected {
        publish::publish(session, url);
    }
    if session.capabilities.refresh && (always || !affected.is_empty()) {
        session.outbox.send(Message::Refresh);
    }
}
