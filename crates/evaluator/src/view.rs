//! Lua values as the validator sees them: everything is known.

use crate::objects;
use luakit_api::{Key, Kind, Known, Table, View};
use mlua::Value;
use std::cell::Cell;
use std::rc::Rc;

/// A value of a running script.
#[derive(Clone)]
pub(crate) struct LuaView {
    value: Value,
    budget: Rc<Budget>,
}

/// What may still be read of the arguments of one call: a table of a million entries takes its time, and one that
/// holds another a thousand times is read as often.
#[derive(Debug)]
pub(crate) struct Budget {
    pub(crate) entries: Cell<usize>,
    pub(crate) bytes: Cell<usize>,
}

/// The most entries that are read of the tables of one call.
const ENTRIES: usize = 100_000;

impl Budget {
    pub(crate) fn new(bytes: usize) -> Rc<Self> {
        Rc::new(Self { entries: Cell::new(ENTRIES), bytes: Cell::new(bytes) })
    }

    fn take(left: &Cell<usize>, taken: usize) -> bool {
        let rest = left.get().checked_sub(taken);
        left.set(rest.unwrap_or(0));
        rest.is_some()
    }
}

impl LuaView {
    pub(crate) fn new(value: Value, budget: &Rc<Budget>) -> Self {
        Self { value, budget: budget.clone() }
    }
}

impl View for LuaView {
    fn known(&self) -> Known<Self> {
        match &self.value {
            Value::Nil => Known::Nil,
            Value::Boolean(value) => Known::Boolean(Some(*value)),
            Value::Integer(number) => Known::Number(Some(*number as f64)),
            Value::Number(number) => Known::Number(Some(*number)),
            Value::String(text) => {
                let bytes = text.as_bytes();
                if Budget::take(&self.budget.bytes, bytes.len()) {
                    Known::String(Some(bytes.to_vec()))
                } else {
                    Known::Other("a string that is too long")
                }
            }
            Value::Table(table) => entries(table, &self.budget)
                .map_or(Known::Other("a table with too many entries"), Known::Table),
            Value::Function(_) => Known::Function,
            Value::UserData(data) => match objects::id(data) {
                Some((object, id)) => Known::Object(object, Some(id)),
                None => Known::Other("userdata"),
            },
            other => Known::Other(other.type_name()),
        }
    }

    fn kind(&self) -> Kind {
        match &self.value {
            Value::String(_) => Kind::String,
            Value::Table(_) => Kind::Table,
            _ => self.known().kind(),
        }
    }
}

/// Reads a table without its metatable, in the order of its keys: what Lua's own order is must never show.
fn entries(table: &mlua::Table, budget: &Rc<Budget>) -> Option<Table<LuaView>> {
    let mut numbered = Vec::new();
    let mut fields = Vec::new();
    let collected = table.for_each(|key: Value, value: Value| {
        if !Budget::take(&budget.entries, 1) {
            return Err(mlua::Error::runtime("too many entries"));
        }
        let value = LuaView::new(value, budget);
        match key {
            Value::Integer(index) if index > 0 => numbered.push((index as u64, value)),
            Value::Number(index) if index > 0.0 && index.fract() == 0.0 && index < 9e15 => {
                numbered.push((index as u64, value));
            }
            Value::String(name) => fields.push((
                match name.to_str() {
                    Ok(name) => Key::Name(name.to_owned()),
                    Err(_) => Key::Other(name.to_string_lossy()),
                },
                value,
            )),
            Value::Integer(number) => fields.push((Key::Other(number.to_string()), value)),
            Value::Number(number) => {
                fields.push((Key::Other(luakit_api::values::lua_number_text(number)), value));
            }
            Value::Boolean(key) => fields.push((Key::Other(key.to_string()), value)),
            other => {
                let kind = LuaView::new(other, budget).kind();
                fields.push((Key::Other(format!("a {}", kind.name())), value));
            }
        }
        Ok(())
    });
    collected.ok()?;
    numbered.sort_by_key(|(index, _)| *index);
    let mut items = Vec::with_capacity(numbered.len());
    for (index, value) in numbered {
        if index == items.len() as u64 + 1 {
            items.push(value);
        } else {
            fields.push((Key::Other(index.to_string()), value));
        }
    }
    fields.sort_by(|(a, _), (b, _)| a.cmp(b));
    let inherits = table
        .metatable()
        .is_some_and(|meta| !meta.raw_get("__index").is_ok_and(|index: Value| index.is_nil()));
    Some(Table { items, fields, complete: true, inherits })
}
