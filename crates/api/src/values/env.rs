//! Environment variables, in the open and as secrets.

use super::{Either, NonEmpty, Scalar, quote};
use crate::{Arg, Cx, Key, Known, Options, Special, Step, Ty, View};
use std::collections::BTreeMap;

/// Environment variables in the order in which they are set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Env(pub Vec<(String, String)>);

static ENV: Special = Special {
    name: "Env",
    written: &[Ty::Map(&Scalar::TY), Ty::List(&Ty::String)],
    doc: "A map of names to values, taken in the order of the names, or a list of `\"NAME=value\"`.",
};

impl Arg for Env {
    const TY: Ty = Ty::Special(&ENV);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let table = match value.known() {
            Known::Table(table) => table,
            other => return cx.wrong_type(&Self::TY, other.kind()),
        };
        let mut env = Vec::new();
        let mut known = table.complete;
        for (index, item) in table.items.iter().enumerate() {
            match cx.at(Step::Index(index), |cx| env_entry(item, cx)) {
                Some(entry) => env.push(entry),
                None => known = false,
            }
        }
        for (key, value) in &table.fields {
            match cx.at(Step::Key(key.text().into()), |cx| env_pair(key, value, cx)) {
                Some(entry) => env.push(entry),
                None => known = false,
            }
        }
        known.then_some(Env(env))
    }
}

fn env_entry<V: View>(item: &V, cx: &mut Cx) -> Option<(String, String)> {
    let entry = String::read(item, cx)?;
    match entry.split_once('=') {
        Some((name, value)) if !name.is_empty() => Some((name.to_owned(), value.to_owned())),
        _ => {
            let shown = quote(&entry);
            cx.invalid(&format!("must be \"NAME=value\", got {shown}"))
        }
    }
}

fn env_pair<V: View>(key: &Key, value: &V, cx: &mut Cx) -> Option<(String, String)> {
    let value = Scalar::read(value, cx)?;
    match key {
        Key::Name(name) if !name.is_empty() && !name.contains(['=', '\0']) => Some((name.clone(), value.0)),
        _ => {
            cx.invalid::<()>("is not a name of an environment variable");
            cx.focus(crate::Focus::Key);
            None
        }
    }
}

/// Secrets by the names of the environment variables that hold them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SecretEnvs(pub BTreeMap<String, Either<NonEmpty, SecretEnvOptions>>);

impl Arg for SecretEnvs {
    const TY: Ty = <BTreeMap<String, Either<NonEmpty, SecretEnvOptions>> as Arg>::TY;
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let secrets = BTreeMap::read(value, cx)?;
        match secrets.keys().find(|name| name.contains('=')) {
            Some(name) => {
                cx.at(Step::Key(name.clone()), |cx| {
                    cx.invalid::<()>("is not a name of an environment variable");
                    cx.focus(crate::Focus::Key);
                });
                None
            }
            None => Some(Self(secrets)),
        }
    }
}

/// A secret given to a command as an environment variable.
#[derive(Debug, Clone, PartialEq, Eq, Options)]
pub struct SecretEnvOptions {
    /// The id of the secret, as `buildctl build --secret id=…` names it.
    pub id: NonEmpty,
    /// Whether the command runs without it where the secret is not given.
    #[option(default = false)]
    pub optional: bool,
}
