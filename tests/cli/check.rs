//! `luakit check`.

use super::Folder;
use expect_test::expect;

#[test]
fn a_clean_script_is_exit_0() {
    let folder = Folder::new("--- build.lua\nbk.export(bk.image(\"alpine:3.19\"))\n");
    expect![[r#"
        stdout:
        1 script checked, no findings
        exit 0
    "#]]
    .assert_eq(&folder.transcript(&["check"]));
}

#[test]
fn a_text_that_makes_the_parser_panic_is_a_mistake_like_any_other() {
    let folder = Folder::new("--- build.lua\nbk.export(bk.image(\"a\"))\n@ \\\n");
    expect![[r#"
        stdout:
        build.lua:2:1: this is not valid Lua [syntax]
         2 | @ \
           | ^
        1 script checked: 1 error, 0 warnings
        exit 1
    "#]]
    .assert_eq(&folder.transcript(&["check"]));
}

#[test]
fn one_mistake_is_one_finding_though_both_layers_see_it() {
    let folder = Folder::new(
        "--- build.lua\nlocal s = bk.image(\"a\"):run(\"x\", { netwrok = \"none\" })\nbk.export(s)\n",
    );
    expect![[r#"
        stdout:
        build.lua:1:36: bk.run: unknown option `netwrok` in `RunOptions`, did you mean `network`? [unknown-option]
         1 | local s = bk.image("a"):run("x", { netwrok = "none" })
           |                                    ^^^^^^^
        1 script checked: 1 error, 0 warnings
        1 finding can be fixed with `--fix`
        exit 1
    "#]]
    .assert_eq(&folder.transcript(&["check", "build.lua"]));
}

#[test]
fn json_counts_from_1_and_offers_the_fix() {
    let folder = Folder::new("--- build.lua\nbk.export(bk.imgae(\"a\"))\n");
    let output = folder.run(&["check", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let finding = &found["diagnostics"][0];
    assert_eq!((&finding["line"], &finding["column"]), (&1.into(), &14.into()));
    assert_eq!(finding["code"], "unknown-function");
    assert_eq!(finding["fixes"][0]["edits"][0]["text"], "image");
}

#[test]
fn github_gets_a_command_for_each_finding() {
    let folder = Folder::new("--- build.lua\nbk.export(bk.imgae(\"a\"))\n");
    expect![[r#"
        stdout:
        ::error file=build.lua,line=1,endLine=1,col=14,endColumn=19,title=unknown-function::unknown function `bk.imgae`, did you mean `image`?
        exit 1
    "#]].assert_eq(&folder.transcript(&["check", "--format", "github"]));
}

#[test]
fn folders_are_searched_for_entries_and_gitignore_is_honoured() {
    let folder = Folder::new(
        "--- .gitignore\nignored/\n--- ignored/build.lua\n(\n--- a/build.lua\nbk.export(bk.image(\"a\"))\n\
         --- b/web.build.lua\nbk.export(bk.image(\"b\"))\n--- b/lib.lua\nreturn {}\n",
    );
    expect![[r#"
        stdout:
        2 scripts checked, no findings
        exit 0
    "#]]
    .assert_eq(&folder.transcript(&["check", "."]));
}

#[test]
fn a_module_need_not_export() {
    let folder =
        Folder::new("--- lib.lua\nlocal M = {}\nfunction M.f(s) return s:run(\"x\") end\nreturn M\n");
    assert_eq!(folder.run(&["check", "lib.lua"]).status.code(), Some(0));
}

#[test]
fn what_cannot_be_read_is_exit_2() {
    let folder = Folder::new("");
    assert_eq!(folder.run(&["check", "nope.lua"]).status.code(), Some(2));
    assert_eq!(folder.run(&["check", "--format", "xml"]).status.code(), Some(2));
    #[cfg(unix)]
    assert_eq!(folder.run(&["check", "/dev/zero"]).status.code(), Some(2), "a file without an end");
}

#[test]
fn validate_is_the_same_command() {
    let folder = Folder::new("--- build.lua\nbk.image(\"a\")\n");
    assert_eq!(folder.transcript(&["validate", "build.lua"]), folder.transcript(&["check", "build.lua"]));
}

#[test]
fn a_panic_of_the_parser_is_nobodys_business() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("build.lua");
    std::fs::write(&file, "e<<k\u{feff}").unwrap();
    let output =
        std::process::Command::new(env!("CARGO_BIN_EXE_luakit")).arg("check").arg(&file).output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("[syntax]") && !said.contains("panicked"), "{said}");
}
