//! The modules of a project: which a script requires by its text, each parsed once.

use luakit_analysis::Script;
use luakit_api::modules::{Found, find};
use luakit_check::DiskLoader;
use luakit_diagnostics::SourceFile;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// The modules that were parsed, by the names they are shown under.
#[derive(Default)]
pub(crate) struct Modules(Mutex<HashMap<String, Arc<Script>>>);

impl Modules {
    /// Returns a module's script. Call it on a worker.
    pub(crate) fn parsed(&self, file: &Arc<SourceFile>) -> Arc<Script> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(script) = lock().get(&file.name) {
            return script.clone();
        }
        // Parsed without the lock, so that others need not wait: the same text gives the same script.
        let script = Arc::new(Script::parse(file.clone()));
        lock().insert(file.name.clone(), script.clone());
        script
    }

    /// Returns the modules that a script requires by written names, directly and through others, by their paths.
    pub(crate) fn reached(
        &self,
        script: &Arc<Script>,
        loader: &DiskLoader,
    ) -> BTreeMap<PathBuf, Arc<SourceFile>> {
        let mut reached = BTreeMap::new();
        let mut open = vec![script.clone()];
        while let Some(script) = open.pop() {
            for name in script.required_modules() {
                let Found::File(_, file) = find(&name, loader) else { continue };
                let Some(path) = path_of(&file, loader) else { continue };
                if let Entry::Vacant(entry) = reached.entry(path) {
                    entry.insert(file.clone());
                    open.push(self.parsed(&file));
                }
            }
        }
        reached
    }
}

/// Returns the path of a module that lies with the project; those of the library do not.
pub(crate) fn path_of(file: &SourceFile, loader: &DiskLoader) -> Option<PathBuf> {
    let path = loader.path_of(file.name.strip_prefix(&loader.prefix)?);
    (!file.name.starts_with("luakit:") && path.is_file()).then_some(path)
}
