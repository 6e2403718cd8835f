//! `state:run`: commands that ran.

use expect_test::expect;

use super::project::{Project, check};

#[test]
fn a_command_leaves_its_files() {
    check(
        r#"bk.export(bk.image("alpine:3.19"):run("echo 'Hello from Luakit!' > /greeting.txt"))"#,
        "/greeting",
        &expect![[r#"
            0644 0:0 /greeting.txt "Hello from Luakit!\n"
        "#]],
    );
}

#[test]
fn a_list_is_passed_without_a_shell() {
    check(
        r#"bk.export(bk.image("alpine:3.19"):run({ "touch", "/out $HOME && more" }))"#,
        "/out",
        &expect![[r#"
            0644 0:0 /out $HOME && more ""
        "#]],
    );
}

#[test]
fn a_command_runs_where_and_as_whom_it_was_told() {
    check(
        r#"
local result = bk.image("alpine:3.19"):run('echo "$GREETING from $PWD by $(id -un)" > said', {
  env = { GREETING = "hello" }, cwd = "/home/app", user = "app",
})
bk.export(result)
"#,
        "/home/app/",
        &expect![[r#"
            0755 1001:1001 /home/app/
            0644 1001:1001 /home/app/said "hello from /home/app by app\n"
        "#]],
    );
}

#[test]
fn another_exit_code_can_be_success() {
    check(
        r#"bk.export(bk.image("alpine:3.19"):run("echo no > /answer; exit 3", { valid_exit_codes = 3 }))"#,
        "/answer",
        &expect![[r#"
            0644 0:0 /answer "no\n"
        "#]],
    );
}

#[test]
fn a_network_that_is_off_is_off() {
    check(
        r#"bk.export(bk.image("alpine:3.19"):run("ls /sys/class/net > /interfaces", { network = "none" }))"#,
        "/interfaces",
        &expect![[r#"
            0644 0:0 /interfaces "lo\n"
        "#]],
    );
}

#[test]
fn arguments_choose_what_is_built() {
    let script = r#"
--- build.lua
bk.export(bk.image("alpine:3.19"):run("echo " .. (os.getenv("NAME") or "nobody") .. " > /name"))
"#;
    let tree = Project::new(script).luakit("--arg=NAME=somebody").build().tree();
    expect![[r#"
        0644 0:0 /name "somebody\n"
    "#]]
    .assert_eq(&tree.below("/name"));
}

#[test]
fn settings_of_a_state_reach_its_later_commands() {
    check(
        r#"
local base = bk.image("alpine:3.19"):with_env({ A = "1" }):with_cwd("/srv"):with_user("node")
bk.export(base:run("echo $A $PWD $(id -u) > /tmp/said"))
"#,
        "/tmp/said",
        &expect![[r#"
            0644 1000:1000 /tmp/said "1 /srv 1000\n"
        "#]],
    );
}
