//! Scripts that mean harm, or only never end: each is stopped within its limits, and says where.

use crate::support::{options, rendered, run_with, scripts as split};
use expect_test::{Expect, expect};
use luakit_check::{DryRun, Limits, Options};
use std::fmt::Write;
use std::time::{Duration, Instant};

/// The time that scripts are given that never end.
const LIMIT: Duration = Duration::from_millis(150);
/// The time that scripts are given that end by themselves: a busy machine is not a reason to fail.
const AMPLE: Duration = Duration::from_secs(60);
/// The time after which none may still run that should have been stopped, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

fn attempt(name: &str, script: &str, options: &Options) -> DryRun {
    let begun = Instant::now();
    let run = run_with(script, options);
    let took = begun.elapsed();
    assert!(took < options.timeout + PATIENCE, "{name} took {took:?}");
    rendered(&run);
    run
}

/// Runs scripts (`== name` and text) and lists their first finding, or `fine`.
fn check(scripts: &str, expected: &Expect) {
    check_with(&Options { timeout: LIMIT, ..options() }, scripts, expected);
}

fn check_with(options: &Options, scripts: &str, expected: &Expect) {
    let mut out = String::new();
    for (name, script) in split(scripts) {
        let ends = expected.data.lines().any(|line| {
            line.trim_start().strip_prefix(&*name).is_some_and(|rest| rest.starts_with(": "))
                && !line.contains("timed out")
                && !name.ends_with(" (ends)")
        });
        let options = Options { timeout: if ends { AMPLE } else { options.timeout }, ..options.clone() };
        let run = attempt(&name, &script, &options);
        let told = match run.diagnostics.iter().find(|finding| finding.is_error()) {
            // How far it comes depends on the machine.
            _ if name.ends_with(" (ends)") => "ends".to_owned(),
            // Which line it is at then is up to the machine.
            Some(finding) if finding.message.contains("timed out") => {
                format!("{} [{}]", finding.message, finding.code)
            }
            Some(finding) => {
                let line = finding.place.file.line_column(finding.place.range.start).line;
                format!("{line}: {} [{}]", finding.message, finding.code)
            }
            None => "fine".to_owned(),
        };
        writeln!(out, "{name}: {told}").unwrap();
    }
    expected.assert_eq(&out);
}

#[test]
fn loops_are_stopped() {
    check(
        r#"
== while
while true do end
== repeat
repeat local x = 1 until false
== for
for i = 1, math.huge do end
== goto by recursion in tail position
local function f() return f() end
f()
== continue
while true do continue end
== generic for
for _ in function() return 1 end do end
== pairs that grows
local t = { 1 }
for k in next, t do t[k] = k; for _ = 1, 1e9 do end end
== nested functions
local function a() for _ = 1, 1e9 do end end
local function b() a() end
b()
== ops
while true do bk.scratch():mkdir("/x") end
== scratch
while true do bk.scratch() end
== errors
while true do pcall(bk.image, "") end
== warnings
local s = bk.scratch()
for i = 1, 1e9 do s:mkdir("/" .. i, { mode = 755 }) end
== garbage
while true do local t = { {}, {}, {} } end
== strings
local s = ""
while true do s = s .. "x"; if #s > 1000 then s = "" end end
"#,
        &expect![[r#"
            while: script evaluation timed out after 150ms [limit]
            repeat: script evaluation timed out after 150ms [limit]
            for: script evaluation timed out after 150ms [limit]
            goto by recursion in tail position: 1: stack overflow: the recursion does not end or goes too deep [limit]
            continue: script evaluation timed out after 150ms [limit]
            generic for: script evaluation timed out after 150ms [limit]
            pairs that grows: script evaluation timed out after 150ms [limit]
            nested functions: script evaluation timed out after 150ms [limit]
            ops: script evaluation timed out after 150ms [limit]
            scratch: script evaluation timed out after 150ms [limit]
            errors: script evaluation timed out after 150ms [limit]
            warnings: script evaluation timed out after 150ms [limit]
            garbage: script evaluation timed out after 150ms [limit]
            strings: script evaluation timed out after 150ms [limit]
        "#]],
    );
}

#[test]
fn nothing_gets_around_the_limit() {
    check(
        r#"
== pcall
while true do pcall(function() while true do end end) end
== pcall that calls itself
local function f() pcall(f) f() end
f()
== xpcall
while true do xpcall(function() while true do end end, function() return 1 end) end
== handler that never ends
xpcall(function() error("x") end, function() while true do end end)
== handler that fails
xpcall(function() error("x") end, function() error("y") end)
while true do end
== handler that recurs
local function h() xpcall(error, h) end
h()
while true do end
== error objects
while true do pcall(error, setmetatable({}, { __tostring = function() while true do end end })) end
== tostring of an error
error(setmetatable({}, { __tostring = function() while true do end end }))
== coroutines
while true do coroutine.wrap(function() while true do end end)() end
== coroutine that yields
local co = coroutine.wrap(function() while true do coroutine.yield() end end)
while true do co() end
== coroutines in coroutines
local function f() return coroutine.wrap(f)() end
f()
== resume that is caught
while true do coroutine.resume(coroutine.create(function() while true do end end)) end
== kept coroutines
local all = {}
while true do all[#all + 1] = coroutine.create(function() end); coroutine.resume(all[#all]) end
== loadstring
loadstring("while true do end")()
== loadstring in pcall
while true do pcall(loadstring("while true do end")) end
== replaced pcall (ends)
pcall = function(f, ...) while true do f(...) end end
pcall(function() end)
"#,
        &expect![[r#"
            pcall: script evaluation timed out after 150ms [limit]
            pcall that calls itself: script evaluation timed out after 150ms [limit]
            xpcall: script evaluation timed out after 150ms [limit]
            handler that never ends: script evaluation timed out after 150ms [limit]
            handler that fails: script evaluation timed out after 150ms [limit]
            handler that recurs: script evaluation timed out after 150ms [limit]
            error objects: script evaluation timed out after 150ms [limit]
            tostring of an error: script evaluation timed out after 150ms [limit]
            coroutines: script evaluation timed out after 150ms [limit]
            coroutine that yields: script evaluation timed out after 150ms [limit]
            coroutines in coroutines: 1: stack overflow: the recursion does not end or goes too deep [limit]
            resume that is caught: script evaluation timed out after 150ms [limit]
            kept coroutines: script evaluation timed out after 150ms [limit]
            loadstring: script evaluation timed out after 150ms [limit]
            loadstring in pcall: script evaluation timed out after 150ms [limit]
            replaced pcall (ends): ends
        "#]],
    );
}

#[test]
fn metamethods_and_callbacks_are_stopped() {
    check(
        r#"
== index
local t = setmetatable({}, { __index = function() while true do end end })
print(t.x)
== newindex
local t = setmetatable({}, { __newindex = function() while true do end end })
t.x = 1
== eq
local m = { __eq = function() while true do end end }
print(setmetatable({}, m) == setmetatable({}, m))
== lt
local m = { __lt = function() while true do end end }
print(setmetatable({}, m) < setmetatable({}, m))
== le
local m = { __le = function() while true do end end }
print(setmetatable({}, m) <= setmetatable({}, m))
== len
print(#setmetatable({}, { __len = function() while true do end end }))
== call
setmetatable({}, { __call = function() while true do end end })()
== concat
print(setmetatable({}, { __concat = function() while true do end end }) .. "x")
== add
print(setmetatable({}, { __add = function() while true do end end }) + 1)
== unm
print(-setmetatable({}, { __unm = function() while true do end end }))
== tostring
tostring(setmetatable({}, { __tostring = function() while true do end end }))
== print
print(setmetatable({}, { __tostring = function() while true do end end }))
== iter
for _ in setmetatable({}, { __iter = function() return function() return 1 end end }) do end
== index chain
local a, b = {}, {}
setmetatable(a, { __index = b }) setmetatable(b, { __index = a })
print(a.x)
== call chain
local t = {}
setmetatable(t, { __call = t })
t()
== sort
table.sort({ 3, 1, 2 }, function() while true do end end)
== sort without an order
local t = {}
for i = 1, 1000 do t[i] = i % 7 end
table.sort(t, function() return true end)
== gsub
("aaa"):gsub("a", function() while true do end end)
== gsub table
("aaa"):gsub("a", setmetatable({}, { __index = function() while true do end end }))
== foreach
table.foreach({ 1 }, function() while true do end end)
== metatable in options
bk.image("alpine", setmetatable({}, { __index = function() while true do end end }))
bk.export(bk.scratch())
== pairs and len in options
local trap = function() while true do end end
bk.image("alpine", setmetatable({}, { __iter = trap, __len = trap, __pairs = trap, __tostring = trap }))
bk.export(bk.scratch())
== newproxy
local p = newproxy(true)
getmetatable(p).__index = function() while true do end end
print(p.x)
"#,
        &expect![[r#"
            index: script evaluation timed out after 150ms [limit]
            newindex: script evaluation timed out after 150ms [limit]
            eq: script evaluation timed out after 150ms [limit]
            lt: script evaluation timed out after 150ms [limit]
            le: script evaluation timed out after 150ms [limit]
            len: script evaluation timed out after 150ms [limit]
            call: script evaluation timed out after 150ms [limit]
            concat: script evaluation timed out after 150ms [limit]
            add: script evaluation timed out after 150ms [limit]
            unm: script evaluation timed out after 150ms [limit]
            tostring: script evaluation timed out after 150ms [limit]
            print: script evaluation timed out after 150ms [limit]
            iter: script evaluation timed out after 150ms [limit]
            index chain: 3: '__index' chain too long; possible loop [runtime-error]
            call chain: 3: attempt to call a table value: `t` [runtime-error]
            sort: script evaluation timed out after 150ms [limit]
            sort without an order: 3: invalid order function for sorting [runtime-error]
            gsub: script evaluation timed out after 150ms [limit]
            gsub table: script evaluation timed out after 150ms [limit]
            foreach: script evaluation timed out after 150ms [limit]
            metatable in options: 1: bk.image: opts must be a plain table: options that its metatable's `__index` gives are not read [invalid-value]
            pairs and len in options: fine
            newproxy: script evaluation timed out after 150ms [limit]
        "#]],
    );
}

#[test]
fn library_functions_are_bounded() {
    check(
        r#"
== pattern
("a"):rep(30000):find(".-.-.-.-b")
== gmatch
for _ in ("a"):rep(30000):gmatch(".-.-.-.-b") do end
== gsub
("a"):rep(30000):gsub(".-.-.-.-b", "")
== plain find (ends)
print((("a"):rep(2e6)):find(("a"):rep(1e6) .. "b", 1, true))
== find without magic (ends)
print((("a"):rep(2e6)):find(("a"):rep(1e6) .. "b"))
== find with a start of text (ends)
print((("a"):rep(2e6)):find(("a"):rep(1e6) .. "b", "1", true))
== split (ends)
print(#(("a"):rep(2e6)):split(("a"):rep(1e6) .. "b"))
== rep of nothing
print(#(""):rep(1e15))
== rep (ends)
local ok, why = pcall(string.rep, "x", 1e15)
print(ok, why)
== move
table.move({}, 1, 2 ^ 31, 2)
== move with texts
table.move({}, "1", "2147483648", 2)
== move far
table.move({}, -1e15, 1e15, 2)
== remove (ends)
table.remove(setmetatable({}, { __len = function() return 2 ^ 31 end }))
== insert (ends)
table.insert(setmetatable({}, { __len = function() return 2 ^ 31 end }), 1, "x")
== concat
table.concat({}, "x", 1, 2 ^ 31)
== concat of much (ends)
table.concat(table.create(1e5, ("x"):rep(1e5)))
== unpack
print(unpack({}, 1, 1e9))
== create
table.create(2 ^ 40)
== buffer
buffer.create(2 ^ 40)
== format
print(#("%99d"):format(1), pcall(string.format, "%999d", 1))
== date (ends)
print(#os.date(("%c"):rep(1e5)))
== pack (ends)
string.pack(("i8"):rep(1e6))
== long source (ends)
print(loadstring(("x = 1 "):rep(1e6)))
== deep source
print(loadstring(("("):rep(1e5) .. (")"):rep(1e5)))
== deep table source
print(loadstring("return " .. ("{"):rep(1e5) .. ("}"):rep(1e5)))
== long chain source
print(loadstring("return a" .. (".b"):rep(1e5)) ~= 1)
== json of numbers (ends)
print(#table.concat(table.create(1e6, 1), ","))
== collectgarbage
while true do collectgarbage("collect") end
"#,
        &expect![[r#"
            pattern: script evaluation timed out after 150ms [limit]
            gmatch: script evaluation timed out after 150ms [limit]
            gsub: script evaluation timed out after 150ms [limit]
            plain find (ends): ends
            find without magic (ends): ends
            find with a start of text (ends): ends
            split (ends): ends
            rep of nothing: 1: no bk.export() call — nothing to build [missing-export]
            rep (ends): ends
            move: 1: table.move: the range is larger than 1000000 [runtime-error]
            move with texts: 1: table.move: the range is larger than 1000000 [runtime-error]
            move far: 1: table.move: the range is larger than 1000000 [runtime-error]
            remove (ends): ends
            insert (ends): ends
            concat: 1: no bk.export() call — nothing to build [missing-export]
            concat of much (ends): ends
            unpack: 1: too many results to unpack [runtime-error]
            create: 1: invalid argument #1 to 'create' (size out of range) [runtime-error]
            buffer: 1: invalid argument #1 to 'create' (size) [runtime-error]
            format: 1: no bk.export() call — nothing to build [missing-export]
            date (ends): ends
            pack (ends): ends
            long source (ends): ends
            deep source: 1: no bk.export() call — nothing to build [missing-export]
            deep table source: 1: no bk.export() call — nothing to build [missing-export]
            long chain source: 1: no bk.export() call — nothing to build [missing-export]
            json of numbers (ends): ends
            collectgarbage: script evaluation timed out after 150ms [limit]
        "#]],
    );
}

#[test]
fn recursion_ends_in_an_error() {
    check(
        r#"
== function
local function f() return f() + 1 end
f()
== through pcall
local function f() local ok, e = pcall(f) error(e, 0) end
f()
== through gsub
local function f() return (("a"):gsub("a", f)) end
f()
== through sort
local function f() table.sort({ 2, 1 }, f) return true end
f()
== through index
local t = setmetatable({}, {})
getmetatable(t).__index = function(t, k) return t[k .. "x"] end
print(t.x)
== through tostring
local t = setmetatable({}, {})
getmetatable(t).__tostring = function(t) return tostring(t) end
print(tostring(t))
== through concat
local t = setmetatable({}, {})
getmetatable(t).__concat = function(a, b) return a .. b end
print(t .. "x")
== through our own functions
local t = setmetatable({}, {})
getmetatable(t).__index = function(t, k) return bk[k] end
local function f() return coroutine.wrap(f)() end
f()
== through require
package.preload.a = function() package.loaded.a = nil return require("a") end
require("a")
== through string.format
local t = setmetatable({}, {})
getmetatable(t).__tostring = function(t) return ("%s"):format(t) end
print(tostring(t))
"#,
        &expect![[r#"
            function: 1: stack overflow: the recursion does not end or goes too deep [limit]
            through pcall: 1: stack overflow: the recursion does not end or goes too deep [limit]
            through gsub: 1: stack overflow: the recursion does not end or goes too deep [limit]
            through sort: 1: stack overflow: the recursion does not end or goes too deep [limit]
            through index: 2: stack overflow: the recursion does not end or goes too deep [limit]
            through tostring: 2: stack overflow: the recursion does not end or goes too deep [limit]
            through concat: 2: stack overflow: the recursion does not end or goes too deep [limit]
            through our own functions: 3: stack overflow: the recursion does not end or goes too deep [limit]
            through require: 1: stack overflow: the recursion does not end or goes too deep [limit]
            through string.format: 2: invalid argument #2 to 'format' (string expected, got table) [runtime-error]
        "#]],
    );
}

#[test]
fn there_is_no_way_out() {
    check(
        r#"
== bytecode
print(loadstring("\27Lua"), loadstring("\6\3\1"))
== debug
print(next(debug) and debug.getregistry)
debug.getregistry()
== package
package.loadlib("libc.so", "system")
== environment
print(getfenv(0).io.open, getfenv(print) == getfenv(0))
setfenv(require, {})
setfenv(pcall, {})
setfenv(string.find, {})
print(pcall(string.find, "abc", "b"))
print(pcall(require, "nothing"))
bk.export(bk.scratch())
== no environment
setfenv(1, {})
bk.image("x")
== global metatable
setmetatable(_G, { __index = function(_, k) error("no global " .. k) end, __newindex = function() error("no") end })
print(pcall(function() return nothing end))
bk.export(bk.scratch())
== empty globals
for k in pairs(_G) do _G[k] = nil end
== string metatable
getmetatable("").__index = nil
print(pcall(function() return ("x"):upper() end))
bk.export(bk.scratch():mkdir("/x"))
== string metatable as a trap
getmetatable("").__index = function() while true do end end
print(("x").y)
== metatable of bk
print(pcall(setmetatable, bk, {}), getmetatable(bk))
bk.export(bk.scratch())
== metatable of a state
local s = bk.scratch()
print(getmetatable(s), pcall(setmetatable, s, {}))
s.run = 1
== replaced library
string.find, string.format, table.concat, tostring, select, type = nil
print("still here", ("x"):rep(2))
bk.export(bk.scratch())
== replaced bk
rawset(bk, "image", nil)
bk.image("x")
== replaced require
local old = require
require = function(name) return old("other") end
require("m")
== replaced print
print = error
print("boom")
== gone
bk = nil
bk.image("x")
== os
print(pcall(os.execute, "id"))
os.exit(0)
== error type
error(coroutine.create(print))
== error of nothing
error()
== gcinfo
print(gcinfo, collectgarbage("count") > 0)
bk.export(bk.scratch())
"#,
        &expect![[r#"
            bytecode: 1: no bk.export() call — nothing to build [missing-export]
            debug: 2: debug.getregistry is not available in build scripts (sandboxed) [sandboxed]
            package: 1: package.loadlib is not available in build scripts (sandboxed) [sandboxed]
            environment: fine
            no environment: 2: attempt to index nil with 'image' [runtime-error]
            global metatable: fine
            empty globals: 1: attempt to index nil with 'print': `_G` [runtime-error]
            string metatable: fine
            string metatable as a trap: script evaluation timed out after 150ms [limit]
            metatable of bk: fine
            metatable of a state: 3: `run` cannot be set: a State never changes [runtime-error]
            replaced library: fine
            replaced bk: 2: unknown function `bk.image`, did you mean `image_blob`? [unknown-function]
            replaced require: 2: require: module `other` not found [unresolved-require]
            replaced print: 2: boom [runtime-error]
            gone: 2: attempt to index nil with 'image': `bk` [runtime-error]
            os: 2: os.exit is not available in build scripts (sandboxed) [sandboxed]
            error type: 1: error raised with a thread [runtime-error]
            error of nothing: 1: error raised with nil [runtime-error]
            gcinfo: fine
        "#]],
    );
}

#[test]
fn the_names_of_our_chunks_are_words_like_others() {
    for text in [
        "luakit#0:99999999999999999999: x",
        "luakit#0:4294967296: x",
        "luakit#0:0: x",
        "luakit#77:1: x",
        "[luakit]:1: x",
    ] {
        for call in
            ["error(text, 0)", "pcall(error, text, 0)", "assert(pcall(error, text, 0))", "print(text)"]
        {
            let run = run_with(&format!("local text = \"{text}\"\n{call}"), &options());
            assert_eq!(run.diagnostics.len(), 1, "{call}: {text}");
        }
    }
}

#[test]
fn values_of_every_kind_are_refused_in_words() {
    check(
        r#"
== cyclic options
local t = {}
t.env = t
bk.image("x"):run("a", t)
== cyclic list
local t = {}
t[1] = t
bk.image("x"):run("a", { mounts = t })
== cyclic argv
local t = {}
t[1] = t
bk.image("x"):run(t)
== deep table
local t = {}
for i = 1, 1e5 do t = { t } end
bk.image("x"):run(t)
== many entries (ends)
local t = {}
for i = 1, 2e5 do t[i] = "x" end
bk.image("x"):run(t)
== shared entries (ends)
local t, all = table.create(3e4, "x"), {}
for i = 1, 3e4 do all[i] = t end
bk.image("x"):run("a", { env = all })
== sparse list
bk.image("x"):run({ "a", nil, nil, "b" })
== huge index
bk.image("x"):run({ [2 ^ 53] = "a" })
== fraction index
bk.image("x"):run({ "a", [1.5] = "b" })
== negative index
bk.image("x"):run({ "a", [-1] = "b" })
== nan
bk.tmpfs("/x", { size = 0 / 0 })
== inf
bk.tmpfs("/x", { size = math.huge })
== beyond 2^53
bk.tmpfs("/x", { size = 2 ^ 60 })
== negative
bk.tmpfs("/x", { size = -1 })
== nan in a command
bk.image("x"):run({ "a", 0 / 0 })
== inf in an environment
bk.image("x"):run("a", { env = { A = math.huge } })
== exit code
bk.image("x"):run("a", { valid_exit_codes = { 2 ^ 40 } })
== uid
bk.image("x"):mkdir("/a", { owner = { user = 2 ^ 32 } })
== bytes as a path
bk.image("x"):mkdir("/a\xff")
== nul in a path
bk.image("x"):mkdir("/a\0b")
== nul in a command
bk.image("x"):run("a\0b")
== bytes as data
bk.export(bk.scratch():mkfile("/a", "\0\xff"))
== bytes as a key
bk.image("x"):run("a", { env = { ["\xff"] = "b" } })
== empty key
bk.image("x"):run("a", { env = { [""] = "b" } })
== number as a key
bk.image("x"):run("a", { env = { [7] = "b" } })
== boolean as a key
bk.export(bk.scratch(), { labels = { [true] = "b" } })
== table as a key
bk.export(bk.scratch(), { labels = { [{}] = "b" } })
== fraction as a key
bk.export(bk.scratch(), { labels = { [1.5] = "b" } })
== mount for a state
bk.export(bk.cache("/x"))
== platform for a state
bk.export(bk.platform("linux/arm64"))
== function
bk.image(print)
== coroutine
bk.image(coroutine.create(print))
== proxy
bk.image(newproxy())
== buffer
bk.image(buffer.create(4))
== vector
bk.image(vector.create(1, 2, 3))
== boolean
bk.image(true)
== number
bk.image(42)
== method on another object
local run = bk.image("x").run
run(bk.cache("/x"), "a")
== method on nothing
local run = bk.image("x").run
run()
== bk as a state
bk.export(bk)
"#,
        &expect![[r#"
            cyclic options: 3: bk.run: env.env must be a string, a number or a boolean, got table [wrong-type]
            cyclic list: 3: bk.run: mounts[1] must be a mount object, got table [wrong-type]
            cyclic argv: 3: bk.run: command argument[1] must be a string or a number, got table [wrong-type]
            deep table: 3: bk.run: command argument[1] must be a string or a number, got table [wrong-type]
            many entries (ends): ends
            shared entries (ends): ends
            sparse list: 1: bk.run: a list must have no gaps, got an entry at 4 [wrong-type]
            huge index: 1: bk.run: a list must have no gaps, got an entry at 9007199254740992 [wrong-type]
            fraction index: 1: bk.run: a list must have no gaps, got an entry at 1.5 [wrong-type]
            negative index: 1: bk.run: a list must have no gaps, got an entry at -1 [wrong-type]
            nan: 1: bk.tmpfs: size must be an integer, got nan [invalid-value]
            inf: 1: bk.tmpfs: size must be an integer, got inf [invalid-value]
            beyond 2^53: 1: bk.tmpfs: size is too large: numbers are exact up to 9007199254740992, got 1152921504606847000 [invalid-value]
            negative: 1: bk.tmpfs: size must not be negative [invalid-value]
            nan in a command: 1: bk.run: command argument[2] must be a finite number [invalid-value]
            inf in an environment: 1: bk.run: env.A must be a finite number [invalid-value]
            exit code: 1: bk.run: valid_exit_codes[1] must be from 0 to 255, got 1099511627776 [invalid-value]
            uid: 1: bk.mkdir: owner.user must be from 0 to 4294967295, got 4294967296 [invalid-value]
            bytes as a path: 1: bk.mkdir: path must be valid UTF-8 [invalid-value]
            nul in a path: 1: bk.mkdir: path must not contain a NUL byte [invalid-value]
            nul in a command: 1: bk.run: command argument must not contain a NUL byte [invalid-value]
            bytes as data: fine
            bytes as a key: 1: bk.run: env.� is not a name of an environment variable [invalid-value]
            empty key: 1: bk.run: env. is not a name of an environment variable [invalid-value]
            number as a key: 1: bk.run: env.7 is not a name of an environment variable [invalid-value]
            boolean as a key: 1: bk.export: a map takes strings for names, got true [wrong-type]
            table as a key: 1: bk.export: a map takes strings for names, got a table [wrong-type]
            fraction as a key: 1: bk.export: a map takes strings for names, got 1.5 [wrong-type]
            mount for a state: 1: bk.export: first argument must be a state, got mount [wrong-type]
            platform for a state: 1: bk.export: first argument must be a state, got platform [wrong-type]
            function: 1: bk.image: identifier must be a string, got function [wrong-type]
            coroutine: 1: bk.image: identifier must be a string, got thread [wrong-type]
            proxy: 1: bk.image: identifier must be a string, got userdata [wrong-type]
            buffer: 1: bk.image: identifier must be a string, got buffer [wrong-type]
            vector: 1: bk.image: identifier must be a string, got vector [wrong-type]
            boolean: 1: bk.image: identifier must be a string, got boolean [wrong-type]
            number: 1: bk.image: identifier must be a string, got number [wrong-type]
            method on another object: 2: bk.run: `run` is a method, call it with `:` as in `state:run(…)` [dot-call]
            method on nothing: 2: bk.run: `run` is a method, call it with `:` as in `state:run(…)` [dot-call]
            bk as a state: 1: bk.export: first argument must be a state, got table [wrong-type]
        "#]],
    );
}

#[test]
fn memory_output_operations_and_data_have_limits() {
    let small = Limits { memory: 16 << 20, ops: 50, data: 1 << 20, output: 4 << 10, ..Limits::default() };
    let options = Options { limits: small, timeout: Duration::from_secs(3), ..options() };
    check_with(
        &options,
        r#"
== table
local t = {}
while true do t[#t + 1] = {} end
== string
local s = "x"
while true do s = s .. s end
== caught
local t = {}
while true do pcall(function() while true do t[#t + 1] = ("x"):rep(1000) .. #t end end) end
== rep (ends)
("x"):rep(1e9)
== buffer
buffer.create(1e9)
== print
while true do print("hello") end
== print much
print(("x"):rep(5000))
== write
while true do io.write("hello") end
== caught output
while true do pcall(print, "hello") end
== operations
local s = bk.scratch()
while true do s = s:mkdir("/x") end
== objects
while true do bk.cache("/x") end
== platforms
while true do bk.platform("linux/arm64") end
== actions
bk.scratch():files(function(f) while true do f:mkdir("/x") end end)
== files
while true do bk.scratch():files(function(f) f:mkdir("/x") end) end
== files in files
local function again() return bk.scratch():files(again) end
again()
== yield in files (ends)
local co = coroutine.wrap(function()
  return bk.scratch():files(function(f)
    while true do coroutine.yield() f:mkdir("/x") end
  end)
end)
for i = 1, 5 do co() end
== targets
local s = bk.scratch():mkdir("/x")
local i = 0
while true do i = i + 1 bk.target("t" .. i, s) end
== operations of targets
local s = bk.scratch()
for i = 1, 40 do
  s = s:mkdir("/x" .. i)
  bk.target("t" .. i, s)
end
== caught operations
local s = bk.scratch()
while true do pcall(function() s = s:mkdir("/x") end) end
== data
bk.scratch():mkfile("/x", ("x"):rep(2e6))
== data in parts
local s = bk.image("x")
for i = 1, 40 do s = s:run(("x"):rep(1e5)) end
== data in options
bk.image("x"):run("a", { env = table.create(100, "A=" .. ("x"):rep(1e5)) })
== data in a label
bk.export(bk.scratch(), { labels = { a = ("x"):rep(2e6) } })
"#,
        &expect![[r#"
            table: 2: script ran out of memory (the limit is 16 MB) [limit]
            string: 2: script ran out of memory (the limit is 16 MB) [limit]
            caught: script evaluation timed out after 3s [limit]
            rep (ends): ends
            buffer: 1: script ran out of memory (the limit is 16 MB) [limit]
            print: 1: script printed too much (the limit is 4 KB) [limit]
            print much: 1: script printed too much (the limit is 4 KB) [limit]
            write: 1: script printed too much (the limit is 4 KB) [limit]
            caught output: 1: script printed too much (the limit is 4 KB) [limit]
            operations: 2: bk.mkdir: the graph has too many operations (the limit is 50) [limit]
            objects: 1: bk.cache: the script made too many objects (the limit is 200) [limit]
            platforms: 1: bk.platform: the script made too many objects (the limit is 200) [limit]
            actions: 1: bk.mkdir: the script made too many objects (the limit is 200) [limit]
            files: 1: bk.mkdir: the script made too many objects (the limit is 200) [limit]
            files in files: 1: bk.scratch: the script made too many objects (the limit is 200) [limit]
            yield in files (ends): ends
            targets: 3: bk.target: the script made too many objects (the limit is 200) [limit]
            operations of targets: 4: the targets have too many operations together (the limit is 100) [limit]
            caught operations: 2: bk.mkdir: the graph has too many operations (the limit is 50) [limit]
            data: 1: bk.mkfile: the graph holds too much data (the limit is 1 MB) [limit]
            data in parts: 2: bk.run: the graph holds too much data (the limit is 1 MB) [limit]
            data in options: 1: bk.run: the graph holds too much data (the limit is 1 MB) [limit]
            data in a label: 1: bk.export: the graph holds too much data (the limit is 1 MB) [limit]
        "#]],
    );
}

#[test]
fn a_cancelled_run_says_nothing() {
    let options = Options { timeout: Duration::from_secs(20), ..options() };
    options.cancel.store(true, std::sync::atomic::Ordering::Relaxed);
    let run = attempt("cancelled", "while true do end", &options);
    assert!(run.cancelled);
    assert!(run.diagnostics.is_empty());
}

#[test]
fn a_run_can_be_cancelled_while_it_runs() {
    let options = Options { timeout: Duration::from_secs(20), ..options() };
    let cancel = options.cancel.clone();
    let trip = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(100));
        cancel.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    let run = attempt("cancelled", "while true do pcall(function() while true do end end) end", &options);
    trip.join().unwrap();
    assert!(run.cancelled);
}
