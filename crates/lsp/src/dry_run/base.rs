//! A script as it was: as it is on disk, or in a revision of git. What is in the editor is compared with it.

use crate::paths::{self, Root};
use crate::project;
use crate::session::{Session, loader};
use luakit_analysis::Script;
use luakit_api::modules::Loader;
use luakit_check::{DryRun, GitLoader, Limits, Options};
use luakit_diagnostics::{Diagnostic, SourceFile};
use luakit_project::{CONFIG_FILE, Config};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use tower_lsp::lsp_types::Url;

/// What a script is that was never edited.
const SAVED: &str = "saved";

/// What is needed to evaluate a script as it was.
pub(crate) struct Base {
    path: PathBuf,
    name: String,
    root: Root,
    options: Options,
}

impl Base {
    /// Returns the base of a document that is on disk.
    pub(crate) fn of(session: &Session, url: &Url, cancel: Arc<AtomicBool>) -> Option<Base> {
        let path = paths::path_of(url)?;
        let options = Options {
            args: session.settings.args.clone(),
            timeout: session.settings.timeout,
            limits: Limits { memory: super::MEMORY, ..Limits::default() },
            cancel,
            collect: false,
            verify: false,
            ..Options::default()
        };
        let root = Root::of_entry(&path, &session.roots)?;
        Some(Base { name: paths::name_of(&path, &session.roots), root, path, options })
    }

    /// Evaluates what is saved, or what a revision has. Call it on a worker.
    ///
    /// # Errors
    /// Why there is nothing to compare with.
    pub(crate) fn evaluate(self, base: &str) -> Result<DryRun, String> {
        let Was { file, loader, config } = if base == SAVED { self.saved()? } else { self.revision(base)? };
        let mut options = self.options;
        options.args.extend(config.args.clone());
        options.platform = options.platform.or_else(|| config.platforms.first().cloned());
        let run = luakit_check::dry_run_parsed(&Arc::new(Script::parse(file)), &*loader, &options);
        match run.diagnostics.iter().find(|finding| finding.is_error()) {
            Some(error) => Err(format!("what is compared with has an error: {}", told(error))),
            None => Ok(run),
        }
    }

    fn saved(&self) -> Result<Was, String> {
        let text = luakit_check::read_text(&self.path);
        let text = text.map_err(|err| format!("cannot read `{}`: {err}", self.path.display()))?;
        let file = Arc::new(SourceFile::new(self.name.clone(), text));
        let config = project::config_of(Some(&self.path));
        Ok(Was { file, loader: Box::new(loader(&self.root, &[])), config })
    }

    fn revision(&self, base: &str) -> Result<Was, String> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let (file, loader) = GitLoader::open(folder, base, &format!("./{name}"))?;
        let settings = loader.nearest(CONFIG_FILE)?;
        let config = settings.map(|file| Config::parse(&file, folder)).transpose()?.unwrap_or_default();
        Ok(Was { file, loader: Box::new(loader), config: Arc::new(config) })
    }
}

/// A script with all that it reads.
struct Was {
    file: Arc<SourceFile>,
    loader: Box<dyn Loader>,
    config: Arc<Config>,
}

fn told(error: &Diagnostic) -> String {
    let line = error.place.file.line_column(error.place.range.start).line;
    format!("{}:{line}: {}", error.place.file.name, error.message)
}
