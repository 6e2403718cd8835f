//! `luakit test`.

use super::Folder;
use expect_test::expect;
use std::path::Path;

#[test]
fn each_test_is_a_line_and_a_failure_shows_both_sides() {
    let folder = Folder::new(
        r#"--- build_test.lua
local function helper(state)
  expect(state):has_op({ exec = { args = { "make" }, cwd = "/src" } })
end
test("makes in /src", function()
  helper(bk.image("alpine"):run({ "make" }, { cwd = "/" }))
end)
describe("tables", function()
  test("are equal", function()
    expect({ a = { 1, 2 } }):equals({ a = { 1, 2 } })
  end)
  test.skip("later", function() end)
end)
"#,
    );
    expect![[r#"
        stdout:
        build_test.lua
          FAILED  makes in /src
          ok      tables > are equal
          skipped tables > later

        FAILED makes in /src
        build_test.lua:2:17: none of the 2 operations is like this [failed-test]
         2 |   expect(state):has_op({ exec = { args = { "make" }, cwd = "/src" } })
           |                 ^^^^^^
          called from build_test.lua:5:3
        - expected + got
        - { exec = { args = { "make" }, cwd = "/src" } }
        + { exec = { args = { "make" }, cwd = "/" } }

        1 passed, 1 failed, 1 skipped
        exit 1
    "#]]
    .assert_eq(&folder.transcript(&["test"]));
    assert!(folder.transcript(&["test", "--filter", "equal"]).ends_with("1 passed, 0 failed\nexit 0\n"));
}

#[test]
fn tests_are_isolated_and_one_that_hangs_is_stopped() {
    let folder = Folder::new(
        r#"--- a_test.lua
local n = 0
test("first", function() n = n + 1 expect(n):equals(1) end)
test("hangs", function() while true do end end)
test("hangs in pcall", function() while true do pcall(function() while true do end end) end end)
test("second", function() n = n + 1 expect(n):equals(1) end)
"#,
    );
    let told = folder.transcript(&["test", "--timeout", "200ms"]);
    assert!(told.contains("ok      second"), "{told}");
    assert!(told.contains("script evaluation timed out after 200ms"), "{told}");
    assert!(told.ends_with("2 passed, 2 failed\nexit 1\n"), "{told}");
}

#[test]
fn mistakes_of_a_script_are_values_and_those_of_a_test_are_told() {
    let folder = Folder::new(
        r#"--- build.lua
print("building", os.getenv("VERSION"))
bk.export(bk.imgae("a"))
--- a_test.lua
local build = luakit.evaluate("build.lua", { args = { VERSION = 1 } })
test("finding", function()
  expect(build):has_finding("unknown-function")
  expect(build.findings[1].line):equals(2)
  expect(build.output):contains("building\t1")
  expect(build.args_read):contains("VERSION")
end)
test("option", function() luakit.evaluate("build.lua", { arg = {} }) end)
test("outside", function() luakit.evaluate("../build.lua") end)
test("not there", function() luakit.evaluate("no.lua") end)
test("misspelt", function() expect(1):equal(1) end)
test("fails", function()
  expect(function() bk.image("") end):fails("identifier must not be empty")
  expect(function() end):fails()
end)
"#,
    );
    let told = folder.transcript(&["test"]);
    for part in [
        "ok      finding",
        "unknown option `arg`, did you mean `args`?",
        "`../build.lua` must be a path below the project's folder",
        "there is no `no.lua`",
        "unknown expectation `equal`, did you mean `equals`?",
        "the function did not fail",
        "1 passed, 5 failed",
    ] {
        assert!(told.contains(part), "`{part}` is not in\n{told}");
    }
}

#[test]
fn a_file_that_does_not_load_is_a_failure_and_no_tests_are_exit_2() {
    let folder = Folder::new("--- a_test.lua\ntest(\n--- b_test.lua\ntest('b', function() end)\n");
    let told = folder.transcript(&["test"]);
    assert!(told.contains("(the file itself)") && told.ends_with("1 passed, 1 failed\nexit 1\n"), "{told}");
    assert_eq!(
        Folder::new("").transcript(&["test"]),
        "stderr:\nluakit: no *_test.lua or *.test.lua was found\nexit 2\n"
    );
    assert!(folder.transcript(&["test", "--filter", "zzz", "b_test.lua"]).ends_with("exit 2\n"));
}

#[test]
fn a_test_in_a_folder_of_its_own_starts_at_the_project() {
    let folder = Folder::new(
        "--- build.lua\nbk.export(require('lib.base').image())\n--- lib/base.lua\nlocal M = {}\n\
         function M.image() return bk.image('alpine') end\nreturn M\n--- tests/base_test.lua\n\
         local base = require('lib.base')\ntest('same', function()\n\
         expect(luakit.digest(base.image())):equals(luakit.evaluate('build.lua').digest)\nend)\n",
    );
    for (way, path) in [("tests", "tests"), ("tests", "base_test.lua"), (".", ".")] {
        let mut command = folder.command(&["test", path]);
        if path.ends_with(".lua") {
            command.current_dir(folder.path().join(way));
        }
        let output = command.output().unwrap();
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(told.ends_with("1 passed, 0 failed\n"), "{path}: {told}");
    }
}

#[test]
fn json_and_junit_tell_the_same() {
    let folder = Folder::new(
        "--- a_test.lua\ntest('good', function() end)\ntest('<bad>', function() expect(1):equals(2) end)\n",
    );
    let output = folder.run(&["test", "--format", "json"]);
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&told["passed"], &told["failed"]), (&1.into(), &1.into()));
    let bad = &told["tests"][1];
    assert_eq!((&bad["line"], &bad["expected"], &bad["actual"]), (&2.into(), &"2".into(), &"1".into()));
    assert_eq!(bad["findings"][0]["code"], "failed-test");
    let xml = String::from_utf8(folder.run(&["test", "--format", "junit"]).stdout).unwrap();
    assert!(
        xml.contains("<testsuite name=\"a_test.lua\" tests=\"2\" failures=\"1\" skipped=\"0\">"),
        "{xml}"
    );
    assert!(xml.contains("name=\"&lt;bad&gt;\"") && xml.contains("<failure message=\"the values"), "{xml}");
}

#[test]
fn every_expectation_that_is_declared_is_there() {
    let calls: String = luakit_api::EXPECTATIONS
        .iter()
        .map(|it| {
            format!("test('{0}', function() expect(type(expect(1).{0})):equals('function') end)\n", it.name)
        })
        .collect();
    let told = Folder::new(&format!("--- a_test.lua\n{calls}")).transcript(&["test"]);
    assert!(told.ends_with("exit 0\n"), "{told}");
}

#[test]
fn check_knows_the_names_of_test_files_and_no_other_file_has_them() {
    let text = "test('a', function() expect(function() bk.image('') end):fails() end)\n";
    let folder =
        Folder::new(&format!("--- a_test.lua\n{text}--- a.build.lua\n{text}bk.export(bk.image('a'))\n"));
    assert_eq!(
        folder.transcript(&["check", "a_test.lua"]),
        "stdout:\n1 script checked, no findings\nexit 0\n"
    );
    let told = folder.transcript(&["check", "--no-eval", "a.build.lua"]);
    assert!(told.contains("`test` is not defined"), "{told}");
}

/// The manual's examples are run: `<!-- file: NAME -->` stands before each.
#[test]
fn the_manual_tells_the_truth() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/testing.md")).unwrap();
    let mut files = String::new();
    for part in page.split("<!-- file: ").skip(1) {
        let (name, rest) = part.split_once(" -->").unwrap();
        let code = rest.split("```lua\n").nth(1).unwrap().split("```").next().unwrap();
        files.push_str(&format!("--- {name}\n{code}"));
    }
    let told = Folder::new(&files).transcript(&["test"]);
    assert!(told.contains("4 passed, 0 failed"), "{told}");
    for name in luakit_api::EXPECTATIONS {
        assert!(page.contains(&format!("`{}", name.name)), "the manual does not tell of `{}`", name.name);
    }
}

#[test]
fn the_example_passes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = Folder::new("");
    let output = folder.command(&["test", "examples/testing"]).current_dir(root).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(told.ends_with("6 passed, 0 failed\n"), "{told}");
}
