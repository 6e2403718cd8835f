//! What a cursor is in the middle of, told from the tokens alone: the tree of a half-typed text leaves out what dangles.

use crate::Script;
use crate::parse::{ParseError, ParseErrorKind};
use crate::tokens::{Token, TokenKind};
use luakit_api::Function;
use luakit_diagnostics::TextRange;

/// Where a cursor is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Context {
    Comment,
    /// Where a name is made up, so that there is nothing to offer.
    NewName,
    /// After `.` or `:`. `receiver` is the index of the token before it.
    Member {
        receiver: usize,
        colon: bool,
    },
    /// Inside a string, whose content is `content`.
    InString {
        content: TextRange,
        quote: char,
        closed: bool,
        place: Place,
    },
    /// At the beginning of a statement.
    Statement,
    /// Somewhere in an expression.
    Expression(Place),
}

/// What value stands where the cursor is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Unknown,
    /// A value in the arguments of a call.
    Argument {
        call: CallAt,
        path: Vec<Step>,
    },
    /// A key in a table that is such a value.
    Key {
        call: CallAt,
        path: Vec<Step>,
        have: Vec<String>,
    },
}

/// A call by its tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CallAt {
    /// The index of the last token of what is called.
    pub(crate) callee: usize,
    /// Which argument the cursor is in.
    pub(crate) argument: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Key(String),
    Item,
}

/// Through how many names a table is followed to the call that takes it, and how many uses of each are looked at.
const NAMES: usize = 3;
const USES: usize = 20;

/// A script's tokens without comments, with a cursor among them.
pub(crate) struct Cursor<'a> {
    pub(crate) script: &'a Script,
    pub(crate) tokens: Vec<Token>,
    /// What is already typed of a name, and all of that name.
    pub(crate) prefix: TextRange,
    pub(crate) word: TextRange,
    pub(crate) context: Context,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(script: &'a Script, offset: usize) -> Self {
        let tokens: Vec<Token> =
            script.tokens.iter().copied().filter(|token| token.kind != TokenKind::Comment).collect();
        let here = TextRange::new(offset, offset);
        let mut cursor = Self { script, tokens, prefix: here, word: here, context: Context::Comment };
        if !cursor.in_comment(offset) && !cursor.in_open_brackets(offset) {
            cursor.context = cursor.find(offset);
        }
        cursor
    }

    pub(crate) fn text(&self, index: usize) -> &'a str {
        self.tokens.get(index).map_or("", |token| self.script.text(token.range))
    }

    /// Returns what value a literal is.
    pub(crate) fn place_of(&self, token: Token) -> Place {
        let at = self.tokens.partition_point(|other| other.range.start < token.range.start);
        at.checked_sub(1).map_or(Place::Unknown, |last| self.place(last))
    }

    /// Returns which argument of a function the cursor is in: `s.run(s, "x")` gives first what `s:run("x")` is called on.
    pub(crate) fn argument(&self, function: &Function, call: &CallAt) -> usize {
        let dot = function.is_method() && !self.is_method_call(call.callee);
        if dot { call.argument.checked_sub(1).unwrap_or(usize::MAX) } else { call.argument }
    }

    /// Tells whether what is called stands after a `:`.
    pub(crate) fn is_method_call(&self, callee: usize) -> bool {
        callee.checked_sub(1).is_some_and(|before| self.text(before) == ":")
    }

    /// Returns the name that the call which ends in a bracket calls.
    pub(crate) fn called_before(&self, close: usize) -> Option<&'a str> {
        let callee = self.callee(self.opening(close)?)?;
        Some(self.text(callee))
    }

    /// Returns the first and the last token of an argument of a call.
    pub(crate) fn argument_tokens(&self, callee: usize, n: usize) -> Option<(usize, usize)> {
        let open = callee + 1;
        if self.text(open) != "(" {
            // `f "x"` and `f { … }` have one argument.
            return (n == 0 && open < self.tokens.len()).then(|| (open, self.closing(open)));
        }
        let mut depth = 0usize;
        let mut argument = 0;
        let mut first = open + 1;
        for at in open + 1..self.tokens.len() {
            match self.text(at) {
                "(" | "[" | "{" | "function" => depth += 1,
                "end" | ")" | "]" | "}" if depth > 0 => depth -= 1,
                ")" | "]" | "}" | "," if depth == 0 => {
                    if argument == n {
                        return (first < at).then(|| (first, at - 1));
                    }
                    if self.text(at) != "," {
                        return None;
                    }
                    argument += 1;
                    first = at + 1;
                }
                _ => {}
            }
        }
        (argument == n && first < self.tokens.len()).then(|| (first, self.tokens.len() - 1))
    }

    fn kind(&self, index: usize) -> Option<TokenKind> {
        self.tokens.get(index).map(|token| token.kind)
    }

    /// Tells whether an offset is in a comment rather than in a text that nothing is completed in.
    pub(crate) fn is_in_comment(&self, offset: usize) -> bool {
        self.in_comment(offset)
    }

    fn in_comment(&self, offset: usize) -> bool {
        self.script.tokens.iter().filter(|token| token.kind == TokenKind::Comment).any(|token| {
            let text = self.script.text(token.range);
            let open = !text.ends_with(']') || !text.starts_with("--[");
            token.range.start < offset && (offset < token.range.end || (open && offset == token.range.end))
        })
    }

    /// Tells whether an offset is behind the `[[` or `--[[` of a text that is not closed, which is no token.
    fn in_open_brackets(&self, offset: usize) -> bool {
        let open = |error: &&ParseError| {
            matches!(error.kind, ParseErrorKind::UnclosedString | ParseErrorKind::UnclosedComment)
                && self.script.text(error.range).trim_start_matches('-').starts_with('[')
        };
        self.script.errors.iter().filter(open).any(|error| error.range.start + 1 < offset)
    }

    fn find(&mut self, offset: usize) -> Context {
        let before = self.tokens.partition_point(|token| token.range.start < offset);
        let Some(last) = before.checked_sub(1) else { return Context::Statement };
        let Some(token) = self.tokens.get(last).copied() else { return Context::Statement };
        if token.kind == TokenKind::String
            && let Some(context) = self.in_string(last, token, offset)
        {
            return context;
        }
        if let TokenKind::Interpolated { .. } = token.kind
            && offset < token.range.end
        {
            return Context::Comment;
        }
        let touches = offset <= token.range.end;
        if touches && token.kind == TokenKind::Number {
            return Context::NewName;
        }
        if touches && matches!(token.kind, TokenKind::Name | TokenKind::Keyword) {
            self.prefix = TextRange::new(token.range.start, offset);
            self.word = token.range;
            return match last.checked_sub(1) {
                Some(previous) => self.after(previous),
                None => Context::Statement,
            };
        }
        self.after(last)
    }

    /// Returns the context after the token at `last`, without what is typed of the next name.
    fn after(&self, last: usize) -> Context {
        match (self.text(last), last.checked_sub(1)) {
            (symbol @ ("." | ":"), Some(receiver)) if self.kind(last) == Some(TokenKind::Symbol) => {
                if symbol == ":" && self.is_annotation(receiver) {
                    return Context::NewName;
                }
                Context::Member { receiver, colon: symbol == ":" }
            }
            ("local" | "function" | "for" | "::", _) => Context::NewName,
            (",", _) if self.in_name_list(last) => Context::NewName,
            _ => self.in_expression(last),
        }
    }

    /// Tells whether `name:` is followed by a type, as in `local name: State`.
    fn is_annotation(&self, name: usize) -> bool {
        let before = name.checked_sub(1).map_or("", |index| self.text(index));
        before == "local" || (matches!(before, "(" | ",") && self.in_parameters(name))
    }

    /// Tells whether a token is among the parameters of a function.
    fn in_parameters(&self, index: usize) -> bool {
        let Some(open) = self.opener(index) else { return false };
        if self.text(open) != "(" {
            return false;
        }
        // `function (`, `function name(`, `function a.b:c(`.
        let mut at = open;
        while let Some(previous) = at.checked_sub(1) {
            match self.text(previous) {
                "function" => return true,
                "." | ":" => {}
                _ if self.kind(previous) == Some(TokenKind::Name) => {}
                _ => return false,
            }
            at = previous;
        }
        false
    }

    /// Tells whether a comma is between names that are declared: `local a, b`, `for k, v`, parameters.
    fn in_name_list(&self, comma: usize) -> bool {
        let mut at = comma;
        while let Some(previous) = at.checked_sub(1) {
            match self.text(previous) {
                "local" | "for" => return true,
                "," => {}
                _ if self.kind(previous) == Some(TokenKind::Name) => {}
                _ => break,
            }
            at = previous;
        }
        self.in_parameters(comma)
    }

    fn in_expression(&self, last: usize) -> Context {
        let place = self.place(last);
        if place != Place::Unknown {
            return Context::Expression(place);
        }
        if self.in_parameters(last + 1) {
            return Context::NewName;
        }
        let statement = match self.text(last) {
            ";" | "then" | "do" | "else" | "repeat" | "end" | "break" | "continue" => true,
            // After an expression only a new statement can begin, and only a new line says that one is over.
            ")" | "}" | "]" | "nil" | "true" | "false" | "..." => self.opener(last + 1).is_none(),
            _ => {
                !matches!(self.kind(last), Some(TokenKind::Symbol | TokenKind::Keyword))
                    && self.opener(last + 1).is_none()
            }
        };
        if statement { Context::Statement } else { Context::Expression(Place::Unknown) }
    }

    /// Tells whether what is typed goes on with an expression that is not complete.
    pub(crate) fn is_after_operator(&self) -> bool {
        let before = self.tokens.partition_point(|token| token.range.start < self.word.start);
        let Some(last) = before.checked_sub(1) else { return false };
        match self.kind(last) {
            Some(TokenKind::Symbol) => !matches!(self.text(last), ")" | "]" | "}" | ";" | "..."),
            Some(TokenKind::Keyword) => matches!(self.text(last), "and" | "or" | "not"),
            _ => false,
        }
    }

    /// Returns the context of a string if the cursor is in it.
    fn in_string(&self, index: usize, token: Token, offset: usize) -> Option<Context> {
        let text = self.script.text(token.range);
        let quote = text.chars().next()?;
        if quote == '[' {
            return (offset < token.range.end).then_some(Context::Comment);
        }
        let line = text.lines().next().unwrap_or("");
        let closed = line.len() >= 2 && line.ends_with(quote) && crate::strings::decode(text).is_some();
        let end = token.range.start + line.len();
        if closed && offset >= end || offset > end {
            return None;
        }
        let content =
            TextRange::new(token.range.start + quote.len_utf8(), if closed { end - 1 } else { end });
        let place = match (self.callee(index), index.checked_sub(1)) {
            // `f "x"`
            (Some(callee), _) => Place::Argument { call: CallAt { callee, argument: 0 }, path: Vec::new() },
            (None, Some(last)) => self.place(last),
            (None, None) => Place::Unknown,
        };
        Some(Context::InString { content, quote, closed, place })
    }

    /// Returns the innermost bracket that is open before a token.
    fn opener(&self, index: usize) -> Option<usize> {
        let mut depth = 0usize;
        for at in (0..index.min(self.tokens.len())).rev() {
            let token = self.tokens.get(at)?;
            let open_or_close =
                matches!(token.kind, TokenKind::Symbol | TokenKind::Keyword | TokenKind::Interpolated { .. });
            if !open_or_close {
                continue;
            }
            match (self.text(at), token.kind) {
                (_, TokenKind::Interpolated { opens: true, .. }) => depth = depth.checked_sub(1)?,
                (_, TokenKind::Interpolated { closes: true, .. }) => depth += 1,
                (")" | "]" | "}" | "end" | "until", _) => depth += 1,
                ("(" | "[" | "{", _) => match depth.checked_sub(1) {
                    Some(less) => depth = less,
                    None => return Some(at),
                },
                // A block: what is outside of it is not around the cursor.
                ("function" | "do" | "repeat", _) => depth = depth.checked_sub(1)?,
                ("if", _) if self.begins_statement(at) => depth = depth.checked_sub(1)?,
                ("local" | "return" | "while" | "for", _) if depth == 0 => return None,
                _ => {}
            }
        }
        None
    }

    /// Tells whether an `if` is a statement rather than a part of an expression.
    pub(crate) fn begins_statement(&self, index: usize) -> bool {
        match index.checked_sub(1) {
            None => true,
            Some(previous) => {
                !matches!(self.kind(previous), Some(TokenKind::Symbol))
                    && !matches!(self.text(previous), "return" | "and" | "or" | "not" | "in")
                    || matches!(self.text(previous), ")" | "]" | "}" | ";")
            }
        }
    }

    /// Returns what value stands after the token at `last`.
    fn place(&self, last: usize) -> Place {
        let Some(open) = self.opener(last + 1) else { return Place::Unknown };
        let commas = self.commas(open, last);
        match self.text(open) {
            "(" => match self.callee(open) {
                Some(callee) if !self.in_parameters(last + 1) => {
                    Place::Argument { call: CallAt { callee, argument: commas }, path: Vec::new() }
                }
                _ => Place::Unknown,
            },
            "{" => {
                let Some((call, mut path)) = self.owner(open) else { return Place::Unknown };
                match self.text(last) {
                    "{" | "," | ";" => Place::Key { call, path, have: self.keys(open, last) },
                    "=" => match last.checked_sub(1) {
                        Some(key) if self.kind(key) == Some(TokenKind::Name) => {
                            path.push(Step::Key(self.text(key).to_owned()));
                            Place::Argument { call, path }
                        }
                        _ => Place::Unknown,
                    },
                    _ => Place::Unknown,
                }
            }
            _ => Place::Unknown,
        }
    }

    /// Returns the last token of what a bracket calls.
    fn callee(&self, open: usize) -> Option<usize> {
        let before = open.checked_sub(1)?;
        let called = matches!(self.kind(before), Some(TokenKind::Name | TokenKind::String))
            || matches!(self.text(before), ")" | "]" | "}");
        called.then_some(before)
    }

    /// Counts the commas between a bracket and a token, but not those in inner brackets.
    fn commas(&self, open: usize, last: usize) -> usize {
        let mut depth = 0usize;
        let mut commas = 0;
        for at in open + 1..=last {
            match self.text(at) {
                "(" | "[" | "{" | "function" => depth += 1,
                ")" | "]" | "}" | "end" => depth = depth.saturating_sub(1),
                "," if depth == 0 => commas += 1,
                _ => {}
            }
        }
        commas
    }

    /// Returns the call that a table is an argument of, or is inside one of.
    fn owner(&self, open: usize) -> Option<(CallAt, Vec<Step>)> {
        self.owner_within(open, NAMES)
    }

    fn owner_within(&self, open: usize, names: usize) -> Option<(CallAt, Vec<Step>)> {
        let before = open.checked_sub(1)?;
        if let Some(callee) = self.callee(open) {
            return Some((CallAt { callee, argument: 0 }, Vec::new()));
        }
        match self.text(before) {
            "(" => Some((CallAt { callee: self.callee(before)?, argument: 0 }, Vec::new())),
            "," | ";" | "{" => {
                let outer = self.opener(open)?;
                if self.text(outer) == "(" {
                    let argument = self.commas(outer, before);
                    return Some((CallAt { callee: self.callee(outer)?, argument }, Vec::new()));
                }
                let (call, mut path) = self.owner_within(outer, names)?;
                path.push(Step::Item);
                Some((call, path))
            }
            "=" => {
                let key = before.checked_sub(1)?;
                if self.kind(key) != Some(TokenKind::Name) {
                    return None;
                }
                match self.opener(open).filter(|outer| self.text(*outer) == "{") {
                    Some(outer) => self.entry_of(outer, key, names),
                    None => self.owner_of_name(key, names.checked_sub(1)?),
                }
            }
            _ => None,
        }
    }

    fn entry_of(&self, table: usize, key: usize, names: usize) -> Option<(CallAt, Vec<Step>)> {
        let (call, mut path) = self.owner_within(table, names)?;
        path.push(Step::Key(self.text(key).to_owned()));
        Some((call, path))
    }

    /// Returns where a table goes that a name holds: the first call below that is given the name.
    fn owner_of_name(&self, name: usize, names: usize) -> Option<(CallAt, Vec<Step>)> {
        let text = self.text(name);
        let used = (name + 1..self.tokens.len()).filter(|at| self.text(*at) == text);
        let mut owners = used.take(USES).filter_map(|at| {
            let before = at.checked_sub(1)?;
            if !matches!(self.text(at + 1), ")" | "," | ";" | "}") {
                return None;
            }
            let outer = self.opener(at)?;
            match (self.text(before), self.text(outer)) {
                ("(" | ",", "(") => {
                    let argument = self.commas(outer, before);
                    Some((CallAt { callee: self.callee(outer)?, argument }, Vec::new()))
                }
                ("=", "{") => self.entry_of(outer, before.checked_sub(1)?, names),
                _ => None,
            }
        });
        owners.next()
    }

    /// Returns the keys that a table has, but for the one that is being typed.
    fn keys(&self, open: usize, last: usize) -> Vec<String> {
        let mut depth = 0usize;
        let mut keys = Vec::new();
        for at in open + 1..self.tokens.len() {
            match self.text(at) {
                "(" | "[" | "{" | "function" => depth += 1,
                ")" | "]" | "}" | "end" => match depth.checked_sub(1) {
                    Some(less) => depth = less,
                    None => break,
                },
                "=" if depth == 0
                    && at >= 1
                    && self.kind(at - 1) == Some(TokenKind::Name)
                    && at - 1 != last + 1 =>
                {
                    keys.push(self.text(at - 1).to_owned());
                }
                _ => {}
            }
        }
        keys
    }

    /// Returns the call whose arguments the cursor is in, however deep, with the argument that it is in.
    pub(crate) fn enclosing_call(&self, offset: usize) -> Option<CallAt> {
        let before = self.tokens.partition_point(|token| token.range.start < offset);
        let inside = self.tokens.get(before.checked_sub(1)?)?;
        let mut index =
            if inside.range.end > offset && inside.kind != TokenKind::Symbol { before - 1 } else { before };
        // `f "x"` and `f [[x]]`
        let in_string = inside.kind == TokenKind::String
            && (offset < inside.range.end || matches!(self.context, Context::InString { .. }));
        if in_string && let Some(callee) = self.callee(before - 1) {
            return Some(CallAt { callee, argument: 0 });
        }
        loop {
            let open = self.opener(index)?;
            if self.text(open) == "("
                && let Some(callee) = self.callee(open)
                && !self.in_parameters(open + 1)
            {
                let last = before.checked_sub(1).filter(|last| *last > open).unwrap_or(open);
                return Some(CallAt { callee, argument: self.commas(open, last) });
            }
            if self.text(open) == "{"
                && let Some(callee) = self.callee(open)
            {
                return Some(CallAt { callee, argument: 0 });
            }
            index = open;
        }
    }
}
