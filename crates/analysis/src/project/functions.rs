//! How the functions of a script are called: the name each is declared with.

use crate::Script;
use crate::tree::{Entry, ExprId, ExprKind, FuncId, StmtKind};
use luakit_diagnostics::TextRange;

/// The name of a function where it is declared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FuncName {
    /// The token of the name; a function that is only a value has none.
    pub(crate) token: Option<TextRange>,
    /// The whole path, such as `M.sub.f`.
    pub(crate) path: String,
    /// From its first word to its `end`.
    pub(crate) full: TextRange,
    pub(crate) method: bool,
    /// The function around it.
    pub(crate) outer: Option<FuncId>,
}

/// Returns the names of all functions, by their ids.
pub(crate) fn func_names(script: &Script) -> Vec<FuncName> {
    let tree = &script.tree;
    let mut names: Vec<FuncName> = tree
        .funcs
        .iter()
        .map(|func| FuncName { full: func.range, method: func.method, ..FuncName::default() })
        .collect();
    let set = |names: &mut Vec<FuncName>, func: FuncId, token: TextRange, path: String, start: usize| {
        if let Some(name) = names.get_mut(func).filter(|name| name.token.is_none()) {
            name.token = Some(token);
            name.path = path;
            name.full = TextRange::new(start, name.full.end);
        }
    };
    for stmt in script.tree.stmts() {
        let start = stmt.range.start;
        match &stmt.kind {
            StmtKind::LocalFunction { name, func } => {
                set(&mut names, *func, *name, script.text(*name).to_owned(), start);
            }
            StmtKind::Function { target, func } => {
                if let Some(token) = last_name(script, *target) {
                    set(&mut names, *func, token, path_of(script, *target), start);
                }
            }
            StmtKind::Local { names: declared, values } => {
                for (param, value) in declared.iter().zip(values) {
                    if let ExprKind::Function(func) = tree.expr(tree.inner(*value)).kind {
                        set(
                            &mut names,
                            func,
                            param.name,
                            script.text(param.name).to_owned(),
                            param.name.start,
                        );
                    }
                }
            }
            StmtKind::Assign { targets, values } => {
                for (target, value) in targets.iter().zip(values) {
                    if let (ExprKind::Function(func), Some(token)) =
                        (&tree.expr(tree.inner(*value)).kind, last_name(script, *target))
                    {
                        let start = tree.expr(*target).range.start;
                        set(&mut names, *func, token, path_of(script, *target), start);
                    }
                }
            }
            _ => {}
        }
    }
    for expr in &tree.exprs {
        let ExprKind::Table(entries) = &expr.kind else { continue };
        for entry in entries {
            if let Entry::Named { key, value } = entry
                && let ExprKind::Function(func) = tree.expr(tree.inner(*value)).kind
            {
                set(&mut names, func, *key, script.text(*key).to_owned(), key.start);
            }
        }
    }
    nest(script, &mut names);
    names
}

/// Finds the function around each: those that begin later and are not over lie inside.
fn nest(script: &Script, names: &mut [FuncName]) {
    let mut order: Vec<FuncId> = (0..names.len()).collect();
    let range = |id: FuncId| script.tree.func(id).range;
    order.sort_by_key(|id| (range(*id).start, std::cmp::Reverse(range(*id).end)));
    let mut open: Vec<FuncId> = Vec::new();
    for id in order {
        while open.last().is_some_and(|outer| range(*outer).end <= range(id).start) {
            open.pop();
        }
        if let Some(name) = names.get_mut(id) {
            name.outer = open.last().copied();
        }
        open.push(id);
    }
}

/// Returns the token that an assignment's target ends with.
fn last_name(script: &Script, target: ExprId) -> Option<TextRange> {
    let expr = script.tree.expr(target);
    match &expr.kind {
        ExprKind::Name => Some(expr.range),
        ExprKind::Field { name, .. } => Some(*name),
        _ => None,
    }
}

fn path_of(script: &Script, target: ExprId) -> String {
    const LONGEST: usize = 100;
    let text = script.text(script.tree.expr(target).range);
    text.chars().filter(|c| !c.is_whitespace()).take(LONGEST).collect()
}
