//! Which keys a function of the project reads from a table that it is given: its options, though nobody declared them.

use crate::Script;
use crate::cursor::{CallAt, Cursor, Step};
use crate::scope::{LocalId, LocalKind};
use crate::tree::{Entry, ExprId, ExprKind, FuncId};
use crate::types::{Foreign, Kind, Type, TypeDoc, Types, declared_fields, parsed};
use std::collections::{BTreeMap, HashSet};

/// How many functions a table is followed through.
const DEEPEST: usize = 3;

/// A key that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyRead {
    pub(crate) name: String,
    /// Its type, or what it is unless given.
    pub(crate) detail: String,
    pub(crate) doc: String,
}

/// Returns the keys that the function of the project which a call calls reads at a path in an argument.
pub(crate) fn keys_read(
    cursor: &Cursor<'_>,
    types: &Types<'_>,
    call: &CallAt,
    path: &[Step],
) -> Vec<KeyRead> {
    let names = path.iter().map(|step| match step {
        Step::Key(name) => Some(name.as_str()),
        Step::Item => None,
    });
    let Some(path) = names.collect::<Option<Vec<&str>>>() else { return Vec::new() };
    let colon = cursor.is_method_call(call.callee);
    of_type(types, cursor.type_ending(types, call.callee), call.argument, colon, &path)
}

/// Returns the keys that a function reads. `colon` tells that the object is passed unseen.
fn of_type(types: &Types<'_>, ty: Type, argument: usize, colon: bool, path: &[&str]) -> Vec<KeyRead> {
    match ty.kind() {
        Some(Kind::Func(func)) => of_func(types.script, func, argument, colon, path),
        Some(Kind::Foreign(id)) => match types.foreign.get(id) {
            Some(Foreign::Func { file, range, .. }) => {
                let script = parsed(file);
                let func = script.tree.funcs.iter().position(|func| func.range == *range);
                func.map_or_else(Vec::new, |func| of_func(&script, func, argument, colon, path))
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn of_func(script: &Script, func: FuncId, argument: usize, colon: bool, path: &[&str]) -> Vec<KeyRead> {
    let own = script.tree.func(func).method;
    let index = match (own, colon) {
        (false, true) => Some(argument + 1),
        (true, false) => argument.checked_sub(1),
        _ => Some(argument),
    };
    let Some(param) = index.and_then(|index| script.scopes.params.get(func)?.get(index).copied()) else {
        return Vec::new();
    };
    let name = script.scopes.locals.get(param).map_or("", |local| script.text(local.name));
    let mut keys: BTreeMap<String, KeyRead> = BTreeMap::new();
    if path.is_empty() {
        for TypeDoc { name, ty, doc } in declared_fields(script, func, name) {
            keys.insert(name.clone(), KeyRead { name, detail: ty, doc });
        }
    }
    read(script, param, path, DEEPEST, &mut keys);
    keys.into_values().collect()
}

fn read(script: &Script, param: LocalId, path: &[&str], depth: usize, keys: &mut BTreeMap<String, KeyRead>) {
    let names = aliases(script, param);
    let defaults = defaults(script);
    for (id, expr) in script.tree.exprs.iter().enumerate() {
        match &expr.kind {
            ExprKind::Field { base, name } if is_at(script, *base, path, &names) => {
                let name = script.text(*name).to_owned();
                let key = keys.entry(name.clone()).or_insert(KeyRead {
                    name,
                    detail: String::new(),
                    doc: String::new(),
                });
                if let (true, Some(default)) = (key.detail.is_empty(), defaults.get(&id)) {
                    key.detail = format!("= {default}");
                }
            }
            ExprKind::Call(call) if depth > 0 && call.method.is_none() => {
                let Some(next) = local_function(script, call.callee) else { continue };
                for (i, arg) in call.args.iter().enumerate() {
                    let passes = is_at(script, *arg, &[], &names);
                    let param = script.scopes.params.get(next).and_then(|params| params.get(i));
                    if let (true, Some(next)) = (passes, param)
                        && *next != param_of(&names)
                    {
                        read(script, *next, path, depth - 1, keys);
                    }
                }
            }
            _ => {}
        }
    }
}

fn param_of(names: &HashSet<LocalId>) -> LocalId {
    names.iter().copied().min().unwrap_or(usize::MAX)
}

/// Returns the names that stand for a parameter: itself, and `local opts = opts or {}`.
fn aliases(script: &Script, param: LocalId) -> HashSet<LocalId> {
    let mut names = HashSet::from([param]);
    for (id, local) in script.scopes.locals.iter().enumerate() {
        let Some(value) = local.value else { continue };
        let value = match &script.tree.expr(script.tree.inner(value)).kind {
            ExprKind::Binary { op, left, .. } if script.text(*op) == "or" => *left,
            _ => value,
        };
        if is_at(script, value, &[], &names) {
            names.insert(id);
        }
    }
    names
}

/// Tells whether an expression is what is at a path in one of the names.
fn is_at(script: &Script, id: ExprId, path: &[&str], names: &HashSet<LocalId>) -> bool {
    let id = script.tree.inner(id);
    match (&script.tree.expr(id).kind, path.split_last()) {
        (ExprKind::Name, None) => {
            script.scopes.names.get(id).copied().flatten().is_some_and(|local| names.contains(&local))
        }
        (ExprKind::Field { base, name }, Some((last, rest))) => {
            script.text(*name) == *last && is_at(script, *base, rest, names)
        }
        (ExprKind::Binary { op, left, .. }, _) if script.text(*op) == "or" => {
            is_at(script, *left, path, names)
        }
        _ => false,
    }
}

/// Returns what stands after `or`, by the expression before it.
fn defaults(script: &Script) -> BTreeMap<ExprId, &str> {
    let pairs = script.tree.exprs.iter().filter_map(|expr| match &expr.kind {
        ExprKind::Binary { op, left, right } if script.text(*op) == "or" => {
            let right = script.tree.expr(*right);
            let short = !matches!(&right.kind, ExprKind::Table(entries) if !entries.iter().all(is_plain));
            let text = script.text(right.range);
            (short && text.len() < 40).then_some((*left, text))
        }
        _ => None,
    });
    pairs.collect()
}

fn is_plain(entry: &Entry) -> bool {
    matches!(entry, Entry::Item(_))
}

fn local_function(script: &Script, callee: ExprId) -> Option<FuncId> {
    let local = script.scopes.names.get(callee).copied().flatten()?;
    match script.scopes.locals.get(local)?.kind {
        LocalKind::Function(func) => Some(func),
        _ => None,
    }
}
