//! The flow of values through all files of a project: which tables, functions and fields each expression may mean.

mod calls;
mod flow;
mod half_typed;
mod keys;

pub(crate) use keys::key_text;

use super::classes::{Class, Classes, Maker, Node, Sym};
use super::symbols::FieldUse;
use super::{FileId, Location, Project};
use crate::scope::{LocalId, LocalKind};
use crate::tree::{Call, ExprId, FuncId};
use std::collections::{HashMap, HashSet};

/// How many results of a call are told apart.
const RESULTS: usize = 3;

/// The values of a project.
pub(crate) struct Linked {
    pub(super) classes: Classes,
    nodes: Vec<FileNodes>,
    syms: HashMap<String, Sym>,
    pub(super) uses: Vec<FieldUse>,
    /// The uses of each field: of a class and a name.
    pub(super) by_field: HashMap<(Node, Sym), Vec<usize>>,
    /// What a method call calls.
    methods: HashMap<(FileId, ExprId), Node>,
}

/// Where the nodes of a file begin.
#[derive(Debug, Clone, Copy)]
struct FileNodes {
    exprs: Node,
    locals: Node,
    funcs: Node,
    module: Node,
}

impl Linked {
    pub(super) fn new(project: &Project) -> Linked {
        let mut linker = Linker {
            project,
            linked: Linked {
                classes: Classes::default(),
                nodes: Vec::new(),
                syms: HashMap::new(),
                uses: Vec::new(),
                by_field: HashMap::new(),
                methods: HashMap::new(),
            },
            extras: HashMap::new(),
            globals: HashMap::new(),
            assigned_globals: HashSet::new(),
        };
        linker.nodes();
        for file in 0..project.files.len() {
            linker.file(file);
        }
        linker.calls();
        linker.given();
        for file in 0..project.files.len() {
            linker.loose(file);
        }
        let mut linked = linker.linked;
        linked.index();
        linked
    }

    pub(crate) fn expr(&self, file: FileId, id: ExprId) -> Node {
        self.nodes.get(file).map_or(0, |nodes| nodes.exprs + id as Node)
    }

    pub(crate) fn local(&self, file: FileId, id: LocalId) -> Node {
        self.nodes.get(file).map_or(0, |nodes| nodes.locals + id as Node)
    }

    pub(crate) fn func(&self, file: FileId, id: FuncId) -> Node {
        self.nodes.get(file).map_or(0, |nodes| nodes.funcs + id as Node)
    }

    pub(crate) fn module(&self, file: FileId) -> Node {
        self.nodes.get(file).map_or(0, |nodes| nodes.module)
    }

    /// Returns what a call calls.
    pub(crate) fn callee(&self, file: FileId, id: ExprId, call: &Call) -> Node {
        match self.methods.get(&(file, id)) {
            Some(node) => *node,
            None => self.expr(file, call.callee),
        }
    }

    pub(crate) fn class(&self, node: Node) -> Option<&Class> {
        self.classes.get(node)
    }

    pub(crate) fn sym(&self, name: &str) -> Option<Sym> {
        self.syms.get(name).copied()
    }

    /// Returns the node that stands for all that may be the same value.
    pub(crate) fn root(&self, node: Node) -> Node {
        self.classes.root(node)
    }

    /// Returns what makes the value at a node.
    pub(crate) fn makers(&self, node: Node) -> &[Maker] {
        self.classes.get(node).map_or(&[], |class| &class.makers)
    }

    fn index(&mut self) {
        for (i, field) in self.uses.iter().enumerate() {
            let key = (self.classes.root(field.base), field.name);
            self.by_field.entry(key).or_default().push(i);
        }
    }
}

struct Linker<'p> {
    project: &'p Project,
    linked: Linked,
    /// The further results of calls.
    extras: HashMap<(FileId, ExprId, usize), Node>,
    globals: HashMap<(usize, Sym), Node>,
    assigned_globals: HashSet<(usize, String)>,
}

impl<'p> Linker<'p> {
    fn nodes(&mut self) {
        for file in &self.project.files {
            let script = &file.script;
            let classes = &mut self.linked.classes;
            let exprs = classes.grow(script.tree.exprs.len());
            let locals = classes.grow(script.scopes.locals.len());
            let funcs = classes.grow(script.tree.funcs.len());
            let module = classes.grow(1);
            self.linked.nodes.push(FileNodes { exprs, locals, funcs, module });
            let globals = script.scopes.locals.iter().filter(|local| local.kind == LocalKind::Global);
            for local in globals {
                self.assigned_globals.insert((file.group, script.text(local.name).to_owned()));
            }
        }
    }

    fn sym(&mut self, name: &str) -> Sym {
        if let Some(sym) = self.linked.syms.get(name) {
            return *sym;
        }
        let sym = self.linked.syms.len() as Sym;
        self.linked.syms.insert(name.to_owned(), sym);
        sym
    }

    fn expr(&self, file: FileId, id: ExprId) -> Node {
        self.linked.expr(file, id)
    }

    fn unify(&mut self, a: Node, b: Node) {
        self.linked.classes.unify(a, b);
    }

    fn file(&mut self, file: FileId) {
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
                _ => {}
            }
        }
        for require in &known.requires {
            for (_, target) in &require.found {
                self.unify(self.expr(file, require.call), self.linked.module(*target));
            }
        }
        for flow in &script.scopes.flows {
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
            let params = params.collect();
            let node = self.linked.func(file, id);
            let class = self.linked.classes.class(node);
            class.makers.push(Maker::Func(file, id));
            class.signature = Some(Signature { params, results: Vec::new() });
        }
        for stmt in super::functions::statements(script) {
            if let StmtKind::GenericFor { values, .. } = &stmt.kind
                && let Some(table) = values.first()
                && !matches!(script.tree.expr(*table).kind, ExprKind::Call(_))
            {
                let at = Location { file, range: script.tree.expr(*table).range };
                let node = self.expr(file, *table);
                self.linked.classes.iterate(node, at);
            }
        }
        // The `self` of a method is what the method stands in.
        for stmt in super::functions::statements(script) {
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
    fn result(&mut self, func: Node, n: usize) -> Node {
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

    fn used(&mut self, file: FileId, base: Node, name: &str, range: TextRange, kind: Use) -> Node {
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

    fn extra(&mut self, file: FileId, call: ExprId, n: usize) -> Node {
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

    fn source(&mut self, file: FileId, script: &Script, source: Source) -> Option<Node> {
        match source {
            Source::Expr(id, 0) => Some(self.expr(file, id)),
            Source::Expr(id, n) => match script.tree.expr(id).kind {
                ExprKind::Call(_) if n < RESULTS => Some(self.extra(file, id, n)),
                _ => None,
            },
            Source::Func(func) => Some(self.linked.func(file, func)),
            Source::Element(list) => self.element(file, script, list),
            Source::Nil | Source::Number | Source::Key(_) | Source::Unknown => None,
        }
    }

    /// Returns what the second name of `for _, x in …` holds.
    fn element(&mut self, file: FileId, script: &Script, list: ExprId) -> Option<Node> {
        let ExprKind::Call(call) = &script.tree.expr(list).kind else {
            let node = self.expr(file, list);
            return Some(self.linked.classes.item(node));
        };
        let path = script.global_path(call.callee)?;
        let table = *call.args.first()?;
        let node = self.expr(file, table);
        matches!(path.as_str(), "ipairs" | "pairs").then(|| self.linked.classes.item(node))
    }

    /// Lets arguments flow into functions and results out of them, until nothing is new.
    fn calls(&mut self) {
        for file in 0..self.project.files.len() {
            let Some(script) = self.project.script(file) else { continue };
            for (id, call) in script.tree.calls() {
                self.library(file, script, id, call);
            }
        }
        for _ in 0..PASSES {
            let before = self.linked.classes.unions;
            for file in 0..self.project.files.len() {
                let Some(script) = self.project.script(file) else { continue };
                for (id, call) in script.tree.calls() {
                    self.call(file, script, id, call);
                }
            }
            if self.linked.classes.unions == before {
                return;
            }
        }
    }

    fn call(&mut self, file: FileId, script: &Script, id: ExprId, call: &Call) {
        let callee = self.linked.callee(file, id, call);
        let base = call.method.map(|_| call.callee);
        let args: Vec<ExprId> = base.into_iter().chain(call.args.iter().copied()).collect();
        self.apply(file, script, id, callee, &args, 0);
    }

    /// Binds arguments to the parameters of what `callee` may be, and its results to those of a call, from the n-th on.
    fn apply(
        &mut self,
        file: FileId,
        script: &Script,
        id: ExprId,
        callee: Node,
        args: &[ExprId],
        shift: usize,
    ) {
        let Some(signature) = self.linked.classes.get(callee).and_then(|class| class.signature.clone())
        else {
            return;
        };
        for (i, param) in signature.params.iter().enumerate() {
            match args.get(i) {
                Some(arg) => self.unify(*param, self.expr(file, *arg)),
                None => {
                    // `f(g())` hands on all that `g` gives.
                    let Some(last) = args.last().filter(|last| script.gives_many(**last)) else { break };
                    let n = i + 1 - args.len();
                    if n >= RESULTS || !matches!(script.tree.expr(*last).kind, ExprKind::Call(_)) {
                        break;
                    }
                    let extra = self.extra(file, *last, n);
                    self.unify(*param, extra);
                }
            }
        }
        for n in 0..RESULTS {
            let wanted = n + shift;
            if wanted > 0 && !self.extras.contains_key(&(file, id, wanted)) {
                continue;
            }
            let (own, result) = (self.extra(file, id, wanted), self.result(callee, n));
            self.unify(own, result);
        }
    }

    /// Knows what Lua's own functions do with values.
    fn library(&mut self, file: FileId, script: &Script, id: ExprId, call: &Call) {
        if call.method.is_some() {
            return;
        }
        let Some(path) = script.global_path(call.callee) else { return };
        let arg = |n: usize| call.args.get(n).map(|arg| self.expr(file, *arg));
        let (first, second, third, own) = (arg(0), arg(1), arg(2), self.expr(file, id));
        match (path.as_str(), first, second) {
            ("assert" | "table.clone" | "table.freeze", Some(first), _) => self.unify(own, first),
            ("setmetatable", Some(first), second) => {
                self.unify(own, first);
                if let Some(meta) = second {
                    let sym = self.sym("__index");
                    let index = self.linked.classes.field(meta, sym);
                    self.unify(first, index);
                }
            }
            ("unpack" | "table.unpack", Some(first), _) => {
                let item = self.linked.classes.item(first);
                for n in 0..RESULTS {
                    let node = self.extra(file, id, n);
                    self.unify(node, item);
                }
            }
            ("table.remove", Some(first), _) => {
                let item = self.linked.classes.item(first);
                self.unify(own, item);
            }
            ("table.insert", Some(first), Some(second)) => {
                let item = self.linked.classes.item(first);
                let value = third.unwrap_or(second);
                self.unify(item, value);
            }
            ("pairs" | "next", Some(first), _) => {
                let range = script.tree.expr(call.callee).range;
                self.linked.classes.iterate(first, Location { file, range });
            }
            ("pcall", Some(first), _) => {
                self.apply(file, script, id, first, call.args.get(1..).unwrap_or(&[]), 1);
            }
            _ => {}
        }
    }

    /// Adds the names in code that does not parse yet.
    fn loose(&mut self, file: FileId) {
        let Some(known) = self.project.files.get(file) else { return };
        let script = &known.script;
        for name in loose(script) {
            let Meaning::Field { root, steps, declared } = name.meaning else { continue };
            let root = match root {
                Root::Variable(name, offset) => match variable(script, &name, offset) {
                    Some(local) => Some(self.linked.local(file, local)),
                    None => {
                        let sym = self.sym(&name);
                        self.globals.get(&(known.group, sym)).copied()
                    }
                },
                Root::Require(name) => {
                    let mut same = known.requires.iter().filter(|require| require.name == name);
                    let target = same.find_map(|require| require.found.first());
                    target.map(|(_, target)| self.linked.module(*target))
                }
            };
            let base = steps.into_iter().try_fold(root, |node, step| match (node, step) {
                (Some(node), Step::Field(name)) => {
                    let sym = self.sym(&name);
                    Some(Some(self.linked.classes.field(node, sym)))
                }
                (Some(node), Step::Call) => {
                    self.linked.classes.get(node)?.signature.as_ref()?;
                    Some(Some(self.result(node, 0)))
                }
                (None, _) => None,
            });
            if let Some(Some(base)) = base {
                let kind = if declared { Use::Declare } else { Use::Read };
                self.used(file, base, script.text(name.range), name.range, kind);
            }
        }
    }

    /// Marks what is given to functions that are not in the project, with all that hangs on it.
    fn given(&mut self) {
        let mut open: Vec<(Node, Location)> = Vec::new();
        for file in 0..self.project.files.len() {
            let Some(script) = self.project.script(file) else { continue };
            for (id, call) in script.tree.calls() {
                let callee = self.linked.callee(file, id, call);
                if self.linked.classes.get(callee).is_some_and(|class| class.signature.is_some()) {
                    continue;
                }
                let path = if call.method.is_none() { script.global_path(call.callee) } else { None };
                if path.as_deref().is_some_and(|path| READERS.contains(&path) || path == "require") {
                    continue;
                }
                let node = self.expr(file, id);
                self.linked.classes.class(node).makers.push(Maker::Call(file, id));
                let range = script.tree.called_name(call).unwrap_or(script.tree.expr(id).range);
                let at = Location { file, range };
                open.extend(call.args.iter().map(|arg| (self.expr(file, *arg), at)));
            }
        }
        while let Some((node, at)) = open.pop() {
            let Some(class) = self.linked.classes.get(node) else { continue };
            if class.given.is_some() {
                continue;
            }
            open.extend(class.fields.values().chain(&class.item).map(|inner| (*inner, at)));
            self.linked.classes.class(node).given = Some(at);
        }
    }
}

/// Functions of Lua that leave the names in a table alone.
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
    "error",
    "setmetatable",
    "getmetatable",
    "pcall",
    "rawequal",
    "rawlen",
    "table.unpack",
    "table.concat",
    "table.find",
    "table.insert",
    "table.remove",
    "table.sort",
    "table.clone",
    "table.freeze",
    "table.isfrozen",
];

/// Returns the name that a key is: a bare one, or what a string says.
pub(crate) fn key_text(script: &Script, range: TextRange) -> Option<String> {
    let text = script.text(range);
    match text.as_bytes().first()? {
        b'"' | b'\'' | b'[' => String::from_utf8(decode(text)?).ok(),
        _ => Some(text.to_owned()),
    }
}

fn is_function(script: &Script, value: ExprId) -> bool {
    matches!(script.tree.expr(script.tree.inner(value)).kind, ExprKind::Function(_))
}

/// Tells whether a key is a number by all that the text tells, so that it is no name.
fn is_number(script: &Script, numbers: &HashSet<LocalId>, key: ExprId) -> bool {
    let key = script.tree.inner(key);
    match &script.tree.expr(key).kind {
        ExprKind::Number => true,
        ExprKind::Unary { op, .. } => matches!(script.text(*op), "#" | "-"),
        ExprKind::Binary { op, .. } => matches!(script.text(*op), "+" | "-" | "*" | "/" | "//" | "%"),
        ExprKind::Name => {
            let local = script.scopes.names.get(key).copied().flatten();
            local.is_some_and(|local| numbers.contains(&local))
        }
        _ => false,
    }
}

/// Returns the locals that hold numbers: those of counting loops, and the first names of `ipairs`.
fn numbers(script: &Script) -> HashSet<LocalId> {
    let mut found = HashSet::new();
    let mut others = HashSet::new();
    for flow in &script.scopes.flows {
        let Target::Local(local) = flow.target else { continue };
        let is_number = match flow.source {
            Source::Number => true,
            Source::Expr(id, 0) => is_number(script, &HashSet::new(), id),
            _ => false,
        };
        if is_number {
            found.insert(local)
        } else {
            others.insert(local)
        };
    }
    found.retain(|local| !others.contains(local));
    let indices: HashSet<TextRange> = super::functions::statements(script)
        .into_iter()
        .filter_map(|stmt| {
            let StmtKind::GenericFor { names, values, .. } = &stmt.kind else { return None };
            let ExprKind::Call(call) = &script.tree.expr(*values.first()?).kind else { return None };
            (script.global_path(call.callee)? == "ipairs").then_some(names.first()?.name)
        })
        .collect();
    let locals = script.scopes.locals.iter().enumerate();
    found.extend(locals.filter(|(_, local)| indices.contains(&local.name)).map(|(id, _)| id));
    found
}
