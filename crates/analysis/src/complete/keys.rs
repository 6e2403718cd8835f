//! Keys of tables: options of the API, entries of maps, and what a function of the project reads.

use super::documentation::name_of;
use super::suggestions::map_keys;
use super::{Completer, CompletionItem, CompletionKind, Documentation};
use crate::cursor::{CallAt, Place, Step};
use crate::options_read::{KeyRead, keys_read};
use crate::slot::Slot;
use luakit_api::modules::is_test_name;
use luakit_api::{EVALUATE_OPTIONS, Field, Ty, is_lua_name};

impl Completer<'_, '_> {
    /// Returns the keys that a table of options can have and does not, those it must have first.
    pub(super) fn keys(&self, slot: &Slot, place: &Place, have: &[String]) -> Vec<CompletionItem> {
        let ty = &slot.ty;
        let mut items = Vec::new();
        for options in ty.options() {
            let fields = options.fields.iter().enumerate();
            // An option that takes nil is there to be refused.
            let fields = fields.filter(|(_, field)| !matches!(field.ty, Ty::Nil));
            for (i, field) in fields.filter(|(_, field)| !have.iter().any(|key| key == field.name)) {
                let order = if field.required { 0 } else { 1 };
                let shown = field.ty.display();
                items.push(CompletionItem {
                    remark: if field.required { format!("{shown}, required") } else { shown.clone() },
                    detail: shown,
                    documentation: name_of(field, options),
                    insert: if self.has_value() { field.name.into() } else { format!("{} = ", field.name) },
                    snippet: (!self.has_value()).then(|| snippet(field)),
                    sort: format!("0{order}{i:03}"),
                    ..self.item(field.name, CompletionKind::Option)
                });
            }
        }
        if items.is_empty() {
            items.extend(self.map_keys(slot, have));
        }
        if ty.item().is_some()
            && let Some(slot) = slot.item()
        {
            items.extend(self.values(&slot, place));
        }
        items
    }

    fn map_keys(&self, slot: &Slot, have: &[String]) -> Vec<CompletionItem> {
        let keys = map_keys(slot).iter().enumerate().filter(|(_, (key, _))| !have.iter().any(|it| it == key));
        let items = keys.map(|(i, (key, doc))| {
            let written = if is_lua_name(key) { (*key).to_owned() } else { format!("[\"{key}\"]") };
            CompletionItem {
                detail: (*doc).into(),
                remark: (*doc).into(),
                insert: if self.has_value() { written.clone() } else { format!("{written} = ") },
                snippet: (!self.has_value()).then(|| format!("{written} = \"$1\"")),
                sort: format!("1{i:03}"),
                ..self.item(*key, CompletionKind::Option)
            }
        });
        items.collect()
    }

    /// Returns the keys that a function of the project reads from the table it is given.
    pub(super) fn script_keys(&self, call: &CallAt, path: &[Step], have: &[String]) -> Vec<CompletionItem> {
        if self.evaluates(call) && path.is_empty() {
            return self.evaluate_options(have);
        }
        let keys = keys_read(self.cursor, self.types, call, path);
        let keys = keys.into_iter().filter(|key| !have.contains(&key.name));
        let items = keys.map(|KeyRead { name, detail, doc }| CompletionItem {
            remark: detail.clone(),
            detail,
            documentation: Documentation::Text(doc),
            insert: if self.has_value() { name.clone() } else { format!("{name} = ") },
            sort: "01".into(),
            ..self.item(name, CompletionKind::Option)
        });
        items.collect()
    }

    /// Tells whether the cursor is in the options of `luakit.evaluate`, which test files have.
    fn evaluates(&self, call: &CallAt) -> bool {
        let name = |back: usize| call.callee.checked_sub(back).map_or("", |at| self.cursor.text(at));
        is_test_name(&self.cursor.script.file.name)
            && (name(2), name(1), name(0)) == ("luakit", ".", "evaluate")
            && call.argument == 1
    }

    fn evaluate_options(&self, have: &[String]) -> Vec<CompletionItem> {
        let options = EVALUATE_OPTIONS.iter().filter(|(name, ..)| !have.iter().any(|key| key == name));
        let items = options.map(|(name, ty, doc)| CompletionItem {
            detail: (*ty).into(),
            remark: (*ty).into(),
            documentation: (*doc).into(),
            insert: if self.has_value() { (*name).into() } else { format!("{name} = ") },
            sort: "01".into(),
            ..self.item(*name, CompletionKind::Option)
        });
        items.collect()
    }

    /// Tells whether a `=` already follows.
    fn has_value(&self) -> bool {
        let rest = self.cursor.script.masked.get(self.cursor.word.end..).unwrap_or("").trim_start();
        rest.starts_with('=') && !rest.starts_with("==")
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
