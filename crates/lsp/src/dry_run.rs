//! The second layer of findings: scripts are evaluated, on save or when asked.
//!
//! A run works on what the editor held when it was started, on a thread of its own. The next run of the same script
//! supersedes it, its result is dropped if any text it read has changed meanwhile, and however it ends, the client is
//! told. The script may do what it likes: the run has a time limit, and if even that does not stop it, the thread is
//! left behind.

use crate::documents::Replacement;
use crate::llb_file::Write;
use crate::outbox::{Message, Outbox};
use crate::paths::{self, Root};
use crate::session::{Session, Shared, loader};
use crate::{progress, publish, worker};
use luakit_analysis::Script;
use luakit_api::modules::{LoadError, Loader};
use luakit_check::llb::Definition;
use luakit_check::{DryRun, Limits, Options};
use luakit_diagnostics::{Code, Diagnostic, Place, SourceFile, TextRange};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::Instant;
use tower_lsp::lsp_types::{MessageType, NumberOrString, Url};

/// How many scripts are evaluated at a time: one that loops must neither hold up the others nor eat all processors.
static RUNS: Semaphore = Semaphore::const_new(2);

/// A run that takes longer than this is shown to the user.
const PROGRESS_AFTER: Duration = Duration::from_millis(300);

/// How long a run may go on after its time is up or it was told to stop.
const PATIENCE: Duration = Duration::from_secs(2);

/// How many bytes of a script's output are shown.
const SHOWN_OUTPUT: usize = 64 << 10;

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

/// What is known of a script from its runs.
#[derive(Default)]
pub(crate) struct Entry {
    running: Option<Running>,
    pub(crate) status: Option<Status>,
    pub(crate) findings: Vec<Found>,
    /// The documents by the names they have in findings.
    pub(crate) names: BTreeMap<String, Url>,
    /// The files that the last run read.
    pub(crate) reads: BTreeSet<PathBuf>,
    /// What the last run gave, unless something has changed since.
    pub(crate) definition: Option<Arc<Definition>>,
    /// The texts it was made of.
    inputs: Vec<Input>,
}

struct Running {
    number: u64,
    generation: u64,
    writes: bool,
    cancel: Arc<AtomicBool>,
}

/// A text that a run began with.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Input {
    url: Url,
    generation: u64,
}

/// A finding of a run, in the coordinates of the document as it stands.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) url: Url,
    pub(crate) diagnostic: Diagnostic,
    /// Whether the static layer saw the same mistake in the text that was run.
    pub(crate) also_static: bool,
}

impl Entry {
    pub(crate) fn cancel(&self) {
        if let Some(running) = &self.running {
            running.cancel.store(true, Ordering::Relaxed);
        }
    }

    pub(crate) fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// Tells whether it was ever evaluated to some end.
    pub(crate) fn has_run(&self) -> bool {
        !self.names.is_empty()
    }

    pub(crate) fn has_token(&self, token: &NumberOrString) -> bool {
        self.running.as_ref().is_some_and(|running| progress::token(running.number) == *token)
    }

    pub(crate) fn found_in(&self, url: &Url) -> impl Iterator<Item = &Found> {
        self.findings.iter().filter(move |found| found.url == *url)
    }

    /// Returns the definition if it is that of the texts as they stand.
    pub(crate) fn current_definition(&self, session: &Session) -> Option<Arc<Definition>> {
        self.definition.clone().filter(|_| are_current(&self.inputs, session))
    }

    /// Moves findings along with an edit.
    pub(crate) fn move_findings(&mut self, url: &Url, edit: Replacement) {
        let names = &self.names;
        for found in &mut self.findings {
            let diagnostic = &mut found.diagnostic;
            if found.url == *url {
                diagnostic.place.range = edit.moved(diagnostic.place.range);
                // A fix of text that has changed would garble it.
                diagnostic.fixes.retain(|fix| !fix.edits.iter().any(|it| edit.changes(it.range)));
                for fix in diagnostic.fixes.iter_mut().flat_map(|fix| &mut fix.edits) {
                    fix.range = edit.moved(fix.range);
                }
            }
            for related in &mut diagnostic.related {
                if names.get(&related.place.file.name) == Some(url) {
                    related.place.range = edit.moved(related.place.range);
                }
            }
        }
    }
}

/// How a run ended: what `luakit/status` tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Status {
    pub(crate) url: Url,
    /// `ok`, `error`, `limit`, `failed`, `cancelled` or `outdated`.
    pub(crate) state: &'static str,
    pub(crate) message: String,
    pub(crate) ops: Option<usize>,
    pub(crate) took: Duration,
}

impl Status {
    pub(crate) fn to_json(&self) -> Value {
        let ms = u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX);
        json!({ "uri": self.url, "state": self.state, "message": self.message, "ops": self.ops, "ms": ms })
    }
}

/// What a run gave to those who asked for it.
pub(crate) enum Outcome {
    Done(Arc<Report>),
    Cancelled,
    /// A newer run, or an edit, made the result worthless.
    Superseded,
    Failed(String),
}

/// What a finished run found.
pub(crate) struct Report {
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) definition: Option<Arc<Definition>>,
}

impl Report {
    pub(crate) fn is_ok(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }

    pub(crate) fn ops(&self) -> Option<usize> {
        // The last op only names the result.
        self.definition.as_ref().map(|definition| definition.ops.len().saturating_sub(1))
    }
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

fn are_current(inputs: &[Input], session: &Session) -> bool {
    let is_current =
        |input: &Input| session.documents.get(&input.url).is_some_and(|it| it.generation == input.generation);
    inputs.iter().all(is_current)
}

/// What the thread needs.
struct Job {
    asked: bool,
    path: Option<PathBuf>,
    root: Option<Root>,
    snapshot: Arc<crate::documents::Snapshot>,
    open: Vec<(PathBuf, Arc<crate::documents::Snapshot>)>,
    options: Options,
}

/// What comes back from it.
struct Evaluated {
    run: DryRun,
    /// Whether the static layer sees the mistake too, for each finding.
    also_static: Vec<bool>,
}

impl Job {
    /// Evaluates the script, unless it is no entry. Runs on a worker.
    fn evaluate(self) -> Option<Evaluated> {
        let script = self.snapshot.script();
        let is_entry = self.path.as_deref().is_some_and(paths::is_entry_name) || script.is_entry();
        if !self.asked && !is_entry {
            return None;
        }
        let loader: Box<dyn Loader> = match &self.root {
            Some(root) => Box::new(loader(root, &self.open)),
            None => Box::new(NoModules),
        };
        let run = luakit_check::dry_run(&self.snapshot.file, &*loader, &self.options);
        let mut static_findings: BTreeMap<String, Vec<Diagnostic>> = BTreeMap::new();
        let mut is_static = |diagnostic: &Diagnostic| {
            let file = &diagnostic.place.file;
            let findings = static_findings.entry(file.name.clone()).or_insert_with(|| {
                let parsed = if file.name == script.file.name {
                    script.clone()
                } else {
                    Arc::new(Script::parse(file.clone()))
                };
                luakit_analysis::diagnostics(&parsed, Some(&*loader))
            });
            publish::is_seen(findings, diagnostic)
        };
        let also_static = run.diagnostics.iter().map(&mut is_static).collect();
        Some(Evaluated { run, also_static })
    }
}

/// An unsaved document has no folder that modules could be in.
struct NoModules;

impl Loader for NoModules {
    fn load(&self, _path: &str) -> Result<Arc<SourceFile>, LoadError> {
        Err(LoadError::NotFound)
    }
}

/// A run from its start to its end.
struct Run {
    url: Url,
    number: u64,
    /// The script whose LLB is to be written.
    writes: Option<PathBuf>,
    inputs: Vec<Input>,
    started: Instant,
    timeout: Duration,
    cancel: Arc<AtomicBool>,
    answer: Option<oneshot::Sender<Outcome>>,
}

impl Run {
    async fn supervise(mut self, shared: Shared, job: Job) {
        let permit = RUNS.acquire().await;
        self.started = Instant::now();
        let result = if self.cancel.load(Ordering::Relaxed) {
            Ok(Some(Evaluated {
                run: DryRun { cancelled: true, ..DryRun::default() },
                also_static: Vec::new(),
            }))
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
                shown = Some(progress::begin(&shared.lock(), self.number, &self.url));
            }
            // The limit itself is the engine's to keep, so that its finding says where the script was.
            let overdue = elapsed > self.timeout + PATIENCE;
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
        let took = self.started.elapsed();
        let status =
            |state, message: String| Status { url: self.url.clone(), state, message, ops: None, took };
        let (status, outcome) = match result {
            Err(message) => {
                session.outbox.log(MessageType::ERROR, format!("{}: {message}", self.url));
                (status("failed", format!("could not run: {message}")), Outcome::Failed(message))
            }
            Ok(None) => {
                let entry = session.entries.remove(&self.url).unwrap_or_default();
                republish(session, &entry.findings, &self.url, false);
                return reply(self.answer, Outcome::Superseded);
            }
            Ok(Some(Evaluated { run, .. })) if run.cancelled => {
                (status("cancelled", "the evaluation was cancelled".into()), Outcome::Cancelled)
            }
            Ok(Some(Evaluated { run, also_static })) => {
                print(&session.outbox, &run);
                let ok_to_write = !run.diagnostics.iter().any(Diagnostic::is_error);
                let inputs = self.read(&run, session);
                let report = Report {
                    diagnostics: run.diagnostics.clone(),
                    definition: run.definition.clone().map(Arc::new),
                };
                let report = Arc::new(report);
                let ended = if are_current(&inputs, session) {
                    take_over(session, &self.url, run, also_static, &report, inputs);
                    Status { ops: report.ops(), took, ..ended(&self.url, &report) }
                } else {
                    status("outdated", "the script changed while it was evaluated".into())
                };
                let outcome = if ended.state == "outdated" {
                    Outcome::Superseded
                } else {
                    Outcome::Done(report.clone())
                };
                if let (Some(script), Some(definition), true) =
                    (&self.writes, &report.definition, ok_to_write)
                {
                    if let Some(entry) = session.entries.get_mut(&self.url) {
                        entry.status = Some(ended.clone());
                    }
                    let (script, definition) = (script.clone(), definition.clone());
                    session.writer.write(Write { script, definition, status: ended });
                    return reply(self.answer, outcome);
                }
                (ended, outcome)
            }
        };
        if let Some(entry) = session.entries.get_mut(&self.url) {
            entry.status = Some(status.clone());
        }
        session.outbox.send(Message::Status(status));
        reply(self.answer, outcome);
    }

    /// Returns those of the open texts that the run read.
    fn read(&self, run: &DryRun, session: &Session) -> Vec<Input> {
        let names = names_of(run, &self.url, session);
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

/// Returns how a finished run ended, in words.
fn ended(url: &Url, report: &Report) -> Status {
    let limit = report.diagnostics.iter().find(|it| it.code == Code::LIMIT);
    let error = report.diagnostics.iter().find(|it| it.is_error());
    let (state, message) = match (limit, error) {
        (Some(limit), _) => ("limit", place_and_message(limit)),
        (None, Some(error)) => ("error", place_and_message(error)),
        (None, None) => {
            let ops = report.ops().unwrap_or_default();
            ("ok", if ops == 1 { "1 op".into() } else { format!("{ops} ops") })
        }
    };
    Status { url: url.clone(), state, message, ops: None, took: Duration::ZERO }
}

fn place_and_message(diagnostic: &Diagnostic) -> String {
    let place = &diagnostic.place;
    let at = place.file.line_column(place.range.start);
    format!("{}:{}:{}: {}", place.file.name, at.line, at.column, diagnostic.message)
}

/// Returns the documents of the files that a run read, by their names. Embedded modules have none.
fn names_of(run: &DryRun, url: &Url, session: &Session) -> BTreeMap<String, Url> {
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

fn take_over(
    session: &mut Session,
    url: &Url,
    run: DryRun,
    also_static: Vec<bool>,
    report: &Report,
    inputs: Vec<Input>,
) {
    let names = names_of(&run, url, session);
    let reads = names.values().filter_map(paths::path_of).collect();
    let script = run.files.first().cloned();
    let found = run.diagnostics.into_iter().zip(also_static).map(|(diagnostic, also_static)| {
        let (url, diagnostic) = in_a_document(diagnostic, &names, url, script.as_ref());
        Found { url, diagnostic, also_static }
    });
    let found: Vec<Found> = found.collect();
    let Some(entry) = session.entries.get_mut(url) else { return };
    entry.names = names;
    entry.reads = reads;
    entry.definition = report.definition.clone();
    entry.inputs = inputs;
    let before = std::mem::replace(&mut entry.findings, found);
    republish(session, &before, url, true);
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
fn republish(session: &mut Session, before: &[Found], url: &Url, always: bool) {
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
