//! The scripts that a module belongs to. They are evaluated for it from disk if nobody has them open.

use crate::dry_run::{Reason, start, take_over};
use crate::paths;
use crate::session::{Session, Shared};
use crate::worker;
use luakit_project::{Configs, Names, entries_around};
use std::path::PathBuf;
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
                entry.is_running() || entry.names.values().any(|read| session.documents.contains_key(read))
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
