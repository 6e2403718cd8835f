//! What the flow knows of Lua beyond its syntax: functions that give several values, `setmetatable`, `self`, the names
//! of loops, and defaults.

use super::Flow;
use crate::Script;
use crate::lua_library::{Looping, looped, reads_only};
use crate::scope::{LocalId, LocalKind, Source, Target};
use crate::tree::{Call, ExprId, ExprKind, FuncId};
use crate::types::{Foreign, Kind, Sure, Type, of_ty};
use luakit_api::{Object, method};
use rustc_hash::FxHashMap;

/// Returns the `self` of each method: the local that is visible in exactly its block.
pub(super) fn selves(script: &Script) -> FxHashMap<FuncId, LocalId> {
    let itself = |(id, local): (LocalId, &crate::scope::Local)| {
        (local.kind == LocalKind::Itself).then_some((local.visible.start, id))
    };
    let by_start: FxHashMap<usize, LocalId> =
        script.scopes.locals.iter().enumerate().filter_map(itself).collect();
    let funcs = script.tree.funcs.iter().enumerate().filter(|(_, func)| func.method);
    funcs.filter_map(|(id, func)| Some((id, *by_start.get(&func.block.range.start)?))).collect()
}

impl Flow<'_> {
    /// `function M:build()` is called on `M`, or on what has it for a metatable.
    pub(super) fn bind_self(&mut self, target: Target, source: Source) {
        if let (Target::Field(base, _), Source::Func(func)) = (target, source)
            && let Some(local) = self.selves.get(&func).copied()
        {
            let ty = self.of(base);
            self.join_local(local, ty);
        }
    }

    /// Returns what `x or {}` is: `x`, if anything is known of it.
    pub(super) fn or_nothing(&self, op: &str, left: ExprId, right: ExprId) -> Option<Type> {
        let tree = &self.types.script.tree;
        let nothing =
            matches!(&tree.expr(tree.inner(right)).kind, ExprKind::Table(entries) if entries.is_empty());
        if op != "or" || !nothing {
            return None;
        }
        match self.of(left) {
            Type::Bottom => Some(Type::Bottom),
            ty => match ty.kind()? {
                Kind::Table(_) | Kind::Foreign(_) | Kind::List(_) => Some(ty.weaken(Sure::No)),
                _ => None,
            },
        }
    }

    /// Returns the n-th value of a call, counted from 1: the first is the call's own type.
    pub(super) fn nth_of_call(&self, call: &Call, n: usize) -> Type {
        let callee = self.callee(call);
        match callee.kind() {
            Some(Kind::Func(func)) => self.returned(func, n),
            Some(Kind::Foreign(id)) => match self.types.foreign.get(id) {
                Some(Foreign::Func { returns, .. }) => returns.get(n).copied().unwrap_or(Type::Unknown),
                _ => Type::Unknown,
            },
            Some(_) => Type::Unknown,
            None if callee == Type::Bottom => Type::Bottom,
            None => self.nth_of_library(call, n),
        }
    }

    fn nth_of_library(&self, call: &Call, n: usize) -> Type {
        let script = self.types.script;
        if let Some(method) = call.method {
            let of_string = self.of(call.callee).kind() == Some(Kind::String);
            let path = format!("string.{}", script.text(method));
            return of_string.then(|| nth(&path, n)).flatten().unwrap_or(Type::Unknown);
        }
        let Some(path) = script.global_path(call.callee) else { return Type::Unknown };
        match (path.as_str(), n, call.args.first()) {
            ("pcall" | "xpcall", 1.., Some(func)) => {
                // What the function gives, or the error that it raised.
                let result = match self.of(*func).kind() {
                    Some(Kind::Func(func)) => self.returned(func, n - 1),
                    _ if n == 1 => self.types.result_of(self.of(*func)),
                    _ => Type::Unknown,
                };
                result.weaken(Sure::No)
            }
            ("unpack" | "table.unpack", _, Some(list)) => self.types.element(self.of(*list)).weaken(Sure::No),
            ("assert", _, _) => call.args.get(n).map_or(Type::Unknown, |arg| self.of(*arg)),
            (path, ..) => nth(path, n).unwrap_or(Type::Unknown),
        }
    }

    /// Returns what the first value of a function of the libraries is, where nothing else is known of it.
    pub(super) fn first_of_library(&self, path: &str, call: &Call) -> Type {
        if path == "select" {
            let script = self.types.script;
            let first = call.args.first().map(|arg| script.text(script.tree.expr(*arg).range));
            return match first.map(|text| text.trim_matches(['"', '\''])) {
                Some("#") => Type::sure(Kind::Number),
                _ => Type::Unknown,
            };
        }
        nth(path, 0).unwrap_or(Type::Unknown)
    }

    /// Returns what a call of Lua's libraries, or of something unknown, gives.
    pub(super) fn library(&mut self, call: &Call) -> Type {
        let script = self.types.script;
        let arg = |flow: &Self, n: usize| call.args.get(n).map_or(Type::Unknown, |arg| flow.of(*arg));
        if let Some(name) = call.method {
            let name = script.text(name);
            let base = self.of(call.callee);
            let of_state = method(Object::State, name).filter(|_| base == Type::Unknown);
            if base.kind() != Some(Kind::String) && of_state.is_none() {
                self.lose(&call.args);
            }
            return match base.kind() {
                Some(Kind::String) if STRING_METHODS.contains(&name) => Type::sure(Kind::String),
                Some(Kind::String) => self.first_of_library(&format!("string.{name}"), call),
                // Nothing else has methods of these names: enough for completion, not for an error.
                _ => of_state.map_or(Type::Unknown, |it| of_ty(&it.returns).weaken(Sure::No)),
            };
        }
        let Some(path) = script.global_path(call.callee) else {
            self.lose(&call.args);
            return Type::Unknown;
        };
        if !reads_only(&path) && !path.starts_with("string.") {
            self.lose(&call.args);
        }
        match path.as_str() {
            "assert" => arg(self, 0),
            "setmetatable" => {
                self.set_metatable(call);
                arg(self, 0).weaken(Sure::No)
            }
            "table.clone" | "table.freeze" => arg(self, 0).weaken(Sure::No),
            "tostring" | "type" | "typeof" | "table.concat" => Type::sure(Kind::String),
            "unpack" | "table.unpack" | "table.remove" => self.types.element(arg(self, 0)).weaken(Sure::No),
            "table.insert" => {
                if let (Some(Kind::Table(table)), Some(value)) = (arg(self, 0).kind(), call.args.get(1..)) {
                    let value = value.last().map_or(Type::Unknown, |value| self.of(*value));
                    self.write_to(table);
                    self.join_item(table, value);
                }
                Type::sure(Kind::Nil)
            }
            _ => match path.strip_prefix("string.") {
                Some(name) if STRING_METHODS.contains(&name) => Type::sure(Kind::String),
                _ => self.first_of_library(&path, call),
            },
        }
    }

    /// `setmetatable(t, { __index = M })`: what `t` does not have is looked for in `M`.
    pub(super) fn set_metatable(&mut self, call: &Call) {
        let [table, meta, ..] = call.args.as_slice() else { return };
        let (table, meta) = (self.of(*table), self.of(*meta));
        let (Some(Kind::Table(id)), Some(kind)) = (table.kind(), meta.kind()) else { return };
        if Self::join(self.data().metatables.entry(id).or_default(), meta) {
            self.stamps.change_shared();
        }
        let index = self.types.field_of(kind, "__index").and_then(Type::kind);
        if let Some(Kind::Table(class)) = index
            && class != id
            && !self.types.instances.contains_key(&class)
        {
            self.data().instances.insert(class, table.weaken(Sure::No));
            self.stamps.change_shared();
        }
    }

    /// Returns the type of what `bk.arg` gives: that of its default.
    pub(super) fn argument(&self, call: &Call) -> Type {
        match call.args.get(1).map(|arg| self.of(*arg)) {
            Some(ty) if matches!(ty.kind(), Some(Kind::String | Kind::Number | Kind::Boolean)) => {
                ty.weaken(Sure::No)
            }
            Some(Type::Bottom) => Type::Bottom,
            _ => Type::Unknown,
        }
    }

    /// Returns the type of the first name of `for k, x in …`.
    pub(super) fn key_of(&self, id: ExprId) -> Type {
        let (list, by) = looped(self.types.script, id);
        if by == Some(Looping::Ipairs) {
            return Type::sure(Kind::Number);
        }
        match self.of(list) {
            Type::Bottom => Type::Bottom,
            ty => match ty.kind() {
                Some(Kind::List(_)) => Type::maybe(Kind::Number),
                Some(Kind::Table(table)) => match self.types.items.get(&table) {
                    None if self.types.any_field(table) != Type::Bottom => Type::maybe(Kind::String),
                    _ => Type::Unknown,
                },
                _ => Type::Unknown,
            },
        }
    }

    /// Returns the type of the second name of `for _, x in …`.
    pub(super) fn iterated(&self, id: ExprId) -> Type {
        let (list, by) = looped(self.types.script, id);
        let ty = self.of(list);
        if self.is_split(list) {
            return Type::maybe(Kind::String);
        }
        let items = self.types.element(ty);
        match ty.kind() {
            Some(Kind::Table(table)) if by != Some(Looping::Ipairs) => {
                self.seen(items.join(self.types.any_field(table)))
            }
            _ => self.seen(items),
        }
    }

    fn is_split(&self, id: ExprId) -> bool {
        let script = self.types.script;
        let ExprKind::Call(call) = &script.tree.expr(script.tree.inner(id)).kind else { return false };
        match call.method {
            Some(name) => script.text(name) == "split" && self.of(call.callee).kind() == Some(Kind::String),
            None => script.global_path(call.callee).as_deref() == Some("string.split"),
        }
    }
}

const STRING_METHODS: &[&str] = &["format", "rep", "sub", "upper", "lower", "reverse", "gsub"];

/// Returns the n-th value, counted from 0, that a function of the libraries gives, whatever it is given.
fn nth(path: &str, n: usize) -> Option<Type> {
    Some(match (path, n) {
        ("pcall" | "xpcall" | "rawequal", 0) => Type::sure(Kind::Boolean),
        ("string.gsub", 1) => Type::sure(Kind::Number),
        ("string.find", 0 | 1) | ("tonumber" | "table.find", 0) => Type::maybe(Kind::Number),
        ("string.match" | "os.date", 0) => Type::maybe(Kind::String),
        ("string.len" | "string.byte" | "rawlen" | "table.maxn" | "os.time" | "os.clock", 0) => {
            Type::sure(Kind::Number)
        }
        (path, 0) => {
            let name = path.strip_prefix("math.")?;
            MATHS.contains(&name).then(|| Type::sure(Kind::Number))?
        }
        _ => return None,
    })
}

const MATHS: &[&str] =
    &["abs", "ceil", "clamp", "floor", "fmod", "log", "max", "min", "pow", "random", "round", "sign", "sqrt"];
