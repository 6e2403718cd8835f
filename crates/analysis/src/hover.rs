//! What a hover shows.

use crate::Script;
use crate::cursor::{Context, Cursor, Place};
use crate::scope::{Local, LocalKind};
use crate::slot::Slot;
use crate::tokens::{Token, TokenKind};
use crate::tree::ExprKind;
use crate::types::{Kind, Type, Types, builtin, doc_above, required};
use luakit_api::modules::{Found, Loader, candidates, find};
use luakit_api::render::{field_markdown, function_markdown};
use luakit_api::{blocked, properties_of};
use luakit_diagnostics::TextRange;

/// What a hover shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    pub range: TextRange,
    pub markdown: String,
}

/// Returns what is known of the token at an offset.
pub fn hover(script: &Script, offset: usize, loader: Option<&dyn Loader>) -> Option<Hover> {
    let token = token_at(script, offset)?;
    let types = Types::infer(script, loader);
    let cursor = Cursor::new(script, token.range.start + 1);
    let markdown = match token.kind {
        TokenKind::String => string(script, &types, &cursor, token, loader)?,
        TokenKind::Name => name(script, &types, &cursor, token)?,
        _ => return None,
    };
    Some(Hover { range: token.range, markdown })
}

/// Returns the name or string that an offset is in or at the end of.
fn token_at(script: &Script, offset: usize) -> Option<Token> {
    let end = script.tokens.partition_point(|token| token.range.start <= offset);
    let near = script.tokens.iter().take(end).rev().take(2);
    let touching = near.filter(|token| {
        token.range.touches(offset) && matches!(token.kind, TokenKind::Name | TokenKind::String)
    });
    touching.copied().next()
}

fn string(
    script: &Script,
    types: &Types<'_>,
    cursor: &Cursor<'_>,
    token: Token,
    loader: Option<&dyn Loader>,
) -> Option<String> {
    for (_, call) in script.tree.calls() {
        let is_arg = call.args.first().is_some_and(|arg| script.tree.expr(*arg).range == token.range);
        if is_arg && let Some(name) = required(script, call) {
            return Some(module(&name, loader));
        }
    }
    let Context::InString { place, .. } = &cursor.context else { return None };
    let Place::Argument { call, path } = place else { return None };
    let ty = Slot::of(cursor.function_ending(types, call.callee)?, call.argument, path)?.ty;
    let text = script.text(token.range).trim_matches(['"', '\'']);
    let value = ty.choices().into_iter().flat_map(|choice| choice.values).find(|value| value.name == text)?;
    Some(format!("`\"{}\"`: {}", value.name, value.doc))
}

fn module(name: &str, loader: Option<&dyn Loader>) -> String {
    let Some(loader) = loader else { return format!("module `{name}`") };
    match find(name, loader) {
        Found::File(path, file) => {
            let lines = file.text.lines().take_while(|line| line.starts_with("--"));
            let doc: Vec<&str> = lines.map(|line| line.trim_start_matches('-').trim()).collect();
            format!("module `{path}`\n\n{}", doc.join("\n")).trim_end().to_owned()
        }
        _ => match candidates(name) {
            Ok(tried) => format!("module `{name}` not found, tried {}", tried.join(", ")),
            Err(message) => message,
        },
    }
}

fn name(script: &Script, types: &Types<'_>, cursor: &Cursor<'_>, token: Token) -> Option<String> {
    let text = script.text(token.range);
    match &cursor.context {
        Context::Member { receiver, .. } => member(types, cursor, *receiver, text),
        Context::Expression(Place::Key { call, path, .. }) if is_key(script, token) => {
            let ty = Slot::of(cursor.function_ending(types, call.callee)?, call.argument, path)?.ty;
            let options = ty.options();
            let found = options.iter().find_map(|options| Some((options.field(text)?, options)));
            found.map(|(field, options)| field_markdown(field, options))
        }
        _ => variable(script, types, token),
    }
}

/// Tells whether a name stands before a `=` that is not a comparison.
fn is_key(script: &Script, token: Token) -> bool {
    let next = script.tokens.partition_point(|other| other.range.start < token.range.end);
    script.tokens.get(next).is_some_and(|token| script.text(token.range) == "=")
}

fn member(types: &Types<'_>, cursor: &Cursor<'_>, receiver: usize, name: &str) -> Option<String> {
    let base = cursor.type_ending(types, receiver);
    if let Some(object) = base.object()
        && let Some(property) = properties_of(object).iter().find(|property| property.name == name)
    {
        return Some(format!(
            "```lua\n{}.{name}: string\n```\n\n{}",
            object.name().to_lowercase(),
            property.doc
        ));
    }
    let ty = match types.member(base, name) {
        // `x:run` of something unknown: most likely a state.
        Type::Unknown => cursor.type_ending(types, receiver + 2),
        ty => ty,
    };
    match ty.kind() {
        Some(Kind::Builtin(id)) => {
            let function = builtin(id).filter(|f| f.name == name || f.aliases.contains(&name))?;
            Some(function_markdown(function))
        }
        Some(_) => {
            let shown = format!("```lua\n{name}: {}\n```", types.display(ty));
            Some(format!("{shown}\n\n{}", types.documentation(ty)).trim_end().to_owned())
        }
        None => {
            let path = format!("{}.{name}", cursor.text(receiver));
            if path == "os.getenv" {
                return luakit_api::function_named(luakit_api::Receiver::Os, name).map(function_markdown);
            }
            blocked(&path).map(|blocked| format!("{}\n\n{}", blocked.message(), blocked.hint))
        }
    }
}

fn variable(script: &Script, types: &Types<'_>, token: Token) -> Option<String> {
    let text = script.text(token.range);
    let declared = script.scopes.locals.iter().position(|local| {
        local.name == token.range && !matches!(local.kind, LocalKind::Global | LocalKind::Itself)
    });
    let used = || {
        let id = script
            .tree
            .exprs
            .iter()
            .position(|expr| matches!(expr.kind, ExprKind::Name) && expr.range == token.range)?;
        script.scopes.names.get(id).copied().flatten()
    };
    let Some(id) = declared.or_else(used) else {
        return match text {
            "bk" => {
                Some("```lua\nbk\n```\n\nThe build API: sources, mounts, merging and `bk.export`.".into())
            }
            _ => blocked(text).map(|blocked| format!("{}\n\n{}", blocked.message(), blocked.hint)),
        };
    };
    let local = script.scopes.locals.get(id)?;
    Some(local_markdown(script, types, local, types.local(id), text))
}

fn local_markdown(script: &Script, types: &Types<'_>, local: &Local, ty: Type, name: &str) -> String {
    let mut out = match (local.kind, ty.kind()) {
        (_, Some(Kind::Func(func))) => {
            let params = types.params(func).join(", ");
            let result = types.result(types.result_of(ty));
            let scope = if local.kind == LocalKind::Global { "" } else { "local " };
            format!("```lua\n{scope}function {name}({params}){result}\n```")
        }
        (LocalKind::Param(..), None) => format!("```lua\n(parameter) {name}\n```"),
        (LocalKind::Param(..), Some(_)) => format!("```lua\n(parameter) {name}: {}\n```", types.display(ty)),
        (LocalKind::Global, _) => format!("```lua\n{name}: {}\n```", types.display(ty)),
        _ => format!("```lua\nlocal {name}: {}\n```", types.display(ty)),
    };
    let doc = match ty.kind() {
        Some(Kind::Func(func)) => doc_above(script, script.tree.func(func).range.start),
        _ => types.documentation(ty),
    };
    if !doc.is_empty() {
        out.push_str(&format!("\n\n{doc}"));
    }
    if let Some(value) = local.value
        && ty.object().is_some()
    {
        out.push_str(&format!("\n\n```lua\n{}\n```", short(script.text(script.tree.expr(value).range))));
    }
    out
}

/// Cuts a text of many lines down to what fits.
fn short(text: &str) -> String {
    const LINES: usize = 6;
    let mut lines: Vec<&str> = text.lines().take(LINES).collect();
    if text.lines().count() > LINES {
        lines.push("…");
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Files, cursor};
    use expect_test::{Expect, expect};

    fn check(fixture: &str, expected: &Expect) {
        let (text, offset) = cursor(fixture);
        let (script, files) = Files::fixture(&text);
        let shown = hover(&script, offset, Some(&files)).map_or("nothing".into(), |hover| {
            format!("`{}`\n{}\n", script.text(hover.range), hover.markdown)
        });
        expected.assert_eq(&shown);
    }

    #[test]
    fn the_api_explains_itself() {
        check(
            "bk.scr$0atch()",
            &expect![[r#"
            `scratch`
            ```lua
            bk.scratch() -> State
            ```

            Starts from nothing: an empty file system.

            ```lua
            bk.scratch():mkfile("/hello", "hi\n")
            ```

            _LLB: no op; input -1_

        "#]],
        );
        check(
            "bk.cache('/c', { sha$0ring = 'locked' })",
            &expect![[r#"
            `sharing`
            ```lua
            (CacheOptions) sharing?: "shared" | "private" | "locked"
            ```

            What happens when two commands use it at a time.

            Default: `"shared"`

            - `"shared"`: Both write to it.
            - `"private"`: Each gets one of its own.
            - `"locked"`: One waits for the other.
        "#]],
        );
        check(
            "bk.cache('/c', { sharing = 'loc$0ked' })",
            &expect![[r#"
            `'locked'`
            `"locked"`: One waits for the other.
        "#]],
        );
        check(
            "local p = bk.platform('linux/arm64') print(p.ar$0ch)",
            &expect![[r#"
            `arch`
            ```lua
            platform.arch: string
            ```

            The architecture, such as `arm64`.
        "#]],
        );
        check(
            "io.op$0en('x')",
            &expect![[r#"
            `open`
            io.open is not available in build scripts (sandboxed)

            scripts see no files: use `bk.local_` and `state:copy`, or `state:mkfile` to write one
        "#]],
        );
    }

    #[test]
    fn variables_show_what_they_are() {
        check(
            "local s = bk.image('x')\n  :run('a')\nprint($0s)",
            &expect![[r#"
            `s`
            ```lua
            local s: State
            ```

            ```lua
            bk.image('x')
              :run('a')
            ```
        "#]],
        );
        check(
            "-- Builds it.\n---@param base State\nlocal function build(base, n) return base:run('x') end\nbui$0ld(1)",
            &expect![[r#"
                `build`
                ```lua
                local function build(base: State, n) -> State
                ```

                Builds it.
            "#]],
        );
        check(
            "local function f(ba$0se) return 1 end\nf(bk.scratch())",
            &expect![[r#"
            `base`
            ```lua
            (parameter) base: State
            ```
        "#]],
        );
        check(
            "local list = { bk.scratch() } print(li$0st)",
            &expect![[r#"
            `list`
            ```lua
            local list: State[]
            ```
        "#]],
        );
        check(
            "local m = require('lib.m')\nm.ma$0ke()\n--- lib/m.lua\nlocal M = {}\n-- Makes one.\nfunction M.make(s) return bk.scratch() end\nreturn M",
            &expect![[r#"
                `make`
                ```lua
                make: function(s) -> State
                ```

                Makes one.
            "#]],
        );
        check(
            "local m = require('li$0b.m')\n--- lib/m.lua\n-- What m is for.\nreturn {}",
            &expect![[r#"
            `'lib.m'`
            module `lib/m.lua`

            What m is for.
        "#]],
        );
        check("local x = 1 -- not$0hing", &expect!["nothing"]);
    }
}
