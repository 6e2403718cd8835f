//! The second layer of findings: scripts are evaluated, on save or when asked.
//!
//! A run works on what the editor held when it was started, on a thread of its own. The next run of the same script
//! supersedes it, its result is dropped if any text it read has changed meanwhile, and however it ends, the client is
//! told. The script may do what it likes: the run has a time limit, and if even that does not stop it, the thread is
//! left behind.

mod entry;
mod facts;
mod job;
mod op_facts;
mod outcome;
mod run;
mod take_over;

pub(crate) use entry::{Entry, Found};
pub(crate) use facts::{Fact, FactKind};
pub(crate) use op_facts::OpFacts;
pub(crate) use outcome::{Outcome, Report, Status};

use crate::outbox::Message;
use crate::paths::{self, Root};
use crate::session::{Session, Shared};
use entry::{Input, Running};
use job::Job;
use luakit_check::{Limits, Lints, Options};
use run::Run;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
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
}

/// Starts a run of an open document, and returns the flag that cancels it.
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
    let document = session.documents.get(url)?;
    if !session.trusted {
        let message = "not evaluated: the workspace is not trusted".to_owned();
        let status = Status { url: url.clone(), state: "failed", message, ops: None, took: Duration::ZERO };
        if document.path.as_deref().is_some_and(paths::is_entry_name) {
            session.outbox.send(Message::Status(status));
        }
        return None;
    }
    let (path, generation) = (document.path.clone(), document.generation);
    let inputs =
        session.documents.values().map(|it| Input { url: it.url.clone(), generation: it.generation });
    let inputs = inputs.collect();
    // What is written must be what is saved, as `luakit build` would see it.
    let mut writes = reason == Reason::Saved || reason == Reason::Dependency && !document.dirty;
    let snapshot = document.snapshot();
    let open = session.open_files();
    let entry = session.entries.entry(url.clone()).or_default();
    entry.cancel();
    if let Some(running) = entry.running.take() {
        // The run that is superseded would have written the same.
        writes |= running.writes && running.generation == generation;
    }
    let cancel = Arc::<AtomicBool>::default();
    entry.running = Some(Running { number, generation, writes, cancel: cancel.clone() });
    let job = Job {
        asked: reason == Reason::Asked,
        root: path.as_deref().and_then(|path| Root::of_entry(path, &session.roots)),
        path: path.clone(),
        snapshot,
        open,
        options: Options {
            args: session.settings.args.clone(),
            timeout: session.settings.timeout,
            limits: Limits { memory: MEMORY, ..Limits::default() },
            cancel: cancel.clone(),
            lints: Lints::All,
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
        cancel: cancel.clone(),
        answer,
    };
    tokio::spawn(run.supervise(shared.clone(), job));
    Some(cancel)
}
