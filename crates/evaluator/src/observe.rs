//! The values that the names of a script had, told by a text that was prepared for it.

use crate::objects;
use crate::run::Run;
use luakit_diagnostics::Place;
use mlua::{Function, Lua, Table, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// The values that a name had at a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// The name, where it gets the values.
    pub place: Place,
    /// Each value once, in the order in which they came, as Lua is written; long ones are cut with `…`. Tables are as
    /// they were at the end.
    pub values: Vec<String>,
    /// Whether there may have been more.
    pub more: bool,
}

/// What was told, by the number of the name.
pub(crate) type Observations = BTreeMap<usize, Told>;

#[derive(Debug, Default)]
pub(crate) struct Told {
    values: Vec<ToldValue>,
    more: bool,
    times: usize,
}

#[derive(Debug, PartialEq)]
enum ToldValue {
    Written(String),
    /// Written at the end of the run, when it holds what the script put into it.
    Table(Table),
}

/// How many values of a name are kept, and how often it is looked at.
const VALUES: usize = 8;
const TIMES: usize = 20;

/// How many characters of a value are kept, and how many entries of a table.
const SHOWN: usize = 240;
const ENTRIES: usize = 12;
const DEPTH: usize = 2;

/// Makes the function that takes a number and a value, and tells whether it has seen enough of that name.
pub(crate) fn observer(lua: &Lua, run: &Rc<Run>) -> mlua::Result<Function> {
    let run = run.clone();
    lua.create_function(move |lua, (number, value): (usize, Value)| {
        let mut observations = run.observations.borrow_mut();
        let told = observations.entry(number).or_default();
        told.times += 1;
        let enough = told.times == TIMES;
        told.more |= enough;
        let value = match value {
            // What functions and states are is told better by what they are made with.
            Value::Function(_) | Value::UserData(_) | Value::Thread(_) => return Ok(enough),
            Value::Table(table) => ToldValue::Table(table),
            value => ToldValue::Written(written(lua, &value)),
        };
        let known = told.values.contains(&value);
        if told.values.len() == VALUES {
            told.more |= !known;
        } else if !known {
            told.values.push(value);
        }
        Ok(enough)
    })
}

/// Returns what was observed, each name at its place.
pub(crate) fn observed(run: &Run) -> Vec<Observed> {
    let mut observations = run.observations.take();
    let mut observed = Vec::new();
    let Some(lua) = run.vm.borrow().clone() else { return observed };
    for loaded in run.files.borrow().iter() {
        for (i, name) in loaded.prepared.observed.iter().enumerate() {
            let Some(told) = observations.remove(&(loaded.prepared.first_observed + i)) else { continue };
            let mut values: Vec<String> = Vec::new();
            for value in told.values {
                let text = match value {
                    ToldValue::Written(text) => text,
                    ToldValue::Table(table) => written(&lua, &Value::Table(table)),
                };
                if !values.contains(&text) {
                    values.push(text);
                }
            }
            if !values.is_empty() {
                let place = Place { file: loaded.file.clone(), range: *name };
                observed.push(Observed { place, values, more: told.more });
            }
        }
    }
    observed
}

/// Writes a value as a script would, without calling anything of the script.
fn written(lua: &Lua, value: &Value) -> String {
    let mut writer = Writer { lua, out: String::new(), within: BTreeSet::new() };
    writer.value(value, 0);
    if writer.out.chars().count() > SHOWN {
        writer.out = writer.out.chars().take(SHOWN).chain(['…']).collect();
    }
    writer.out
}

struct Writer<'l> {
    lua: &'l Lua,
    out: String,
    /// The tables that are being written: one may hold itself.
    within: BTreeSet<usize>,
}

impl Writer<'_> {
    fn value(&mut self, value: &Value, depth: usize) {
        match value {
            Value::Nil => self.out.push_str("nil"),
            Value::Boolean(value) => self.out.push_str(if *value { "true" } else { "false" }),
            Value::Integer(_) | Value::Number(_) => {
                let text = self.lua.coerce_string(value.clone()).ok().flatten();
                self.out.push_str(&text.map_or_else(String::new, |text| text.to_string_lossy()));
            }
            Value::String(text) => quote(&text.as_bytes(), &mut self.out),
            Value::Table(table) => self.table(table, depth),
            Value::UserData(data) => {
                self.out.push_str(objects::id(data).map_or("userdata", |(object, _)| object.name()));
            }
            other => self.out.push_str(other.type_name()),
        }
    }

    fn table(&mut self, table: &Table, depth: usize) {
        let address = table.to_pointer() as usize;
        if depth == DEPTH || !self.within.insert(address) {
            return self.out.push_str("{…}");
        }
        self.out.push('{');
        let len = table.raw_len();
        // In the order of its keys: Lua's own order must never show.
        let mut fields: BTreeMap<Vec<u8>, Value> = BTreeMap::new();
        let mut others = false;
        for (seen, pair) in table.pairs::<Value, Value>().enumerate() {
            let Ok((key, value)) = pair else { break };
            match key {
                Value::String(key) => drop(fields.insert(key.as_bytes().to_vec(), value)),
                Value::Integer(index) if usize::try_from(index).is_ok_and(|it| it >= 1 && it <= len) => {}
                _ => others = true,
            }
            // A table of a million entries takes its time.
            if seen > ENTRIES * 100 {
                others = true;
                break;
            }
        }
        let mut separator = " ";
        let mut left = ENTRIES;
        for index in 1..=len.min(ENTRIES) {
            self.out.push_str(std::mem::replace(&mut separator, ", "));
            let value: Value = table.raw_get(index).unwrap_or(Value::Nil);
            self.value(&value, depth + 1);
            left -= 1;
        }
        for (key, value) in fields.iter().take(left) {
            self.out.push_str(std::mem::replace(&mut separator, ", "));
            match std::str::from_utf8(key) {
                Ok(name) if luakit_api::is_lua_name(name) => self.out.push_str(name),
                _ => {
                    self.out.push('[');
                    quote(key, &mut self.out);
                    self.out.push(']');
                }
            }
            self.out.push_str(" = ");
            self.value(value, depth + 1);
        }
        if others || len > ENTRIES || fields.len() > left {
            self.out.push_str(std::mem::replace(&mut separator, ", "));
            self.out.push('…');
        }
        self.out.push_str(if separator == " " { "}" } else { " }" });
        self.within.remove(&address);
    }
}

/// Writes a string in quotes, cut where it is long.
fn quote(bytes: &[u8], out: &mut String) {
    out.push('"');
    let cut = bytes.get(..SHOWN * 4).unwrap_or(bytes);
    for c in String::from_utf8_lossy(cut).chars().take(SHOWN) {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\{}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
}
