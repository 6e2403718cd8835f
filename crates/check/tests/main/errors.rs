//! Errors keep their place on every way through Lua, and say what they mean in words for people.

use crate::support::{rendered, run, scripts as split};
use expect_test::{Expect, expect};

/// Shows what a script prints and its findings, each after the script's name.
fn check(scripts: &str, expected: &Expect) {
    let mut out = String::new();
    for (name, script) in split(scripts) {
        let run = run(&script);
        out.push_str(&format!("== {name}\n"));
        out.extend(run.output.iter().map(|printed| printed.text.as_str()));
        out.push_str(&rendered(&run));
    }
    expected.assert_eq(&out);
}

#[test]
fn what_a_script_raises_is_told_where_it_raised_it() {
    check(
        r#"
== text
local x = 1
error("no base image")
== level 2
local function check(x)
  if not x then error("x is needed", 2) end
end
check(1)
check(nil)
== no position
error("plain", 0)
== a table
error({ code = 1 })
== a table with words
error(setmetatable({}, { __tostring = function() return "in words" end }))
== nil
error(nil)
== nothing
error()
== a number
error(42)
== assert
local ok = false
assert(ok, "must be set")
== assert without words
assert(nil)
== assert of a failed call
assert(pcall(bk.image, ""))
== in a helper
local function install(base)
  error("cannot install")
end
local function build()
  install(nil)
end
build()
== in a deep recursion
local function build(s, n)
  if n == 0 then
    return s:run("")
  end
  return build(s, n - 1)
end
local function start()
  return build(bk.image("a"), 500)
end
start()
== in a deep recursion of a coroutine
local function build(s, n)
  return n == 0 and s:run("") or build(s, n - 1)
end
local step = coroutine.wrap(function()
  build(bk.image("a"), 500)
end)
step()
== several on a line
local function f(x) error(x) end f("a") f("b")
== with a traceback in it
error("a\nb\nc")
== unknown escape
error("\27[31mred\27[0m")
"#,
        &expect![[r#"
            == text
            build.lua:2:1: no base image [runtime-error]
             2 | error("no base image")
               | ^^^^^
            == level 2
            build.lua:5:1: x is needed [runtime-error]
             5 | check(nil)
               | ^^^^^^^^^^
            == no position
            build.lua:1:1: plain [runtime-error]
             1 | error("plain", 0)
               | ^^^^^
            == a table
            build.lua:1:1: error raised with a table [runtime-error]
             1 | error({ code = 1 })
               | ^^^^^
            == a table with words
            build.lua:1:1: in words [runtime-error]
             1 | error(setmetatable({}, { __tostring = function() return "in words" end }))
               | ^^^^^
            == nil
            build.lua:1:1: error raised with nil [runtime-error]
             1 | error(nil)
               | ^^^^^
            == nothing
            build.lua:1:1: error raised with nil [runtime-error]
             1 | error()
               | ^^^^^
            == a number
            build.lua:1:1: 42 [runtime-error]
             1 | error(42)
               | ^^^^^
            == assert
            build.lua:2:1: must be set [runtime-error]
             2 | assert(ok, "must be set")
               | ^^^^^^
            == assert without words
            build.lua:1:1: assertion failed! [runtime-error]
             1 | assert(nil)
               | ^^^^^^
            == assert of a failed call
            build.lua:1:8: bk.image: identifier must not be empty [invalid-value]
             1 | assert(pcall(bk.image, ""))
               |        ^^^^^
            == in a helper
            build.lua:2:3: cannot install [runtime-error]
             2 |   error("cannot install")
               |   ^^^^^
              called from build.lua:5:3
              called from build.lua:7:1
            == in a deep recursion
            build.lua:3:18: bk.run: command argument must not be empty [invalid-value]
             3 |     return s:run("")
               |                  ^^
              called from build.lua:5:10
              called from build.lua:8:10
              called from build.lua:10:1
            build.lua:10:1: no bk.export() call — nothing to build [missing-export]
             10 | start()
                | ^^^^^^^
            hint: end the script with `bk.export(state)`, where `state` is what is to be built
            == in a deep recursion of a coroutine
            build.lua:2:27: bk.run: command argument must not be empty [invalid-value]
             2 |   return n == 0 and s:run("") or build(s, n - 1)
               |                           ^^
              called from build.lua:2:34
              called from build.lua:5:3
              called from build.lua:7:1
            build.lua:7:1: no bk.export() call — nothing to build [missing-export]
             7 | step()
               | ^^^^^^
            hint: end the script with `bk.export(state)`, where `state` is what is to be built
            == several on a line
            build.lua:1:21: a [runtime-error]
             1 | local function f(x) error(x) end f("a") f("b")
               |                     ^^^^^
              called from build.lua:1:34
            == with a traceback in it
            build.lua:1:1: a
            b
            c [runtime-error]
             1 | error("a\nb\nc")
               | ^^^^^
            == unknown escape
            build.lua:1:1: �[31mred�[0m [runtime-error]
             1 | error("\27[31mred\27[0m")
               | ^^^^^
        "#]],
    );
}

#[test]
fn an_error_that_was_caught_keeps_its_first_place() {
    check(
        r#"
== raised again
local ok, why = pcall(bk.image, "")
print(why)
error(why)
== raised again without a position
local ok, why = pcall(function()
  bk.image("")
end)
error(why, 0)
== with more words
local ok, why = pcall(bk.image, "")
error("building: " .. why)
== an error of Lua
local ok, why = pcall(function()
  local t = nil
  return t.x
end)
print(why)
error(why, 0)
== by assert
local function load()
  return bk.image("a b")
end
assert(pcall(load))
== by a handler
print(xpcall(function() bk.image("") end, function(why) return "handled " .. why end))
print(xpcall(function() local x = {} ; x.y.z = 1 end, function(why) return "handled " .. why end))
bk.export(bk.scratch())
== in a handler
print(xpcall(function() bk.image("") end, function(why) error("again") end))
bk.export(bk.scratch())
== the same twice
local function make(ref) return bk.image(ref) end
pcall(make, "")
make("")
== through a coroutine
local co = coroutine.wrap(function()
  bk.image("")
end)
local function go()
  co()
end
go()
== resumed
local co = coroutine.create(function() local x; x.y = 1 end)
print(coroutine.resume(co))
print(coroutine.resume(co))
bk.export(bk.scratch())
== through two coroutines
local inner = coroutine.wrap(function() error("deep") end)
local outer = coroutine.wrap(function() inner() end)
outer()
== a dead coroutine
local co = coroutine.wrap(function() end)
co()
co()
"#,
        &expect![[r#"
            == raised again
            build.lua:1:17: bk.image: identifier must not be empty
            build.lua:1:17: bk.image: identifier must not be empty [invalid-value]
             1 | local ok, why = pcall(bk.image, "")
               |                 ^^^^^
            == raised again without a position
            build.lua:2:12: bk.image: identifier must not be empty [invalid-value]
             2 |   bk.image("")
               |            ^^
              called from build.lua:1:17
            == with more words
            build.lua:2:1: building: build.lua:1:17: bk.image: identifier must not be empty [runtime-error]
             2 | error("building: " .. why)
               | ^^^^^
            == an error of Lua
            build.lua:3: attempt to index nil with 'x'
            build.lua:3:10: attempt to index nil with 'x': `t` [runtime-error]
             3 |   return t.x
               |          ^
              called from build.lua:1:17
            == by assert
            build.lua:2:19: bk.image: invalid reference format [invalid-op]
             2 |   return bk.image("a b")
               |                   ^^^^^
              called from build.lua:4:8
            == by a handler
            false	handled build.lua:1:34: bk.image: identifier must not be empty
            false	handled build.lua:2: attempt to index nil with 'z'
            == in a handler
            false	build.lua:1: again
            == the same twice
            build.lua:1:42: bk.image: identifier must not be empty [invalid-value]
             1 | local function make(ref) return bk.image(ref) end
               |                                          ^^^
              called from build.lua:3:1
            build.lua:3:1: no bk.export() call — nothing to build [missing-export]
             3 | make("")
               | ^^^^^^^^
            hint: end the script with `bk.export(state)`, where `state` is what is to be built
            == through a coroutine
            build.lua:2:12: bk.image: identifier must not be empty [invalid-value]
             2 |   bk.image("")
               |            ^^
              called from build.lua:5:3
              called from build.lua:7:1
            build.lua:7:1: no bk.export() call — nothing to build [missing-export]
             7 | go()
               | ^^^^
            hint: end the script with `bk.export(state)`, where `state` is what is to be built
            == resumed
            false	build.lua:1: attempt to index nil with 'y'
            false	cannot resume dead coroutine
            == through two coroutines
            build.lua:1:41: deep [runtime-error]
             1 | local inner = coroutine.wrap(function() error("deep") end)
               |                                         ^^^^^
              called from build.lua:2:41
              called from build.lua:3:1
            == a dead coroutine
            build.lua:3:1: cannot resume dead coroutine [runtime-error]
             3 | co()
               | ^^
        "#]],
    );
}

#[test]
fn errors_of_lua_are_told_at_what_they_are_about() {
    check(
        r#"
== index
local config = {}
print(config.image.tag)
== call a field
local go = {}
go.biuld("x")
== call a method
local go = {}
go:build("x")
== call in a chain
local base = bk.image("alpine")
local x = base:run("a"):run("b").nothing
== call a result
local function f() end
f()("x")
== several on a line
local a, b = print, nil
a("x"); b("y")
== arithmetic
local size = nil
local double = size * 2
== concatenation
local tag
local ref = "alpine:" .. tag
bk.image(ref)
== comparison
local n = "5"
if n > 3 then end
== for
for i = 1, nil do end
== in a callback
local names = { "b", "a" }
table.sort(names, function(a, b)
  return a.rank < b.rank
end)
== in gsub
local s = ("x"):gsub("x", function(c) return c.y.z end)
== library
local parts = table.concat({ "a", {} }, ",")
== overflow
local function f()
  return f() + 1
end
f()
== in a chunk
local chunk = loadstring("local x\nreturn x.y")
chunk()
== in a caught chunk
print(pcall(loadstring("error('inside')")))
bk.export(bk.scratch())
== a call in a chunk
loadstring("bk.image('')")()
"#,
        &expect![[r#"
            == index
            build.lua:2:7: attempt to index nil with 'tag': `config.image` [runtime-error]
             2 | print(config.image.tag)
               |       ^^^^^^^^^^^^
            == call a field
            build.lua:2:1: attempt to call a nil value: `go.biuld` [runtime-error]
             2 | go.biuld("x")
               | ^^^^^^^^
            == call a method
            build.lua:2:4: attempt to call missing method 'build' of table [runtime-error]
             2 | go:build("x")
               |    ^^^^^
            == call in a chain
            build.lua:2:34: unknown method `nothing` of State [unknown-method]
             2 | local x = base:run("a"):run("b").nothing
               |                                  ^^^^^^^
            hint: State has `run`, `copy`, `mkdir`, `mkfile`, `rm`, `symlink`, `files`, `with_env`, `with_cwd`, `with_user`, `with_platform`, `with_network`, `requires`, `mount`, `with_metadata`
            build.lua:2:1: no bk.export() call — nothing to build [missing-export]
             2 | local x = base:run("a"):run("b").nothing
               | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
            hint: end the script with `bk.export(state)`, where `state` is what is to be built
            == call a result
            build.lua:2:1: attempt to call a nil value: `f` or what it returned [runtime-error]
             2 | f()("x")
               | ^
            == several on a line
            x
            build.lua:2:9: attempt to call a nil value: `b` [runtime-error]
             2 | a("x"); b("y")
               |         ^
            == arithmetic
            build.lua:2:16: attempt to perform arithmetic (mul) on nil and number: `size` [runtime-error]
             2 | local double = size * 2
               |                ^^^^
            == concatenation
            build.lua:2:26: attempt to concatenate string with nil: `tag` [runtime-error]
             2 | local ref = "alpine:" .. tag
               |                          ^^^
            == comparison
            build.lua:2:1: attempt to compare number < string [runtime-error]
             2 | if n > 3 then end
               | ^^^^^^^^^^^^^^^^^
            == for
            build.lua:1:1: invalid 'for' limit (number expected, got nil) [runtime-error]
             1 | for i = 1, nil do end
               | ^^^^^^^^^^^^^^^^^^^^^
            == in a callback
            build.lua:3:3: attempt to compare nil < nil [runtime-error]
             3 |   return a.rank < b.rank
               |   ^^^^^^^^^^^^^^^^^^^^^^
              called from build.lua:2:7
            == in gsub
            build.lua:1:46: attempt to index nil with 'z': `c.y` [runtime-error]
             1 | local s = ("x"):gsub("x", function(c) return c.y.z end)
               |                                              ^^^
              called from build.lua:1:17
            == library
            build.lua:1:21: invalid value (table) at index 2 in table for 'concat' [runtime-error]
             1 | local parts = table.concat({ "a", {} }, ",")
               |                     ^^^^^^
            == overflow
            build.lua:2:10: stack overflow: the recursion does not end or goes too deep [limit]
             2 |   return f() + 1
               |          ^
              called from build.lua:2:10
              called from build.lua:4:1
            == in a chunk
            build.lua:2:1: loadstring:2: attempt to index nil with 'y' [runtime-error]
             2 | chunk()
               | ^^^^^
            == in a caught chunk
            false	loadstring:1: inside
            == a call in a chunk
            build.lua:1:1: bk.image: identifier must not be empty [invalid-value]
             1 | loadstring("bk.image('')")()
               | ^^^^^^^^^^
            build.lua:1:1: no bk.export() call — nothing to build [missing-export]
             1 | loadstring("bk.image('')")()
               | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
            hint: end the script with `bk.export(state)`, where `state` is what is to be built
        "#]],
    );
}

#[test]
fn a_trace_leads_from_the_helper_to_the_script() {
    check(
        r#"
== helpers
local function go(base)
  return base:run("go build", { netwrk = "host" })
end
local function build(base)
  return go(base)
end
bk.export(build(bk.image("golang")))
== a chain
bk.image("alpine")
  :run("a")
  :mkdir("/x", { mode = "888" })
  :run("b")
== a loop
for _, path in ipairs({ "/a", "" }) do
  bk.scratch():mkdir(path)
end
== pcall
local ok, why = pcall(bk.image, "A B")
print(why)
pcall(function() bk.image("x"):run() end)
bk.export(bk.image("x"):run("a", { user = {} }))
== sort
table.sort({ 1, 2 }, function(a, b)
  bk.image("")
end)
== metamethod
local t = setmetatable({}, { __index = function(_, key)
  return bk.image(key)
end })
print(t["a b"])
== recursion
local function f(n)
  if n == 0 then return bk.image("") end
  return f(n - 1)
end
f(3)
"#,
        &expect![[r#"
            == helpers
            build.lua:2:33: bk.run: unknown option `netwrk` in `RunOptions`, did you mean `network`? [unknown-option]
             2 |   return base:run("go build", { netwrk = "host" })
               |                                 ^^^^^^
              called from build.lua:5:10
              called from build.lua:7:11
            == a chain
            build.lua:3:25: bk.mkdir: mode must be an octal string like "0755", got "888" [invalid-value]
             3 |   :mkdir("/x", { mode = "888" })
               |                         ^^^^^
            build.lua:4:3: no bk.export() call — nothing to build [missing-export]
             4 |   :run("b")
               |   ^^^^^^^^^
            hint: end the script with `bk.export(state)`, where `state` is what is to be built
            == a loop
            build.lua:2:22: bk.mkdir: path must not be empty [invalid-value]
             2 |   bk.scratch():mkdir(path)
               |                      ^^^^
            build.lua:3:1: no bk.export() call — nothing to build [missing-export]
             3 | end
               | ^^^
            hint: end the script with `bk.export(state)`, where `state` is what is to be built
            == pcall
            build.lua:1:17: bk.image: invalid reference format: repository name (library/A B) must be lowercase
            build.lua:4:43: bk.run: user must be a string or an integer, got table [wrong-type]
             4 | bk.export(bk.image("x"):run("a", { user = {} }))
               |                                           ^^
            == sort
            build.lua:2:12: bk.image: identifier must not be empty [invalid-value]
             2 |   bk.image("")
               |            ^^
              called from build.lua:1:7
            build.lua:3:1: no bk.export() call — nothing to build [missing-export]
             3 | end)
               | ^^^^
            hint: end the script with `bk.export(state)`, where `state` is what is to be built
            == metamethod
            build.lua:2:19: bk.image: invalid reference format [invalid-op]
             2 |   return bk.image(key)
               |                   ^^^
              called from build.lua:4:1
            build.lua:4:1: no bk.export() call — nothing to build [missing-export]
             4 | print(t["a b"])
               | ^^^^^^^^^^^^^^^
            hint: end the script with `bk.export(state)`, where `state` is what is to be built
            == recursion
            build.lua:2:34: bk.image: identifier must not be empty [invalid-value]
             2 |   if n == 0 then return bk.image("") end
               |                                  ^^
              called from build.lua:3:10
              called from build.lua:5:1
            build.lua:5:1: no bk.export() call — nothing to build [missing-export]
             5 | f(3)
               | ^^^^
            hint: end the script with `bk.export(state)`, where `state` is what is to be built
        "#]],
    );
}
