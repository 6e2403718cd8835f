//! The files of the workspace that can be reached from its entries: each read and parsed once, until it changes.
//!
//! What is asked of the project is asked of a [`Project`] that is put together anew from what is known here, which is
//! cheap; if it turns out to be the last one again, that one is used, with all that was worked out for it.

use crate::documents::Snapshot;
use crate::paths::{self, Root};
use luakit_analysis::project::{Entry, Parser, Project};
use luakit_analysis::{Script, end_if_cancelled};
use luakit_api::modules::{LoadError, Loader, is_test_name};
use luakit_check::worker::STACK;
use luakit_check::{DiskLoader, test_loader};
use luakit_diagnostics::SourceFile;
use luakit_project::{CONFIG_FILE, Configs, Names, lua_files};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// A folder with more files than this is not searched any further.
const MOST: usize = 20_000;

/// A search of a folder is believed for this many times as long as it took, unless something is heard of a change.
const TRUST: u32 = 20;

/// How many files are parsed before further threads are worth their start.
const FEW: usize = 8;

/// What is kept between questions.
#[derive(Default)]
pub(crate) struct Index {
    files: Mutex<HashMap<PathBuf, Known>>,
    scripts: Mutex<HashMap<String, Arc<Script>>>,
    searches: Mutex<HashMap<PathBuf, Search>>,
    last: Mutex<Option<Arc<Project>>>,
    /// Held by who makes a project, so that those who ask at the same time find what was parsed for the first.
    making: Mutex<()>,
}

/// A file as it was read.
struct Known {
    stamp: Stamp,
    file: Arc<SourceFile>,
    /// Whether it has the words that make an entry.
    may_export: bool,
}

impl Known {
    fn new(stamp: Stamp, file: Arc<SourceFile>) -> Known {
        Known { stamp, may_export: may_export(&file), file }
    }

    fn is_current(&self, stamp: Stamp) -> bool {
        self.stamp == stamp && stamp.0.is_some()
    }
}

/// What changes when a file does.
type Stamp = (Option<SystemTime>, u64);

/// The Lua files that were found in a folder.
struct Search {
    files: Arc<Vec<PathBuf>>,
    until: Instant,
}

/// The workspace at one moment.
#[derive(Clone)]
pub(crate) struct Workspace {
    pub(crate) index: Arc<Index>,
    pub(crate) roots: Vec<PathBuf>,
    pub(crate) open: Vec<(PathBuf, Arc<Snapshot>)>,
}

/// A file that a question is about.
pub(crate) struct Asked {
    pub(crate) key: String,
    pub(crate) script: Arc<Script>,
    /// Where its `require` starts, if no entry is found that reaches it.
    pub(crate) root: Option<Root>,
}

/// Returns what tells a file from all others.
pub(crate) fn key_of(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
}

impl Index {
    /// Forgets which files there are, since some came, went, or were renamed.
    pub(crate) fn forget_searches(&self) {
        lock(&self.searches).clear();
    }

    fn files_below(&self, folder: &Path) -> Arc<Vec<PathBuf>> {
        if let Some(search) = lock(&self.searches).get(folder).filter(|search| search.until > Instant::now())
        {
            return search.files.clone();
        }
        let begun = Instant::now();
        let files = Arc::new(if has_marker(folder) { lua_files(folder, MOST) } else { directly_in(folder) });
        let until = Instant::now() + begun.elapsed() * TRUST;
        lock(&self.searches).insert(folder.to_owned(), Search { files: files.clone(), until });
        files
    }

    fn parsed(&self, key: &str, file: &Arc<SourceFile>) -> Option<Arc<Script>> {
        let scripts = lock(&self.scripts);
        scripts.get(key).filter(|script| Arc::ptr_eq(&script.file, file) || script.file == *file).cloned()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Tells whether a folder is the top of something, so that it is right to search all of it.
fn has_marker(folder: &Path) -> bool {
    let files = || std::fs::read_dir(folder).into_iter().flatten().flatten();
    folder.join(CONFIG_FILE).is_file()
        || folder.join(".git").exists()
        || files().take(1000).any(|file| paths::is_entry_name(Path::new(&file.file_name())))
}

fn directly_in(folder: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten().take(1000);
    files.map(|file| file.path()).filter(|path| path.extension().is_some_and(|it| it == "lua")).collect()
}

impl Workspace {
    /// Returns the project around a file, or that of all entries. Call it on a worker.
    pub(crate) fn project(&self, asked: Option<&Asked>) -> Arc<Project> {
        let _making = lock(&self.index.making);
        let found = self.entries(asked);
        let mut project = self.reach(&found, None);
        if let Some(asked) = asked.filter(|asked| project.file(&asked.key).is_none()) {
            project = self.reach(&found, Some(asked));
        }
        let mut last = lock(&self.index.last);
        match last.as_ref().filter(|last| last.is_same(&project)) {
            Some(last) => last.clone(),
            None => {
                let project = Arc::new(project);
                *last = Some(project.clone());
                project
            }
        }
    }

    /// Returns the scripts of the workspace that are not left out, as far as they are no more than so many. Call it on a
    /// worker.
    pub(crate) fn scripts(&self, most: usize, left_out: impl Fn(&Path) -> bool) -> Vec<Arc<Script>> {
        let mut found = self.entries(None);
        found.retain(|(path, _)| !left_out(path));
        found.truncate(most);
        Parsing { workspace: self }.parse(self.texts(&found))
    }

    /// Reads files, and tells them by their keys.
    fn texts(&self, found: &[(PathBuf, Root)]) -> Vec<(String, Arc<SourceFile>)> {
        let text = |(path, root): &(PathBuf, Root)| {
            let name = root.name_of(path).unwrap_or_else(|| paths::name_of(path, &self.roots));
            Some((key_of(path), self.read(path, &name)?))
        };
        found.iter().filter_map(text).collect()
    }

    fn reach(&self, found: &[(PathBuf, Root)], asked: Option<&Asked>) -> Project {
        let parser = Parsing { workspace: self };
        let loader = |root: &Root| IndexLoader {
            workspace: self,
            disk: DiskLoader {
                root: root.folder.clone(),
                prefix: root.prefix.clone(),
                overlay: BTreeMap::new(),
                stdlib: luakit_check::stdlib_of_environment(),
            },
        };
        let mut loaders: BTreeMap<PathBuf, IndexLoader<'_>> = BTreeMap::new();
        let roots = found.iter().map(|(_, root)| root).chain(asked.and_then(|asked| asked.root.as_ref()));
        for root in roots {
            loaders.entry(root.folder.clone()).or_insert_with(|| loader(root));
        }
        let texts = self.texts(found);
        let keys: BTreeMap<String, &Root> = found.iter().map(|(path, root)| (key_of(path), root)).collect();
        let scripts = parser.parse(texts.clone());
        let mut entries: Vec<Entry<'_>> = Vec::new();
        for ((key, _), script) in texts.into_iter().zip(scripts) {
            let Some(root) = keys.get(&key) else { continue };
            let loader = loaders.get(&root.folder).map(|loader| loader as &dyn Loader);
            entries.push(Entry { root: folder_key(root), key, script, loader });
        }
        if let Some(asked) = asked {
            let loader = asked.root.as_ref().and_then(|root| loaders.get(&root.folder));
            entries.push(Entry {
                root: asked.root.as_ref().map(folder_key).unwrap_or_default(),
                key: asked.key.clone(),
                script: asked.script.clone(),
                loader: loader.map(|loader| loader as &dyn Loader),
            });
        }
        Project::new(entries, &parser)
    }

    /// Returns the scripts that others are reached from, with where their `require` starts: those below the roots, and
    /// those that are open.
    fn entries(&self, asked: Option<&Asked>) -> Vec<(PathBuf, Root)> {
        let mut candidates: BTreeSet<PathBuf> = self.open.iter().map(|(path, _)| path.clone()).collect();
        for root in &self.roots {
            candidates.extend(self.index.files_below(root).iter().cloned());
        }
        if let Some(root) = asked.and_then(|asked| asked.root.as_ref()) {
            candidates.extend(directly_in(&root.folder));
        }
        let Some(first) = candidates.first() else { return Vec::new() };
        let configs = Configs::new(Names::new(first.parent().unwrap_or(first).to_owned()));
        let mut found = Vec::new();
        let mut unsure = Vec::new();
        for path in candidates {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
            if is_test_name(name) {
                let loader = test_loader(&path, None);
                let root = Root::of_entry(&loader.root.join("build.lua"), &self.roots);
                found.extend(root.map(|root| (path, root)));
            } else if paths::is_entry_name(&path)
                || configs.of_file(&path).is_ok_and(|config| config.names_entry(&path))
            {
                found.extend(Root::of_entry(&path, &self.roots).map(|root| (path, root)));
            } else if let Some(file) = self.read(&path, &paths::name_of(&path, &self.roots))
                && self.may_export(&path, &file)
            {
                unsure.push((path, file));
            }
        }
        let texts = unsure.iter().map(|(path, file)| (key_of(path), file.clone())).collect();
        let scripts = Parsing { workspace: self }.parse(texts);
        for ((path, _), script) in unsure.into_iter().zip(scripts) {
            if script.is_entry() {
                found.extend(Root::of_entry(&path, &self.roots).map(|root| (path, root)));
            }
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found
    }

    fn may_export(&self, path: &Path, file: &Arc<SourceFile>) -> bool {
        let known = lock(&self.index.files);
        match known.get(path).filter(|known| Arc::ptr_eq(&known.file, file)) {
            Some(known) => known.may_export,
            None => may_export(file),
        }
    }

    pub(crate) fn open_at(&self, path: &Path) -> Option<&Arc<Snapshot>> {
        self.open.iter().find(|(other, _)| other == path).map(|(_, snapshot)| snapshot)
    }

    /// Reads a file, or takes it from the editor or from what was read before.
    pub(crate) fn read(&self, path: &Path, name: &str) -> Option<Arc<SourceFile>> {
        if let Some(snapshot) = self.open_at(path) {
            return Some(snapshot.file.clone());
        }
        let stamp = stamp_of(path)?;
        if let Some(known) = lock(&self.index.files).get(path).filter(|known| known.is_current(stamp)) {
            return Some(known.file.clone());
        }
        let file = Arc::new(SourceFile::new(name, luakit_check::read_text(path).ok()?));
        lock(&self.index.files).insert(path.to_owned(), Known::new(stamp, file.clone()));
        Some(file)
    }
}

fn may_export(file: &SourceFile) -> bool {
    file.text.contains("bk") && (file.text.contains("export") || file.text.contains("target"))
}

fn folder_key(root: &Root) -> String {
    let key = key_of(&root.folder);
    if key.ends_with('/') { key } else { format!("{key}/") }
}

fn stamp_of(path: &Path) -> Option<Stamp> {
    let meta = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    // What was written a moment ago can be written again without another time.
    let settled = |time: &SystemTime| time.elapsed().is_ok_and(|age| age > Duration::from_millis(20));
    Some((meta.modified().ok().filter(settled), meta.len()))
}

/// Finds modules below one root, as [`DiskLoader`] does, and reads none that is known.
struct IndexLoader<'w> {
    workspace: &'w Workspace,
    disk: DiskLoader,
}

impl Loader for IndexLoader<'_> {
    fn load(&self, path: &str) -> Result<Arc<SourceFile>, LoadError> {
        end_if_cancelled();
        let on_disk = self.disk.path_of(path);
        if let Some(snapshot) = self.workspace.open_at(&on_disk) {
            return Ok(snapshot.file.clone());
        }
        let Some(stamp) = stamp_of(&on_disk) else { return Err(LoadError::NotFound) };
        let index = &self.workspace.index;
        if let Some(known) = lock(&index.files).get(&on_disk)
            && known.is_current(stamp)
        {
            return Ok(known.file.clone());
        }
        let file = self.disk.load(path)?;
        lock(&index.files).insert(on_disk, Known::new(stamp, file.clone()));
        Ok(file)
    }

    fn library(&self, path: &str) -> Result<Arc<SourceFile>, LoadError> {
        self.disk.library(path)
    }
}

/// Parses what is not known yet, on several threads if that is much.
struct Parsing<'w> {
    workspace: &'w Workspace,
}

impl Parser for Parsing<'_> {
    fn parse(&self, files: Vec<(String, Arc<SourceFile>)>) -> Vec<Arc<Script>> {
        let index = &self.workspace.index;
        let mut scripts: Vec<Option<Arc<Script>>> = files
            .iter()
            .map(|(key, file)| match self.workspace.open_at(Path::new(key)) {
                Some(snapshot) => Some(snapshot.script()),
                None => index.parsed(key, file),
            })
            .collect();
        let missing: Vec<usize> =
            (0..files.len()).filter(|i| scripts.get(*i).is_some_and(Option::is_none)).collect();
        let parse =
            |i: &usize| files.get(*i).map(|(_, file)| (*i, Arc::new(Script::parse_once(file.clone()))));
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let parsed: Vec<(usize, Arc<Script>)> = if missing.len() <= FEW || threads < 2 {
            missing.iter().filter_map(parse).collect()
        } else {
            std::thread::scope(|scope| {
                let share = missing.len().div_ceil(threads);
                let start = |part| {
                    let token = luakit_analysis::cancel_token();
                    let share = move || -> Vec<_> { <[usize]>::iter(part).filter_map(parse).collect() };
                    let work = move || luakit_analysis::cancellable(token, share);
                    std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work)
                };
                let started: Vec<_> = missing.chunks(share).map(start).collect();
                started.into_iter().flatten().filter_map(|thread| thread.join().ok()).flatten().collect()
            })
        };
        let mut known = lock(&index.scripts);
        for (i, script) in parsed {
            if let (Some((key, _)), Some(slot)) = (files.get(i), scripts.get_mut(i)) {
                known.insert(key.clone(), script.clone());
                *slot = Some(script);
            }
        }
        drop(known);
        // A thread that could not be started leaves its share.
        let all = scripts.into_iter().zip(&files);
        all.map(|(script, (_, file))| script.unwrap_or_else(|| Arc::new(Script::parse_once(file.clone()))))
            .collect()
    }
}
