//! Names in half-typed code that the parser left out of the tree, read from the tokens.

use crate::Script;
use crate::scope::{LocalId, LocalKind};
use crate::strings::decode;
use crate::tokens::TokenKind;
use crate::tree::{Entry, ExprKind};
use luakit_diagnostics::TextRange;
use std::collections::HashSet;

/// How long a chain of names and calls may be before its beginning is given up.
const LINKS: usize = 200;

/// A name that is in no tree.
#[derive(Debug)]
pub(super) struct Loose {
    pub(super) range: TextRange,
    pub(super) meaning: Meaning,
}

#[derive(Debug)]
pub(super) enum Meaning {
    Variable,
    /// A field of what a chain leads to.
    Field {
        root: Root,
        steps: Vec<Step>,
        declared: bool,
    },
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
    names
        .filter_map(|(at, token)| {
            let before = at.checked_sub(1).map_or("", |at| text(script, at));
            let meaning = match before {
                "." | ":" => chain(script, at - 1)?,
                _ => Meaning::Variable,
            };
            Some(Loose { range: token.range, meaning })
        })
        .collect()
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

/// Returns the variable that a name in no tree means.
pub(super) fn variable(script: &Script, name: &str, offset: usize) -> Option<LocalId> {
    let is_it = |local: &crate::scope::Local| {
        script.text(local.name) == name && !matches!(local.kind, LocalKind::Global | LocalKind::Itself)
    };
    script.scopes.visible_at(offset).find(|(_, local)| is_it(local)).map(|(id, _)| id)
}

fn text(script: &Script, at: usize) -> &str {
    script.tokens.get(at).map_or("", |token| script.text(token.range))
}

/// Reads the chain that ends in front of the `.` or `:` at a token.
fn chain(script: &Script, dot: usize) -> Option<Meaning> {
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
                return Some(Meaning::Field { root: Root::Require(name), steps, declared: false });
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
        return Some(Meaning::Field { root, steps, declared: before == "function" });
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
