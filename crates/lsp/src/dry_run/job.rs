//! What happens on the thread: the script is evaluated with the editor's texts.

use crate::documents::Snapshot;
use crate::dry_run::cache::{Cached, Found, Loads, Recorder, hash_of};
use crate::dry_run::rebuilds::{History, Rebuilds};
use crate::paths::{self, Root};
use crate::session::loader;
use crate::{project, publish};
use luakit_analysis::Script;
use luakit_api::modules::{LoadError, Loader};
use luakit_check::llb::Platform;
use luakit_check::{DryRun, Options, join};
use luakit_diagnostics::{Code, Diagnostic, SourceFile};
use luakit_project::Config;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// What the thread needs.
pub(super) struct Job {
    pub(super) asked: bool,
    pub(super) path: Option<PathBuf>,
    pub(super) root: Option<Root>,
    pub(super) text: Text,
    pub(super) open: Vec<(PathBuf, Arc<Snapshot>)>,
    pub(super) options: Options,
    /// What the last run gave, in case that nothing has changed.
    pub(super) cached: Option<Arc<Cached>>,
    /// The runs before, to tell what this one rebuilds.
    pub(super) history: History,
    /// For how many platforms the script is evaluated; each has the whole time.
    pub(super) platforms: Arc<AtomicU32>,
}

/// Where the script's text is.
pub(super) enum Text {
    Open(Arc<Snapshot>),
    /// Nobody has it open. It is called by this name.
    OnDisk(PathBuf, String),
}

impl Text {
    pub(super) fn of(snapshot: Option<Arc<Snapshot>>, path: &Path) -> Text {
        snapshot.map_or_else(|| Text::OnDisk(path.to_owned(), String::new()), Text::Open)
    }

    pub(super) fn script(&self) -> Option<Arc<Script>> {
        match self {
            Text::Open(snapshot) => Some(snapshot.script()),
            Text::OnDisk(path, name) => {
                let text = luakit_check::read_text(path).ok()?;
                Some(Arc::new(Script::parse(Arc::new(SourceFile::new(name.clone(), text)))))
            }
        }
    }
}

/// What comes back from it.
pub(super) struct Evaluated {
    /// The run for the platform that is shown.
    pub(super) run: Arc<DryRun>,
    /// What was found for any platform, at the levels of the project.
    pub(super) findings: Vec<Diagnostic>,
    /// Whether the static layer sees the mistake too, for each finding.
    pub(super) also_static: Vec<bool>,
    pub(super) settings: Option<Settings>,
    /// Every file that was read, the script first.
    pub(super) files: Vec<Arc<SourceFile>>,
    /// The files that would have been read, if they were there.
    pub(super) missing: Vec<PathBuf>,
    pub(super) cached: Option<Arc<Cached>>,
    pub(super) rebuilds: Option<Rebuilds>,
    /// Whether it was run, and not only remembered.
    pub(super) fresh: bool,
}

/// The project's `luakit.toml`.
pub(super) struct Settings {
    pub(super) path: PathBuf,
    /// What is wrong with it.
    pub(super) problems: Vec<Diagnostic>,
    /// The arguments in it that nobody reads, if the run can tell.
    pub(super) unread: Option<Vec<Diagnostic>>,
}

impl Evaluated {
    pub(super) fn cancelled() -> Evaluated {
        Evaluated {
            run: Arc::new(DryRun { cancelled: true, ..DryRun::default() }),
            findings: Vec::new(),
            also_static: Vec::new(),
            settings: None,
            files: Vec::new(),
            missing: Vec::new(),
            cached: None,
            rebuilds: None,
            fresh: false,
        }
    }
}

impl Job {
    /// Evaluates the script, unless it is no entry or not there any more. Runs on a worker.
    pub(super) fn evaluate(self) -> Option<Evaluated> {
        let script = self.text.script()?;
        let config = project::config_of(self.path.as_deref());
        let named = |path: &Path| paths::is_entry_name(path) || config.names_entry(path);
        let is_entry = self.path.as_deref().is_some_and(named) || script.is_entry();
        if !self.asked && !is_entry {
            return None;
        }
        let loader: Box<dyn Loader> = match &self.root {
            Some(root) => Box::new(loader(root, &self.open)),
            None => Box::new(NoModules),
        };
        let (runs, loads, cached) = self.runs(&script, &config, &*loader);
        let Some(run) = runs.first().cloned() else { return Some(Evaluated::cancelled()) };
        if runs.iter().any(|run| run.cancelled) {
            return Some(Evaluated::cancelled());
        }
        // For which platform a mistake shows matters to nobody who mends it.
        let all: Vec<Diagnostic> = runs.iter().flat_map(|run| run.diagnostics.clone()).collect();
        let all = if runs.len() == 1 { all } else { join(Vec::new(), &all) };
        let findings = self.settled(all, &script);
        let also_static = are_static(&findings, &script, &*loader);
        let mut files: Vec<Arc<SourceFile>> = run.files.iter().take(1).cloned().collect();
        let mut missing = Vec::new();
        for ((library, path), loaded) in &loads {
            match &loaded.found {
                Found::File(file) => files.push(file.clone()),
                Found::Missing if !library => {
                    missing.extend(self.root.as_ref().map(|it| it.folder.join(path)))
                }
                _ => {}
            }
        }
        let fresh =
            self.cached.as_ref().is_none_or(|old| !cached.as_ref().is_some_and(|it| Arc::ptr_eq(it, old)));
        let settings = project::problems_of(self.path.as_deref()).map(|(path, problems)| {
            let unread = project::unread_arguments(&config, &runs, &files, &self.open);
            Settings { path, problems, unread }
        });
        let rebuilds = self.history.compare(&run);
        Some(Evaluated { run, findings, also_static, settings, files, missing, cached, rebuilds, fresh })
    }

    /// Runs the script for each platform of the project, unless it is known what that gives.
    fn runs(
        &self,
        script: &Arc<Script>,
        config: &Config,
        loader: &dyn Loader,
    ) -> (Vec<Arc<DryRun>>, Loads, Option<Arc<Cached>>) {
        // The project's file counts before the editor's settings, so that everyone is told the same.
        let mut options = self.options.clone();
        options.args.extend(config.args.clone());
        let platforms: Vec<Option<Platform>> = match &options.platform {
            None if !config.platforms.is_empty() => config.platforms.iter().cloned().map(Some).collect(),
            one => vec![one.clone()],
        };
        let names: Vec<_> = platforms.iter().map(|it| it.as_ref().map(Platform::name)).collect();
        let given = hash_of(&script.file, &(&options.args, &names, options.timeout));
        if let Some(cached) = self.cached.as_ref().filter(|cached| cached.holds(given, loader)) {
            return (cached.runs.clone(), cached.loads().clone(), Some(cached.clone()));
        }
        self.platforms.store(u32::try_from(platforms.len()).unwrap_or(u32::MAX), Ordering::Relaxed);
        let recorder = Recorder::new(loader);
        let mut runs = Vec::new();
        for platform in platforms {
            // Only the first is drawn.
            let ops = runs.is_empty();
            let options = Options { platform, ops, observe: ops, ..options.clone() };
            let run = luakit_check::dry_run_parsed(script, &recorder, &options);
            // What does not end for one platform does not end for the others.
            let ends = run.cancelled || run.diagnostics.iter().any(|it| it.code == Code::LIMIT);
            runs.push(Arc::new(run));
            if ends {
                break;
            }
        }
        let loads = recorder.into_loads();
        let cached = Cached::new(given, loads.clone(), &runs);
        (runs, loads, cached)
    }

    /// Takes out what comments silence, and gives the rest the levels of the project.
    fn settled(&self, findings: Vec<Diagnostic>, script: &Arc<Script>) -> Vec<Diagnostic> {
        let mut files: BTreeMap<String, (Arc<Script>, Arc<Config>, PathBuf)> = BTreeMap::new();
        let settle = |finding: Diagnostic| {
            let file = finding.place.file.clone();
            let (script, config, path) = files.entry(file.name.clone()).or_insert_with(|| {
                let own = file.name == script.file.name;
                let parsed = if own { script.clone() } else { Arc::new(Script::parse(file.clone())) };
                let path = match &self.root {
                    Some(root) if !own => root.path_of(&file.name),
                    _ => self.path.clone(),
                };
                (parsed, project::config_of(path.as_deref()), path.unwrap_or_default())
            });
            project::settle_one(finding, script, config, path)
        };
        findings.into_iter().filter_map(settle).collect()
    }
}

/// Tells, for each finding, whether the static layer sees the same mistake.
fn are_static(findings: &[Diagnostic], script: &Arc<Script>, loader: &dyn Loader) -> Vec<bool> {
    let mut static_findings: BTreeMap<String, Vec<Diagnostic>> = BTreeMap::new();
    let is_static = |diagnostic: &Diagnostic| {
        let file = &diagnostic.place.file;
        let findings = static_findings.entry(file.name.clone()).or_insert_with(|| {
            let own = file.name == script.file.name;
            let parsed = if own { script.clone() } else { Arc::new(Script::parse(file.clone())) };
            luakit_analysis::diagnostics(&parsed, Some(loader))
        });
        publish::is_seen(findings, diagnostic)
    };
    findings.iter().map(is_static).collect()
}

/// An unsaved document has no folder that modules could be in.
struct NoModules;

impl Loader for NoModules {
    fn load(&self, _path: &str) -> Result<Arc<SourceFile>, LoadError> {
        Err(LoadError::NotFound)
    }
}
