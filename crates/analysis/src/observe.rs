//! Where the names of a script get their values, for a run that tells them.

use crate::Script;
use crate::hover::{local_at, token_at};
use crate::tokens::TokenKind;
use crate::tree::{Block, ExprId, ExprKind, Name, Param, Stmt, StmtKind};
use luakit_diagnostics::TextRange;

/// A name that has got a value, and where code can ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Observation {
    pub(crate) name: Name,
    /// Between two statements.
    pub(crate) at: usize,
}

/// Returns what can be observed, in no order.
pub(crate) fn observations(script: &Script) -> Vec<Observation> {
    let tree = &script.tree;
    let mut observer = Observer { script, found: Vec::new() };
    tree.funcs.iter().for_each(|func| observer.at_start(&func.params, &func.block));
    tree.stmts().for_each(|stmt| observer.stmt(stmt));
    observer.found.sort_by_key(|it| (it.at, it.name.start));
    observer.found
}

struct Observer<'a> {
    script: &'a Script,
    found: Vec<Observation>,
}

impl Observer<'_> {
    fn stmt(&mut self, stmt: &Stmt) {
        let end = stmt.range.end;
        match &stmt.kind {
            // Without a value it is nil, as anybody sees.
            StmtKind::Local { names, values } if !values.is_empty() => {
                names.iter().for_each(|name| self.add(name.name, end));
            }
            StmtKind::Assign { .. } | StmtKind::Compound { .. } => {
                targets(stmt).iter().for_each(|target| self.target(*target, end));
            }
            StmtKind::If { arms, .. } => {
                arms.iter().for_each(|(binding, _, block)| self.at_start(binding.as_slice(), block));
            }
            StmtKind::NumericFor { name, block, .. } => self.at_start(std::slice::from_ref(name), block),
            StmtKind::GenericFor { names, block, .. } => self.at_start(names, block),
            _ => {}
        }
    }

    /// Observes names that have their values before the first statement of a block.
    fn at_start(&mut self, names: &[Param], block: &Block) {
        if let Some(first) = block.stmts.first() {
            names.iter().for_each(|name| self.add(name.name, first.range.start));
        }
    }

    fn target(&mut self, target: ExprId, at: usize) {
        let target = self.script.tree.expr(target);
        if matches!(target.kind, ExprKind::Name) {
            self.add(target.range, at);
        }
    }

    fn add(&mut self, name: Name, at: usize) {
        if !matches!(self.script.text(name), "" | "_") {
            self.found.push(Observation { name, at });
        }
    }
}

/// Returns where the name at an offset gets its values: there, if it gets one there, else wherever it does.
///
/// Values that the text itself shows are left out: `local version = "1.2"`.
pub fn value_places(script: &Script, offset: usize) -> Vec<TextRange> {
    let token = token_at(script, offset).filter(|token| token.kind == TokenKind::Name);
    let Some(token) = token else { return Vec::new() };
    let Some(id) = local_at(script, token) else { return Vec::new() };
    let Some(local) = script.scopes.locals.get(id) else { return Vec::new() };
    let tree = &script.tree;
    let assigned = tree.stmts().flat_map(targets);
    let assigned = assigned.filter(|target| script.scopes.names.get(**target) == Some(&Some(id)));
    let mut places: Vec<TextRange> = assigned.map(|target| tree.expr(*target).range).collect();
    places.push(local.name);
    places.sort_by_key(|place| place.start);
    places.dedup();
    if places.contains(&token.range) {
        places = vec![token.range];
    }
    let literal = |value: ExprId| {
        matches!(
            tree.expr(value).kind,
            ExprKind::Nil | ExprKind::Bool(_) | ExprKind::Number | ExprKind::String
        )
    };
    if places == [local.name] && local.value.is_some_and(literal) {
        places.clear();
    }
    places
}

/// Returns what a statement assigns to.
fn targets(stmt: &Stmt) -> &[ExprId] {
    match &stmt.kind {
        StmtKind::Assign { targets, .. } => targets,
        StmtKind::Compound { target, .. } => std::slice::from_ref(target),
        _ => &[],
    }
}
