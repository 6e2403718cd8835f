//! What happens on the thread: the script is evaluated with the editor's texts.

use crate::documents::Snapshot;
use crate::paths::{self, Root};
use crate::session::loader;
use crate::{project, publish};
use luakit_analysis::Script;
use luakit_api::modules::{LoadError, Loader};
use luakit_check::{DryRun, Options};
use luakit_diagnostics::{Diagnostic, SourceFile};
use luakit_project::{CONFIG_FILE, Config};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the thread needs.
pub(super) struct Job {
    pub(super) asked: bool,
    pub(super) path: Option<PathBuf>,
    pub(super) root: Option<Root>,
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) open: Vec<(PathBuf, Arc<Snapshot>)>,
    pub(super) options: Options,
}

/// What comes back from it.
pub(super) struct Evaluated {
    pub(super) run: DryRun,
    /// Whether the static layer sees the mistake too, for each finding.
    pub(super) also_static: Vec<bool>,
    /// The `luakit.toml` that counts, and what is found in it if the run can tell.
    pub(super) settings: Option<(PathBuf, Option<Vec<Diagnostic>>)>,
}

impl Job {
    /// Evaluates the script, unless it is no entry. Runs on a worker.
    pub(super) fn evaluate(self) -> Option<Evaluated> {
        let script = self.snapshot.script();
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
        // The project's file counts before the editor's settings, so that everyone is told the same.
        let mut options = self.options.clone();
        options.args.extend(config.args.clone());
        options.platform = options.platform.or_else(|| config.platforms.first().cloned());
        let mut run = luakit_check::dry_run_parsed(&script, &*loader, &options);
        let settings = config
            .is_written()
            .then(|| (config.folder.join(CONFIG_FILE), project::unread_arguments(&config, &run, &self.open)));
        run.diagnostics = self.settled(run.diagnostics, &script);
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
        Some(Evaluated { run, also_static, settings })
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

/// An unsaved document has no folder that modules could be in.
struct NoModules;

impl Loader for NoModules {
    fn load(&self, _path: &str) -> Result<Arc<SourceFile>, LoadError> {
        Err(LoadError::NotFound)
    }
}
