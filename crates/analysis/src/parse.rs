//! Parsing that never panics and never overruns the stack, whatever the text.

use crate::lower::lower;
use crate::nesting::too_deep;
use crate::tokens::{Token, tokenize};
use crate::tree::Tree;
use full_moon::LuaVersion;
use full_moon::tokenizer::TokenizerErrorType;
use luakit_diagnostics::TextRange;

/// What the parser could make of a text.
pub(crate) struct Parsed {
    pub(crate) tokens: Vec<Token>,
    pub(crate) tree: Tree,
    /// What the parser said, in its own words.
    pub(crate) errors: Vec<ParseError>,
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
    /// The parser panicked.
    Panic,
}

/// Parses a masked text.
pub(crate) fn parse(masked: &str) -> Parsed {
    let (tokens, _) = tokenize(masked);
    if let Some(range) = too_deep(masked, &tokens) {
        let errors = vec![ParseError { range, kind: ParseErrorKind::TooDeep }];
        return Parsed { tokens, tree: Tree::default(), errors };
    }
    // The parser is known to panic on some malformed types and attributes (full-moon#310, #359).
    let parsed = caught(|| {
        let result = full_moon::parse_fallible(masked, LuaVersion::luau());
        let errors = result.errors().iter().map(parse_error).collect();
        (lower(result.ast(), masked.len()), errors)
    });
    let (tree, errors) = parsed.unwrap_or_else(|| {
        let end = tokens.last().map_or(TextRange::default(), |token| token.range);
        (Tree::default(), vec![ParseError { range: end, kind: ParseErrorKind::Panic }])
    });
    Parsed { tokens, tree, errors }
}

/// Runs `work`; a panic is `None`.
fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).ok()
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
