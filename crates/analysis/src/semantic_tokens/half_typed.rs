//! What the tokens alone tell of the names that are not in the tree.

use super::{DECLARATION, Found, LIBRARY, SemanticKind, library};
use crate::Script;
use crate::blocks::{BlockKind, Blocks};
use crate::tokens::TokenKind;
use luakit_api::{GLOBALS, Object, bk_function, method};
use std::collections::HashMap;

/// Adds to `found` what can be said of the names that are not in it.
pub(super) fn fill(script: &Script, found: &mut Found) {
    if script.errors.is_empty() {
        return;
    }
    let blocks = Blocks::of(script);
    let mut names = Names { ends: ends(&blocks), blocks: &blocks, declared: HashMap::new() };
    for at in 0..blocks.tokens.len() {
        names.declare(at);
        if blocks.kind(at) != Some(TokenKind::Name) {
            continue;
        }
        let start = blocks.range(at).start;
        if !found.contains_key(&start)
            && let Some(painted) = names.guess(at)
        {
            found.insert(start, painted);
        }
    }
}

/// Returns for each token the last one of the innermost block around it, in which a name declared there is visible.
fn ends(blocks: &Blocks<'_>) -> Vec<usize> {
    let mut ends = vec![usize::MAX; blocks.tokens.len()];
    let mut open: Vec<usize> = Vec::new();
    let mut opening = blocks.blocks.iter().filter(|block| block.kind.holds_statements()).peekable();
    for (at, end) in ends.iter_mut().enumerate() {
        while let Some(block) = opening.next_if(|block| block.open <= at) {
            open.push(block.last);
        }
        while open.last().is_some_and(|last| *last < at) {
            open.pop();
        }
        *end = open.last().copied().unwrap_or(usize::MAX);
    }
    ends
}

/// How many blocks may begin between a `for` and its `do`.
const FAR: usize = 100;

struct Names<'b, 'a> {
    blocks: &'b Blocks<'a>,
    ends: Vec<usize>,
    /// What each name is, and up to which token, the innermost last.
    declared: HashMap<&'a str, Vec<(usize, SemanticKind, usize)>>,
}

impl<'a> Names<'_, 'a> {
    /// Takes note of the names that a token declares.
    fn declare(&mut self, at: usize) {
        let blocks = self.blocks;
        match blocks.text(at) {
            "local" if blocks.text(at + 1) == "function" => self.add(at + 2, SemanticKind::Function, at),
            "local" => self.list(at + 1, SemanticKind::Variable, at),
            "for" => {
                let body = blocks.blocks.partition_point(|block| block.open <= at);
                let body = blocks.blocks.iter().skip(body).take(FAR).find(|block| block.head == at);
                self.list(at + 1, SemanticKind::Variable, body.map_or(at, |body| body.open));
            }
            "function" => {
                let index = blocks.blocks.partition_point(|block| block.open <= at);
                if let Some(parameters) =
                    blocks.blocks.get(index).filter(|block| block.kind == BlockKind::Paren)
                {
                    self.list(parameters.open + 1, SemanticKind::Parameter, at);
                }
            }
            _ => {}
        }
    }

    fn list(&mut self, mut name: usize, kind: SemanticKind, inside: usize) {
        while self.blocks.kind(name) == Some(TokenKind::Name) {
            self.add(name, kind, inside);
            if self.blocks.text(name + 1) != "," {
                return;
            }
            name += 2;
        }
    }

    fn add(&mut self, name: usize, kind: SemanticKind, inside: usize) {
        let end = self.ends.get(inside).copied().unwrap_or(usize::MAX);
        self.declared.entry(self.blocks.text(name)).or_default().push((end, kind, name));
    }

    fn guess(&mut self, at: usize) -> Option<(SemanticKind, u32)> {
        let blocks = self.blocks;
        let (name, next) = (blocks.text(at), blocks.text(at + 1));
        let before = at.checked_sub(1).map_or("", |before| blocks.text(before));
        let is_called = matches!(next, "(" | "{") || blocks.kind(at + 1) == Some(TokenKind::String);
        let owner = at.checked_sub(2).map_or("", |owner| blocks.text(owner));
        match before {
            ":" if is_called => {
                let known = method(Object::State, name).is_some();
                return Some((SemanticKind::Method, if known { LIBRARY } else { 0 }));
            }
            ":" => return None,
            "." if owner == "bk" => {
                let known = bk_function(name).is_some();
                return known.then_some((SemanticKind::Function, LIBRARY));
            }
            "." if is_called => return Some((SemanticKind::Function, 0)),
            "." => return Some((SemanticKind::Property, 0)),
            "{" | "," if next == "=" => return Some((SemanticKind::Property, 0)),
            _ => {}
        }
        if let Some(stack) = self.declared.get_mut(name) {
            while stack.last().is_some_and(|(end, ..)| *end < at) {
                stack.pop();
            }
            if let Some((_, kind, declared)) = stack.last() {
                return Some((*kind, if *declared == at { DECLARATION } else { 0 }));
            }
        }
        match GLOBALS.contains(&name) {
            true => Some((library(name), LIBRARY)),
            false if is_called => Some((SemanticKind::Function, 0)),
            false => None,
        }
    }
}
