//! Expressions, as the recognizer goes over them.

use super::recognizer::{Lost, Recognizer, Walk};
use super::{Fault, mistakes};
use crate::tokens::TokenKind;

const BINARY: &[&str] =
    &["+", "-", "*", "/", "//", "%", "^", "..", "==", "~=", "<", "<=", ">", ">=", "and", "or"];

impl<'a> Recognizer<'a> {
    pub(super) fn expressions(&mut self) -> Walk {
        self.expression()?;
        while self.eat(",") {
            self.expression()?;
        }
        Ok(())
    }

    pub(super) fn expression(&mut self) -> Walk {
        loop {
            self.operand()?;
            if self.eat("::") {
                self.type_()?;
            }
            // An operator of another language: say so, and go on as if it were ours.
            if let Some((fault, width)) = mistakes::foreign_operator(self) {
                self.report(fault);
                self.at += width;
            } else if self.is_any(BINARY) {
                self.advance();
            } else {
                return Ok(());
            }
        }
    }

    fn operand(&mut self) -> Walk {
        while self.is_any(&["not", "-", "#"]) || mistakes::foreign_not(self) {
            self.advance();
        }
        let word = self.word();
        match word.kind {
            Some(TokenKind::Number | TokenKind::String) => {
                self.advance();
                Ok(())
            }
            Some(TokenKind::Interpolated { opens, closes }) => {
                if closes {
                    return self.expected("an expression");
                }
                self.advance();
                if opens { self.interpolated() } else { Ok(()) }
            }
            Some(TokenKind::Name) => self.suffixed().map(drop),
            _ => match word.text {
                "nil" | "true" | "false" | "..." => {
                    self.advance();
                    Ok(())
                }
                "(" => self.suffixed().map(drop),
                "{" => self.table(),
                "function" => {
                    self.advance();
                    if self.is_name() && self.ahead(1).text == "(" {
                        let range = self.word().range;
                        return self.fail(
                            Fault::new(range, "a function in an expression has no name")
                                .hint("write `local function name() … end`, or leave the name out"),
                        );
                    }
                    self.function_body(word)
                }
                "if" => self.if_expression(),
                "@" => {
                    self.advance();
                    self.advance();
                    self.operand()
                }
                _ => self.expected("an expression"),
            },
        }
    }

    /// The rest of an interpolated string after its first part.
    fn interpolated(&mut self) -> Walk {
        loop {
            self.expression()?;
            match self.word().kind {
                Some(TokenKind::Interpolated { closes, .. }) => {
                    self.advance();
                    if closes {
                        return Ok(());
                    }
                }
                _ => return self.expected("`}`"),
            }
        }
    }

    fn if_expression(&mut self) -> Walk {
        self.advance();
        loop {
            self.expression()?;
            self.expect("then")?;
            self.expression()?;
            if self.eat("elseif") {
                continue;
            }
            self.expect("else")?;
            return self.expression();
        }
    }

    /// A name or a parenthesis with what follows it. Tells whether it ends in a call.
    pub(super) fn suffixed(&mut self) -> Result<bool, Lost> {
        if self.is("(") {
            let open = self.advance();
            self.expression()?;
            if !self.eat(")") {
                let fault = mistakes::unclosed_bracket(self, open, "the parenthesis");
                return self.fail(fault);
            }
        } else if self.is_name() {
            self.advance();
        } else {
            return self.expected("a name");
        }
        let mut call = false;
        loop {
            let word = self.word();
            match word.text {
                "." => {
                    self.advance();
                    self.expect_name("`.`")?;
                    call = false;
                }
                "<" if self.is_instantiation() => self.balanced()?,
                "[" => {
                    self.advance();
                    self.expression()?;
                    if !self.eat("]") {
                        let fault = mistakes::unclosed_bracket(self, word, "the index");
                        return self.fail(fault);
                    }
                    call = false;
                }
                ":" => {
                    self.advance();
                    self.expect_name("`:`")?;
                    self.method_arguments()?;
                    call = true;
                }
                "(" | "{" => {
                    self.arguments()?;
                    call = true;
                }
                _ if matches!(
                    word.kind,
                    Some(TokenKind::String | TokenKind::Interpolated { closes: false, .. })
                ) && self.is_argument() =>
                {
                    self.arguments()?;
                    call = true;
                }
                _ => return Ok(call),
            }
        }
    }

    /// Tells whether `f<<T>>(x)` begins here.
    fn is_instantiation(&self) -> bool {
        let word = |n: usize| self.ahead(n).text;
        word(1) == "<" && (2..40).any(|n| word(n) == ">" && word(n + 1) == ">" && word(n + 2) == "(")
    }

    /// An interpolated string is an argument only where it begins, not where one goes on.
    fn is_argument(&self) -> bool {
        self.word().text.starts_with(['"', '\'', '[', '`'])
    }

    fn method_arguments(&mut self) -> Walk {
        if self.is_any(&["(", "{"]) || self.is_argument() {
            return self.arguments();
        }
        let fault = mistakes::arguments_expected(self);
        self.fail(fault)
    }

    fn arguments(&mut self) -> Walk {
        match self.word().text {
            "(" => {
                let open = self.advance();
                if self.eat(")") {
                    return Ok(());
                }
                loop {
                    if self.is(")") {
                        let comma = self.previous().map_or(open.range, |word| word.range);
                        return self.fail(
                            Fault::new(comma, "expected an argument after `,`, found `)`").fix(comma, ""),
                        );
                    }
                    if self.ended() {
                        let fault = mistakes::unclosed_bracket(self, open, "the call");
                        return self.fail(fault);
                    }
                    self.expression()?;
                    if self.eat(",") {
                        continue;
                    }
                    if self.eat(")") {
                        return Ok(());
                    }
                    let fault = mistakes::unclosed_list(self, open, "the call", "arguments");
                    return self.fail(fault);
                }
            }
            "{" => self.table(),
            _ => self.operand(),
        }
    }

    fn table(&mut self) -> Walk {
        let open = self.advance();
        loop {
            if self.eat("}") {
                return Ok(());
            }
            if self.ended() {
                let fault = mistakes::unclosed_bracket(self, open, "the table");
                return self.fail(fault);
            }
            self.entry()?;
            if self.eat(",") || self.eat(";") {
                continue;
            }
            if !self.is("}") {
                let fault = mistakes::unclosed_list(self, open, "the table", "entries");
                return self.fail(fault);
            }
        }
    }

    fn entry(&mut self) -> Walk {
        if self.is("[") {
            let open = self.advance();
            self.expression()?;
            if !self.eat("]") {
                let fault = mistakes::unclosed_bracket(self, open, "the key");
                return self.fail(fault);
            }
            self.expect("=")?;
            return self.expression();
        }
        let word = self.word();
        let next = self.ahead(1).text;
        let named = matches!(word.kind, Some(TokenKind::Name | TokenKind::Keyword));
        if named && next == "=" {
            if word.kind == Some(TokenKind::Keyword) {
                self.report(mistakes::reserved_key(word));
            }
            self.at += 2;
            return self.expression();
        }
        if (named || word.kind == Some(TokenKind::String))
            && next == ":"
            && self.ahead(2).kind != Some(TokenKind::Name)
        {
            let fault = mistakes::colon_in_table(self);
            self.report(fault);
            self.at += 2;
            return self.expression();
        }
        self.expression()
    }
}
