//! What flows through calls: into functions and out of them, through those of Lua, and out of the project.

use super::{FileId, Linker, Location, Node, RESULTS};
use crate::Script;
use crate::lua_library::reads_only;
use crate::project::classes::Maker;
use crate::scope::Source;
use crate::tree::{Call, ExprId, ExprKind};

/// Passes over the calls after which it is left at what is known.
const PASSES: usize = 12;

/// How many functions are looked at to find one of the project's own.
const MAKERS: usize = 20;

impl<'p> Linker<'p> {
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
            self.late_calls();
            if self.linked.classes.unions == before {
                return;
            }
        }
    }

    fn call(&mut self, file: FileId, script: &Script, id: ExprId, call: &Call) {
        let callee = self.linked.callee(file, id, call);
        self.apply(file, script, id, callee, call, (0, 0));
    }

    /// Binds what a call passes to the parameters of what `callee` may be, and its results to those of the call. Of the
    /// first ones that are passed, `callee` is given none; as many results are the call's own.
    fn apply(
        &mut self,
        file: FileId,
        script: &Script,
        id: ExprId,
        callee: Node,
        call: &Call,
        (own_args, own_results): (usize, usize),
    ) {
        if self.is_foreign(file, callee) {
            return;
        }
        let Some(signature) = self.linked.classes.get(callee).and_then(|class| class.signature.clone())
        else {
            return;
        };
        for (i, source) in passed(script, call, signature.params.len()).into_iter().skip(own_args).enumerate()
        {
            let Some(value) = self.source(file, script, source) else { continue };
            if let Some(param) = signature.params.get(i) {
                self.unify(*param, value);
            }
            if let Some((_, rest)) = signature.rest.filter(|(named, _)| i >= *named) {
                self.unify(rest, value);
            }
        }
        for n in 0..RESULTS {
            let wanted = (n + own_results).min(RESULTS - 1);
            if wanted > 0 && !self.extras.contains_key(&(file, id, wanted)) {
                continue;
            }
            let (own, result) = (self.extra(file, id, wanted), self.result(callee, n));
            self.unify(own, result);
        }
    }

    fn late_calls(&mut self) {
        for (file, id, rule) in self.late.clone() {
            if let Some(script) = self.project.script(file)
                && let ExprKind::Call(call) = &script.tree.expr(id).kind
            {
                rule(self, file, script, id, call);
            }
        }
    }

    /// `pcall(f, x)` calls `f(x)`.
    fn pcall(&mut self, file: FileId, script: &'p Script, id: ExprId, call: &'p Call) {
        if let Some(func) = call.args.first() {
            self.apply(file, script, id, self.expr(file, *func), call, (1, 1));
        }
    }

    /// `xpcall(f, handler, x)` calls `f(x)`.
    fn xpcall(&mut self, file: FileId, script: &'p Script, id: ExprId, call: &'p Call) {
        if let Some(func) = call.args.first() {
            self.apply(file, script, id, self.expr(file, *func), call, (2, 1));
        }
    }

    /// What a table does not have is looked for in the `__index` of its metatable. A metatable without it has nothing to
    /// do with the names in the table.
    fn setmetatable(&mut self, file: FileId, _: &'p Script, _: ExprId, call: &'p Call) {
        let [table, meta, ..] = call.args.as_slice() else { return };
        let sym = self.sym("__index");
        let meta = self.linked.classes.get(self.expr(file, *meta));
        if let Some(index) = meta.and_then(|class| class.fields.get(&sym).copied()) {
            self.unify(self.expr(file, *table), index);
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
            ("setmetatable", Some(first), _) => {
                self.unify(own, first);
                self.late.push((file, id, Self::setmetatable));
            }
            ("pcall", ..) => self.late.push((file, id, Self::pcall)),
            ("xpcall", ..) => self.late.push((file, id, Self::xpcall)),
            ("select", ..) => {
                for source in passed(script, call, 0).into_iter().skip(1) {
                    let value = self.source(file, script, source);
                    for n in 0..RESULTS {
                        let node = self.extra(file, id, n);
                        value.into_iter().for_each(|value| self.unify(node, value));
                    }
                }
            }
            ("table.pack", ..) => {
                let item = self.linked.classes.item(own);
                for source in passed(script, call, 0) {
                    let value = self.source(file, script, source);
                    value.into_iter().for_each(|value| self.unify(item, value));
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
                if path.as_deref().is_some_and(|path| keeps_names(path) || path == "require") {
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

/// Returns where the values come from that a call passes, of the last of which there may be many: enough for so many
/// parameters.
fn passed(script: &Script, call: &Call, params: usize) -> Vec<Source> {
    let written = call.args.len() + usize::from(call.method.is_some());
    let many = call.args.last().is_some_and(|last| script.gives_many(*last));
    let count = if many { params.max(written + RESULTS - 1) } else { written };
    (0..count).map(|n| call.passed(n)).collect()
}

/// Tells whether a function of Lua leaves the names in a table alone.
fn keeps_names(path: &str) -> bool {
    const KEEPERS: &[&str] = &[
        "setmetatable",
        "pcall",
        "xpcall",
        "table.insert",
        "table.remove",
        "table.sort",
        "table.pack",
        "table.freeze",
    ];
    reads_only(path) || KEEPERS.contains(&path)
}
