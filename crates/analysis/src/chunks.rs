//! Where a text can be cut so that each piece parses on its own.
//!
//! A keystroke changes one piece; the others keep what was made of them. The cuts depend on the text alone, never on the
//! edits that led to it, so that an edited script is the same as one that was just opened.
//!
//! A cut is made in front of a statement that begins a line, where no block and no bracket is open and what stands
//! before can end a statement. This walk knows much less than the lexer: where it is wrong about a text that is right,
//! it must err by making fewer cuts. Where a text is not right, cuts keep a mistake from spreading: an unclosed bracket
//! ends at a keyword that cannot stand in brackets, an unclosed block where functions and locals are at the margin again.

use luakit_diagnostics::TextRange;
use memchr::memchr;

/// How often the walk begins again behind a block that is not closed. Each time costs a walk to the end.
const RESTARTS: usize = 8;

/// Cuts a masked text into pieces, which together are the whole text.
pub(crate) fn cut(text: &str) -> Vec<TextRange> {
    let mut cuts = Vec::new();
    let mut start = 0;
    for restart in 0..=RESTARTS {
        let mut walk = Walk::new(text.as_bytes(), start);
        walk.run();
        // What was found behind a block that is not closed is found again, from where the walk begins anew.
        let open = if restart < RESTARTS { walk.unclosed() } else { None };
        match open {
            None => {
                cuts.append(&mut walk.cuts);
                break;
            }
            Some((opened, resumed)) => {
                cuts.extend(walk.cuts.iter().copied().filter(|cut| *cut <= opened));
                cuts.push(resumed);
                start = resumed;
            }
        }
    }
    let mut pieces = Vec::with_capacity(cuts.len() + 1);
    let mut last = 0;
    for cut in cuts.into_iter().chain([text.len()]) {
        if cut > last {
            pieces.push(TextRange::new(last, cut));
            last = cut;
        }
    }
    pieces
}

/// What is open where the walk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Block {
        at: usize,
    },
    Bracket,
    /// The expression inside an interpolated string.
    Hole,
}

/// What the last token was, as far as a cut behind it depends on that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    /// It can end a statement.
    Ends,
    /// `then`, `else`, `do` and the like, after which a statement begins.
    Begins,
    /// An expression or a statement goes on.
    GoesOn,
    /// No telling: `type` is a name or begins a statement, `>` compares or closes a type.
    Either,
}

struct Walk<'a> {
    text: &'a [u8],
    at: usize,
    open: Vec<Open>,
    /// For the top level and each thing that is open, how many `if` of expressions have no `else` yet.
    ifs: Vec<usize>,
    before: Before,
    cuts: Vec<usize>,
    /// No more cuts: after a `return` and its like, and after an attribute, where they could be wrong.
    frozen: bool,
    /// Places at the margin where a statement begins inside of something open.
    margins: Vec<usize>,
}

impl<'a> Walk<'a> {
    fn new(text: &'a [u8], at: usize) -> Self {
        Self {
            text,
            at,
            open: Vec::new(),
            ifs: vec![0],
            before: Before::Begins,
            cuts: Vec::new(),
            frozen: false,
            margins: Vec::new(),
        }
    }

    fn byte(&self, at: usize) -> u8 {
        self.text.get(at).copied().unwrap_or(0)
    }

    fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or(&[])
    }

    fn at_margin(&self) -> bool {
        self.at == 0 || self.byte(self.at - 1) == b'\n'
    }

    /// Returns where the outermost block that is not closed begins, and where the walk may begin anew behind it.
    fn unclosed(&self) -> Option<(usize, usize)> {
        let opened = self.open.iter().find_map(|open| match open {
            Open::Block { at } => Some(*at),
            _ => None,
        })?;
        let resumed = self.margins.iter().copied().find(|margin| *margin > opened)?;
        Some((opened, resumed))
    }

    fn push(&mut self, open: Open) {
        self.open.push(open);
        self.ifs.push(0);
    }

    fn close_to(&mut self, count: usize) {
        self.open.truncate(count);
        self.ifs.truncate(count + 1);
    }

    fn close_one(&mut self) {
        self.close_to(self.open.len().saturating_sub(1));
    }

    /// Tells whether a `then` or `else` belongs to an `if` that is an expression.
    fn is_in_if_expression(&self) -> bool {
        self.ifs.last().is_some_and(|ifs| *ifs > 0)
    }

    fn run(&mut self) {
        while self.at < self.text.len() {
            let byte = self.byte(self.at);
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c => self.at += 1,
                b'-' if self.byte(self.at + 1) == b'-' => self.comment(),
                b'"' | b'\'' => {
                    self.quoted(byte);
                    self.before = Before::Ends;
                }
                b'`' => {
                    self.at += 1;
                    self.interpolated();
                }
                b'[' if self.long_bracket() => self.before = Before::Ends,
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => self.word(),
                b'0'..=b'9' => {
                    self.skip_word();
                    if self.byte(self.at) == b'.' && self.byte(self.at + 1) != b'.' {
                        self.at += 1;
                    }
                    self.before = Before::Ends;
                }
                _ => self.symbol(byte),
            }
        }
    }

    fn skip_word(&mut self) {
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
        self.at += self.rest().iter().take_while(|byte| is_part(byte)).count().max(1);
    }

    fn comment(&mut self) {
        self.at += 2;
        if self.byte(self.at) == b'[' && self.long_bracket() {
            return;
        }
        self.at += memchr(b'\n', self.rest()).unwrap_or(self.text.len() - self.at);
    }

    /// Passes over `[[…]]` or `[=[…]=]`, if one begins here.
    fn long_bracket(&mut self) -> bool {
        let level = self.rest().iter().skip(1).take_while(|byte| **byte == b'=').count();
        if self.byte(self.at + 1 + level) != b'[' {
            return false;
        }
        self.at += level + 2;
        while let Some(found) = memchr(b']', self.rest()) {
            self.at += found + 1;
            let closes = self.rest().iter().take_while(|byte| **byte == b'=').count() == level;
            if closes && self.byte(self.at + level) == b']' {
                self.at += level + 1;
                return true;
            }
        }
        self.at = self.text.len();
        true
    }

    /// Passes over a string in quotes; one that is not closed ends with its line.
    fn quoted(&mut self, quote: u8) {
        self.at += 1;
        while self.at < self.text.len() {
            match self.byte(self.at) {
                b'\\' => self.escape(),
                b'\n' => return,
                byte => {
                    self.at += 1;
                    if byte == quote {
                        return;
                    }
                }
            }
        }
    }

    fn escape(&mut self) {
        self.at += 1;
        match self.byte(self.at) {
            b'z' => {
                self.at += 1;
                self.at += self.rest().iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            }
            b'\r' if self.byte(self.at + 1) == b'\n' => self.at += 2,
            _ => self.at += 1,
        }
    }

    /// Passes over the part of an interpolated string up to its end or to a `{`.
    fn interpolated(&mut self) {
        while self.at < self.text.len() {
            match self.byte(self.at) {
                b'\\' => self.escape(),
                b'`' => {
                    self.at += 1;
                    self.before = Before::Ends;
                    return;
                }
                b'{' => {
                    self.at += 1;
                    self.push(Open::Hole);
                    self.before = Before::GoesOn;
                    return;
                }
                b'\n' => {
                    self.before = Before::Ends;
                    return;
                }
                _ => self.at += 1,
            }
        }
    }

    fn symbol(&mut self, byte: u8) {
        self.at += 1;
        self.before = match byte {
            b'(' | b'{' | b'[' => {
                self.push(Open::Bracket);
                Before::GoesOn
            }
            b'}' if self.open.last() == Some(&Open::Hole) => {
                self.close_one();
                return self.interpolated();
            }
            b')' | b'}' | b']' => {
                if self.open.last() == Some(&Open::Bracket) {
                    self.close_one();
                }
                Before::Ends
            }
            b';' => Before::Begins,
            // An optional type.
            b'?' => Before::Ends,
            b'>' => Before::Either,
            b'@' => {
                self.frozen = true;
                Before::GoesOn
            }
            // `...` is a value.
            b'.' if self.rest().starts_with(b"..") => {
                self.at += 2;
                Before::Ends
            }
            _ => Before::GoesOn,
        };
    }

    fn word(&mut self) {
        let start = self.at;
        let margin = self.at_margin();
        self.skip_word();
        let word = self.text.get(start..self.at).unwrap_or(&[]);
        if margin {
            self.margin(word, start);
        }
        self.before = match word {
            b"function" => {
                self.push(Open::Block { at: start });
                Before::GoesOn
            }
            b"do" | b"repeat" => {
                self.push(Open::Block { at: start });
                Before::Begins
            }
            b"if" if self.before == Before::GoesOn => {
                // In an expression there is no `end` to it.
                self.ifs.last_mut().into_iter().for_each(|ifs| *ifs += 1);
                Before::GoesOn
            }
            b"if" => {
                self.push(Open::Block { at: start });
                Before::GoesOn
            }
            b"end" => self.end(Before::Ends),
            b"until" => self.end(Before::GoesOn),
            b"then" if self.is_in_if_expression() => Before::GoesOn,
            b"else" if self.is_in_if_expression() => {
                self.ifs.last_mut().into_iter().for_each(|ifs| *ifs -= 1);
                Before::GoesOn
            }
            b"then" | b"else" => Before::Begins,
            b"return" | b"break" | b"continue" => {
                // They end their block, so what follows is to be seen beside them.
                self.frozen |= self.open.is_empty();
                if word == b"return" { Before::GoesOn } else { Before::Begins }
            }
            b"and" | b"or" | b"not" | b"in" | b"local" | b"for" | b"while" | b"elseif" => Before::GoesOn,
            b"export" | b"type" | b"const" => Before::Either,
            _ => Before::Ends,
        };
    }

    fn end(&mut self, before: Before) -> Before {
        // Brackets cannot go on behind the end of the block that they are in.
        let block = self.open.iter().rposition(|open| matches!(open, Open::Block { .. }));
        if let Some(block) = block {
            self.close_to(block);
        }
        before
    }

    /// A word stands at the beginning of a line: cuts in front of it, if a statement begins there.
    fn margin(&mut self, word: &[u8], start: usize) {
        let only_in_statements =
            matches!(word, b"local" | b"for" | b"while" | b"repeat" | b"return" | b"break");
        if only_in_statements && !matches!(self.open.last(), None | Some(Open::Block { .. })) {
            let block = self.open.iter().rposition(|open| matches!(open, Open::Block { .. }));
            self.close_to(block.map_or(0, |block| block + 1));
        }
        if only_in_statements {
            self.ifs.last_mut().into_iter().for_each(|ifs| *ifs = 0);
        }
        let begins = match word {
            _ if only_in_statements => true,
            b"and" | b"or" | b"not" | b"in" | b"then" | b"else" | b"elseif" | b"end" | b"until" | b"do"
            | b"nil" | b"true" | b"false" => false,
            _ => matches!(self.before, Before::Ends | Before::Begins),
        };
        if !begins {
            return;
        }
        if self.open.is_empty() {
            if !self.frozen {
                self.cuts.push(start);
            }
        } else if matches!(word, b"local" | b"function") {
            self.margins.push(start);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    /// Shows the pieces, one below the other.
    fn check(text: &str, expect: Expect) {
        let pieces: Vec<&str> = cut(text).iter().map(|piece| &text[piece.start..piece.end]).collect();
        assert_eq!(pieces.concat(), text);
        let shown: String = pieces.iter().map(|piece| format!("│{}\n", piece.replace('\n', "⏎"))).collect();
        expect.assert_eq(&shown);
    }

    #[test]
    fn statements_at_the_margin_are_pieces() {
        check(
            "-- c\nlocal a = f\nb:run()\n  :mkdir()\nfunction f()\nlocal x\nend\nfor i = 1, 2 do\n f() end\nif a then\nb() end\nx = 1",
            expect![[r#"
                │-- c⏎
                │local a = f⏎
                │b:run()⏎  :mkdir()⏎
                │function f()⏎local x⏎end⏎
                │for i = 1, 2 do⏎ f() end⏎
                │if a then⏎b() end⏎
                │x = 1
            "#]],
        );
    }

    #[test]
    fn what_goes_on_is_not_cut() {
        check(
            "local x =\ny\nlocal t = {\na,\n}\nwhile a\nand b\ndo\nend\nx = a ..\nb\nlocal s = [[\nlocal y\n]]\nx = `{\ny}`\nlocal z = if a then b else\nc\ntype T =\nU\n",
            expect![[r#"
                │local x =⏎y⏎
                │local t = {⏎a,⏎}⏎
                │while a⏎and b⏎do⏎end⏎
                │x = a ..⏎b⏎
                │local s = [[⏎local y⏎]]⏎
                │x = `{⏎y}`⏎
                │local z = if a then b else⏎c⏎
                │type T =⏎U⏎
            "#]],
        );
    }

    #[test]
    fn nothing_is_cut_after_a_return() {
        check(
            "a()\nreturn\nb()\nc()",
            expect![[r#"
            │a()⏎
            │return⏎b()⏎c()
        "#]],
        );
    }

    #[test]
    fn mistakes_do_not_spread() {
        check(
            "local a = f(\nlocal b = s:\nlocal c = {\nfunction f()\n  if x then\nlocal d\nfunction g()\nend\nx()",
            expect![[r#"
                │local a = f(⏎
                │local b = s:⏎
                │local c = {⏎function f()⏎  if x then⏎
                │local d⏎
                │function g()⏎end⏎
                │x()
            "#]],
        );
    }
}
