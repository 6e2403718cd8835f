//! `---@param`, `---@return` and `---@type` comments, and Luau's annotations where they name our types.

use super::classes::{first_word, split, tag_of, type_at};
use super::declared::Declared;
use super::{Sure, Type};
use crate::Script;
use crate::tokens::TokenKind;
use crate::tree::Func;
use luakit_diagnostics::TextRange;

/// What the comments above a function or local say.
#[derive(Debug, Default)]
pub(super) struct Annotations {
    pub(super) params: Vec<(String, Type)>,
    pub(super) returns: Vec<Type>,
    pub(super) ty: Option<Type>,
}

/// Reads the comments right above the line of `offset`.
pub(super) fn above(script: &Script, offset: usize, declared: &mut Declared<'_>) -> Annotations {
    let mut annotations = Annotations::default();
    for line in comments_above(script, offset) {
        let Some((tag, rest)) = tag_of(line) else { continue };
        match tag {
            "param" => {
                let (name, rest) = first_word(rest);
                let (text, _) = type_at(rest);
                // Which table it is, the calls tell better.
                if text.is_empty() || text.trim_end_matches('?') == "table" {
                    continue;
                }
                let ty = declared.read(text);
                let ty = if name.ends_with('?') { ty.weaken(Sure::No) } else { ty };
                annotations.params.push((name.trim_end_matches('?').to_owned(), ty));
            }
            "return" => {
                // `---@return State, string` gives two values.
                for text in split(rest, ',') {
                    let (text, described) = type_at(text);
                    if !text.is_empty() {
                        annotations.returns.push(declared.read(text));
                    }
                    if !described.trim().is_empty() {
                        break;
                    }
                }
            }
            "type" => annotations.ty = Some(declared.read(type_at(rest).0)),
            _ => {}
        }
    }
    annotations
}

/// Returns the text of the comments right above a line, without those that are annotations.
pub(crate) fn doc_above(script: &Script, offset: usize) -> String {
    let lines = comments_above(script, offset);
    let text = lines.iter().map(|line| line.trim_start_matches('-').trim());
    let text =
        text.filter(|line| !line.starts_with('@') && !is_directive(line)).collect::<Vec<_>>().join("\n");
    match deprecation(script, offset) {
        Some(why) if why.is_empty() => format!("**Deprecated**\n\n{text}").trim_end().to_owned(),
        Some(why) => format!("**Deprecated**: {why}\n\n{text}").trim_end().to_owned(),
        None => text,
    }
}

pub(super) fn comments_above(script: &Script, offset: usize) -> Vec<&str> {
    let lines = &script.file.lines;
    let mut line = lines.line(offset);
    let end = script.tokens.partition_point(|token| token.range.start < lines.start(line));
    let mut found = Vec::new();
    for token in script.tokens.iter().take(end).rev() {
        let above = lines.line(token.range.start);
        // A comment behind a statement belongs to that statement.
        let alone =
            script.masked.get(lines.start(above)..token.range.start).is_some_and(|s| s.trim().is_empty());
        if token.kind != TokenKind::Comment || above + 1 != line || !alone {
            break;
        }
        line = above;
        found.push(script.text(token.range));
    }
    found.reverse();
    found
}

/// Returns the text of the comments of a local: those right above its line, else the one behind it.
pub(crate) fn comments_of(script: &Script, offset: usize) -> String {
    let above = doc_above(script, offset);
    if !above.is_empty() {
        return above;
    }
    let lines = &script.file.lines;
    let line = lines.line(offset);
    let next = script.tokens.partition_point(|token| token.range.start < offset);
    let on_line = script.tokens.iter().skip(next).take_while(|token| lines.line(token.range.start) == line);
    let behind = on_line.last().filter(|token| token.kind == TokenKind::Comment);
    let text = behind.map_or("", |token| script.text(token.range)).trim_start_matches('-').trim();
    if is_directive(text) { String::new() } else { text.to_owned() }
}

/// Tells whether a comment is for luakit rather than for readers: `-- luakit: ignore[…]`.
fn is_directive(text: &str) -> bool {
    text.starts_with("luakit:")
}

/// Returns what the comments above a function say of a parameter.
pub(crate) fn param_doc(script: &Script, offset: usize, param: &str) -> Option<String> {
    comments_above(script, offset).into_iter().find_map(|line| {
        let (tag, rest) = tag_of(line)?;
        let (name, rest) = first_word(rest);
        let (_, doc) = type_at(rest);
        let found = tag == "param" && name.trim_end_matches('?') == param;
        found.then(|| doc.trim().to_owned()).filter(|doc| !doc.is_empty())
    })
}

/// Tells whether the comments above a function say that a parameter may be left out.
pub(super) fn is_optional(comments: &[&str], param: &str) -> bool {
    comments.iter().any(|line| {
        let Some(("param", rest)) = tag_of(line) else { return false };
        let (name, rest) = first_word(rest);
        name.trim_end_matches('?') == param && (name.ends_with('?') || type_at(rest).0.ends_with('?'))
    })
}

/// Returns what the comments above a function say of why it should not be used any more, if they do.
pub(crate) fn deprecation(script: &Script, offset: usize) -> Option<String> {
    comments_above(script, offset).into_iter().find_map(|line| match tag_of(line)? {
        ("deprecated", why) => Some(why.trim().to_owned()),
        _ => None,
    })
}

/// Returns the type of each parameter and result that a function declares.
pub(super) fn of_func(
    script: &Script,
    func: &Func,
    declared: &mut Declared<'_>,
) -> (Vec<Option<Type>>, Vec<Type>) {
    let comments = above(script, func.range.start, declared);
    let params = func.params.iter().map(|param| {
        let name = script.text(param.name);
        let commented = comments.params.iter().find(|(other, _)| other == name).map(|(_, ty)| *ty);
        commented.or_else(|| annotated(script, param.ty, declared))
    });
    let params = params.collect();
    let mut returns = comments.returns;
    if returns.is_empty()
        && let Some(ty) = annotated(script, func.returns, declared)
    {
        returns.push(ty);
    }
    (params, returns)
}

/// Returns the type that is written after a `:`.
pub(super) fn annotated(script: &Script, ty: Option<TextRange>, declared: &mut Declared<'_>) -> Option<Type> {
    let range = ty?;
    let text = if range.is_empty() { written_after(script, range.start)? } else { script.text(range) };
    let ty = declared.read(text);
    (ty != Type::Unknown).then_some(ty)
}

/// Returns the type that is written after an offset: of one that is not a mere name the tree has the place only.
fn written_after(script: &Script, offset: usize) -> Option<&str> {
    let rest = script.masked.get(offset..)?.trim_start().strip_prefix(':')?;
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    let mut depth = 0usize;
    let end = rest.char_indices().find(|(_, c)| {
        match c {
            '(' | '{' | '[' | '<' => depth += 1,
            ')' | '}' | ']' if depth == 0 => return true,
            ')' | '}' | ']' | '>' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && matches!(c, ',' | '=' | '\n' | '\r' | ';')
    });
    rest.get(..end.map_or(rest.len(), |(at, _)| at)).map(str::trim)
}
