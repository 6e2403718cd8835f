//! What a run depended on, so that the same is not run twice.
//!
//! A script sees nothing but its text, its arguments, the platform and the modules that it loads. A run that would see
//! the same again gives the same again: each save of an unchanged script, and each change on disk that is none.

use luakit_api::modules::{LoadError, Loader};
use luakit_check::DryRun;
use luakit_diagnostics::{Code, SourceFile};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// What was asked of a loader, and a hash of what it gave; `true` stands before what was asked of the library.
pub(super) type Loads = BTreeMap<(bool, String), Loaded>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Loaded {
    hash: u64,
    /// There was no such file.
    pub(super) missing: bool,
}

/// What a script gave, and what it was given.
pub(super) struct Cached {
    given: u64,
    loads: Loads,
    /// A run for each platform.
    pub(super) runs: Vec<Arc<DryRun>>,
}

impl Cached {
    /// Keeps runs, unless the time that they took had a part in what they gave.
    pub(super) fn new(given: u64, loads: Loads, runs: &[Arc<DryRun>]) -> Option<Arc<Cached>> {
        let depends_on_time = |run: &Arc<DryRun>| {
            let codes = [Code::LIMIT, Code::INTERNAL];
            run.cancelled || run.diagnostics.iter().any(|it| codes.contains(&it.code))
        };
        let keep = !runs.iter().any(depends_on_time);
        keep.then(|| Arc::new(Cached { given, loads, runs: runs.to_vec() }))
    }

    pub(super) fn loads(&self) -> &Loads {
        &self.loads
    }

    /// Tells whether a run that is given this, and loads from there, would see the same.
    pub(super) fn holds(&self, given: u64, loader: &dyn Loader) -> bool {
        let again = |(library, path): &(bool, String)| {
            fingerprint(&if *library { loader.library(path) } else { loader.load(path) })
        };
        self.given == given && self.loads.iter().all(|(asked, loaded)| again(asked) == *loaded)
    }
}

/// Returns a hash of what a script is given besides its modules.
pub(super) fn hash_of(script: &SourceFile, options: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&script.name, &script.text).hash(&mut hasher);
    options.hash(&mut hasher);
    hasher.finish()
}

/// Writes down what a loader is asked for.
pub(super) struct Recorder<'l> {
    loader: &'l dyn Loader,
    loads: RefCell<Loads>,
}

impl<'l> Recorder<'l> {
    pub(super) fn new(loader: &'l dyn Loader) -> Self {
        Recorder { loader, loads: RefCell::default() }
    }

    pub(super) fn into_loads(self) -> Loads {
        self.loads.into_inner()
    }

    fn record(
        &self,
        library: bool,
        path: &str,
        loaded: Result<Arc<SourceFile>, LoadError>,
    ) -> Result<Arc<SourceFile>, LoadError> {
        self.loads.borrow_mut().insert((library, path.to_owned()), fingerprint(&loaded));
        loaded
    }
}

impl Loader for Recorder<'_> {
    fn load(&self, path: &str) -> Result<Arc<SourceFile>, LoadError> {
        self.record(false, path, self.loader.load(path))
    }

    fn library(&self, path: &str) -> Result<Arc<SourceFile>, LoadError> {
        self.record(true, path, self.loader.library(path))
    }

    fn modules(&self) -> Vec<String> {
        self.loader.modules()
    }
}

fn fingerprint(loaded: &Result<Arc<SourceFile>, LoadError>) -> Loaded {
    let mut hasher = DefaultHasher::new();
    match loaded {
        Ok(file) => (0, &file.name, &file.text).hash(&mut hasher),
        Err(LoadError::NotFound) => 1.hash(&mut hasher),
        Err(LoadError::Outside) => 2.hash(&mut hasher),
        Err(LoadError::Unreadable(why)) => (3, why).hash(&mut hasher),
    }
    Loaded { hash: hasher.finish(), missing: matches!(loaded, Err(LoadError::NotFound)) }
}
