//! The tokens of a text, whatever its state: what completion reads, and where spans come from.

use crate::caught::caught;
use full_moon::LuaVersion;
use full_moon::tokenizer::{InterpolatedStringKind, Lexer, LexerResult, TokenType, TokenizerError};
use luakit_diagnostics::TextRange;

/// A token or a comment. Its text is what the source has at its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) range: TextRange,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Name,
    /// A reserved word.
    Keyword,
    /// Punctuation or an operator.
    Symbol,
    Number,
    /// A string in quotes or long brackets.
    String,
    /// A part of an interpolated string: `` `a{ `` opens, `}b{` goes on, `` }c` `` closes.
    Interpolated {
        opens: bool,
        closes: bool,
    },
    Comment,
}

/// Splits a masked text into tokens, without whitespace and without the end of the file.
pub(crate) fn tokenize(masked: &str) -> (Vec<Token>, Vec<TokenizerError>) {
    let lexed = caught(|| Lexer::new(masked, LuaVersion::luau()).collect());
    let (tokens, errors) = match lexed {
        Some(LexerResult::Ok(tokens)) => (tokens, Vec::new()),
        Some(LexerResult::Recovered(tokens, errors)) => (tokens, errors),
        Some(LexerResult::Fatal(errors)) => (Vec::new(), errors),
        None => (Vec::new(), Vec::new()),
    };
    let mut out = Vec::with_capacity(tokens.len() / 2);
    for token in &tokens {
        let range = TextRange::new(token.start_position().bytes(), token.end_position().bytes());
        if let Some(kind) = kind(token.token_type())
            && !range.is_empty()
        {
            out.push(Token { kind, range });
        }
    }
    (out, errors)
}

fn kind(token: &TokenType) -> Option<TokenKind> {
    Some(match token {
        TokenType::Identifier { .. } => TokenKind::Name,
        TokenType::Symbol { symbol } => {
            if symbol.to_string().starts_with(|c: char| c.is_ascii_alphabetic()) {
                TokenKind::Keyword
            } else {
                TokenKind::Symbol
            }
        }
        TokenType::Number { .. } => TokenKind::Number,
        TokenType::StringLiteral { .. } => TokenKind::String,
        TokenType::InterpolatedString { kind, .. } => TokenKind::Interpolated {
            opens: *kind == InterpolatedStringKind::Begin,
            closes: *kind == InterpolatedStringKind::End,
        },
        TokenType::SingleLineComment { .. } | TokenType::MultiLineComment { .. } => TokenKind::Comment,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_typed_text_has_tokens_too() {
        let text = "bk.image(\"a\"):  -- x\nbk.cache(\"/c";
        let (tokens, _) = tokenize(text);
        let texts: Vec<&str> = tokens.iter().map(|t| &text[t.range.start..t.range.end]).collect();
        assert_eq!(
            texts,
            ["bk", ".", "image", "(", "\"a\"", ")", ":", "-- x", "bk", ".", "cache", "(", "\"/c"]
        );
    }

    #[test]
    fn every_range_holds_the_text_of_its_token() {
        let text = "local é = `a{b}c{d}` .. [[\n]] -- \u{1f4e6}\n+= 0x1F";
        let (tokens, _) = tokenize(text);
        for token in tokens {
            assert!(text.get(token.range.start..token.range.end).is_some(), "{token:?}");
        }
    }
}
