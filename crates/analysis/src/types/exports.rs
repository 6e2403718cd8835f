//! What a module exports, without looking at the project's files that it requires itself: enough to offer its names.

use super::foreign::parsed;
use super::{Type, Types};
use luakit_api::modules::{LoadError, Loader};
use luakit_diagnostics::SourceFile;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex};

/// A name that a module exports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exported {
    pub(crate) name: String,
    pub(crate) detail: String,
    pub(crate) doc: String,
    pub(crate) is_function: bool,
}

/// Returns what a module exports. The answer is kept: each keystroke asks for that of every module.
pub(crate) fn exported(file: &Arc<SourceFile>) -> Arc<Vec<Exported>> {
    static KNOWN: Mutex<Vec<(u64, Arc<Vec<Exported>>)>> = Mutex::new(Vec::new());
    const KEPT: usize = 256;
    let mut hasher = DefaultHasher::new();
    (&file.name, &file.text).hash(&mut hasher);
    let hash = hasher.finish();
    if let Ok(known) = KNOWN.lock()
        && let Some((_, exports)) = known.iter().find(|(other, _)| *other == hash)
    {
        return exports.clone();
    }
    let exports = Arc::new(work_out(file));
    if let Ok(mut known) = KNOWN.lock() {
        if known.len() >= KEPT {
            known.remove(0);
        }
        known.push((hash, exports.clone()));
    }
    exports
}

/// Finds what luakit brings along, and nothing else.
struct LibraryOnly;

impl Loader for LibraryOnly {
    fn load(&self, _path: &str) -> Result<Arc<SourceFile>, LoadError> {
        Err(LoadError::NotFound)
    }
}

fn work_out(file: &Arc<SourceFile>) -> Vec<Exported> {
    let script = parsed(file);
    let types = Types::infer(&script, Some(&LibraryOnly));
    let Type::Is(kind, _) = types.module else { return Vec::new() };
    let fields = types.fields_of(kind).into_iter().map(|(name, ty)| Exported {
        name,
        detail: types.display(ty),
        doc: types.documentation(ty),
        is_function: types.is_function(ty),
    });
    fields.collect()
}
