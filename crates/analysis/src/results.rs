//! The results that a script names, and the functions it declares: what lenses stand above.

use crate::Script;
use crate::blocks::{BlockKind, Blocks};
use crate::scope::LocalKind;
use crate::strings::decode;
use crate::tokens::TokenKind;
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

/// Returns the names of the local functions of a script, with how often each is used in it.
pub fn local_functions(script: &Script) -> Vec<(TextRange, usize)> {
    let mut uses = vec![0usize; script.scopes.locals.len()];
    for local in script.scopes.names.iter().flatten() {
        if let Some(uses) = uses.get_mut(*local) {
            *uses += 1;
        }
    }
    let locals = script.scopes.locals.iter().zip(uses);
    let functions = locals.filter(|(local, _)| matches!(local.kind, LocalKind::Function(_)));
    functions.map(|(local, uses)| (local.name, uses)).collect()
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
    fn the_uses_of_local_functions_are_counted() {
        let script = script(
            "local function f() return f() end\nlocal g = function() end\nf(g, f)\nlocal function h() end",
        );
        let uses: Vec<_> =
            local_functions(&script).iter().map(|(name, uses)| (script.text(*name), *uses)).collect();
        assert_eq!(uses, [("f", 3), ("g", 1), ("h", 0)]);
    }
}
