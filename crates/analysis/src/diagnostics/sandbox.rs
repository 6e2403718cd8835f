//! Names of Lua's libraries that build scripts do not have.

use super::Checker;
use crate::tree::Call;
use luakit_api::blocked;
use luakit_diagnostics::Code;

impl<'a> Checker<'_, 'a> {
    /// Reports a call of a blocked name. Reading one is no mistake: `if io.open then` is how scripts find out.
    pub(super) fn sandboxed(&mut self, call: &'a Call) {
        if call.method.is_some() {
            return;
        }
        let Some(path) = self.script.global_path(call.callee) else { return };
        let Some(blocked) = blocked(path.strip_prefix("_G.").unwrap_or(&path)) else { return };
        let range = self.script.tree.expr(call.callee).range;
        let finding = self.finding(Code::SANDBOXED, range, blocked.message()).with_hint(blocked.hint);
        self.found.push(finding);
    }
}
