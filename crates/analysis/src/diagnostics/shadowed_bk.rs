//! Another thing that is called `bk`: behind it the API cannot be reached.

use super::Checker;
use crate::scope::LocalKind;
use crate::types::Kind;
use luakit_diagnostics::Code;

impl Checker<'_, '_> {
    /// Reports each declaration of a `bk` that is not the API itself, as it is in `local bk = bk` and where every
    /// caller of a function gives it.
    pub(super) fn shadowed_bk(&mut self) {
        for (id, local) in self.script.scopes.locals.iter().enumerate() {
            let is_bk =
                local.kind != LocalKind::Itself && local.exists() && self.script.text(local.name) == "bk";
            if !is_bk || self.types.local(id).kind() == Some(Kind::Bk) {
                continue;
            }
            let message = match local.kind {
                LocalKind::Global => "`bk` is given another value: the API is gone from here on",
                LocalKind::Param(..) => "the parameter `bk` hides the API in this function",
                LocalKind::Loop => "the loop's `bk` hides the API in this loop",
                LocalKind::Variable | LocalKind::Function(_) | LocalKind::Itself => {
                    "this `bk` hides the API where it is visible"
                }
            };
            let finding =
                self.finding(Code::SHADOWED_BK, local.name, message).with_hint("give it another name");
            self.found.push(finding);
        }
    }
}
