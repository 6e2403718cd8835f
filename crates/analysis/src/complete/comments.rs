//! What could stand in a comment: the tags that declare types, the names and types after them, and codes of findings.

use super::{CompletionItem, CompletionKind, item};
use crate::Script;
use crate::tokens::TokenKind;
use crate::types::class_names;
use luakit_api::Object;
use luakit_diagnostics::{CODES, TextRange};

/// Tags, and how one goes on.
const TAGS: &[(&str, &str)] = &[
    ("param", "declares the type of a parameter: `---@param base State`"),
    ("return", "declares the type of a result: `---@return State`"),
    ("type", "declares the type of a local: `---@type State[]`"),
    ("class", "declares a table with fields: `---@class Options`"),
    ("field", "declares a field of a class: `---@field version? string`"),
    ("alias", "gives a type another name: `---@alias Name string`"),
    ("deprecated", "marks a function that should no longer be used"),
];
const TYPES: &[(&str, &str)] = &[
    ("string", "a text"),
    ("number", "a number"),
    ("integer", "a whole number"),
    ("boolean", "true or false"),
    ("table", "any table"),
    ("function", "any function"),
    ("fun()", "a function, with its parameters: `fun(s: State): State`"),
    ("any", "any value"),
    ("nil", "nothing"),
];

/// Returns what could stand in the comment at an offset.
pub(super) fn in_comment(script: &Script, offset: usize) -> Vec<CompletionItem> {
    let end = script.tokens.partition_point(|token| token.range.start < offset);
    let Some(comment) = end.checked_sub(1).and_then(|at| script.tokens.get(at)) else { return Vec::new() };
    let Some(before) = script.masked.get(comment.range.start..offset) else { return Vec::new() };
    if comment.kind != TokenKind::Comment || before.contains('\n') {
        return Vec::new();
    }
    if let Some(codes) = silenced(before) {
        return codes_after(codes, offset);
    }
    let Some(tag) = before
        .strip_prefix("--")
        .and_then(|rest| rest.trim_start_matches('-').trim_start().strip_prefix('@'))
    else {
        return Vec::new();
    };
    let range = word_at(script, comment.range, offset);
    let Some((tag, rest)) = tag.split_once(char::is_whitespace) else {
        return TAGS.iter().map(|(tag, doc)| described(tag, doc, CompletionKind::Keyword, range)).collect();
    };
    let rest = rest.trim_start();
    let words =
        rest.split_whitespace().count() + usize::from(rest.is_empty() || rest.ends_with(char::is_whitespace));
    match (tag, words) {
        ("param", 1) => params_below(script, comment.range.end, range),
        ("param" | "field", 2) | ("return" | "type", 1) => types(script, range),
        // `State|nil`, `fun(s: State): State`
        ("param" | "field" | "return" | "type", _)
            if rest.ends_with(['|', ':', ',']) || rest.contains("fun(") =>
        {
            types(script, range)
        }
        _ => Vec::new(),
    }
}

fn types(script: &Script, range: TextRange) -> Vec<CompletionItem> {
    let objects = Object::ALL.into_iter().filter(|object| *object != Object::Files).enumerate();
    let mut items: Vec<CompletionItem> = Vec::new();
    for (i, object) in objects {
        let doc = match object {
            Object::State => "a file system that is built",
            Object::Mount => "what a command finds mounted",
            _ => "a platform, with `os`, `arch` and `variant`",
        };
        let named = described(object.name(), doc, CompletionKind::Type, range);
        items.push(CompletionItem { sort: format!("0{i}"), ..named });
        let list = described(&format!("{}[]", object.name()), "a list of them", CompletionKind::Type, range);
        items.push(CompletionItem { sort: format!("1{i}"), ..list });
    }
    for class in class_names(script) {
        items.push(CompletionItem {
            sort: "2".into(),
            ..described(&class, "of this file", CompletionKind::Type, range)
        });
    }
    let others = TYPES.iter().map(|(name, doc)| described(name, doc, CompletionKind::Type, range));
    items.extend(others.map(|item| CompletionItem { sort: "3".into(), ..item }));
    items
}

/// Returns the parameters of the function below that have no annotation yet.
fn params_below(script: &Script, offset: usize, range: TextRange) -> Vec<CompletionItem> {
    let lines = &script.file.lines;
    let next =
        script.tokens.iter().find(|token| token.range.start >= offset && token.kind != TokenKind::Comment);
    let Some(line) = next.map(|token| lines.line(token.range.start)) else { return Vec::new() };
    let func = script.tree.funcs.iter().find(|func| lines.line(func.range.start) == line);
    let names =
        func.into_iter().flat_map(|func| &func.params).map(|param| script.text(param.name)).enumerate();
    let items = names.map(|(i, name)| CompletionItem {
        sort: format!("0{i:03}"),
        ..described(name, "a parameter", CompletionKind::Variable, range)
    });
    items.collect()
}

fn described(label: &str, detail: &str, kind: CompletionKind, range: TextRange) -> CompletionItem {
    CompletionItem { detail: detail.into(), remark: detail.into(), ..item(label, kind, range) }
}

/// Returns what stands between the brackets of `-- luakit: ignore[…`.
fn silenced(before: &str) -> Option<&str> {
    let rest = before.trim_start_matches('-').trim_start().strip_prefix("luakit:")?;
    let rest = rest.trim_start().strip_prefix("ignore")?.trim_start().strip_prefix('[')?;
    (!rest.contains(']')).then_some(rest)
}

fn codes_after(codes: &str, offset: usize) -> Vec<CompletionItem> {
    let typed = codes.rsplit(',').next().unwrap_or("").trim_start();
    let range = TextRange::new(offset - typed.len(), offset);
    let have: Vec<&str> = codes.split(',').map(str::trim).collect();
    let codes = CODES.iter().filter(|code| !have.contains(&code.name()) || code.name() == typed);
    let items = codes.map(|code| CompletionItem {
        documentation: code.meaning().into(),
        ..item(code.name(), CompletionKind::Value, range)
    });
    items.collect()
}

/// Returns the word around an offset of a comment.
fn word_at(script: &Script, comment: TextRange, offset: usize) -> TextRange {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let before = script.masked.get(comment.start..offset).unwrap_or("");
    let after = script.masked.get(offset..comment.end).unwrap_or("");
    let start = before.trim_end_matches(is_part).len();
    let end = after.len() - after.trim_start_matches(is_part).len();
    TextRange::new(comment.start + start, offset + end)
}
