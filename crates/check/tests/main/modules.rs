//! `require`: where modules are found, that each runs once, and what is said when something is wrong with one.

use crate::support::{Files, options, rendered, run, run_with};
use expect_test::{Expect, expect};
use luakit_check::{dry_run, worker};
use luakit_diagnostics::SourceFile;
use std::sync::Arc;

/// Shows what a script with its modules prints, and its findings.
fn check(text: &str, expected: &Expect) {
    let run = run(text);
    let mut out: String = run.output.iter().map(|printed| printed.text.as_str()).collect();
    out.push_str(&rendered(&run));
    expected.assert_eq(&out);
}

#[test]
fn dots_and_slashes_are_the_same_file_and_it_runs_once() {
    check(
        r#"
local a, b, c, d = require("lib.m"), require("lib/m"), require("./lib/m"), require("lib/m.lua")
print(a == b, b == c, c == d, a.name)
bk.export(bk.scratch())
--- lib/m.lua
print("runs")
return { name = ... }
"#,
        &expect![[r#"
            runs
            true	true	true	lib.m
        "#]],
    );
}

#[test]
fn folders_have_an_init_file_and_luakit_modules_comes_second() {
    check(
        r#"
print(require("lib"), require("third"), require("both"), require("party.go"))
bk.export(bk.scratch())
--- lib/init.lua
return "lib/init"
--- luakit_modules/third.lua
return "third"
--- both.lua
return "beside"
--- luakit_modules/both.lua
return "in luakit_modules"
--- luakit_modules/party/go/init.lua
return "party/go/init"
"#,
        &expect![[r#"
            lib/init	third	beside	party/go/init
        "#]],
    );
}

#[test]
fn a_module_may_return_anything() {
    check(
        r#"
print(require("nothing"), require("none"), require("no"), require("several"))
print(require("nothing"), require("none"), require("no"), require("several"))
bk.export(bk.scratch())
--- nothing.lua
local x = 1
--- none.lua
return nil
--- no.lua
print("no runs")
return false
--- several.lua
return 1, 2
"#,
        &expect![[r#"
            no runs
            true	true	false	1
            true	true	false	1
        "#]],
    );
}

#[test]
fn package_loaded_and_preload_work_as_in_lua() {
    check(
        r#"
package.preload["made"] = function(name) return "made " .. name end
package.loaded["given"] = "given"
print(require("made"), require("made"), require("given"), package.loaded.made)
print(require("self"), package.loaded.self)
bk.export(bk.scratch())
--- self.lua
package.loaded[...] = "put there by itself"
"#,
        &expect![[r#"
            made made	made made	given	made made
            put there by itself	put there by itself
        "#]],
    );
}

#[test]
fn modules_share_what_is_global() {
    check(
        r#"
shared = 1
require("m")
print(shared, helper())
bk.export(bk.scratch())
--- m.lua
shared = shared + 1
function helper() return "helps" end
"#,
        &expect![[r#"
            2	helps
        "#]],
    );
}

#[test]
fn a_module_that_requires_the_script_is_a_cycle_at_once() {
    let (script, mut files) = Files::split("require(\"m\")\n--- m.lua\nreturn require(\"build\")\n");
    files.0.insert("build.lua".into(), script.clone());
    let file = Arc::new(SourceFile::new("build.lua", script));
    let run = worker::run(|| dry_run(&file, &files, &options())).unwrap();
    expect![[r#"
        m.lua:1:8: require: modules require each other: build.lua → m.lua → build.lua [require-cycle]
         1 | return require("build")
           |        ^^^^^^^
          called from build.lua:1:1
        hint: move what both need into a module of its own
    "#]]
    .assert_eq(&rendered(&run));
}

#[test]
fn a_cycle_is_named() {
    check(
        r#"
local a = require("a")
--- a.lua
return require("lib.b")
--- lib/b.lua
return require("a")
"#,
        &expect![[r#"
            lib/b.lua:1:8: require: modules require each other: a.lua → lib/b.lua → a.lua [require-cycle]
             1 | return require("a")
               |        ^^^^^^^
              called from a.lua:1:8
              called from build.lua:2:11
            hint: move what both need into a module of its own
        "#]],
    );
    check(
        "require('a')\n--- a.lua\nrequire('a')",
        &expect![[r#"
        a.lua:1:1: require: modules require each other: a.lua → a.lua [require-cycle]
         1 | require('a')
           | ^^^^^^^
          called from build.lua:1:1
        hint: move what both need into a module of its own
    "#]],
    );
    check(
        "require('build')\n--- build.lua.lua\n",
        &expect![[r#"
        build.lua:1:9: require: module `build` not found [unresolved-require]
         1 | require('build')
           |         ^^^^^^^
        hint: tried build.lua, build/init.lua, luakit_modules/build.lua, luakit_modules/build/init.lua
    "#]],
    );
}

#[test]
fn a_cycle_within_a_coroutine_is_one_too() {
    check(
        "coroutine.wrap(function() require('a') end)()\n--- a.lua\ncoroutine.wrap(function() require('a') end)()",
        &expect![[r#"
            a.lua:1:27: require: modules require each other: a.lua → a.lua [require-cycle]
             1 | coroutine.wrap(function() require('a') end)()
               |                           ^^^^^^^
              called from a.lua:1:27
              called from build.lua:1:27
            hint: move what both need into a module of its own
        "#]],
    );
}

#[test]
fn a_cycle_is_one_however_deep_it_is() {
    let said = rendered(&run(
        "require('a')\n--- a.lua\nlocal function f(n) if n == 0 then return require('a') end return f(n - 1) end\nf(150)\n",
    ));
    assert!(said.contains("require: modules require each other: a.lua → a.lua [require-cycle]"), "{said}");
}

#[test]
fn what_is_not_found_lists_where_it_was_looked_for() {
    check(
        "local m = require(\"lib.nothing\")",
        &expect![[r#"
        build.lua:1:19: require: module `lib.nothing` not found [unresolved-require]
         1 | local m = require("lib.nothing")
           |                   ^^^^^^^^^^^^^
        hint: tried lib/nothing.lua, lib/nothing/init.lua, luakit_modules/lib/nothing.lua, luakit_modules/lib/nothing/init.lua
    "#]],
    );
}

#[test]
fn no_name_leads_out_of_the_folder() {
    for name in ["../x", "/etc/passwd", "a/../../x", "..x", "", "  ", "a\\\\b", "a\\0b", "C:/x"] {
        let found = run(&format!("require(\"{name}\")"));
        let said = rendered(&found);
        assert!(said.contains("module name"), "{name}: {said}");
    }
}

#[test]
fn an_error_in_a_module_has_its_line_first_and_the_require_in_the_trace() {
    check(
        r#"
local m = require("lib.m")
--- lib/m.lua
local base = bk.image("alpine")
return base:mkdir("/x", { mode = "9" })
"#,
        &expect![[r#"
            lib/m.lua:2:34: bk.mkdir: mode must be an octal string like "0755", got "9" [invalid-value]
             2 | return base:mkdir("/x", { mode = "9" })
               |                                  ^^^
              called from build.lua:2:11
            build.lua:2:1: no bk.export() call — nothing to build [missing-export]
             2 | local m = require("lib.m")
               | ^^^^^^^^^^^^^^^^^^^^^^^^^^
            hint: end the script with `bk.export(state)`, where `state` is what is to be built
        "#]],
    );
    check(
        r#"
local m = require("m")
local function build()
  return m.install(bk.image("alpine"))
end
bk.export(build())
--- m.lua
local m = {}
function m.install(base)
  return base:run("x", { netwrk = "host" })
end
return m
"#,
        &expect![[r#"
            m.lua:3:26: bk.run: unknown option `netwrk` in `RunOptions`, did you mean `network`? [unknown-option]
             3 |   return base:run("x", { netwrk = "host" })
               |                          ^^^^^^
              called from build.lua:4:12
              called from build.lua:6:11
        "#]],
    );
}

#[test]
fn a_syntax_error_in_a_module_says_who_required_it() {
    check(
        r#"
local a = require("a")
--- a.lua
local m = require("m")
--- m.lua
local x = = 1
"#,
        &expect![[r#"
            m.lua:1:11: expected an expression, found `=` [syntax]
             1 | local x = = 1
               |           ^
              required from a.lua:1:11
              called from build.lua:2:11
        "#]],
    );
}

#[test]
fn a_module_that_failed_runs_again() {
    check(
        r#"
print(pcall(require, "m"))
ready = true
print(pcall(require, "m"))
bk.export(bk.scratch())
--- m.lua
print("runs")
if not ready then error("not yet") end
return "m"
"#,
        &expect![[r#"
            runs
            false	m.lua:2: not yet
            runs
            true	m
        "#]],
    );
}

#[test]
fn a_module_that_tampers_is_only_seen_by_who_uses_it() {
    check(
        r#"
require("m")
print("x")
bk.export(bk.scratch():mkdir("/x"))
--- m.lua
local old = print
print = function(...) old("tampered", ...) end
string.format = nil
table.concat = nil
bk.image = function() return bk.scratch() end
"#,
        &expect![[r#"
            tampered	x
        "#]],
    );
}

#[test]
fn modules_on_disk_are_read_within_their_folder() {
    let dir = std::env::temp_dir().join(format!("luakit-modules-{}", std::process::id()));
    let root = dir.join("root");
    std::fs::create_dir_all(root.join("lib")).unwrap();
    std::fs::write(dir.join("outside.lua"), "return 1").unwrap();
    std::fs::write(root.join("lib/latin.lua"), b"return 1\n-- \xe9").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(dir.join("outside.lua"), root.join("link.lua")).unwrap();
    let script = root.join("build.lua");
    let evaluate = |text: &str| {
        let file = std::sync::Arc::new(luakit_diagnostics::SourceFile::new("build.lua", text));
        let loader = luakit_check::DiskLoader { root: root.clone(), ..Default::default() };
        let run = luakit_check::worker::run(|| luakit_check::dry_run(&file, &loader, &options())).unwrap();
        rendered(&run)
    };
    expect![[r#"
        build.lua:1:9: require: module `lib.latin` cannot be read: lib/latin.lua: it is not valid UTF-8 (line 2) [unresolved-require]
         1 | require('lib.latin')
           |         ^^^^^^^^^^^
    "#]].assert_eq(&evaluate("require('lib.latin')"));
    #[cfg(unix)]
    expect![[r#"
        build.lua:1:9: require: module `link` leads out of the script's folder (link.lua) [unresolved-require]
         1 | require('link')
           |         ^^^^^^
    "#]]
    .assert_eq(&evaluate("require('link')"));
    expect![[r#"
        build.lua:1:9: require: module `lib` not found [unresolved-require]
         1 | require('lib')
           |         ^^^^^
        hint: tried lib.lua, lib/init.lua, luakit_modules/lib.lua, luakit_modules/lib/init.lua
    "#]]
    .assert_eq(&evaluate("require('lib')"));
    drop(script);
    std::fs::remove_dir_all(dir).unwrap();
}

#[test]
fn a_loop_in_a_module_is_told_there() {
    let options = luakit_check::Options { timeout: std::time::Duration::from_millis(100), ..options() };
    let run = run_with("local m = require('m')\n--- m.lua\nlocal x = 1\nwhile true do end\n", &options);
    expect![[r#"
        m.lua:2:1: script evaluation timed out after 100ms [limit]
         2 | while true do end
           | ^^^^^^^^^^^^^^^^^
          called from build.lua:1:11
    "#]]
    .assert_eq(&rendered(&run));
}
