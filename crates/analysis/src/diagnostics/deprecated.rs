//! Uses of functions that `---@deprecated` says should not be used any more.

use super::Checker;
use crate::Script;
use crate::scope::LocalKind;
use crate::tree::{ExprId, ExprKind, StmtKind};
use crate::types::Kind;
use luakit_diagnostics::Code;
use std::collections::{HashMap, HashSet};

impl Checker<'_, '_> {
    /// Hints at each use of such a function, but not at those in itself.
    pub(super) fn deprecated(&mut self) {
        let script = self.script;
        let declared = declared(script);
        let mut known: HashMap<(bool, usize), Option<String>> = HashMap::new();
        for (id, expr) in script.tree.exprs.iter().enumerate() {
            let (name, ty) = match &expr.kind {
                ExprKind::Name if self.is_its_own_name(id) => (expr.range, self.types.of(id)),
                ExprKind::Field { name, .. } => (*name, self.types.of(id)),
                ExprKind::Call(call) => match call.method {
                    Some(name) => (name, self.types.member(self.types.of(call.callee), script.text(name))),
                    None => continue,
                },
                _ => continue,
            };
            let key = match ty.kind() {
                Some(Kind::Func(func)) if !script.tree.func(func).range.covers(name) => (true, func),
                Some(Kind::Foreign(id)) => (false, id),
                _ => continue,
            };
            if declared.contains(&id) {
                continue;
            }
            let why = known.entry(key).or_insert_with(|| self.types.deprecation(ty));
            let Some(why) = why else { continue };
            let because = if why.is_empty() { String::new() } else { format!(": {why}") };
            let message = format!("`{}` is deprecated{because}", script.text(name));
            self.found.push(self.finding(Code::DEPRECATED, name, message));
        }
    }

    /// Tells whether a name is that of what it means, and none that was given to it later.
    fn is_its_own_name(&self, id: ExprId) -> bool {
        let scopes = &self.script.scopes;
        let local = scopes.names.get(id).copied().flatten().and_then(|local| scopes.locals.get(local));
        local.is_none_or(|local| matches!(local.kind, LocalKind::Function(_) | LocalKind::Global))
    }
}

/// Returns the expressions that are given a value.
fn declared(script: &Script) -> HashSet<ExprId> {
    let mut declared = HashSet::new();
    for stmt in script.tree.stmts() {
        match &stmt.kind {
            StmtKind::Function { target, .. } => {
                declared.insert(*target);
            }
            StmtKind::Assign { targets, .. } => declared.extend(targets),
            _ => {}
        }
    }
    declared
}

#[cfg(test)]
mod tests {
    use crate::testing::check_findings;

    #[test]
    fn uses_of_deprecated_functions_are_told_with_the_reason() {
        check_findings(
            r#"
local m = require("lib.m")
---Builds it.
---@deprecated use `make`
local function old(n)
  return n > 0 and old(n - 1)
end
print(old(1))
--    ^^^ deprecated: `old` is deprecated: use `make`
local again = old
--            ^^^ deprecated: `old` is deprecated: use `make`
m.gone()
--^^^^ deprecated: `gone` is deprecated
m:left()
--^^^^ deprecated: `left` is deprecated: it is slow
m.stays(again)
bk.export(bk.scratch())
--- lib/m.lua
local M = {}
---@deprecated
function M.gone() end
---@deprecated it is slow
function M:left() end
function M.stays() end
return M
"#,
        );
    }
}
