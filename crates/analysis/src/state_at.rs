//! Which call made the State that an expression is, as far as the text tells: the op that people mean when they point
//! at a name.

use crate::Script;
use crate::hover::local_at;
use crate::scope::{LocalId, Source, Target};
use crate::tokens::TokenKind;
use crate::tree::{Call, Entry, ExprId, ExprKind, StmtKind};
use crate::types::{Kind, Types};
use luakit_api::Object;
use luakit_api::modules::Loader;
use luakit_diagnostics::TextRange;

/// How far a value is followed.
const STEPS: usize = 16;

/// Returns the call that made the State at an offset, from its name to its end, as source maps have it.
pub fn state_at(script: &Script, offset: usize, loader: Option<&dyn Loader>) -> Option<TextRange> {
    let end = script.tokens.partition_point(|token| token.range.start <= offset);
    let token = script.tokens.iter().take(end).rev().take(2).find(|token| token.range.touches(offset))?;
    if token.kind != TokenKind::Name {
        return None;
    }
    let types = Types::infer(script, loader);
    let finder = Finder { script, types: &types, before: offset };
    let named = script.tree.calls().find(|(_, call)| script.tree.called_name(call) == Some(token.range));
    if let Some((id, call)) = named {
        return finder.of_call(id, call, STEPS);
    }
    if let Some(local) = local_at(script, *token) {
        return finder.of_local(local, STEPS);
    }
    // `sources.go`
    let field = script
        .tree
        .exprs
        .iter()
        .position(|expr| matches!(expr.kind, ExprKind::Field { name, .. } if name == token.range))?;
    finder.of(field, STEPS)
}

struct Finder<'t, 'a> {
    script: &'a Script,
    types: &'t Types<'a>,
    before: usize,
}

impl Finder<'_, '_> {
    fn of(&self, id: ExprId, steps: usize) -> Option<TextRange> {
        let steps = steps.checked_sub(1)?;
        let script = self.script;
        let id = script.tree.inner(id);
        match &script.tree.expr(id).kind {
            ExprKind::Call(call) => self.of_call(id, call, steps),
            ExprKind::Name => self.of_local(script.scopes.names.get(id).copied().flatten()?, steps),
            ExprKind::Field { base, name } => {
                let base = script.tree.inner(*base);
                let local = script.scopes.names.get(base).copied().flatten()?;
                let value = script.scopes.locals.get(local)?.value?;
                let ExprKind::Table(entries) = &script.tree.expr(script.tree.inner(value)).kind else {
                    return None;
                };
                let value = entries.iter().find_map(|entry| match entry {
                    Entry::Named { key, value } if script.text(*key) == script.text(*name) => Some(*value),
                    _ => None,
                })?;
                self.of(value, steps)
            }
            _ => None,
        }
    }

    fn of_call(&self, id: ExprId, call: &Call, steps: usize) -> Option<TextRange> {
        let script = self.script;
        let callee = match call.method {
            Some(name) => self.types.member(self.types.of(call.callee), script.text(name)),
            None => self.types.of(call.callee),
        };
        match callee.kind() {
            // What a helper returns was made inside of it.
            Some(Kind::Func(func)) => {
                let stmts = &script.tree.func(func).block.stmts;
                let StmtKind::Return(values) = &stmts.last()?.kind else { return None };
                self.of(*values.first()?, steps.checked_sub(1)?)
            }
            // Settings make no op: the state's own is still the one below.
            Some(Kind::Builtin(_))
                if call.method.is_some_and(|name| script.text(name).starts_with("with_")) =>
            {
                self.of(call.callee, steps.checked_sub(1)?)
            }
            Some(Kind::Builtin(_)) if self.types.of(id).object() == Some(Object::State) => {
                let name = script.tree.called_name(call)?;
                Some(TextRange::new(name.start, script.tree.expr(id).range.end))
            }
            _ => None,
        }
    }

    /// Returns what made the value that a name has at the cursor: that of the last assignment above it.
    fn of_local(&self, local: LocalId, steps: usize) -> Option<TextRange> {
        let script = self.script;
        let assigned = script.scopes.flows.iter().filter_map(|flow| match (flow.target, flow.source) {
            (Target::Local(target), Source::Expr(value, 0)) if target == local => Some(value),
            _ => None,
        });
        let start = |value: &ExprId| script.tree.expr(*value).range.start;
        let end = |value: &ExprId| script.tree.expr(*value).range.end;
        let declared = script.scopes.locals.get(local)?;
        // On its own declaration, a name is what it is declared with.
        let at_name = declared.name.touches(self.before).then_some(declared.value).flatten();
        let above = assigned.filter(|value| end(value) <= self.before).max_by_key(start);
        self.of(at_name.or(above).or(declared.value)?, steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Files, cursor};

    #[track_caller]
    fn check(fixture: &str, expected: &str) {
        let (text, offset) = cursor(fixture);
        let (script, files) = Files::fixture(&text);
        let found = state_at(&script, offset, Some(&files));
        assert_eq!(found.map_or("nothing", |range| script.text(range)), expected);
    }

    #[test]
    fn a_name_is_the_call_that_made_its_value() {
        check("local s = bk.image('x'):run('a')\nbk.export($0s)", "run('a')");
        check("local $0s = bk.image('x'):run('a')", "run('a')");
        check("local s = bk.im$0age('x'):run('a')", "image('x')");
        check("local s = bk.image('x')\ns = s:run('a')\nprint($0s)\ns = s:run('b')", "run('a')");
        check("local s = bk.image('x'):with_cwd('/')\nprint($0s)", "image('x')");
        check("local t = { a = bk.image('x') }\nprint(t.$0a)", "image('x')");
    }

    #[test]
    fn what_a_helper_returns_was_made_in_it() {
        check("local function f(s)\n  return s:run('a')\nend\nlocal t = $0f(bk.image('x'))", "run('a')");
        check("local function f(s) return f(s) end\nlocal t = $0f(bk.image('x'))", "nothing");
    }

    #[test]
    fn what_is_no_state_has_no_call() {
        check("local $0n = 1", "nothing");
        check("local c = bk.ca$0che('/c')", "nothing");
        check("-- $0s", "nothing");
    }
}
