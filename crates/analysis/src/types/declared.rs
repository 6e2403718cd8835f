//! The types that comments and annotations declare, read as types: objects of the API, lists, unions with nil, tables
//! with fields, functions, classes and aliases of the file.
//!
//! Of a type that is not understood, nothing is known. What has fields or parameters is kept like a value of another
//! file, and is never certain: people declare less than there is.

use super::classes::{TypeDoc, class_names, classes, first_word, inline, split, tags, type_at};
use super::{Foreign, Kind, Sure, Type};
use crate::Script;
use crate::tokens::TokenKind;
use luakit_api::Object;
use luakit_diagnostics::TextRange;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// How deep types may be nested.
const DEPTH: usize = 16;

/// Reads types, and keeps the tables and functions among them.
pub(super) struct Declared<'s> {
    script: &'s Script,
    /// The classes and aliases of the file; those that were read, with what they are.
    names: FxHashMap<String, Option<Type>>,
    classes: FxHashMap<&'s str, Vec<TypeDoc>>,
    aliases: FxHashMap<&'s str, &'s str>,
    pub(super) values: Vec<Foreign>,
    /// How many values there were before.
    offset: usize,
    depth: usize,
}

impl<'s> Declared<'s> {
    pub(super) fn new(script: &'s Script, offset: usize) -> Self {
        let mut aliases = FxHashMap::default();
        let mut names = FxHashMap::default();
        if script.masked.contains("---") {
            names.extend(class_names(script).into_iter().map(|name| (name, None)));
            for (_, rest) in tags(script).filter(|(tag, _)| *tag == "alias") {
                let (name, rest) = first_word(rest);
                aliases.insert(name, type_at(rest).0);
            }
        }
        for (name, text) in luau_types(script) {
            names.insert(name.to_owned(), None);
            aliases.insert(name, text);
        }
        let classes = if names.is_empty() { FxHashMap::default() } else { classes(script) };
        Self { script, names, classes, aliases, values: Vec::new(), offset, depth: 0 }
    }

    /// Reads a type.
    pub(super) fn read(&mut self, text: &str) -> Type {
        if self.depth >= DEPTH {
            return Type::Unknown;
        }
        self.depth += 1;
        let ty = self.union(text.trim().trim_end_matches([',', ':']).trim());
        self.depth -= 1;
        ty
    }

    fn union(&mut self, text: &str) -> Type {
        let parts = split(text, '|');
        // `fun(s: State): State | nil` may give nil; it is not a union itself.
        if parts.len() == 1 || text.starts_with("fun") {
            return self.one(text);
        }
        let some = parts.iter().map(|part| part.trim()).filter(|part| *part != "nil");
        let types: Vec<Type> = some.map(|part| self.one(part)).collect();
        let Some((first, rest)) = types.split_first() else { return Type::sure(Kind::Nil) };
        let nil = types.len() < parts.len();
        match rest.iter().all(|ty| ty.kind() == first.kind()) {
            true if nil => first.weaken(Sure::No),
            true => *first,
            false => Type::Unknown,
        }
    }

    fn one(&mut self, text: &str) -> Type {
        if let Some(inner) = text.strip_suffix('?') {
            return self.read(inner).weaken(Sure::No);
        }
        if let Some(item) = text.strip_suffix("[]") {
            let item = self.read(item);
            return self.list(item);
        }
        if let Some(inner) = enclosed(text, '{', '}') {
            return self.table(inner);
        }
        if text.starts_with("fun(") || text.starts_with('(') && text.contains("->") {
            return self.function(text.strip_prefix("fun").unwrap_or(text));
        }
        if let Some(inner) = enclosed(text, '(', ')') {
            return self.read(inner);
        }
        if let Some(inner) = text.strip_prefix("table<").and_then(|rest| rest.strip_suffix('>')) {
            let item = split(inner, ',').last().map_or(Type::Unknown, |item| self.read(item));
            return self.keep(Foreign::Table { fields: BTreeMap::new(), item });
        }
        if text.starts_with(['"', '\'']) {
            return Type::sure(Kind::String);
        }
        self.named(text)
    }

    fn named(&mut self, name: &str) -> Type {
        match name {
            "string" => return Type::sure(Kind::String),
            "number" | "integer" => return Type::sure(Kind::Number),
            "boolean" | "true" | "false" => return Type::sure(Kind::Boolean),
            "nil" => return Type::sure(Kind::Nil),
            _ => {}
        }
        if let Some(object) = object(name) {
            return Type::sure(Kind::Object(object));
        }
        match self.names.get(name) {
            Some(Some(ty)) => *ty,
            Some(None) => {
                // While it is read it is unknown, which ends circles.
                self.names.insert(name.to_owned(), Some(Type::Unknown));
                let ty = match self.aliases.get(name) {
                    Some(text) => self.read(text),
                    None => {
                        let fields = self.classes.remove(name).unwrap_or_default();
                        self.fields(fields)
                    }
                };
                self.names.insert(name.to_owned(), Some(ty));
                ty
            }
            None => Type::Unknown,
        }
    }

    /// Reads `{ State }`, `{ [string]: State }` and `{ base: State }`.
    fn table(&mut self, inner: &str) -> Type {
        let inner = inner.trim();
        if let Some((_, item)) = inner.strip_prefix('[').and_then(|rest| rest.split_once("]:")) {
            let item = self.read(item);
            return self.keep(Foreign::Table { fields: BTreeMap::new(), item });
        }
        if !inner.is_empty() && split(inner, ':').len() == 1 {
            let item = self.read(inner);
            return self.list(item);
        }
        self.fields(inline(inner))
    }

    fn fields(&mut self, fields: Vec<TypeDoc>) -> Type {
        let fields = fields.into_iter().map(|TypeDoc { name, ty, .. }| {
            let ty = self.read(&ty);
            (name, ty)
        });
        let fields = fields.collect();
        self.keep(Foreign::Table { fields, item: Type::Unknown })
    }

    fn list(&mut self, item: Type) -> Type {
        match item {
            Type::Is(Kind::Object(object), sure) => Type::Is(Kind::List(object), sure),
            Type::Is(..) => self.keep(Foreign::Table { fields: BTreeMap::new(), item }),
            _ => Type::Unknown,
        }
    }

    /// Reads `(s: State, n?: number): State, string`, or the same with `->`.
    fn function(&mut self, text: &str) -> Type {
        let Some(close) = closing(text) else { return Type::Unknown };
        let params = text.get(1..close).unwrap_or("");
        let params = split(params, ',').into_iter().map(|param| param.trim().to_owned());
        let params: Vec<String> = params.filter(|param| !param.is_empty()).collect();
        let rest = text.get(close + 1..).unwrap_or("").trim_start();
        let rest = rest.strip_prefix(':').or_else(|| rest.strip_prefix("->")).unwrap_or("").trim();
        let rest = enclosed(rest, '(', ')').unwrap_or(rest);
        let mut returns = [Type::Unknown; 3];
        if !rest.is_empty() {
            for (slot, ty) in returns.iter_mut().zip(split(rest, ',')) {
                *slot = self.read(ty);
            }
        }
        let range = TextRange::default();
        self.keep(Foreign::Func {
            params,
            returns,
            doc: String::new(),
            file: self.script.file.clone(),
            range,
        })
    }

    fn keep(&mut self, value: Foreign) -> Type {
        self.values.push(value);
        Type::maybe(Kind::Foreign(self.offset + self.values.len() - 1))
    }
}

fn object(name: &str) -> Option<Object> {
    Object::ALL
        .into_iter()
        .find(|object| name == object.name() || name.strip_prefix("bk.") == Some(object.name()))
}

/// Returns what is between brackets that are around the whole text.
fn enclosed(text: &str, open: char, close: char) -> Option<&str> {
    let inner = text.strip_prefix(open)?.strip_suffix(close)?;
    (closing(text)? + close.len_utf8() == text.len()).then_some(inner)
}

/// Returns where the bracket is closed that a text begins with.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '{' | '[' => depth += 1,
            ')' | '}' | ']' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// Returns the types that a file declares as Luau has it, `type Name = …`, with their texts.
fn luau_types(script: &Script) -> Vec<(&str, &str)> {
    if memchr::memmem::find(script.masked.as_bytes(), b"type").is_none() {
        return Vec::new();
    }
    let tokens: Vec<_> = script.tokens.iter().filter(|token| token.kind != TokenKind::Comment).collect();
    let text = |at: usize| tokens.get(at).map_or("", |token| script.text(token.range));
    let is_name = |at: usize| tokens.get(at).is_some_and(|token| token.kind == TokenKind::Name);
    let mut found = Vec::new();
    // The types whose table is not closed yet.
    let mut open: Vec<Option<(&str, usize)>> = Vec::new();
    for at in 0..tokens.len() {
        match text(at) {
            "type" if is_name(at + 1) && text(at + 2) == "=" && text(at + 3) != "{" => {
                let rest = tokens.get(at + 3).and_then(|first| script.masked.get(first.range.start..));
                let line = rest.and_then(|rest| rest.split(['\n', '\r', ';']).next());
                found.extend(line.map(|line| (text(at + 1), line)));
            }
            "{" => {
                let name = at.checked_sub(3).filter(|at| text(*at) == "type" && is_name(at + 1));
                let named = name.filter(|at| text(at + 2) == "=").map(|at| (text(at + 1), at + 3));
                open.push(named);
            }
            "}" => {
                let Some(Some((name, first))) = open.pop() else { continue };
                let range = tokens.get(first).zip(tokens.get(at));
                let range = range.map(|(first, last)| TextRange::new(first.range.start, last.range.end));
                found.extend(range.map(|range| (name, script.text(range))));
            }
            _ => {}
        }
    }
    found
}
