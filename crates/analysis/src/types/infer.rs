//! The data flow itself.

mod calls;
mod lua;
mod stale;

pub(crate) use calls::required;

use super::annotations::{above, annotated, of_func};
use super::declared::Declared;
use super::known::Stamps;
use super::{Context, Data, Field, Inferred, Kind, Sure, Type, Types, hash};
use crate::Script;
use crate::scope::{LocalId, LocalKind, Source, Target};
use crate::tree::{Entry, Expr, ExprId, ExprKind, FuncId};
use lua::selves;
use luakit_api::modules::Loader;
use luakit_diagnostics::TextRange;
use rustc_hash::FxHashMap;
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
        broken: broken_lines(script),
        casts: FxHashMap::default(),
        selves: selves(script),
    };
    flow.annotations();
    flow.modules(context);
    for settled in [false, true] {
        flow.settled = settled;
        flow.stamps.settle();
        let mut passes = 0;
        while flow.pass(!settled && passes == 0) {
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

fn broken_lines(script: &Script) -> Vec<usize> {
    let lines = script.errors.iter().map(|error| script.file.lines.line(error.range.start));
    let mut lines: Vec<usize> = lines.collect();
    lines.sort_unstable();
    lines
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
    /// Lines that do not parse, in their order: what was made of them is not what they will say.
    broken: Vec<usize>,
    /// The types that `value :: Type` declares.
    casts: FxHashMap<ExprId, Type>,
    /// The `self` of each method.
    selves: FxHashMap<FuncId, LocalId>,
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
        let mut modules: FxHashMap<String, Type> = FxHashMap::default();
        for (id, call) in script.tree.calls() {
            let Some(name) = required(script, call) else { continue };
            let ty = *modules.entry(name).or_insert_with_key(|name| match context.export(name) {
                Some(export) => self.data().import(&export),
                None => Type::Unknown,
            });
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
        self.stamps.begin_expr(id);
        let ty = self.expr(id);
        let before = self.data().exprs.get_mut(id).map(|slot| std::mem::replace(slot, ty));
        self.stamps.end_expr(id, before != Some(ty));
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
            self.stamps.begin_flow(i);
            let ty = self.source(flow.source);
            self.target(flow.target, ty);
            self.bind_self(flow.target, flow.source);
            self.stamps.end_flow(i);
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

    /// What has not been seen by the end can be anything.
    fn seen(&self, ty: Type) -> Type {
        match ty {
            Type::Bottom if self.settled => Type::Unknown,
            Type::Bottom => {
                self.stamps.read_nothing();
                ty
            }
            _ => ty,
        }
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
        let data = self.data();
        let fields = data.fields.entry(table).or_default();
        let slot = fields.entry(hash(text)).or_insert(Field { name, ty: Type::Bottom });
        if Self::join(&mut slot.ty, ty) {
            if !text.starts_with("__") {
                Self::join(data.values.entry(table).or_default(), ty.weaken(Sure::No));
            }
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
        let Expr { range, kind } = self.types.script.tree.expr(id);
        // A function is one, whatever is wrong inside.
        if self.broken.is_empty() || matches!(kind, ExprKind::Function(_)) {
            return false;
        }
        let line = |offset: usize| self.types.script.file.lines.line(offset);
        let next = self.broken.partition_point(|broken| *broken < line(range.start));
        self.broken.get(next).is_some_and(|broken| *broken <= line(range.end))
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
}

#[cfg(test)]
mod tests;
