//! The first layer of findings: what the text alone tells, checked on every change.
//!
//! One check runs per document at a time. What changes meanwhile makes it run again, and its findings are only kept if
//! nothing changed, so that none are published for an older version.

use crate::session::{Session, Shared, View, as_loader};
use crate::worker;
use crate::{project, publish};
use luakit_diagnostics::Diagnostic;
use luakit_project::CONFIG_FILE;
use std::sync::Arc;
use tower_lsp::lsp_types::{MessageType, Url};

/// Sees to it that the document is checked as it stands now.
pub(crate) fn want(session: &mut Session, shared: &Shared, url: &Url) {
    // A client that pulls asks for the findings itself.
    if session.capabilities.pull {
        return;
    }
    let Some(document) = session.documents.get_mut(url) else { return };
    document.check.wanted = true;
    if !document.check.running {
        document.check.running = true;
        tokio::spawn(check(shared.clone(), url.clone()));
    }
}

async fn check(shared: Shared, url: Url) {
    loop {
        let view = {
            let mut session = shared.lock();
            let Some(document) = session.documents.get_mut(&url) else { return };
            document.check.wanted = false;
            session.view(&url)
        };
        let Some(view) = view else { return };
        let checked = worker::run(move || findings(&view)).await;
        let mut session = shared.lock();
        let outbox = session.outbox.clone();
        let Some(document) = session.documents.get_mut(&url) else { return };
        if document.check.wanted {
            continue;
        }
        document.check.running = false;
        let findings = Arc::new(checked.unwrap_or_else(|panic| {
            outbox.log(MessageType::ERROR, format!("checking {url} failed: {panic}"));
            Vec::new()
        }));
        let unchanged = document.check.findings.as_ref() == Some(&findings);
        document.check.findings = Some(findings);
        if !unchanged {
            publish::publish(&mut session, &url);
        }
        return;
    }
}

/// Returns the static findings of a document. Call it on a worker.
pub(crate) fn findings(view: &View) -> Vec<Diagnostic> {
    // A run finds mistakes in luakit.toml, too.
    if view.path.as_deref().is_some_and(|path| path.ends_with(CONFIG_FILE)) {
        return Vec::new();
    }
    // Nobody can do anything about what luakit brings along.
    if view.is_of_library() {
        return Vec::new();
    }
    let script = view.snapshot.script();
    let findings = luakit_analysis::diagnostics(&script, as_loader(&view.loader()));
    project::settle(findings, &script, view.path.as_deref())
}
