//! Which declaration each name means, and where values flow.

use crate::tree::{Block, Call, Entry, ExprId, ExprKind, FuncId, Name, Param, Stmt, StmtKind, Tree};
use luakit_diagnostics::TextRange;
use rustc_hash::FxHashMap;

pub(crate) type LocalId = usize;

/// A name that a script declares.
#[derive(Debug)]
pub(crate) struct Local {
    pub(crate) name: Name,
    /// Where it can be used.
    pub(crate) visible: TextRange,
    pub(crate) kind: LocalKind,
    /// The expression it is declared with.
    pub(crate) value: Option<ExprId>,
    /// The type after its `:`.
    pub(crate) ty: Option<TextRange>,
    /// How often it is read, and how often it is assigned after its declaration.
    pub(crate) reads: usize,
    pub(crate) writes: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LocalKind {
    Variable,
    Function(FuncId),
    Param(FuncId, usize),
    /// The `self` of a method, which is not written.
    Itself,
    /// Declared by a loop.
    Loop,
    /// Not local at all: a global that the script assigns.
    Global,
}

/// A value that goes somewhere.
#[derive(Debug)]
pub(crate) struct Flow {
    pub(crate) target: Target,
    pub(crate) source: Source,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    Local(LocalId),
    /// `base.name = …`; the name may also be a string in brackets.
    Field(ExprId, TextRange),
    /// `base[…] = …`.
    Item(ExprId),
    /// The n-th value that a function returns.
    Return(FuncId, usize),
    /// What the file returns.
    Module,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Source {
    /// The n-th value of an expression.
    Expr(ExprId, usize),
    Func(FuncId),
    Nil,
    /// An element of what a loop goes over.
    Element(ExprId),
    /// The key of such an element.
    Key(ExprId),
    Number,
    Unknown,
}

#[derive(Debug, Default)]
pub(crate) struct Scopes {
    pub(crate) locals: Vec<Local>,
    /// What each name expression means, by its id; `None` for what is not declared in the file.
    pub(crate) names: Vec<Option<LocalId>>,
    pub(crate) flows: Vec<Flow>,
    /// For each function, the locals that are its parameters.
    pub(crate) params: Vec<Vec<LocalId>>,
    /// For each function, whether it is used other than by calling its name.
    pub(crate) escapes: Vec<bool>,
    /// The function that each call and each `...` is in, by its id; `None` at the top level.
    pub(crate) inside: Vec<Option<FuncId>>,
}

impl Local {
    /// Tells whether there is such a name at all: where every assignment to it turned out to be one to a local, there
    /// is no global.
    pub(crate) fn exists(&self) -> bool {
        self.kind != LocalKind::Global || self.writes > 0
    }
}

impl Scopes {
    /// Returns the names that can be used at an offset; an inner one hides an outer one of the same name.
    pub(crate) fn visible_at<'a>(&'a self, offset: usize) -> impl Iterator<Item = (LocalId, &'a Local)> {
        let visible = move |(_, local): &(LocalId, &'a Local)| {
            local.visible.touches(offset) && local.visible.start <= offset && local.exists()
        };
        self.locals.iter().enumerate().rev().filter(visible)
    }
}

/// Resolves all names of a tree.
pub(crate) fn resolve(text: &str, tree: &Tree) -> Scopes {
    let mut resolver = Resolver {
        text,
        tree,
        scopes: Scopes {
            names: vec![None; tree.exprs.len()],
            inside: vec![None; tree.exprs.len()],
            params: tree.funcs.iter().map(|_| Vec::new()).collect(),
            escapes: vec![false; tree.funcs.len()],
            ..Scopes::default()
        },
        visible: FxHashMap::default(),
        entered: Vec::new(),
        func: None,
    };
    resolver.globals();
    resolver.block(&tree.block, tree.block.range.end);
    resolver.forget_globals();
    resolver.scopes
}

struct Resolver<'a> {
    text: &'a str,
    tree: &'a Tree,
    scopes: Scopes,
    /// For each name, what it means where the walk is, the innermost last.
    visible: FxHashMap<&'a str, Vec<LocalId>>,
    /// The names that were declared in the blocks around, in their order.
    entered: Vec<&'a str>,
    func: Option<FuncId>,
}

impl<'a> Resolver<'a> {
    fn name(&self, name: Name) -> &'a str {
        self.text.get(name.start..name.end).unwrap_or("")
    }

    fn declare(&mut self, name: Name, start: usize, end: usize, kind: LocalKind) -> LocalId {
        let id = self.scopes.locals.len();
        let visible = TextRange::new(start, end);
        self.scopes.locals.push(Local { name, visible, kind, value: None, ty: None, reads: 0, writes: 0 });
        let text = if kind == LocalKind::Itself { "self" } else { self.name(name) };
        self.visible.entry(text).or_default().push(id);
        self.entered.push(text);
        id
    }

    /// Declares the globals that are assigned anywhere, since each function may use them.
    fn globals(&mut self) {
        let mut first: FxHashMap<&str, Name> = FxHashMap::default();
        for stmt in self.tree.stmts() {
            let targets: Vec<ExprId> = match &stmt.kind {
                StmtKind::Assign { targets, .. } => targets.clone(),
                StmtKind::Function { target, .. } => vec![*target],
                _ => Vec::new(),
            };
            for target in targets {
                let expr = self.tree.expr(target);
                let name = self.name(expr.range);
                // Whether it is a local is not known yet; one that is hides the global.
                if matches!(expr.kind, ExprKind::Name) {
                    let place = first.entry(name).or_insert(expr.range);
                    *place = expr.range.min(*place);
                }
            }
        }
        let mut first: Vec<Name> = first.into_values().collect();
        first.sort_unstable();
        for name in first {
            self.declare(name, 0, self.tree.block.range.end, LocalKind::Global);
        }
    }

    /// Takes away the globals that no assignment is to.
    fn forget_globals(&mut self) {
        let Scopes { names, locals, .. } = &mut self.scopes;
        for name in names {
            if name.and_then(|id| locals.get(id)).is_some_and(|local| !local.exists()) {
                *name = None;
            }
        }
    }

    fn flow(&mut self, target: Target, source: Source) {
        self.scopes.flows.push(Flow { target, source });
    }

    fn block(&mut self, block: &'a Block, end: usize) {
        let before = self.entered.len();
        for stmt in &block.stmts {
            self.stmt(stmt, end);
        }
        self.leave(before);
    }

    /// Makes the locals invisible that were declared since `before` names were.
    fn leave(&mut self, before: usize) {
        while self.entered.len() > before
            && let Some(name) = self.entered.pop()
        {
            self.visible.get_mut(name).and_then(Vec::pop);
        }
    }

    fn stmt(&mut self, stmt: &'a Stmt, end: usize) {
        match &stmt.kind {
            StmtKind::Local { names, values } => {
                self.exprs(values);
                for (i, param) in names.iter().enumerate() {
                    let kind = match self.value_func(values.get(i)) {
                        Some(func) => LocalKind::Function(func),
                        None => LocalKind::Variable,
                    };
                    let id = self.declare(param.name, stmt.range.end, end, kind);
                    self.flow(Target::Local(id), nth(values, i));
                    if let Some(local) = self.scopes.locals.get_mut(id) {
                        local.value = values.get(i).copied();
                        local.ty = param.ty;
                    }
                }
            }
            StmtKind::Assign { targets, values } => {
                self.exprs(values);
                for (i, target) in targets.iter().enumerate() {
                    self.assign(*target, nth(values, i));
                }
            }
            StmtKind::Compound { target, value } => {
                self.expr(*value);
                self.expr(*target);
                self.assign(*target, Source::Unknown);
            }
            StmtKind::Call(call) => self.expr(*call),
            StmtKind::Do(block) => self.block(block, block.range.end),
            StmtKind::While { condition, block } => {
                self.expr(*condition);
                self.block(block, block.range.end);
            }
            StmtKind::Repeat { block, condition } => {
                let before = self.entered.len();
                for stmt in &block.stmts {
                    self.stmt(stmt, block.range.end);
                }
                self.expr(*condition);
                self.leave(before);
            }
            StmtKind::If { arms, otherwise } => {
                for (binding, condition, block) in arms {
                    self.expr(*condition);
                    let before = self.entered.len();
                    if let Some(binding) = binding {
                        let id = self.declare(
                            binding.name,
                            block.range.start,
                            block.range.end,
                            LocalKind::Variable,
                        );
                        self.flow(Target::Local(id), Source::Expr(*condition, 0));
                    }
                    self.block(block, block.range.end);
                    self.leave(before);
                }
                if let Some(block) = otherwise {
                    self.block(block, block.range.end);
                }
            }
            StmtKind::NumericFor { name, values, block } => {
                self.exprs(values);
                let before = self.entered.len();
                let id = self.declare(name.name, block.range.start, block.range.end, LocalKind::Loop);
                self.flow(Target::Local(id), Source::Number);
                self.block(block, block.range.end);
                self.leave(before);
            }
            StmtKind::GenericFor { names, values, block } => self.generic_for(names, values, block),
            StmtKind::LocalFunction { name, func } => {
                let id = self.declare(*name, name.end, end, LocalKind::Function(*func));
                self.flow(Target::Local(id), Source::Func(*func));
                self.function(*func);
            }
            StmtKind::Function { target, func } => {
                self.assign(*target, Source::Func(*func));
                if matches!(self.tree.expr(*target).kind, ExprKind::Field { .. }) {
                    self.escape(*func);
                }
                self.function(*func);
            }
            StmtKind::Return(values) => {
                self.exprs(values);
                for (i, _) in values.iter().enumerate() {
                    let target = match self.func {
                        Some(func) => Target::Return(func, i),
                        None if i == 0 => Target::Module,
                        None => continue,
                    };
                    self.flow(target, nth(values, i));
                }
                // `return f()` gives all that `f` gives.
                if let (Some(func), Some(last)) = (self.func, values.len().checked_sub(1)) {
                    for n in 1..3 {
                        self.flow(Target::Return(func, last + n), nth(values, last + n));
                    }
                }
            }
            StmtKind::Other => {}
        }
    }

    fn generic_for(&mut self, names: &'a [Param], values: &'a [ExprId], block: &'a Block) {
        self.exprs(values);
        let list = match values {
            // `for k, v in next, t` goes over `t`.
            [first, table, ..] if self.is_next(*first) => Some(table),
            values => values.first(),
        };
        let before = self.entered.len();
        for (i, param) in names.iter().enumerate() {
            let id = self.declare(param.name, block.range.start, block.range.end, LocalKind::Loop);
            let source = match list {
                Some(value) if i == 0 => Source::Key(*value),
                Some(value) if i == 1 => Source::Element(*value),
                _ => Source::Unknown,
            };
            self.flow(Target::Local(id), source);
        }
        self.block(block, block.range.end);
        self.leave(before);
    }

    /// Tells whether an expression that was walked is Lua's own `next`.
    fn is_next(&self, id: ExprId) -> bool {
        let expr = self.tree.expr(id);
        let is_global = self.scopes.names.get(id).copied().flatten().is_none();
        matches!(expr.kind, ExprKind::Name) && is_global && self.name(expr.range) == "next"
    }

    /// Returns the function that a value is, if it is written out.
    fn value_func(&self, value: Option<&ExprId>) -> Option<FuncId> {
        match self.tree.expr(*value?).kind {
            ExprKind::Function(func) => Some(func),
            _ => None,
        }
    }

    fn escape(&mut self, func: FuncId) {
        if let Some(escapes) = self.scopes.escapes.get_mut(func) {
            *escapes = true;
        }
    }

    fn assign(&mut self, target: ExprId, source: Source) {
        match &self.tree.expr(target).kind {
            ExprKind::Name => {
                self.lookup(target);
                if let Some(id) = self.scopes.names.get(target).copied().flatten() {
                    if let Some(local) = self.scopes.locals.get_mut(id) {
                        local.writes += 1;
                    }
                    self.flow(Target::Local(id), source);
                }
            }
            ExprKind::Field { base, name } => {
                self.expr(*base);
                self.flow(Target::Field(*base, *name), source);
            }
            ExprKind::Index { base, key } => {
                self.expr(*base);
                self.expr(*key);
                let key = self.tree.expr(*key);
                let target = match key.kind {
                    ExprKind::String => Target::Field(*base, key.range),
                    _ => Target::Item(*base),
                };
                self.flow(target, source);
            }
            _ => self.expr(target),
        }
    }

    fn lookup(&mut self, id: ExprId) {
        let name = self.name(self.tree.expr(id).range);
        let found = self.visible.get(name).and_then(|ids| ids.last()).copied();
        if let Some(slot) = self.scopes.names.get_mut(id) {
            *slot = found;
        }
    }

    fn exprs(&mut self, ids: &'a [ExprId]) {
        ids.iter().for_each(|id| self.expr(*id));
    }

    fn expr(&mut self, id: ExprId) {
        match &self.tree.expr(id).kind {
            ExprKind::Name => {
                self.read(id);
                // A function that is used as a value can be called from anywhere.
                let local = self.scopes.names.get(id).copied().flatten();
                if let Some(LocalKind::Function(func)) =
                    local.and_then(|id| self.scopes.locals.get(id)).map(|local| local.kind)
                {
                    self.escape(func);
                }
            }
            ExprKind::Interpolated(parts) => self.exprs(parts),
            ExprKind::Function(func) => self.function(*func),
            ExprKind::Field { base, .. } => self.expr(*base),
            ExprKind::Index { base, key } => {
                self.expr(*base);
                self.expr(*key);
            }
            ExprKind::Call(call) => self.call(id, call),
            ExprKind::Table(entries) => {
                for entry in entries {
                    let value = match entry {
                        Entry::Item(value) | Entry::Named { value, .. } => *value,
                        Entry::Keyed { key, value } => {
                            self.expr(*key);
                            *value
                        }
                    };
                    if let Some(func) = self.value_func(Some(&value)) {
                        self.escape(func);
                    }
                    self.expr(value);
                }
            }
            ExprKind::Binary { left, right, .. } => {
                self.expr(*left);
                self.expr(*right);
            }
            ExprKind::Unary { value, .. } | ExprKind::Cast { value, .. } => self.expr(*value),
            ExprKind::If { conditions, values } => {
                self.exprs(conditions);
                self.exprs(values);
            }
            ExprKind::Paren(inner) => self.expr(*inner),
            ExprKind::Vararg => self.note_place(id),
            _ => {}
        }
    }

    /// Remembers which function an expression is in.
    fn note_place(&mut self, id: ExprId) {
        if let Some(slot) = self.scopes.inside.get_mut(id) {
            *slot = self.func;
        }
    }

    fn read(&mut self, id: ExprId) {
        self.lookup(id);
        if let Some(local) = self.scopes.names.get(id).copied().flatten()
            && let Some(local) = self.scopes.locals.get_mut(local)
        {
            local.reads += 1;
        }
    }

    fn call(&mut self, id: ExprId, call: &'a Call) {
        self.note_place(id);
        // Calling a function by its name lets every caller be seen.
        match self.tree.expr(call.callee).kind {
            ExprKind::Name => self.read(call.callee),
            _ => self.expr(call.callee),
        }
        for arg in &call.args {
            if let Some(func) = self.value_func(Some(arg)) {
                self.escape(func);
            }
            self.expr(*arg);
        }
    }

    fn function(&mut self, id: FuncId) {
        let func = self.tree.func(id);
        let (start, end) = (func.block.range.start, func.block.range.end);
        let before = self.entered.len();
        let outer = self.func.replace(id);
        if func.method {
            let local = self.declare(TextRange::new(start, start), start, end, LocalKind::Itself);
            self.flow(Target::Local(local), Source::Unknown);
        }
        for (i, param) in func.params.iter().enumerate() {
            let local = self.declare(param.name, start, end, LocalKind::Param(id, i));
            if let Some(params) = self.scopes.params.get_mut(id) {
                params.push(local);
            }
        }
        self.block(&func.block, end);
        self.leave(before);
        self.func = outer;
    }
}

impl Call {
    /// Returns where the n-th value comes from that is passed: the first one is what a method is called on.
    pub(crate) fn passed(&self, n: usize) -> Source {
        match n.checked_sub(usize::from(self.method.is_some())) {
            None => Source::Expr(self.callee, 0),
            Some(n) => nth(&self.args, n),
        }
    }
}

/// Returns where the n-th value of a list comes from.
pub(crate) fn nth(values: &[ExprId], n: usize) -> Source {
    match (values.get(n), values.last()) {
        (Some(value), _) => Source::Expr(*value, 0),
        // Only the last one of a list is more than one value.
        (None, Some(last)) => Source::Expr(*last, n + 1 - values.len()),
        (None, None) => Source::Nil,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::script;

    /// Renders each name that is read with the line where it is declared.
    fn check(text: &str, expected: &[(&str, Option<usize>)]) {
        let script = script(text);
        let mut found = Vec::new();
        for (id, expr) in script.tree.exprs.iter().enumerate() {
            if matches!(expr.kind, ExprKind::Name) {
                let local = script.scopes.names[id].map(|id| script.scopes.locals[id].name.start);
                found.push((script.text(expr.range), local.map(|start| script.file.lines.line(start))));
            }
        }
        assert_eq!(found, expected);
    }

    #[test]
    fn an_inner_name_hides_an_outer_one_after_its_statement() {
        check(
            "local x = 1\nlocal x = x\ndo local x = 2 f(x) end\nf(x)",
            &[("x", Some(1)), ("f", None), ("x", Some(3)), ("f", None), ("x", Some(2))],
        );
    }

    #[test]
    fn functions_see_themselves_and_their_upvalues() {
        check(
            "local a\nlocal function f(b) return f(a, b) end\nlocal g = function() return g end",
            &[("f", Some(2)), ("a", Some(1)), ("b", Some(2)), ("g", None)],
        );
    }

    #[test]
    fn loops_and_conditions_have_scopes() {
        check(
            "repeat local x until x\nfor i, v in t do f(v) end f(v)",
            &[("x", Some(1)), ("t", None), ("f", None), ("v", Some(2)), ("f", None), ("v", None)],
        );
    }

    #[test]
    fn assigned_globals_are_known_everywhere() {
        check("local function f() return g() end\nfunction g() end", &[("g", Some(2)), ("g", Some(2))]);
        check("g = 1\nlocal function f() g = 2 end", &[("g", Some(1)), ("g", Some(1))]);
    }

    #[test]
    fn assigning_a_local_makes_no_global() {
        check("local function f() local x x = 1 end\nf(x)", &[("x", Some(1)), ("f", Some(1)), ("x", None)]);
        let script = script("local s = 1\ns = 2\n");
        let visible = script.scopes.visible_at(0).count() + script.scopes.visible_at(18).count();
        assert_eq!(visible, 1, "there is the local, where it is visible");
    }
}
