//! What is known around a script when a question about it is asked: its modules, other scripts, folders of files.

use crate::Script;
use luakit_api::modules::Loader;
use std::sync::Arc;

/// What a question may look at besides the script. Nothing of it need be there.
#[derive(Default, Clone, Copy)]
pub struct Surroundings<'s> {
    /// Reads what the script requires.
    pub loader: Option<&'s dyn Loader>,
    /// Lists the folders that `bk.local_` takes files from.
    pub folders: Option<&'s dyn Folders>,
    /// Finds other scripts of the project that are at hand, as those open in the editor. Asked only where their texts
    /// may stand, since files may have to be read for it.
    pub others: Option<&'s dyn Fn() -> Vec<Arc<Script>>>,
    /// Writes values as the build will see them.
    pub normal: Normal,
}

/// How values are written in full; each gives `None` for what it cannot read.
#[derive(Default, Clone, Copy)]
pub struct Normal {
    /// `alpine` is `docker.io/library/alpine:latest`.
    pub image: Option<fn(&str) -> Option<String>>,
    /// `linux/aarch64` is `linux/arm64`.
    pub platform: Option<fn(&str) -> Option<String>>,
}

/// The folders that a build takes from its client, by the names that scripts have for them.
pub trait Folders {
    /// Lists a folder of what `bk.local_(name)` takes; `folder` is empty for its root, else it ends in `/`.
    ///
    /// Returns `None` where there is no such folder.
    fn list(&self, name: &str, folder: &str) -> Option<Listing>;
}

/// What is in a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    pub files: Vec<ListedFile>,
    /// Whether there is more than is listed.
    pub cut: bool,
}

/// A file or folder in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedFile {
    pub name: String,
    pub is_folder: bool,
    /// Whether it is hidden, or ignored by git.
    pub ignored: bool,
}

impl<'s> Surroundings<'s> {
    /// Nothing but the modules.
    pub fn of(loader: Option<&'s dyn Loader>) -> Self {
        Self { loader, ..Self::default() }
    }
}
