//! A run from its start to its end: waited for, watched, and its result told.

use crate::dry_run::entry::{Entry, Input, are_current};
use crate::dry_run::job::{Evaluated, Job};
use crate::dry_run::outcome::{Outcome, Report, Status, ended};
use crate::dry_run::take_over::{names_of, republish, take_over};
use crate::dry_run::{Reason, discover};
use crate::llb_file::Write;
use crate::outbox::{Message, Outbox};
use crate::session::{Session, Shared};
use crate::{progress, worker};
use luakit_check::DryRun;
use luakit_check::llb::Definition;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::Instant;
use tower_lsp::lsp_types::{MessageType, Url};

/// How many scripts are evaluated at a time: one that loops must neither hold up the others nor eat all processors.
static RUNS: Semaphore = Semaphore::const_new(2);

/// A run that takes longer than this is shown to the user.
const PROGRESS_AFTER: Duration = Duration::from_millis(300);

/// How long a run may go on after its time is up or it was told to stop.
const PATIENCE: Duration = Duration::from_secs(2);

/// How many bytes of a script's output are shown.
const SHOWN_OUTPUT: usize = 64 << 10;

/// A run from its start to its end.
pub(super) struct Run {
    pub(super) url: Url,
    pub(super) number: u64,
    /// The script whose LLB is to be written.
    pub(super) writes: Option<PathBuf>,
    pub(super) inputs: Vec<Input>,
    pub(super) started: Instant,
    pub(super) timeout: Duration,
    pub(super) platforms: Arc<AtomicU32>,
    pub(super) reason: Reason,
    pub(super) cancel: Arc<AtomicBool>,
    pub(super) answer: Option<oneshot::Sender<Outcome>>,
}

impl Run {
    pub(super) async fn supervise(mut self, shared: Shared, job: Job) {
        let permit = RUNS.acquire().await;
        self.started = Instant::now();
        let result = if self.cancel.load(Ordering::Relaxed) {
            Ok(Some(Evaluated::cancelled()))
        } else {
            self.watch(&shared, worker::spawn(move || job.evaluate())).await
        };
        drop(permit);
        self.finish(&shared, result);
    }

    /// Waits for the thread, but not for ever.
    async fn watch(
        &self,
        shared: &Shared,
        mut receiver: oneshot::Receiver<Result<Option<Evaluated>, String>>,
    ) -> Result<Option<Evaluated>, String> {
        let mut shown = None;
        let mut stopping: Option<Instant> = None;
        loop {
            tokio::select! {
                result = &mut receiver => return result.unwrap_or_else(|_| Err("the worker is gone".into())),
                () = tokio::time::sleep(Duration::from_millis(50)) => {}
            }
            let elapsed = self.started.elapsed();
            if shown.is_none() && elapsed > PROGRESS_AFTER {
                shown = Some(progress::begin_run(&shared.lock(), self.number, &self.url));
            }
            // The limit itself is the engine's to keep, so that its finding says where the script was.
            let platforms = self.platforms.load(Ordering::Relaxed);
            let overdue = elapsed > self.timeout.saturating_mul(platforms) + PATIENCE;
            if self.cancel.load(Ordering::Relaxed) && stopping.is_none() {
                stopping = Some(Instant::now());
            }
            if overdue || stopping.is_some_and(|since| since.elapsed() > PATIENCE) {
                self.cancel.store(true, Ordering::Relaxed);
                return Err("the evaluation does not stop and was left behind".into());
            }
        }
    }

    /// Takes the result over into the session, and tells the client and whoever asked.
    fn finish(self, shared: &Shared, result: Result<Option<Evaluated>, String>) {
        let mut session = shared.lock();
        let session = &mut *session;
        let is_newest = |entry: &Entry| entry.running.as_ref().is_some_and(|it| it.number == self.number);
        let Some(entry) = session.entries.get_mut(&self.url).filter(|entry| is_newest(entry)) else {
            return reply(self.answer, Outcome::Superseded);
        };
        entry.running = None;
        let (status, outcome, definition) = match result {
            Ok(Some(Evaluated { run, .. })) if run.cancelled => {
                (self.status("cancelled", "the evaluation was cancelled"), Outcome::Cancelled, None)
            }
            Ok(Some(evaluated)) => self.take_over(session, evaluated),
            // It is no entry, and nobody asked for more.
            Ok(None) => {
                let entry = session.entries.remove(&self.url).unwrap_or_default();
                republish(session, &entry.findings, &self.url, false);
                if matches!(self.reason, Reason::Saved | Reason::Typed) {
                    // A module is evaluated through the scripts that require it.
                    discover::evaluate_readers(session, shared, &self.url);
                }
                // Somebody who asked gets it evaluated, unless there is nothing.
                return reply(self.answer, Outcome::Failed(format!("{} cannot be read", self.url)));
            }
            Err(message) => {
                session.outbox.log(MessageType::ERROR, format!("{}: {message}", self.url));
                (self.status("failed", format!("could not run: {message}")), Outcome::Failed(message), None)
            }
        };
        if let Some(entry) = session.entries.get_mut(&self.url) {
            entry.outdated |= status.state == "outdated";
            entry.status = Some(status.clone());
        }
        discover::forget_unneeded(session);
        match (self.writes, definition) {
            (Some(script), Some(definition)) => session.writer.write(Write { script, definition, status }),
            _ => session.outbox.send(Message::Status(status)),
        }
        reply(self.answer, outcome);
    }

    /// Takes over what a script gave, unless the texts have changed. Returns the definition if it is a good one.
    fn take_over(
        &self,
        session: &mut Session,
        evaluated: Evaluated,
    ) -> (Status, Outcome, Option<Arc<Definition>>) {
        if evaluated.fresh || self.reason == Reason::Asked {
            print(&session.outbox, &evaluated.run);
        }
        let run = &evaluated.run;
        let report = Arc::new(Report {
            diagnostics: evaluated.findings.clone(),
            failure: run.diagnostics.iter().find(|it| it.is_error() && run.outputs.is_empty()).cloned(),
            definition: evaluated.run.definition().cloned().map(Arc::new),
            ops: (!run.outputs.is_empty()).then(|| run.ops.iter().filter(|op| op.reached).count()),
        });
        // What was saved is worth writing even if more has been typed since.
        let definition = report.definition.clone().filter(|_| report.is_ok());
        if let Some(entry) = session.entries.get_mut(&self.url) {
            entry.cached = evaluated.cached.clone();
            entry.looked = match self.reason {
                Reason::Looked => true,
                Reason::Dependency => entry.looked,
                Reason::Saved | Reason::Typed | Reason::Asked => false,
            };
        }
        let inputs = self.read(&evaluated, session);
        if !are_current(&inputs, session) {
            let status = self.status("outdated", "the script changed while it was evaluated");
            return (status, Outcome::Superseded, definition);
        }
        take_over(session, &self.url, evaluated, inputs);
        let status = Status { ops: report.ops, took: self.started.elapsed(), ..ended(&self.url, &report) };
        (status, Outcome::Done(report), definition)
    }

    fn status(&self, state: &'static str, message: impl Into<String>) -> Status {
        let took = self.started.elapsed();
        Status { url: self.url.clone(), state, message: message.into(), ops: None, took }
    }

    /// Returns those of the open texts that the run read.
    fn read(&self, evaluated: &Evaluated, session: &Session) -> Vec<Input> {
        let names = names_of(&evaluated.files, &self.url, session);
        let urls: BTreeSet<&Url> = names.values().chain([&self.url]).collect();
        self.inputs.iter().filter(|input| urls.contains(&input.url)).cloned().collect()
    }
}

fn reply(answer: Option<oneshot::Sender<Outcome>>, outcome: Outcome) {
    if let Some(answer) = answer {
        // Who asked may have cancelled.
        let _ = answer.send(outcome);
    }
}

/// What a script prints goes to the client's log, in one message: a loop may print a lot.
fn print(outbox: &Outbox, run: &DryRun) {
    let mut text = String::new();
    for (i, printed) in run.output.iter().enumerate() {
        if text.len() > SHOWN_OUTPUT {
            text.push_str(&format!("… and {} more\n", run.output.len() - i));
            break;
        }
        if let Some(place) = &printed.place {
            let line = place.file.line_column(place.range.start).line;
            text.push_str(&format!("{}:{line}: ", place.file.name));
        }
        text.push_str(printed.text.trim_end_matches('\n'));
        text.push('\n');
    }
    if !text.is_empty() {
        outbox.log(MessageType::LOG, text.trim_end());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Backend;
    use tower_lsp::LspService;

    #[tokio::test(start_paused = true)]
    async fn a_run_that_does_not_stop_is_left_behind() {
        let (service, _socket) = LspService::new(Backend::new);
        let run = Run {
            url: "file:///build.lua".parse().unwrap(),
            number: 1,
            writes: None,
            inputs: Vec::new(),
            started: Instant::now(),
            timeout: Duration::from_secs(2),
            platforms: Arc::new(AtomicU32::new(1)),
            reason: Reason::Saved,
            cancel: Arc::default(),
            answer: None,
        };
        let (_never, receiver) = oneshot::channel();
        let result = run.watch(service.inner().session(), receiver).await;
        assert_eq!(result.err().as_deref(), Some("the evaluation does not stop and was left behind"));
        assert!(run.cancel.load(Ordering::Relaxed), "it stops if it ever looks");
        let took = run.started.elapsed();
        assert!((4..5).contains(&took.as_secs()), "two seconds after its limit, not after {took:?}");
    }
}
