//! Statements, as the recognizer goes over them.

use super::recognizer::{Lost, Recognizer, Walk, Word};
use super::{Fault, mistakes};
use crate::tokens::TokenKind;

impl<'a> Recognizer<'a> {
    pub(super) fn file(&mut self) {
        loop {
            self.block();
            if self.ended() {
                return;
            }
            // Left over: an `end`, `else` or `until` that closes nothing.
            let word = self.advance();
            if !self.is_lost() {
                let what =
                    if word.text == "end" { "no block is open" } else { "no `if` or `repeat` is open" };
                self.report(Fault::new(word.range, format!("unexpected `{}`: {what}", word.text)));
            }
        }
    }

    fn block(&mut self) {
        while !self.ended() && !self.is_any(&["end", "else", "elseif", "until"]) {
            let from = self.at;
            if self.statement().is_err() {
                self.recover(from);
            }
        }
    }

    fn statement(&mut self) -> Walk {
        let word = self.word();
        if let Some(fault) = mistakes::foreign_statement(self) {
            return self.fail(fault);
        }
        match word.text {
            ";" => {
                self.advance();
                Ok(())
            }
            "if" => self.if_statement(),
            "while" => {
                self.advance();
                self.condition()?;
                self.expect("do")?;
                self.body(word)
            }
            "do" => {
                self.advance();
                self.body(word)
            }
            "for" => self.for_statement(),
            "repeat" => {
                self.advance();
                self.block();
                if !self.eat("until") {
                    let fault = self.unclosed(word, "until");
                    return self.fail(fault);
                }
                self.condition()
            }
            "function" => {
                self.advance();
                self.expect_name("`function`")?;
                while self.eat(".") {
                    self.expect_name("`.`")?;
                }
                if self.eat(":") {
                    self.expect_name("`:`")?;
                }
                self.function_body(word)
            }
            "local" => self.local(),
            "const" if self.ahead(1).kind == Some(TokenKind::Name) || self.ahead(1).text == "function" => {
                self.local()
            }
            "return" => self.return_statement(),
            "break" => {
                self.advance();
                Ok(())
            }
            "continue" if self.ahead(1).first || self.ahead(1).text == "end" => {
                self.advance();
                Ok(())
            }
            "export" | "type" if self.begins_type() => self.type_statement(),
            "@" => {
                self.advance();
                self.advance();
                Ok(())
            }
            _ => self.expression_statement(),
        }
    }

    fn if_statement(&mut self) -> Walk {
        let word = self.advance();
        self.condition()?;
        self.then()?;
        loop {
            self.block();
            if self.eat("elseif") {
                self.condition()?;
                self.then()?;
            } else if self.is("else") {
                let otherwise = self.advance();
                if self.is("if") && self.line(self.word().range) == self.line(otherwise.range) {
                    self.else_if = Some(luakit_diagnostics::TextRange::new(
                        otherwise.range.start,
                        self.word().range.end,
                    ));
                }
                self.block();
                return self.close(word);
            } else {
                return self.close(word);
            }
        }
    }

    fn then(&mut self) -> Walk {
        if self.eat("then") {
            return Ok(());
        }
        let fault = mistakes::then_expected(self);
        self.fail(fault)
    }

    /// A condition, with an optional `local name =`.
    fn condition(&mut self) -> Walk {
        if self.eat("local") {
            self.expect_name("`local`")?;
            self.expect("=")?;
        }
        self.expression()?;
        if self.is("=") {
            let range = self.advance().range;
            self.report(Fault::new(range, "`=` assigns, did you mean `==`?").fix(range, "=="));
            self.expression()?;
        }
        Ok(())
    }

    fn for_statement(&mut self) -> Walk {
        let word = self.advance();
        self.name_list("`for`")?;
        if self.eat("=") {
            self.expression()?;
            if !self.eat(",") {
                return self.expected("`,` and the last value of the loop");
            }
            self.expression()?;
            if self.eat(",") {
                self.expression()?;
            }
        } else if self.eat("in") {
            self.expressions()?;
        } else {
            return self.expected("`=` or `in`");
        }
        self.expect("do")?;
        self.body(word)
    }

    fn body(&mut self, opener: Word<'a>) -> Walk {
        self.block();
        self.close(opener)
    }

    fn close(&mut self, opener: Word<'a>) -> Walk {
        if self.eat("end") {
            return Ok(());
        }
        let fault = self.unclosed(opener, "end");
        self.fail(fault)
    }

    fn unclosed(&mut self, opener: Word<'a>, closer: &str) -> Fault {
        // Where the walk was lost before, an `end` may have been passed over.
        if self.is_lost() && self.ended() {
            return mistakes::cascade();
        }
        mistakes::unclosed_block(self, opener, closer)
    }

    pub(super) fn function_body(&mut self, opener: Word<'a>) -> Walk {
        self.generics()?;
        if !self.is("(") {
            return self.expected("`(` and the parameters of the function");
        }
        let open = self.advance();
        while !self.is(")") {
            if self.eat("...") {
                self.annotation()?;
                break;
            }
            self.expect_name("`(`")?;
            self.annotation()?;
            if !self.eat(",") {
                break;
            }
        }
        if !self.eat(")") {
            let fault = mistakes::unclosed_bracket(self, open, "the parameters");
            return self.fail(fault);
        }
        self.annotation()?;
        self.body(opener)
    }

    fn local(&mut self) -> Walk {
        let word = self.advance();
        if self.is("function") {
            let opener = self.advance();
            self.expect_name("`function`")?;
            return self.function_body(opener);
        }
        self.name_list(&format!("`{}`", word.text))?;
        if self.is("<") {
            let range = self.word().range;
            return self.fail(
                Fault::new(range, "attributes such as `<const>` are of Lua 5.4, not of Luau")
                    .hint("leave it out, or write `const name = …`"),
            );
        }
        if self.eat("=") {
            self.expressions()?;
        }
        self.statement_end()
    }

    fn name_list(&mut self, after: &str) -> Walk {
        self.expect_name(after)?;
        self.annotation()?;
        while self.eat(",") {
            self.expect_name("`,`")?;
            self.annotation()?;
        }
        Ok(())
    }

    fn return_statement(&mut self) -> Walk {
        self.advance();
        if !self.ended() && !self.is_any(&["end", "else", "elseif", "until", ";"]) {
            self.expressions()?;
        }
        self.eat(";");
        if !self.ended() && !self.is_any(&["end", "else", "elseif", "until"]) {
            let word = self.word();
            return self.fail(
                Fault::new(
                    word.range,
                    format!("`return` must be the last statement of its block, found `{}`", word.text),
                )
                .hint("wrap it in `do … end` to return early"),
            );
        }
        Ok(())
    }

    fn expression_statement(&mut self) -> Walk {
        let start = self.word();
        if !(self.is_name() || self.is("(")) {
            let fault = mistakes::unexpected(self);
            return self.fail(fault);
        }
        let call = self.suffixed()?;
        if self.is("=") || self.is(",") {
            while self.eat(",") {
                self.suffixed()?;
            }
            if !self.eat("=") {
                return self.expected("`=`");
            }
            self.expressions()?;
            return self.statement_end();
        }
        if self.is_any(&["+=", "-=", "*=", "/=", "//=", "%=", "^=", "..="]) {
            self.advance();
            self.expression()?;
            return self.statement_end();
        }
        if call {
            return self.statement_end();
        }
        let fault = mistakes::no_statement(self, start);
        self.fail(fault)
    }

    /// Looks for what cannot follow a statement.
    fn statement_end(&mut self) -> Walk {
        match mistakes::after_statement(self) {
            Some(fault) => self.fail(fault),
            None => Ok(()),
        }
    }

    fn begins_type(&self) -> bool {
        let next = self.ahead(1);
        !next.first && (next.kind == Some(TokenKind::Name) || next.text == "function")
    }

    fn type_statement(&mut self) -> Walk {
        self.eat("export");
        self.eat("type");
        if self.is("function") {
            let opener = self.advance();
            self.expect_name("`function`")?;
            return self.function_body(opener);
        }
        self.expect_name("`type`")?;
        self.generics()?;
        self.expect("=")?;
        self.type_()
    }

    /// `<T, U...>`, passed over.
    fn generics(&mut self) -> Walk {
        if self.is("<") { self.balanced() } else { Ok(()) }
    }

    /// `: Type`.
    fn annotation(&mut self) -> Walk {
        if self.eat(":") { self.type_() } else { Ok(()) }
    }

    pub(super) fn type_(&mut self) -> Walk {
        loop {
            while self.is_any(&["|", "&", "..."]) {
                self.advance();
            }
            if self.is_any(&["{", "(", "<"]) {
                self.balanced()?;
                if self.is("(") {
                    self.balanced()?;
                }
            } else if self.is_name()
                || self.is_any(&["nil", "true", "false"])
                || self.word().kind == Some(TokenKind::String)
            {
                self.advance();
                while self.eat(".") {
                    self.expect_name("`.`")?;
                }
                self.eat("...");
                if self.is_any(&["<", "("]) && !self.word().first {
                    self.balanced()?;
                }
            } else {
                return self.expected("a type");
            }
            while self.eat("?") {}
            if !self.is_any(&["|", "&", "->"]) {
                return Ok(());
            }
            self.advance();
        }
    }

    /// Passes over a bracket with all that is in it.
    pub(super) fn balanced(&mut self) -> Walk {
        let open = self.word();
        let mut depth = 0usize;
        while !self.ended() {
            let word = self.advance();
            match word.text {
                "(" | "{" | "[" | "<" => depth += 1,
                ")" | "}" | "]" | ">" => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return Ok(());
            }
        }
        let fault = mistakes::unclosed_bracket(self, open, "the type");
        Err(self.fail::<()>(fault).err().unwrap_or(Lost))
    }
}
