//! States that are made and thrown away: a state never changes, so `s:run("x")` alone does nothing.

use super::guarded::local_of;
use super::{Checker, suggestion};
use crate::scope::LocalKind;
use crate::tree::{Call, ExprId, ExprKind, StmtKind};
use crate::types::{Kind, builtin};
use luakit_api::Object;
use luakit_diagnostics::{Code, TextRange};

impl<'a> Checker<'_, 'a> {
    pub(super) fn unused_states(&mut self) {
        let script = self.script;
        for stmt in script.tree.stmts() {
            if let StmtKind::Call(id) = stmt.kind
                && let ExprKind::Call(call) = &script.tree.expr(id).kind
                && !self.guarded.is_call(self.script, id)
            {
                self.unused_state(id, call);
                self.unused_argument(id, call);
            }
        }
    }

    fn unused_state(&mut self, id: ExprId, call: &'a Call) {
        let method = match call.method {
            Some(name) if self.types.of(call.callee).certain() == Some(Kind::Object(Object::State)) => {
                luakit_api::method(Object::State, self.script.text(name))
            }
            Some(_) => None,
            None => match self.types.of(call.callee).certain() {
                Some(Kind::Builtin(id)) => builtin(id).filter(|function| !function.is_method()),
                _ => None,
            },
        };
        let Some(function) = method else { return };
        if !matches!(function.returns, luakit_api::Ty::Object(Object::State)) {
            return;
        }
        let whole = self.script.tree.expr(id).range;
        let name = self.script.tree.called_name(call).unwrap_or(whole);
        let message = format!("the state that `{}` returns is not used", function.script_name());
        let mut finding = self
            .finding(Code::UNUSED_STATE, name, message)
            .with_hint("a state never changes: each method returns a new one");
        if let Some(root) = self.root(call) {
            let at = TextRange::new(whole.start, whole.start);
            finding.fixes.push(suggestion(format!("Assign it to `{root}`"), at, format!("{root} = ")));
        }
        if let Some(local) = self.new_name(function.name.trim_end_matches('_'), whole.start) {
            let at = TextRange::new(whole.start, whole.start);
            let text = format!("local {local} = ");
            finding.fixes.push(suggestion(format!("Assign it to a new local `{local}`"), at, text));
        }
        self.found.push(finding);
    }

    /// Returns a name that means nothing yet at an offset.
    pub(super) fn new_name(&self, name: &str, offset: usize) -> Option<String> {
        let script = self.script;
        let is_taken = |name: &str| script.visible(name, offset).is_some();
        let numbered = (2..10).map(|number| format!("{name}{number}"));
        std::iter::once(name.to_owned()).chain(numbered).find(|name| !is_taken(name))
    }

    /// Returns the variable that a chain of methods begins with.
    fn root(&self, call: &Call) -> Option<&'a str> {
        let mut id = call.callee;
        call.method?;
        loop {
            match &self.script.tree.expr(id).kind {
                ExprKind::Call(inner) if inner.method.is_some() => id = inner.callee,
                ExprKind::Name => break,
                _ => return None,
            }
        }
        let kind = local_of(self.script, id)?;
        let assignable = matches!(kind, LocalKind::Variable | LocalKind::Param(..) | LocalKind::Global);
        assignable.then(|| self.script.text(self.script.tree.expr(id).range))
    }
}
