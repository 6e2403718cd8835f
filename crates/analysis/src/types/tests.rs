//! What a name is, as far as the text tells: a cursor `$0` at the name, and its type.

use super::{Sure, Type, Types};
use crate::hover::local_at;
use crate::testing::{Files, cursor};

/// Checks the type of the local at the cursor; `?` behind it means that it is not certain.
#[track_caller]
fn check(fixture: &str, expected: &str) {
    let (text, offset) = cursor(fixture);
    let (script, files) = Files::fixture(&text);
    let token = script.tokens.iter().find(|token| token.range.start == offset).expect("a name at the cursor");
    let types = Types::infer(&script, Some(&files));
    let ty = local_at(&script, *token).map_or(Type::Unknown, |local| types.local(local));
    let mark = if matches!(ty, Type::Is(_, Sure::No)) { "?" } else { "" };
    assert_eq!(format!("{}{mark}", types.display(ty)), expected);
}

#[test]
fn methods_of_tables_have_their_self() {
    check("local M = {}\nfunction M:make() return bk.scratch() end\nlocal $0s = M:make()", "State");
    check(
        "local M = { base = bk.scratch() }\nfunction M:make() return self.base end\nlocal $0s = M:make()",
        "State?",
    );
    check(
        "local M = { base = bk.scratch() }\nfunction M.make(self) return self.base end\nlocal $0s = M:make()",
        "State?",
    );
}

#[test]
fn objects_find_their_methods_through_their_metatable() {
    let class = "local Go = {}\nGo.__index = Go\nfunction Go.new(v) return setmetatable({ base = bk.image(v) }, Go) end\n\
                 function Go:build() return self.base:run('x') end\n";
    check(&format!("{class}local g = Go.new('x')\nlocal $0s = g:build()"), "State?");
    check(&format!("{class}local g = Go.new('x')\nlocal $0s = g.base"), "State?");
    check(
        "local M = { make = function() return bk.scratch() end }\nlocal o = setmetatable({}, { __index = M })\nlocal $0s = o.make()",
        "State?",
    );
}

#[test]
fn one_of_two_metatables_is_enough() {
    check(
        "local A, B = { __index = { x = 1 } }, { __index = { y = 's' } }\nlocal o = {}\nif A then setmetatable(o, A) else setmetatable(o, B) end\nlocal $0s = bk.scratch()",
        "State",
    );
}

#[test]
fn parameters_are_given_what_is_passed() {
    let method = "local M = {}\nfunction M:f(a, b) local $0x = b end\n";
    check(&format!("{method}M:f(1, bk.scratch())"), "State?");
    check(&format!("{method}M.f(M, 1, bk.scratch())"), "State?");
    // What a call gives first is passed on, and the rest of it where it is the last one.
    let two = "local function two() return M, bk.scratch() end\n";
    check(&format!("{method}{two}M:f(two())"), "State?");
    check(&format!("{method}{two}M.f(M, two())"), "State?");
    check(&format!("{method}local function three() return M, 1, bk.scratch() end\nM.f(three())"), "State?");
    check("local function f(a) local $0x = a end\nlocal t = { f = f }\nt:f()", "table?");
}

#[test]
fn a_function_is_known_while_its_body_is_typed() {
    check(
        "local make = function(base)\n  local x = base.\n  local $0y = base\nend\nmake(bk.scratch())",
        "State",
    );
}

#[test]
fn functions_give_several_values() {
    check("local function f() return 1, bk.scratch() end\nlocal n, $0s = f()", "State");
    check(
        "local function f() return bk.scratch(), 'x' end\nlocal function g() return f() end\nlocal s, $0n = g()",
        "string",
    );
    check("local a, $0b = 'x', bk.scratch()", "State");
    check("local ok, $0s = pcall(function() return bk.scratch() end)", "State?");
    check("local function f() return bk.scratch() end\nlocal ok, $0s = pcall(f)", "State?");
    check("local $0ok = pcall(error, 'x')", "boolean");
    check("local function f(...)\n  local $0n = select('#', ...)\nend", "number");
    check("local t = { bk.scratch() }\nlocal a, $0b = unpack(t)", "State?");
    check("local $0n, count = ('x'):gsub('a', 'b')", "string");
    check("local n, $0count = ('x'):gsub('a', 'b')", "number");
}

#[test]
fn defaults_keep_what_is_known() {
    check("local function f(opts)\n  opts = opts or {}\n  return $0opts\nend\nf({ a = 1 })", "table?");
    check("local function f(s)\n  local $0t = s or bk.scratch()\nend\nf(nil)", "State?");
    check("local function f(s)\n  local $0t = s or bk.scratch()\nend\nf(bk.image('x'))", "State");
    check("local function f(v)\n  local $0t = v or '1.22'\nend\nf()", "string?");
    check("local $0v = os.getenv('V') or 'dev'", "string?");
    check("local $0v = bk.arg('V', 'dev')", "string?");
    check("local $0v = bk.arg('V', 1)", "number?");
    check("local $0v = bk.arg('V', true)", "boolean?");
}

#[test]
fn lists_have_elements() {
    check("local l = {}\ntable.insert(l, bk.scratch())\nfor _, $0s in ipairs(l) do end", "State");
    check("local l = {}\nl[#l + 1] = bk.scratch()\nfor _, $0s in ipairs(l) do end", "State");
    check("local l = { a = bk.scratch(), b = bk.image('x') }\nfor k, $0s in pairs(l) do end", "State?");
    check("local l = { a = bk.scratch() }\nfor $0k, s in pairs(l) do end", "string?");
    check("for $0i, s in ipairs({ 'x' }) do end", "number");
    check("for _, $0p in ipairs({ 'linux/amd64' }) do end", "string");
    check("for _, $0p in ipairs(('a,b'):split(',')) do end", "string?");
    check("for _, $0p in ('a,b'):split(',') do end", "string?");
    check("for _, $0s in next, { bk.scratch() } do end", "State");
    check("local function all() return { bk.scratch() } end\nfor _, $0s in all() do end", "State");
    check("for _, s in ipairs({ { base = bk.scratch() } }) do\n  local $0b = s.base\nend", "State");
    check(
        "for _, s in ipairs({ { base = bk.scratch() }, { base = bk.image('x') } }) do\n  local $0b = s.base\nend",
        "State?",
    );
    check("local $0n = #{ 1, 2 }", "number?");
    check("local $0s = ({ bk.scratch() })[1]", "State?");
    check(
        "local m = require('m')\nfor _, $0s in ipairs(m.all) do end\n--- m.lua\nreturn { all = { bk.scratch() } }",
        "State",
    );
    check(
        "local m = require('m')\nfor _, $0s in ipairs(m.all()) do end\n--- m.lua\nlocal M = {}\nfunction M.all()\n  local l = {}\n  for i = 1, 3 do table.insert(l, bk.image('x')) end\n  return l\nend\nreturn M",
        "State",
    );
}

#[test]
fn nested_tables_keep_their_states() {
    check("local t = { stages = { build = bk.scratch() } }\nlocal $0s = t.stages.build", "State");
    check("local t = { stages = {} }\nt.stages.build = bk.scratch()\nlocal $0s = t.stages.build", "State");
    check(
        "local t = { stages = {} }\nt.stages['build'] = bk.scratch()\nlocal $0s = t['stages'].build",
        "State",
    );
    check("local function f() return { base = bk.scratch() } end\nlocal $0s = f().base", "State");
    check("local t = table.clone({ base = bk.scratch() })\nlocal $0s = t.base", "State?");
}

#[test]
fn closures_see_what_is_around_them() {
    check("local base = bk.scratch()\nlocal function f() return base:run('x') end\nlocal $0s = f()", "State");
    check(
        "local function maker(s) return function() return s end end\nlocal f = maker(bk.scratch())\nlocal $0s = f()",
        "State",
    );
    check(
        "local function map(l, f)\n  local out = {}\n  for i, x in ipairs(l) do out[i] = f(x) end\n  return out\nend\nlocal l = map({ 'a' }, function(n) return bk.image(n) end)\nfor _, $0s in ipairs(l) do end",
        "State",
    );
}

#[test]
fn comments_declare_types() {
    check(
        "---@param list State[]\nlocal function f(list)\n  for _, $0s in ipairs(list) do end\nend",
        "State",
    );
    check("---@param s State|nil\nlocal function f($0s) end", "State?");
    check("---@param s? State\nlocal function f($0s) end", "State?");
    check("---@param opts? table\nlocal function f($0opts) end", "unknown");
    check("---@type State\nlocal $0s = make()", "State");
    check("---@type State[]\nlocal l = make()\nlocal $0s = l[1]", "State?");
    check(
        "---@class Opts\n---@field base State\n\n---@param o Opts\nlocal function f(o)\n  local $0s = o.base\nend",
        "State?",
    );
    check(
        "---@class Opts\n---@field bases State[]\n\n---@param o Opts\nlocal function f(o)\n  for _, $0s in ipairs(o.bases) do end\nend",
        "State?",
    );
    check(
        "---@param o { base: State, name?: string }\nlocal function f(o)\n  local $0s = o.base\nend",
        "State?",
    );
    check(
        "---@param f fun(s: State): State\nlocal function g(f)\n  local $0s = f(bk.scratch())\nend",
        "State?",
    );
    check("---@return fun(s: State): State\nlocal function g() end\nlocal $0s = g()(bk.scratch())", "State?");
    check("---@return State, string\nlocal function g() end\nlocal s, $0n = g()", "string");
    check(
        "---@return State base\n---@return Mount cache\nlocal function g() end\nlocal s, $0m = g()",
        "Mount",
    );
    check("---@type table<string, State>\nlocal t = make()\nlocal $0s = t.x", "State?");
    check("---@alias Base State\n\n---@param b Base\nlocal function f($0b) end", "State");
    check(
        "local m = require('m')\nlocal $0s = m.make({}).base\n--- m.lua\n---@class Out\n---@field base State\nlocal M = {}\n---@return Out\nfunction M.make(o) end\nreturn M",
        "State?",
    );
}

#[test]
fn luau_annotates_types() {
    check("local function f(s: State, n: number): State return s end\nlocal $0s = f()", "State");
    check("local $0s: State = make()", "State");
    check("local function f($0s: State?) end", "State?");
    check("local function f($0l: { State }) end", "State[]");
    check("local $0s = make() :: State", "State");
    check("type Opts = { base: State }\nlocal function f(o: Opts)\n  local $0s = o.base\nend", "State?");
}
