//! Names in scope, keywords and snippets.

use super::{Completer, CompletionItem, CompletionKind};
use crate::scope::LocalKind;
use luakit_api::{GLOBALS, blocked};
use std::collections::HashSet;

const EXPRESSION_WORDS: &[&str] = &["function", "nil", "not", "true", "false", "and", "or"];
const STATEMENT_WORDS: &[&str] = &[
    "break", "continue", "do", "else", "elseif", "end", "for", "if", "local", "repeat", "return", "then",
    "until", "while",
];

/// A label, what it is, and its text.
const SNIPPETS: &[(&str, &str, &str)] = &[
    ("local function", "a function", "local function ${1:name}($2)\n\t$0\nend"),
    ("if … then", "a condition", "if $1 then\n\t$0\nend"),
    ("for … in ipairs", "a loop over a list", "for _, ${1:item} in ipairs(${2:list}) do\n\t$0\nend"),
    ("for … in pairs", "a loop over a map", "for ${1:key}, ${2:value} in pairs(${3:map}) do\n\t$0\nend"),
];

impl Completer<'_, '_> {
    pub(super) fn names(&self, offset: usize) -> Vec<CompletionItem> {
        let script = self.cursor.script;
        let mut seen: HashSet<&str> = HashSet::new();
        let mut items = Vec::new();
        for (id, local) in script.scopes.visible_at(offset) {
            let name = if local.kind == LocalKind::Itself { "self" } else { script.text(local.name) };
            // What is being typed may itself be taken for a name that is assigned.
            let unused = local.kind == LocalKind::Global && local.writes == 0;
            if unused || local.name.touches(offset) || name.is_empty() || !seen.insert(name) {
                continue;
            }
            let ty = self.types.local(id);
            let function = self.types.is_function(ty);
            let kind = if function { CompletionKind::Function } else { CompletionKind::Variable };
            items.push(CompletionItem {
                detail: self.types.display(ty),
                documentation: self.types.documentation(ty),
                sort: "2".into(),
                ..self.item(name, kind)
            });
        }
        for name in GLOBALS.iter().filter(|name| !seen.contains(**name) && blocked(name).is_none()) {
            let sort = if *name == "bk" { "2" } else { "4" };
            let library =
                super::members::LIBRARIES.iter().any(|(library, _)| library == name) || *name == "bk";
            let kind = if library { CompletionKind::Module } else { CompletionKind::Function };
            items.push(CompletionItem { sort: sort.into(), ..self.item(*name, kind) });
        }
        items.extend(EXPRESSION_WORDS.iter().map(|word| self.item(*word, CompletionKind::Keyword)));
        items
    }

    pub(super) fn statements(&self) -> Vec<CompletionItem> {
        let words = STATEMENT_WORDS.iter().map(|word| self.item(*word, CompletionKind::Keyword));
        let snippets = SNIPPETS.iter().map(|(label, detail, text)| CompletionItem {
            detail: (*detail).into(),
            insert: plain(text),
            snippet: Some((*text).into()),
            sort: "6".into(),
            ..self.item(*label, CompletionKind::Snippet)
        });
        words.chain(snippets).collect()
    }
}

/// Writes a snippet without its marks.
fn plain(snippet: &str) -> String {
    let mut out = String::new();
    let mut rest = snippet;
    while let Some((before, mark)) = rest.split_once('$') {
        out.push_str(before);
        rest = match mark.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            Some((inner, after)) => {
                out.push_str(inner.split_once(':').map_or("", |(_, name)| name));
                after
            }
            None => mark.trim_start_matches(|c: char| c.is_ascii_digit()),
        };
    }
    out + rest
}
