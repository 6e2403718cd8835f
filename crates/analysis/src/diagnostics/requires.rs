//! Modules that are not there.

use super::Checker;
use crate::tree::Call;
use crate::types::required;
use luakit_api::modules::{Found, find, missing_message};
use luakit_diagnostics::Code;

impl Checker<'_, '_> {
    /// Reports what is required and not found.
    pub(super) fn requires(&mut self) {
        // A script can fill in modules of its own.
        if self.script.masked.contains("package.preload") || self.script.masked.contains("package.loaded") {
            return;
        }
        for (id, call) in self.script.tree.calls() {
            if !self.guarded.is_call(self.script, id) {
                self.required(call);
            }
        }
    }

    fn required(&mut self, call: &Call) {
        let (Some(loader), Some(name)) = (self.loader, required(self.script, call)) else { return };
        let Some(arg) = call.args.first() else { return };
        let range = self.script.tree.expr(self.script.tree.inner(*arg)).range;
        let finding = match find(&name, loader) {
            Found::File(..) => return,
            Found::Missing(tried) => {
                let (message, hint) = missing_message(&name, &tried);
                self.finding(Code::UNRESOLVED_REQUIRE, range, format!("require: {message}")).with_hint(hint)
            }
            Found::Refused(message) => {
                self.finding(Code::UNRESOLVED_REQUIRE, range, format!("require: {message}"))
            }
        };
        self.found.push(finding);
    }
}
