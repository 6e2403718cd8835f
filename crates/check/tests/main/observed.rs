//! The values that names had in a run, as hovers tell them.

use crate::suite::cases;
use crate::support::{options, rendered, run_with};
use expect_test::{Expect, expect};
use luakit_check::{DryRun, Options};

fn observe(text: &str) -> DryRun {
    run_with(text, &Options { observe: true, ..options() })
}

/// Shows each name with its line and the values it had.
fn check(text: &str, expected: &Expect) {
    let run = observe(&format!("{text}\nbk.export(bk.scratch():mkfile('/x', ''))"));
    let mut shown = rendered(&run);
    for observed in &run.observed {
        let (place, more) = (&observed.place, if observed.more { " and more" } else { "" });
        let name = place.file.slice(place.range);
        let line = place.file.line_column(place.range.start).line;
        shown.push_str(&format!(
            "{}:{line} {name} = {}{more}\n",
            place.file.name,
            observed.values.join(" | ")
        ));
    }
    expected.assert_eq(&shown);
}

#[test]
fn a_name_has_the_values_that_it_got() {
    check(
        r#"local version, n = "1." .. 2 + 3, 7 / 2
version = version .. "-rc"
n += 1
if version then local inner = not n end
total = n * 2
local never
local f = function(name, ...) local twice = name .. name return twice end
f("a") f("b") f("a")
for i, word in ipairs({ "x", "y" }) do local _ = word end
for i = 10, 1, -3 do local j = i end
repeat local done = true until done"#,
        &expect![[r#"
            build.lua:1 version = "1.5"
            build.lua:1 n = 3.5
            build.lua:2 version = "1.5-rc"
            build.lua:3 n = 4.5
            build.lua:4 inner = false
            build.lua:5 total = 9
            build.lua:7 name = "a" | "b"
            build.lua:7 twice = "aa" | "bb"
            build.lua:9 i = 1 | 2
            build.lua:9 word = "x" | "y"
            build.lua:10 i = 10 | 7 | 4 | 1
            build.lua:10 j = 10 | 7 | 4 | 1
            build.lua:11 done = true
        "#]],
    );
}

#[test]
fn values_are_written_as_lua() {
    check(
        r#"local s = "a\"b\\\n" .. "\1é"
local empty, list = {}, { 1, "two", nil, 4 }
local options = { env = { CC = "gcc", ["a-b"] = true }, [1] = "x", ["end"] = 1, deep = { { { 1 } } } }
local keyed = { [true] = 1, [2.5] = 2 }
local me = {} me.me = me
local meta = setmetatable({}, { __tostring = function() error("no") end, __index = error, __iter = error })
local state = { bk.image("alpine"), print, bk.cache("/c") }
local alone = bk.image("alpine")
local long = ("x"):rep(1000)
local many = {} for i = 1, 100 do many[i] = i end
local wide = {} for i = 1, 100 do wide["k" .. i] = i end
local inf, nan = 1 / 0, 0 / 0
wide = wide"#,
        &expect![[r#"
            build.lua:1 s = "a\"b\\\n\1é"
            build.lua:2 empty = {}
            build.lua:2 list = { 1, "two", nil, 4 }
            build.lua:3 options = { "x", deep = { {…} }, ["end"] = 1, env = { CC = "gcc", ["a-b"] = true } }
            build.lua:4 keyed = { … }
            build.lua:5 me = { me = {…} }
            build.lua:6 meta = {}
            build.lua:7 state = { State, function, Mount }
            build.lua:9 long = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
            build.lua:10 many = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, … }
            build.lua:10 i = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 and more
            build.lua:11 wide = { k1 = 1, k10 = 10, k100 = 100, k11 = 11, k12 = 12, k13 = 13, k14 = 14, k15 = 15, k16 = 16, k17 = 17, k18 = 18, k19 = 19, … }
            build.lua:11 i = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 and more
            build.lua:12 inf = inf
            build.lua:12 nan = nan
            build.lua:13 wide = { k1 = 1, k10 = 10, k100 = 100, k11 = 11, k12 = 12, k13 = 13, k14 = 14, k15 = 15, k16 = 16, k17 = 17, k18 = 18, k19 = 19, … }
        "#]],
    );
}

#[test]
fn the_first_few_values_stand_for_a_loop() {
    check(
        "for i = 1, 1000000 do local even = i % 2 == 0 end",
        &expect![[r#"
        build.lua:1 i = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 and more
        build.lua:1 even = false | true and more
    "#]],
    );
}

#[test]
fn modules_tell_theirs_too() {
    let run = observe(
        "local lib = require('lib')\nbk.export(lib.base('3.19'))\n\
         --- lib.lua\nlocal M = {}\nfunction M.base(version) local ref = 'alpine:' .. version\nreturn bk.image(ref) end\nreturn M\n",
    );
    let told = run.observed.iter().map(|it| {
        format!("{} {} = {}", it.place.file.name, it.place.file.slice(it.place.range), it.values.join(" | "))
    });
    let told: Vec<String> = told.collect();
    expect![[r#"
        build.lua lib = { base = function }
        lib.lua M = { base = function }
        lib.lua version = "3.19"
        lib.lua ref = "alpine:3.19""#]]
    .assert_eq(&told.join("\n"));
}

#[test]
fn a_script_that_looks_at_the_observer_is_judged_without_it() {
    let run = observe(
        "local n = 0 for k in pairs(_G) do n = n + 1 end\nbk.export(bk.scratch():mkfile('/' .. n, ''))",
    );
    assert_eq!(rendered(&run), "");
    let run = observe("setfenv(1, { bk = bk }) local x = 1 bk.export(bk.scratch():mkfile('/' .. x, ''))");
    assert_eq!(rendered(&run), "");
}

#[test]
fn a_script_that_is_not_deterministic_is_still_told_so() {
    let run = observe("local x = tostring({})\nbk.export(bk.scratch():mkfile('/' .. x, ''))");
    assert!(rendered(&run).contains("[not-deterministic]"));
}

#[test]
fn what_is_found_and_built_is_the_same_when_values_are_told() {
    for (path, text) in cases() {
        let (plain, told) = (run_with(&text, &options()), observe(&text));
        assert_eq!(rendered(&told), rendered(&plain), "{}", path.display());
        let encoded = |run: &DryRun| run.definition().map(luakit_llb::Definition::encode);
        assert_eq!(encoded(&told), encoded(&plain), "{}", path.display());
    }
}
