//! What `require` can be given.

use super::{Completer, CompletionItem, CompletionKind};
use luakit_api::modules::EMBEDDED;
use luakit_diagnostics::TextRange;
use std::collections::BTreeMap;

impl Completer<'_, '_> {
    pub(super) fn modules(&self, content: TextRange) -> Vec<CompletionItem> {
        let script = self.cursor.script;
        let slashes = script.text(content).contains('/');
        let mut modules: BTreeMap<String, String> = BTreeMap::new();
        for path in self.loader.map(|loader| loader.modules()).unwrap_or_default() {
            if path != script.file.name
                && let Some(name) = module_name(&path, slashes)
            {
                modules.insert(name, path);
            }
        }
        for (name, _) in EMBEDDED {
            let name = if slashes { (*name).to_owned() } else { name.replace('/', ".") };
            modules.entry(name).or_insert_with(|| "part of luakit".into());
        }
        let items = modules.into_iter().map(|(name, path)| CompletionItem {
            detail: path,
            range: content,
            ..self.item(name, CompletionKind::Module)
        });
        items.collect()
    }
}

/// Returns the name under which a path is required.
fn module_name(path: &str, slashes: bool) -> Option<String> {
    let path = path.strip_prefix("luakit_modules/").unwrap_or(path);
    let stem = path.strip_suffix("/init.lua").or_else(|| path.strip_suffix(".lua"))?;
    // A dot in a folder's name would be taken for a separator.
    (!stem.contains('.')).then(|| if slashes { stem.to_owned() } else { stem.replace('/', ".") })
}
