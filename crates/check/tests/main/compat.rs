//! The Lua that scripts are written in: 5.1 as build scripts know it, with what Luau adds.

use crate::support::{assert_readable, printed};
use expect_test::{Expect, expect};
use std::fmt::Write;

/// Runs each line as a script of its own and shows what it prints, or its error.
fn check(lines: &str, expected: &Expect) {
    let mut out = String::new();
    for line in lines.trim().lines() {
        let said = printed(line);
        assert_readable(&said);
        let said = said.lines().next().unwrap_or("").to_owned();
        writeln!(out, "{line}").unwrap();
        writeln!(out, "{}", format!("    {said}").trim_end()).unwrap();
    }
    expected.assert_eq(&out);
}

#[test]
fn numbers_are_those_of_lua_5_1() {
    check(
        r##"
print(10 / 2, 7 / 2, "v" .. 10 / 2, 7 % 3, -7 % 3, 2 ^ 10)
print(7 // 2, -7 // 2, 1e15, 2 ^ 53, 2 ^ 53 .. "", 1e100)
print(0644, 0x1F, 1e3, .5, 3., 0xff + 0)
print(0.1, 1 / 3, 100, 100.0, -0.0 == 0)
print("10" + 5, "3" * "4", 10 .. 20)
print(tonumber("0x10"), tonumber("10", 2), tonumber("z", 36), tonumber("abc"), tonumber(" 5 "))
print(string.format("%d", 3.0), string.format("%5.2f|%-5s|%05d|%x", 3.14159, "ab", 42, 255))
print(pcall(string.format, "%d", 3.5))
print(math.floor(3.7), math.ceil(3.2), math.max(1, 5, 3), math.huge, -math.huge)
print(math.fmod(7, 3), math.pow(2, 3), math.abs(-4), math.sqrt(16))
print(1 == 1.0, "1" == 1, 0 == false)
print(25 * 24 * 23 * 22 * 21 * 20 * 19 * 18 * 17 * 16 * 15 * 14 * 13 * 12 * 11 * 10 * 9 * 8 * 7 * 6 * 5 * 4 * 3 * 2)
local function f(...) return select("#", ...), (select(2, ...)) end print(f(1, nil, nil))
"##,
        &expect![[r##"
            print(10 / 2, 7 / 2, "v" .. 10 / 2, 7 % 3, -7 % 3, 2 ^ 10)
                5	3.5	v5	1	2	1024
            print(7 // 2, -7 // 2, 1e15, 2 ^ 53, 2 ^ 53 .. "", 1e100)
                3	-4	1000000000000000	9007199254740992	9007199254740992	1e+100
            print(0644, 0x1F, 1e3, .5, 3., 0xff + 0)
                644	31	1000	0.5	3	255
            print(0.1, 1 / 3, 100, 100.0, -0.0 == 0)
                0.1	0.3333333333333333	100	100	true
            print("10" + 5, "3" * "4", 10 .. 20)
                15	12	1020
            print(tonumber("0x10"), tonumber("10", 2), tonumber("z", 36), tonumber("abc"), tonumber(" 5 "))
                16	2	35	nil	5
            print(string.format("%d", 3.0), string.format("%5.2f|%-5s|%05d|%x", 3.14159, "ab", 42, 255))
                3	 3.14|ab   |00042|ff
            print(pcall(string.format, "%d", 3.5))
                true	3
            print(math.floor(3.7), math.ceil(3.2), math.max(1, 5, 3), math.huge, -math.huge)
                3	4	5	inf	-inf
            print(math.fmod(7, 3), math.pow(2, 3), math.abs(-4), math.sqrt(16))
                1	8	4	4
            print(1 == 1.0, "1" == 1, 0 == false)
                true	false	false
            print(25 * 24 * 23 * 22 * 21 * 20 * 19 * 18 * 17 * 16 * 15 * 14 * 13 * 12 * 11 * 10 * 9 * 8 * 7 * 6 * 5 * 4 * 3 * 2)
                1.5511210043330984e+25
            local function f(...) return select("#", ...), (select(2, ...)) end print(f(1, nil, nil))
                3	nil
        "##]],
    );
}

#[test]
fn numbers_are_written_as_lua_prints_them() {
    let script = r#"
local numbers = { 0, 1, -1, 0.1, 1 / 3, 1e15, 1e16, 123456789012345, 2 ^ 53, 2 ^ 60, 2 ^ 63, 1e20, 1e21, 1e22, 1e100,
  1.5e300, 1e-5, 1e-6, 1e-7, 1.25e-10, 5e-324, 123.456, 100, 1e5, -2.5e-8, 12345678.9 }
for i = 1, 200 do numbers[#numbers + 1] = (math.random() - 0.5) * 10 ^ math.random(-30, 30) end
local words = {}
for i, n in ipairs(numbers) do words[i] = tostring(n) end
print(table.concat(words, " "))
bk.export(bk.image("x"):run(numbers))
"#;
    let run = crate::support::run(script);
    let expected = run.output.first().unwrap().text.trim().to_owned();
    let op = run.definition().unwrap().ops[1].op.op.clone().unwrap();
    let luakit_check::llb::pb::op::Op::Exec(exec) = op else { panic!("no command: {op:?}") };
    assert_eq!(exec.meta.unwrap().args.join(" "), expected);
}

#[test]
fn strings_are_those_of_lua_5_1() {
    check(
        r##"
print("\.", "\$HOME", "a\d", "\65\066")
print("\x41", "\u{e9}", "a\z   b")
print(#"é", ("x"):rep(3), ("x"):rep(3, ","), ("abc"):upper(), ("ABC"):lower())
print(("hello"):sub(2, -2), ("hello"):sub(-3), ("hello"):byte(1, 2), ("a"):len())
print(("key=value"):match("(%w+)=(%w+)"), ("a.b"):gsub("%.", "/"))
print(("hello world"):find("o w"), ("hello"):find("l+"), ("a.b"):find(".", 1, true))
print(("abc"):find("c", -1), ("abc"):find("a", -1), ("abc"):find("", 10), ("abc"):find("b", 0), ("abc"):find("b", 1.9))
print(("abc"):find("b", -10), ("abc"):find("", 4), ("abc"):find("", 5), ("aXb"):find("X", 2, true))
for w in ("a b c"):gmatch("%a") do io.write(w, ";") end
print(("%s=%q"):format("a", "b\n"), ("%%"):format(), ("%c"):format(65), ("%g"):format(1e20))
print(("a,b,,c"):split(",")[3] == "", #("a,b,,c"):split(","), table.concat(("a--------b--------c"):split("--------"), "|"))
print(("x"):reverse(), ("  trim  "):match("^%s*(.-)%s*$"), tostring(nil), tostring(true))
print([[long
string]])
print([==[ ]] ]==], "it's", 'say "hi"')
print("a" < "b", "a" < "B", "10" < "9", not nil)
print(`v{1 + 1}`, `{"x"}-{nil}`)
"##,
        &expect![[r#"
            print("\.", "\$HOME", "a\d", "\65\066")
                .	$HOME	ad	AB
            print("\x41", "\u{e9}", "a\z   b")
                A	é	ab
            print(#"é", ("x"):rep(3), ("x"):rep(3, ","), ("abc"):upper(), ("ABC"):lower())
                2	xxx	xxx	ABC	abc
            print(("hello"):sub(2, -2), ("hello"):sub(-3), ("hello"):byte(1, 2), ("a"):len())
                ell	llo	104	1
            print(("key=value"):match("(%w+)=(%w+)"), ("a.b"):gsub("%.", "/"))
                key	a/b	1
            print(("hello world"):find("o w"), ("hello"):find("l+"), ("a.b"):find(".", 1, true))
                5	3	2	2
            print(("abc"):find("c", -1), ("abc"):find("a", -1), ("abc"):find("", 10), ("abc"):find("b", 0), ("abc"):find("b", 1.9))
                3	nil	nil	2	2	2
            print(("abc"):find("b", -10), ("abc"):find("", 4), ("abc"):find("", 5), ("aXb"):find("X", 2, true))
                2	4	nil	2	2
            for w in ("a b c"):gmatch("%a") do io.write(w, ";") end
                a;b;c;
            print(("%s=%q"):format("a", "b\n"), ("%%"):format(), ("%c"):format(65), ("%g"):format(1e20))
                a="b\
            print(("a,b,,c"):split(",")[3] == "", #("a,b,,c"):split(","), table.concat(("a--------b--------c"):split("--------"), "|"))
                true	4	a|b|c
            print(("x"):reverse(), ("  trim  "):match("^%s*(.-)%s*$"), tostring(nil), tostring(true))
                x	trim	nil	true
            print([[long
                build.lua:1:7: unclosed string, expected `]]` [syntax]
            string]])
                build.lua:1:1: `string` is no statement: expected a call or an assignment [syntax]
            print([==[ ]] ]==], "it's", 'say "hi"')
                 ]] 	it's	say "hi"
            print("a" < "b", "a" < "B", "10" < "9", not nil)
                true	false	true	true
            print(`v{1 + 1}`, `{"x"}-{nil}`)
                v2	x-nil
        "#]],
    );
}

#[test]
fn tables_and_functions_are_those_of_lua_5_1() {
    check(
        r##"
print(unpack({ 1, 2, 3 }), table.unpack({ 1, 2 }))
print(table.getn({ 1, 2, 3 }), table.maxn({ 1, nil, 3 }), #{ 1, 2 })
table.foreach({ "a", "b" }, print)
table.foreachi({ "a", "b" }, print)
local t = { 3, 1, 2 } table.sort(t) print(table.concat(t, ","))
local t = { 3, 1, 2 } table.sort(t, function(a, b) return a > b end) print(table.concat(t, ","))
local t = { 1, 2 } table.insert(t, 3) table.insert(t, 1, 0) print(table.concat(t, ","), table.remove(t), table.remove(t, 1))
local t = table.pack(1, nil, 3) print(t.n)
local t = {} for k, v in pairs({ b = 1, a = 2, c = 3 }) do t[#t + 1] = k .. v end print(table.concat(t, " "))
for i, v in ipairs({ "a", nil, "c" }) do io.write(i, v, " ") end
for k, v in { "x", "y" } do io.write(k, v, " ") end
print(next({}), type(next), select("#"), select(-1, 1, 2), rawequal("a", "a"), rawlen({ 1 }), rawget({ a = 1 }, "a"))
print(loadstring("return 1 + 1")(), loadstring("x x"))
local f = loadstring("return ...") print(f(1, 2))
print(load("return 1 + 1")(), load("x x"))
local t = { "return ", "1 + ", "2" } local i = 0 print(load(function() i += 1 return t[i] end)())
print(load("return x", "=chunk", "t", { x = 5 })(), load("\27Lua"), load("return 1", "x", "b"), load(function() return 5 end))
local f = function() return x end setfenv(f, { x = 5 }) print(f(), getfenv(f).x)
local goto = 5 print(goto)
local continue = 1 print(continue)
local t = setmetatable({}, { __index = function(_, k) return k .. "!" end, __call = function(_, a) return a * 2 end }) print(t.a, t(4))
local t = setmetatable({}, { __len = function() return 7 end }) print(#t)
print(pcall(function() local t = nil; return t.x end))
local a <const> = 1 print(a)
local n = 1 n += 2 n *= 5 print(n, if n > 3 then "big" else "small")
local function f(a: number, b: string?): string return a .. (b or "") end print(f(1))
type Point = { x: number } local p: Point = { x = 1 } print(p.x)
local co = coroutine.create(function(a) local b = coroutine.yield(a + 1) return b * 2 end) print(coroutine.resume(co, 1)) print(coroutine.resume(co, 5)) print(coroutine.status(co))
local gen = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) print(gen(), gen(), gen())
print(coroutine.resume(coroutine.create(function() error("x") end)))
print(select(2, pcall(error, { code = 1 })).code, select(2, pcall(error, nil)), select(2, pcall(error, "a", 0)))
print(xpcall(function(a, b) return a + b end, print, 1, 2))
print(xpcall(function() error("x", 0) end, function(e) return e .. "!" end))
print(pcall(coroutine.wrap(function() return pcall(coroutine.yield, 1) end)))
"##,
        &expect![[r##"
            print(unpack({ 1, 2, 3 }), table.unpack({ 1, 2 }))
                1	1	2
            print(table.getn({ 1, 2, 3 }), table.maxn({ 1, nil, 3 }), #{ 1, 2 })
                3	3	2
            table.foreach({ "a", "b" }, print)
                1	a
            table.foreachi({ "a", "b" }, print)
                1	a
            local t = { 3, 1, 2 } table.sort(t) print(table.concat(t, ","))
                1,2,3
            local t = { 3, 1, 2 } table.sort(t, function(a, b) return a > b end) print(table.concat(t, ","))
                3,2,1
            local t = { 1, 2 } table.insert(t, 3) table.insert(t, 1, 0) print(table.concat(t, ","), table.remove(t), table.remove(t, 1))
                0,1,2,3	3	0
            local t = table.pack(1, nil, 3) print(t.n)
                3
            local t = {} for k, v in pairs({ b = 1, a = 2, c = 3 }) do t[#t + 1] = k .. v end print(table.concat(t, " "))
                a2 c3 b1
            for i, v in ipairs({ "a", nil, "c" }) do io.write(i, v, " ") end
                1a
            for k, v in { "x", "y" } do io.write(k, v, " ") end
                1x 2y
            print(next({}), type(next), select("#"), select(-1, 1, 2), rawequal("a", "a"), rawlen({ 1 }), rawget({ a = 1 }, "a"))
                nil	function	0	2	true	1	1
            print(loadstring("return 1 + 1")(), loadstring("x x"))
                2	nil	loadstring:1: Incomplete statement: expected assignment or a function call
            local f = loadstring("return ...") print(f(1, 2))
                1	2
            print(load("return 1 + 1")(), load("x x"))
                2	nil	loadstring:1: Incomplete statement: expected assignment or a function call
            local t = { "return ", "1 + ", "2" } local i = 0 print(load(function() i += 1 return t[i] end)())
                3
            print(load("return x", "=chunk", "t", { x = 5 })(), load("\27Lua"), load("return 1", "x", "b"), load(function() return 5 end))
                5	nil	nil	nil	load: the function must return a string
            local f = function() return x end setfenv(f, { x = 5 }) print(f(), getfenv(f).x)
                5	5
            local goto = 5 print(goto)
                5
            local continue = 1 print(continue)
                1
            local t = setmetatable({}, { __index = function(_, k) return k .. "!" end, __call = function(_, a) return a * 2 end }) print(t.a, t(4))
                a!	8
            local t = setmetatable({}, { __len = function() return 7 end }) print(#t)
                7
            print(pcall(function() local t = nil; return t.x end))
                false	build.lua:1: attempt to index nil with 'x'
            local a <const> = 1 print(a)
                build.lua:1:9: attributes such as `<const>` are of Lua 5.4, not of Luau [syntax]
            local n = 1 n += 2 n *= 5 print(n, if n > 3 then "big" else "small")
                15	big
            local function f(a: number, b: string?): string return a .. (b or "") end print(f(1))
                1
            type Point = { x: number } local p: Point = { x = 1 } print(p.x)
                1
            local co = coroutine.create(function(a) local b = coroutine.yield(a + 1) return b * 2 end) print(coroutine.resume(co, 1)) print(coroutine.resume(co, 5)) print(coroutine.status(co))
                true	2
            local gen = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) print(gen(), gen(), gen())
                1	2	3
            print(coroutine.resume(coroutine.create(function() error("x") end)))
                false	build.lua:1: x
            print(select(2, pcall(error, { code = 1 })).code, select(2, pcall(error, nil)), select(2, pcall(error, "a", 0)))
                1	nil	a
            print(xpcall(function(a, b) return a + b end, print, 1, 2))
                true	3
            print(xpcall(function() error("x", 0) end, function(e) return e .. "!" end))
                false	x!
            print(pcall(coroutine.wrap(function() return pcall(coroutine.yield, 1) end)))
                true	1
        "##]],
    );
}

#[test]
fn the_world_stands_still() {
    check(
        r##"
print(os.time(), os.clock(), os.date(), os.date("%Y-%m-%d"), os.date("!%H:%M", 3600))
print(os.time({ year = 2000, month = 1, day = 1, hour = 0 }), os.date("*t", 0).year)
print(math.random(100), math.random(100), math.random(100))
math.randomseed(42) print(math.random(100), math.random(100))
print(os.getenv("HOME"), os.getenv("NOTHING"))
print(tostring(bk.scratch()), tostring(bk.image("x")), tostring(bk.cache("/c")), tostring(bk.platform("linux/arm")))
print(type(bk), type(bk.image), type(bk.scratch()), typeof(bk.scratch()), typeof(bk.cache("/c")))
local s = bk.image("x") print(s == s, s == bk.image("x"), bk.platform("linux/arm64") == bk.platform("linux/arm64/v8"))
local p = bk.platform("linux/arm") print(p.os, p.arch, p.variant, bk.platform("linux/amd64").variant == "")
"##,
        &expect![[r#"
            print(os.time(), os.clock(), os.date(), os.date("%Y-%m-%d"), os.date("!%H:%M", 3600))
                0	0	Thu Jan  1 00:00:00 1970	1970-01-01	01:00
            print(os.time({ year = 2000, month = 1, day = 1, hour = 0 }), os.date("*t", 0).year)
                946684800	1970
            print(math.random(100), math.random(100), math.random(100))
                79	56	11
            math.randomseed(42) print(math.random(100), math.random(100))
                56	23
            print(os.getenv("HOME"), os.getenv("NOTHING"))
                nil	nil
            print(tostring(bk.scratch()), tostring(bk.image("x")), tostring(bk.cache("/c")), tostring(bk.platform("linux/arm")))
                State 1	State 2	Mount /c	linux/arm/v7
            print(type(bk), type(bk.image), type(bk.scratch()), typeof(bk.scratch()), typeof(bk.cache("/c")))
                table	function	userdata	State	Mount
            local s = bk.image("x") print(s == s, s == bk.image("x"), bk.platform("linux/arm64") == bk.platform("linux/arm64/v8"))
                true	false	true
            local p = bk.platform("linux/arm") print(p.os, p.arch, p.variant, bk.platform("linux/amd64").variant == "")
                linux	arm	v7	true
        "#]],
    );
}

#[test]
fn what_is_written_goes_to_the_output() {
    check(
        r##"
print(1, nil, true, "x", 1.5)
print()
io.write("a", 1, 2.5, "\n")
io.stderr:write("to stderr\n")
io.stdout:write("a"):write("b")
print(io.write("") == io.stdout)
print(#tostring(print) > 0, setmetatable({}, { __tostring = function() return "custom" end }))
print(collectgarbage(), collectgarbage("count") > 0, collectgarbage("collect"))
print(_VERSION, _G._G == _G, package.path ~= nil, type(package.loaded), type(package.preload))
print(bit32.band(6, 3), utf8.char(233), #buffer.tostring(buffer.fromstring("ab")))
"##,
        &expect![[r#"
            print(1, nil, true, "x", 1.5)
                1	nil	true	x	1.5
            print()
    
            io.write("a", 1, 2.5, "\n")
                a12.5
            io.stderr:write("to stderr\n")
                to stderr
            io.stdout:write("a"):write("b")
                ab
            print(io.write("") == io.stdout)
                true
            print(#tostring(print) > 0, setmetatable({}, { __tostring = function() return "custom" end }))
                true	custom
            print(collectgarbage(), collectgarbage("count") > 0, collectgarbage("collect"))
                0	true	0
            print(_VERSION, _G._G == _G, package.path ~= nil, type(package.loaded), type(package.preload))
                Luau 0.740	true	true	table	table
            print(bit32.band(6, 3), utf8.char(233), #buffer.tostring(buffer.fromstring("ab")))
                2	é	2
        "#]],
    );
}

#[test]
fn what_other_luas_have_is_refused_in_words() {
    check(
        r##"
local x = 5 & 3
local x = 5 | 3
local x = 1 << 2
local x = 5 ~ 3
goto done
local x <close> = nil
f
(print)("x")
print("a" + 1)
print({} .. "x")
print(1 < "2")
print({} < {})
print(#5)
print(-{})
nothing()
nothing.at.all()
local t = {} t.x.y = 1
local t = {} t:method()
("x"):nothing()
local t = {} t[nil] = 1
for i = 1, "x" do end
for x in 5 do end
local s = bk.scratch() print(s + 1)
local s = bk.scratch() print(s .. "x")
local s = bk.scratch() print(#s)
local s = bk.scratch() print(s < s)
local s = bk.scratch() s()
local s = bk.scratch() s.x = 1
local s = bk.scratch() print(s.x)
local s = bk.scratch() print(s[1])
local s = bk.scratch() print(s[{}])
local s = bk.scratch() for k in pairs(s) do end
local s = bk.scratch() for k in s do end
print(bk.cache("/c").id)
print(bk.platform("linux/arm").foo)
bk.platform("linux/arm").os = "x"
print(bk.nope)
print(bk[1])
print(bk[{}])
bk()
string.dump(print)
print(debug.traceback())
dofile("x.lua")
loadfile("x.lua")
io.open("x")
io.popen("ls")
io.read()
os.execute("ls")
os.exit(1)
os.remove("x")
package.loadlib("x", "y")
string.find()
("x"):find({})
table.concat({ {} })
table.insert({}, 1, 2, 3)
setmetatable(1, {})
coroutine.resume(nil)
coroutine.wrap(1)
pcall()
xpcall(print)
require()
require(5)
loadstring(nil)
os.date({})
os.date("%Ez")
os.time(5)
os.getenv()
tostring()
print(setmetatable({}, { __tostring = function() return 1 end }))
"##,
        &expect![[r#"
            local x = 5 & 3
                build.lua:1:13: `&` is not an operator of Luau [syntax]
            local x = 5 | 3
                build.lua:1:13: `|` is not an operator of Luau [syntax]
            local x = 1 << 2
                build.lua:1:13: `<<` is not an operator of Luau [syntax]
            local x = 5 ~ 3
                build.lua:1:13: `~` is not an operator of Luau [syntax]
            goto done
                build.lua:1:1: `goto` is not in Luau [syntax]
            local x <close> = nil
                build.lua:1:9: attributes such as `<const>` are of Lua 5.4, not of Luau [syntax]
            f
                build.lua:1:1: `f` is no statement: expected a call or an assignment [syntax]
            (print)("x")
                x
            print("a" + 1)
                build.lua:1:1: attempt to perform arithmetic (add) on string and number [runtime-error]
            print({} .. "x")
                build.lua:1:1: attempt to concatenate table with string [runtime-error]
            print(1 < "2")
                build.lua:1:1: attempt to compare number < string [runtime-error]
            print({} < {})
                build.lua:1:1: attempt to compare table < table [runtime-error]
            print(#5)
                build.lua:1:1: attempt to get length of a number value [runtime-error]
            print(-{})
                build.lua:1:1: attempt to perform arithmetic (unm) on table [runtime-error]
            nothing()
                build.lua:1:1: attempt to call a nil value: `nothing` [runtime-error]
            nothing.at.all()
                build.lua:1:1: attempt to index nil with 'at': `nothing` [runtime-error]
            local t = {} t.x.y = 1
                build.lua:1:14: attempt to index nil with 'y': `t.x` [runtime-error]
            local t = {} t:method()
                build.lua:1:16: attempt to call missing method 'method' of table [runtime-error]
            ("x"):nothing()
                build.lua:1:7: attempt to call missing method 'nothing' of string [runtime-error]
            local t = {} t[nil] = 1
                build.lua:1:1: table index is nil [runtime-error]
            for i = 1, "x" do end
                build.lua:1:1: invalid 'for' limit (number expected, got string) [runtime-error]
            for x in 5 do end
                build.lua:1:1: attempt to iterate over a number value [runtime-error]
            local s = bk.scratch() print(s + 1)
                build.lua:1:24: attempt to perform arithmetic (add) on State and number [runtime-error]
            local s = bk.scratch() print(s .. "x")
                build.lua:1:24: attempt to concatenate State with string [runtime-error]
            local s = bk.scratch() print(#s)
                build.lua:1:24: attempt to get length of a State value [runtime-error]
            local s = bk.scratch() print(s < s)
                build.lua:1:24: attempt to compare State < State [runtime-error]
            local s = bk.scratch() s()
                build.lua:1:24: attempt to call a State value: `s` [runtime-error]
            local s = bk.scratch() s.x = 1
                build.lua:1:26: `x` cannot be set: a State never changes [runtime-error]
            local s = bk.scratch() print(s.x)
                build.lua:1:32: unknown method `x` of State [unknown-method]
            local s = bk.scratch() print(s[1])
                build.lua:1:24: unknown method `[1]` of State [unknown-method]
            local s = bk.scratch() print(s[{}])
                build.lua:1:24: unknown method `[table]` of State [unknown-method]
            local s = bk.scratch() for k in pairs(s) do end
                build.lua:1:33: invalid argument #1 to 'pairs' (table expected, got State) [runtime-error]
            local s = bk.scratch() for k in s do end
                build.lua:1:14: attempt to iterate over a State value [runtime-error]
            print(bk.cache("/c").id)
                build.lua:1:22: unknown method `id` of Mount [unknown-method]
            print(bk.platform("linux/arm").foo)
                build.lua:1:32: unknown field `foo` of Platform [unknown-method]
            bk.platform("linux/arm").os = "x"
                build.lua:1:1: `os` cannot be set: a Platform never changes [runtime-error]
            print(bk.nope)
                build.lua:1:10: unknown function `bk.nope` [unknown-function]
            print(bk[1])
                build.lua:1:1: unknown function `bk.[1]` [unknown-function]
            print(bk[{}])
                build.lua:1:1: unknown function `bk.[table]` [unknown-function]
            bk()
                build.lua:1:1: attempt to call a table value: `bk` [runtime-error]
            string.dump(print)
                build.lua:1:1: string.dump is not available in build scripts (sandboxed) [sandboxed]
            print(debug.traceback())
                build.lua:1:7: debug.traceback is not available in build scripts (sandboxed) [sandboxed]
            dofile("x.lua")
                build.lua:1:1: dofile is not available in build scripts (sandboxed) [sandboxed]
            loadfile("x.lua")
                build.lua:1:1: loadfile is not available in build scripts (sandboxed) [sandboxed]
            io.open("x")
                build.lua:1:1: io.open is not available in build scripts (sandboxed) [sandboxed]
            io.popen("ls")
                build.lua:1:1: io.popen is not available in build scripts (sandboxed) [sandboxed]
            io.read()
                build.lua:1:1: io.read is not available in build scripts (sandboxed) [sandboxed]
            os.execute("ls")
                build.lua:1:1: os.execute is not available in build scripts (sandboxed) [sandboxed]
            os.exit(1)
                build.lua:1:1: os.exit is not available in build scripts (sandboxed) [sandboxed]
            os.remove("x")
                build.lua:1:1: os.remove is not available in build scripts (sandboxed) [sandboxed]
            package.loadlib("x", "y")
                build.lua:1:1: package.loadlib is not available in build scripts (sandboxed) [sandboxed]
            string.find()
                build.lua:1:8: invalid argument #1 to 'find' (string expected, got nil) [runtime-error]
            ("x"):find({})
                build.lua:1:7: invalid argument #2 to 'find' (string expected, got table) [runtime-error]
            table.concat({ {} })
                build.lua:1:7: invalid value (table) at index 1 in table for 'concat' [runtime-error]
            table.insert({}, 1, 2, 3)
                build.lua:1:1: wrong number of arguments to 'insert' [runtime-error]
            setmetatable(1, {})
                build.lua:1:1: invalid argument #1 to 'setmetatable' (table expected, got number) [runtime-error]
            coroutine.resume(nil)
                build.lua:1:11: invalid argument #1 to 'resume' (thread expected, got nil) [runtime-error]
            coroutine.wrap(1)
                build.lua:1:11: invalid argument #1 to 'wrap' (function expected, got number) [runtime-error]
            pcall()
                build.lua:1:1: missing argument #1 to 'pcall' (function expected) [runtime-error]
            xpcall(print)
                build.lua:1:1: invalid argument #2 to 'xpcall' (function expected, got nil) [runtime-error]
            require()
                build.lua:1:1: require: module name must be a string, got nil [unresolved-require]
            require(5)
                build.lua:1:9: require: module name must be a string, got number [unresolved-require]
            loadstring(nil)
                build.lua:1:1: invalid argument #1 to 'loadstring' (string expected, got nil) [runtime-error]
            os.date({})
                build.lua:1:4: invalid argument #1 to 'date' (string expected, got table) [runtime-error]
            os.date("%Ez")
                build.lua:1:4: invalid argument #1 to 'date' (invalid conversion specifier) [runtime-error]
            os.time(5)
                build.lua:1:4: invalid argument #1 to 'time' (table expected, got number) [runtime-error]
            os.getenv()
                build.lua:1:4: os.getenv: name required (a string) [missing-argument]
            tostring()
                build.lua:1:1: missing argument #1 [runtime-error]
            print(setmetatable({}, { __tostring = function() return 1 end }))
                1
        "#]],
    );
}
