//! What the parser gives up a whole function for is written over, so that the rest of the function has a tree.
//!
//! A name alone, as it stands while a call is typed, is no statement. Before an `end` it costs the function around it,
//! with its parameters and all its lines. Blanks in its place cost nothing but the name.

use crate::parse::{ParseError, ParseErrorKind};
use crate::tokens::{Token, TokenKind};
use luakit_diagnostics::TextRange;

/// What the parser says of an expression that is no statement, about the token after it.
const NO_STATEMENT: &str = "unexpected expression when looking for a statement";

/// What it says of the token that it gives up at.
const GIVEN_UP: &str = "unexpected token, this needs to be a statement";

/// What it says where a statement ends too early, and the words that such a statement begins with.
const UNFINISHED: &[(&str, &[&str])] = &[
    ("expected `then` after condition", &["if", "elseif"]),
    ("expected either a variable name or `function`", &["local"]),
];

/// Returns a text of the same length in which what the parser gave up at is blank; none if it did not give up, or if
/// nothing can be done about it.
pub(crate) fn mended(text: &str, tokens: &[Token], errors: &[ParseError]) -> Option<String> {
    let said = |error: &ParseError| match &error.kind {
        ParseErrorKind::Token(message) => Some((message.clone(), error.range)),
        _ => None,
    };
    let said: Vec<(String, TextRange)> = errors.iter().filter_map(said).collect();
    let (_, given_up) = said.iter().find(|(message, _)| message == GIVEN_UP)?;
    let mender = Mender { text, tokens };
    let known = said.iter().find_map(|(message, range)| {
        if message == NO_STATEMENT {
            return mender.expression_before(range.start);
        }
        let (_, words) = UNFINISHED.iter().find(|(known, _)| known == message)?;
        mender.word_before(range.start, words)
    });
    let blank = known.or_else(|| match said.iter().find(|(message, _)| message != GIVEN_UP) {
        Some((_, range)) => mender.line_of(range.start),
        None => Some(*given_up).filter(|range| !range.is_empty()),
    })?;
    let (before, rest) = text.split_at_checked(blank.start)?;
    let (wrong, after) = rest.split_at_checked(blank.end - blank.start)?;
    Some(format!("{before}{}{after}", " ".repeat(wrong.len())))
}

struct Mender<'a> {
    text: &'a str,
    tokens: &'a [Token],
}

impl Mender<'_> {
    fn text(&self, token: &Token) -> &str {
        self.text.get(token.range.start..token.range.end).unwrap_or("")
    }

    /// Returns the tokens before an offset that are still there, the last one first.
    fn before(&self, offset: usize) -> impl Iterator<Item = &Token> {
        let end = self.tokens.partition_point(|token| token.range.end <= offset);
        let there = |token: &&Token| token.kind != TokenKind::Comment && !self.text(token).trim().is_empty();
        self.tokens.iter().take(end).rev().filter(there)
    }

    /// Returns the chain of names, indices and calls that ends before an offset.
    fn expression_before(&self, offset: usize) -> Option<TextRange> {
        let mut tokens = self.before(offset).peekable();
        let end = tokens.peek()?.range.end;
        let mut start = end;
        let mut depth = 0usize;
        while let Some(token) = tokens.next() {
            start = token.range.start;
            match self.text(token) {
                ")" | "]" | "}" => depth += 1,
                "(" | "[" | "{" => depth = depth.checked_sub(1)?,
                _ => {}
            }
            let Some(previous) = tokens.peek().filter(|_| depth == 0) else { continue };
            let text = self.text(previous);
            let ends_one = previous.kind == TokenKind::Name || matches!(text, ")" | "]" | "}");
            let goes_on = match token.kind {
                TokenKind::Name => matches!(text, "." | ":"),
                TokenKind::Symbol | TokenKind::String => ends_one || previous.kind == TokenKind::String,
                _ => false,
            };
            if !goes_on {
                break;
            }
        }
        (depth == 0).then_some(TextRange::new(start, end))
    }

    fn word_before(&self, offset: usize, words: &[&str]) -> Option<TextRange> {
        self.before(offset).find(|token| words.contains(&self.text(token))).map(|token| token.range)
    }

    /// Returns what stands on the line of an offset.
    fn line_of(&self, offset: usize) -> Option<TextRange> {
        let start = self.text.get(..offset)?.rfind('\n').map_or(0, |at| at + 1);
        let end = self.text.get(offset..)?.find('\n').map_or(self.text.len(), |at| offset + at);
        let line = self.text.get(start..end)?;
        (!line.trim().is_empty()).then_some(TextRange::new(start, end))
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::script;
    use expect_test::{Expect, expect};
    use std::fmt::Write;

    /// Shows the names that are declared.
    fn check(text: &str, expect: Expect) {
        let script = script(text);
        assert!(!script.errors.is_empty(), "there is nothing to mend in this");
        let mut shown = String::new();
        for local in &script.scopes.locals {
            let _ = write!(shown, "{} ", script.text(local.name));
        }
        expect.assert_eq(shown.trim_end());
    }

    #[test]
    fn a_name_alone_costs_only_itself() {
        check("local function f(a)\n  a\nend", expect!["f a"]);
        check("local function f(a)\n  local b = a\n  b.c.\nend", expect!["f a b"]);
        check("for i, v in ipairs(x) do v end", expect!["i v"]);
        check("local t = {\n  f = function(p)\n    p:\n  end,\n}", expect!["p t"]);
        check("s:files(function(f)\n  f:\nend)", expect!["f"]);
        check("local function f(a)\n  g(a).b[1]\nend", expect!["f a"]);
    }

    #[test]
    fn a_statement_that_is_not_finished_costs_only_its_line() {
        check("local function f(a)\n  if \n  local b = 1\nend", expect!["f a b"]);
        check("local function f(a)\n  if a.\n  local b = 1\nend", expect!["f a b"]);
        check("local function f(a)\n  local\nend", expect!["f a"]);
        check("local function f(a)\n  for\n  local b = 1\nend", expect!["f a b"]);
        check("local function f(a)\n  while a\n  local b = 1\nend", expect!["f a b"]);
        check("local function f(a)\n  g(a))\n  local b = 1\nend", expect!["f a b"]);
    }

    #[test]
    fn several_are_mended_in_one_function() {
        check(
            "local function f(a)\n  a\n  if a then\n    a:\n  end\n  local b = 1\n  b.\nend",
            expect!["f a b"],
        );
    }
}
