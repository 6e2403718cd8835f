//! The collecting pass: several mistakes of one run, and nothing that only follows from one of them.

use crate::support::{rendered, run};
use expect_test::{Expect, expect};

fn check(script: &str, expected: &Expect) {
    let told = rendered(&run(script));
    let places: Vec<&str> = told.lines().filter(|line| line.contains(" [")).collect();
    expected.assert_eq(&(places.join("\n") + "\n"));
}

#[test]
fn three_mistakes_take_one_run() {
    check(
        r#"local base = bk.image("")
local built = base:run("make", { netwrok = "none" }):run({})
bk.export(built:copy("src", "dest"), { cmd = "sh" })
"#,
        &expect![[r#"
            build.lua:1:23: bk.image: identifier must not be empty [invalid-value]
            build.lua:2:34: bk.run: unknown option `netwrok` in `RunOptions`, did you mean `network`? [unknown-option]
            build.lua:2:58: bk.run: command argument must not be empty [invalid-value]
            build.lua:3:22: bk.copy: first argument must be a state, got string [wrong-type]
            build.lua:3:17: bk.copy: dest required (a string) [missing-argument]
            build.lua:3:46: bk.export: cmd must be a list of strings, got string [wrong-type]
        "#]],
    );
}

#[test]
fn a_loop_makes_no_list_of_one_mistake() {
    check(
        "local s = bk.image('alpine')\nfor i = 1, 9 do s = s:run('', { env = { N = i } }) end\nbk.export(s)\n",
        &expect![[r#"
            build.lua:2:27: bk.run: command argument must not be empty [invalid-value]
        "#]],
    );
}

#[test]
fn what_pcall_catches_is_raised_as_in_a_build() {
    check(
        r#"local ok, err = pcall(bk.image, "")
assert(not ok, "pcall caught nothing")
assert(not pcall(function() bk.scratch():nothing() end))
local co = coroutine.create(function() bk.image("") end)
assert(not coroutine.resume(co))
local s = bk.image("Wrong Name")
assert(not xpcall(function() s:run(5) end, print))
bk.export(bk.imgae("alpine"))
"#,
        &expect![[r#"
            build.lua:6:20: bk.image: invalid reference format: repository name (library/Wrong Name) must be lowercase [invalid-op]
            build.lua:8:14: unknown function `bk.imgae`, did you mean `image`? [unknown-function]
        "#]],
    );
}

#[test]
fn what_a_stand_in_leads_to_is_not_told() {
    check(
        r#"local base = bk.image("")
local out = base:run("x", { mounts = { bk.cahce("/c"), bk.cache("") } }):mount("/out")
local version = bk.arg("VERSION", 1, { type = "string" })
out = out:mkdir("/a", { owner = "app" }):with_env({ V = 5 .. version })
bk.export(out)
"#,
        &expect![[r#"
            build.lua:1:23: bk.image: identifier must not be empty [invalid-value]
            build.lua:2:43: unknown function `bk.cahce`, did you mean `cache`? [unknown-function]
            build.lua:2:65: bk.cache: dest must not be empty [invalid-value]
            build.lua:3:35: bk.arg: default must be a string, as `type` says, got number [wrong-type]
        "#]],
    );
}

#[test]
fn a_wrong_export_is_not_a_missing_one() {
    check(
        "bk.export('alpine')\n",
        &expect![[r#"
            build.lua:1:11: bk.export: first argument must be a state, got string [wrong-type]
        "#]],
    );
}

#[test]
fn an_error_of_the_script_after_one_of_the_api_is_told_as_well() {
    check(
        "local s = bk.image('')\nlocal t = nil\nt.x = s\n",
        &expect![[r#"
            build.lua:1:20: bk.image: identifier must not be empty [invalid-value]
            build.lua:3:1: attempt to index nil with 'x': `t` [runtime-error]
        "#]],
    );
}

#[test]
fn a_script_that_never_ends_after_a_stand_in_says_what_it_said_before() {
    check(
        "local s = bk.image('')\nwhile true do s = s:run('x') end\n",
        &expect![[r#"
            build.lua:1:20: bk.image: identifier must not be empty [invalid-value]
        "#]],
    );
}
