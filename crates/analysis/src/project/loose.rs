//! Names in half-typed code that the parser left out of the tree, read from the tokens.

use crate::Script;
use crate::scope::{LocalId, LocalKind};
use crate::strings::decode;
use crate::tokens::TokenKind;
use crate::tree::{Entry, ExprKind};
use luakit_diagnostics::TextRange;
use std::collections::{HashMap, HashSet};

/// How long a chain of names and calls may be before its beginning is given up.
const LINKS: usize = 32;

/// A name that is in no tree.
#[derive(Debug, Clone, Copy)]
pub(super) struct Loose {
    pub(super) range: TextRange,
    /// The `.` or `:` before it, by its place among the tokens; a variable has none.
    pub(super) dot: Option<usize>,
}

/// What leads to a field.
#[derive(Debug)]
pub(super) struct Chain {
    pub(super) root: Root,
    pub(super) steps: Vec<Step>,
    pub(super) declared: bool,
}

#[derive(Debug)]
pub(super) enum Root {
    Variable(String, usize),
    Require(String),
}

#[derive(Debug)]
pub(super) enum Step {
    Field(String),
    Call,
}

/// Returns the names that the tree of a broken script does not have.
pub(super) fn loose(script: &Script) -> Vec<Loose> {
    if script.errors.is_empty() {
        return Vec::new();
    }
    let known = in_tree(script);
    let tokens = script.tokens.iter().enumerate();
    let names =
        tokens.filter(|(_, token)| token.kind == TokenKind::Name && !known.contains(&token.range.start));
    let uses = names.filter(|(at, _)| !declares(script, *at));
    uses.map(|(at, token)| Loose { range: token.range, dot: dot_before(script, at) }).collect()
}

/// Returns the variable that a name means which is at an offset and in no tree.
pub(super) fn variable_at(script: &Script, offset: usize) -> Option<(LocalId, TextRange)> {
    if script.errors.is_empty() {
        return None;
    }
    let end = script.tokens.partition_point(|token| token.range.start <= offset);
    let is_here = |at: &usize| {
        script
            .tokens
            .get(*at)
            .is_some_and(|token| token.kind == TokenKind::Name && token.range.touches(offset))
    };
    let at = (end.saturating_sub(2)..end).rev().find(is_here)?;
    let range = script.tokens.get(at)?.range;
    let is_loose = dot_before(script, at).is_none()
        && !declares(script, at)
        && super::symbols::field_at(script, offset).is_none();
    let id = is_loose.then(|| Variables::of(script).find(script.text(range), range.start)).flatten()?;
    Some((id, range))
}

/// Tells whether a name is not used but declared, or the key of a table, as far as its neighbours tell.
fn declares(script: &Script, at: usize) -> bool {
    let before = at.checked_sub(1).map_or("", |before| text(script, before));
    match before {
        "local" | "for" | "function" => text(script, at + 1) != ".",
        "{" | "," | ";" => text(script, at + 1) == "=",
        _ => false,
    }
}

fn dot_before(script: &Script, at: usize) -> Option<usize> {
    at.checked_sub(1).filter(|before| matches!(text(script, *before), "." | ":"))
}

/// The variables of a script by their names.
pub(super) struct Variables<'s> {
    script: &'s Script,
    by_name: HashMap<&'s str, Vec<LocalId>>,
}

impl<'s> Variables<'s> {
    pub(super) fn of(script: &'s Script) -> Self {
        let mut by_name: HashMap<&str, Vec<LocalId>> = HashMap::new();
        for (id, local) in script.scopes.locals.iter().enumerate() {
            if !matches!(local.kind, LocalKind::Global | LocalKind::Itself) {
                by_name.entry(script.text(local.name)).or_default().push(id);
            }
        }
        Variables { script, by_name }
    }

    /// Returns the one that a name means at an offset.
    pub(super) fn find(&self, name: &str, offset: usize) -> Option<LocalId> {
        let visible = |id: &&LocalId| {
            self.script.scopes.locals.get(**id).is_some_and(|local| local.visible.touches(offset))
        };
        self.by_name.get(name)?.iter().rev().find(visible).copied()
    }
}

/// Returns where the names in the tree begin.
fn in_tree(script: &Script) -> HashSet<usize> {
    let mut known: HashSet<usize> = script
        .scopes
        .locals
        .iter()
        .filter(|local| local.kind != LocalKind::Itself)
        .map(|local| local.name.start)
        .collect();
    for expr in &script.tree.exprs {
        match &expr.kind {
            ExprKind::Name => {
                known.insert(expr.range.start);
            }
            ExprKind::Field { name, .. } => {
                known.insert(name.start);
            }
            ExprKind::Call(call) => known.extend(call.method.map(|name| name.start)),
            ExprKind::Table(entries) => known.extend(entries.iter().filter_map(|entry| match entry {
                Entry::Named { key, .. } => Some(key.start),
                _ => None,
            })),
            _ => {}
        }
    }
    known
}

fn text(script: &Script, at: usize) -> &str {
    script.tokens.get(at).map_or("", |token| script.text(token.range))
}

/// Reads the chain that ends in front of the `.` or `:` at a token.
pub(super) fn chain(script: &Script, dot: usize) -> Option<Chain> {
    let mut steps = Vec::new();
    let mut at = dot.checked_sub(1)?;
    for _ in 0..LINKS {
        if text(script, at) == ")" {
            let open = opening(script, at)?;
            let callee = open.checked_sub(1)?;
            let literal = (open + 2 == at).then(|| script.tokens.get(open + 1)).flatten();
            if text(script, callee) == "require"
                && let Some(literal) = literal.filter(|token| token.kind == TokenKind::String)
            {
                let name = String::from_utf8(decode(script.text(literal.range))?).ok()?;
                steps.reverse();
                return Some(Chain { root: Root::Require(name), steps, declared: false });
            }
            steps.push(Step::Call);
            at = callee;
        }
        let token = script.tokens.get(at).filter(|token| token.kind == TokenKind::Name)?;
        let name = script.text(token.range).to_owned();
        let before = at.checked_sub(1).map_or("", |at| text(script, at));
        if matches!(before, "." | ":") {
            steps.push(Step::Field(name));
            at = at.checked_sub(2)?;
            continue;
        }
        steps.reverse();
        let root = Root::Variable(name, token.range.start);
        return Some(Chain { root, steps, declared: before == "function" });
    }
    None
}

fn opening(script: &Script, close: usize) -> Option<usize> {
    let mut depth = 0usize;
    (0..=close).rev().take(LINKS * 10).find(|at| {
        match text(script, *at) {
            ")" => depth += 1,
            "(" => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    })
}
