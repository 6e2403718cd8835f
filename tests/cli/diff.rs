//! `luakit diff`.

use super::Folder;
use expect_test::expect;
use std::process::Command;

const SCRIPTS: &str = r#"--- old.lua
local base = bk.image("alpine:3.19")
local tool = base:run("make")
bk.export(base:copy(tool, "/out", "/usr/bin/tool"), { cmd = { "tool" } })
--- new.lua
local base = bk.image("alpine:3.19")
-- With debug information.
local tool = base:run("make -g", { env = { CFLAGS = "-g" } })
bk.export(base:copy(tool, "/out", "/usr/bin/tool"):mkdir("/data"), { cmd = { "tool", "-v" }, user = "app" })
"#;

/// A repository whose first commit has one script and module, its second others, and its index and files yet others.
fn repository() -> Folder {
    let folder = Folder::new("");
    let script = |tag: &str| {
        format!(
            "local tools = require(\"lib.tools\")\nbk.export(tools.add(bk.image(\"alpine:{tag}\"), os.getenv(\"PACKAGE\")))\n"
        )
    };
    let module = |flag: &str| {
        format!(
            "local M = {{}}\nfunction M.add(s, package)\n  return s:run(\"apk add{flag} \" .. (package or \"gcc\"))\nend\nreturn M\n"
        )
    };
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    git(&folder, &["init", "-q", "-b", "main"]);
    for (tag, flag, message) in [("3.18", "", "one"), ("3.19", " -q", "two")] {
        write("app/build.lua", &script(tag));
        write("app/lib/tools.lua", &module(flag));
        git(&folder, &["add", "-A"]);
        git(&folder, &["commit", "-q", "-m", message]);
    }
    write("app/build.lua", &script("3.20"));
    git(&folder, &["add", "-A"]);
    write("app/build.lua", &script("3.21"));
    folder
}

fn git(folder: &Folder, args: &[&str]) {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]);
    let output = command.args(args).current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn two_scripts_are_compared_op_by_op() {
    let folder = Folder::new(SCRIPTS);
    expect![[r#"
        stdout:
        ~ exec make -g (new.lua:3:18)
            command: make → make -g
            + env CFLAGS: -g
            runs
          file copy /out /usr/bin/tool (new.lua:4:15)
            depends ← exec make -g (new.lua:3:18)
        + file mkdir /data (new.lua:4:51)
            runs

        1 changed, 1 added
        2 ops run, 1 depends on them, 1 cached
        not looked at: what is behind alpine:3.19
        the image's configuration is another one: Cmd, User
        exit 0
    "#]]
    .assert_eq(&folder.transcript(&["diff", "--platform", "linux/amd64", "old.lua", "new.lua"]));
}

#[test]
fn equal_graphs_are_told_to_be_so() {
    let folder = Folder::new(SCRIPTS);
    expect![[r#"
        stdout:
        no op changed
        no op runs, 3 cached
        not looked at: what is behind alpine:3.19
        exit 0
    "#]]
    .assert_eq(&folder.transcript(&["diff", "--exit-code", "old.lua", "old.lua"]));
}

#[test]
fn the_exit_code_tells_only_if_it_is_asked() {
    let folder = Folder::new(SCRIPTS);
    let code = |args: &[&str]| folder.run(args).status.code();
    assert_eq!(code(&["diff", "old.lua", "new.lua"]), Some(0));
    assert_eq!(code(&["diff", "--exit-code", "old.lua", "new.lua"]), Some(1));
    assert_eq!(code(&["diff", "--exit-code", "old.lua", "gone.lua"]), Some(2));
}

#[test]
fn json_has_the_digests_of_both_and_what_leads_to_the_reason() {
    let folder = Folder::new(SCRIPTS);
    let args = ["diff", "--format", "json", "-o", "diff.json", "old.lua", "new.lua"];
    assert!(folder.run(&args).status.success());
    let text = std::fs::read_to_string(folder.path().join("diff.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let graph = |script: &str| -> serde_json::Value {
        serde_json::from_slice(&folder.run(&["dag", "--format", "json", script]).stdout).unwrap()
    };
    let (old, new) = (graph("old.lua"), graph("new.lua"));
    for (number, op) in json["ops"].as_array().unwrap().iter().enumerate() {
        assert_eq!(op["digest"], new["ops"][number]["digest"]);
    }
    assert_eq!(json["ops"][1]["before"]["digest"], old["ops"][1]["digest"]);
    assert_eq!(json["ops"][1]["before"]["locations"][0]["file"], "old.lua");
    assert_eq!(json["ops"][1]["changes"][0]["what"], "command");
    assert_eq!(json["ops"][2]["rebuild"], "depends");
    assert_eq!(json["ops"][2]["cause"]["through"][0], new["ops"][1]["digest"]);
    assert_eq!(json["imageConfigChanges"], serde_json::json!(["Cmd", "User"]));
    assert_eq!(json["summary"]["runs"], 2);
}

#[test]
fn a_revision_has_the_modules_of_that_revision() {
    let folder = repository();
    let args = ["--platform", "linux/amd64", "HEAD~1:app/build.lua", "app/build.lua"];
    expect![[r#"
        stdout:
        ~ source alpine:3.21 (app/build.lua:2:23)
            source: docker-image://docker.io/library/alpine:3.18 → docker-image://docker.io/library/alpine:3.21
            runs
        ~ exec apk add -q gcc (app/lib/tools.lua:3:11)
            command: apk add gcc → apk add -q gcc
            runs ← source alpine:3.21 (app/build.lua:2:23)

        2 changed
        2 ops run, 0 cached
        not looked at: what is behind alpine:3.21
        exit 0
    "#]].assert_eq(&folder.transcript(&[&["diff"], &args[..]].concat()));
}

#[test]
fn the_index_is_a_revision_too() {
    let folder = repository();
    let platform = ["diff", "--platform", "linux/amd64"];
    expect![[r#"
        stdout:
        ~ source alpine:3.20 (:app/build.lua:2:23)
            source: docker-image://docker.io/library/alpine:3.19 → docker-image://docker.io/library/alpine:3.20
            runs
          exec apk add -q gcc (:app/lib/tools.lua:3:11)
            runs ← source alpine:3.20 (:app/build.lua:2:23)

        1 changed
        2 ops run, 0 cached
        not looked at: what is behind alpine:3.20
        exit 0
    "#]]
        .assert_eq(&folder.transcript(&[&platform[..], &["HEAD:app/build.lua", ":app/build.lua"]].concat()));
    let mut command = folder.command(&["diff", "--exit-code", ":./build.lua", "build.lua"]);
    let output = command.current_dir(folder.path().join("app")).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("alpine:3.20 → "));
}

#[test]
fn a_path_begins_at_the_root_of_the_repository_as_in_git() {
    let folder = repository();
    let mut command = folder.command(&["diff", "HEAD:build.lua", "build.lua"]);
    let output = command.current_dir(folder.path().join("app")).output().unwrap();
    expect![[r#"
        luakit: there is no `build.lua` in HEAD
        hint: the one of the current folder is `HEAD:./build.lua`
    "#]]
    .assert_eq(&String::from_utf8_lossy(&output.stderr));
}

#[test]
fn arguments_are_those_of_both_versions() {
    let folder = repository();
    let args = ["diff", "--arg", "PACKAGE=make", "HEAD:app/build.lua", "app/build.lua"];
    let output = folder.run(&args);
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("exec apk add -q make"));
}

#[test]
fn the_settings_of_a_revision_are_its_own() {
    let folder = repository();
    std::fs::write(folder.path().join("luakit.toml"), "[args]\nPACKAGE = \"make\"\n").unwrap();
    git(&folder, &["commit", "-q", "-a", "-m", "three"]);
    git(&folder, &["add", "luakit.toml"]);
    let text = folder.transcript(&["diff", "HEAD:app/build.lua", ":app/build.lua"]);
    assert!(text.contains("command: apk add -q gcc → apk add -q make"), "{text}");
}

#[test]
fn an_error_of_an_old_version_names_the_revision() {
    let folder = repository();
    std::fs::write(
        folder.path().join("app/lib/tools.lua"),
        "return { add = function(s) return s:run() end }",
    )
    .unwrap();
    git(&folder, &["commit", "-q", "-a", "-m", "broken"]);
    expect![[r#"
        stderr:
        HEAD:app/lib/tools.lua:1:37: bk.run: command argument required (string or table) [missing-argument]
         1 | return { add = function(s) return s:run() end }
           |                                     ^^^
          called from HEAD:app/build.lua:2:17
        exit 2
    "#]]
    .assert_eq(&folder.transcript(&["diff", "HEAD:app/build.lua", "HEAD~1:app/build.lua"]));
}

#[test]
fn what_git_does_not_know_is_told() {
    let folder = repository();
    let diff = |name: &str| folder.transcript(&["diff", name, "app/build.lua"]);
    expect![[r#"
        stderr:
        luakit: git knows no revision `HEAD~9`
        exit 2
    "#]]
    .assert_eq(&diff("HEAD~9:app/build.lua"));
    expect![[r#"
        stderr:
        luakit: there is no `build.lua` in HEAD
        exit 2
    "#]]
    .assert_eq(&diff("HEAD:build.lua"));
    let option = folder.transcript(&["diff", "--", "--all:app/build.lua", "app/build.lua"]);
    assert_eq!(option, "stderr:\nluakit: git knows no revision `--all`\nexit 2\n");
    expect![[r#"
        stderr:
        luakit: `../build.lua` leads out of the repository
        exit 2
    "#]]
    .assert_eq(&diff("HEAD:../build.lua"));
    let nowhere = Folder::new("--- build.lua\nbk.export(bk.image(\"a\"))\n");
    let text = nowhere.transcript(&["diff", "HEAD:build.lua", "build.lua"]);
    assert!(text.contains("not a git repository") && text.ends_with("exit 2\n"), "{text}");
}

#[test]
fn the_manual_shows_what_is_printed() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/diff.md")).unwrap();
    let block = |info: &str, number: usize| {
        let start = page.match_indices(&format!("```{info}\n")).nth(number).unwrap().0 + info.len() + 4;
        page[start..].split("```").next().unwrap().to_owned()
    };
    let folder = Folder::new(&format!("--- build.lua\n{}", block("lua", 0)));
    git(&folder, &["init", "-q"]);
    git(&folder, &["add", "-A"]);
    git(&folder, &["commit", "-q", "-m", "one"]);
    std::fs::write(folder.path().join("build.lua"), block("lua", 1)).unwrap();
    let output = folder.run(&["diff", "HEAD:build.lua", "build.lua"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), block("text", 0));
}
