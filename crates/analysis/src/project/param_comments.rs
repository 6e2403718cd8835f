//! Parameters where comments name them: `---@param NAME`.

use crate::Script;
use crate::scope::{LocalId, LocalKind};
use crate::tokens::TokenKind;
use luakit_diagnostics::TextRange;

/// Returns where the comments above a function name a parameter in `---@param`.
pub(crate) fn commented(script: &Script, id: LocalId) -> Vec<TextRange> {
    let Some(local) = script.scopes.locals.get(id) else { return Vec::new() };
    let LocalKind::Param(func, _) = local.kind else { return Vec::new() };
    let (lines, name) = (&script.file.lines, script.text(local.name));
    let mut line = lines.line(script.tree.func(func).range.start);
    let before = script.tokens.partition_point(|token| token.range.start < lines.start(line));
    let mut found = Vec::new();
    for token in script.tokens.iter().take(before).rev() {
        let above = lines.line(token.range.start);
        if token.kind != TokenKind::Comment || above + 1 != line {
            break;
        }
        line = above;
        let text = script.text(token.range);
        let rest = text.trim_start_matches('-').trim_start();
        let Some(rest) = rest.strip_prefix("@param").filter(|rest| rest.starts_with([' ', '\t'])) else {
            continue;
        };
        let rest = rest.trim_start();
        let word = rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or("");
        if word == name {
            let start = token.range.start + text.len() - rest.len();
            found.push(TextRange::new(start, start + word.len()));
        }
    }
    found
}

/// Returns the parameter that a comment names at an offset.
pub(super) fn commented_at(script: &Script, offset: usize) -> Option<(LocalId, TextRange)> {
    let end = script.tokens.partition_point(|token| token.range.start <= offset);
    let comment =
        script.tokens.iter().take(end).next_back().filter(|token| token.kind == TokenKind::Comment)?;
    if !comment.range.touches(offset) || !script.text(comment.range).contains("@param") {
        return None;
    }
    let params = script.scopes.params.iter().flatten();
    let mut below = params.filter(|id| {
        script.scopes.locals.get(**id).is_some_and(|local| local.name.start > comment.range.start)
    });
    below.find_map(|id| {
        let range = commented(script, *id).into_iter().find(|range| range.touches(offset))?;
        Some((*id, range))
    })
}
