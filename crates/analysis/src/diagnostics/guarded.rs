//! Functions whose errors `pcall` catches: a script may want to see them.

use crate::Script;
use crate::scope::LocalKind;
use crate::tree::{Call, ExprId, ExprKind, FuncId};
use crate::types::{Kind, Types};
use luakit_api::modules::is_test_name;
use luakit_diagnostics::TextRange;
use std::collections::HashSet;

/// What runs in functions whose errors are caught.
pub(super) struct Guarded {
    funcs: Vec<bool>,
    /// Where the outermost of them are, in their order.
    ranges: Vec<TextRange>,
}

impl Guarded {
    pub(super) fn of(script: &Script, types: &Types<'_>) -> Guarded {
        let funcs = functions(script, types);
        let ranges = script.tree.funcs.iter().zip(&funcs).filter(|(_, guarded)| **guarded);
        let mut ranges: Vec<TextRange> = ranges.map(|(func, _)| func.range).collect();
        ranges.sort_unstable();
        ranges.dedup_by(|inner, outer| outer.covers(*inner));
        Guarded { funcs, ranges }
    }

    /// Tells whether a call is in such a function itself.
    pub(super) fn is_call(&self, script: &Script, call: ExprId) -> bool {
        let func = script.scopes.inside.get(call).copied().flatten();
        func.is_some_and(|func| self.funcs.get(func) == Some(&true))
    }

    /// Tells whether a range is in such a function.
    pub(super) fn covers(&self, range: TextRange) -> bool {
        let end = self.ranges.partition_point(|func| func.start <= range.start);
        end.checked_sub(1).and_then(|last| self.ranges.get(last)).is_some_and(|func| func.covers(range))
    }
}

/// Finds the functions that run under `pcall`: those given to it, directly or through a parameter of a helper, those
/// inside them, and those they call. What is given to a function of which nothing is known may end there, too.
fn functions(script: &Script, types: &Types<'_>) -> Vec<bool> {
    let mut guarded = vec![false; script.tree.funcs.len()];
    let mut open: Vec<FuncId> = Vec::new();
    let mut helpers: Vec<(FuncId, usize)> = Vec::new();
    let take = |arg: ExprId, open: &mut Vec<FuncId>, helpers: &mut Vec<(FuncId, usize)>| {
        if let Some(Kind::Func(func)) = types.of(arg).kind() {
            open.push(func);
        }
        if let Some(LocalKind::Param(func, index)) = local_of(script, arg) {
            helpers.push((func, index));
        }
    };
    for (_, call) in script.tree.calls() {
        let path = script.global_path(call.callee).filter(|_| call.method.is_none());
        let caught = match path.as_deref() {
            Some("pcall" | "xpcall") => 1,
            // A test may well expect an error: `expect(function() … end):fails()`.
            Some("expect") if is_test_name(&script.file.name) => 1,
            Some(_) => 0,
            None => match types.of(call.callee).kind() {
                Some(Kind::Func(_) | Kind::Builtin(_)) => 0,
                _ => call.args.len(),
            },
        };
        call.args.iter().take(caught).for_each(|arg| take(*arg, &mut open, &mut helpers));
    }
    let callee = |call: &Call| match types.of(call.callee).kind() {
        Some(Kind::Func(func)) => Some(func),
        _ => None,
    };
    let mut calls_of: Vec<Vec<&Call>> = vec![Vec::new(); guarded.len()];
    let mut callees_in: Vec<Vec<FuncId>> = vec![Vec::new(); guarded.len()];
    for (id, call) in script.tree.calls() {
        let Some(callee) = callee(call) else { continue };
        calls_of.get_mut(callee).into_iter().for_each(|calls| calls.push(call));
        let caller = script.scopes.inside.get(id).copied().flatten();
        caller.and_then(|func| callees_in.get_mut(func)).into_iter().for_each(|callees| callees.push(callee));
    }
    let mut known: HashSet<(FuncId, usize)> = HashSet::new();
    while let Some((helper, index)) = helpers.pop() {
        if !known.insert((helper, index)) {
            continue;
        }
        for arg in calls_of.get(helper).into_iter().flatten().filter_map(|call| call.args.get(index)) {
            take(*arg, &mut open, &mut helpers);
        }
    }
    while let Some(func) = open.pop() {
        let Some(slot) = guarded.get_mut(func) else { continue };
        if std::mem::replace(slot, true) {
            continue;
        }
        // Those inside of a function are right before it in the list.
        let range = script.tree.func(func).range;
        open.extend((0..func).rev().take_while(|inner| range.covers(script.tree.func(*inner).range)));
        open.extend(callees_in.get(func).into_iter().flatten());
    }
    guarded
}

/// Returns the local that an expression names.
pub(super) fn local_of(script: &Script, id: ExprId) -> Option<LocalKind> {
    let id = script.tree.inner(id);
    matches!(script.tree.expr(id).kind, ExprKind::Name).then_some(())?;
    let local = script.scopes.names.get(id).copied().flatten()?;
    script.scopes.locals.get(local).map(|local| local.kind)
}
