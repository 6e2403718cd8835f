//! Modes written like octal numbers, which Lua does not have: `0755` is 755.

use super::Checker;
use crate::tree::{Call, Entry, ExprKind};
use luakit_api::{Function, Ty};
use luakit_diagnostics::Code;

impl<'a> Checker<'_, 'a> {
    /// Reports numbers that begin with 0 where a mode is meant; the validator sees only their value.
    pub(super) fn octal_modes(&mut self, function: &Function, called: &str, call: &'a Call) {
        for (param, arg) in function.params.iter().zip(&call.args) {
            let ExprKind::Table(entries) = &self.script.tree.expr(self.script.tree.inner(*arg)).kind else {
                continue;
            };
            for entry in entries {
                let Entry::Named { key, value } = entry else { continue };
                let name = self.script.text(*key);
                let is_mode = param.ty.options().iter().any(|options| {
                    let ty = options.field(name).map(|field| &field.ty);
                    matches!(ty, Some(Ty::Special(special)) if matches!(special.name, "Mode" | "CopyMode"))
                });
                let value = self.script.tree.expr(self.script.tree.inner(*value));
                let text = self.script.text(value.range);
                if !is_mode || !looks_octal(text) {
                    continue;
                }
                let quoted = format!("\"{text}\"");
                let message = format!(
                    "{}: {name} {text} is a decimal number in Lua, write the string {quoted}",
                    function.error_name(called)
                );
                let earlier = self.take_finding(value.range);
                let mut finding = self.finding(Code::OCTAL_MODE, value.range, message);
                if let Some(earlier) = earlier {
                    finding.severity = earlier.severity;
                    finding.message = earlier.message;
                    finding.hints = earlier.hints;
                }
                self.found.push(finding.with_fix(format!("Write `{quoted}`"), value.range, quoted));
            }
        }
    }
}

fn looks_octal(text: &str) -> bool {
    text.len() > 1 && text.starts_with('0') && text.bytes().all(|byte| (b'0'..=b'7').contains(&byte))
}
