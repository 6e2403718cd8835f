//! Keys of tables: those that are names, and those that are numbers.

use crate::Script;
use crate::scope::{LocalId, Source, Target};
use crate::strings::decode;
use crate::tree::{ExprId, ExprKind, StmtKind};
use luakit_diagnostics::TextRange;
use std::collections::HashSet;

/// Returns the name that a key is: a bare one, or what a string says.
pub(crate) fn key_text(script: &Script, range: TextRange) -> Option<String> {
    let text = script.text(range);
    match text.as_bytes().first()? {
        b'"' | b'\'' | b'[' => String::from_utf8(decode(text)?).ok(),
        _ => Some(text.to_owned()),
    }
}

pub(super) fn is_function(script: &Script, value: ExprId) -> bool {
    matches!(script.tree.expr(script.tree.inner(value)).kind, ExprKind::Function(_))
}

/// Tells whether a key is a number by all that the text tells, so that it is no name.
pub(super) fn is_number(script: &Script, numbers: &HashSet<LocalId>, key: ExprId) -> bool {
    let key = script.tree.inner(key);
    match &script.tree.expr(key).kind {
        ExprKind::Number => true,
        ExprKind::Unary { op, .. } => matches!(script.text(*op), "#" | "-"),
        ExprKind::Binary { op, .. } => matches!(script.text(*op), "+" | "-" | "*" | "/" | "//" | "%"),
        ExprKind::Name => {
            let local = script.scopes.names.get(key).copied().flatten();
            local.is_some_and(|local| numbers.contains(&local))
        }
        _ => false,
    }
}

/// Returns the locals that hold numbers: those of counting loops, and the first names of `ipairs`.
pub(super) fn numbers(script: &Script) -> HashSet<LocalId> {
    let mut found = HashSet::new();
    let mut others = HashSet::new();
    for flow in &script.scopes.flows {
        let Target::Local(local) = flow.target else { continue };
        let is_number = match flow.source {
            Source::Number => true,
            Source::Expr(id, 0) => is_number(script, &HashSet::new(), id),
            _ => false,
        };
        if is_number {
            found.insert(local)
        } else {
            others.insert(local)
        };
    }
    found.retain(|local| !others.contains(local));
    let indices: HashSet<TextRange> = script
        .tree
        .stmts()
        .filter_map(|stmt| {
            let StmtKind::GenericFor { names, values, .. } = &stmt.kind else { return None };
            let ExprKind::Call(call) = &script.tree.expr(*values.first()?).kind else { return None };
            (script.global_path(call.callee)? == "ipairs").then_some(names.first()?.name)
        })
        .collect();
    let locals = script.scopes.locals.iter().enumerate();
    found.extend(locals.filter(|(_, local)| indices.contains(&local.name)).map(|(id, _)| id));
    found
}
