//! The folders that `bk.local_` takes: that of the entry script, unless luakit.toml says otherwise.

use crate::project;
use luakit_analysis::{Folders, Listing};
use luakit_project::{Config, list_folder};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The folders of a script's contexts.
pub(crate) struct Contexts {
    /// The folder of the entry script.
    folder: PathBuf,
    config: Arc<Config>,
}

impl Contexts {
    pub(crate) fn new(folder: &Path) -> Contexts {
        Contexts { folder: folder.to_owned(), config: project::config_of(Some(&folder.join("build.lua"))) }
    }

    /// Returns the folder of a context.
    pub(crate) fn folder(&self, name: &str) -> &Path {
        self.config.contexts.get(name).unwrap_or(&self.folder)
    }
}

impl Folders for Contexts {
    fn list(&self, name: &str, folder: &str) -> Option<Listing> {
        let context = self.folder(name);
        let inner = Path::new(folder);
        // No path of a context leads out of it.
        let leads_out = inner.is_absolute() || inner.components().any(|part| part.as_os_str() == "..");
        if leads_out { None } else { list_folder(&context.join(inner)) }
    }
}
