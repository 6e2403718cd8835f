//! The flow of values through all files of a project: which tables, functions and fields each expression may mean.

mod calls;
mod flow;
mod half_typed;
mod keys;

pub(crate) use keys::key_text;

use super::classes::{Class, Classes, Maker, Node, Sym};
use super::symbols::FieldUse;
use super::{FileId, Location, Project};
use crate::Script;
use crate::end_if_cancelled;
use crate::scope::{Local, LocalId, LocalKind};
use crate::tree::{Call, ExprId, FuncId};
use std::collections::{HashMap, HashSet};

/// How many results of a call are told apart; further ones count as the last of them.
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
            late: Vec::new(),
        };
        linker.nodes();
        for file in 0..project.files.len() {
            end_if_cancelled();
            linker.file(file);
        }
        linker.calls();
        linker.given();
        for file in 0..project.files.len() {
            end_if_cancelled();
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
    /// The calls of Lua's library whose effect depends on what flows into them.
    late: Vec<Late<'p>>,
}

/// A call, and what is done about it whenever more is known.
type Late<'p> = (FileId, ExprId, fn(&mut Linker<'p>, FileId, &'p Script, ExprId, &'p Call));

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
            let assigned = |local: &&Local| local.kind == LocalKind::Global && local.exists();
            let globals = script.scopes.locals.iter().filter(assigned);
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
}
