//! The arguments of the build that a script may ask for, as far as its text tells.

use crate::Script;
use crate::strings::decode;
use crate::tokens::TokenKind;
use crate::tree::{Call, ExprKind};
use std::collections::BTreeSet;

/// What a script may ask for.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct AskedArguments {
    /// Every name that is written out, also one that no run came to: `bk.arg("PORT")` in a branch, or a name that a
    /// helper is given.
    pub written: BTreeSet<String>,
    /// Whether a name is put together somewhere, so that there may be more than those that are written out.
    pub computed: bool,
}

/// Returns the arguments that a script may ask for. More than it does ask for, never fewer.
pub fn asked_arguments(script: &Script) -> AskedArguments {
    let strings = script.tokens.iter().filter(|token| token.kind == TokenKind::String);
    let text = |literal: &str| decode(literal).and_then(|bytes| String::from_utf8(bytes).ok());
    AskedArguments {
        written: strings.filter_map(|token| text(script.text(token.range))).collect(),
        computed: script.tree.calls().any(|(_, call)| asks(script, call) && !is_written(script, call)),
    }
}

/// Goes by the name alone, so that `local arg = bk.arg` is none the wiser.
fn asks(script: &Script, call: &Call) -> bool {
    call.method.is_none()
        && script.tree.called_name(call).is_some_and(|name| matches!(script.text(name), "arg" | "getenv"))
}

fn is_written(script: &Script, call: &Call) -> bool {
    let first = call.args.first().map(|arg| &script.tree.expr(script.tree.inner(*arg)).kind);
    matches!(first, Some(ExprKind::String))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::script;

    #[track_caller]
    fn check(text: &str, written: &[&str], computed: bool) {
        let asked = asked_arguments(&script(text));
        assert_eq!(asked.written.iter().map(String::as_str).collect::<Vec<_>>(), written, "{text}");
        assert_eq!(asked.computed, computed, "{text}");
    }

    #[test]
    fn a_name_counts_wherever_it_is_written() {
        check("if bk.arg('DEBUG', false) then p = bk.arg(\"PORT\") end", &["DEBUG", "PORT"], false);
        check("local arg = bk.arg\nlocal v = arg 'VERSION'", &["VERSION"], false);
        check("local v = os.getenv([[VERSION]])", &["VERSION"], false);
    }

    #[test]
    fn a_name_that_is_put_together_may_be_any() {
        check("local v = bk.arg(name .. '_VERSION')", &["_VERSION"], true);
        check("local function get(name) return bk.arg(name) end\nget('GO')", &["GO"], true);
        check("local v = os.getenv(name)", &[], true);
    }
}
