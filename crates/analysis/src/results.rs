//! The results that a script names, and the functions it declares: what lenses stand above.

use crate::Script;
use crate::blocks::{BlockKind, Blocks};
use crate::strings::decode;
use crate::tokens::TokenKind;
use crate::tree::{Entry, ExprId, ExprKind, StmtKind};
use luakit_diagnostics::TextRange;

/// A call of `bk.export` or `bk.target`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptResult {
    /// The name of the target, if it is written out; what `bk.export` exports has none.
    pub target: Option<String>,
    /// `bk.target`.
    pub range: TextRange,
    /// The whole call.
    pub call: TextRange,
}

/// Returns the calls that name results, by the tokens, so that they stay while something else is half-typed.
pub fn results(script: &Script) -> Vec<ScriptResult> {
    let blocks = Blocks::of(script);
    let mut results = Vec::new();
    for block in blocks.blocks.iter().filter(|block| block.kind == BlockKind::Paren) {
        let Some(first) = block.open.checked_sub(3) else { continue };
        // What dangles at the end of a line before is half-typed, and not meant for this.
        let is_member = first.checked_sub(1).is_some_and(|before| {
            matches!(blocks.text(before), "." | ":") && blocks.line(before) == blocks.line(first)
        });
        let name = blocks.text(first + 2);
        if blocks.text(first) != "bk"
            || blocks.text(first + 1) != "."
            || !matches!(name, "export" | "target")
            || is_member
        {
            continue;
        }
        let is_string = name == "target" && blocks.kind(block.open + 1) == Some(TokenKind::String);
        let target = is_string.then(|| decode(blocks.text(block.open + 1))).flatten();
        results.push(ScriptResult {
            target: target.map(|name| String::from_utf8_lossy(&name).into_owned()),
            range: blocks.span(first, first + 2),
            call: blocks.span(first, block.last),
        });
    }
    results
}

/// Returns the names of the functions that a script declares, in any way: as locals, as globals and in tables.
pub fn function_names(script: &Script) -> Vec<TextRange> {
    let tree = &script.tree;
    let mut names = Vec::new();
    let is_function = |value: Option<&ExprId>| {
        value.is_some_and(|value| matches!(tree.expr(*value).kind, ExprKind::Function(_)))
    };
    let last_name = |target: ExprId| match &tree.expr(target).kind {
        ExprKind::Name => Some(tree.expr(target).range),
        ExprKind::Field { name, .. } => Some(*name),
        _ => None,
    };
    for stmt in tree.stmts() {
        match &stmt.kind {
            StmtKind::LocalFunction { name, .. } => names.push(*name),
            StmtKind::Function { target, .. } => names.extend(last_name(*target)),
            StmtKind::Local { names: declared, values } => {
                let functions = declared.iter().enumerate().filter(|(i, _)| is_function(values.get(*i)));
                names.extend(functions.map(|(_, param)| param.name));
            }
            StmtKind::Assign { targets, values } => {
                let functions = targets.iter().enumerate().filter(|(i, _)| is_function(values.get(*i)));
                names.extend(functions.filter_map(|(_, target)| last_name(*target)));
            }
            _ => {}
        }
    }
    for expr in &tree.exprs {
        let ExprKind::Table(entries) = &expr.kind else { continue };
        names.extend(entries.iter().filter_map(|entry| match entry {
            Entry::Named { key, value } if is_function(Some(value)) => Some(*key),
            _ => None,
        }));
    }
    names.sort_by_key(|name| name.start);
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::script;

    #[test]
    fn results_are_found_by_name_also_beside_what_is_half_typed() {
        let script = script(
            "bk.target('a', s)\nlocal x = s:\nbk.target(n, s)\nbk.export(s\nx.bk.export(s)\nbk.image('b')",
        );
        let found: Vec<_> =
            results(&script).into_iter().map(|it| (it.target, script.text(it.call).to_owned())).collect();
        let result = |target: Option<&str>, call: &str| (target.map(str::to_owned), call.to_owned());
        assert_eq!(found[..2], [result(Some("a"), "bk.target('a', s)"), result(None, "bk.target(n, s)")]);
        assert_eq!(found.len(), 3, "what is a field of something else does not count");
    }

    #[test]
    fn functions_are_found_however_they_are_declared() {
        let script = script(
            "local function a() return function() end end\nlocal n, b = 1, function() end\nfunction M.c() end\nfunction M.x:d() end\nM.e = function() end\nlocal t = { f = function() end, g = 1 }\nfunction h() end",
        );
        let names: Vec<_> = function_names(&script).iter().map(|name| script.text(*name)).collect();
        assert_eq!(names, ["a", "b", "c", "d", "e", "f", "h"]);
    }
}
