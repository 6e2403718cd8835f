//! Values that an argument or option takes: enumerations, what is often meant, what makes an object.

use super::documentation::of_value;
use super::suggestions::suggestions;
use super::{Completer, CompletionItem, CompletionKind, Documentation};
use crate::cursor::Place;
use crate::slot::Slot;
use luakit_api::render::signature;
use luakit_api::{FUNCTIONS, Object, Receiver, Ty};
use luakit_diagnostics::TextRange;

impl Completer<'_, '_> {
    /// Returns the values of a type that can be listed.
    pub(super) fn values(&self, slot: &Slot, place: &Place) -> Vec<CompletionItem> {
        let ty = &slot.ty;
        let mut items = if takes_text(ty) { self.texts_for(slot, place, None) } else { Vec::new() };
        if takes_boolean(ty) {
            // What is not the default is what somebody wants to write.
            let default = slot.field.and_then(|(_, field)| field.default);
            for value in ["true", "false"] {
                let sort = if default == Some(value) { "01" } else { "00" };
                items.push(CompletionItem { sort: sort.into(), ..self.item(value, CompletionKind::Value) });
            }
        }
        let makers = FUNCTIONS.iter().filter(|function| function.receiver == Receiver::Bk);
        for (i, function) in makers.enumerate() {
            let (Ty::Object(made), Some(wanted)) = (function.returns, object(ty)) else { continue };
            if made == wanted {
                items.push(CompletionItem {
                    detail: signature(function),
                    documentation: Documentation::Named(function.script_name()),
                    // States have names, so that those come before what makes one.
                    sort: if made == Object::State { format!("3{i:03}") } else { format!("1{i:03}") },
                    commit: &["("],
                    ..self.item(format!("bk.{}", function.name), CompletionKind::Function)
                });
            }
        }
        items
    }

    /// Returns the values of an enumeration, with quotes unless the cursor is between some.
    pub(super) fn choices(&self, ty: &Ty, content: Option<TextRange>) -> Vec<CompletionItem> {
        let mut items = Vec::new();
        for choice in ty.choices() {
            for (i, value) in choice.values.iter().enumerate() {
                items.push(CompletionItem {
                    detail: choice.name.into(),
                    documentation: of_value(choice, value.doc),
                    sort: format!("0{i:03}"),
                    ..self.text(value.name, CompletionKind::Value, content)
                });
            }
        }
        items
    }

    /// Returns what is often meant at a place.
    pub(super) fn suggested(&self, slot: &Slot, content: Option<TextRange>) -> Vec<CompletionItem> {
        let items = suggestions(slot).into_iter().enumerate().map(|(i, (text, doc))| CompletionItem {
            detail: doc.into(),
            remark: doc.into(),
            sort: format!("1{i:03}"),
            ..self.text(text, CompletionKind::Value, content)
        });
        items.collect()
    }

    /// Makes an item of a text, with quotes unless the cursor is between some.
    pub(super) fn text(
        &self,
        text: &str,
        kind: CompletionKind,
        content: Option<TextRange>,
    ) -> CompletionItem {
        let insert = match content {
            Some(_) => escaped(text),
            None => format!("\"{}\"", escaped(text)),
        };
        CompletionItem { range: content.unwrap_or(self.cursor.word), insert, ..self.item(text, kind) }
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn takes_text(ty: &Ty) -> bool {
    match ty {
        Ty::String | Ty::Choice(_) => true,
        Ty::Union(types) => types.iter().any(takes_text),
        Ty::Special(special) => special.written.iter().any(takes_text),
        _ => false,
    }
}

fn takes_boolean(ty: &Ty) -> bool {
    match ty {
        Ty::Boolean => true,
        Ty::Union(types) => types.iter().any(takes_boolean),
        _ => false,
    }
}

fn object(ty: &Ty) -> Option<Object> {
    match ty {
        Ty::Object(object) => Some(*object),
        Ty::Union(types) => types.iter().find_map(object),
        Ty::Special(special) => special.written.iter().find_map(object),
        _ => None,
    }
}
