//! Parsing that never panics and never overruns the stack, whatever the text.

use crate::caught::caught;
use crate::chunks::cut;
use crate::lower::lower;
use crate::mend::mended;
use crate::nesting::too_deep;
use crate::tokens::{Token, tokenize};
use crate::tree::Tree;
use full_moon::LuaVersion;
use full_moon::tokenizer::TokenizerErrorType;
use luakit_diagnostics::TextRange;
use std::collections::HashMap;
use std::sync::Arc;

/// How often a broken piece is mended and parsed anew.
const MENDINGS: usize = 4;

/// What the parser could make of a text.
pub(crate) struct Parsed {
    pub(crate) tokens: Vec<Token>,
    pub(crate) tree: Tree,
    /// What the parser said, in its own words.
    pub(crate) errors: Vec<ParseError>,
    pub(crate) pieces: Vec<Piece>,
}

/// A piece of a text, with what was made of it; its ranges begin where the piece begins.
#[derive(Clone)]
pub(crate) struct Piece {
    pub(crate) range: TextRange,
    part: Arc<Part>,
}

#[derive(Default)]
struct Part {
    tokens: Vec<Token>,
    tree: Tree,
    errors: Vec<ParseError>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ParseError {
    pub(crate) range: TextRange,
    pub(crate) kind: ParseErrorKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ParseErrorKind {
    UnclosedString,
    UnclosedComment,
    BadNumber,
    BadCharacter,
    /// The parser's own message about a token.
    Token(String),
    TooDeep,
    /// The text was not looked at; this many bytes would have been.
    TooLarge(usize),
    /// The parser panicked.
    Panic,
}

/// Parses a masked text, piece by piece. A piece that the text before had as well, given with its own pieces, is taken
/// from there.
pub(crate) fn parse(masked: &str, before: Option<(&str, &[Piece])>) -> Parsed {
    let mut known = before.map(|(text, pieces)| Known::new(masked, text, pieces));
    let ranges = cut(masked);
    let count = ranges.len();
    let pieces = ranges.into_iter().enumerate().map(|(i, range)| {
        let text = masked.get(range.start..range.end).unwrap_or("");
        let part = known.as_mut().and_then(|known| known.part(text, i, count));
        Piece { range, part: part.unwrap_or_else(|| Arc::new(parse_piece(text))) }
    });
    let pieces: Vec<Piece> = pieces.collect();
    let sum = |of: fn(&Part) -> usize| pieces.iter().map(|piece| of(&piece.part)).sum::<usize>();
    let mut tokens = Vec::with_capacity(sum(|part| part.tokens.len()));
    let mut errors = Vec::new();
    let mut tree = Tree::with_capacity(sum(|part| part.tree.exprs.len()), sum(|part| part.tree.funcs.len()));
    for Piece { range, part } in &pieces {
        let at = range.start;
        tokens.extend(part.tokens.iter().map(|it| Token { range: it.range.shifted(at), ..*it }));
        errors.extend(
            part.errors.iter().map(|it| ParseError { range: it.range.shifted(at), kind: it.kind.clone() }),
        );
        tree.append(&part.tree, at);
    }
    tree.block.range = TextRange::new(0, masked.len());
    Parsed { tokens, tree, errors, pieces }
}

/// The pieces of the text before an edit, to be found again.
struct Known<'a> {
    text: &'a str,
    pieces: &'a [Piece],
    /// Those that are neither at the beginning nor at the end of both texts.
    by_text: HashMap<&'a str, &'a Piece>,
    /// How many are the same at the beginning.
    same: usize,
}

impl<'a> Known<'a> {
    fn new(masked: &str, text: &'a str, pieces: &'a [Piece]) -> Self {
        let same_bytes = masked.bytes().zip(text.bytes()).take_while(|(a, b)| a == b).count();
        let same = pieces.iter().take_while(|piece| piece.range.end <= same_bytes).count();
        let rest = masked.len().min(text.len()) - same_bytes;
        let reversed = masked.bytes().rev().zip(text.bytes().rev()).take(rest);
        let end = text.len() - reversed.take_while(|(a, b)| a == b).count();
        let middle = pieces.get(same..).unwrap_or(&[]).iter().take_while(|piece| piece.range.start < end);
        let by_text = middle.filter_map(|piece| Some((text.get(piece.range.start..piece.range.end)?, piece)));
        Self { text, pieces, by_text: by_text.collect(), same }
    }

    /// Returns what was made of the same text before; it is the `i`-th piece of `count`.
    fn part(&mut self, text: &str, i: usize, count: usize) -> Option<Arc<Part>> {
        // Counted from the end, where pieces after an edit have kept their place.
        let from_end = (self.pieces.len() + i).checked_sub(count);
        let at = |i: usize| {
            self.pieces.get(i).filter(|it| self.text.get(it.range.start..it.range.end) == Some(text))
        };
        let piece = match i < self.same {
            true => at(i),
            false => from_end.and_then(at).or_else(|| self.by_text.get(text).copied()),
        };
        piece.map(|piece| piece.part.clone())
    }
}

/// Parses a piece of a text, or a text in one.
fn parse_piece(text: &str) -> Part {
    let (tokens, _) = tokenize(text);
    if let Some(range) = too_deep(text, &tokens) {
        let errors = vec![ParseError { range, kind: ParseErrorKind::TooDeep }];
        return Part { tokens, tree: Tree::default(), errors };
    }
    let (mut tree, errors) = parse_text(text).unwrap_or_else(|| {
        let end = tokens.last().map_or(TextRange::default(), |token| token.range);
        (Tree::default(), vec![ParseError { range: end, kind: ParseErrorKind::Panic }])
    });
    // What is wrong is told of the text as it is; the tree may be that of one that has less in it.
    let mut next = mended(text, &tokens, &errors);
    for _ in 0..MENDINGS {
        let Some(text) = next else { break };
        let Some((other, left)) = parse_text(&text) else { break };
        if size(&other) >= size(&tree) {
            tree = other;
        }
        next = mended(&text, &tokens, &left);
    }
    Part { tokens, tree, errors }
}

/// Parses a text in one; nothing comes of it if the parser panics, as it is known to do on some malformed types and
/// attributes (full-moon#310, #359).
fn parse_text(text: &str) -> Option<(Tree, Vec<ParseError>)> {
    caught(|| {
        let result = full_moon::parse_fallible(text, LuaVersion::luau());
        let errors = result.errors().iter().map(parse_error).collect();
        (lower(result.ast(), text.len()), errors)
    })
}

fn size(tree: &Tree) -> usize {
    tree.exprs.len() + tree.funcs.len()
}

fn parse_error(error: &full_moon::Error) -> ParseError {
    let (start, end) = error.range();
    let range = TextRange::new(start.bytes(), end.bytes());
    let kind = match error {
        full_moon::Error::TokenizerError(error) => match error.error() {
            TokenizerErrorType::UnclosedComment => ParseErrorKind::UnclosedComment,
            TokenizerErrorType::UnclosedString => ParseErrorKind::UnclosedString,
            TokenizerErrorType::InvalidNumber => ParseErrorKind::BadNumber,
            _ => ParseErrorKind::BadCharacter,
        },
        full_moon::Error::AstError(error) => {
            // The whole range of a construct is no place to point at: its token is.
            let token = error.token();
            let range = TextRange::new(token.start_position().bytes(), token.end_position().bytes());
            return ParseError { range, kind: ParseErrorKind::Token(error.error_message().to_owned()) };
        }
    };
    ParseError { range, kind }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::cases;
    use proptest::prelude::*;

    fn shown(tokens: &[Token], tree: &Tree) -> String {
        // The root lasts to the end of the text; a piece does not know where that is.
        format!("{tokens:?}\n{:?}\n{:?}\n{:?}", tree.exprs, tree.funcs, tree.block.stmts)
    }

    /// Asserts that a text that is right is the same in pieces as in one.
    fn same_in_one(text: &str) -> bool {
        let whole = parse_piece(text);
        if !whole.errors.is_empty() {
            return false;
        }
        let parsed = parse(text, None);
        assert_eq!(parsed.errors, [], "{text}\n{:#?}", cut(text));
        assert_eq!(shown(&parsed.tokens, &parsed.tree), shown(&whole.tokens, &whole.tree), "{text}");
        true
    }

    /// Lines that make right programs in many orders, and in odd layouts.
    const LINES: &[&str] = &[
        "local x = 1",
        "local function f(a, b)",
        "function t.f()",
        "function t:m(...)",
        "if a then",
        "elseif b then",
        "else",
        "end",
        "end",
        "end",
        "for i = 1, 2 do",
        "for k, v in pairs(t) do",
        "while a do",
        "while a",
        "do",
        "repeat",
        "until x",
        "return",
        "return f(",
        ")",
        "break",
        "continue",
        "x = if a then b else c",
        "x = if a then",
        "if b then c else d else e",
        "local y = if a then 1 elseif b then 2 else",
        "3",
        "b:run()",
        ":mkdir()",
        "f(",
        "{",
        "}",
        "a,",
        "[1] = 2,",
        "function() return 1 end",
        "local s = [[",
        "]]",
        "--[[",
        "--]]",
        "-- c",
        "`a{",
        "}b`",
        "`x`",
        "\"s\\",
        "t\"",
        "'\\z",
        "'",
        "type T = { a: number }",
        "type V =\nA | B",
        "| C",
        "export type U = Array<T>",
        "local a: T? = nil",
        "local b: Array<string>",
        "a = 5.",
        "a = .5 .. 1",
        "x = a >",
        "x = ...",
        "local z: string?",
        "x = y :: T",
        "const k = 1",
        "x += 1",
        "x = not",
        "and b",
        "type = 1",
        "x = type",
        "continue = 2",
        "@native",
        "x = -",
        ";",
        "if if a then b else c then",
        "x = #t",
        "x = a // 2",
    ];

    fn program() -> impl Strategy<Value = String> {
        let indent = prop::sample::select(vec!["", "", "", "  ", " "]);
        let end = prop::sample::select(vec!["\n", "\n", "\n", " ", "\r\n"]);
        let line = (indent, prop::sample::select(LINES), end).prop_map(|(a, b, c)| format!("{a}{b}{c}"));
        prop::collection::vec(line, 0..14).prop_map(|lines| lines.concat())
    }

    #[test]
    fn the_sample_cases_are_the_same_in_pieces() {
        for (name, text) in cases() {
            let masked = crate::mask::mask(&text);
            assert!(same_in_one(&masked) || name.contains("err_syntax"), "{name}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

        #[test]
        fn a_right_text_is_the_same_in_pieces(text in program()) {
            same_in_one(&text);
        }

        #[test]
        fn an_edit_leads_to_what_the_text_alone_leads_to(
            before in program(),
            typed in program(),
            at in any::<prop::sample::Index>(),
            to in any::<prop::sample::Index>(),
        ) {
            let (a, b) = (at.index(before.len() + 1), to.index(before.len() + 1));
            let (from, to) = (a.min(b), a.max(b));
            let mut after = before.clone();
            after.replace_range(from..to, &typed);
            let old = parse(&before, None);
            let new = parse(&after, Some((&before, &old.pieces)));
            let fresh = parse(&after, None);
            prop_assert_eq!(new.errors, fresh.errors);
            prop_assert_eq!(shown(&new.tokens, &new.tree), shown(&fresh.tokens, &fresh.tree));
        }
    }
}
