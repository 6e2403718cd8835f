//! What an editor writes between the lines: the names of parameters, and the types of locals.

use crate::Script;
use crate::scope::LocalKind;
use crate::tree::{Call, ExprId, ExprKind};
use crate::types::{Foreign, Kind, Types, builtin};
use luakit_api::Receiver;
use luakit_api::modules::Loader;
use luakit_diagnostics::TextRange;

/// Something that is shown in a text without being part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlayHint {
    pub offset: usize,
    pub label: String,
    pub kind: InlayHintKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InlayHintKind {
    /// Stands before an argument.
    Parameter,
    /// Stands behind a name.
    Type,
}

/// Which hints are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InlayHints {
    pub parameter_names: bool,
    pub types: bool,
}

/// Returns the hints in a range, in the order of their places.
pub fn inlay_hints(
    script: &Script,
    range: TextRange,
    wanted: InlayHints,
    loader: Option<&dyn Loader>,
) -> Vec<InlayHint> {
    let types = Types::infer(script, loader);
    let mut hints = Vec::new();
    if wanted.parameter_names {
        for (id, call) in script.tree.calls() {
            let whole = script.tree.expr(id).range;
            if whole.start <= range.end && range.start <= whole.end {
                parameters(&types, call, &mut hints);
            }
        }
    }
    if wanted.types {
        locals(&types, &mut hints);
    }
    hints.retain(|hint| range.touches(hint.offset));
    hints.sort_by_key(|hint| hint.offset);
    hints
}

/// Returns the calls of `bk.image` that name no platform, by where their names are, with where the calls end.
pub fn images_without_platform(script: &Script, loader: Option<&dyn Loader>) -> Vec<(TextRange, usize)> {
    let types = Types::infer(script, loader);
    let tree = &script.tree;
    let mut images = Vec::new();
    for (id, call) in tree.calls() {
        let is_image = call.method.is_none()
            && types.of(call.callee).kind() == Some(Kind::Builtin(luakit_api::FunctionId::Image));
        // What the options are is seen only where they are written out.
        let says_it = call.args.get(1).is_some_and(|options| match &tree.expr(*options).kind {
            ExprKind::Table(_) => script
                .tokens_in(tree.expr(*options).range)
                .any(|token| script.text(token.range) == "platform"),
            _ => true,
        });
        if is_image
            && !says_it
            && let Some(name) = tree.called_name(call)
        {
            images.push((name, tree.expr(id).range.end));
        }
    }
    images
}

fn parameters(types: &Types<'_>, call: &Call, hints: &mut Vec<InlayHint>) {
    let Some((names, of_api)) = names(types, call) else { return };
    let script = types.script;
    let tree = &script.tree;
    let is_table = |arg: &ExprId| matches!(tree.expr(*arg).kind, ExprKind::Table(_));
    // `run("make", { … })` says enough; so does the only argument of most functions.
    let plain = call.args.iter().filter(|arg| !is_table(arg)).count();
    for (arg, name) in call.args.iter().zip(names) {
        let expr = tree.expr(*arg);
        let is_bare = matches!(expr.kind, ExprKind::Nil | ExprKind::Bool(_) | ExprKind::Number);
        if plain < 2 && (of_api || !is_bare) {
            continue;
        }
        let shows_itself = matches!(expr.kind, ExprKind::Table(_) | ExprKind::Function(_) | ExprKind::Broken);
        if !shows_itself && !name.is_empty() && !says(script.text(expr.range), &name) {
            hints.push(InlayHint {
                offset: expr.range.start,
                label: format!("{name}:"),
                kind: InlayHintKind::Parameter,
            });
        }
    }
}

/// Tells whether an argument names its parameter already: `dest`, `opts.dest`, `out_dest` or `dest()`.
fn says(argument: &str, name: &str) -> bool {
    let words = |text: &str| text.to_ascii_lowercase().replace('_', "");
    let path = argument.split(['(', '[']).next().unwrap_or("");
    let is_path = path.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | ':'));
    is_path && words(path).ends_with(&words(name))
}

/// Returns the names of the parameters that the arguments of a call go to, and whether the API is called.
fn names(types: &Types<'_>, call: &Call) -> Option<(Vec<String>, bool)> {
    let script = types.script;
    let callee = match call.method {
        Some(name) => types.member(types.of(call.callee), script.text(name)),
        None => types.of(call.callee),
    };
    match callee.kind()? {
        Kind::Builtin(id) => {
            let function = builtin(id)?;
            // `state.run(…)` is a mistake of its own, and Lua's own functions are known to who writes Lua.
            let fits = function.is_method() == call.method.is_some() && function.receiver != Receiver::Os;
            let names = function.params.iter().take_while(|param| !param.variadic);
            fits.then(|| (names.map(|param| param.name.to_owned()).collect(), true))
        }
        Kind::Func(func) => {
            let func = script.tree.func(func);
            let names = func.params.iter().map(|param| script.text(param.name).to_owned());
            Some((with_self(names.collect(), func.method, call.method.is_some()), false))
        }
        Kind::Foreign(id) => match types.foreign.get(id)? {
            Foreign::Func { params, .. } => {
                let bare =
                    |param: &String| param.split(':').next().unwrap_or("").trim_end_matches("...").to_owned();
                // A method's `self` is not among them either.
                Some((with_self(params.iter().map(bare).collect(), false, call.method.is_some()), false))
            }
            Foreign::Table { .. } => None,
        },
        _ => None,
    }
}

/// Puts the `self` of a method among the parameters where it is an argument, and takes the first one out where it is not.
fn with_self(mut names: Vec<String>, is_method: bool, by_colon: bool) -> Vec<String> {
    match (is_method, by_colon) {
        (true, false) => names.insert(0, String::new()),
        (false, true) if !names.is_empty() => drop(names.remove(0)),
        _ => {}
    }
    names
}

fn locals(types: &Types<'_>, hints: &mut Vec<InlayHint>) {
    for (id, local) in types.script.scopes.locals.iter().enumerate() {
        let ty = types.local(id);
        let is_shown = matches!(local.kind, LocalKind::Variable | LocalKind::Loop | LocalKind::Param(..))
            && matches!(ty.kind(), Some(Kind::Object(_) | Kind::List(_) | Kind::Table(_)));
        let shown = types.display(ty);
        if is_shown && shown != "table" {
            let label = format!(": {shown}");
            hints.push(InlayHint { offset: local.name.end, label, kind: InlayHintKind::Type });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Files;
    use expect_test::{Expect, expect};

    /// Writes the hints into the text, in angle brackets.
    #[track_caller]
    fn check(text: &str, types: bool, expected: &Expect) {
        let (script, files) = Files::fixture(text);
        let whole = TextRange::new(0, script.file.text.len());
        let wanted = InlayHints { parameter_names: !types, types };
        let mut shown = script.file.text.to_string();
        for hint in inlay_hints(&script, whole, wanted, Some(&files)).iter().rev() {
            shown.insert_str(hint.offset, &format!("‹{}›", hint.label));
        }
        expected.assert_eq(&(shown + "\n"));
    }

    #[test]
    fn arguments_that_say_little_get_a_name() {
        check(
            "local src = bk.image('x')\nlocal out = src:copy(src, '/a', opts.dest, { mode = '0644' }):run('make', { env = {} })\n\
             local function build(base, fast, n) end\nbuild(src, true, 3)\nbuild(base, is_fast, f())\nlocal function one(x) end\none(true)\none(src)",
            false,
            &expect![[r#"
                local src = bk.image('x')
                local out = src:copy(‹from:›src, ‹src:›'/a', opts.dest, { mode = '0644' }):run('make', { env = {} })
                local function build(base, fast, n) end
                build(‹base:›src, ‹fast:›true, ‹n:›3)
                build(base, is_fast, ‹n:›f())
                local function one(x) end
                one(‹x:›true)
                one(src)
            "#]],
        );
    }

    #[test]
    fn methods_and_modules_have_parameters_too() {
        check(
            "local m = require('lib.m')\nm.make('a', 'b')\nlocal t = {}\nfunction t:go(a, b) end\nfunction t.on(a, b) end\n\
             t:go(1, 2)\nt.go(t, 1, 2)\nt:on(1, 2)\nbk.nothing(1, 2)\nunknown(1, 2)\nt.go(\n--- lib/m.lua\nlocal M = {}\nfunction M.make(name, from) end\nreturn M",
            false,
            &expect![[r#"
                local m = require('lib.m')
                m.make(‹name:›'a', ‹from:›'b')
                local t = {}
                function t:go(a, b) end
                function t.on(a, b) end
                t:go(‹a:›1, ‹b:›2)
                t.go(t, ‹a:›1, ‹b:›2)
                t:on(‹b:›1, 2)
                bk.nothing(1, 2)
                unknown(1, 2)
                t.go(
            "#]],
        );
    }

    #[test]
    fn locals_show_their_types_to_who_wants_it() {
        check(
            "local a, n = bk.image('x'), 1\nlocal function f(s) end\nf(a)\nfor _, s in ipairs({ a }) do end\nlocal m = { bk.cache('/c') }",
            true,
            &expect![[r#"
                local a‹: State›, n = bk.image('x'), 1
                local function f(s‹: State›) end
                f(a)
                for _, s‹: State› in ipairs({ a }) do end
                local m‹: Mount[]› = { bk.cache('/c') }
            "#]],
        );
    }

    #[test]
    fn images_that_name_no_platform_are_found() {
        let script = crate::testing::script(
            "bk.image('a')\nbk.image('b', { platform = 'linux/arm64' })\nbk.image('c', {})\nbk.image('d', o)",
        );
        let found = images_without_platform(&script, None);
        assert_eq!(found.iter().map(|(_, end)| script.file.lines.line(*end)).collect::<Vec<_>>(), [1, 3]);
    }
}
