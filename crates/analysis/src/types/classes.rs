//! `---@class` and `---@field` comments, `---@alias`, and tables that are written out in a `---@param`.

use super::annotations::comments_above;
use crate::Script;
use crate::tokens::TokenKind;
use crate::tree::FuncId;
use rustc_hash::FxHashMap;

/// A field that a comment declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TypeDoc {
    pub(crate) name: String,
    pub(crate) ty: String,
    pub(crate) doc: String,
}

/// Returns the names of the classes that comments declare.
pub(crate) fn class_names(script: &Script) -> Vec<String> {
    let mut names: Vec<String> = tags(script)
        .filter_map(|(tag, rest)| match tag {
            "class" | "alias" => Some(first_word(rest).0.trim_end_matches(':').to_owned()),
            _ => None,
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Returns the fields that comments declare for the parameter of a function.
pub(crate) fn declared_fields(script: &Script, func: FuncId, param: &str) -> Vec<TypeDoc> {
    let ty = comments_above(script, script.tree.func(func).range.start).into_iter().find_map(|line| {
        let (tag, rest) = tag_of(line)?;
        let (name, rest) = first_word(rest);
        (tag == "param" && name.trim_end_matches('?') == param).then(|| type_at(rest).0.to_owned())
    });
    ty.map_or_else(Vec::new, |ty| fields_of_type(script, &ty))
}

/// Returns the fields of a type: a table that is written out, or a class of the file.
fn fields_of_type(script: &Script, ty: &str) -> Vec<TypeDoc> {
    let ty = ty.trim().trim_end_matches('?').trim();
    match ty.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')) {
        Some(inner) => inline(inner),
        None => classes(script).remove(ty).unwrap_or_default(),
    }
}

/// Reads `a: string, b?: number`.
pub(super) fn inline(inner: &str) -> Vec<TypeDoc> {
    let fields = split(inner, ',').into_iter().filter_map(|field| {
        let (name, ty) = field.split_once(':')?;
        let optional = name.trim_end().ends_with('?');
        let name = name.trim().trim_end_matches('?').to_owned();
        let ty = if optional { format!("{}?", ty.trim()) } else { ty.trim().to_owned() };
        (!name.is_empty() && !name.starts_with('[')).then_some(TypeDoc { name, ty, doc: String::new() })
    });
    fields.collect()
}

/// Returns the fields of the classes that comments declare, by their names.
pub(super) fn classes(script: &Script) -> FxHashMap<&str, Vec<TypeDoc>> {
    let mut classes: FxHashMap<&str, Vec<TypeDoc>> = FxHashMap::default();
    let mut class = None;
    for (tag, rest) in tags(script) {
        match (tag, class) {
            ("class", _) => class = Some(first_word(rest).0.trim_end_matches(':')),
            ("field", Some(class)) => classes.entry(class).or_default().push(field(rest)),
            _ => {}
        }
    }
    classes
}

/// Reads `name? string what it is`.
fn field(text: &str) -> TypeDoc {
    let (name, rest) = first_word(text);
    let (ty, doc) = type_at(rest);
    let optional = if name.ends_with('?') && !ty.ends_with('?') { "?" } else { "" };
    TypeDoc {
        name: name.trim_end_matches('?').to_owned(),
        ty: format!("{ty}{optional}"),
        doc: doc.trim().to_owned(),
    }
}

/// Returns the tags of all comments with what follows them.
pub(super) fn tags(script: &Script) -> impl Iterator<Item = (&str, &str)> {
    let comments = script.tokens.iter().filter(|token| token.kind == TokenKind::Comment);
    comments.filter_map(|token| tag_of(script.text(token.range)))
}

/// Splits `---@param x State` into `param` and the rest.
pub(super) fn tag_of(comment: &str) -> Option<(&str, &str)> {
    let tag = comment.trim_start_matches('-').trim_start().strip_prefix('@')?;
    Some(first_word(tag))
}

pub(super) fn first_word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    text.split_at(end)
}

/// Splits a type from what is said of it: blanks inside of brackets and beside `|`, `:` and `,` belong to it.
pub(super) fn type_at(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    let mut depth = 0usize;
    let mut goes_on = false;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '{' | '<' | '[' => depth += 1,
            ')' | '}' | '>' | ']' => depth = depth.saturating_sub(1),
            c if c.is_whitespace() && depth == 0 => {
                let rest = text.get(at..).unwrap_or("").trim_start();
                let joins = rest.starts_with('|') || goes_on;
                if !joins {
                    return text.split_at(at);
                }
                continue;
            }
            _ => {}
        }
        goes_on = matches!(c, '|' | ':') || c == ',' && depth > 0;
    }
    (text, "")
}

/// Splits at a character that is in no brackets.
pub(super) fn split(text: &str, at: char) -> Vec<&str> {
    let mut depth = 0usize;
    let parts = text.split(|c| {
        match c {
            '(' | '{' | '<' | '[' => depth += 1,
            ')' | '}' | '>' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == at && depth == 0
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_ends_where_its_description_begins() {
        assert_eq!(type_at("State what it is"), ("State", " what it is"));
        assert_eq!(type_at("State | nil or not"), ("State | nil", " or not"));
        assert_eq!(
            type_at("fun(s: State, n: number): State makes"),
            ("fun(s: State, n: number): State", " makes")
        );
        assert_eq!(type_at("{ a: string, b?: number } options"), ("{ a: string, b?: number }", " options"));
    }

    #[test]
    fn a_parameter_has_the_fields_of_its_class() {
        let script = crate::testing::script(
            "---@class Opts\n---@field version string which one\n---@field cwd? string\n\n---@param o Opts\nlocal function f(o) end\n---@param o { a: string, b?: fun(x: State): State }\nlocal function g(o) end",
        );
        let shown = |func| {
            let fields = declared_fields(&script, func, "o").into_iter();
            fields.map(|it| format!("{}: {} {}", it.name, it.ty, it.doc)).collect::<Vec<_>>()
        };
        assert_eq!(shown(0), ["version: string which one", "cwd: string? "]);
        assert_eq!(shown(1), ["a: string ", "b: fun(x: State): State? "]);
        assert_eq!(class_names(&script), ["Opts"]);
    }
}
