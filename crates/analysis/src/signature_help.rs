//! The call around the cursor.

use crate::Script;
use crate::cursor::{CallAt, Context, Cursor, Place};
use crate::lua_library::{LuaName, lua_name, string_method};
use crate::slot::Slot;
use crate::types::{Foreign, Kind, Types, doc_above, param_doc, parsed};
use luakit_api::modules::{Loader, is_test_name};
use luakit_api::render::{field_markdown, options_markdown, param};
use luakit_api::{EXPECTATIONS, Function, TEST_FUNCTIONS, TestName, Ty};
use luakit_diagnostics::TextRange;

/// The call around the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureHelp {
    pub label: String,
    pub documentation: String,
    /// The byte range of each parameter in `label`, with its documentation.
    pub parameters: Vec<(TextRange, String)>,
    pub active: Option<usize>,
}

/// Returns the call that an offset is in the arguments of.
pub fn signature_help(script: &Script, offset: usize, loader: Option<&dyn Loader>) -> Option<SignatureHelp> {
    let cursor = Cursor::new(script, offset);
    if cursor.context == Context::Comment && cursor.is_in_comment(offset) {
        return None;
    }
    let call = cursor.enclosing_call(offset)?;
    let types = Types::infer(script, loader);
    let helper = Helper { script, cursor: &cursor, types: &types, call: &call };
    if let Some(function) = cursor.function_ending(&types, call.callee) {
        return Some(helper.of_function(function));
    }
    helper.of_script().or_else(|| helper.of_library()).or_else(|| helper.of_tests())
}

struct Helper<'h, 'a> {
    script: &'a Script,
    cursor: &'h Cursor<'a>,
    types: &'h Types<'a>,
    call: &'h CallAt,
}

impl Helper<'_, '_> {
    fn of_function(&self, function: &'static Function) -> SignatureHelp {
        let params = function.params.iter().map(param).collect();
        let result = match function.returns {
            Ty::Nil => String::new(),
            ty => format!(" -> {}", ty.display()),
        };
        let argument = self.cursor.argument(function, self.call);
        let mut help = written(&function.script_name(), params, &result, function.doc.into(), argument);
        for (slot, param) in help.parameters.iter_mut().zip(function.params) {
            slot.1 = param.doc.into();
        }
        if let Some(told) = self.option(function)
            && let Some(slot) = help.active.and_then(|active| help.parameters.get_mut(active))
        {
            slot.1 = told;
        }
        help
    }

    /// Tells of the option that the cursor is in, or of all of them where another begins.
    fn option(&self, function: &'static Function) -> Option<String> {
        let place = match &self.cursor.context {
            Context::Expression(place) | Context::InString { place, .. } => place,
            _ => return None,
        };
        let (call, path, key) = match place {
            Place::Argument { call, path } => (call, path, false),
            Place::Key { call, path, .. } => (call, path, true),
            Place::Unknown => return None,
        };
        if call.callee != self.call.callee {
            return None;
        }
        let slot = Slot::of(function, self.cursor.argument(function, call), path)?;
        let word = self.script.text(self.cursor.word);
        let typed = if key { slot.key(word) } else { Some(slot) };
        if let Some((options, field)) = typed.and_then(|slot| slot.field) {
            return Some(field_markdown(field, options));
        }
        let options = slot.ty.options().into_iter().next().filter(|_| key)?;
        Some(format!("{}\n\n**{}**\n{}", slot.param.doc, options.name, options_markdown(options)))
    }

    /// Tells of a function of the project.
    fn of_script(&self) -> Option<SignatureHelp> {
        let ty = self.cursor.type_ending(self.types, self.call.callee);
        let name = self.cursor.text(self.call.callee);
        let (params, result, doc, param_docs, own) = match ty.kind()? {
            Kind::Func(func) => {
                let start = self.script.tree.func(func).range.start;
                let result = self.types.result(self.types.result_of(ty));
                let params = self.types.params(func);
                let docs = param_docs(self.script, start, &params);
                (params, result, doc_above(self.script, start), docs, self.script.tree.func(func).method)
            }
            Kind::Foreign(id) => match self.types.foreign.get(id)? {
                Foreign::Func { params, returns, doc, file, range } => {
                    let script = parsed(file);
                    let result = self.types.result(returns.first().copied()?);
                    let docs = param_docs(&script, range.start, params);
                    let own = script.tree.funcs.iter().any(|func| func.range == *range && func.method);
                    (params.clone(), result, doc.clone(), docs, own)
                }
                Foreign::Table { .. } => return None,
            },
            _ => return None,
        };
        // `M.f(M, x)` gives what `M:f(x)` gives unseen, and the other way round.
        let argument = match (own, self.cursor.is_method_call(self.call.callee)) {
            (true, false) => self.call.argument.checked_sub(1).unwrap_or(usize::MAX),
            (false, true) => self.call.argument + 1,
            _ => self.call.argument,
        };
        let mut help = written(name, params, &result, doc, argument);
        for (slot, doc) in help.parameters.iter_mut().zip(param_docs) {
            slot.1 = doc;
        }
        Some(help)
    }

    /// Tells of a function of Lua's libraries.
    fn of_library(&self) -> Option<SignatureHelp> {
        let (cursor, callee) = (self.cursor, self.call.callee);
        let name = cursor.text(callee);
        let before = callee.checked_sub(1).map_or("", |at| cursor.text(at));
        match before {
            ":" => {
                let receiver = callee.checked_sub(2)?;
                let of_string = cursor.type_ending(self.types, receiver).kind() == Some(Kind::String);
                let found = string_method(name).filter(|_| of_string)?;
                Some(lua(found, 1, self.call.argument))
            }
            "." => {
                let library = callee.checked_sub(2).map(|at| cursor.text(at))?;
                lua_name(&format!("{library}.{name}")).map(|found| lua(found, 0, self.call.argument))
            }
            _ => lua_name(name).map(|found| lua(found, 0, self.call.argument)),
        }
    }

    /// Tells of what test files have.
    fn of_tests(&self) -> Option<SignatureHelp> {
        if !is_test_name(&self.script.file.name) {
            return None;
        }
        let (cursor, callee) = (self.cursor, self.call.callee);
        let name = cursor.text(callee);
        let before = callee.checked_sub(1).map_or("", |at| cursor.text(at));
        let found: Option<&TestName> = match before {
            ":" => EXPECTATIONS.iter().find(|it| it.name == name),
            "." => {
                let path = format!("{}.{name}", callee.checked_sub(2).map_or("", |at| cursor.text(at)));
                TEST_FUNCTIONS.iter().find(|it| it.name == path)
            }
            _ => TEST_FUNCTIONS.iter().find(|it| it.name == name),
        };
        let found = found?;
        let params = found.params.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
        let result = if found.returns.is_empty() { String::new() } else { format!(" -> {}", found.returns) };
        Some(written(found.name, params, &result, found.doc.into(), self.call.argument))
    }
}

fn lua(found: &LuaName, skipped: usize, argument: usize) -> SignatureHelp {
    let params = found.parameters().into_iter().skip(skipped).collect();
    let result = if found.returns.is_empty() { String::new() } else { format!(" -> {}", found.returns) };
    written(found.path, params, &result, found.doc.into(), argument)
}

/// Returns what comments say of each parameter.
fn param_docs(script: &Script, start: usize, params: &[String]) -> Vec<String> {
    let name = |param: &String| param.split(':').next().unwrap_or("").trim_end_matches('?').to_owned();
    params.iter().map(|param| param_doc(script, start, &name(param)).unwrap_or_default()).collect()
}

fn written(
    name: &str,
    params: Vec<String>,
    result: &str,
    documentation: String,
    argument: usize,
) -> SignatureHelp {
    let mut label = format!("{name}(");
    let mut parameters = Vec::new();
    for (i, param) in params.iter().enumerate() {
        if i > 0 {
            label.push_str(", ");
        }
        let start = label.len();
        label.push_str(param);
        parameters.push((TextRange::new(start, label.len()), String::new()));
    }
    label.push(')');
    label.push_str(result);
    let variadic = params.last().is_some_and(|param| param.starts_with('…') || param.starts_with("..."));
    let active = match parameters.len() {
        0 => None,
        n if argument < n => Some(argument),
        n => variadic.then(|| n - 1),
    };
    SignatureHelp { label, documentation, parameters, active }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Files, cursor};
    use expect_test::{Expect, expect};

    /// Shows the label with the active parameter between `<` and `>`.
    #[track_caller]
    fn check(fixture: &str, expected: &str) {
        let (text, offset) = cursor(fixture);
        let (script, files) = Files::fixture(&text);
        let shown = match signature_help(&script, offset, Some(&files)) {
            None => "nothing".into(),
            Some(help) => {
                let mut label = help.label.clone();
                if let Some((range, _)) = help.active.and_then(|active| help.parameters.get(active)) {
                    label.insert(range.end, '>');
                    label.insert(range.start, '<');
                }
                label
            }
        };
        assert_eq!(shown, expected);
    }

    #[test]
    fn the_active_parameter_is_where_the_cursor_is() {
        check("bk.cache($0", "bk.cache(<dest: string>, opts?: CacheOptions) -> Mount");
        check("bk.cache('/c', $0)", "bk.cache(dest: string, <opts?: CacheOptions>) -> Mount");
        check("bk.cache('/c', { sharing = '$0' })", "bk.cache(dest: string, <opts?: CacheOptions>) -> Mount");
        check("bk.merge(a, b, $0", "bk.merge(<…: State>) -> State");
        check(
            "local s = bk.scratch()\ns:run(f(1, 2), $0",
            "state:run(cmd: Command, <opts?: RunOptions>) -> State",
        );
        check("bk.scratch()$0", "nothing");
        check("-- bk.cache($0", "nothing");
    }

    #[test]
    fn functions_of_the_script_and_its_modules_count_too() {
        check(
            "local function f(a, b) return a:run('x') end\nf(bk.scratch(), $0)",
            "f(a: State, <b>) -> State",
        );
        check(
            "local m = require('lib.m')\nm.make($0\n--- lib/m.lua\nreturn { make = function(x, ...) return bk.ssh() end }",
            "make(<x>, ...) -> Mount",
        );
    }

    /// Shows the documentation of the active parameter, its first lines.
    #[track_caller]
    fn check_active(fixture: &str, expected: &Expect) {
        let (text, offset) = cursor(fixture);
        let (script, files) = Files::fixture(&text);
        let help = signature_help(&script, offset, Some(&files));
        let told = help.and_then(|help| Some(help.parameters.get(help.active?)?.1.clone()));
        let told = told.unwrap_or("nothing".into());
        expected.assert_eq(&told.lines().take(8).collect::<Vec<_>>().join("\n"));
    }

    #[test]
    fn the_option_that_the_cursor_is_in_is_explained() {
        check_active(
            "bk.cache('/c', { id = 'x', sharing = '$0' })",
            &expect![[r#"
            ```lua
            (CacheOptions) sharing?: "shared" | "private" | "locked"
            ```

            What happens when two commands use it at a time.

            Default: `"shared"`
        "#]],
        );
        check_active(
            "bk.cache('/c', { id = 'x', sha$0ring = 'locked' })",
            &expect![[r#"
            ```lua
            (CacheOptions) sharing?: "shared" | "private" | "locked"
            ```

            What happens when two commands use it at a time.

            Default: `"shared"`
        "#]],
        );
        check_active(
            "bk.cache('/c', { $0",
            &expect![[r#"
            Which cache it is and who may use it.

            **CacheOptions**

            - `id`: `string`. The name of the cache; equal names are the same cache. Default: `the cleaned dest`.
            - `sharing`: `"shared" | "private" | "locked"`. What happens when two commands use it at a time. Default: `"shared"`.
            - `source`: `State`. What a new cache starts from. Default: `an empty directory`.
            - `readonly`: `boolean`. Whether the command may only read it. Default: `false`."#]],
        );
        check_active(
            "bk.export(s, { healthcheck = { interval = $0",
            &expect![[r#"
            ```lua
            (HealthcheckOptions) interval?: Duration
            ```

            The time between two checks.

            `Duration`: Seconds, or a string such as `"1m30s"` (ns, us, ms, s, m, h)."#]],
        );
        check_active("bk.cache($0)", &expect!["Where the cache is mounted."]);
        check_active(
            "---@param s State what is built\n---@param tag string how it is called\nlocal function f(s, tag) end\nf(x, $0)",
            &expect!["how it is called"],
        );
        check_active(
            "local m = require('lib.m')\nm.make($0)\n--- lib/m.lua\nlocal M = {}\n---@param s State the base\nfunction M.make(s) end\nreturn M",
            &expect!["the base"],
        );
    }

    #[test]
    fn nested_and_half_typed_calls_are_told_apart() {
        check("bk.export(bk.image($0", "bk.image(<identifier: string>, opts?: ImageOptions) -> State");
        check("bk.export(bk.image('x'), $0", "bk.export(state: State, <config?: ExportOptions>)");
        check(
            "local s = bk.scratch()\ns:run('x', { mounts = { bk.cache('/c', $0 } })",
            "bk.cache(dest: string, <opts?: CacheOptions>) -> Mount",
        );
        check(
            "local s = bk.scratch()\ns:run('x', { mounts = { bk.cache('/c'), $0 } })",
            "state:run(cmd: Command, <opts?: RunOptions>) -> State",
        );
        check("bk.merge(a, $0)", "bk.merge(<…: State>) -> State");
        check("bk.image 'al$0'", "bk.image(<identifier: string>, opts?: ImageOptions) -> State");
        check("bk.image 'al$0", "bk.image(<identifier: string>, opts?: ImageOptions) -> State");
        check("bk.image [[al$0]]", "bk.image(<identifier: string>, opts?: ImageOptions) -> State");
        check("bk.image 'al'$0", "nothing");
        check("local s = 'al$0'", "nothing");
        check("bk.image('al$0')", "bk.image(<identifier: string>, opts?: ImageOptions) -> State");
        check("bk.ssh { $0 }", "bk.ssh(<opts?: SshOptions>) -> Mount");
        check(
            "bk.scratch():files(function(f) f:mkdir($0) end)",
            "f:mkdir(<path: string>, opts?: MkdirOptions) -> Files",
        );
        check("bk.scratch():files(function(f) $0 end)", "nothing");
    }

    #[test]
    fn methods_pass_what_they_are_called_on() {
        let script = "local M = {}\nfunction M:build(name, tag) end\nfunction M.make(self, name) end\n";
        check(&format!("{script}M:build($0)"), "build(<name>, tag)");
        check(&format!("{script}M.build(M, $0)"), "build(<name>, tag)");
        check(&format!("{script}M:make($0)"), "make(self: table, <name>)");
        check(
            "local s = bk.scratch()\ns.run(s, $0)",
            "state:run(<cmd: Command>, opts?: RunOptions) -> State",
        );
        check("local function f(a, ...) end\nf(1, 2, 3, $0)", "f(a: number, <...>)");
    }

    #[test]
    fn lua_s_own_functions_count_too() {
        check("string.format('x', $0)", "string.format(format: string, <...: any>) -> string");
        check("('x'):rep($0)", "string.rep(<n: number>, separator?: string) -> string");
        check("for _ in ipairs($0) do end", "ipairs(<list: table>) -> iterator");
        check("local v = os.getenv($0)", "os.getenv(<name: string>) -> string | nil");
    }
}
