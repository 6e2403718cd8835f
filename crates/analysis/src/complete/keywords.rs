//! The reserved words that can stand at the cursor: another block's end, another statement, another operator.

use super::{Completer, CompletionItem, CompletionKind, item};
use crate::cursor::Cursor;
use crate::tokens::TokenKind;

/// A block that is open at the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Function,
    Do,
    Repeat,
    /// `if`, and whether its `then` has come; `otherwise` once there is an `else`.
    If {
        then: bool,
        otherwise: bool,
    },
    /// `while` or `for`, whether its `do` and its `in` have come.
    Loop {
        body: bool,
        counts: bool,
        within: bool,
    },
}

impl Completer<'_, '_> {
    /// Returns the words that can stand at the cursor.
    pub(super) fn keywords(&self, statement: bool) -> Vec<CompletionItem> {
        let open = self.open_blocks();
        let (operand, same_line) = self.after_operand();
        let word = |word: &&str| self.item(*word, CompletionKind::Keyword);
        let mut words: Vec<&str> = Vec::new();
        let head = match open.last() {
            Some(Open::If { then: false, .. }) => Some("then"),
            Some(Open::Loop { body: false, counts: true, within: false }) => Some("in"),
            Some(Open::Loop { body: false, .. }) => Some("do"),
            _ => None,
        };
        if operand && (same_line || head.is_some()) {
            words.extend(head);
            words.extend(["and", "or"]);
        }
        if statement && head.is_none() {
            words.extend(["local", "function", "if", "for", "while", "repeat", "do", "return"]);
            if open
                .iter()
                .rev()
                .take_while(|it| **it != Open::Function)
                .any(|it| matches!(it, Open::Loop { .. } | Open::Repeat))
            {
                words.extend(["break", "continue"]);
            }
            match open.last() {
                Some(Open::Repeat) => words.push("until"),
                Some(Open::If { otherwise: false, .. }) => words.extend(["else", "elseif", "end"]),
                Some(_) => words.push("end"),
                None => {}
            }
        }
        if !statement && !operand {
            words.extend(["function", "nil", "not", "true", "false", "if"]);
        }
        words.iter().map(word).collect()
    }

    /// Tells whether the token before the cursor ends an expression, and whether it is on the same line.
    fn after_operand(&self) -> (bool, bool) {
        let script = self.cursor.script;
        let Some(token) = script.tokens_before(self.cursor.word.start).next() else { return (false, false) };
        let text = script.text(token.range);
        let ends = match token.kind {
            TokenKind::Name | TokenKind::Number | TokenKind::String => true,
            TokenKind::Interpolated { closes, .. } => closes,
            TokenKind::Keyword => matches!(text, "nil" | "true" | "false" | "end"),
            TokenKind::Symbol => matches!(text, ")" | "]" | "}" | "..."),
            TokenKind::Comment => false,
        };
        let line = |offset: usize| script.file.lines.line(offset);
        (ends, line(token.range.end) == line(self.cursor.word.start))
    }

    fn open_blocks(&self) -> Vec<Open> {
        let cursor = self.cursor;
        let mut open: Vec<Open> = Vec::new();
        for (at, token) in cursor.tokens.iter().enumerate() {
            if token.range.end > cursor.word.start {
                break;
            }
            if token.kind != TokenKind::Keyword {
                continue;
            }
            match (cursor.text(at), open.last_mut()) {
                ("function", _) => open.push(Open::Function),
                ("if", _) if cursor.begins_statement(at) => {
                    open.push(Open::If { then: false, otherwise: false })
                }
                ("then", Some(Open::If { then, .. })) => *then = true,
                ("elseif", Some(Open::If { then, otherwise: false })) => *then = false,
                ("else", Some(Open::If { otherwise, .. })) => *otherwise = true,
                ("while", _) => open.push(Open::Loop { body: false, counts: false, within: true }),
                ("for", _) => {
                    // `for i = 1, 3` has no `in`.
                    let counts = cursor.text(at + 2) != "=";
                    open.push(Open::Loop { body: false, counts, within: false });
                }
                ("in", Some(Open::Loop { within, .. })) => *within = true,
                ("do", Some(Open::Loop { body, .. })) if !*body => *body = true,
                ("do", _) => open.push(Open::Do),
                ("repeat", _) => open.push(Open::Repeat),
                ("until", Some(Open::Repeat)) | ("end", Some(_)) => {
                    open.pop();
                }
                _ => {}
            }
        }
        open
    }
}

/// Returns `function` where a name is made up after `local`.
pub(super) fn after_local(cursor: &Cursor<'_>) -> Vec<CompletionItem> {
    let script = cursor.script;
    let before = script.tokens_before(cursor.word.start).next().map(|token| script.text(token.range));
    let typed = script.text(cursor.prefix);
    if before != Some("local")
        || !"function".starts_with(typed)
        || cursor.word.is_empty() && !typed.is_empty()
    {
        return Vec::new();
    }
    vec![item("function", CompletionKind::Keyword, cursor.word)]
}
