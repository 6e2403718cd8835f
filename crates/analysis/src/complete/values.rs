//! Keys of options, and values that an argument or option takes.

use super::{Completer, CompletionItem, CompletionKind};
use luakit_api::render::{field_markdown, function_markdown, signature};
use luakit_api::{FUNCTIONS, Field, Receiver, Ty};
use luakit_diagnostics::TextRange;

impl Completer<'_, '_> {
    /// Returns the keys that a table of options can have and does not, those it must have first.
    pub(super) fn keys(&self, ty: &Ty, have: &[String]) -> Vec<CompletionItem> {
        let mut items = Vec::new();
        for options in ty.options() {
            let fields = options.fields.iter().enumerate();
            for (i, field) in fields.filter(|(_, field)| !have.iter().any(|key| key == field.name)) {
                let order = if field.required { 0 } else { 1 };
                items.push(CompletionItem {
                    detail: field.ty.display(),
                    documentation: field_markdown(field, options),
                    insert: if self.has_value() { field.name.into() } else { format!("{} = ", field.name) },
                    snippet: (!self.has_value()).then(|| snippet(field)),
                    sort: format!("0{order}{i:03}"),
                    ..self.item(field.name, CompletionKind::Option)
                });
            }
        }
        if let Some(item) = ty.item() {
            items.extend(self.values(&item));
        }
        items
    }

    /// Tells whether a `=` already follows.
    fn has_value(&self) -> bool {
        let rest = self.cursor.script.masked.get(self.cursor.word.end..).unwrap_or("").trim_start();
        rest.starts_with('=') && !rest.starts_with("==")
    }

    /// Returns the values of a type that can be listed.
    pub(super) fn values(&self, ty: &Ty) -> Vec<CompletionItem> {
        let mut items = self.choices(ty, None);
        if takes_boolean(ty) {
            for value in ["true", "false"] {
                items.push(CompletionItem { sort: "0".into(), ..self.item(value, CompletionKind::Value) });
            }
        }
        let makers = FUNCTIONS.iter().filter(|function| function.receiver == Receiver::Bk);
        for (i, function) in makers.enumerate() {
            let (Ty::Object(made), Some(wanted)) = (function.returns, object(ty)) else { continue };
            if made == wanted {
                items.push(CompletionItem {
                    detail: signature(function),
                    documentation: function_markdown(function),
                    sort: format!("1{i:03}"),
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
                    documentation: value.doc.into(),
                    range: content.unwrap_or(self.cursor.word),
                    insert: if content.is_some() { value.name.into() } else { format!("\"{}\"", value.name) },
                    sort: format!("0{i:03}"),
                    ..self.item(value.name, CompletionKind::Value)
                });
            }
        }
        items
    }
}

fn takes_boolean(ty: &Ty) -> bool {
    match ty {
        Ty::Boolean => true,
        Ty::Union(types) => types.iter().any(takes_boolean),
        _ => false,
    }
}

fn object(ty: &Ty) -> Option<luakit_api::Object> {
    match ty {
        Ty::Object(object) => Some(*object),
        Ty::Union(types) => types.iter().find_map(object),
        Ty::Special(special) => special.written.iter().find_map(object),
        _ => None,
    }
}

/// Writes an option with a place for its value.
fn snippet(field: &Field) -> String {
    let value = match &field.ty {
        Ty::Choice(choice) => {
            let names: Vec<&str> = choice.values.iter().map(|value| value.name).collect();
            format!("\"${{1|{}|}}\"", names.join(","))
        }
        Ty::Boolean => "${1|true,false|}".into(),
        Ty::String => "\"$1\"".into(),
        Ty::List(Ty::String) => "{ \"$1\" }".into(),
        Ty::List(_) | Ty::Map(_) | Ty::Options(_) => "{ $1 }".into(),
        Ty::Special(special) => match special.written.first() {
            Some(Ty::String) => "\"$1\"".into(),
            Some(Ty::List(_) | Ty::Map(_) | Ty::Options(_)) => "{ $1 }".into(),
            _ => "$1".into(),
        },
        _ => "$1".into(),
    };
    format!("{} = {value}", field.name)
}
