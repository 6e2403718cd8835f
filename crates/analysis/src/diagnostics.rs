//! The static findings: what is wrong with a script that can be seen without running it.
//!
//! Each kind has a file. What a call is given is checked by the API's own validator, which the evaluator runs too, so
//! both say the same.

mod arguments;
mod deprecated;
mod exports;
mod guarded;
mod members;
mod modes;
mod names;
mod requires;
mod sandbox;
mod shadowed_bk;
mod unused_argument;
mod unused_names;
mod unused_state;

pub(crate) use exports::is_entry;

use crate::Script;
use crate::tree::{Call, ExprId};
use crate::types::Types;
use guarded::Guarded;
use luakit_api::modules::Loader;
use luakit_diagnostics::{Code, Diagnostic, Edit, Fix, Layer, Place, TextRange, sort};
use std::collections::HashSet;

/// What every check reads.
struct Checker<'t, 'a> {
    script: &'a Script,
    types: &'t Types<'a>,
    loader: Option<&'t dyn Loader>,
    /// What may raise errors because the script catches them.
    guarded: Guarded,
    found: Vec<Diagnostic>,
}

/// Returns the static findings. `loader` resolves `require`; without one, modules are not looked for.
pub fn diagnostics(script: &Script, loader: Option<&dyn Loader>) -> Vec<Diagnostic> {
    let mut found = script.syntax_errors();
    let types = Types::infer(script, loader);
    let guarded = Guarded::of(script, &types);
    let mut checker = Checker { script, types: &types, loader, guarded, found: Vec::new() };
    for (id, call) in script.tree.calls() {
        if !checker.guarded.is_call(script, id) {
            checker.call(id, call);
        }
    }
    checker.requires();
    checker.members();
    checker.deprecated();
    // What is missing may be in the part that could not be read.
    if found.is_empty() {
        checker.unused_states();
        checker.exports();
        checker.names();
        checker.shadowed_bk();
        checker.unused_names();
    }
    // Of a broken line only what is broken is certain.
    let line = |finding: &Diagnostic| script.file.lines.line(finding.place.range.start);
    let broken: HashSet<usize> = found.iter().map(line).collect();
    found.extend(checker.found.into_iter().filter(|finding| !broken.contains(&line(finding))));
    sort(&mut found);
    found
}

impl<'a> Checker<'_, 'a> {
    fn call(&mut self, id: ExprId, call: &'a Call) {
        self.sandboxed(call);
        self.member_call(call);
        self.arguments(id, call);
    }

    fn finding(&self, code: Code, range: TextRange, message: impl Into<String>) -> Diagnostic {
        let place = Place { file: self.script.file.clone(), range };
        Diagnostic::new(code, Layer::Static, place, message)
    }

    /// Returns the symbol right before a token, such as the `.` of `bk.image`.
    fn symbol_before(&self, offset: usize) -> Option<TextRange> {
        Some(self.script.tokens_before(offset).next()?.range)
    }
}

/// Makes a fix that is not applied unasked.
fn suggestion(title: impl Into<String>, range: TextRange, text: impl Into<String>) -> Fix {
    Fix { title: title.into(), edits: vec![Edit { range, text: text.into() }], safe: false }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Files, cases, check_findings, script};
    use luakit_diagnostics::Severity;

    /// The headers of a sample case.
    fn headers<'a>(text: &'a str, key: &str) -> Vec<&'a str> {
        let prefix = format!("-- @{key}");
        text.lines().filter_map(|line| line.strip_prefix(&prefix)).map(str::trim).collect()
    }

    #[test]
    fn the_sample_cases_are_judged_right() {
        let files = Files::beside_cases();
        for (name, text) in cases() {
            let script = script(&text);
            let mut found = diagnostics(&script, Some(&files));
            found.retain(|finding| finding.severity != Severity::Hint);
            let messages: Vec<&str> = found.iter().map(|finding| finding.message.as_str()).collect();
            if headers(&text, "expect") != ["error"] {
                assert!(found.is_empty(), "{name}: {messages:?}");
                continue;
            }
            if headers(&text, "static") != ["yes"] {
                assert!(found.iter().all(|finding| !finding.is_error()), "{name}: {messages:?}");
                continue;
            }
            // Arguments in the wrong order are more than one wrong argument.
            let most = if name.contains("copy_arguments") { 2 } else { 1 };
            assert!((1..=most).contains(&found.len()), "{name}: {messages:?}");
            let finding = &found[0];
            for underline in headers(&text, "underline") {
                assert_eq!(script.file.slice(finding.place.range), underline, "{name}");
            }
            let said = format!("{} {}", finding.message, finding.hints.join(" "));
            for part in headers(&text, "error-has") {
                assert!(said.contains(part), "{name}: {said} lacks {part}");
            }
            for part in headers(&text, "suggest") {
                let fixes = finding.fixes.iter().any(|fix| fix.title.contains(part.trim_matches('\'')));
                assert!(fixes, "{name}: {finding:#?} does not suggest {part}");
            }
        }
    }

    #[test]
    fn members_are_looked_up_by_what_the_object_is() {
        check_findings(
            r#"
local base = bk.imgae("alpine:3.19")
--              ^^^^^ unknown-function: unknown function `bk.imgae`, did you mean `image`?
local s = bk.image("alpine:3.19")
s = s:run("true"):exec("x")
--                ^^^^ unknown-method: unknown method `exec` of State, did you mean `run`?
s.run("x")
--^^^ dot-call: bk.run: `run` is a method, call it with `:` as in `s:run(…)`
local ok = s.run(s, "x")
local function helper(base, list)
  base:frobnicate()
--     ^^^^^^^^^^ unknown-method: unknown method `frobnicate` of State
  for _, each in ipairs({ base, ok }) do
    each:runn("x")
--       ^^^^ unknown-method: unknown method `runn` of State, did you mean `run`?
  end
  list[1]:frobnicate()
  return base:run("make")
end
helper(s, {}):mkdri("/x")
--            ^^^^^ unknown-method: unknown method `mkdri` of State, did you mean `mkdir`?
bk:image("x")
-- ^^^^^ wrong-type: bk.image: `image` is a function, call it with `.` as in `bk.image(…)`
bk.export(s)
"#,
        );
    }

    #[test]
    fn nothing_is_said_of_what_is_not_known() {
        check_findings(
            r#"
local bk2 = bk
local function f(bk) return bk.anything(1) end
--               ^^ shadowed-bk: the parameter `bk` hides the API in this function
local x = os.getenv("X")
local s = x and bk.image(x) or nil
s = s or {}
s:whatever()
local t = setmetatable({}, { __index = function() return f end })
t.a(1):b()
local ok, err = pcall(function() return bk.image("") end)
local function bad() return bk.imgae("x") end
pcall(bad)
pcall(bk.image, "")
local function fails(f) local ok, err = pcall(f) return not ok and err end
assert(fails(function() bk.image("") end))
assert(fails(function() bk.imgae("x") end))
local shared = { netwrok = "none" }
clean(shared)
bk.scratch():run("x", shared)
--           ^^^ unused-state: the state that `state:run` returns is not used
function clean(t) t.netwrok = nil end
local lent, spread = { netwrok = "none" }, { netwrok = "none" }
t.helper:clean(lent)
local function wipe(...) clean(...) end
wipe(spread)
print(bk.scratch():run("x", lent), bk.scratch():run("x", spread))
local opts = { cwd = "/" }
opts.netwrok = nil
bk2.image("a", ...)
--  ^^^^^ unused-state: the state that `bk.image` returns is not used
local args = { "a", { platform = "linux/arm64" } }
local y = bk.image(unpack(args)):copy(f(), f())
if os.execute then print("no") end
bk.helper = function() return 1 end
print(bk.helper(), #y)
function make(n) return n == 0 and bk.scratch() or make(n - 1) end
bk.export(make(3))
"#,
        );
    }

    #[test]
    fn arguments_are_checked_as_at_run_time() {
        check_findings(
            r#"
local v = "1.22"
local s = bk.image("golang:" .. v, { platfrm = "linux/arm64" })
--                                   ^^^^^^^ unknown-option: bk.image: unknown option `platfrm` in `ImageOptions`, did you mean `platform`?
s = s:run()
--    ^^^ missing-argument: bk.run: command argument required (string or table)
s = s:copy("a", "b", s)
--         ^^^ wrong-type: bk.copy: first argument must be a state, got string
--                   ^ wrong-type: bk.copy: dest must be a string, got state
s = s:run("x", { mounts = { s, bk.cache("/c") } })
--                          ^ wrong-type: bk.run: mounts[1] must be a mount object, got state
s = s:mkdir("/x", { mode = 0755 })
--                         ^^^^ octal-mode: bk.mkdir: mode 755 is taken as "0755"; Lua numbers are decimal, write a string
s = s:mkdir("/x", { mode = 0400 })
--                         ^^^^ octal-mode: bk.mkdir: mode 400 could be octal or decimal, write a string like "0400"
s = s:mkdir("/x", { mode = 007 })
--                         ^^^ octal-mode: bk.mkdir: mode 007 is a decimal number in Lua, write the string "007"
local opts = { netwrok = "none" }
s = s:run("x", opts)
--             ^^^^ unknown-option: bk.run: unknown option `netwrok` in `RunOptions`, did you mean `network`?
local m = bk.merge(s)
--           ^^^^^ missing-argument: bk.merge: requires at least 2 states, got 1
m = bk.merge(unpack({ s }))
s = s:run("x", nil)
local n = bk.scratch("x")
--                   ^^^ surplus-argument: bk.scratch: accepts no arguments
bk.export(bk.diff(m, n), { entrypoint = "sh" })
--                                      ^^^^ wrong-type: bk.export: entrypoint must be a list of strings, got string
"#,
        );
    }

    #[test]
    fn blocked_names_modules_and_exports() {
        check_findings(
            r#"
local m = require("lib.m")
local n = require("lib.n")
--                ^^^^^^^ unresolved-require: require: module `lib.n` not found
os.execute("x")
--^^^^^^^^^^ sandboxed: os.execute is not available in build scripts (sandboxed)
-- the underline is the whole name
m.state:exec()
--      ^^^^ unknown-method: unknown method `exec` of State, did you mean `run`?
m.make():exec()
--       ^^^^ unknown-method: unknown method `exec` of State, did you mean `run`?
bk.export(m.make())
bk.export(m.state)
-- ^^^^^^ duplicate-export: bk.export: already called once, at build.lua:8
--- lib/m.lua
local M = {}
M.state = bk.image("x")
function M.make() return M.state:run("x") end
return M
"#,
        );
    }

    #[test]
    fn a_script_without_an_export_is_told_so() {
        check_findings(
            r#"
local s = bk.image("x")
s:run("make")
--^^^ unused-state: the state that `state:run` returns is not used
print(s)
--^^^^^^^^ missing-export: no bk.export() call — nothing to build
"#,
        );
    }

    #[test]
    fn a_misspelt_export_is_one_mistake() {
        check_findings(
            r#"
local s = bk.image("x")
bk.exprot(s)
-- ^^^^^^ unknown-function: unknown function `bk.exprot`, did you mean `export`?
"#,
        );
        check_findings(
            r#"
bk.targt("x", bk.image("x"))
-- ^^^^^ unknown-function: unknown function `bk.targt`, did you mean `target`?
"#,
        );
    }

    #[test]
    fn what_hides_the_api_is_told() {
        check_findings(
            r#"
local bk = { image = print }
--    ^^ shadowed-bk: this `bk` hides the API where it is visible
local function f(bk) return bk(1) end
--               ^^ shadowed-bk: the parameter `bk` hides the API in this function
for _, bk in ipairs({ 1 }) do f(bk) end
--     ^^ shadowed-bk: the loop's `bk` hides the API in this loop
bk.image("x")
"#,
        );
        check_findings(
            r#"
bk = nil
--^^ shadowed-bk: `bk` is given another value: the API is gone from here on
"#,
        );
        check_findings(
            r#"
local function f(bk)
--               ^^ shadowed-bk: the parameter `bk` hides the API in this function
  bk = bk or 1
  return bk
end
print(f(2))
"#,
        );
    }

    #[test]
    fn another_name_for_the_api_hides_nothing() {
        check_findings(
            r#"
local bk = bk
local function base(bk) return bk.image("alpine:3.19") end
bk.export(base(bk))
"#,
        );
    }

    #[test]
    fn names_that_nothing_reads_are_hinted_at() {
        check_findings(
            r#"
local version = "1"
--    ^^^^^^^ unused-name: `version` is never read
local function helper() return 1 end
--             ^^^^^^ unused-name: `helper` is never read
local ok, err = pcall(error)
local first, second = 1, 2
--           ^^^^^^ unused-name: `second` is never read
local _spare, count = 0, 0
--            ^^^^^ unused-name: `count` is never read
count = 1
print(err, first)
for i, name in ipairs({}) do print(name) end
local function each(a, b) return b end
print(each)
"#,
        );
    }

    #[test]
    fn arguments_that_are_asked_for_and_thrown_away_are_found() {
        check_findings(
            r#"
bk.arg("VERSION")
-- ^^^ unused-argument: the value that `bk.arg` returns is not used
bk.arg("JOBS", 4, { description = "how many at a time" })
-- ^^^ unused-argument: the value that `bk.arg` returns is not used
os.getenv("VERSION")
-- ^^^^^^ unused-argument: the value that `os.getenv` returns is not used
local arg = bk.arg
  arg("VERSION")
--^^^ unused-argument: the value that `arg` returns is not used
bk.export(bk.scratch())
"#,
        );
        check_findings(
            r#"
bk.arg("TOKEN", nil, { required = true })
bk.arg("MODE", "dev", { choices = { "dev", "prod" } })
bk.arg("JOBS", nil, { ["type"] = "number" })
local options = {}
bk.arg("NAME", nil, options)
print(bk.arg("SHOWN"))
pcall(function() bk.arg("CAUGHT") end)
bk.export(bk.scratch())
"#,
        );
    }

    #[test]
    fn misspelt_names_are_found() {
        check_findings(
            r#"
local base = kb.image("x")
--           ^^ unknown-name: `kb` is not defined, did you mean `bk`?
if DEBUG then print(base) end
helper = function() return base end
bk.export(helper())
"#,
        );
        // A local that is assigned in one function is no global for the others.
        check_findings(
            r#"
local function f() local stage stage = bk.scratch() return stage end
bk.export(f())
print(stage.x)
--    ^^^^^ unknown-name: `stage` is not defined
"#,
        );
    }

    #[test]
    fn our_own_scripts_have_no_findings() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
        for folder in ["examples", "crates/api/prelude"] {
            for entry in std::fs::read_dir(format!("{root}/{folder}")).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_some_and(|extension| extension == "lua") {
                    let script = script(&std::fs::read_to_string(&path).unwrap());
                    let found = diagnostics(&script, None);
                    let errors = found.iter().filter(|finding| finding.code != Code::MISSING_EXPORT);
                    assert_eq!(errors.count(), 0, "{}: {found:#?}", path.display());
                }
            }
        }
    }

    #[test]
    fn valid_scripts_of_many_styles_are_left_in_peace() {
        check_findings(
            r##"
local Builder = {}
Builder.__index = Builder
function Builder.new(base) return setmetatable({ state = base, steps = {} }, Builder) end
function Builder:run(cmd, opts)
  self.state = self.state:run(cmd, opts)
  self.steps[#self.steps + 1] = cmd
  return self
end
function Builder:finish(config) bk.export(self.state, config) end
local mounts = {}
for _, dir in ipairs({ "/a", "/b" }) do table.insert(mounts, bk.cache(dir)) end
for name, dest in pairs({ npm = "/root/.npm" }) do mounts[#mounts + 1] = bk.secret(dest, { id = name }) end
local function with(t, extra)
  local out = {}
  for k, v in pairs(t) do out[k] = v end
  for k, v in pairs(extra or {}) do out[k] = v end
  return out
end
local defaults = { cwd = "/src", env = { A = 1 } }
local debug_build = os.getenv("DEBUG") == "1"
local base = debug_build and bk.image("golang:1.22") or bk.scratch()
local platform = bk.platform("linux", "arm64")
local arm = bk.image("alpine", { platform = platform, resolve = debug_build and "always" or "default" })
local cmd = { "sh", "-c" }
cmd[#cmd + 1] = "make " .. platform.arch
local states = {}
for i, v in ipairs({ "3.18", "3.19" }) do states[i] = bk.image("alpine:" .. v):run(cmd, with(defaults, { mounts = mounts })) end
local merged = bk.merge(arm, unpack(states))
local select_state = ({ a = arm, b = base })[os.getenv("WHICH") or "a"]
local opts = { mode = "0755", make_parents = true }
opts.owner = { user = "app" }
merged = merged:mkdir("/x", opts):copy(select_state, "/etc", "/etc", nil)
local later
local function init() later = base:run("x") end
init()
local n = 0
while n < 3 do n += 1 later = later:run(`step {n}`) end
local ok, message = pcall(function() return bk.cache("/c", { sharing = "never" }) end)
assert(not ok and tostring(message):find("sharing"))
local value = (function(...) return select("#", ...) end)(1, 2)
local image, run = bk.image, later.run
later = run(image("busybox"), "true")
local t = { [1] = "a", ["b c"] = value }
t.run = function(self, x) return x end
t:run(1)
local by_type: State = later
by_type = by_type:run({ "echo", 5, "x" }, { env = { "A=1", "B=2" }, valid_exit_codes = "0..3", user = 1000 })
bk.diff(base, later):run("x")
--                   ^^^ unused-state: the state that `state:run` returns is not used
if debug_build then bk.export(later) else Builder.new(by_type):run("a"):run("b", { cwd = "/" }):finish({ cmd = { "x" }, expose = { 8080, "53/udp" } }) end
"##,
        );
    }
}
