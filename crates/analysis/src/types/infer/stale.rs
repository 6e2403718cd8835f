//! What has to be worked out again, since something that it depends on has changed.

use super::Flow;
use crate::scope::{Source, Target};
use crate::tree::{Call, Entry, ExprId, ExprKind};
use crate::types::Kind;

impl Flow<'_> {
    /// Tells whether anything that an expression depends on has changed since it was worked out.
    pub(super) fn is_stale(&self, id: ExprId) -> bool {
        let script = self.types.script;
        let stamps = &self.stamps;
        let seen = stamps.expr(id);
        if seen == 0 || stamps.careless {
            return true;
        }
        let newer = |id: &ExprId| stamps.expr(*id) > seen;
        match &script.tree.expr(id).kind {
            ExprKind::Name => match script.scopes.names.get(id).copied().flatten() {
                Some(local) => stamps.local(local) > seen,
                None => false,
            },
            ExprKind::Field { base, .. } | ExprKind::Index { base, .. } => {
                newer(base) || self.has_fields(*base) && stamps.shared > seen
            }
            ExprKind::Call(call) => {
                newer(&call.callee)
                    || call.args.iter().any(newer)
                    || !self.is_plain_call(call)
                        && (stamps.shared > seen || self.has_newer_params(call, seen))
            }
            ExprKind::Table(entries) => entries.iter().any(|entry| match entry {
                Entry::Item(value) | Entry::Named { value, .. } | Entry::Keyed { value, .. } => newer(value),
            }),
            ExprKind::Binary { left, right, .. } => newer(left) || newer(right),
            ExprKind::If { values, .. } => values.iter().any(newer),
            ExprKind::Paren(inner) | ExprKind::Cast { value: inner, .. } => newer(inner),
            // The others are not live.
            _ => false,
        }
    }

    /// Tells whether what an expression has inside can change though its type does not.
    fn has_fields(&self, base: ExprId) -> bool {
        matches!(self.types.of(base).kind(), Some(Kind::Table(_) | Kind::Foreign(_)))
    }

    /// Tells whether what a call gives depends on nothing but the types of its parts: `bk.image("x")`.
    pub(super) fn is_plain_call(&self, call: &Call) -> bool {
        let plain = match call.method {
            Some(_) => matches!(self.types.of(call.callee).kind(), Some(Kind::Object(_))),
            None => matches!(self.types.of(call.callee).kind(), Some(Kind::Builtin(_))),
        };
        let function = |id: &ExprId| matches!(self.types.of(*id).kind(), Some(Kind::Func(_)));
        plain && !call.args.iter().any(function)
    }

    /// Tells whether the parameters of what is called have changed: others may pass them something else.
    fn has_newer_params(&self, call: &Call, seen: u32) -> bool {
        let Some(Kind::Func(func)) = self.callee(call).kind() else { return false };
        let params = self.types.script.scopes.params.get(func);
        params.into_iter().flatten().any(|local| self.stamps.local(*local) > seen)
    }

    pub(super) fn is_flow_stale(&self, i: usize, flow: &crate::scope::Flow) -> bool {
        let stamps = &self.stamps;
        let seen = stamps.flow(i);
        if seen == 0 || stamps.careless {
            return true;
        }
        let source = match flow.source {
            Source::Expr(id, 0) => stamps.expr(id) > seen,
            Source::Expr(id, _) => stamps.expr(id) > seen || stamps.shared > seen,
            Source::Element(id) | Source::Key(id) => stamps.expr(id) > seen || stamps.shared > seen,
            Source::Func(_) | Source::Nil | Source::Number | Source::Unknown => false,
        };
        let target = match flow.target {
            Target::Field(base, _) | Target::Item(base) => stamps.expr(base) > seen,
            Target::Local(_) | Target::Return(..) | Target::Module => false,
        };
        source || target
    }
}
