//! What flows through calls: into functions and out of them, through those of Lua, and out of the project.

use super::{FileId, Linker, Location, Node, RESULTS};
use crate::Script;
use crate::project::classes::Maker;
use crate::tree::{Call, ExprId, ExprKind};

/// Passes over the calls after which it is left at what is known.
const PASSES: usize = 12;

/// How many functions are looked at to find one of the project's own.
const MAKERS: usize = 20;

impl Linker<'_> {
    /// Lets arguments flow into functions and results out of them, until nothing is new.
    pub(super) fn calls(&mut self) {
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
        if self.is_foreign(file, callee) {
            return;
        }
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

    /// Tells whether what a file calls is not the project's own: of the API, of Lua, or of the library, whose helpers
    /// would make all options that are given to it one.
    pub(super) fn is_foreign(&self, file: FileId, callee: Node) -> bool {
        let Some(class) = self.linked.classes.get(callee).filter(|class| class.signature.is_some()) else {
            return true;
        };
        let own = |maker: &Maker| matches!(maker, Maker::Func(file, _) if !self.project.is_library(*file));
        !self.project.is_library(file) && !class.makers.iter().take(MAKERS).any(own)
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
                    // A metatable without it has nothing to do with the names in the table.
                    let index =
                        self.linked.classes.get(meta).and_then(|class| class.fields.get(&sym).copied());
                    if let Some(index) = index {
                        self.unify(first, index);
                    }
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

    /// Marks what is given to functions that are not in the project, with all that hangs on it.
    pub(super) fn given(&mut self) {
        let mut open: Vec<(Node, Location)> = Vec::new();
        for file in 0..self.project.files.len() {
            let Some(script) = self.project.script(file) else { continue };
            for (id, call) in script.tree.calls() {
                let callee = self.linked.callee(file, id, call);
                if !self.is_foreign(file, callee) {
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
        // What is popped first is told: better a place in the project than one in the library.
        open.sort_by_key(|(_, at)| !self.project.is_library(at.file));
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
