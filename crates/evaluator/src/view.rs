//! Lua values as the validator sees them: everything is known.

use crate::objects;
use luakit_api::{Key, Known, Object, Table, View};
use mlua::Value;

/// A value of a running script.
#[derive(Clone)]
pub(crate) struct LuaView(pub(crate) Value);

impl View for LuaView {
    fn known(&self) -> Known<Self> {
        match &self.0 {
            Value::Nil => Known::Nil,
            Value::Boolean(value) => Known::Boolean(Some(*value)),
            Value::Integer(number) => Known::Number(Some(*number as f64)),
            Value::Number(number) => Known::Number(Some(*number)),
            Value::String(text) => Known::String(Some(text.as_bytes().to_vec())),
            Value::Table(table) => Known::Table(entries(table)),
            Value::Function(_) => Known::Function,
            Value::UserData(data) => match objects::id(data) {
                Some((object, id)) => Known::Object(object, Some(id)),
                None => Known::Other("userdata"),
            },
            other => Known::Other(other.type_name()),
        }
    }
}

/// Reads a table without its metatable, in the order of its keys: what Lua's own order is must never show.
fn entries(table: &mlua::Table) -> Table<LuaView> {
    let mut numbered = std::collections::BTreeMap::new();
    let mut fields = Vec::new();
    let collected = table.for_each(|key: Value, value: Value| {
        let value = LuaView(value);
        match key {
            Value::Integer(index) if index > 0 => {
                numbered.insert(index as u64, value);
            }
            Value::Number(index) if index > 0.0 && index.fract() == 0.0 && index < 9e15 => {
                numbered.insert(index as u64, value);
            }
            Value::String(name) => fields.push((Key::Name(name.to_string_lossy()), value)),
            Value::Number(number) => {
                fields.push((Key::Other(luakit_api::values::lua_number_text(number)), value))
            }
            other => fields.push((Key::Other(other.type_name().to_owned()), value)),
        }
        Ok(())
    });
    debug_assert!(collected.is_ok());
    let mut items = Vec::new();
    for (index, value) in numbered {
        if index == items.len() as u64 + 1 {
            items.push(value);
        } else {
            fields.push((Key::Other(index.to_string()), value));
        }
    }
    fields.sort_by(|(a, _), (b, _)| a.cmp(b));
    Table { items, fields, complete: true }
}

/// Returns what an object is, if it is one of ours.
pub(crate) fn is_state(value: &Value) -> Option<u32> {
    match value {
        Value::UserData(data) => match objects::id(data) {
            Some((Object::State, id)) => Some(id),
            _ => None,
        },
        _ => None,
    }
}
