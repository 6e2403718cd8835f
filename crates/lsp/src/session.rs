//! The session: all that the server knows. State has one door.
//!
//! It changes in the order messages arrive, always whole, under one lock that is never held across an await; handlers
//! take it before anything else they do. Everything slow works on a [`View`] and throws its answer away if the world
//! has moved on.

use crate::capabilities::Capabilities;
use crate::contexts::Contexts;
use crate::documents::{Document, Snapshot};
use crate::dry_run::{self, Entry, Found, Graph, Observed, Printed, Reason};
use crate::index::{Asked, Index, Workspace, key_of};
use crate::library;
use crate::llb_file::Writer;
use crate::outbox::{Message, Outbox};
use crate::paths::{self, Root};
use crate::requests::semantic_tokens::Sent;
use crate::settings::{CodeLensSettings, DryRunMode, InlayHintSettings, Settings};
use crate::to_lsp::Texts;
use crate::{lookup, publish, static_check};
use luakit_api::modules::Loader;
use luakit_check::DiskLoader;
use luakit_diagnostics::SourceFile;
use luakit_project::CONFIG_FILE;
use ropey::Rope;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tower_lsp::lsp_types::*;

/// How long nobody may type before a script is evaluated with `dryRun = "onType"`, and before those who want to know of
/// all files are told.
const PAUSE: Duration = Duration::from_millis(250);

/// The session, shared by the handlers and the tasks.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<Session>>);

impl Shared {
    pub(crate) fn new(session: Session) -> Shared {
        Shared(Arc::new(Mutex::new(session)))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Session> {
        // A panic while it was held has been reported; the session goes on with what there is.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) struct Session {
    pub(crate) capabilities: Arc<Capabilities>,
    pub(crate) settings: Settings,
    /// What the client set at the start; later settings are laid over it.
    initial_settings: Settings,
    /// What is wrong with them.
    complaints: Vec<String>,
    /// Whether scripts may be evaluated at all.
    pub(crate) trusted: bool,
    pub(crate) roots: Vec<PathBuf>,
    pub(crate) documents: BTreeMap<Url, Document>,
    /// The dry runs of open scripts.
    pub(crate) entries: BTreeMap<Url, Entry>,
    /// The documents that have findings pushed to the client.
    pub(crate) published: BTreeSet<Url>,
    /// The semantic tokens that clients may ask the differences to.
    pub(crate) semantic_tokens: Sent,
    /// The client wants to know of every script of the workspace, so that none is forgotten.
    pub(crate) watches_all: bool,
    /// The scripts of the workspace, once they were looked for.
    pub(crate) scripts: Option<Arc<BTreeSet<PathBuf>>>,
    /// Tells those who wait that more may be found than before, or less.
    pub(crate) changes: watch::Sender<()>,
    pub(crate) shut_down: bool,
    pub(crate) outbox: Outbox,
    pub(crate) writer: Writer,
    pub(crate) index: Arc<Index>,
    pub(crate) lookups: lookup::Running,
    counter: u64,
}

impl Session {
    pub(crate) fn new(outbox: Outbox) -> Session {
        Session {
            capabilities: Arc::default(),
            settings: Settings::default(),
            initial_settings: Settings::default(),
            complaints: Vec::new(),
            trusted: true,
            roots: Vec::new(),
            documents: BTreeMap::new(),
            entries: BTreeMap::new(),
            published: BTreeSet::new(),
            semantic_tokens: Sent::default(),
            watches_all: false,
            scripts: None,
            changes: watch::Sender::new(()),
            shut_down: false,
            writer: Writer::start(outbox.clone()),
            outbox,
            index: Arc::default(),
            lookups: lookup::Running::default(),
            counter: 0,
        }
    }

    /// Wakes those who wait for a change.
    pub(crate) fn changed(&self) {
        self.changes.send_replace(());
    }

    /// Returns a number that was never given out before.
    pub(crate) fn next(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    #[allow(deprecated, reason = "older clients name their folder by rootUri or rootPath")]
    pub(crate) fn initialize(&mut self, params: &InitializeParams) {
        let mut capabilities = Capabilities::of(&params.capabilities);
        let own = params.initialization_options.as_ref().and_then(|it| it.get("commands")?.as_array());
        capabilities
            .commands
            .extend(own.into_iter().flatten().filter_map(|it| it.as_str().map(str::to_owned)));
        self.capabilities = Arc::new(capabilities);
        let folders = params.workspace_folders.iter().flatten().map(|folder| folder.uri.clone());
        self.roots = folders.filter_map(|url| paths::path_of(&url)).collect();
        if self.roots.is_empty() {
            let by_uri = params.root_uri.as_ref().and_then(paths::path_of);
            self.roots.extend(by_uri.or_else(|| params.root_path.as_ref().map(PathBuf::from)));
        }
        if let Some(options) = &params.initialization_options {
            self.trusted = options.get("trusted").and_then(Value::as_bool).unwrap_or(true);
            self.configure(options);
            self.initial_settings = self.settings.clone();
        }
    }

    /// Takes over settings.
    pub(crate) fn configure(&mut self, value: &Value) {
        let mut settings = self.initial_settings.clone();
        self.complaints.extend(settings.apply(value));
        self.settings = settings;
    }

    /// Says what was wrong with the settings. Before `initialized`, nothing may be said.
    pub(crate) fn complain(&mut self) {
        for complaint in self.complaints.drain(..) {
            self.outbox.log(MessageType::WARNING, complaint);
        }
    }

    pub(crate) fn change_folders(&mut self, event: WorkspaceFoldersChangeEvent) {
        let removed: Vec<PathBuf> = event.removed.iter().filter_map(|it| paths::path_of(&it.uri)).collect();
        self.roots.retain(|root| !removed.contains(root));
        self.scripts = None;
        self.changed();
        self.roots.extend(event.added.iter().filter_map(|it| paths::path_of(&it.uri)));
        for document in self.documents.values_mut() {
            if let Some(path) = &document.path {
                document.rename(paths::name_of(path, &self.roots));
            }
        }
    }

    pub(crate) fn open(&mut self, shared: &Shared, item: TextDocumentItem) {
        let path = paths::path_of(&item.uri);
        let name = match &path {
            Some(path) => paths::name_of(path, &self.roots),
            None => paths::name_of_url(&item.uri),
        };
        let generation = self.next();
        let document = Document::new(item.uri.clone(), path, name, item.version, generation, &item.text);
        self.documents.insert(item.uri.clone(), document);
        for entry in self.entries.values_mut() {
            entry.opened(&item.uri, generation, &item.text);
        }
        if self.capabilities.pull {
            // What was pushed while the file was closed is pulled from now on.
            publish::publish(self, &item.uri);
        }
        static_check::want(self, shared, &item.uri);
        self.recheck_others(shared, &item.uri);
        self.changed();
    }

    pub(crate) fn change(&mut self, shared: &Shared, params: DidChangeTextDocumentParams) {
        let url = params.text_document.uri;
        let generation = self.next();
        let encoding = self.capabilities.encoding;
        let Some(document) = self.documents.get_mut(&url) else {
            self.outbox.log(MessageType::WARNING, format!("{url} was changed but never opened"));
            return;
        };
        let version = params.text_document.version;
        for replacement in document.change(version, generation, params.content_changes, encoding) {
            for entry in self.entries.values_mut() {
                entry.move_findings(&url, replacement);
            }
        }
        if self.capabilities.pull {
            // What was pushed has moved.
            publish::publish(self, &url);
        }
        static_check::want(self, shared, &url);
        self.recheck_others(shared, &url);
        let evaluates = self.settings.dry_run == DryRunMode::OnType && self.trusted;
        if evaluates || self.watches_all {
            let shared = shared.clone();
            tokio::spawn(async move {
                tokio::time::sleep(PAUSE).await;
                let mut session = shared.lock();
                if session.documents.get(&url).is_some_and(|it| it.generation == generation) {
                    session.changed();
                    if evaluates {
                        session.evaluate_around(&shared, &url, Reason::Typed);
                    }
                }
            });
        }
    }

    pub(crate) fn save(&mut self, shared: &Shared, url: &Url) {
        let Some(document) = self.documents.get_mut(url) else { return };
        document.dirty = false;
        self.recheck_others(shared, url);
        if self.settings.dry_run != DryRunMode::Manual {
            self.evaluate_around(shared, url, Reason::Saved);
        }
    }

    pub(crate) fn close(&mut self, shared: &Shared, url: &Url) {
        let Some(document) = self.documents.remove(url) else { return };
        self.semantic_tokens.forget(url);
        let mut affected = BTreeSet::from([url.clone()]);
        if let Some(entry) = self.entries.remove(url) {
            entry.cancel();
            affected.extend(entry.findings.into_iter().map(|found| found.url));
            let is_read = entry.names.values().any(|read| self.documents.contains_key(read));
            if is_read && self.settings.dry_run != DryRunMode::Manual {
                // Who has one of its modules open is told what the script on disk makes of it.
                dry_run::start(self, shared, url, Reason::Dependency, None);
            }
        }
        if document.dirty {
            // Whoever read this text was told about something that is gone now.
            for entry in self.entries.values_mut() {
                entry.findings.retain(|found| found.url != *url);
                entry.printed.retain(|printed| printed.url != *url);
                entry.observed.retain(|observed| observed.url != *url);
                if let Some(graph) = &mut entry.graph {
                    graph.forget(url);
                }
            }
            self.evaluate_readers(shared, document.path.as_deref(), url);
        }
        self.published.insert(url.clone());
        for entry in self.entries.values_mut() {
            entry.closed(url);
        }
        dry_run::forget_unneeded(self);
        for url in &affected {
            publish::publish(self, url);
        }
        self.recheck_others(shared, url);
        self.changed();
    }

    /// Files have changed on disk. What is open in the editor counts as it is there.
    pub(crate) fn files_changed(&mut self, shared: &Shared, changes: &[FileEvent]) {
        self.index.forget_searches();
        self.scripts = None;
        self.changed();
        let mut readers = BTreeSet::new();
        for change in changes {
            let Some(path) = paths::path_of(&change.uri) else { continue };
            if self.documents.values().any(|document| document.path.as_deref() == Some(&path)) {
                continue;
            }
            for (url, entry) in &mut self.entries {
                let is_settings = path.file_name().is_some_and(|name| name == CONFIG_FILE);
                let concerns = is_settings && entry.is_below(path.parent());
                if entry.reads.contains(&path) || entry.missing.contains(&path) || concerns {
                    entry.outdate();
                    readers.insert(url.clone());
                }
            }
        }
        if self.settings.dry_run != DryRunMode::Manual {
            for url in &readers {
                dry_run::start(self, shared, url, Reason::Dependency, None);
            }
        }
        for url in self.documents.keys().cloned().collect::<Vec<_>>() {
            static_check::want(self, shared, &url);
        }
        if self.capabilities.refresh {
            self.outbox.send(Message::Refresh);
        }
        // What a name is may depend on the module that it comes from.
        if self.capabilities.refresh_tokens {
            self.outbox.send(Message::RefreshTokens);
        }
    }

    /// Evaluates the script and those that read it.
    fn evaluate_around(&mut self, shared: &Shared, url: &Url, reason: Reason) {
        dry_run::start(self, shared, url, reason, None);
        let path = self.documents.get(url).and_then(|document| document.path.clone());
        self.evaluate_readers(shared, path.as_deref(), url);
    }

    fn evaluate_readers(&mut self, shared: &Shared, path: Option<&Path>, except: &Url) {
        let Some(path) = path.filter(|_| self.settings.dry_run != DryRunMode::Manual) else { return };
        let readers = self.entries.iter().filter(|(url, entry)| *url != except && entry.reads.contains(path));
        for url in readers.map(|(url, _)| url.clone()).collect::<Vec<_>>() {
            if let Some(entry) = self.entries.get_mut(&url) {
                entry.looked = false;
            }
            dry_run::start(self, shared, &url, Reason::Dependency, None);
        }
    }

    /// A module that comes, goes or changes may change what is said of the scripts that require it.
    fn recheck_others(&mut self, shared: &Shared, changed: &Url) {
        let others = self.documents.values().filter(|it| it.url != *changed && it.requires_modules());
        for url in others.map(|it| it.url.clone()).collect::<Vec<_>>() {
            static_check::want(self, shared, &url);
        }
    }

    pub(crate) fn cancel_progress(&mut self, token: &NumberOrString) {
        for entry in self.entries.values().filter(|entry| entry.has_token(token)) {
            entry.cancel();
        }
        self.lookups.cancel(Some(token));
    }

    /// Ends everything that runs, because the session ends.
    pub(crate) fn stop(&mut self) {
        self.changed();
        self.lookups.cancel(None);
        for entry in self.entries.values() {
            entry.cancel();
        }
    }

    /// Returns what questions about a document are answered from.
    pub(crate) fn view(&self, url: &Url) -> Option<View> {
        let document = self.documents.get(url)?;
        Some(self.view_of(url, document.path.clone(), document.name.clone(), document.snapshot()))
    }

    /// Returns the same for a file that nobody has open.
    pub(crate) fn view_on_disk(&self, url: &Url, text: &str) -> Option<View> {
        let path = paths::path_of(url)?;
        let name = paths::name_of(&path, &self.roots);
        let file = SourceFile::new(name.clone(), text);
        let snapshot = Snapshot::new(url.clone(), 0, Rope::from_str(text), file);
        Some(self.view_of(url, Some(path), name, Arc::new(snapshot)))
    }

    fn view_of(&self, url: &Url, path: Option<PathBuf>, name: String, snapshot: Arc<Snapshot>) -> View {
        let known_root = path.as_deref().and_then(|path| self.known_root(url, path));
        let findings = self.found_in(url);
        let names = self.entries.values().flat_map(|entry| entry.names.clone());
        View {
            snapshot,
            path,
            known_root,
            roots: self.roots.clone(),
            index: self.index.clone(),
            open: self.open_files(),
            texts: Texts::of(self),
            names: names.chain([(name, url.clone())]).collect(),
            findings,
            printed: self
                .entries
                .values()
                .flat_map(|entry| &entry.printed)
                .filter(|printed| printed.url == *url)
                .cloned()
                .collect(),
            graphs: self.entries.values().filter_map(|entry| entry.graph.clone()).collect(),
            inlay_hints: self.settings.inlay_hints,
            code_lens: self.settings.code_lens,
            may_look_up: self.trusted && self.settings.network,
            capabilities: self.capabilities.clone(),
        }
    }

    /// Returns what questions about the whole workspace are answered from.
    pub(crate) fn workspace(&self) -> Workspace {
        Workspace { index: self.index.clone(), roots: self.roots.clone(), open: self.open_files() }
    }

    /// Returns what runs found in a document.
    ///
    /// Whoever has it open and wants scripts to be evaluated on save is told what a save found, and not what somebody
    /// looked up before.
    pub(crate) fn found_in(&self, url: &Url) -> Vec<Found> {
        let waits = self.settings.dry_run == DryRunMode::OnSave && self.documents.contains_key(url);
        let entries = self.entries.values().filter(|entry| !(waits && entry.looked));
        entries.flat_map(|entry| entry.found_in(url)).cloned().collect()
    }

    /// Returns the values that names in a document had in the last good runs.
    pub(crate) fn observed_in(&self, url: &Url) -> Vec<Observed> {
        let all = self.entries.values().flat_map(|entry| &entry.observed);
        all.filter(|observed| observed.url == *url).cloned().collect()
    }

    pub(crate) fn open_files(&self) -> Vec<(PathBuf, Arc<Snapshot>)> {
        let on_disk = self.documents.values().filter_map(|it| Some((it.path.clone()?, it.snapshot())));
        on_disk.collect()
    }

    /// Returns where `require` starts, as far as names and dry runs tell.
    fn known_root(&self, url: &Url, path: &Path) -> Option<Root> {
        if paths::is_entry_name(path) || self.entries.get(url).is_some_and(Entry::has_run) {
            return Root::of_entry(path, &self.roots);
        }
        let reader = self.entries.iter().find(|(_, entry)| entry.reads.contains(path));
        reader.and_then(|(entry, _)| Root::of_entry(&paths::path_of(entry)?, &self.roots))
    }

    /// Returns the URI of a file, as the client spells it if it has the file open.
    pub(crate) fn url_of(&self, path: &Path) -> Option<Url> {
        let open = self.documents.values().find(|document| document.path.as_deref() == Some(path));
        open.map(|document| document.url.clone()).or_else(|| Url::from_file_path(path).ok())
    }
}

/// A document and its surroundings at one moment, for the threads that answer questions about it.
pub(crate) struct View {
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) path: Option<PathBuf>,
    pub(crate) known_root: Option<Root>,
    pub(crate) roots: Vec<PathBuf>,
    index: Arc<Index>,
    pub(crate) open: Vec<(PathBuf, Arc<Snapshot>)>,
    pub(crate) texts: Texts,
    /// The documents by the names they have in findings.
    pub(crate) names: BTreeMap<String, Url>,
    /// What the dry runs found in this document, moved along with the text.
    pub(crate) findings: Vec<Found>,
    /// What the dry runs printed in this document, moved along, too.
    pub(crate) printed: Vec<Printed>,
    /// The graphs of the last good runs, whether this document is part of them or not.
    pub(crate) graphs: Vec<Graph>,
    pub(crate) inlay_hints: InlayHintSettings,
    pub(crate) code_lens: CodeLensSettings,
    /// Whether registries may be asked.
    pub(crate) may_look_up: bool,
    pub(crate) capabilities: Arc<Capabilities>,
}

impl View {
    /// Returns the loader of the document's modules, if it is known where they are. Call it on a worker.
    pub(crate) fn loader(&self) -> Option<DiskLoader> {
        Some(loader(&self.root()?, &self.open))
    }

    /// Returns the folders that the document's `bk.local_` takes. Call it on a worker.
    pub(crate) fn contexts(&self) -> Option<Contexts> {
        let own = || self.path.as_deref()?.parent().map(Path::to_owned);
        Some(Contexts::new(&self.root().map(|root| root.folder).or_else(own)?))
    }

    /// Returns the other scripts that the editor has open.
    pub(crate) fn others(&self) -> impl Iterator<Item = &Arc<Snapshot>> {
        self.open.iter().map(|(_, snapshot)| snapshot).filter(|it| it.url != self.snapshot.url)
    }

    /// Returns where `require` starts, if that is known. Call it on a worker.
    fn root(&self) -> Option<Root> {
        let path = self.path.as_deref()?;
        let entry_root = || Root::of_entry(path, &self.roots).filter(|_| self.snapshot.script().is_entry());
        let near_root = || {
            let folder = paths::nearest_entry_folder(path, &self.roots)?;
            Root::of_entry(&folder.join("build.lua"), &self.roots)
        };
        self.known_root.clone().or_else(entry_root).or_else(near_root)
    }

    pub(crate) fn workspace(&self) -> Workspace {
        Workspace { index: self.index.clone(), roots: self.roots.clone(), open: self.open.clone() }
    }

    /// Tells whether the document is one that luakit brings along, which nobody edits.
    pub(crate) fn is_of_library(&self) -> bool {
        self.path.as_deref().is_some_and(|path| library::key_of(path).is_some())
    }

    /// Returns the document for questions about the files around it. Call it on a worker.
    pub(crate) fn asked(&self) -> Asked {
        let path = self.path.as_deref();
        let of_library = path.and_then(library::key_of);
        let key = of_library.unwrap_or_else(|| path.map_or_else(|| self.snapshot.url.to_string(), key_of));
        Asked { key, script: self.snapshot.script(), root: self.root() }
    }

    pub(crate) fn offset(&self, position: Position) -> usize {
        crate::positions::offset(&self.snapshot.text, position, self.capabilities.encoding)
    }

    pub(crate) fn range(&self, range: luakit_diagnostics::TextRange) -> Range {
        crate::positions::range(&self.snapshot.text, range, self.capabilities.encoding)
    }
}

/// Makes the loader of the modules below a root, with the editor's texts over those on disk.
pub(crate) fn loader(root: &Root, open: &[(PathBuf, Arc<Snapshot>)]) -> DiskLoader {
    let overlay = open.iter().filter_map(|(path, snapshot)| {
        let name = root.name_of(path)?;
        let file = &snapshot.file;
        let same = file.name == name;
        let file = if same { file.clone() } else { Arc::new(SourceFile::new(name, file.text.clone())) };
        Some((path.clone(), file))
    });
    DiskLoader {
        root: root.folder.clone(),
        prefix: root.prefix.clone(),
        overlay: overlay.collect(),
        stdlib: luakit_check::stdlib_of_environment(),
    }
}

/// The analysis takes a loader or none.
pub(crate) fn as_loader(loader: &Option<DiskLoader>) -> Option<&dyn Loader> {
    loader.as_ref().map(|loader| loader as &dyn Loader)
}
