//! The scripts that a module belongs to. They are evaluated for it from disk if nobody has them open.

use crate::dry_run::job::Text;
use crate::dry_run::{Reason, start, take_over};
use crate::session::{Session, Shared};
use crate::worker;
use crate::{paths, project};
use luakit_project::{Configs, Names, entries_around};
use std::path::PathBuf;
use tokio::sync::oneshot;
use tower_lsp::lsp_types::Url;

/// How many scripts are tried for a module.
const MOST: usize = 32;

/// Looks for the scripts that read a module, and evaluates them, unless some are known already.
pub(super) fn evaluate_readers(session: &Session, shared: &Shared, module: &Url) {
    let Some(path) = paths::path_of(module) else { return };
    if session.entries.values().any(|entry| entry.reads.contains(&path)) {
        return;
    }
    let roots = session.roots.clone();
    let (shared, module) = (shared.clone(), module.clone());
    tokio::spawn(async move {
        let Ok(entries) = worker::run(move || around(&path, &roots)).await else { return };
        let mut session = shared.lock();
        // It may have been closed meanwhile.
        if !session.documents.contains_key(&module) {
            return;
        }
        for path in entries.iter().take(MOST) {
            if let Some(url) = session.url_of(path) {
                start(&mut session, &shared, &url, Reason::Dependency, None);
            }
        }
    });
}

/// Returns the script to evaluate for a document, if that is known without looking: itself, or one that reads it.
pub(crate) fn known_script(session: &Session, url: &Url) -> Option<Url> {
    let Some(path) = paths::path_of(url) else { return Some(url.clone()) };
    let is_own = paths::is_entry_name(&path) || session.entries.get(url).is_some_and(|it| it.has_run());
    if is_own {
        return Some(url.clone());
    }
    let reader = session.entries.iter().find(|(_, entry)| entry.reads.contains(&path));
    reader.map(|(script, _)| script.clone())
}

/// Looks for the script to evaluate for a document: one that reads it, if it is a module.
pub(crate) async fn find_script(shared: &Shared, url: &Url) -> Url {
    let (path, roots, snapshot) = {
        let session = shared.lock();
        let snapshot = session.documents.get(url).map(|document| document.snapshot());
        (paths::path_of(url), session.roots.clone(), snapshot)
    };
    let Some(path) = path else { return url.clone() };
    let look = move || {
        let script = Text::of(snapshot, &path).script();
        let named = project::config_of(Some(&path)).names_entry(&path);
        let is_entry = named || script.is_some_and(|script| script.is_entry());
        if is_entry { Vec::new() } else { around(&path, &roots) }
    };
    let entries = worker::run(look).await.unwrap_or_default();
    let mut ends = Vec::new();
    for path in entries.iter().take(MOST) {
        let mut session = shared.lock();
        let Some(entry) = session.url_of(path).filter(|entry| !session.entries.contains_key(entry)) else {
            continue;
        };
        let (sender, receiver) = oneshot::channel();
        start(&mut session, shared, &entry, Reason::Looked, Some(sender));
        ends.push(receiver);
    }
    for end in ends {
        // However it ends, what it has read is known.
        let _ = end.await;
    }
    known_script(&shared.lock(), url).unwrap_or_else(|| url.clone())
}

/// Finds the entries in the folders around a file, up to the workspace's.
fn around(path: &std::path::Path, roots: &[PathBuf]) -> Vec<PathBuf> {
    let within = roots.iter().filter(|root| path.starts_with(root));
    let top = within.max_by_key(|root| root.components().count()).cloned();
    let Some(top) = top.or_else(|| path.parent().map(PathBuf::from)) else { return Vec::new() };
    let names = Names::new(top);
    entries_around(path, &names, &Configs::new(names.clone())).unwrap_or_default().into_iter().collect()
}

/// Forgets the scripts that nobody has open, and that nobody has a module of open.
pub(crate) fn forget_unneeded(session: &mut Session) {
    if session.watches_all {
        return;
    }
    let is_needed = |url: &Url| {
        let entry = session.entries.get(url);
        session.documents.contains_key(url)
            || entry.is_some_and(|entry| {
                entry.asked
                    || entry.is_running()
                    || entry.names.values().any(|read| session.documents.contains_key(read))
            })
    };
    let unneeded: Vec<Url> = session.entries.keys().filter(|url| !is_needed(url)).cloned().collect();
    for url in unneeded {
        if let Some(entry) = session.entries.remove(&url) {
            entry.cancel();
            take_over::republish(session, &entry.findings, &url, false);
        }
    }
}
