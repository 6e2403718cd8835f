//! Paths of the files that `bk.local_` takes, and which of them a state has.

use super::{Completer, CompletionItem, CompletionKind};
use crate::cursor::CallAt;
use crate::scope::LocalKind;
use crate::strings::decode;
use crate::tree::{Entry, ExprId, ExprKind};
use crate::types::Kind;
use luakit_diagnostics::TextRange;

/// How far a value is followed to the `bk.local_` that made it.
const STEPS: usize = 8;

impl Completer<'_, '_> {
    /// Returns the files below the folder that is typed already.
    pub(super) fn paths(&self, name: &str, content: Option<TextRange>) -> Option<Vec<CompletionItem>> {
        let folders = self.surroundings.folders?;
        let quotes = content.is_none();
        let content = content.unwrap_or(TextRange::new(self.offset, self.offset));
        let masked = &self.cursor.script.masked;
        let typed = masked.get(content.start..self.offset)?;
        if typed.contains(['\\', '*', '?', '[']) || typed.split('/').any(|part| part == "..") {
            return None;
        }
        let slash = typed.rfind('/').map_or(0, |slash| slash + 1);
        let folder = typed.get(..slash)?.trim_start_matches("./").trim_start_matches('/');
        let after = masked.get(self.offset..content.end)?;
        let end = self.offset + after.find('/').unwrap_or(after.len());
        let range = TextRange::new(content.start + slash, end);
        // A folder's own slash may follow already.
        let has_slash = after.contains('/');
        let listing = folders.list(name, folder)?;
        if listing.cut {
            self.cut.set(true);
        }
        let items = listing.files.into_iter().map(|file| {
            let label = if file.is_folder { format!("{}/", file.name) } else { file.name.clone() };
            let kind = if file.is_folder { CompletionKind::Folder } else { CompletionKind::File };
            let insert = match (quotes, has_slash) {
                (true, _) => format!("\"{}\"", file.name),
                (_, true) => file.name,
                _ => label.clone(),
            };
            let range = if quotes { self.cursor.word } else { range };
            CompletionItem {
                detail: if file.ignored { "ignored".into() } else { format!("in {name}") },
                sort: if file.ignored { "09".into() } else { "01".into() },
                insert,
                range,
                ..self.item(label, kind)
            }
        });
        Some(items.collect())
    }

    /// Returns an argument of a call that is a string.
    pub(super) fn text_argument(&self, call: &CallAt, n: usize) -> Option<String> {
        let (first, last) = self.cursor.argument_tokens(call.callee, n)?;
        (first == last).then_some(())?;
        self.literal(first)
    }

    fn literal(&self, token: usize) -> Option<String> {
        let text = self.cursor.text(token);
        text.starts_with(['"', '\'', '[', '`']).then_some(())?;
        String::from_utf8(decode(text)?).ok()
    }

    /// Returns the name of the context that the first argument of a call is.
    pub(super) fn context_argument(&self, call: &CallAt) -> Option<String> {
        let (first, last) = self.cursor.argument_tokens(call.callee, 0)?;
        let cursor = self.cursor;
        // `bk.local_("context", …)`, written there.
        if cursor.text(first) == "bk" && cursor.text(first + 2) == "local_" {
            let at = if cursor.text(first + 3) == "(" { first + 4 } else { first + 3 };
            return self.literal(at);
        }
        let name = cursor.text(first);
        let script = cursor.script;
        let (id, _) = script.visible(name, self.offset)?;
        if first == last {
            return self.context_of_local(id, STEPS);
        }
        // `sources.go`
        let field = (first + 2 == last && cursor.text(first + 1) == ".").then(|| cursor.text(last))?;
        let value = script.scopes.locals.get(id)?.value?;
        self.context_of_entry(value, field, STEPS)
    }

    fn context_of_local(&self, id: usize, steps: usize) -> Option<String> {
        let script = self.cursor.script;
        let local = script.scopes.locals.get(id)?;
        match local.kind {
            LocalKind::Param(func, n) => {
                let steps = steps.checked_sub(1)?;
                let calls = script.tree.calls().filter(|(_, call)| {
                    call.method.is_none() && self.types.of(call.callee).kind() == Some(Kind::Func(func))
                });
                let mut args = calls.filter_map(|(_, call)| call.args.get(n));
                args.find_map(|arg| self.context_of(*arg, steps))
            }
            _ => self.context_of(local.value?, steps),
        }
    }

    fn context_of(&self, id: ExprId, steps: usize) -> Option<String> {
        let steps = steps.checked_sub(1)?;
        let script = self.cursor.script;
        let id = script.tree.inner(id);
        match &script.tree.expr(id).kind {
            ExprKind::Name => self.context_of_local(script.scopes.names.get(id).copied().flatten()?, steps),
            ExprKind::Field { base, name } => {
                let base = script.tree.inner(*base);
                let local = script.scopes.names.get(base).copied().flatten()?;
                let value = script.scopes.locals.get(local)?.value?;
                self.context_of_entry(value, script.text(*name), steps)
            }
            ExprKind::Call(call) if script.global_path(call.callee).as_deref() == Some("bk.local_") => {
                let arg = script.tree.expr(script.tree.inner(*call.args.first()?));
                String::from_utf8(decode(script.text(arg.range))?).ok()
            }
            // Settings leave the files as they are.
            ExprKind::Call(call) => {
                let method = script.text(call.method?);
                method.starts_with("with_").then(|| self.context_of(call.callee, steps)).flatten()
            }
            _ => None,
        }
    }

    fn context_of_entry(&self, table: ExprId, field: &str, steps: usize) -> Option<String> {
        let script = self.cursor.script;
        let ExprKind::Table(entries) = &script.tree.expr(script.tree.inner(table)).kind else { return None };
        let value = entries.iter().find_map(|entry| match entry {
            Entry::Named { key, value } if script.text(*key) == field => Some(*value),
            _ => None,
        })?;
        self.context_of(value, steps)
    }
}
