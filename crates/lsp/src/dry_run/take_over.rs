//! The result of a run becomes part of the session: findings in their documents, and the files that were read.

use crate::dry_run::entry::Input;
use crate::dry_run::job::{Evaluated, Settings};
use crate::dry_run::{Found, Graph, Observed, Printed};
use crate::outbox::Message;
use crate::paths::{self, Root};
use crate::publish;
use crate::session::Session;
use luakit_diagnostics::{Diagnostic, Place, SourceFile, TextRange};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tower_lsp::lsp_types::Url;

/// Returns the documents of the files that a run read, by their names. Embedded modules have none.
pub(super) fn names_of(files: &[Arc<SourceFile>], url: &Url, session: &Session) -> BTreeMap<String, Url> {
    let mut names = BTreeMap::new();
    let mut files = files.iter();
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
pub(super) fn take_over(session: &mut Session, url: &Url, evaluated: Evaluated, inputs: Vec<Input>) {
    let names = names_of(&evaluated.files, url, session);
    let reads = names.values().filter_map(paths::path_of).collect();
    let Evaluated { run, findings, also_static, settings, files, missing, rebuilds, .. } = evaluated;
    let graph = Graph::of(&run, rebuilds, &names, &files, &inputs);
    let script = files.first().cloned();
    let found = findings.into_iter().zip(also_static).map(|(diagnostic, also_static)| {
        let (url, diagnostic) = in_a_document(diagnostic, &names, url, script.as_ref());
        Found { url, diagnostic, also_static }
    });
    let mut found: Vec<Found> = found.collect();
    found.iter_mut().filter(|found| found.url != *url).for_each(|found| say_script(found, script.as_ref()));
    let mut outdated = None;
    if let Some(Settings { path, problems, unread }) = settings
        && let Some(settings) = session.url_of(&path)
    {
        let knows_all = unread.is_some();
        let findings: Vec<Diagnostic> = problems.into_iter().chain(unread.unwrap_or_default()).collect();
        if knows_all {
            // What another script's run missed may be here by now.
            let is_still = |found: &Found| findings.iter().any(|it| it.message == found.diagnostic.message);
            for entry in session.entries.values_mut() {
                let count = entry.findings.len();
                entry.findings.retain(|found| found.url != settings || is_still(found));
                if entry.findings.len() < count {
                    outdated = Some(settings.clone());
                }
            }
        }
        let one = |diagnostic| Found { url: settings.clone(), diagnostic, also_static: false };
        found.extend(findings.into_iter().map(one));
    }
    let is_dirty = |input: &Input| session.documents.get(&input.url).is_some_and(|it| it.dirty);
    let is_saved = !inputs.iter().any(is_dirty);
    let Some(entry) = session.entries.get_mut(url) else { return };
    if is_saved && graph.is_some() {
        entry.history.keep(&run);
    }
    // From the files that a script reads one knows where the modules of each are, and what their names are.
    let learned = entry.reads != reads && session.capabilities.refresh_tokens;
    // Of a script with errors, what the last good run showed is still told.
    if graph.is_some() {
        entry.observed = Observed::of(&run, &names);
    }
    entry.graph = graph.or(entry.graph.take());
    entry.printed = Printed::of(&run, &names);
    entry.inputs = inputs;
    entry.outdated = false;
    entry.names = names;
    entry.reads = reads;
    entry.missing = missing.into_iter().collect();
    let before = std::mem::replace(&mut entry.findings, found);
    republish(session, &before, url, true);
    if let Some(url) = outdated {
        publish::publish(session, &url);
    }
    session.outbox.send(Message::RefreshHints(session.capabilities.clone()));
    if learned {
        session.outbox.send(Message::RefreshTokens);
    }
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

/// Says, of a finding in a module, which line of the script led there: a module does nothing by itself.
fn say_script(found: &mut Found, script: Option<&Arc<SourceFile>>) {
    let outermost = found.diagnostic.related.iter_mut().rev();
    let mut calls = outermost.filter(|it| it.message == "called from" || it.message == "required from");
    if let Some(call) = calls.find(|it| script.is_some_and(|script| it.place.file.name == script.name)) {
        call.message = EVALUATED_FROM.into();
    }
}

/// What stands before the line of a script that made a module fail.
pub(crate) const EVALUATED_FROM: &str = "evaluated from";

/// Shows the client what has changed with a run, in whatever documents it was.
pub(super) fn republish(session: &mut Session, before: &[Found], url: &Url, always: bool) {
    session.changed();
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
