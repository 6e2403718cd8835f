//! What an op says, one thing at a time, and which of them two ops say differently.

use super::pairs::Pairs;
use super::{Change, Input, Side};
use crate::json::{self, op};
use crate::{MarshalledOp, name};
use serde_json::Value;
use std::collections::BTreeMap;

/// What an op says, by what it is about.
pub(super) type Facts = BTreeMap<String, String>;

/// How much of what was said is told.
const LONGEST: usize = 200;

/// Tells what the new op says differently, and whether it reads other ops.
pub(super) fn changes(
    before: &Side<'_>,
    after: &Side<'_>,
    old: usize,
    new: usize,
    pairs: &Pairs,
) -> Vec<Change> {
    let (Some(old_op), Some(new_op)) = (before.ops.get(old), after.ops.get(new)) else { return Vec::new() };
    let mut changes = Vec::new();
    if old_op.digest != new_op.digest || old_op.metadata != new_op.metadata {
        changes = different(&facts(old_op), &facts(new_op));
    }
    changes.extend(inputs(before, after, old, new, pairs));
    // How mounts and actions are wired, and what has no words here.
    if changes.is_empty() && pairs.shape(old, new) == Some(false) {
        changes.push(Change { what: "settings".to_owned(), before: None, after: None });
    }
    changes
}

fn different(old: &Facts, new: &Facts) -> Vec<Change> {
    let names: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let changed = names.into_iter().filter(|it| old.get(*it) != new.get(*it));
    let change = |what: &String| Change {
        what: what.clone(),
        before: old.get(what).map(|it| shortened(it)),
        after: new.get(what).map(|it| shortened(it)),
    };
    changed.map(change).collect()
}

fn inputs(before: &Side<'_>, after: &Side<'_>, old: usize, new: usize, pairs: &Pairs) -> Option<Change> {
    let was: Vec<Input> = before.inputs(old).collect();
    let is: Vec<Input> = after.inputs(new).collect();
    let same =
        |(old, from): &Input, (new, to): &Input| from == to && new.and_then(|it| pairs.before(it)) == *old;
    if was.len() == is.len() && was.iter().zip(&is).all(|(old, new)| same(old, new)) {
        return None;
    }
    let gone = was.iter().filter(|old| !is.iter().any(|new| same(old, new)));
    let added = is.iter().filter(|new| !was.iter().any(|old| same(old, new)));
    let (before, after) = (names(before, gone), names(after, added));
    let what = if before.is_none() && after.is_none() { "the order of inputs" } else { "inputs" };
    Some(Change { what: what.to_owned(), before, after })
}

fn names<'a>(side: &Side<'_>, inputs: impl Iterator<Item = &'a Input>) -> Option<String> {
    let name = |(op, output): &Input| {
        let name = op.and_then(|it| side.names.get(it)).map_or("?".to_owned(), |it| name::brief(it));
        if *output == 0 { name } else { format!("{name} ({output})") }
    };
    let names: Vec<String> = inputs.map(name).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// Lists what an op says of itself, but for its inputs.
pub(super) fn facts(op: &MarshalledOp) -> Facts {
    let mut facts = Facts::new();
    let mut put = |what: String, value: String| {
        let mut key = what.clone();
        for number in 2.. {
            if !facts.contains_key(&key) {
                break;
            }
            key = format!("{what} ({number})");
        }
        facts.insert(key, value);
    };
    let kind = name::kind(&op.op);
    let Value::Object(details) = op::details(&op.op) else { return facts };
    for (field, value) in details {
        let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
        match (kind, field.as_str()) {
            ("source", "identifier") => put("source".to_owned(), text(&value)),
            ("exec", "args") => put("command".to_owned(), command(list)),
            ("exec", "env") => {
                for variable in list {
                    let variable = text(variable);
                    let (name, value) = variable.split_once('=').unwrap_or((&variable, ""));
                    put(format!("env {name}"), value.to_owned());
                }
            }
            ("exec", "mounts") => {
                list.iter().for_each(|it| put(format!("mount {}", text(&it["dest"])), mount(it)))
            }
            ("file", "actions") => list.iter().for_each(|it| action(it, &mut put)),
            // How inputs are numbered.
            ("merge" | "diff", _) => {}
            (_, "attrs") => {
                for (name, value) in value.as_object().into_iter().flatten() {
                    if !matches!(name.as_str(), "local.unique" | "local.session") {
                        put(name.clone(), text(value));
                    }
                }
            }
            (_, field) => put(field.to_owned(), text(&value)),
        }
    }
    if let Some(platform) = &op.op.platform {
        put("platform".to_owned(), platform.name());
    }
    for filter in op.op.constraints.iter().flat_map(|it| &it.filter) {
        put("constraints".to_owned(), filter.clone());
    }
    for (name, value) in json::metadata(op).as_object().into_iter().flatten() {
        match name.as_str() {
            "caps" => {}
            "description" => {
                for (name, value) in value.as_object().into_iter().flatten() {
                    let name = if name == "llb.customname" { "name" } else { name };
                    put(name.to_owned(), text(value));
                }
            }
            "linux_resources" => {
                let given = value.as_object().into_iter().flatten().filter(|(_, it)| !is_zero(it));
                given.for_each(|(name, value)| put(name.clone(), text(value)));
            }
            _ => put(name.clone(), text(value)),
        }
    }
    facts
}

/// The words of a command; of one for the shell, what the shell is given.
fn command(args: &[Value]) -> String {
    let args: Vec<&str> = args.iter().filter_map(Value::as_str).collect();
    match args.as_slice() {
        ["/bin/sh", "-c", command] => (*command).to_owned(),
        args => args.join(" "),
    }
}

fn mount(mount: &Value) -> String {
    let mut mount = mount.clone();
    if let Value::Object(map) = &mut mount {
        map.retain(|name, _| !matches!(name.as_str(), "dest" | "input" | "output"));
    }
    text(&mount)
}

fn action(action: &Value, put: &mut impl FnMut(String, String)) {
    for (kind, details) in action.as_object().into_iter().flatten().filter(|(_, it)| it.is_object()) {
        let (first, rest) = match kind.as_str() {
            "copy" => ("src", "dest"),
            "symlink" => ("oldpath", "newpath"),
            _ => ("path", ""),
        };
        let mut details = details.clone();
        let mut words: Vec<String> = Vec::new();
        if let Value::Object(map) = &mut details {
            words.extend([first, rest].iter().filter_map(|it| map.remove(*it)).map(|it| text(&it)));
            // The text tells more than its size, which is all there is of what is no text.
            if map.contains_key("text") {
                map.remove("size");
            }
        }
        words.push(text(&details));
        words.retain(|it| !it.is_empty());
        put(kind.clone(), words.join(" "));
    }
}

fn is_zero(value: &Value) -> bool {
    value.as_i64() == Some(0) || value.as_str().is_some_and(str::is_empty)
}

/// A value in words: `name=value` for what has names, the name alone for what is merely so. What is within is told as
/// if it stood there itself.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(text).collect::<Vec<_>>().join(", "),
        Value::Object(map) => {
            let word = |(name, value): (&String, &Value)| match value {
                Value::Bool(true) => name.clone(),
                Value::Object(_) => text(value),
                value => format!("{name}={}", text(value)),
            };
            map.iter().map(word).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}

/// Puts a value on one line.
fn shortened(value: &str) -> String {
    let value: String = value.escape_debug().to_string().replace("\\\"", "\"").replace("\\'", "'");
    match value.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
        None => value,
    }
}
