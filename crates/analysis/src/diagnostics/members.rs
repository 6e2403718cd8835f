//! Functions and methods that do not exist, and methods called with `.`.

use super::Checker;
use crate::scope::Target;
use crate::tree::{Call, ExprKind};
use crate::types::Kind;
use luakit_api::words::{Misnomer, dot_call, unknown_function, unknown_method};
use luakit_api::{BK_PLATFORMS, Known, Object, View, bk_function, method, properties_of};
use luakit_diagnostics::{Code, TextRange};

impl<'a> Checker<'_, 'a> {
    /// Reports `bk.nope`: the `bk` table refuses to be asked for what it does not have, whether it is called or not.
    pub(super) fn members(&mut self) {
        for expr in &self.script.tree.exprs {
            let ExprKind::Field { base, name } = expr.kind else { continue };
            let is_bk = self.types.of(base).certain() == Some(Kind::Bk);
            if !is_bk || name.is_empty() || self.guarded.covers(expr.range) {
                continue;
            }
            let text = self.script.text(name);
            let platform = BK_PLATFORMS.iter().any(|property| property.name == text);
            if bk_function(text).is_none() && !platform && !self.is_assigned(text) {
                self.misnomer(Code::UNKNOWN_FUNCTION, name, unknown_function(text));
            }
        }
    }

    /// Tells whether the script gives `bk` a member of this name.
    fn is_assigned(&self, name: &str) -> bool {
        self.script.scopes.flows.iter().any(|flow| match flow.target {
            Target::Field(base, key) => {
                self.types.of(base).kind() == Some(Kind::Bk)
                    && self.script.text(key).trim_matches('"') == name
            }
            _ => false,
        })
    }

    pub(super) fn member_call(&mut self, call: &'a Call) {
        match call.method {
            Some(name) => self.method_call(call, name),
            None => self.dot_call(call),
        }
    }

    fn method_call(&mut self, call: &'a Call, name: TextRange) {
        let text = self.script.text(name);
        if name.is_empty() {
            return;
        }
        match self.types.of(call.callee).certain() {
            Some(Kind::Object(object)) => {
                let property = properties_of(object).iter().any(|property| property.name == text);
                if method(object, text).is_none() && !property {
                    self.misnomer(Code::UNKNOWN_METHOD, name, unknown_method(object, text));
                }
            }
            Some(Kind::Bk) if !self.is_assigned(text) => self.colon_on_bk(name, text),
            _ => {}
        }
    }

    fn colon_on_bk(&mut self, name: TextRange, text: &str) {
        if bk_function(text).is_none() {
            self.misnomer(Code::UNKNOWN_FUNCTION, name, unknown_function(text));
            return;
        }
        let message = format!("bk.{text}: `{text}` is a function, call it with `.` as in `bk.{text}(…)`");
        let finding = self.finding(Code::WRONG_TYPE, name, message);
        let finding = match self.symbol_before(name.start) {
            Some(colon) => finding.with_fix("Write `.`", colon, "."),
            None => finding,
        };
        self.found.push(finding);
    }

    fn dot_call(&mut self, call: &'a Call) {
        let ExprKind::Field { base, name } = self.script.tree.expr(call.callee).kind else { return };
        let text = self.script.text(name);
        if self.types.of(base).certain() != Some(Kind::Object(Object::State)) {
            return;
        }
        if method(Object::State, text).is_none() {
            self.misnomer(Code::UNKNOWN_METHOD, name, unknown_method(Object::State, text));
            return;
        }
        // `base.run(base, "x")` is right, if long.
        let first = call.args.first();
        let passes_state = first.is_some_and(|arg| {
            let view = crate::view::SyntaxView::new(self.types, *arg);
            matches!(view.known(), Known::Unknown | Known::Object(Object::State, _))
        });
        if passes_state {
            return;
        }
        let base = self.script.tree.expr(base);
        let receiver = match base.kind {
            ExprKind::Name => self.script.text(base.range),
            _ => "",
        };
        let misnomer = dot_call(text, receiver);
        let finding = self.finding(Code::DOT_CALL, name, misnomer.message);
        let finding = match self.symbol_before(name.start) {
            Some(dot) => finding.with_fix("Write `:`", dot, ":"),
            None => finding,
        };
        self.found.push(finding);
    }

    fn misnomer(&mut self, code: Code, name: TextRange, misnomer: Misnomer) {
        let mut finding = self.finding(code, name, misnomer.message);
        finding.hints.extend(misnomer.hint);
        if let Some(meant) = misnomer.meant {
            finding = finding.with_fix(format!("Write `{meant}`"), name, meant);
        }
        self.found.push(finding);
    }
}
