//! The second layer of findings: scripts are evaluated, on save or when asked.
//!
//! A run works on what the editor held when it was started, on a thread of its own. The next run of the same script
//! supersedes it, its result is dropped if any text it read has changed meanwhile, and however it ends, the client is
//! told. The script may do what it likes: the run has a time limit, and if even that does not stop it, the thread is
//! left behind.

mod base;
mod cache;
mod discover;
mod entry;
mod graph;
mod job;
mod observed;
mod op_markdown;
mod outcome;
mod printed;
mod rebuilds;
mod run;
mod take_over;

pub(crate) use base::Base;
pub(crate) use discover::{find_script, forget_unneeded, known_script};
pub(crate) use entry::{Entry, Found};
pub(crate) use graph::{Graph, Spot};
pub(crate) use observed::{Observed, observed_markdown};
pub(crate) use op_markdown::op_markdown;
pub(crate) use outcome::{Outcome, Report, Status};
pub(crate) use printed::Printed;
pub(crate) use rebuilds::Rebuilds;
pub(crate) use take_over::EVALUATED_FROM;

use crate::outbox::Message;
use crate::paths::{self, Root};
use crate::session::{Session, Shared};
use entry::{Input, Running};
use job::{Job, Text};
use luakit_check::{Limits, Lints, Options};
use run::Run;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;
use tower_lsp::lsp_types::Url;

/// Luau collects no garbage in an emergency, so that less fails falsely.
const MEMORY: usize = 256 << 20;

/// Why a script is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    Saved,
    Typed,
    /// Something that it read last time has changed.
    Dependency,
    Asked,
    /// Somebody wants to know what is found in it, if it is a script.
    Looked,
}

/// Starts a run of a script, and returns the flag that cancels it. Who has it open counts before the disk.
///
/// A document that turns out to be no entry is only run if somebody asked.
pub(crate) fn start(
    session: &mut Session,
    shared: &Shared,
    url: &Url,
    reason: Reason,
    answer: Option<oneshot::Sender<Outcome>>,
) -> Option<Arc<AtomicBool>> {
    let number = session.next();
    let document = session.documents.get(url);
    let path = document.map_or_else(|| paths::path_of(url), |document| document.path.clone());
    if !session.trusted {
        let message = "not evaluated: the workspace is not trusted".to_owned();
        let status = Status { url: url.clone(), state: "failed", message, ops: None, took: Duration::ZERO };
        if path.as_deref().is_some_and(paths::is_entry_name) {
            session.outbox.send(Message::Status(status));
        }
        return None;
    }
    let (generation, dirty, text) = match (document, &path) {
        (Some(document), _) => (document.generation, document.dirty, Text::Open(document.snapshot())),
        (None, Some(path)) => (0, false, Text::OnDisk(path.clone(), paths::name_of(path, &session.roots))),
        (None, None) => return None,
    };
    let inputs =
        session.documents.values().map(|it| Input { url: it.url.clone(), generation: it.generation });
    let inputs = inputs.collect();
    // What is written must be what is saved, as `luakit build` would see it.
    let mut writes = reason == Reason::Saved || reason == Reason::Dependency && !dirty && document.is_some();
    let open = session.open_files();
    let entry = session.entries.entry(url.clone()).or_default();
    entry.asked |= reason == Reason::Asked;
    entry.cancel();
    if let Some(running) = entry.running.take() {
        // The run that is superseded would have written the same.
        writes |= running.writes && running.generation == generation;
    }
    let (cached, history) = (entry.cached.clone(), entry.history.clone());
    let cancel = Arc::<AtomicBool>::default();
    let platforms = Arc::new(AtomicU32::new(1));
    entry.running = Some(Running { number, generation, writes, cancel: cancel.clone() });
    let job = Job {
        asked: reason == Reason::Asked,
        root: path.as_deref().and_then(|path| Root::of_entry(path, &session.roots)),
        path: path.clone(),
        text,
        open,
        cached,
        history,
        platforms: platforms.clone(),
        options: Options {
            args: session.settings.args.clone(),
            timeout: session.settings.timeout,
            limits: Limits { memory: MEMORY, ..Limits::default() },
            cancel: cancel.clone(),
            lints: Lints::All,
            ops: true,
            observe: true,
            ..Options::default()
        },
    };
    let run = Run {
        url: url.clone(),
        number,
        writes: if session.settings.write_llb { path.filter(|_| writes) } else { None },
        inputs,
        started: Instant::now(),
        timeout: session.settings.timeout,
        platforms,
        reason,
        cancel: cancel.clone(),
        answer,
    };
    tokio::spawn(run.supervise(shared.clone(), job));
    Some(cancel)
}
