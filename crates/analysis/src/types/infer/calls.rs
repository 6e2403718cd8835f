//! What calls give, and what they pass to the functions that are called.

use super::Flow;
use crate::Script;
use crate::scope::Source;
use crate::strings::decode;
use crate::tree::{Call, ExprId, ExprKind, FuncId};
use crate::types::{Kind, Type, builtin};
use luakit_api::{FunctionId, Object, Ty};

impl Flow<'_> {
    /// Returns the type of what is called.
    pub(super) fn callee(&self, call: &Call) -> Type {
        match call.method {
            Some(name) => self.field(call.callee, name),
            None => self.of(call.callee),
        }
    }

    pub(super) fn call(&mut self, id: ExprId, call: &Call) -> Type {
        if let Some(module) = self.types.requires.get(&id) {
            return *module;
        }
        let callee = self.callee(call);
        match callee {
            Type::Is(Kind::Func(func), sure) => {
                self.bind(func, call);
                self.returned(func, 0).weaken(sure)
            }
            Type::Is(Kind::Builtin(function), _) => {
                self.call_back(function, call);
                if function == FunctionId::ArgOf {
                    return self.argument(call);
                }
                self.types.result_of(callee)
            }
            Type::Is(Kind::Foreign(_), _) => {
                self.lose(&call.args);
                self.types.result_of(callee)
            }
            Type::Bottom => Type::Bottom,
            // An unknown method of a state is reported once; the rest of its chain still counts.
            _ if call.method.is_some() && self.of(call.callee).object() == Some(Object::State) => {
                self.of(call.callee)
            }
            _ => self.library(call),
        }
    }

    /// Tells a function that is given to the API what it will be called with.
    fn call_back(&mut self, function: FunctionId, call: &Call) {
        let script = self.types.script;
        let params = builtin(function).map_or(&[][..], |function| function.params);
        for (param, arg) in params.iter().zip(&call.args) {
            let Ty::Callback(object) = param.ty else { continue };
            let Some(Kind::Func(func)) = self.of(*arg).kind() else { continue };
            let Some(local) = script.scopes.params.get(func).and_then(|params| params.first()) else {
                continue;
            };
            let ty = Type::sure(Kind::Object(object));
            // A function that is written there is called by nothing else.
            if matches!(script.tree.expr(*arg).kind, ExprKind::Function(_))
                && self.fixed.get(*local) == Some(&false)
            {
                self.fix(*local, ty);
            } else {
                self.join_local(*local, ty);
            }
        }
    }

    /// Lets the arguments of a call flow into the parameters.
    fn bind(&mut self, func: FuncId, call: &Call) {
        let script = self.types.script;
        let params = script.scopes.params.get(func).map_or(&[][..], Vec::as_slice);
        // A method's `self` is passed first, and not written.
        let own = usize::from(script.tree.func(func).method);
        for (i, local) in params.iter().enumerate() {
            let ty = match call.passed(i + own) {
                Source::Expr(id, n) => self.nth(id, n),
                _ => Type::sure(Kind::Nil),
            };
            self.join_local(*local, ty);
            // A table that goes where another goes as well is lost sight of.
            if self.types.local(*local).kind() != ty.kind()
                && let Some(Kind::Table(table)) = ty.kind()
            {
                self.write_to(table);
            }
        }
        if script.tree.func(func).variadic {
            let named = (params.len() + own).saturating_sub(usize::from(call.method.is_some()));
            self.lose(call.args.get(named..).unwrap_or(&[]));
        }
    }

    /// Forgets the tables that are given to what may change them.
    pub(super) fn lose(&mut self, args: &[ExprId]) {
        for arg in args {
            if let Some(Kind::Table(table)) = self.of(*arg).kind() {
                self.write_to(table);
            }
        }
    }
}

/// Returns the literal name of a `require` call.
pub(crate) fn required(script: &Script, call: &Call) -> Option<String> {
    if call.method.is_some() || script.global_path(call.callee)? != "require" {
        return None;
    }
    let arg = script.tree.expr(script.tree.inner(*call.args.first()?));
    matches!(arg.kind, ExprKind::String).then_some(())?;
    String::from_utf8(decode(script.text(arg.range))?).ok()
}
