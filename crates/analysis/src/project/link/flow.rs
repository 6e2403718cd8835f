//! What flows where inside a file: expressions, assignments, the parameters and results of its functions.

use super::keys::{is_function, is_number, key_text, numbers};
use super::{FileId, Linker, Location, Node, RESULTS};
use crate::Script;
use crate::lua_library::looped;
use crate::project::classes::{Maker, Signature};
use crate::project::symbols::{FieldUse, Use, assigned};
use crate::scope::{LocalId, LocalKind, Source, Target};
use crate::tree::{Call, Entry, ExprId, ExprKind, StmtKind};
use luakit_api::GLOBALS;
use luakit_diagnostics::TextRange;
use std::collections::HashMap;

impl<'p> Linker<'p> {
    pub(super) fn file(&mut self, file: FileId) {
        let Some(known) = self.project.files.get(file) else { return };
        let script: &'p Script = &known.script;
        self.functions(file, script);
        let targets = assigned(script);
        let numbers = numbers(script);
        for (id, expr) in script.tree.exprs.iter().enumerate() {
            let node = self.expr(file, id);
            match &expr.kind {
                ExprKind::Name => self.name(file, script, id, known.group),
                ExprKind::Function(func) => self.unify(node, self.linked.func(file, *func)),
                ExprKind::Field { base, name } => {
                    let kind = targets.get(&id).copied().unwrap_or(Use::Read);
                    let field = self.field(file, script, *base, *name, kind);
                    self.unify(node, field);
                }
                ExprKind::Index { base, key } => {
                    let kind = targets.get(&id).copied().unwrap_or(Use::Read);
                    let number = is_number(script, &numbers, *key);
                    let value = self.index(file, script, *base, *key, kind, number);
                    self.unify(node, value);
                }
                ExprKind::Table(entries) => self.table(file, script, id, entries),
                ExprKind::Binary { op, left, right } => match script.text(*op) {
                    "and" => self.unify(node, self.expr(file, *right)),
                    "or" => {
                        self.unify(node, self.expr(file, *left));
                        self.unify(node, self.expr(file, *right));
                    }
                    _ => {}
                },
                ExprKind::If { values, .. } => {
                    values.iter().for_each(|value| self.unify(node, self.expr(file, *value)));
                }
                ExprKind::Paren(inner) | ExprKind::Cast { value: inner, .. } => {
                    self.unify(node, self.expr(file, *inner));
                }
                ExprKind::Call(call) => self.method(file, script, id, call),
                ExprKind::Vararg => {
                    let func = script.scopes.inside.get(id).copied().flatten();
                    let class = func.and_then(|func| self.linked.class(self.linked.func(file, func)));
                    if let Some((_, rest)) = class.and_then(|class| class.signature.as_ref()?.rest) {
                        self.unify(node, rest);
                    }
                }
                _ => {}
            }
        }
        for require in &known.requires {
            for (_, target) in &require.found {
                self.unify(self.expr(file, require.call), self.linked.module(*target));
            }
        }
        for flow in &script.scopes.flows {
            if let Source::Key(list) = flow.source {
                self.keys(file, script, list);
            }
            let Some(source) = self.source(file, script, flow.source) else { continue };
            let target = match flow.target {
                Target::Local(local) => self.linked.local(file, local),
                Target::Field(base, name) => {
                    let Some(name) = key_text(script, name) else { continue };
                    let (base, sym) = (self.expr(file, base), self.sym(&name));
                    self.linked.classes.field(base, sym)
                }
                Target::Item(base) => {
                    let base = self.expr(file, base);
                    self.linked.classes.item(base)
                }
                Target::Return(func, n) => {
                    let func = self.linked.func(file, func);
                    self.result(func, n)
                }
                Target::Module => self.linked.module(file),
            };
            self.unify(target, source);
        }
    }

    fn functions(&mut self, file: FileId, script: &Script) {
        let itself: HashMap<usize, LocalId> = script
            .scopes
            .locals
            .iter()
            .enumerate()
            .filter(|(_, local)| local.kind == LocalKind::Itself)
            .map(|(id, local)| (local.visible.start, id))
            .collect();
        for (id, func) in script.tree.funcs.iter().enumerate() {
            let own = func.method.then(|| itself.get(&func.block.range.start)).flatten();
            let declared = script.scopes.params.get(id).into_iter().flatten();
            let params = own.into_iter().chain(declared).map(|local| self.linked.local(file, *local));
            let params: Vec<Node> = params.collect();
            let rest = func.variadic.then(|| (params.len(), self.linked.classes.fresh()));
            let node = self.linked.func(file, id);
            let class = self.linked.classes.class(node);
            class.makers.push(Maker::Func(file, id));
            class.signature = Some(Signature { params, rest, results: Vec::new() });
        }
        // The `self` of a method is what the method stands in.
        for stmt in script.tree.stmts() {
            if let StmtKind::Function { target, func } = stmt.kind
                && script.tree.func(func).method
                && let ExprKind::Field { base, .. } = script.tree.expr(target).kind
                && let Some(local) = itself.get(&script.tree.func(func).block.range.start)
            {
                self.unify(self.linked.local(file, *local), self.expr(file, base));
            }
        }
    }

    /// Returns the node of the n-th result of a function.
    pub(super) fn result(&mut self, func: Node, n: usize) -> Node {
        let n = n.min(RESULTS - 1);
        loop {
            let signature = self.linked.classes.class(func).signature.get_or_insert_default();
            if let Some(node) = signature.results.get(n) {
                return *node;
            }
            let node = self.linked.classes.fresh();
            if let Some(signature) = &mut self.linked.classes.class(func).signature {
                signature.results.push(node);
            }
        }
    }

    fn name(&mut self, file: FileId, script: &Script, id: ExprId, group: usize) {
        let node = self.expr(file, id);
        let local = script.scopes.names.get(id).copied().flatten();
        if let Some(local) = local {
            self.unify(node, self.linked.local(file, local));
        }
        let is_global = local
            .and_then(|local| script.scopes.locals.get(local))
            .is_none_or(|local| local.kind == LocalKind::Global);
        if is_global {
            let name = script.text(script.tree.expr(id).range);
            let assigned = self.assigned_globals.contains(&(group, name.to_owned()));
            if assigned && !GLOBALS.contains(&name) {
                let sym = self.sym(name);
                let global = match self.globals.get(&(group, sym)) {
                    Some(global) => *global,
                    None => {
                        let global = self.linked.classes.fresh();
                        self.globals.insert((group, sym), global);
                        global
                    }
                };
                self.unify(node, global);
            }
        }
    }

    pub(super) fn used(&mut self, file: FileId, base: Node, name: &str, range: TextRange, kind: Use) -> Node {
        let sym = self.sym(name);
        let at = Location { file, range };
        self.linked.uses.push(FieldUse { at, base, name: sym, kind });
        self.linked.classes.field(base, sym)
    }

    fn field(&mut self, file: FileId, script: &Script, base: ExprId, name: TextRange, kind: Use) -> Node {
        let text = script.text(name);
        let base = self.expr(file, base);
        // Half-typed: `base.` and nothing.
        if text.is_empty() { self.linked.classes.fresh() } else { self.used(file, base, text, name, kind) }
    }

    fn index(
        &mut self,
        file: FileId,
        script: &Script,
        base: ExprId,
        key: ExprId,
        kind: Use,
        number: bool,
    ) -> Node {
        let inner = script.tree.expr(script.tree.inner(key));
        let base_node = self.expr(file, base);
        if matches!(inner.kind, ExprKind::String)
            && let Some(name) = key_text(script, inner.range)
        {
            return self.used(file, base_node, &name, inner.range, kind);
        }
        if !number {
            let range = script.tree.expr(key).range;
            self.linked.classes.iterate(base_node, Location { file, range });
        }
        self.linked.classes.item(base_node)
    }

    fn table(&mut self, file: FileId, script: &Script, id: ExprId, entries: &[Entry]) {
        let node = self.expr(file, id);
        self.linked.classes.class(node).makers.push(Maker::Table(file, id));
        for entry in entries {
            let (value, slot) = match entry {
                Entry::Item(value) => (*value, self.linked.classes.item(node)),
                Entry::Named { key, value } => {
                    let kind = Use::Key { func: is_function(script, *value) };
                    (*value, self.used(file, node, script.text(*key), *key, kind))
                }
                Entry::Keyed { key, value } => {
                    let kind = Use::Key { func: is_function(script, *value) };
                    let inner = script.tree.expr(script.tree.inner(*key));
                    let slot = match key_text(script, inner.range) {
                        Some(name) if matches!(inner.kind, ExprKind::String) => {
                            self.used(file, node, &name, inner.range, kind)
                        }
                        _ => self.linked.classes.item(node),
                    };
                    (*value, slot)
                }
            };
            self.unify(slot, self.expr(file, value));
        }
    }

    fn method(&mut self, file: FileId, script: &Script, id: ExprId, call: &Call) {
        if let Some(name) = call.method {
            let node = self.field(file, script, call.callee, name, Use::Read);
            self.linked.methods.insert((file, id), node);
        }
    }

    /// Returns the node of the n-th result of a call.
    pub(super) fn extra(&mut self, file: FileId, call: ExprId, n: usize) -> Node {
        let n = n.min(RESULTS - 1);
        if n == 0 {
            return self.expr(file, call);
        }
        if let Some(node) = self.extras.get(&(file, call, n)) {
            return *node;
        }
        let node = self.linked.classes.fresh();
        self.extras.insert((file, call, n), node);
        node
    }

    /// Returns the node of what a source gives, if it is one that has names in it.
    pub(super) fn source(&mut self, file: FileId, script: &Script, source: Source) -> Option<Node> {
        match source {
            Source::Expr(id, 0) => Some(self.expr(file, id)),
            Source::Expr(id, n) => match script.tree.expr(id).kind {
                ExprKind::Call(_) => Some(self.extra(file, id, n)),
                ExprKind::Vararg => Some(self.expr(file, id)),
                _ => None,
            },
            Source::Func(func) => Some(self.linked.func(file, func)),
            Source::Element(list) => Some(self.element(file, script, list)),
            Source::Nil | Source::Number | Source::Key(_) | Source::Unknown => None,
        }
    }

    /// Returns what the second name of `for _, x in …` holds.
    fn element(&mut self, file: FileId, script: &Script, list: ExprId) -> Node {
        let node = self.expr(file, looped(script, list).0);
        self.linked.classes.item(node)
    }

    /// The first name of `for k in …` holds the names in a table, unless they are counted.
    fn keys(&mut self, file: FileId, script: &Script, list: ExprId) {
        // What `pairs` does is done wherever it is called.
        if looped(script, list).1.is_none() {
            let at = Location { file, range: script.tree.expr(list).range };
            let node = self.expr(file, list);
            self.linked.classes.iterate(node, at);
        }
    }
}
