//! Expressions as the validator of the API sees them.

use crate::scope::LocalKind;
use crate::strings::{decode, number};
use crate::tree::{Entry, ExprId, ExprKind};
use crate::types::{Kind, Types};
use luakit_api::{Key, Known, Table, View};

/// How far names are followed to the literals they are bound to.
const STEPS: usize = 8;

/// A value in a script's text: an expression, or one that cannot be seen.
#[derive(Clone)]
pub(crate) struct SyntaxView<'t, 'a> {
    types: &'t Types<'a>,
    expr: Option<ExprId>,
    steps: usize,
}

impl<'t, 'a> SyntaxView<'t, 'a> {
    pub(crate) fn new(types: &'t Types<'a>, expr: ExprId) -> Self {
        Self { types, expr: Some(expr), steps: 0 }
    }

    /// A value of which nothing is known.
    pub(crate) fn unknown(types: &'t Types<'a>) -> Self {
        Self { types, expr: None, steps: 0 }
    }

    fn at(&self, expr: ExprId) -> Self {
        Self { expr: Some(expr), ..self.clone() }
    }

    fn table(&self, id: ExprId, entries: &[Entry]) -> Known<Self> {
        let script = self.types.script;
        // A table that a name holds can be changed through that name.
        if self.steps > 0 && self.types.is_changed(id) {
            return Known::Unknown;
        }
        let mut table = Table { complete: self.steps == 0, ..Table::default() };
        for (i, entry) in entries.iter().enumerate() {
            match entry {
                Entry::Item(value) => {
                    let value = self.at(*value);
                    let many = value.expr.is_some_and(|id| script.gives_many(id)) && i + 1 == entries.len();
                    if many {
                        table.complete = false;
                    } else {
                        table.items.push(value);
                    }
                }
                Entry::Named { key, value } => {
                    table.fields.push((Key::Name(script.text(*key).to_owned()), self.at(*value)));
                }
                Entry::Keyed { key, value } => match self.at(*key).known() {
                    Known::String(Some(name)) => {
                        let name = String::from_utf8_lossy(&name).into_owned();
                        table.fields.push((Key::Name(name), self.at(*value)));
                    }
                    // A list may be written `[1] = …`; what else the key is comes out when the script runs.
                    _ => table.complete = false,
                },
            }
        }
        Known::Table(table)
    }

    /// Returns the value that a name is bound to once and for all, if it is written out.
    fn bound(&self, id: ExprId) -> Option<Self> {
        let script = self.types.script;
        let local_id = script.scopes.names.get(id).copied().flatten()?;
        let local = script.scopes.locals.get(local_id)?;
        if local.kind != LocalKind::Variable || local.writes > 0 || self.steps >= STEPS {
            return None;
        }
        // What is declared on a line that does not parse is not to be relied on.
        self.types.local(local_id).certain()?;
        let value = local.value?;
        let kind = &script.tree.expr(script.tree.inner(value)).kind;
        let literal = matches!(
            kind,
            ExprKind::Bool(_)
                | ExprKind::Number
                | ExprKind::String
                | ExprKind::Table(_)
                | ExprKind::Name
                | ExprKind::Binary { .. }
        );
        literal.then(|| Self { steps: self.steps + 1, ..self.at(value) })
    }

    fn by_type(&self, id: ExprId) -> Known<Self> {
        match self.types.of(id).certain() {
            Some(Kind::Boolean) => Known::Boolean(None),
            Some(Kind::Number) => Known::Number(None),
            Some(Kind::String) => Known::String(None),
            Some(Kind::Object(object)) => Known::Object(object, None),
            Some(Kind::Func(_) | Kind::Builtin(_) | Kind::Giver(_)) => Known::Function,
            Some(Kind::Table(_) | Kind::List(_) | Kind::Foreign(_) | Kind::Bk) => self.opaque(id),
            Some(Kind::Nil) | None => Known::Unknown,
        }
    }

    /// A table of whose entries nothing is known; a module's value may also be a function.
    fn opaque(&self, id: ExprId) -> Known<Self> {
        match self.types.of(id).certain() {
            Some(Kind::Foreign(value)) if !self.types.is_foreign_table(value) => Known::Function,
            _ => Known::Table(Table { complete: false, ..Table::default() }),
        }
    }
}

impl View for SyntaxView<'_, '_> {
    fn known(&self) -> Known<Self> {
        let Some(id) = self.expr else { return Known::Unknown };
        let script = self.types.script;
        let id = script.tree.inner(id);
        let expr = script.tree.expr(id);
        let text = script.text(expr.range);
        match &expr.kind {
            ExprKind::Nil => Known::Nil,
            ExprKind::Bool(value) => Known::Boolean(Some(*value)),
            ExprKind::Number => Known::Number(number(text)),
            ExprKind::String => Known::String(decode(text)),
            ExprKind::Interpolated(parts) if parts.is_empty() => Known::String(decode(text)),
            ExprKind::Interpolated(_) => Known::String(None),
            ExprKind::Function(_) => Known::Function,
            ExprKind::Table(entries) => self.table(id, entries),
            ExprKind::Name => match self.bound(id) {
                Some(value) => match value.known() {
                    Known::Unknown => self.by_type(id),
                    known => known,
                },
                None => self.by_type(id),
            },
            ExprKind::Binary { op, left, right } if script.text(*op) == ".." => {
                match (self.at(*left).known(), self.at(*right).known()) {
                    (Known::String(Some(mut left)), Known::String(Some(right))) => {
                        left.extend(right);
                        Known::String(Some(left))
                    }
                    _ => Known::String(None),
                }
            }
            ExprKind::Unary { op, value } if script.text(*op) == "-" => match self.at(*value).known() {
                Known::Number(Some(number)) => Known::Number(Some(-number)),
                _ => Known::Unknown,
            },
            _ => self.by_type(id),
        }
    }
}
