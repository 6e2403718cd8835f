//! What a name in the text means, and where else the same thing is named.

use super::classes::{Node, Sym};
use super::link::key_text;
use super::loose::{Variables, loose, variable_at};
use super::param_comments::commented_at;
use super::{FileId, Location, Project};
use crate::Script;
use crate::scope::{LocalId, LocalKind};
use crate::tree::{Entry, ExprId, ExprKind, StmtKind};
use luakit_diagnostics::TextRange;
use std::collections::HashMap;

/// What is done with a variable or field where it is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Use {
    /// It is declared: a local, a parameter, `function M.f`.
    Declare,
    /// A key of a table constructor.
    Key {
        func: bool,
    },
    Assign {
        func: bool,
    },
    Read,
}

impl Use {
    pub(crate) fn writes(self) -> bool {
        self != Use::Read
    }
}

/// A field where it is named.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FieldUse {
    /// The name; for `t["name"]` the string with its quotes.
    pub(crate) at: Location,
    pub(crate) base: Node,
    pub(crate) name: Sym,
    pub(crate) kind: Use,
}

/// What a name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Symbol {
    Local(LocalId),
    /// A variable that all files share.
    Global(String),
    /// A field of what is at a node.
    Field(Node, Sym),
    /// The file that a `require` names.
    Module(Vec<FileId>),
}

impl Project {
    /// Returns what the name or string at an offset means, and its range.
    pub(crate) fn symbol_at(&self, file: FileId, offset: usize) -> Option<(Symbol, TextRange)> {
        let script = self.script(file)?;
        if let Some(local) = local_at(script, offset) {
            return Some(local);
        }
        if let Some(require) = self.require_at(file, offset) {
            let mut files: Vec<FileId> = require.found.iter().map(|(_, file)| *file).collect();
            files.dedup();
            return Some((Symbol::Module(files), require.range));
        }
        if let Some((name, range)) = global_at(script, offset) {
            return Some((Symbol::Global(name), range));
        }
        let linked = self.linked();
        let Some((base, range)) = field_at(script, offset) else {
            let is_here = |it: &&FieldUse| it.at.file == file && it.at.range.touches(offset);
            let it = linked.uses.iter().filter(|_| !script.errors.is_empty()).find(is_here)?;
            return Some((Symbol::Field(linked.classes.root(it.base), it.name), it.at.range));
        };
        let name = linked.sym(&key_text(script, range)?)?;
        Some((Symbol::Field(linked.classes.root(linked.expr(file, base)), name), range))
    }

    /// Returns all places where a symbol is named, in the order of files and offsets. `file` is where it was met.
    pub(crate) fn uses(&self, file: FileId, symbol: &Symbol) -> Vec<(Location, Use)> {
        let mut found = match symbol {
            Symbol::Local(id) => {
                let Some(script) = self.script(file) else { return Vec::new() };
                uses_of_local(script, *id)
                    .into_iter()
                    .map(|(range, kind)| (Location { file, range }, kind))
                    .collect()
            }
            Symbol::Global(name) => self.uses_of_global(file, name),
            Symbol::Field(node, name) => {
                let linked = self.linked();
                let uses = linked.by_field.get(&(*node, *name)).map_or(&[][..], Vec::as_slice);
                uses.iter().filter_map(|id| linked.uses.get(*id)).map(|it| (it.at, it.kind)).collect()
            }
            Symbol::Module(targets) => self.uses_of_module(targets),
        };
        found.sort_by_key(|(at, _)| *at);
        found.dedup_by_key(|(at, _)| *at);
        found
    }

    fn uses_of_global(&self, file: FileId, name: &str) -> Vec<(Location, Use)> {
        let group = self.files.get(file).map(|file| file.group);
        let mut found = Vec::new();
        for (id, file) in self.files.iter().enumerate().filter(|(_, file)| Some(file.group) == group) {
            let script = &file.script;
            if !script.masked.contains(name) {
                continue;
            }
            let targets = assigned(script);
            for (expr_id, expr) in script.tree.exprs.iter().enumerate() {
                if is_global(script, expr_id) && script.text(expr.range) == name {
                    let kind = targets.get(&expr_id).copied().unwrap_or(Use::Read);
                    found.push((Location { file: id, range: expr.range }, kind));
                }
            }
        }
        found
    }

    fn uses_of_module(&self, targets: &[FileId]) -> Vec<(Location, Use)> {
        let mut found = Vec::new();
        for (id, file) in self.files.iter().enumerate() {
            for require in &file.requires {
                if require.found.iter().any(|(_, target)| targets.contains(target)) {
                    found.push((Location { file: id, range: require.range }, Use::Read));
                }
            }
        }
        found
    }

    /// Returns where a field of this name is used that nobody declares, in the files that belong to this one.
    pub(crate) fn undeclared(&self, file: FileId, name: Sym) -> Vec<(Location, Use)> {
        let linked = self.linked();
        let group = self.files.get(file).map(|file| file.group);
        let mut found = Vec::new();
        for ((_, other), uses) in &linked.by_field {
            let uses = || uses.iter().filter_map(|id| linked.uses.get(*id));
            if *other == name && !uses().any(|it| it.kind.writes()) {
                let near = uses().filter(|it| self.files.get(it.at.file).map(|file| file.group) == group);
                found.extend(near.map(|it| (it.at, it.kind)));
            }
        }
        found.sort_by_key(|(at, _)| *at);
        found
    }

    /// Of the uses of a symbol, returns those that declare it.
    pub(crate) fn declarations(&self, symbol: &Symbol, uses: &[(Location, Use)]) -> Vec<Location> {
        if matches!(symbol, Symbol::Module(_)) {
            return Vec::new();
        }
        let declares = |kind: Use| match kind {
            Use::Declare | Use::Key { .. } => true,
            Use::Assign { func } => func && !matches!(symbol, Symbol::Local(_)),
            Use::Read => false,
        };
        let mut found: Vec<Location> =
            uses.iter().filter(|(_, kind)| declares(*kind)).map(|(at, _)| *at).collect();
        if found.is_empty() {
            // Something that is only assigned begins where that happens first, in each file.
            let mut last = None;
            for (at, _) in uses.iter().filter(|(_, kind)| kind.writes()) {
                if last != Some(at.file) {
                    found.push(*at);
                }
                last = Some(at.file);
            }
        }
        found
    }
}

/// Returns the variable of the script whose name is at an offset.
pub(crate) fn local_at(script: &Script, offset: usize) -> Option<(Symbol, TextRange)> {
    let is_local = |kind: LocalKind| !matches!(kind, LocalKind::Global | LocalKind::Itself);
    let locals = script.scopes.locals.iter().enumerate();
    let declared = locals.filter(|(_, local)| is_local(local.kind) && local.name.touches(offset));
    let found =
        declared.map(|(id, local)| (Symbol::Local(id), local.name)).find(|(_, range)| !range.is_empty());
    if found.is_some() {
        return found;
    }
    let Some(id) = name_at(script, offset) else {
        if let Some((id, range)) = commented_at(script, offset) {
            return Some((Symbol::Local(id), range));
        }
        return variable_at(script, offset).map(|(id, range)| (Symbol::Local(id), range));
    };
    let local = script.scopes.names.get(id).copied().flatten()?;
    let kind = script.scopes.locals.get(local)?.kind;
    (kind != LocalKind::Global).then(|| (Symbol::Local(local), script.tree.expr(id).range))
}

fn global_at(script: &Script, offset: usize) -> Option<(String, TextRange)> {
    let id = name_at(script, offset)?;
    let range = script.tree.expr(id).range;
    is_global(script, id).then(|| (script.text(range).to_owned(), range))
}

fn name_at(script: &Script, offset: usize) -> Option<ExprId> {
    script.tree.exprs.iter().position(|expr| {
        matches!(expr.kind, ExprKind::Name) && expr.range.touches(offset) && !expr.range.is_empty()
    })
}

pub(crate) fn is_global(script: &Script, id: ExprId) -> bool {
    if !matches!(script.tree.expr(id).kind, ExprKind::Name) {
        return false;
    }
    let local = script.scopes.names.get(id).copied().flatten();
    local
        .and_then(|local| script.scopes.locals.get(local))
        .is_none_or(|local| local.kind == LocalKind::Global)
}

/// Returns the field whose name is at an offset: its table and the range of the name or the string.
pub(crate) fn field_at(script: &Script, offset: usize) -> Option<(ExprId, TextRange)> {
    let tree = &script.tree;
    let at = |range: TextRange| (range.touches(offset) && !range.is_empty()).then_some(range);
    let string = |key: ExprId| {
        let expr = tree.expr(tree.inner(key));
        matches!(expr.kind, ExprKind::String).then_some(expr.range).and_then(at)
    };
    tree.exprs.iter().enumerate().find_map(|(id, expr)| match &expr.kind {
        ExprKind::Field { base, name } => at(*name).map(|range| (*base, range)),
        ExprKind::Index { base, key } => string(*key).map(|range| (*base, range)),
        ExprKind::Call(call) => call.method.and_then(at).map(|range| (call.callee, range)),
        ExprKind::Table(entries) if expr.range.touches(offset) => {
            entries.iter().find_map(|entry| match entry {
                Entry::Named { key, .. } => at(*key).map(|range| (id, range)),
                Entry::Keyed { key, .. } => string(*key).map(|range| (id, range)),
                Entry::Item(_) => None,
            })
        }
        _ => None,
    })
}

fn uses_of_local(script: &Script, id: LocalId) -> Vec<(TextRange, Use)> {
    let Some(local) = script.scopes.locals.get(id) else { return Vec::new() };
    let mut found = Vec::new();
    if local.kind != LocalKind::Itself {
        found.push((local.name, Use::Declare));
    }
    let targets = assigned(script);
    for (expr, _) in script.scopes.names.iter().enumerate().filter(|(_, local)| **local == Some(id)) {
        let kind = targets.get(&expr).copied().unwrap_or(Use::Read);
        // `function f()` of a local `f` assigns it.
        let kind = if kind == Use::Declare { Use::Assign { func: true } } else { kind };
        found.push((script.tree.expr(expr).range, kind));
    }
    let name = script.text(local.name);
    let variables = Variables::of(script);
    let loose = loose(script).into_iter().filter(|loose| {
        let range = loose.range;
        loose.dot.is_none() && script.text(range) == name && variables.find(name, range.start) == Some(id)
    });
    found.extend(loose.map(|loose| (loose.range, Use::Read)));
    found
}

/// Returns the expressions that are assigned to, and how.
pub(crate) fn assigned(script: &Script) -> HashMap<ExprId, Use> {
    let mut found = HashMap::new();
    for stmt in script.tree.stmts() {
        match &stmt.kind {
            StmtKind::Assign { targets, values } => {
                for (i, target) in targets.iter().enumerate() {
                    let func = values.get(i).is_some_and(|value| {
                        matches!(script.tree.expr(script.tree.inner(*value)).kind, ExprKind::Function(_))
                    });
                    found.insert(*target, Use::Assign { func });
                }
            }
            StmtKind::Compound { target, .. } => {
                found.insert(*target, Use::Assign { func: false });
            }
            StmtKind::Function { target, .. } => {
                found.insert(*target, Use::Declare);
            }
            _ => {}
        }
    }
    found
}
