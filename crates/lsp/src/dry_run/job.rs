//! What happens on the thread: the script is evaluated with the editor's texts.

use crate::documents::Snapshot;
use crate::paths::{self, Root};
use crate::publish;
use crate::session::loader;
use luakit_analysis::Script;
use luakit_api::modules::{LoadError, Loader};
use luakit_check::{DryRun, Options};
use luakit_diagnostics::{Diagnostic, SourceFile};
use std::collections::BTreeMap;
use std::path::PathBuf;
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
}

impl Job {
    /// Evaluates the script, unless it is no entry. Runs on a worker.
    pub(super) fn evaluate(self) -> Option<Evaluated> {
        let script = self.snapshot.script();
        let is_entry = self.path.as_deref().is_some_and(paths::is_entry_name) || script.is_entry();
        if !self.asked && !is_entry {
            return None;
        }
        let loader: Box<dyn Loader> = match &self.root {
            Some(root) => Box::new(loader(root, &self.open)),
            None => Box::new(NoModules),
        };
        let run = luakit_check::dry_run_parsed(&script, &*loader, &self.options);
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
