//! `luakit check` and arguments that nobody reads: of luakit.toml, of `--arg`, of argument files.

use super::Folder;
use expect_test::expect;

const SCRIPT: &str =
    "--- build.lua\nlocal v = bk.arg(\"VERSION\", \"3.19\")\nbk.export(bk.image(\"alpine:\" .. v))\n";

#[test]
fn an_argument_of_luakit_toml_that_no_script_reads_is_told_at_its_line() {
    let toml = "--- luakit.toml\n[args]\nVERSION = \"3.20\"\nVERSOIN = \"3.21\"\nBANANA = 1\n";
    let folder = Folder::new(&format!("{toml}{SCRIPT}"));
    expect![[r#"
        stdout:
        luakit.toml:3:1: warning: no script reads the argument `VERSOIN`, did you mean `VERSION`? [unused-argument]
         3 | VERSOIN = "3.21"
           | ^^^^^^^
        luakit.toml:4:1: warning: no script reads the argument `BANANA` [unused-argument]
         4 | BANANA = 1
           | ^^^^^^
        1 script checked: 0 errors, 2 warnings
        exit 1
    "#]].assert_eq(&folder.transcript(&["check"]));
    assert_eq!(folder.run(&["check", "build.lua"]).status.code(), Some(0), "another entry may read it");
    assert_eq!(folder.run(&["check", "--no-eval"]).status.code(), Some(0), "nobody looked");
}

#[test]
fn rules_judge_arguments_of_luakit_toml() {
    let toml = "--- luakit.toml\n[args]\nBANANA = 1\n[rules]\nunused-argument = \"off\"\n";
    let folder = Folder::new(&format!("{toml}{SCRIPT}"));
    let clean = "stdout:\n1 script checked, no findings\nexit 0\n";
    assert_eq!(folder.transcript(&["check"]), clean);
    assert_eq!(folder.transcript(&["check", "--arg", "APPLE=1"]), clean);
    let toml = "--- luakit.toml\n[args]\nBANANA = 1\n[rules]\nunused-argument = \"note\"\n";
    let folder = Folder::new(&format!("{toml}{SCRIPT}"));
    expect![[r#"
        stdout:
        luakit.toml:2:1: note: no script reads the argument `BANANA` [unused-argument]
         2 | BANANA = 1
           | ^^^^^^
        1 script checked: 0 errors, 0 warnings, 1 note
        exit 0
    "#]]
    .assert_eq(&folder.transcript(&["check"]));
}

#[test]
fn whoever_reads_an_argument_saves_it() {
    let folder = Folder::new(
        "--- luakit.toml\nplatforms = [\"linux/amd64\", \"linux/arm64\"]\n[args]\nARM = 1\nPORT = 1\nLIB = 1\nOTHER = 1\n\
         --- build.lua\nlocal lib = require(\"lib\")\nif bk.target_platform.arch == \"arm64\" then print(lib(\"AR\" .. \"M\")) end\n\
         if bk.arg(\"DEBUG\", false) then print(bk.arg(\"PORT\")) end\nbk.export(bk.image(lib(\"LIB\")))\n\
         --- lib.lua\nreturn function(name) return bk.arg(name, \"a\") end\n\
         --- sub/other.build.lua\nbk.export(bk.image(os.getenv(\"OTHER\") or \"b\"))\n\
         --- own/luakit.toml\n[args]\nOWN = 1\n--- own/build.lua\nbk.export(bk.image(\"a\" .. bk.arg(\"OWN\")))\n",
    );
    assert_eq!(folder.transcript(&["check"]), "stdout:\n3 scripts checked, no findings\nexit 0\n");
    assert_eq!(folder.run(&["check", "sub"]).status.code(), Some(0), "its luakit.toml is for more");
}

#[test]
fn nothing_is_said_of_arguments_where_a_script_did_not_come_to_its_end() {
    for script in ["error(\"no\")", "bk.image(1)", "bk.imgae(\"a\")", "local x = ("] {
        let folder = Folder::new(&format!(
            "--- luakit.toml\n[args]\nVERSOIN = 1\n{SCRIPT}--- other.build.lua\n{script}\nbk.export(bk.scratch())\n"
        ));
        let text = folder.transcript(&["check", "--arg", "BANANA=1"]);
        assert!(text.contains("error") && !text.contains("unused-argument"), "{text}");
    }
}

#[test]
fn arguments_that_are_given_and_not_read_are_told_in_every_format() {
    let folder = Folder::new(&format!("{SCRIPT}--- ci.args\n# for CI\nVERSION=3.20\n  VERSOIN = 3.21\n"));
    let args = ["check", "--arg-file", "ci.args", "--arg", "BANANA=1"];
    expect![[r#"
        stdout:
        build.lua:1:1: warning: no script reads the argument `BANANA` of `--arg` [unused-argument]
         1 | local v = bk.arg("VERSION", "3.19")
           | ^
        ci.args:3:3: warning: no script reads the argument `VERSOIN`, did you mean `VERSION`? [unused-argument]
         3 |   VERSOIN = 3.21
           |   ^^^^^^^
        1 script checked: 0 errors, 2 warnings
        exit 1
    "#]].assert_eq(&folder.transcript(&args));
    let github = ["check", "--arg-file", "ci.args", "--arg", "BANANA=1", "--format", "github"];
    expect![[r#"
        stdout:
        ::warning file=build.lua,line=1,endLine=1,col=1,endColumn=1,title=unused-argument::no script reads the argument `BANANA` of `--arg`
        ::warning file=ci.args,line=3,endLine=3,col=3,endColumn=10,title=unused-argument::no script reads the argument `VERSOIN`, did you mean `VERSION`?
        exit 1
    "#]].assert_eq(&folder.transcript(&github));
}

#[test]
fn an_argument_file_goes_by_the_settings_that_are_nearest_to_it_or_else_those_of_the_scripts() {
    let toml =
        "--- luakit.toml\n[[overrides]]\npaths = [\"ci.args\"]\nrules = { unused-argument = \"off\" }\n";
    let folder = Folder::new(&format!("{toml}{SCRIPT}--- ci.args\nA=1\n--- other.args\n\u{feff}B=1\n"));
    assert_eq!(folder.run(&["check", "--arg-file", "ci.args"]).status.code(), Some(0));
    let text = folder.transcript(&["check", "--arg-file", "other.args"]);
    assert!(
        text.contains("other.args:1:2: warning: no script reads the argument `B` [unused-argument]"),
        "{text}"
    );
    let outside = Folder::new("--- x.args\nC=1\n");
    let path = outside.path().join("x.args");
    let folder = Folder::new(&format!("--- luakit.toml\n[rules]\nunused-argument = \"off\"\n{SCRIPT}"));
    assert_eq!(folder.run(&["check", "--arg-file", path.to_str().unwrap()]).status.code(), Some(0));
}

#[test]
#[cfg(unix)]
fn an_argument_file_can_be_a_pipe_that_is_read_once() {
    let folder = Folder::new(SCRIPT);
    let script = format!(
        "printf 'VERSION=1\\nA=1\\n' | '{}' check --arg-file /dev/stdin",
        env!("CARGO_BIN_EXE_luakit")
    );
    let output =
        std::process::Command::new("sh").args(["-c", &script]).current_dir(folder.path()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.starts_with("/dev/stdin:2:1: warning: no script reads the argument `A`"), "{text}");
}
