//! `luakit.toml`: what a project says of its entries, arguments, platforms and the levels of findings.

use crate::paths::Names;
use crate::read;
use globset::GlobSet;
use luakit_check::llb::Platform;
use luakit_check::read_text;
use luakit_diagnostics::{Code, Diagnostic, Severity, SourceFile, TextRange};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The name of the file.
pub const CONFIG_FILE: &str = "luakit.toml";

/// The level that a kind of finding is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Off,
    At(Severity),
}

/// The levels that are set, by code.
pub(crate) type Rules = BTreeMap<Code, Level>;

/// What a `luakit.toml` says; the default is that of a project without one.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// The folder that it is about, absolute.
    pub folder: PathBuf,
    pub platforms: Vec<Platform>,
    pub args: BTreeMap<String, String>,
    /// Which folder each `bk.local_` takes, for editors: a build is told by its client.
    pub contexts: BTreeMap<String, PathBuf>,
    /// Where the names of the arguments stand.
    pub(crate) arg_names: Vec<(String, TextRange)>,
    /// What is wrong with the file.
    pub findings: Vec<Diagnostic>,
    pub(crate) file: Option<Arc<SourceFile>>,
    pub(crate) entries: Vec<(String, TextRange)>,
    pub(crate) entry_globs: GlobSet,
    pub(crate) rules: Rules,
    pub(crate) overrides: Vec<(GlobSet, Rules)>,
}

impl Config {
    /// Reads the text of a `luakit.toml` that is about `folder`.
    ///
    /// # Errors
    /// A message with its place, for a text that is no TOML.
    pub fn parse(file: &Arc<SourceFile>, folder: &Path) -> Result<Config, String> {
        read::config(file, folder)
    }

    /// Tells whether there is a `luakit.toml`.
    pub fn is_written(&self) -> bool {
        self.file.is_some()
    }

    /// Tells whether the file at an absolute path is named as an entry.
    pub fn names_entry(&self, path: &Path) -> bool {
        self.relative(path).is_some_and(|path| self.entry_globs.is_match(path))
    }

    /// Gives a finding in the file at `path` its level. Returns `None` where it is switched off.
    pub fn judge(&self, path: &Path, mut finding: Diagnostic) -> Option<Diagnostic> {
        let relative = self.relative(path);
        let overridden = self.overrides.iter().rev().find_map(|(globs, rules)| {
            let level = rules.get(&finding.code)?;
            relative.filter(|path| globs.is_match(path)).map(|_| level)
        });
        match overridden.or_else(|| self.rules.get(&finding.code)) {
            Some(Level::Off) => None,
            Some(Level::At(severity)) => {
                finding.severity = *severity;
                Some(finding)
            }
            None => (!finding.code.is_off_by_default()).then_some(finding),
        }
    }

    fn relative<'p>(&self, path: &'p Path) -> Option<&'p Path> {
        path.strip_prefix(&self.folder).ok()
    }
}

/// The configurations of a project: the nearest `luakit.toml` upwards counts, and each is read once.
pub struct Configs {
    names: Names,
    known: Mutex<BTreeMap<PathBuf, Result<Arc<Config>, String>>>,
}

impl Configs {
    pub fn new(names: Names) -> Configs {
        Configs { names, known: Mutex::default() }
    }

    /// Returns the configuration of the file at an absolute path.
    ///
    /// # Errors
    /// A message about a `luakit.toml` that cannot be read or is no TOML.
    pub fn of_file(&self, path: &Path) -> Result<Arc<Config>, String> {
        path.parent().map_or_else(|| Ok(Arc::default()), |folder| self.of_folder(folder))
    }

    /// Returns the configuration of what lies in an absolute folder.
    ///
    /// # Errors
    /// As those of [`of_file`](Configs::of_file).
    pub fn of_folder(&self, folder: &Path) -> Result<Arc<Config>, String> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(folder).cloned();
        if let Some(known) = known {
            return known;
        }
        let config = match (self.read(folder), folder.parent()) {
            (Some(config), _) => config.map(Arc::new),
            (None, Some(parent)) => self.of_folder(parent),
            (None, None) => Ok(Arc::default()),
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        // Of two threads the first one counts, so that there is one configuration.
        known.entry(folder.to_owned()).or_insert(config).clone()
    }

    /// Returns the findings in the configurations that were asked for, each file once.
    pub fn findings(&self) -> Vec<Diagnostic> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let own = known.iter().filter_map(|(folder, config)| {
            config.as_ref().ok().filter(|config| config.file.is_some() && config.folder == *folder)
        });
        own.flat_map(|config| config.findings.clone()).collect()
    }

    fn read(&self, folder: &Path) -> Option<Result<Config, String>> {
        let path = folder.join(CONFIG_FILE);
        let name = self.names.name(&path);
        match read_text(&path) {
            Ok(text) => Some(Config::parse(&Arc::new(SourceFile::new(name, text)), folder)),
            Err(err)
                if matches!(err.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) =>
            {
                None
            }
            Err(err) => Some(Err(format!("cannot read `{name}`: {err}"))),
        }
    }
}
