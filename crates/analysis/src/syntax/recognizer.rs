//! Walks the tokens of a text that does not parse, to say what is wrong with it.

use super::{Fault, mistakes};
use crate::Script;
use crate::parse::ParseErrorKind;
use crate::tokens::{Token, TokenKind};
use luakit_diagnostics::TextRange;

/// A fault was reported, and the walk cannot go on from here.
pub(super) struct Lost;

pub(super) type Walk = Result<(), Lost>;

pub(super) struct Recognizer<'a> {
    pub(super) script: &'a Script,
    /// The tokens without comments; what is no token is one of kind `None`.
    words: Vec<Word<'a>>,
    pub(super) at: usize,
    faults: Vec<Fault>,
    /// An `else if`, which is mostly the reason why an `end` is missing.
    pub(super) else_if: Option<TextRange>,
}

#[derive(Clone, Copy)]
pub(super) struct Word<'a> {
    pub(super) kind: Option<TokenKind>,
    pub(super) range: TextRange,
    pub(super) text: &'a str,
    /// Whether it is the first of its line.
    pub(super) first: bool,
}

/// Returns the faults of a script that does not parse.
pub(super) fn faults(script: &Script) -> Vec<Fault> {
    let mut recognizer =
        Recognizer { script, words: words(script), at: 0, faults: Vec::new(), else_if: None };
    recognizer.file();
    let mut faults = recognizer.faults;
    for error in &script.errors {
        let fault = match error.kind {
            ParseErrorKind::UnclosedString => mistakes::unclosed_string(script, error.range),
            ParseErrorKind::UnclosedComment => mistakes::unclosed_comment(script, error.range),
            ParseErrorKind::BadNumber => {
                Fault::new(error.range, format!("`{}` is not a number", script.text(error.range)))
            }
            _ => continue,
        };
        // What is not closed swallows the rest of the text, or of the line: what follows is no fault of its own.
        let end = error.range.end;
        let lines = &script.file.lines;
        let line = lines.start(lines.line(error.range.start));
        faults.retain(|other| other.range.start < line || other.range.start > end.max(error.range.start));
        if matches!(error.kind, ParseErrorKind::UnclosedString) {
            faults.retain(|other| other.range.start < error.range.start);
        }
        faults.push(fault);
    }
    faults
}

fn words<'a>(script: &'a Script) -> Vec<Word<'a>> {
    let mut words = Vec::with_capacity(script.tokens.len());
    let mut end = 0;
    let mut first = true;
    let gap = |words: &mut Vec<Word<'a>>, first: &mut bool, from: usize, to: usize| {
        let text = script.masked.get(from..to).unwrap_or("");
        let mut offset = from;
        for part in text.split_inclusive(char::is_whitespace) {
            let word = part.trim();
            if !word.is_empty() {
                let range = TextRange::new(offset, offset + word.len());
                let text = script.masked.get(range.start..range.end).unwrap_or("");
                words.push(Word { kind: None, range, text, first: *first });
                *first = false;
            }
            *first |= part.ends_with('\n');
            offset += part.len();
        }
    };
    for Token { kind, range } in &script.tokens {
        gap(&mut words, &mut first, end, range.start);
        let text = script.text(*range);
        end = range.end;
        if *kind == TokenKind::Comment {
            first |= text.contains('\n');
            continue;
        }
        words.push(Word { kind: Some(*kind), range: *range, text, first });
        first = text.ends_with('\n');
    }
    gap(&mut words, &mut first, end, script.masked.len());
    words
}

impl<'a> Recognizer<'a> {
    /// Returns the word ahead, or an empty one at the end.
    pub(super) fn word(&self) -> Word<'a> {
        self.ahead(0)
    }

    pub(super) fn ahead(&self, n: usize) -> Word<'a> {
        self.words.get(self.at + n).copied().unwrap_or_else(|| {
            let end = self.script.masked.trim_end().len();
            Word { kind: None, range: TextRange::new(end, end), text: "", first: true }
        })
    }

    pub(super) fn previous(&self) -> Option<Word<'a>> {
        self.words.get(self.at.checked_sub(1)?).copied()
    }

    pub(super) fn ended(&self) -> bool {
        self.at >= self.words.len()
    }

    pub(super) fn is(&self, text: &str) -> bool {
        let word = self.word();
        word.text == text && !matches!(word.kind, Some(TokenKind::String))
    }

    pub(super) fn is_any(&self, texts: &[&str]) -> bool {
        texts.iter().any(|text| self.is(text))
    }

    pub(super) fn is_name(&self) -> bool {
        self.word().kind == Some(TokenKind::Name)
    }

    pub(super) fn advance(&mut self) -> Word<'a> {
        let word = self.word();
        self.at += 1;
        word
    }

    pub(super) fn eat(&mut self, text: &str) -> bool {
        let found = self.is(text);
        self.at += usize::from(found);
        found
    }

    /// Reports a fault and goes on as if there were none.
    pub(super) fn report(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// Reports a fault after which the walk is lost.
    pub(super) fn fail<T>(&mut self, fault: Fault) -> Result<T, Lost> {
        self.faults.push(fault);
        Err(Lost)
    }

    /// Reports that something is expected where the next word is.
    pub(super) fn expected<T>(&mut self, what: &str) -> Result<T, Lost> {
        let fault = mistakes::expected(self, what);
        self.fail(fault)
    }

    pub(super) fn expect(&mut self, text: &str) -> Walk {
        if self.eat(text) { Ok(()) } else { self.expected(&format!("`{text}`")) }
    }

    pub(super) fn expect_name(&mut self, after: &str) -> Walk {
        if self.is_name() {
            self.at += 1;
            return Ok(());
        }
        let fault = mistakes::name_expected(self, after);
        self.fail(fault)
    }

    pub(super) fn line(&self, range: TextRange) -> usize {
        self.script.file.lines.line(range.start)
    }

    pub(super) fn is_lost(&self) -> bool {
        !self.faults.is_empty()
    }

    /// Skips to where a statement may begin after a fault.
    pub(super) fn recover(&mut self, from: usize) {
        self.at = self.at.max(from + 1);
        while !self.ended() {
            let word = self.word();
            let begins = matches!(
                word.text,
                "local" | "function" | "return" | "if" | "for" | "while" | "repeat" | "do" | "break"
            );
            let closes = matches!(word.text, "end" | "else" | "elseif" | "until");
            if closes || (word.first && (begins || word.kind == Some(TokenKind::Name))) {
                return;
            }
            self.at += 1;
        }
    }
}
