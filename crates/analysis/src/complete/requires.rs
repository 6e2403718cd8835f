//! What modules of the project export, for scripts that do not require them yet: the `require` is added along.

use super::members::parts;
use super::modules::{header, module_name};
use super::{Completer, CompletionItem, CompletionKind, Documentation};
use crate::tokens::TokenKind;
use crate::tree::{ExprKind, StmtKind};
use crate::types::{Exported, exported, required};
use luakit_api::modules::{EMBEDDED, Found, LIBRARY, find};
use luakit_api::{GLOBALS, is_lua_name};
use std::sync::Arc;

/// How many modules are looked into for what they export.
const MODULES: usize = 64;

/// A module that could be required.
struct Candidate {
    /// The name that `require` takes.
    module: String,
    /// The name that a script would give it.
    name: String,
    of_library: bool,
}

impl Completer<'_, '_> {
    /// Returns the modules that are not required yet, and what they export.
    pub(super) fn requires(&self) -> Vec<CompletionItem> {
        let mut items = Vec::new();
        let typed = self.cursor.script.text(self.cursor.prefix).to_lowercase();
        for candidate in self.candidates() {
            let Candidate { module, name, of_library } = &candidate;
            let sort = if *of_library { "8" } else { "7" };
            items.push(self.with_require(
                &candidate,
                CompletionItem {
                    detail: format!("require(\"{module}\")"),
                    remark: module.clone(),
                    documentation: Documentation::Text(self.about(module)),
                    sort: sort.into(),
                    ..self.item(name, CompletionKind::Module)
                },
            ));
            // What the whole library exports is more than anyone looks through, so that a letter is waited for.
            if typed.is_empty() && *of_library {
                continue;
            }
            for export in self.exported(module).iter() {
                if !is_lua_name(&export.name) || !export.name.to_lowercase().starts_with(&typed) {
                    continue;
                }
                let mut item = self.export(export);
                item.insert = format!("{name}.{}", export.name);
                item.snippet = item.snippet.map(|call| format!("{name}.{call}"));
                item.remark = module.clone();
                item.sort = format!("{sort}1");
                items.push(self.with_require(&candidate, item));
            }
        }
        items
    }

    /// Returns what a module has that is called by its name although it is not required.
    pub(super) fn members_of_unrequired(&self, name: &str) -> Vec<CompletionItem> {
        let mut items = Vec::new();
        for candidate in self.candidates().into_iter().filter(|candidate| candidate.name == name) {
            for export in self.exported(&candidate.module).iter().filter(|export| is_lua_name(&export.name)) {
                let remark = candidate.module.clone();
                let item = CompletionItem { remark, sort: "1".into(), ..self.export(export) };
                items.push(self.with_require(&candidate, item));
            }
        }
        items
    }

    fn export(&self, export: &Exported) -> CompletionItem {
        let kind = if export.is_function { CompletionKind::Function } else { CompletionKind::Property };
        let parameters = parts(&export.detail).0;
        CompletionItem {
            snippet: self.call_snippet(export.is_function, &export.name, &parameters),
            detail: export.detail.clone(),
            parameters,
            documentation: Documentation::Text(export.doc.clone()),
            ..self.item(&export.name, kind)
        }
    }

    fn candidates(&self) -> Vec<Candidate> {
        let script = self.cursor.script;
        let slashes = self.prefers_slashes();
        let known = script.required_modules();
        let known: Vec<String> = known.iter().map(|name| name.replace('/', ".")).collect();
        let own =
            self.module_paths().into_iter().filter_map(|path| Some((module_name(&path, slashes)?, false)));
        let library = EMBEDDED
            .iter()
            .map(|(name, _)| (if slashes { (*name).to_owned() } else { name.replace('/', ".") }, true));
        let mut candidates: Vec<Candidate> = Vec::new();
        for (module, of_library) in own.chain(library).take(MODULES + EMBEDDED.len()) {
            let dotted = module.replace('/', ".");
            let name = dotted.rsplit('.').next().unwrap_or(&dotted).to_owned();
            let taken = GLOBALS.contains(&&*name)
                || self.is_local(&name)
                || candidates.iter().any(|other| other.name == name && !other.of_library && of_library);
            let known = known.iter().any(|it| *it == dotted || it.strip_prefix(LIBRARY) == Some(&*dotted));
            if !known && !taken && is_lua_name(&name) {
                candidates.push(Candidate { module, name, of_library });
            }
        }
        candidates
    }

    fn exported(&self, module: &str) -> Arc<Vec<Exported>> {
        match self.surroundings.loader.map(|loader| find(module, loader)) {
            Some(Found::File(_, file)) => exported(&file),
            _ => Arc::default(),
        }
    }

    fn about(&self, module: &str) -> String {
        match self.surroundings.loader.map(|loader| find(module, loader)) {
            Some(Found::File(_, file)) => header(&file.text),
            _ => String::new(),
        }
    }

    fn with_require(&self, candidate: &Candidate, mut item: CompletionItem) -> CompletionItem {
        let (at, blank) = self.require_line();
        let script = self.cursor.script;
        let end = if script.file.text.contains("\r\n") { "\r\n" } else { "\n" };
        let blank = if blank { end } else { "" };
        let line = format!("local {} = require(\"{}\"){end}{blank}", candidate.name, candidate.module);
        // Two edits at one place have no order, so there it is one.
        if at == item.range.start {
            item.insert.insert_str(0, &line);
            if let Some(snippet) = &mut item.snippet {
                snippet.insert_str(0, &line);
            }
        } else {
            item.elsewhere = Some((at, line));
        }
        item
    }

    /// Returns where a further `require` belongs, and whether an empty line should follow.
    fn require_line(&self) -> (usize, bool) {
        let script = self.cursor.script;
        let lines = &script.file.lines;
        let before = |offset: usize| offset <= self.cursor.word.start;
        let requires = script.tree.block.stmts.iter().filter(|stmt| {
            let StmtKind::Local { values, .. } = &stmt.kind else { return false };
            let first = values.first().map(|value| &script.tree.expr(script.tree.inner(*value)).kind);
            matches!(first, Some(ExprKind::Call(call)) if required(script, call).is_some())
        });
        if let Some(last) = requires.rev().find(|stmt| before(stmt.range.end)) {
            let next = lines.line(last.range.end) + 1;
            if next <= lines.line_count() && before(lines.start(next)) {
                return (lines.start(next), false);
            }
        }
        // In front of the first statement and the comments that document it, but behind the file's own header.
        let Some(first) = script.tokens.iter().find(|token| token.kind != TokenKind::Comment) else {
            return (self.cursor.word.start, false);
        };
        let mut line = lines.line(first.range.start);
        let end = script.tokens.partition_point(|token| token.range.start < first.range.start);
        for comment in script.tokens.iter().take(end).rev() {
            let above = lines.line(comment.range.start);
            if above + 1 != line || !script.text(comment.range).starts_with("---") {
                break;
            }
            line = above;
        }
        let is_require =
            script.text(script.tree.block.stmts.first().map(|stmt| stmt.range).unwrap_or_default());
        (lines.start(line).min(self.cursor.word.start), !is_require.contains("require"))
    }
}
