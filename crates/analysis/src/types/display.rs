//! Types and functions as people read them.

use super::annotations;
use super::{Foreign, Kind, Type, Types, doc_above};
use crate::tree::FuncId;

impl Types<'_> {
    /// Writes a type for people.
    pub(crate) fn display(&self, ty: Type) -> String {
        let Some(kind) = ty.kind() else { return "unknown".into() };
        match kind {
            Kind::Nil => "nil".into(),
            Kind::Boolean => "boolean".into(),
            Kind::Number => "number".into(),
            Kind::String => "string".into(),
            Kind::Object(object) => object.name().into(),
            Kind::List(object) => format!("{}[]", object.name()),
            Kind::Bk => "bk".into(),
            Kind::Builtin(_) => "function".into(),
            Kind::Func(func) => self.signature(func),
            Kind::Table(table) => match self.items.get(&table).and_then(|item| item.object()) {
                Some(object) => format!("{}[]", object.name()),
                None => "table".into(),
            },
            Kind::Giver(_) => "function".into(),
            Kind::Foreign(id) => match self.foreign.get(id) {
                Some(Foreign::Func { params, returns, .. }) => {
                    format!("function({}){}", params.join(", "), self.result(returns[0]))
                }
                _ => "table".into(),
            },
        }
    }

    /// Writes a function of the script as `function(a: State, b) -> State`.
    pub(crate) fn signature(&self, func: FuncId) -> String {
        let params = self.params(func).join(", ");
        let result = self.returns.get(func).map_or(Type::Unknown, |returns| returns[0]);
        format!("function({params}){}", self.result(result))
    }

    /// Writes the parameters of a function of the script.
    pub(crate) fn params(&self, func: FuncId) -> Vec<String> {
        let script = self.script;
        let locals = script.scopes.params.get(func).map_or(&[][..], Vec::as_slice);
        let comments = annotations::comments_above(script, script.tree.func(func).range.start);
        let mut params: Vec<String> = locals
            .iter()
            .filter_map(|id| {
                let name = script.text(script.scopes.locals.get(*id)?.name);
                let mark = if annotations::is_optional(&comments, name) { "?" } else { "" };
                let name = format!("{name}{mark}");
                Some(match self.local(*id).kind() {
                    None | Some(Kind::Nil) => name,
                    Some(Kind::Func(_)) => format!("{name}: function"),
                    Some(_) => format!("{name}: {}", self.display(self.local(*id))),
                })
            })
            .collect();
        if script.tree.func(func).variadic {
            params.push("...".into());
        }
        params
    }

    pub(crate) fn result(&self, ty: Type) -> String {
        match ty.kind() {
            None | Some(Kind::Nil) => String::new(),
            Some(Kind::Func(_)) => " -> function".into(),
            Some(_) => format!(" -> {}", self.display(ty)),
        }
    }

    /// Returns what the comments above a function say.
    pub(crate) fn documentation(&self, ty: Type) -> String {
        match ty.kind() {
            Some(Kind::Func(func)) => doc_above(self.script, self.script.tree.func(func).range.start),
            Some(Kind::Foreign(id)) => match self.foreign.get(id) {
                Some(Foreign::Func { doc, .. }) => doc.clone(),
                _ => String::new(),
            },
            _ => String::new(),
        }
    }
}
