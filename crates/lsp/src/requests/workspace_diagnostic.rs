//! `workspace/diagnostic`: the findings in every script of the workspace and every module that one of them reads.
//!
//! Scripts are looked for below the roots that have a root marker, and evaluated from disk where nobody has them open.
//! From the first such question on, what is found in closed files is not pushed any more: it would be shown twice. A
//! client that knows all that there is to know waits for its answer until something changes, as the protocol suggests.

use crate::dry_run::{self, Reason};
use crate::paths;
use crate::publish;
use crate::requests::diagnostic::{diagnostics, fingerprint};
use crate::requests::work;
use crate::session::{Session, Shared, View};
use crate::settings::DryRunMode;
use crate::worker::{self, CancelOnDrop};
use luakit_analysis::end_if_cancelled;
use luakit_project::{CONFIG_FILE, Configs, Names, entries_below};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::oneshot;
use tower_lsp::Client;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::notification::Notification;
use tower_lsp::lsp_types::*;

/// What makes a root one whose scripts are looked for: a home folder is nobody's project.
const MARKERS: &[&str] = &[CONFIG_FILE, "build.lua", ".git"];

/// How many scripts are evaluated for a workspace.
const MOST: usize = 200;

/// How many reports one partial result holds.
const AT_ONCE: usize = 16;

pub(crate) async fn workspace_diagnostic(
    shared: &Shared,
    client: &Client,
    params: WorkspaceDiagnosticParams,
) -> Result<WorkspaceDiagnosticReportResult> {
    let previous: BTreeMap<Url, String> =
        params.previous_result_ids.into_iter().map(|it| (it.uri, it.value)).collect();
    begin(shared);
    loop {
        evaluate_all(shared).await;
        let mut changes = shared.lock().changes.subscribe();
        let told = tell(shared).await?;
        let reports = told.into_iter().map(|(url, version, found)| report(url, version, found, &previous));
        let mut items: Vec<WorkspaceDocumentDiagnosticReport> = reports.collect();
        let known: BTreeSet<Url> = items.iter().map(|item| url_of(item).clone()).collect();
        let gone = previous.keys().filter(|url| !known.contains(url));
        items.extend(gone.map(|url| report(url.clone(), None, Vec::new(), &previous)));
        let is_news = |item: &WorkspaceDocumentDiagnosticReport| {
            matches!(item, WorkspaceDocumentDiagnosticReport::Full(_))
        };
        if previous.is_empty() || items.iter().any(is_news) || shared.lock().shut_down {
            return Ok(answer(client, params.partial_result_params.partial_result_token, items).await);
        }
        // The sender lives as long as the session.
        let _ = changes.changed().await;
    }
}

/// From now on closed files are pulled.
fn begin(shared: &Shared) {
    let mut session = shared.lock();
    if !std::mem::replace(&mut session.watches_all, true) {
        for url in session.published.clone() {
            publish::publish(&mut session, &url);
        }
    }
}

/// Evaluates every script of the workspace that was not evaluated yet.
async fn evaluate_all(shared: &Shared) {
    let (roots, trusted, mode) = {
        let session = shared.lock();
        (session.roots.clone(), session.trusted, session.settings.dry_run)
    };
    let known = shared.lock().scripts.clone();
    let scripts = match known {
        Some(scripts) => scripts,
        // Looking for them takes long in a large project, so that it is done again only when files come or go.
        None => Arc::new(worker::run(move || scripts(&roots)).await.unwrap_or_default()),
    };
    let mut ends = Vec::new();
    let mut guards = Vec::new();
    {
        let mut session = shared.lock();
        session.scripts = Some(scripts.clone());
        for path in scripts.iter().filter(|_| trusted && mode != DryRunMode::Manual) {
            let Some(url) = session.url_of(path) else { continue };
            // What is open is evaluated when it is saved, as its user has it.
            let waits_for_save = mode == DryRunMode::OnSave && session.documents.contains_key(&url);
            let known = session.entries.get(&url);
            if waits_for_save || known.is_some_and(|entry| entry.has_run() || entry.is_running()) {
                continue;
            }
            let (sender, receiver) = oneshot::channel();
            let cancel = dry_run::start(&mut session, shared, &url, Reason::Looked, Some(sender));
            guards.extend(cancel.map(CancelOnDrop));
            ends.push(receiver);
        }
    }
    for end in ends {
        // However it ends, what there is is told.
        let _ = end.await;
    }
}

fn scripts(roots: &[PathBuf]) -> BTreeSet<PathBuf> {
    let marked = roots.iter().filter(|root| MARKERS.iter().any(|marker| root.join(marker).exists()));
    let below = |root: &PathBuf| {
        let configs = Configs::new(Names::new(root.clone()));
        entries_below(root, &configs).unwrap_or_default()
    };
    marked.flat_map(below).take(MOST).collect()
}

/// Returns what is told about: scripts, what they read, and what is open.
fn files(session: &Session) -> BTreeSet<Url> {
    let read = session.entries.values().flat_map(|entry| entry.names.values());
    let found = session.entries.values().flat_map(|entry| entry.findings.iter().map(|found| &found.url));
    let scripts = session.scripts.iter().flat_map(|scripts| scripts.iter());
    let scripts = scripts.filter_map(|path| session.url_of(path));
    read.chain(found).chain(session.documents.keys()).cloned().chain(scripts).collect()
}

/// Returns the findings of each file, with the version of those that are open.
async fn tell(shared: &Shared) -> Result<Vec<(Url, Option<i64>, Vec<Diagnostic>)>> {
    let closed: Vec<(Url, PathBuf)> = {
        let session = shared.lock();
        let closed = files(&session).into_iter().filter(|url| !session.documents.contains_key(url));
        closed.filter_map(|url| Some((url.clone(), paths::path_of(&url)?))).collect()
    };
    let read = |(url, path): (Url, PathBuf)| Some((url, luakit_check::read_text(&path).ok()?));
    let texts: Vec<(Url, String)> = work(move || closed.into_iter().filter_map(read).collect()).await?;
    let views: Vec<(Option<i64>, View)> = {
        let session = shared.lock();
        let open = session
            .documents
            .values()
            .filter_map(|document| Some((Some(i64::from(document.version)), session.view(&document.url)?)));
        let closed = texts.iter().filter_map(|(url, text)| Some((None, session.view_on_disk(url, text)?)));
        open.chain(closed).collect()
    };
    work(move || {
        let tell = |(version, view): &(Option<i64>, View)| {
            end_if_cancelled();
            // A client that cannot be told to pull again is pushed what the runs find in open documents.
            let runs = version.is_none() || view.capabilities.refresh;
            (view.snapshot.url.clone(), *version, diagnostics(view, runs))
        };
        views.iter().map(tell).collect()
    })
    .await
}

fn report(
    uri: Url,
    version: Option<i64>,
    items: Vec<Diagnostic>,
    previous: &BTreeMap<Url, String>,
) -> WorkspaceDocumentDiagnosticReport {
    let result_id = fingerprint(&items);
    if previous.get(&uri) == Some(&result_id) {
        let unchanged_document_diagnostic_report = UnchangedDocumentDiagnosticReport { result_id };
        return WorkspaceUnchangedDocumentDiagnosticReport {
            uri,
            version,
            unchanged_document_diagnostic_report,
        }
        .into();
    }
    let full_document_diagnostic_report = FullDocumentDiagnosticReport { result_id: Some(result_id), items };
    WorkspaceFullDocumentDiagnosticReport { uri, version, full_document_diagnostic_report }.into()
}

fn url_of(report: &WorkspaceDocumentDiagnosticReport) -> &Url {
    match report {
        WorkspaceDocumentDiagnosticReport::Full(report) => &report.uri,
        WorkspaceDocumentDiagnosticReport::Unchanged(report) => &report.uri,
    }
}

/// Answers at once, or in parts if the client likes them better.
async fn answer(
    client: &Client,
    token: Option<ProgressToken>,
    items: Vec<WorkspaceDocumentDiagnosticReport>,
) -> WorkspaceDiagnosticReportResult {
    let Some(token) = token else { return WorkspaceDiagnosticReport { items }.into() };
    let mut parts: Vec<&[WorkspaceDocumentDiagnosticReport]> = items.chunks(AT_ONCE).collect();
    // Parts and the answer go different ways. What waits for the last part to be taken is behind those before it.
    parts.extend([&[][..], &[][..]]);
    for part in parts {
        client.send_notification::<Part>(json!({ "token": token, "value": { "items": part } })).await;
    }
    WorkspaceDiagnosticReport { items: Vec::new() }.into()
}

/// `$/progress` with a part of an answer, for which lsp-types has no word.
enum Part {}

impl Notification for Part {
    type Params = Value;
    const METHOD: &'static str = "$/progress";
}
