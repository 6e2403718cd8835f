//! What is said of names that do not exist, in the same words while typing and while running.

use crate::{BK_PLATFORMS, FUNCTIONS, Object, Receiver, methods_of, nearest, only_near, properties_of};

/// What is said of a script that exports nothing, and the advice with it.
pub const MISSING_EXPORT: (&str, &str) = (
    "no bk.export() call — nothing to build",
    "end the script with `bk.export(state)`, where `state` is what is to be built",
);

/// A message, the name that was probably meant, and advice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misnomer {
    pub message: String,
    pub meant: Option<String>,
    pub hint: Option<String>,
}

/// What other tools call our functions.
const SYNONYMS: &[(&str, &str)] = &[
    ("from", "image"),
    ("pull", "image"),
    ("local", "local_"),
    ("context", "local_"),
    ("empty", "scratch"),
    ("exec", "run"),
    ("shell", "run"),
    ("sh", "run"),
    ("cmd", "run"),
    ("add", "copy"),
    ("cp", "copy"),
    ("write", "mkfile"),
    ("write_file", "mkfile"),
    ("file", "mkfile"),
    ("touch", "mkfile"),
    ("dir", "mkdir"),
    ("makedirs", "mkdir"),
    ("remove", "rm"),
    ("delete", "rm"),
    ("unlink", "rm"),
    ("link", "symlink"),
    ("ln", "symlink"),
    ("metadata", "with_metadata"),
    ("output", "export"),
    ("mount", "bind"),
    ("curl", "http"),
    ("download", "http"),
];

/// Returns what is said of `bk.NAME` where there is no such function.
pub fn unknown_function(name: &str) -> Misnomer {
    let functions = FUNCTIONS.iter().filter(|f| f.receiver == Receiver::Bk).map(|f| f.name);
    let names: Vec<&str> = functions.chain(BK_PLATFORMS.iter().map(|property| property.name)).collect();
    if let Some(method) = crate::method(Object::State, name) {
        return Misnomer {
            message: format!("unknown function `bk.{name}`: `{name}` is a method of a state"),
            meant: None,
            hint: Some(format!("call it on a state, as in `{}`", method.example)),
        };
    }
    misnomer(format!("unknown function `bk.{name}`"), name, &names, "bk")
}

/// Returns what is said of a method that an object does not have.
pub fn unknown_method(object: Object, name: &str) -> Misnomer {
    let mut names: Vec<&str> = methods_of(object).map(|f| f.name).collect();
    names.extend(properties_of(object).iter().map(|property| property.name));
    // A platform has fields and no methods.
    let has_fields_only = methods_of(object).next().is_none() && !properties_of(object).is_empty();
    let kind = if has_fields_only { "field" } else { "method" };
    misnomer(format!("unknown {kind} `{name}` of {}", object.name()), name, &names, object.name())
}

/// Returns what is said of a method that was called with `.`, where `receiver` is what stands before it.
pub fn dot_call(method: &str, receiver: &str) -> Misnomer {
    let receiver = if receiver.is_empty() { "state" } else { receiver };
    Misnomer {
        message: format!(
            "bk.{method}: `{method}` is a method, call it with `:` as in `{receiver}:{method}(…)`"
        ),
        meant: None,
        hint: None,
    }
}

/// Returns what is said of a function of `bk` that was called with `:`.
pub fn colon_call(function: &str) -> Misnomer {
    Misnomer {
        message: format!(
            "bk.{function}: `{function}` is no method, call it with `.` as in `bk.{function}(…)`"
        ),
        meant: None,
        hint: None,
    }
}

fn misnomer(what: String, name: &str, names: &[&str], owner: &str) -> Misnomer {
    let synonym =
        SYNONYMS.iter().find(|(other, ours)| *other == name && names.contains(ours)).map(|(_, ours)| *ours);
    match synonym.or_else(|| nearest(name, names.iter().copied())) {
        Some(near) => Misnomer {
            message: format!("{what}, did you mean `{near}`?"),
            meant: synonym.or_else(|| only_near(name, names.iter().copied())).map(str::to_owned),
            hint: None,
        },
        None if names.is_empty() => Misnomer { message: what, meant: None, hint: None },
        None => {
            let list: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            Misnomer { message: what, meant: None, hint: Some(format!("{owner} has {}", list.join(", "))) }
        }
    }
}
