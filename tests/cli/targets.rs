//! Several results of a script: `--target`, `--all`, and several platforms.

use super::Folder;
use expect_test::expect;

const SERVICE: &str = r#"--- build.lua
local base = bk.image("alpine:3.19")
bk.target("test", base:run("make test"))
bk.export(base:run("make"), { cmd = { "app" } })
--- targets.build.lua
local base = bk.image("alpine:3.19")
bk.target("test", base:run("make test"))
bk.target("docs", base:run("make docs"))
--- one.build.lua
bk.target("only", bk.image("alpine:3.19"):run("make"))
"#;

fn names(folder: &Folder, within: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder.path().join(within)).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_target_is_chosen_by_its_name() {
    let folder = Folder::new(SERVICE);
    expect![[r#"
        stdout:
        %0 = source docker-image://docker.io/library/alpine:3.19  [linux/amd64]
        %1 = exec /bin/sh -c 'make test'  [linux/amd64]
             mount / bind %0 -> %1.0
        return %1
        exit 0
    "#]]
    .assert_eq(&folder.transcript(&["dag", "--platform", "linux/amd64", "--target", "test", "build.lua"]));
    let default = folder.run(&["dag", "--target", "default", "build.lua"]).stdout;
    assert_eq!(default, folder.run(&["dag", "build.lua"]).stdout);
    let only = folder.run(&["dag", "--platform", "linux/amd64", "one.build.lua"]);
    assert!(only.status.success(), "the only target is built without being named");
}

#[test]
fn a_target_that_is_not_there_is_told_with_those_that_are() {
    let folder = Folder::new(SERVICE);
    expect![[r#"
        stderr:
        build.lua:3:4: the script has no target `tset`, did you mean `test`? [unknown-target]
         3 | bk.export(base:run("make"), { cmd = { "app" } })
           |    ^^^^^^
        hint: it has `test`, `default`
        exit 1
    "#]]
    .assert_eq(&folder.transcript(&["dag", "--target", "tset", "build.lua"]));
}

#[test]
fn of_several_targets_one_must_be_chosen_but_all_are_checked() {
    let folder = Folder::new(SERVICE);
    expect![[r#"
        stderr:
        luakit: the script has no bk.export, and several targets: `test`, `docs`
        hint: choose one with `--target NAME`
        exit 2
    "#]]
    .assert_eq(&folder.transcript(&["dag", "targets.build.lua"]));
    assert!(folder.run(&["check", "targets.build.lua"]).status.success());
}

#[test]
fn all_results_go_into_a_folder() {
    let folder = Folder::new(SERVICE);
    let done = folder.run(&["build", "--all", "-o", "out", "build.lua"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(names(&folder, "out"), ["default.json", "default.pb", "test.json", "test.pb"]);
    let test = folder.run(&["build", "--target", "test", "build.lua"]).stdout;
    assert_eq!(std::fs::read(folder.path().join("out/test.pb")).unwrap(), test);
}

#[test]
fn a_script_is_evaluated_for_each_platform() {
    let folder =
        Folder::new("--- build.lua\nprint(bk.target_platform)\nbk.export(bk.image(\"alpine:3.19\"))\n");
    let platforms = ["--platform", "linux/amd64,linux/arm/v7"];
    let done = folder.run(&[&["build", "-o", "out", "build.lua"], &platforms[..]].concat());
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let expected = [
        "default-linux-amd64.json",
        "default-linux-amd64.pb",
        "default-linux-arm-v7.json",
        "default-linux-arm-v7.pb",
    ];
    assert_eq!(names(&folder, "out"), expected);
    for (platform, file) in [("linux/amd64", expected[1]), ("linux/arm/v7", expected[3])] {
        let alone = folder.run(&["build", "--platform", platform, "build.lua"]).stdout;
        assert_eq!(std::fs::read(folder.path().join("out").join(file)).unwrap(), alone);
    }
    expect![[r#"
        stderr:
        luakit: several platforms have several definitions and configurations
        hint: `-o FOLDER` writes each of them to a file of its own
        exit 2
    "#]]
    .assert_eq(&folder.transcript(&[&["build", "build.lua"], &platforms[..]].concat()));
}

#[test]
fn an_empty_definition_is_not_handed_on_without_a_word() {
    let folder = Folder::new("--- build.lua\nbk.export(bk.scratch())\n");
    expect![[r#"
        stderr:
        luakit: warning: scratch is empty: its definition has no operation, and BuildKit refuses it
        hint: put something into what is exported, as in `bk.scratch():copy(built, "/app", "/app")`
        exit 0
    "#]]
    .assert_eq(&folder.transcript(&["build", "build.lua"]));
}
