//! The blocks and brackets of a text, told from its tokens: what is half-typed has them, too.
//!
//! The tree leaves out what does not parse, often a whole function for one dangling dot. Here an `end` that is missing
//! is noticed by the indentation of what follows, as people do, so that one mistake does not swallow the rest.

use crate::Script;
use crate::tokens::{Token, TokenKind};
use luakit_diagnostics::TextRange;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BlockKind {
    Paren,
    Bracket,
    Brace,
    Function,
    /// From `then` to `elseif`, `else` or `end`.
    Then,
    Else,
    /// A loop, or a plain `do`.
    Do,
    Repeat,
    Interpolated,
    /// `if a then b else c` as a value, up to its `else`.
    IfValue,
}

impl BlockKind {
    /// Tells whether statements stand in it.
    pub(crate) fn holds_statements(self) -> bool {
        use BlockKind::{Do, Else, Function, Repeat, Then};
        matches!(self, Function | Then | Else | Do | Repeat)
    }
}

/// A block by its tokens, as indices into [`Blocks::tokens`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block {
    pub(crate) kind: BlockKind,
    /// What it begins with: `while` in `while a do`.
    pub(crate) head: usize,
    /// What opens it: `do` in `while a do`.
    pub(crate) open: usize,
    /// What closes it, if it is there: `end`, or the `else` of the next arm.
    pub(crate) close: Option<usize>,
    /// The last token that belongs to it.
    pub(crate) last: usize,
}

/// The blocks of a script, in the order in which they open.
pub(crate) struct Blocks<'a> {
    pub(crate) script: &'a Script,
    /// The tokens without comments.
    pub(crate) tokens: Vec<Token>,
    pub(crate) blocks: Vec<Block>,
}

impl<'a> Blocks<'a> {
    pub(crate) fn of(script: &'a Script) -> Blocks<'a> {
        let tokens = script.tokens.iter().copied().filter(|token| token.kind != TokenKind::Comment).collect();
        let blocks = Blocks { script, tokens, blocks: Vec::new() };
        let mut walk = Walk {
            values: vec![false; blocks.tokens.len()],
            blocks,
            open: Vec::new(),
            heads: Vec::new(),
            broken: !script.errors.is_empty(),
        };
        for at in 0..walk.blocks.tokens.len() {
            walk.token(at);
        }
        walk.unwind(0);
        walk.blocks
    }

    pub(crate) fn text(&self, index: usize) -> &'a str {
        self.tokens.get(index).map_or("", |token| self.script.text(token.range))
    }

    pub(crate) fn kind(&self, index: usize) -> Option<TokenKind> {
        self.tokens.get(index).map(|token| token.kind)
    }

    pub(crate) fn range(&self, index: usize) -> TextRange {
        self.tokens.get(index).map_or(TextRange::default(), |token| token.range)
    }

    /// Returns the range from one token to another.
    pub(crate) fn span(&self, first: usize, last: usize) -> TextRange {
        TextRange::new(self.range(first).start, self.range(last).end)
    }

    /// Returns the line that a token begins on.
    pub(crate) fn line(&self, index: usize) -> usize {
        self.script.file.lines.line(self.range(index).start)
    }

    fn is_first_on_line(&self, index: usize) -> bool {
        index.checked_sub(1).is_none_or(|before| self.line(before) < self.line(index))
    }

    /// Returns how far the line of a token is indented, in bytes.
    fn indent(&self, index: usize) -> usize {
        let lines = &self.script.file.lines;
        let line = lines.text(&self.script.masked, self.line(index));
        line.len() - line.trim_start().len()
    }
}

/// How far a word that closes something looks for what it closes. Nobody nests deeper.
const DEPTH: usize = 500;

struct Walk<'a> {
    blocks: Blocks<'a>,
    /// The blocks that are open, the innermost last.
    open: Vec<usize>,
    /// `if`, `elseif`, `while` and `for` whose `then` or `do` has not come, with the number of blocks around them.
    heads: Vec<(usize, usize)>,
    /// The tokens after which an `if` is a value.
    values: Vec<bool>,
    broken: bool,
}

impl Walk<'_> {
    fn token(&mut self, at: usize) {
        let text = self.blocks.text(at);
        match self.blocks.kind(at) {
            Some(TokenKind::Symbol) => self.symbol(at, text),
            Some(TokenKind::Keyword) => self.keyword(at, text),
            Some(TokenKind::Interpolated { opens, closes }) => {
                if opens {
                    self.push(BlockKind::Interpolated, at, at);
                } else if closes {
                    self.close_bracket(BlockKind::Interpolated, at);
                }
            }
            _ => {}
        }
    }

    fn symbol(&mut self, at: usize, text: &str) {
        match text {
            "(" => self.push(BlockKind::Paren, at, at),
            "[" => self.push(BlockKind::Bracket, at, at),
            "{" => self.push(BlockKind::Brace, at, at),
            ")" => self.close_bracket(BlockKind::Paren, at),
            "]" => self.close_bracket(BlockKind::Bracket, at),
            "}" => self.close_bracket(BlockKind::Brace, at),
            _ => {}
        }
    }

    fn keyword(&mut self, at: usize, text: &str) {
        match text {
            "function" => {
                let after_local = at.checked_sub(1).is_some_and(|before| self.blocks.text(before) == "local");
                let is_named = self.blocks.kind(at + 1) == Some(TokenKind::Name);
                if is_named && !after_local {
                    self.statement(at);
                }
                self.push(BlockKind::Function, if after_local { at - 1 } else { at }, at);
            }
            "if" if !self.begins_statement(at) => self.push(BlockKind::IfValue, at, at),
            "if" | "while" | "for" => {
                self.statement(at);
                self.heads.push((self.open.len(), at));
            }
            "then" if self.top_kind() == Some(BlockKind::IfValue) => self.is_value(at),
            "then" => {
                let head = self.head(at);
                self.push(BlockKind::Then, head, at);
            }
            "elseif" if self.top_kind() == Some(BlockKind::IfValue) => {}
            "elseif" => {
                self.close_arm(at);
                self.heads.push((self.open.len(), at));
            }
            "else" if self.top_kind() == Some(BlockKind::IfValue) => {
                self.is_value(at);
                self.pop(Some(at), at);
            }
            "else" => {
                self.close_arm(at);
                self.push(BlockKind::Else, at, at);
            }
            "do" => {
                let head = self.head(at);
                if head == at {
                    self.statement(at);
                }
                self.push(BlockKind::Do, head, at);
            }
            "repeat" => {
                self.statement(at);
                self.push(BlockKind::Repeat, at, at);
            }
            "until" => self.close_statements(at, |kind| kind == BlockKind::Repeat),
            "end" => self.close_statements(at, |kind| kind != BlockKind::Repeat),
            "local" | "return" | "break" => self.statement(at),
            _ => {}
        }
    }

    fn is_value(&mut self, at: usize) {
        if let Some(value) = self.values.get_mut(at) {
            *value = true;
        }
    }

    fn push(&mut self, kind: BlockKind, head: usize, open: usize) {
        self.open.push(self.blocks.blocks.len());
        self.blocks.blocks.push(Block { kind, head, open, close: None, last: open });
    }

    fn pop(&mut self, close: Option<usize>, last: usize) {
        let Some(index) = self.open.pop() else { return };
        if let Some(block) = self.blocks.blocks.get_mut(index) {
            block.close = close;
            block.last = last.max(block.open);
        }
        let depth = self.open.len();
        self.heads.retain(|(around, _)| *around <= depth);
    }

    /// Ends the blocks inside the outermost `depth` ones without what closes them.
    fn unwind_before(&mut self, depth: usize, at: usize) {
        while self.open.len() > depth {
            self.pop(None, at.saturating_sub(1));
        }
    }

    fn unwind(&mut self, depth: usize) {
        self.unwind_before(depth, self.blocks.tokens.len());
    }

    fn block(&self, depth: usize) -> Option<Block> {
        self.blocks.blocks.get(*self.open.get(depth)?).copied()
    }

    fn top_kind(&self) -> Option<BlockKind> {
        self.block(self.open.len().checked_sub(1)?).map(|block| block.kind)
    }

    /// Takes the `if`, `while` or `for` that a `then` or `do` belongs to.
    fn head(&mut self, at: usize) -> usize {
        match self.heads.last() {
            Some((depth, head)) if *depth == self.open.len() => {
                let head = *head;
                self.heads.pop();
                head
            }
            _ => at,
        }
    }

    /// Returns how many blocks are around the innermost that holds statements.
    fn innermost_statements(&self) -> Option<usize> {
        let holds = |depth: &usize| self.block(*depth).is_some_and(|block| block.kind.holds_statements());
        (0..self.open.len()).rev().find(holds)
    }

    /// A statement begins: brackets that are open were forgotten, and so were blocks that are indented as far.
    fn statement(&mut self, at: usize) {
        loop {
            let innermost = self.innermost_statements();
            self.unwind_before(innermost.map_or(0, |depth| depth + 1), at);
            let Some(depth) = innermost.filter(|_| self.broken && self.blocks.is_first_on_line(at)) else {
                return;
            };
            let Some(block) = self.block(depth) else { return };
            let is_later = self.blocks.line(block.head) < self.blocks.line(at);
            if !is_later || self.blocks.indent(at) > self.blocks.indent(block.head) {
                return;
            }
            self.unwind_before(depth, at);
        }
    }

    fn close_bracket(&mut self, kind: BlockKind, at: usize) {
        for depth in (0..self.open.len()).rev().take(DEPTH) {
            let Some(block) = self.block(depth) else { return };
            if block.kind == kind {
                self.unwind_before(depth + 1, at);
                return self.pop(Some(at), at);
            }
            // What is closed here was opened outside of the block, which has lost its `end`.
            if block.kind.holds_statements() {
                return;
            }
        }
    }

    /// Ends an arm of an `if` where the next begins.
    fn close_arm(&mut self, at: usize) {
        let Some(depth) = self.innermost_statements() else { return };
        if self.block(depth).is_some_and(|block| block.kind == BlockKind::Then) {
            self.unwind_before(depth + 1, at);
            self.pop(Some(at), at.saturating_sub(1));
        }
    }

    fn close_statements(&mut self, at: usize, closes: impl Fn(BlockKind) -> bool) {
        let fits = |depth: &usize| {
            self.block(*depth).is_some_and(|block| block.kind.holds_statements() && closes(block.kind))
        };
        let Some(mut depth) = (0..self.open.len()).rev().take(DEPTH).find(fits) else { return };
        if self.broken && self.blocks.is_first_on_line(at) {
            let indent = self.blocks.indent(at);
            let outer = |depth: &usize| {
                let block = self.block(*depth);
                fits(depth) && block.is_some_and(|block| self.blocks.indent(block.head) <= indent)
            };
            if let Some(outer) = (0..=depth).rev().take(DEPTH).find(outer) {
                depth = outer;
            }
        }
        self.unwind_before(depth + 1, at);
        self.pop(Some(at), at);
    }

    /// Tells whether an `if` is a statement rather than a value.
    fn begins_statement(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else { return true };
        if self.values.get(before) == Some(&true) {
            return false;
        }
        // Where the value is still missing, the next line is a statement most likely.
        if self.broken && self.blocks.is_first_on_line(at) {
            return true;
        }
        let text = self.blocks.text(before);
        match self.blocks.kind(before) {
            Some(TokenKind::Symbol) => matches!(text, ")" | "]" | "}" | ";" | "..."),
            Some(TokenKind::Keyword) => !matches!(
                text,
                "return"
                    | "and"
                    | "or"
                    | "not"
                    | "in"
                    | "until"
                    | "while"
                    | "if"
                    | "elseif"
                    | "local"
                    | "function"
                    | "for"
            ),
            Some(TokenKind::Interpolated { closes, .. }) => closes,
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::script;
    use expect_test::{Expect, expect};

    /// Shows each block from its first line to its last, indented by what is around it.
    fn check(text: &str, expected: &Expect) {
        let script = script(text);
        let blocks = Blocks::of(&script);
        let mut shown = String::new();
        for block in &blocks.blocks {
            let around =
                blocks.blocks.iter().filter(|outer| outer.open < block.open && block.open <= outer.last);
            let close = block.close.map_or("nothing", |close| blocks.text(close));
            shown.push_str(&format!(
                "{}{:?} {}-{} {} … {close}\n",
                "  ".repeat(around.count()),
                block.kind,
                blocks.line(block.head),
                blocks.line(block.last),
                blocks.text(block.head),
            ));
        }
        expected.assert_eq(&shown);
    }

    #[test]
    fn blocks_have_their_words() {
        check(
            "local function f(a)\n  if a then\n    b()\n  elseif c then\n  else\n    d()\n  end\n  for i = 1, 2 do end\n  repeat until x\nend",
            &expect![[r#"
                Function 1-10 local … end
                  Paren 1-1 ( … )
                  Then 2-3 if … elseif
                    Paren 3-3 ( … )
                  Then 4-4 elseif … else
                  Else 5-7 else … end
                    Paren 6-6 ( … )
                  Do 8-8 for … end
                  Repeat 9-9 repeat … until
            "#]],
        );
    }

    #[test]
    fn an_if_that_is_a_value_has_no_end() {
        check(
            "local function f()\n  local a = if b then c elseif d then e else if x then y else z\n  return `{if p then q else r}`\nend",
            &expect![[r#"
                Function 1-4 local … end
                  Paren 1-1 ( … )
                  IfValue 2-2 if … else
                  IfValue 2-2 if … else
                  Interpolated 3-3 `{ … }`
                    IfValue 3-3 if … else
            "#]],
        );
    }

    #[test]
    fn a_bracket_that_is_not_closed_ends_before_the_next_statement() {
        check(
            "local x = bk.image(\nlocal y = { a = f(\nfunction M.f() end",
            &expect![[r#"
                Paren 1-1 ( … nothing
                Brace 2-2 { … nothing
                  Paren 2-2 ( … nothing
                Function 3-3 function … end
                  Paren 3-3 ( … )
            "#]],
        );
    }

    #[test]
    fn an_end_that_is_missing_is_seen_by_the_indentation() {
        check(
            "local function f()\n  if a then\n    b()\nend\nlocal function g()\n  while x do\nlocal function h()\nend\nfoo(function()\nend",
            &expect![[r#"
                Function 1-4 local … end
                  Paren 1-1 ( … )
                  Then 2-3 if … nothing
                    Paren 3-3 ( … )
                Function 5-6 local … nothing
                  Paren 5-5 ( … )
                  Do 6-6 while … nothing
                Function 7-8 local … end
                  Paren 7-7 ( … )
                Paren 9-10 ( … nothing
                  Function 9-10 function … end
                    Paren 9-9 ( … )
            "#]],
        );
    }
}
