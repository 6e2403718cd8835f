//! What the client is shown of a document: both layers of findings in one publication.
//!
//! A client that can pull is not pushed what it pulls, or it would show it twice. It pulls both layers if it can be told
//! to do so when a run has ended. If it cannot, as Neovim 0.11, it pulls the static findings and is pushed the others.

use crate::dry_run::Found;
use crate::outbox::Message;
use crate::session::Session;
use crate::to_lsp::{self, Texts};
use luakit_check::join;
use luakit_diagnostics::Diagnostic;
use std::collections::BTreeMap;
use tower_lsp::lsp_types::{PublishDiagnosticsParams, Url};

/// Pushes a document's findings, unless the client pulls them or a check is about to change them.
pub(crate) fn publish(session: &mut Session, url: &Url) {
    let found: Vec<Found> = session.entries.values().flat_map(|entry| entry.found_in(url)).cloned().collect();
    let (findings, version) = match session.documents.get(url) {
        Some(document) if session.capabilities.pull => {
            let pushed = |it: &&Found| !it.also_static && !session.capabilities.refresh;
            let pushed: Vec<Found> = found.iter().filter(pushed).cloned().collect();
            if pushed.is_empty() && !session.published.contains(url) {
                return;
            }
            (join(Vec::new(), &diagnostics(&pushed)), Some(document.version))
        }
        Some(document) => {
            let Some(findings) = document.check.findings.as_ref() else { return };
            (join_layers(findings, &found), Some(document.version))
        }
        // It is pulled with the rest of the workspace.
        None if session.watches_all => (Vec::new(), None),
        None => (join(Vec::new(), &diagnostics(&found)), None),
    };
    let was_shown = session.published.contains(url);
    if version.is_none() && findings.is_empty() && !was_shown {
        return;
    }
    if findings.is_empty() {
        session.published.remove(url);
    } else {
        session.published.insert(url.clone());
    }
    let mut names: BTreeMap<String, Url> =
        session.entries.values().flat_map(|entry| entry.names.clone()).collect();
    if let Some(document) = session.documents.get(url) {
        names.insert(document.name.clone(), url.clone());
    }
    let texts = Texts::of(session);
    let diagnostics = findings
        .iter()
        .map(|it| to_lsp::diagnostic(it, url, &names, &texts, &session.capabilities))
        .collect();
    let params = PublishDiagnosticsParams { uri: url.clone(), diagnostics, version };
    session.outbox.send(Message::Publish(params));
}

/// Joins what both layers found in an open document.
///
/// A mistake that both saw when the script ran is the static layer's to clear: it disappears as it is mended, not only
/// with the next run.
pub(crate) fn join_layers(static_findings: &[Diagnostic], found: &[Found]) -> Vec<Diagnostic> {
    let current: Vec<Found> = found
        .iter()
        .filter(|it| !it.also_static || is_seen(static_findings, &it.diagnostic))
        .cloned()
        .collect();
    join(static_findings.to_vec(), &diagnostics(&current))
}

/// Tells whether one of the static findings is about the same mistake: joining them then gives no more findings.
pub(crate) fn is_seen(static_findings: &[Diagnostic], finding: &Diagnostic) -> bool {
    let count = |found: &[Diagnostic]| join(static_findings.to_vec(), found).len();
    count(std::slice::from_ref(finding)) == count(&[])
}

fn diagnostics(found: &[Found]) -> Vec<Diagnostic> {
    found.iter().map(|it| it.diagnostic.clone()).collect()
}
