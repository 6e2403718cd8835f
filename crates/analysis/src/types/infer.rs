//! The data flow itself.

mod lua;

use super::annotations::{above, annotated, of_func};
use super::declared::Declared;
use super::known::Stamps;
use super::{Context, Data, Field, Foreign, Inferred, Kind, Sure, Type, Types, builtin, hash, of_ty};
use crate::Script;
use crate::scope::{LocalId, LocalKind, Source, Target};
use crate::strings::decode;
use crate::tree::{Call, Entry, ExprId, ExprKind, FuncId};
use lua::selves;
use luakit_api::modules::Loader;
use luakit_api::{BK_PLATFORMS, FunctionId, Object, Ty, bk_function, method, properties_of, words};
use luakit_diagnostics::TextRange;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Passes after which the flow must have settled; if it has not, nothing is certain.
const PASSES: usize = 40;

impl<'a> Types<'a> {
    /// Infers the types of a script, or remembers them.
    pub(crate) fn infer(script: &'a Script, loader: Option<&dyn Loader>) -> Types<'a> {
        Self::infer_with(script, &Context::new(loader))
    }

    pub(super) fn infer_with(script: &'a Script, context: &Context<'_>) -> Types<'a> {
        let data = context.remembered(script).unwrap_or_else(|| {
            let begun = context.begin();
            let data = flow(script, context);
            context.remember(script, &data, begun);
            data
        });
        Types { script, data: Data::Shared(data) }
    }

    /// Returns the type of the elements of a list.
    pub(crate) fn element(&self, list: Type) -> Type {
        let Type::Is(kind, sure) = list else { return list };
        match kind {
            Kind::List(object) => Type::Is(Kind::Object(object), sure),
            Kind::Table(id) => self.items.get(&id).copied().unwrap_or(Type::Bottom).weaken(sure),
            Kind::Foreign(id) => match self.foreign.get(id) {
                Some(Foreign::Table { item, .. }) => item.weaken(sure),
                _ => Type::Unknown,
            },
            _ => Type::Unknown,
        }
    }
}

impl Types<'_> {
    /// Returns the type of `base.name`, or of the method in `base:name()`.
    pub(crate) fn member(&self, base: Type, name: &str) -> Type {
        let Type::Is(kind, sure) = base else {
            return if base == Type::Bottom { base } else { Type::Unknown };
        };
        match kind {
            Kind::Bk if BK_PLATFORMS.iter().any(|property| property.name == name) => {
                Type::Is(Kind::Object(Object::Platform), sure)
            }
            Kind::Bk => match bk_function(name) {
                Some(function) => Type::Is(Kind::Builtin(function.id), sure),
                // What is misspelt is reported once; all that is made of it should not go unseen for that.
                None => match words::unknown_function(name).meant.and_then(|meant| bk_function(&meant)) {
                    Some(function) => Type::Is(Kind::Builtin(function.id), sure),
                    None => Type::Unknown,
                },
            },
            Kind::Object(object) => {
                if properties_of(object).iter().any(|property| property.name == name) {
                    Type::Is(Kind::String, sure)
                } else {
                    method(object, name).map_or(Type::Unknown, |f| Type::Is(Kind::Builtin(f.id), sure))
                }
            }
            Kind::Table(_) | Kind::Foreign(_) => {
                let field = self.field_of(kind, name).or_else(|| self.entry_of(kind));
                field.unwrap_or(Type::Bottom).weaken(sure)
            }
            _ => Type::Unknown,
        }
    }

    /// Returns what calling a value of this type gives first.
    pub(crate) fn result_of(&self, callee: Type) -> Type {
        let Type::Is(kind, sure) = callee else { return Type::Unknown };
        let ty = match kind {
            Kind::Builtin(id) => builtin(id).map_or(Type::Unknown, |function| of_ty(&function.returns)),
            Kind::Giver(id) => Type::sure(Kind::Foreign(id)),
            Kind::Func(func) => self.returns.get(func).map_or(Type::Unknown, |returns| returns[0]),
            Kind::Foreign(id) => match self.foreign.get(id) {
                Some(Foreign::Func { returns, .. }) => returns[0],
                _ => Type::Unknown,
            },
            _ => Type::Unknown,
        };
        ty.weaken(sure)
    }
}

fn flow(script: &Script, context: &Context<'_>) -> Arc<Inferred> {
    flow_with(script, context, Stamps::new(script))
}

fn flow_with(script: &Script, context: &Context<'_>, stamps: Stamps) -> Arc<Inferred> {
    let tree = &script.tree;
    let data = Inferred {
        exprs: vec![Type::Bottom; tree.exprs.len()],
        locals: vec![Type::Bottom; script.scopes.locals.len()],
        returns: vec![[Type::Bottom; 3]; tree.funcs.len()],
        ..Inferred::default()
    };
    let mut flow = Flow {
        types: Types { script, data: Data::Own(Box::new(data)) },
        live: tree
            .exprs
            .iter()
            .enumerate()
            .filter(|(_, expr)| is_live(&expr.kind))
            .map(|(id, _)| id)
            .collect(),
        fixed: vec![false; script.scopes.locals.len()],
        fixed_returns: vec![false; tree.funcs.len()],
        settled: false,
        stamps,
        broken: script.errors.iter().map(|error| script.file.lines.line(error.range.start)).collect(),
        casts: HashMap::new(),
        selves: selves(script),
    };
    flow.annotations();
    flow.modules(context);
    for settled in [false, true] {
        flow.settled = settled;
        flow.stamps.forget();
        let mut passes = 0;
        while flow.pass(passes == 0) {
            crate::end_if_cancelled();
            passes += 1;
            if passes == PASSES {
                let data = flow.data();
                data.exprs.fill(Type::Unknown);
                data.locals.fill(Type::Unknown);
                return flow.types.data.shared();
            }
        }
    }
    flow.types.data.shared()
}

/// Tells whether what is known of such an expression can change once it was worked out.
fn is_live(kind: &ExprKind) -> bool {
    !matches!(
        kind,
        ExprKind::Nil
            | ExprKind::Bool(_)
            | ExprKind::Number
            | ExprKind::String
            | ExprKind::Vararg
            | ExprKind::Interpolated(_)
            | ExprKind::Function(_)
            | ExprKind::Broken
            | ExprKind::Unary { .. }
    )
}

struct Flow<'a> {
    types: Types<'a>,
    /// Locals whose type is declared.
    fixed: Vec<bool>,
    fixed_returns: Vec<bool>,
    /// Whether what has not been seen by now will never be.
    settled: bool,
    stamps: Stamps,
    /// The expressions of which more may be known with each pass.
    live: Vec<ExprId>,
    /// Lines that do not parse: what was made of them is not what they will say.
    broken: HashSet<usize>,
    /// The types that `value :: Type` declares.
    casts: HashMap<ExprId, Type>,
    /// The `self` of each method.
    selves: HashMap<FuncId, LocalId>,
}

impl<'a> Flow<'a> {
    /// Takes what comments and annotations say.
    fn annotations(&mut self) {
        let script = self.types.script;
        let mut declared = Declared::new(script, self.types.foreign.len());
        for (id, func) in script.tree.funcs.iter().enumerate() {
            let (params, returns) = of_func(script, func, &mut declared);
            let locals = script.scopes.params.get(id).map_or(&[][..], Vec::as_slice);
            for (local, ty) in locals.iter().zip(params) {
                if let Some(ty) = ty {
                    self.fix(*local, ty);
                }
            }
            // `---@return table` says less than the function itself.
            let says_something = returns.iter().any(|ty| *ty != Type::Unknown);
            if let (Some(slots), true) = (self.data().returns.get_mut(id), says_something) {
                *slots = [0, 1, 2].map(|n| returns.get(n).copied().unwrap_or(Type::Unknown));
                if let Some(fixed) = self.fixed_returns.get_mut(id) {
                    *fixed = true;
                }
            }
        }
        for (id, local) in script.scopes.locals.iter().enumerate() {
            if local.kind == LocalKind::Variable
                && let Some(ty) = above(script, local.name.start, &mut declared)
                    .ty
                    .or_else(|| annotated(script, local.ty, &mut declared))
            {
                self.fix(id, ty);
            }
        }
        for (id, expr) in script.tree.exprs.iter().enumerate() {
            if let ExprKind::Cast { ty, .. } = expr.kind
                && let Some(ty) = annotated(script, Some(ty), &mut declared)
            {
                self.casts.insert(id, ty);
            }
        }
        self.data().foreign.extend(declared.values);
    }

    fn fix(&mut self, local: usize, ty: Type) {
        if let Some(slot) = self.data().locals.get_mut(local) {
            *slot = ty;
        }
        self.stamps.change_local(local);
        if let Some(fixed) = self.fixed.get_mut(local) {
            *fixed = true;
        }
    }

    /// Reads the modules that are required by a literal name.
    fn modules(&mut self, context: &Context<'_>) {
        let script = self.types.script;
        for (id, call) in script.tree.calls() {
            let Some(name) = required(script, call) else { continue };
            let ty = match context.export(&name) {
                Some(export) => self.data().import(&export),
                None => Type::Unknown,
            };
            self.data().requires.insert(id, ty);
        }
    }

    fn data(&mut self) -> &mut Inferred {
        match &mut self.types.data {
            Data::Own(own) => own,
            Data::Shared(shared) => Arc::make_mut(shared),
        }
    }

    fn work_out(&mut self, id: ExprId) {
        self.stamps.see_expr(id);
        let ty = self.expr(id);
        if let Some(slot) = self.data().exprs.get_mut(id)
            && *slot != ty
        {
            *slot = ty;
            self.stamps.change();
        }
    }

    /// Works out everything, or what something changed for, and tells whether that changed anything.
    fn pass(&mut self, first: bool) -> bool {
        let script = self.types.script;
        let before = self.stamps.changes;
        if first {
            (0..script.tree.exprs.len()).for_each(|id| self.work_out(id));
        } else {
            let live = std::mem::take(&mut self.live);
            live.iter().for_each(|id| {
                if self.is_stale(*id) {
                    self.work_out(*id);
                }
            });
            self.live = live;
        }
        for (i, flow) in script.scopes.flows.iter().enumerate() {
            if !self.is_flow_stale(i, flow) {
                continue;
            }
            self.stamps.see_flow(i);
            let ty = self.source(flow.source);
            self.target(flow.target, ty);
            self.bind_self(flow.target, flow.source);
        }
        for (func, escapes) in script.scopes.escapes.iter().enumerate() {
            if *escapes {
                for local in script.scopes.params.get(func).into_iter().flatten() {
                    self.join_local(*local, Type::Unknown);
                }
            }
        }
        for (id, local) in script.scopes.locals.iter().enumerate() {
            // `unpack = table.unpack or unpack`: the library's own value is one of those it can have.
            let builtin =
                local.kind == LocalKind::Global && luakit_api::GLOBALS.contains(&script.text(local.name));
            if builtin {
                self.join_local(id, Type::Unknown);
            }
        }
        self.stamps.changes != before
    }

    /// Tells whether anything that an expression depends on has changed since it was worked out.
    fn is_stale(&self, id: ExprId) -> bool {
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
    fn is_plain_call(&self, call: &Call) -> bool {
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

    fn is_flow_stale(&self, i: usize, flow: &crate::scope::Flow) -> bool {
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

    /// What has not been seen by the end can be anything.
    fn seen(&self, ty: Type) -> Type {
        if ty == Type::Bottom && self.settled { Type::Unknown } else { ty }
    }

    fn of(&self, id: ExprId) -> Type {
        self.seen(self.types.of(id))
    }

    fn join(slot: &mut Type, ty: Type) -> bool {
        let joined = slot.join(ty);
        let changed = *slot != joined;
        *slot = joined;
        changed
    }

    fn join_local(&mut self, id: usize, ty: Type) {
        if self.fixed.get(id) != Some(&false) {
            return;
        }
        if let Some(slot) = self.data().locals.get_mut(id)
            && Self::join(slot, ty)
        {
            self.stamps.change_local(id);
        }
    }

    fn join_field(&mut self, table: ExprId, name: TextRange, text: &str, ty: Type) {
        let fields = self.data().fields.entry(table).or_default();
        let slot = fields.entry(hash(text)).or_insert(Field { name, ty: Type::Bottom });
        if Self::join(&mut slot.ty, ty) {
            self.stamps.change_shared();
        }
    }

    fn join_item(&mut self, table: ExprId, ty: Type) {
        if Self::join(self.data().items.entry(table).or_default(), ty) {
            self.stamps.change_shared();
        }
    }

    /// Remembers that a table is written to.
    fn write_to(&mut self, table: ExprId) {
        if !self.types.changed.contains(&table) {
            self.data().changed.insert(table);
        }
    }

    fn is_broken(&self, id: ExprId) -> bool {
        let range = self.types.script.tree.expr(id).range;
        let line = |offset: usize| self.types.script.file.lines.line(offset);
        !self.broken.is_empty()
            && (line(range.start)..=line(range.end)).any(|line| self.broken.contains(&line))
    }

    fn source(&self, source: Source) -> Type {
        match source {
            Source::Expr(id, _) if self.is_broken(id) => Type::Unknown,
            Source::Expr(id, n) => self.nth(id, n),
            Source::Func(func) => Type::sure(Kind::Func(func)),
            Source::Nil => Type::sure(Kind::Nil),
            Source::Number => Type::sure(Kind::Number),
            Source::Element(list) => self.iterated(list),
            Source::Key(list) => self.key_of(list),
            Source::Unknown => Type::Unknown,
        }
    }

    fn target(&mut self, target: Target, ty: Type) {
        match target {
            Target::Local(id) => self.join_local(id, ty),
            Target::Field(base, name) => {
                if let (Some(Kind::Table(table)), Some(text)) = (self.of(base).kind(), self.key(name)) {
                    self.write_to(table);
                    self.join_field(table, name, text, ty);
                }
            }
            Target::Item(base) => {
                if let Some(Kind::Table(table)) = self.of(base).kind() {
                    self.write_to(table);
                    self.join_item(table, ty);
                }
            }
            Target::Return(func, n) => {
                if self.fixed_returns.get(func) == Some(&false)
                    && let Some(slot) = self.data().returns.get_mut(func).and_then(|slots| slots.get_mut(n))
                    && Self::join(slot, ty)
                {
                    self.stamps.change_shared();
                }
            }
            Target::Module => {
                Self::join(&mut self.data().module, ty);
            }
        }
    }

    /// Returns the name that a key is: a bare one, or a string without escapes.
    fn key(&self, range: TextRange) -> Option<&'a str> {
        let text = self.types.script.text(range);
        match text.as_bytes().first()? {
            b'"' | b'\'' => text.get(1..text.len().checked_sub(1)?).filter(|text| !text.contains('\\')),
            b'[' => None,
            _ => Some(text),
        }
    }

    /// Returns the n-th value of an expression.
    fn nth(&self, id: ExprId, n: usize) -> Type {
        if n == 0 {
            return self.of(id);
        }
        match &self.types.script.tree.expr(id).kind {
            ExprKind::Call(call) => self.nth_of_call(call, n),
            ExprKind::Vararg => Type::Unknown,
            _ => Type::sure(Kind::Nil),
        }
    }

    fn returned(&self, func: FuncId, n: usize) -> Type {
        let returns = self.types.returns.get(func);
        self.seen(returns.and_then(|returns| returns.get(n)).copied().unwrap_or(Type::Unknown))
    }

    fn expr(&mut self, id: ExprId) -> Type {
        let script = self.types.script;
        let expr = script.tree.expr(id);
        match &expr.kind {
            ExprKind::Nil => Type::sure(Kind::Nil),
            ExprKind::Bool(_) => Type::sure(Kind::Boolean),
            ExprKind::Number => Type::sure(Kind::Number),
            ExprKind::String | ExprKind::Interpolated(_) => Type::sure(Kind::String),
            ExprKind::Vararg | ExprKind::Broken => Type::Unknown,
            ExprKind::Function(func) => Type::sure(Kind::Func(*func)),
            ExprKind::Name => match script.scopes.names.get(id).copied().flatten() {
                Some(local) => self.seen(self.types.local(local)),
                None if script.text(expr.range) == "bk" => Type::sure(Kind::Bk),
                None => Type::Unknown,
            },
            ExprKind::Field { base, name } => self.field(*base, *name),
            ExprKind::Index { base, key } => {
                let key = script.tree.expr(*key);
                if matches!(key.kind, ExprKind::String) {
                    return self.field(*base, key.range);
                }
                self.types.element(self.of(*base)).weaken(Sure::No)
            }
            ExprKind::Call(call) => self.call(id, call),
            ExprKind::Table(entries) => {
                self.table(id, entries);
                Type::sure(Kind::Table(id))
            }
            ExprKind::Binary { op, left, right } => self.binary(script.text(*op), *left, *right),
            ExprKind::Unary { op, .. } => match script.text(*op) {
                "not" => Type::sure(Kind::Boolean),
                "#" => Type::maybe(Kind::Number),
                _ => Type::Unknown,
            },
            ExprKind::If { values, .. } => {
                values.iter().fold(Type::Bottom, |ty, value| ty.join(self.of(*value)))
            }
            ExprKind::Paren(inner) => self.of(*inner),
            ExprKind::Cast { value, .. } => match self.casts.get(&id) {
                Some(ty) => *ty,
                None => self.of(*value),
            },
        }
    }

    fn binary(&self, op: &str, left: ExprId, right: ExprId) -> Type {
        match op {
            ".." => Type::sure(Kind::String),
            "==" | "~=" | "<" | "<=" | ">" | ">=" => Type::sure(Kind::Boolean),
            "and" | "or" => {
                if let Some(ty) = self.or_nothing(op, left, right) {
                    return ty;
                }
                let (left, right) = (self.of(left), self.of(right));
                let joined = left.join(right);
                // `x and y` is `y` unless `x` is nil or false, which only some values can be.
                match (op, left.certain()) {
                    ("and", Some(Kind::Nil | Kind::Boolean) | None) => right.weaken(Sure::No),
                    ("and", _) => right,
                    ("or", Some(Kind::Boolean | Kind::Nil)) => right.weaken(Sure::No),
                    _ => joined,
                }
            }
            _ => match (self.of(left).kind(), self.of(right).kind()) {
                (Some(Kind::Number), Some(Kind::Number)) => Type::sure(Kind::Number),
                _ => Type::Unknown,
            },
        }
    }

    fn table(&mut self, id: ExprId, entries: &'a [Entry]) {
        let script = self.types.script;
        for entry in entries {
            match entry {
                Entry::Item(value) => self.join_item(id, self.of(*value)),
                Entry::Named { key, value } => {
                    self.join_field(id, *key, script.text(*key), self.of(*value));
                }
                Entry::Keyed { key, value } => {
                    let key = script.tree.expr(*key);
                    match (&key.kind, self.key(key.range)) {
                        (ExprKind::String, Some(name)) => {
                            self.join_field(id, key.range, name, self.of(*value));
                        }
                        _ => self.join_item(id, self.of(*value)),
                    }
                }
            }
        }
    }

    fn field(&self, base: ExprId, name: TextRange) -> Type {
        let Some(name) = self.key(name) else { return Type::Unknown };
        self.seen(self.types.member(self.of(base), name))
    }

    /// Returns the type of what is called.
    fn callee(&self, call: &Call) -> Type {
        match call.method {
            Some(name) => self.field(call.callee, name),
            None => self.of(call.callee),
        }
    }

    fn call(&mut self, id: ExprId, call: &Call) -> Type {
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
                self.lose(call);
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
        // `M.f(M, x)` passes what `M:f(x)` passes unseen, and the other way round.
        let own = script.tree.func(func).method;
        let skip = usize::from(own && call.method.is_none());
        let shift = usize::from(!own && call.method.is_some());
        let args: Vec<ExprId> = call.args.iter().copied().skip(skip).collect();
        let many = args.last().is_some_and(|last| script.gives_many(*last));
        for (i, local) in script.scopes.params.get(func).into_iter().flatten().enumerate() {
            let ty = match i.checked_sub(shift).map(|i| (args.get(i), i)) {
                None => self.of(call.callee),
                Some((Some(arg), i)) if i + 1 < args.len() || !many => self.of(*arg),
                Some((Some(arg), _)) => self.nth(*arg, 0),
                Some((None, i)) => match args.last() {
                    Some(last) if many => self.nth(*last, i + 1 - args.len()),
                    _ => Type::sure(Kind::Nil),
                },
            };
            self.join_local(*local, ty);
            // A table that goes where another goes as well is lost sight of.
            if self.types.local(*local).kind() != ty.kind()
                && let Some(Kind::Table(table)) = ty.kind()
            {
                self.write_to(table);
            }
        }
    }

    /// Forgets the tables that are given to what may change them.
    fn lose(&mut self, call: &Call) {
        for arg in &call.args {
            if let Some(Kind::Table(table)) = self.of(*arg).kind() {
                self.write_to(table);
            }
        }
    }

    /// Returns what a call of Lua's libraries, or of something unknown, gives.
    fn library(&mut self, call: &Call) -> Type {
        let script = self.types.script;
        let arg = |flow: &Self, n: usize| call.args.get(n).map_or(Type::Unknown, |arg| flow.of(*arg));
        if let Some(name) = call.method {
            let name = script.text(name);
            let base = self.of(call.callee);
            return match base.kind() {
                Some(Kind::String) if STRING_METHODS.contains(&name) => Type::sure(Kind::String),
                // Nothing else has methods of these names: enough for completion, not for an error.
                None if base == Type::Unknown => match method(Object::State, name) {
                    Some(function) => of_ty(&function.returns).weaken(Sure::No),
                    None => Type::Unknown,
                },
                Some(Kind::String) => self.first_of_library(&format!("string.{name}"), call),
                _ => Type::Unknown,
            };
        }
        let Some(path) = script.global_path(call.callee) else {
            self.lose(call);
            return Type::Unknown;
        };
        if !READERS.contains(&path.as_str()) && !path.starts_with("string.") {
            self.lose(call);
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
}

/// Functions of the libraries that leave a table as it is.
const READERS: &[&str] = &[
    "ipairs",
    "pairs",
    "next",
    "print",
    "type",
    "typeof",
    "tostring",
    "assert",
    "select",
    "unpack",
    "table.unpack",
    "table.concat",
    "table.find",
    "table.clone",
];

const STRING_METHODS: &[&str] = &["format", "rep", "sub", "upper", "lower", "reverse", "gsub"];

/// Returns the literal name of a `require` call.
pub(crate) fn required(script: &Script, call: &Call) -> Option<String> {
    if call.method.is_some() || script.global_path(call.callee)? != "require" {
        return None;
    }
    let arg = script.tree.expr(script.tree.inner(*call.args.first()?));
    matches!(arg.kind, ExprKind::String).then_some(())?;
    String::from_utf8(decode(script.text(arg.range))?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Files, cases, script};
    use proptest::prelude::*;

    /// Lines that give and take values in many ways.
    const LINES: &[&str] = &[
        "local a = bk.image('x')",
        "local b = a:run('y')",
        "local t = { f = a, [1] = b }",
        "t.f = 1",
        "t.g = function(x) return x end",
        "t[#t + 1] = a",
        "table.insert(t, b)",
        "local function f(x, y) return y, x end",
        "local function g(x) return f(x, x) end",
        "function t.h(x) return t.g(x) end",
        "function t:m(x) return self, x end",
        "a = f(a, b)",
        "b = g(t)",
        "local c, d = f(1, a)",
        "c = t.h(b)",
        "d = t:m(a)",
        "local e = t.f or a",
        "e = t['g'](e)",
        "for _, v in ipairs(t) do b = v end",
        "f(t, nil)",
        "pcall(g, a)",
        "h = f",
        "h(1)",
        "a:files(function(x) b = x end)",
        "if a then c = 1 else c = t end",
        "local p = bk.platform('linux/amd64')",
        "e = p.os",
        "local t = setmetatable({}, t)",
        "return t",
    ];

    /// Asserts that working out only what is stale gives what working out everything gives.
    fn check(text: &str) {
        let script = script(text);
        let files = Files::beside_cases();
        let context = || Context::new(Some(&files));
        let sparing = flow(&script, &context());
        let mut careless = Stamps::new(&script);
        careless.careless = true;
        let all = flow_with(&script, &context(), careless);
        assert_eq!(sparing.exprs, all.exprs, "{text}");
        assert_eq!(sparing.locals, all.locals, "{text}");
        assert_eq!(sparing.returns, all.returns, "{text}");
        assert_eq!(sparing.changed, all.changed, "{text}");
    }

    #[test]
    fn the_sample_cases_lose_nothing() {
        cases().iter().for_each(|(_, text)| check(text));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        #[test]
        fn only_what_is_stale_has_to_be_worked_out(lines in prop::collection::vec(prop::sample::select(LINES), 0..16)) {
            check(&lines.join("\n"));
        }
    }
}
