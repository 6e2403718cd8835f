//! The type of an expression that ends at a token, read from the tokens before it.

use crate::cursor::Cursor;
use crate::tokens::TokenKind;
use crate::types::{Kind, Type, Types};
use luakit_api::Function;

/// How long a chain of calls may be before its beginning is given up.
const LINKS: usize = 2000;

impl Cursor<'_> {
    /// Returns the type of the expression whose last token is at `end`.
    pub(crate) fn type_ending(&self, types: &Types<'_>, end: usize) -> Type {
        let Some(start) = self.chain_start(end) else { return Type::Unknown };
        let mut ty = self.first(types, start);
        let mut at = start + 1;
        if self.text(start) == "(" {
            at = self.closing(start) + 1;
        }
        while at <= end {
            match self.text(at) {
                "." | ":" => {
                    let member = types.member(ty, self.text(at + 1));
                    // A method of something unknown that only a state has.
                    ty = match member {
                        Type::Unknown | Type::Bottom if self.text(at) == ":" => {
                            unknown_member(ty, self.text(at + 1))
                        }
                        member => member,
                    };
                    at += 2;
                }
                "(" | "{" => {
                    ty = types.result_of(ty);
                    at = self.closing(at) + 1;
                }
                "[" => {
                    ty = types.element(ty);
                    at = self.closing(at) + 1;
                }
                _ => {
                    // A string that is called with.
                    ty = types.result_of(ty);
                    at += 1;
                }
            }
        }
        ty
    }

    /// Returns the function of the API that the expression ending at a token is.
    pub(crate) fn function_ending(&self, types: &Types<'_>, end: usize) -> Option<&'static Function> {
        match self.type_ending(types, end).kind() {
            Some(Kind::Builtin(id)) => crate::types::builtin(id),
            _ if self.text(end) == "getenv" => luakit_api::function_named(luakit_api::Receiver::Os, "getenv"),
            _ => None,
        }
    }

    fn first(&self, types: &Types<'_>, start: usize) -> Type {
        let Some(token) = self.tokens.get(start) else { return Type::Unknown };
        match token.kind {
            TokenKind::String => Type::sure(Kind::String),
            TokenKind::Name => {
                let name = self.text(start);
                let script = self.script;
                match script.visible(name, token.range.start) {
                    Some((id, _)) => types.local(id),
                    None if name == "bk" => Type::sure(Kind::Bk),
                    None if name == "require" => self.required(types, start),
                    None => Type::Unknown,
                }
            }
            _ if self.text(start) == "(" => match self.closing(start).checked_sub(1) {
                Some(last) if last > start => self.type_ending(types, last),
                _ => Type::Unknown,
            },
            _ => Type::Unknown,
        }
    }

    /// Returns a function that gives the module which `require` at a token asks for.
    fn required(&self, types: &Types<'_>, start: usize) -> Type {
        let Some(token) = self.tokens.get(start) else { return Type::Unknown };
        let script = self.script;
        let found =
            script.tree.calls().find(|(id, _)| script.tree.expr(*id).range.start == token.range.start);
        found.and_then(|(id, _)| types.requires.get(&id)).map_or(Type::Unknown, |ty| types.giving(*ty))
    }

    /// Returns the first token of the chain of names, calls and indices that ends at a token.
    fn chain_start(&self, end: usize) -> Option<usize> {
        let mut at = end;
        for _ in 0..LINKS {
            let token = self.tokens.get(at)?;
            let text = self.text(at);
            match token.kind {
                TokenKind::Name | TokenKind::String => {}
                TokenKind::Symbol if matches!(text, ")" | "]" | "}") => at = self.opening(at)?,
                _ => return None,
            }
            let opened = matches!(self.text(at), "(" | "[" | "{");
            let Some(before) = at.checked_sub(1) else { return Some(at) };
            let calls = opened || self.tokens.get(at)?.kind == TokenKind::String;
            let before_token = self.tokens.get(before)?;
            let before_text = self.text(before);
            let is_callee = before_token.kind == TokenKind::Name || matches!(before_text, ")" | "]" | "}");
            if calls && is_callee {
                at = before;
            } else if !calls && matches!(before_text, "." | ":") {
                at = before.checked_sub(1)?;
            } else if matches!(self.text(at), "[" | "{") {
                return None;
            } else {
                return Some(at);
            }
        }
        None
    }

    pub(crate) fn opening(&self, close: usize) -> Option<usize> {
        let mut depth = 0usize;
        for at in (0..=close).rev() {
            if self.tokens.get(at)?.kind != TokenKind::Symbol {
                continue;
            }
            match self.text(at) {
                ")" | "]" | "}" => depth += 1,
                "(" | "[" | "{" => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return Some(at);
                    }
                }
                _ => {}
            }
        }
        None
    }

    pub(crate) fn closing(&self, open: usize) -> usize {
        let mut depth = 0usize;
        for at in open..self.tokens.len() {
            if self.tokens.get(at).is_none_or(|token| token.kind != TokenKind::Symbol) {
                continue;
            }
            match self.text(at) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return at;
                    }
                }
                _ => {}
            }
        }
        self.tokens.len()
    }
}

fn unknown_member(base: Type, name: &str) -> Type {
    match (base, luakit_api::method(luakit_api::Object::State, name)) {
        (Type::Unknown | Type::Bottom, Some(function)) => Type::maybe(Kind::Builtin(function.id)),
        // A misspelt method of a state gives a state, most likely.
        (Type::Is(Kind::Object(luakit_api::Object::State), _), None) => {
            Type::maybe(Kind::Builtin(luakit_api::FunctionId::Run))
        }
        _ => Type::Unknown,
    }
}
