//! What could be typed at a cursor.

mod comments;
mod documentation;
mod keys;
mod keywords;
mod members;
mod modules;
mod names;
mod paths;
mod requires;
mod snippets;
mod strings;
mod suggestions;
mod values;

pub use documentation::{Documentation, documentation};

use crate::Script;
use crate::cursor::{Context, Cursor, Place};
use crate::slot::Slot;
use crate::surroundings::Surroundings;
use crate::types::Types;
use luakit_api::modules::Loader;
use luakit_diagnostics::TextRange;
use std::cell::Cell;

/// What a completion item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompletionKind {
    Function,
    Method,
    Property,
    Option,
    Value,
    Module,
    Variable,
    Keyword,
    Snippet,
    File,
    Folder,
    Type,
    /// A text that is written elsewhere, too.
    Text,
}

/// Something that could be typed here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletionItem {
    pub label: String,
    pub kind: CompletionKind,
    /// A signature or a type, in a line.
    pub detail: String,
    /// What follows the label in a list: the parameters, in parentheses.
    pub parameters: String,
    /// What stands at the end of its line in a list: what it gives, or where it is from.
    pub remark: String,
    pub documentation: Documentation,
    /// What is replaced, and by what.
    pub range: TextRange,
    pub insert: String,
    /// The same with `$1` placeholders, for clients that have snippets.
    pub snippet: Option<String>,
    /// Items are shown in the order of this, then of their labels.
    pub sort: String,
    pub deprecated: bool,
    /// What is inserted elsewhere, and where.
    pub elsewhere: Option<(usize, String)>,
    /// Characters that take the item and are typed after it.
    pub commit: &'static [&'static str],
}

/// What could be typed here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completions {
    pub items: Vec<CompletionItem>,
    /// Whether there are more that another letter may bring up.
    pub cut: bool,
}

/// Returns what could be typed at an offset.
pub fn completions(script: &Script, offset: usize, loader: Option<&dyn Loader>) -> Vec<CompletionItem> {
    completions_in(script, offset, &Surroundings::of(loader)).items
}

/// Returns what could be typed at an offset, of all that is known around the script.
pub fn completions_in(script: &Script, offset: usize, surroundings: &Surroundings<'_>) -> Completions {
    if script.is_too_large() {
        return Completions::default();
    }
    let offset = offset.min(script.masked.len());
    let cursor = Cursor::new(script, offset);
    if cursor.context == Context::Comment {
        return Completions { items: comments::in_comment(script, offset), cut: false };
    }
    if cursor.context == Context::NewName {
        return Completions { items: keywords::after_local(&cursor), cut: false };
    }
    let types = Types::infer(script, surroundings.loader);
    let completer = Completer { cursor: &cursor, types: &types, offset, surroundings, cut: Cell::new(false) };
    let items = match &cursor.context {
        Context::Comment | Context::NewName => Vec::new(),
        Context::Member { receiver, colon } => completer.members(*receiver, *colon),
        Context::InString { content, quote, closed, place } => {
            completer.in_string(*content, *quote, *closed, place)
        }
        Context::Statement => completer.statement(),
        Context::Expression(place) => completer.expression(place),
    };
    Completions { items, cut: completer.cut.get() }
}

struct Completer<'c, 'a> {
    cursor: &'c Cursor<'a>,
    types: &'c Types<'a>,
    offset: usize,
    surroundings: &'c Surroundings<'c>,
    /// Whether anything was left out.
    cut: Cell<bool>,
}

impl Completer<'_, '_> {
    fn item(&self, label: impl Into<String>, kind: CompletionKind) -> CompletionItem {
        item(label, kind, self.cursor.word)
    }

    /// Returns the place that a value goes to.
    fn slot(&self, place: &Place) -> Option<Slot> {
        let (call, path) = match place {
            Place::Argument { call, path } | Place::Key { call, path, .. } => (call, path),
            Place::Unknown => return None,
        };
        let function = self.cursor.function_ending(self.types, call.callee)?;
        Slot::of(function, self.cursor.argument(function, call), path)
    }

    fn statement(&self) -> Vec<CompletionItem> {
        let mut items = self.names(None);
        items.extend(self.keywords(true));
        items.extend(self.snippets());
        items.extend(self.requires());
        items
    }

    fn expression(&self, place: &Place) -> Vec<CompletionItem> {
        let slot = self.slot(place);
        let mut items = match (&slot, place) {
            (Some(slot), Place::Key { have, .. }) => self.keys(slot, place, have),
            (Some(slot), _) => self.values(slot, place),
            (None, Place::Key { call, path, have }) => self.script_keys(call, path, have),
            (None, _) => Vec::new(),
        };
        // In a table of options only its keys make sense.
        let only_keys = match (&slot, place) {
            (Some(slot), Place::Key { .. }) => slot.ty.item().is_none() && !items.is_empty(),
            (None, Place::Key { .. }) => !items.is_empty(),
            _ => false,
        };
        if !only_keys {
            items.extend(self.names(slot.map(|slot| slot.ty).as_ref()));
            items.extend(self.keywords(false));
            items.extend(self.requires());
        }
        items
    }
}

fn item(label: impl Into<String>, kind: CompletionKind, range: TextRange) -> CompletionItem {
    let label = label.into();
    CompletionItem {
        insert: label.clone(),
        label,
        kind,
        detail: String::new(),
        parameters: String::new(),
        remark: String::new(),
        documentation: Documentation::default(),
        range,
        snippet: None,
        sort: "5".into(),
        deprecated: false,
        elsewhere: None,
        commit: &[],
    }
}

#[cfg(test)]
mod tests;
