//! `luakit build`.

use super::Folder;
use expect_test::expect;

const HELLO: &str = r#"--- build.lua
local base = bk.image("alpine:3.19")
bk.export(base:run("echo hi"), { cmd = { "sh" }, expose = { 80 } })
"#;

#[test]
fn the_definition_is_the_same_in_every_run_and_in_a_file() {
    let folder = Folder::new(HELLO);
    let piped = folder.run(&["build", "--local-unique", "x", "build.lua"]);
    assert!(piped.status.success());
    let filed = folder.run(&["build", "--local-unique", "x", "-o", "out.pb", "build.lua"]);
    assert!(filed.status.success() && filed.stdout.is_empty());
    assert_eq!(std::fs::read(folder.path().join("out.pb")).unwrap(), piped.stdout);
    assert!(std::fs::read_dir(folder.path()).unwrap().count() == 2, "no temporary file is left");
}

#[test]
fn each_build_keeps_its_local_files_apart_from_those_of_others() {
    let folder =
        Folder::new("--- build.lua\nbk.export(bk.scratch():copy(bk.local_(\"context\"), \".\", \"/\"))\n");
    let build = || folder.run(&["build", "build.lua"]).stdout;
    assert_ne!(build(), build());
}

#[test]
fn the_image_config_is_written_beside_the_definition() {
    let folder = Folder::new(HELLO);
    let args = [
        "build",
        "--platform",
        "linux/arm64",
        "--image-config-file",
        "config.json",
        "-o",
        "out.pb",
        "build.lua",
    ];
    assert!(folder.run(&args).status.success());
    let config = std::fs::read_to_string(folder.path().join("config.json")).unwrap();
    expect![[r#"
        {
          "architecture": "arm64",
          "config": {
            "Cmd": [
              "sh"
            ],
            "ExposedPorts": {
              "80/tcp": {}
            }
          },
          "os": "linux"
        }
    "#]]
    .assert_eq(&config);
}

#[test]
fn a_pipe_that_would_lose_the_config_says_so() {
    let folder = Folder::new(HELLO);
    let stderr = folder.run(&["build", "build.lua"]).stderr;
    assert!(String::from_utf8_lossy(&stderr).contains("--image-config-file"), "{stderr:?}");
}

#[test]
fn arguments_come_from_the_command_line_then_files_then_the_environment() {
    let folder = Folder::new(
        "--- build.lua\nprint(os.getenv(\"A\"), os.getenv(\"B\"), os.getenv(\"C\"))\nbk.export(bk.image(\"a\"))\n\
         --- args\n# a comment\nA=file\nB=file\n",
    );
    let output = folder
        .command(&["build", "-o", "/dev/null", "--arg-file", "args", "--arg", "A=line", "build.lua"])
        .envs([("A", "env"), ("B", "env"), ("C", "env")])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "line\tfile\tenv\n");
}

#[test]
fn a_misspelt_argument_is_told() {
    let folder = Folder::new("--- build.lua\nlocal v = os.getenv(\"VERSION\")\nbk.export(bk.image(\"a\"))\n");
    expect![[r#"
        stderr:
        luakit: warning: the script never reads the argument `VERSOIN`, did you mean `VERSION`?
        exit 0
    "#]]
    .assert_eq(&folder.transcript(&["build", "-o", "/dev/null", "--arg", "VERSOIN=1", "build.lua"]));
}

#[test]
fn an_error_names_the_helpers_line_and_its_caller() {
    let folder = Folder::new(
        r#"--- dir/build.lua
local tools = require("lib.tools")
bk.export(tools.install(bk.image("alpine"), "0799"))
--- dir/lib/tools.lua
local M = {}
function M.install(state, mode)
  return state:mkfile("/tool", "x", { mode = mode })
end
return M
"#,
    );
    expect![[r#"
        stderr:
        dir/lib/tools.lua:3:46: bk.mkfile: mode must be an octal string like "0755", got "0799" [invalid-value]
         3 |   return state:mkfile("/tool", "x", { mode = mode })
           |                                              ^^^^
          called from dir/build.lua:2:17
        exit 1
    "#]]
    .assert_eq(&folder.transcript(&["build", "-o", "/dev/null", "dir/build.lua"]));
}

#[test]
fn a_script_that_is_not_there_is_exit_2() {
    let folder = Folder::new("");
    expect![[r#"
        stderr:
        luakit: cannot read `nope.lua`: No such file or directory (os error 2)
        exit 2
    "#]]
    .assert_eq(&folder.transcript(&["build", "-o", "x", "nope.lua"]));
}

#[test]
fn an_endless_loop_ends_with_its_line() {
    let folder = Folder::new("--- build.lua\nlocal n = 0\nwhile true do n = n + 1 end\n");
    let text = folder.transcript(&["build", "-o", "x", "--timeout", "200ms", "build.lua"]);
    assert!(text.starts_with("stderr:\nbuild.lua:2:1: script evaluation timed out after 200ms"), "{text}");
    assert!(!folder.path().join("x").exists());
}

#[test]
fn a_finding_begins_a_line_whatever_the_script_printed() {
    let folder = Folder::new("--- build.lua\nio.write(\"half a line\")\nbk.image(\"\")\n");
    let text = String::from_utf8(folder.run(&["build", "build.lua"]).stderr).unwrap();
    assert!(text.starts_with("half a line\nbuild.lua:2:10: bk.image: "), "{text}");
}

#[test]
fn an_argument_file_may_begin_with_a_byte_order_mark_and_is_no_shell_script() {
    let folder = Folder::new(
        "--- build.lua\nprint(os.getenv(\"A\"))\nbk.export(bk.image(\"a\"))\n\
         --- args\n\u{feff}A=1\r\n\r\n# a comment\r\n--- shell\nexport A=1\n",
    );
    let build =
        |file: &str| folder.transcript(&["build", "-o", "/dev/null", "--arg-file", file, "build.lua"]);
    expect![[r#"
        stderr:
        1
        exit 0
    "#]]
    .assert_eq(&build("args"));
    expect![[r#"
        stderr:
        luakit: shell:1: expected NAME=VALUE, got `export A=1`
        exit 2
    "#]]
    .assert_eq(&build("shell"));
}

#[test]
fn the_configuration_needs_a_file_of_its_own() {
    let folder = Folder::new(HELLO);
    expect![[r#"
        stderr:
        luakit: the definition and the configuration of the image need a file each
        exit 2
    "#]]
    .assert_eq(&folder.transcript(&["build", "-o", "out", "--image-config-file", "out", "build.lua"]));
}
