//! What could stand in a string.

use super::{Completer, CompletionItem, CompletionKind};
use crate::Script;
use crate::cursor::{CallAt, Place, Step};
use crate::seen::texts;
use crate::slot::Slot;
use crate::types::{Kind, parsed};
use luakit_api::modules::{Found, find, of_library};
use luakit_api::{FunctionId, Ty};
use luakit_diagnostics::TextRange;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How many files that are required are looked into, and how many texts of others are offered.
const FILES: usize = 32;
const TEXTS: usize = 100;

impl Completer<'_, '_> {
    pub(super) fn in_string(
        &self,
        content: TextRange,
        quote: char,
        closed: bool,
        place: &Place,
    ) -> Vec<CompletionItem> {
        let content = self.value_range(content, closed);
        let script = self.cursor.script;
        let start = content.start.saturating_sub(quote.len_utf8());
        let mut before = script.tokens_before(start).map(|token| script.text(token.range));
        let first = before.next();
        let requires = match first {
            Some("(") => before.next() == Some("require"),
            Some("require") => true,
            _ => false,
        };
        if requires {
            return self.modules(content);
        }
        if first == Some("[") {
            return self.index(start, content);
        }
        let slot = match place {
            Place::Key { .. } => self.slot(place).and_then(Slot::item),
            _ => self.slot(place),
        };
        match slot {
            Some(slot) => self.texts_for(&slot, place, Some(content)),
            None => Vec::new(),
        }
    }

    /// Returns the texts that a place may be given, with quotes unless the cursor is between some.
    pub(super) fn texts_for(
        &self,
        slot: &Slot,
        place: &Place,
        content: Option<TextRange>,
    ) -> Vec<CompletionItem> {
        let choices = self.choices(&slot.ty, content);
        if !choices.is_empty() {
            return choices;
        }
        let mut items = Vec::new();
        let (call, path) = match place {
            Place::Argument { call, path } | Place::Key { call, path, .. } => (call, path.as_slice()),
            Place::Unknown => return items,
        };
        if let Some(paths) = self.context_paths(slot, call, path, content) {
            items.extend(paths);
            if matches!(slot.name(), "src" | "required_paths" | "follow_paths") {
                return items;
            }
        }
        if is_ordinary(slot) {
            return items;
        }
        let mut known: BTreeSet<String> = items.iter().map(|item| item.label.clone()).collect();
        for (text, remark) in self.seen(slot, content) {
            if known.insert(text.clone()) {
                items.push(CompletionItem {
                    detail: remark.clone(),
                    remark,
                    sort: "05".into(),
                    ..self.text(&text, kind_of(slot), content)
                });
            }
        }
        let suggested = self.suggested(slot, content);
        items.extend(suggested.into_iter().filter(|item| !known.contains(&item.label)));
        items
    }

    /// Returns the keys of the table that is indexed.
    fn index(&self, quote: usize, content: TextRange) -> Vec<CompletionItem> {
        let open = self.cursor.tokens.partition_point(|token| token.range.start < quote).checked_sub(1);
        let Some(receiver) = open.and_then(|open| open.checked_sub(1)) else { return Vec::new() };
        let kind = self.cursor.type_ending(self.types, receiver).kind();
        let Some(kind @ (Kind::Table(_) | Kind::Foreign(_))) = kind else { return Vec::new() };
        let fields = self.types.fields_of(kind).into_iter();
        fields.map(|(name, ty)| CompletionItem { range: content, ..self.field(name, ty) }).collect()
    }

    /// Returns what is replaced in a string: a quote that was not closed in time may hold code.
    fn value_range(&self, content: TextRange, closed: bool) -> TextRange {
        let rest = self.cursor.script.masked.get(self.offset..content.end).unwrap_or("");
        let stops = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | ')' | '}' | ']');
        let code = !closed || rest.contains(['=', '{', '}', ',']) || rest.contains(char::is_whitespace);
        let end = match rest.find(stops) {
            Some(at) if code => self.offset + at,
            _ => content.end,
        };
        TextRange::new(content.start, end)
    }

    /// Returns the texts that are given to the same place elsewhere, with where that is.
    fn seen(&self, slot: &Slot, content: Option<TextRange>) -> Vec<(String, String)> {
        let mut counts: BTreeMap<String, (usize, String)> = BTreeMap::new();
        let own = self.cursor.script;
        let mut count = |script: &Script, skip: Option<TextRange>| {
            for seen in texts(script) {
                let here = skip.is_some_and(|skip| seen.range.touches(skip.start));
                let like = seen.slot.is_like(slot)
                    || slot.is_path() && seen.slot.is_path() && seen.text.starts_with('/');
                if like && !here && !seen.text.is_empty() && !seen.text.contains(['\n', '\r', '\0']) {
                    let entry = counts.entry(seen.text).or_insert((0, script.file.name.clone()));
                    entry.0 += 1;
                }
            }
        };
        count(own, content);
        for script in self.others() {
            count(&script, None);
        }
        let mut found: Vec<(String, (usize, String))> = counts.into_iter().collect();
        found.sort_by(|a, b| b.1.0.cmp(&a.1.0).then_with(|| a.0.cmp(&b.0)));
        if found.len() > TEXTS {
            self.cut.set(true);
            found.truncate(TEXTS);
        }
        found.into_iter().map(|(text, (_, file))| (text, format!("in {file}"))).collect()
    }

    /// Returns the other scripts that are at hand, and those that are required.
    fn others(&self) -> Vec<Arc<Script>> {
        let own = self.cursor.script;
        let mut scripts = self.surroundings.others.map_or_else(Vec::new, |find| find());
        scripts.retain(|script| script.file.name != own.file.name);
        let Some(loader) = self.surroundings.loader else { return scripts };
        let mut names: Vec<String> = own.required_modules();
        let mut seen: BTreeSet<String> = BTreeSet::new();
        while let Some(name) = names.pop() {
            if seen.len() >= FILES || !seen.insert(name.clone()) {
                continue;
            }
            // What luakit brings along is not what the project writes.
            if let Found::File(path, file) = find(&name, loader)
                && !of_library(&path)
            {
                let script = parsed(&file);
                names.extend(script.required_modules());
                if !scripts.iter().any(|other| other.file.name == script.file.name) {
                    scripts.push(script);
                }
            }
        }
        scripts
    }

    /// Returns the files that a path of a context can name; `None` where it is not one of a context.
    fn context_paths(
        &self,
        slot: &Slot,
        call: &CallAt,
        path: &[Step],
        content: Option<TextRange>,
    ) -> Option<Vec<CompletionItem>> {
        let of_patterns = || matches!(slot.name(), "include" | "exclude" | "follow_paths" | "required_paths");
        let name = match slot.function.id {
            FunctionId::Local if of_patterns() => self.text_argument(call, 0)?,
            FunctionId::Copy if slot.name() == "src" && path.is_empty() || of_patterns() => {
                self.context_argument(call)?
            }
            FunctionId::CopyAction if slot.name() == "src" && path.is_empty() || of_patterns() => {
                self.context_argument(call)?
            }
            _ => return None,
        };
        self.paths(&name, content)
    }
}

/// Tells whether a place takes texts of which each is its own.
fn is_ordinary(slot: &Slot) -> bool {
    let command = matches!(slot.ty, Ty::Special(special) if special.name == "Command");
    command
        || matches!(slot.name(), "cmd" | "data" | "description" | "test" | "default" | "pubkey" | "signature")
        || slot.name() == "states"
}

fn kind_of(slot: &Slot) -> CompletionKind {
    if slot.function.id == FunctionId::Image && slot.field.is_none() {
        CompletionKind::Value
    } else {
        CompletionKind::Text
    }
}
