//! Names that nothing declares.

use super::Checker;
use crate::tree::{Call, ExprId, ExprKind};
use luakit_api::modules::is_test_name;
use luakit_api::{GLOBALS, TEST_GLOBALS, nearest};
use luakit_diagnostics::Code;
use std::collections::HashSet;

/// For how many names others are looked for that could be meant: who has more has not mistyped them, and each is compared
/// with all that is visible.
const GUESSES: usize = 100;

impl Checker<'_, '_> {
    /// Warns of names that are called or looked into though nothing gives them a value.
    ///
    /// A name that is only read may well be nil on purpose, as in `if DEBUG then`.
    pub(super) fn names(&mut self) {
        // Modules can make globals, and so can a script in ways that the text does not show.
        let hidden = ["require", "_G", "setfenv", "getfenv", "rawset", "load", "loadstring", "_ENV"];
        if self.script.tokens.iter().any(|token| hidden.contains(&self.script.text(token.range))) {
            return;
        }
        let mut used: Vec<ExprId> = Vec::new();
        for expr in &self.script.tree.exprs {
            match &expr.kind {
                ExprKind::Field { base, .. } | ExprKind::Index { base, .. } => used.push(*base),
                ExprKind::Call(Call { callee, .. }) => used.push(*callee),
                _ => {}
            }
        }
        // `if jit then jit.off() end` looks before it leaps.
        let asked: HashSet<&str> = {
            let used: HashSet<ExprId> = used.iter().copied().collect();
            let exprs = self.script.tree.exprs.iter().enumerate();
            let names = exprs.filter(|(id, expr)| {
                matches!(expr.kind, ExprKind::Name) && !self.is_declared(*id) && !used.contains(id)
            });
            names.map(|(_, expr)| self.script.text(expr.range)).collect()
        };
        let tests: &[&str] = if is_test_name(&self.script.file.name) { TEST_GLOBALS } else { &[] };
        let mut count = 0;
        for id in used {
            let range = self.script.tree.expr(id).range;
            let name = self.script.text(range);
            let is_name = matches!(self.script.tree.expr(id).kind, ExprKind::Name);
            if !is_name
                || self.is_declared(id)
                || GLOBALS.contains(&name)
                || tests.contains(&name)
                || asked.contains(name)
                || self.guarded.covers(range)
            {
                continue;
            }
            let locals = self.script.scopes.visible_at(range.start);
            let locals = locals.map(|(_, local)| self.script.text(local.name));
            let known = locals.chain(GLOBALS.iter().chain(tests).copied());
            count += 1;
            let near = if count > GUESSES { None } else { nearest(name, known) };
            self.found.push(match near {
                Some(near) => {
                    let message = format!("`{name}` is not defined, did you mean `{near}`?");
                    let finding = self.finding(Code::UNKNOWN_NAME, range, message);
                    finding.with_fix(format!("Write `{near}`"), range, near)
                }
                None => self.finding(Code::UNKNOWN_NAME, range, format!("`{name}` is not defined")),
            });
        }
    }

    fn is_declared(&self, id: ExprId) -> bool {
        !matches!(self.script.scopes.names.get(id), Some(None))
    }
}
