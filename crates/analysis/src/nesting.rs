//! Refuses what is nested so deeply that the parser, which recurses, could end the whole process.

use crate::tokens::{Token, TokenKind};
use luakit_diagnostics::TextRange;

/// How deep brackets and blocks may be nested. A debug build with a stack of 64 MB holds more than three times that.
const DEPTH: usize = 200;

/// How many operators a single expression may have: `a .. b .. c` recurses once for each. The engine gives up at 1000.
const OPERATORS: usize = 1000;

/// An `if` inside an expression has no `end`, so it counts as so many operators instead of a level.
const IF_EXPRESSION: usize = 10;

/// An open bracket or block.
#[derive(Default)]
struct Level {
    /// The operators of the current expression.
    operators: usize,
    /// Whether the current expression has an `if`.
    if_expression: bool,
}

/// Returns the token at which the nesting becomes too deep.
pub(crate) fn too_deep(text: &str, tokens: &[Token]) -> Option<TextRange> {
    let mut open = vec![Level::default()];
    let mut previous = "";
    for token in tokens.iter().filter(|token| token.kind != TokenKind::Comment) {
        let word = text.get(token.range.start..token.range.end).unwrap_or("");
        match token.kind {
            TokenKind::Interpolated { opens: true, .. } => open.push(Level::default()),
            TokenKind::Interpolated { closes: true, .. } => close(&mut open),
            TokenKind::Keyword | TokenKind::Symbol => step(&mut open, word, previous),
            _ => {}
        }
        if open.len() > DEPTH + 1 || open.last().is_some_and(|level| level.operators > OPERATORS) {
            return Some(token.range);
        }
        previous = match token.kind {
            TokenKind::Keyword | TokenKind::Symbol | TokenKind::Interpolated { .. } => word,
            _ => "",
        };
    }
    None
}

fn step(open: &mut Vec<Level>, word: &str, previous: &str) {
    let Some(level) = open.last_mut() else { return };
    match word {
        "if" if begins_expression(previous, level) => {
            level.if_expression = true;
            level.operators += IF_EXPRESSION;
        }
        "(" | "{" | "[" | "function" | "do" | "repeat" | "if" => open.push(Level::default()),
        ")" | "}" | "]" | "end" | "until" => close(open),
        "," | ";" | "=" | "local" | "return" => *level = Level::default(),
        "then" | "else" | "elseif" => {
            if !level.if_expression {
                level.operators = 0;
            }
        }
        "for" | "while" | "break" | "in" => level.operators = 0,
        "." | ":" | "..." | "true" | "false" | "nil" => {}
        _ => level.operators += 1,
    }
}

/// Tells whether an `if` after `previous` is part of an expression.
fn begins_expression(previous: &str, level: &Level) -> bool {
    match previous {
        "" | ")" | "]" | "}" | "end" | "do" | "repeat" | ";" | "break" | "return" => previous == "return",
        "then" | "else" => level.if_expression,
        _ => previous.ends_with('{') || !previous.ends_with('`'),
    }
}

fn close(open: &mut Vec<Level>) {
    if open.len() > 1 {
        open.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::tokenize;

    fn refused(text: &str) -> bool {
        too_deep(text, &tokenize(text).0).is_some()
    }

    #[test]
    fn deep_nesting_and_long_recursions_are_refused() {
        for (open, close) in
            [("(", ")"), ("{", "}"), ("f(", ")"), ("t[", "]"), ("function() return ", " end"), ("`{", "}`")]
        {
            let text = |n: usize| format!("x = {}1{}", open.repeat(n), close.repeat(n));
            assert!(!refused(&text(150)), "{open}");
            assert!(refused(&text(250)), "{open}");
        }
        for link in ["a .. ", "a ^ ", "- ", "not ", "if a then b else "] {
            assert!(refused(&format!("x = {}a", link.repeat(1100))), "{link}");
        }
        assert!(refused(&"if a then ".repeat(300)));
    }

    #[test]
    fn long_scripts_are_not() {
        for line in [
            "local s = if a then b else c\n",
            "x = if a then b elseif c then d else e if y then z() end\n",
            "s = s:run('a' .. b .. 'c')\n",
            "if a then b() elseif c then d() else e() end\n",
            "for i = 1, 2 do while a do repeat b() until c end end\n",
            "local f = function(a: number?): string return `a{b}c{d}` end\n",
            "return if a then b else if c then d else e;\n",
            "type T = { a: number } | string\n",
        ] {
            assert!(!refused(&line.repeat(2000)), "{line}");
        }
        assert!(!refused(&format!("s = s{}", ":run('x')".repeat(2000))));
        assert!(!refused(&format!("if a then{} end", " elseif b then".repeat(2000))));
        assert!(!refused(&format!("x = {{{}}}", "if a then b else c, ".repeat(2000))));
    }
}
