//! What `require` can be given.

use super::{Completer, CompletionItem, CompletionKind, Documentation};
use luakit_api::modules::{EMBEDDED, LIBRARY, is_test_name};
use luakit_diagnostics::TextRange;
use std::collections::BTreeMap;

impl Completer<'_, '_> {
    pub(super) fn modules(&self, content: TextRange) -> Vec<CompletionItem> {
        let script = self.cursor.script;
        let typed = script.text(TextRange::new(content.start, self.offset.max(content.start)));
        let library = typed.starts_with(LIBRARY);
        let slashes = script.text(content).contains('/') || !typed.contains('.') && self.prefers_slashes();
        let mut modules: BTreeMap<String, (String, Option<&str>)> = BTreeMap::new();
        if !library {
            for path in self.module_paths() {
                if let Some(name) = module_name(&path, slashes) {
                    modules.insert(name, (path, None));
                }
            }
        }
        for (name, text) in EMBEDDED {
            let name = if slashes { (*name).to_owned() } else { name.replace('/', ".") };
            let name = if library { format!("{LIBRARY}{name}") } else { name };
            modules.entry(name).or_insert(("part of luakit".into(), Some(*text)));
        }
        let items = modules.into_iter().map(|(name, (detail, text))| CompletionItem {
            sort: if text.is_some() { "6".into() } else { "5".into() },
            documentation: Documentation::Text(text.map(header).unwrap_or_default()),
            remark: detail.clone(),
            detail,
            range: content,
            ..self.item(name, CompletionKind::Module)
        });
        items.collect()
    }

    /// Returns the paths of the modules that can be required from here.
    pub(super) fn module_paths(&self) -> Vec<String> {
        let own = &self.cursor.script.file.name;
        let mut paths = self.surroundings.loader.map(|loader| loader.modules()).unwrap_or_default();
        paths.retain(|path| {
            let own = own == path || own.strip_suffix(path.as_str()).is_some_and(|rest| rest.ends_with('/'));
            !own && !is_test_name(path)
        });
        paths
    }

    /// Tells whether the script parts its other modules' names by slashes.
    pub(super) fn prefers_slashes(&self) -> bool {
        let names = self.cursor.script.required_modules();
        names.iter().any(|name| name.contains('/') && !name.starts_with(LIBRARY))
    }
}

/// Returns what the comments at the top of a module say.
pub(super) fn header(text: &str) -> String {
    let lines = text.lines().take_while(|line| line.starts_with("--"));
    let lines: Vec<&str> = lines.map(|line| line.trim_start_matches('-').trim()).collect();
    lines.join("\n")
}

/// Returns the name under which a path is required.
pub(super) fn module_name(path: &str, slashes: bool) -> Option<String> {
    let path = path.strip_prefix("luakit_modules/").unwrap_or(path);
    let stem = path.strip_suffix("/init.lua").or_else(|| path.strip_suffix(".lua"))?;
    // A dot in a folder's name would be taken for a separator.
    (!stem.contains('.')).then(|| if slashes { stem.to_owned() } else { stem.replace('/', ".") })
}
