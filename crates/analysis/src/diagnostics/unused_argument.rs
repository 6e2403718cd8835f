//! Arguments of the build that are asked for and thrown away.

use super::{Checker, suggestion};
use crate::tree::{Call, ExprId, ExprKind};
use crate::types::{Kind, builtin};
use luakit_diagnostics::{Code, TextRange};

/// Options of `bk.arg` that refuse a build, so that a call can be there for that alone.
const CHECKS: &[&str] = &["required", "choices", "type"];

impl<'a> Checker<'_, 'a> {
    /// Looks at a call that is a statement.
    pub(super) fn unused_argument(&mut self, id: ExprId, call: &'a Call) {
        if call.method.is_some() || self.may_refuse(call) {
            return;
        }
        let is_arg = match self.types.of(call.callee).certain() {
            Some(Kind::Builtin(id)) => builtin(id).is_some_and(|function| function.script_name() == "bk.arg"),
            _ => self.script.global_path(call.callee).as_deref() == Some("os.getenv"),
        };
        if !is_arg {
            return;
        }
        let whole = self.script.tree.expr(id).range;
        let name = self.script.tree.called_name(call).unwrap_or(whole);
        let function = self.script.text(TextRange::new(whole.start, name.end));
        let message = format!("the value that `{function}` returns is not used");
        let mut finding = self.finding(Code::UNUSED_ARGUMENT, name, message);
        if let Some(local) = self.new_name("value", whole.start) {
            let at = TextRange::new(whole.start, whole.start);
            let text = format!("local {local} = ");
            finding.fixes.push(suggestion(format!("Assign it to a new local `{local}`"), at, text));
        }
        self.found.push(finding);
    }

    /// Tells whether the call may end the build: by what it is given, or by what nobody knows of that.
    fn may_refuse(&self, call: &Call) -> bool {
        let checks = |text: &str| CHECKS.contains(&text.trim_matches(['"', '\'']));
        match call.args.get(2).map(|arg| self.script.tree.expr(self.script.tree.inner(*arg))) {
            None => call.args.last().is_some_and(|last| self.script.gives_many(*last)),
            Some(options) => {
                !matches!(options.kind, ExprKind::Table(_))
                    || self.script.tokens_in(options.range).any(|token| checks(self.script.text(token.range)))
            }
        }
    }
}
