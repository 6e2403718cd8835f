//! `bk.export`, which a script calls once.

use super::{Checker, suggestion};
use crate::scope::LocalKind;
use crate::tree::{ExprId, ExprKind, StmtKind};
use crate::types::{Kind, builtin};
use luakit_api::modules::is_entry_name;
use luakit_api::{FunctionId, Object, bk_function, nearest, words};
use luakit_diagnostics::{Code, Edit, Fix, Related, TextRange};

impl Checker<'_, '_> {
    pub(super) fn exports(&mut self) {
        self.duplicate_export();
        self.missing_export();
    }

    fn exports_here(&self, id: ExprId) -> bool {
        match &self.script.tree.expr(id).kind {
            ExprKind::Call(call) if call.method.is_none() => {
                self.types.of(call.callee).certain() == Some(Kind::Builtin(FunctionId::Export))
            }
            _ => false,
        }
    }

    /// Reports a second export among the statements that are always run.
    fn duplicate_export(&mut self) {
        let stmts = self.script.tree.block.stmts.iter();
        let mut exports = stmts.filter_map(|stmt| match stmt.kind {
            StmtKind::Call(id) if self.exports_here(id) => Some(id),
            _ => None,
        });
        let Some(first) = exports.next().map(|id| self.name_range(id)) else { return };
        let later: Vec<TextRange> = exports.map(|id| self.name_range(id)).collect();
        for range in later {
            let line = self.script.file.lines.line(first.start);
            let name = &self.script.file.name;
            let message = format!("bk.export: already called once, at {name}:{line}");
            let mut finding = self
                .finding(Code::DUPLICATE_EXPORT, range, message)
                .with_hint("join states with `bk.merge` and export the result");
            let place = luakit_diagnostics::Place { file: self.script.file.clone(), range: first };
            finding.related.push(Related { place, message: "first called at".into() });
            self.found.push(finding);
        }
    }

    fn name_range(&self, id: ExprId) -> TextRange {
        let expr = self.script.tree.expr(id);
        match &expr.kind {
            ExprKind::Call(call) => self.script.tree.called_name(call).unwrap_or(expr.range),
            _ => expr.range,
        }
    }

    /// Reports that nothing is exported, where that can be told from the text: the dry run knows the rest.
    fn missing_export(&mut self) {
        let file = self.script.file.name.rsplit('/').next().unwrap_or("");
        let named = is_entry_name(file);
        let text = &self.script.masked;
        let mentions = |word: &str| {
            self.script.tokens.iter().any(|token| {
                token.kind != crate::tokens::TokenKind::Comment
                    && self.script.text(token.range).contains(word)
            })
        };
        let exports = ["export", "target", "require"].iter().any(|word| mentions(word));
        let uses = (0..self.script.tree.exprs.len()).any(|id| self.types.of(id).kind() == Some(Kind::Bk));
        if !named || exports || !uses || text.trim().is_empty() || self.misspells_export() {
            return;
        }
        let end = text.trim_end().len();
        let last = self.script.file.lines.line(end);
        let range = self.script.file.line_range(last);
        let (message, hint) = words::MISSING_EXPORT;
        let mut finding = self.finding(Code::MISSING_EXPORT, range, message).with_hint(hint);
        if let Some(name) = self.last_state() {
            let line = format!("bk.export({name})");
            let at = TextRange::new(end, end);
            finding.fixes.push(suggestion(format!("Add `{line}`"), at, format!("\n{line}")));
        } else if let Some(state) = self.last_discarded() {
            let edit = |at: usize, text: &str| Edit { range: TextRange::new(at, at), text: text.into() };
            let edits = vec![edit(state.start, "bk.export("), edit(state.end, ")")];
            finding.fixes.push(Fix { title: "Export the last state".into(), edits, safe: false });
        }
        self.found.push(finding);
    }

    /// Returns the expression that ends the script, if it makes a State that nothing keeps.
    fn last_discarded(&self) -> Option<TextRange> {
        match self.script.tree.block.stmts.last()?.kind {
            StmtKind::Call(id) if self.types.of(id).object() == Some(Object::State) => {
                Some(self.script.tree.expr(id).range)
            }
            _ => None,
        }
    }

    /// Tells whether something is called as if it were an export. That it is no function is told at its own place.
    fn misspells_export(&self) -> bool {
        let mut exprs = self.script.tree.exprs.iter();
        exprs.any(|expr| match &expr.kind {
            ExprKind::Field { base, name } => {
                let name = self.script.text(*name);
                self.types.of(*base).kind() == Some(Kind::Bk)
                    && bk_function(name).is_none()
                    && nearest(name, ["export", "target"]).is_some()
            }
            _ => false,
        })
    }

    /// Returns the name of the last State that is declared at the top level.
    fn last_state(&self) -> Option<&str> {
        let end = self.script.tree.block.range.end;
        let locals = self.script.scopes.locals.iter().enumerate().rev();
        let mut states = locals.filter(|(id, local)| {
            local.kind == LocalKind::Variable
                && local.visible.end >= end
                && self.types.local(*id).object() == Some(Object::State)
        });
        states.next().map(|(_, local)| self.script.text(local.name))
    }
}

/// Tells whether a script calls `bk.export` or `bk.target` at its top level.
pub(crate) fn is_entry(script: &crate::Script) -> bool {
    script.tree.calls().any(|(id, call)| {
        let ExprKind::Field { base, name } = script.tree.expr(call.callee).kind else { return false };
        let is_bk = script.text(script.tree.expr(base).range) == "bk";
        let known = matches!(script.text(name), "export" | "target");
        call.method.is_none() && is_bk && known && script.scopes.inside.get(id) == Some(&None)
    }) && builtin(FunctionId::Export).is_some()
}
