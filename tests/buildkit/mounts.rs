//! Mounts of a command: what it sees there, and what stays.

use expect_test::expect;

use super::project::{Project, check};

#[test]
fn a_cache_lasts_from_build_to_build() {
    let build = |n| {
        Project::new(
            r#"
--- build.lua
local n = os.getenv("N")
local result = bk.image("alpine:3.19"):run("echo build " .. n .. " >> /c/log; cp /c/log /log", {
  mounts = { bk.cache("/c", { id = "a-cache-lasts" }) },
})
bk.export(result)
"#,
        )
        .luakit(format!("--arg=N={n}"))
        .build()
        .tree()
        .below("/log")
    };
    expect![[r#"
        0644 0:0 /log "build 1\n"
    "#]]
    .assert_eq(&build(1));
    expect![[r#"
        0644 0:0 /log "build 1\nbuild 2\n"
    "#]]
    .assert_eq(&build(2));
}

#[test]
fn a_cache_is_no_part_of_the_result() {
    check(
        r#"
local base = bk.image("alpine:3.19"):mkdir("/c")
bk.export(base:run("echo kept > /c/file", { mounts = { bk.cache("/c", { id = "no-part" }) } }))
"#,
        "/c/",
        &expect![[r#"
            0755 0:0 /c/
        "#]],
    );
}

#[test]
fn a_secret_is_there_for_the_command_only() {
    let project = Project::new(
        r#"
--- build.lua
local result = bk.image("alpine:3.19"):run("mkdir /srv/app; (stat -c '%a %u' $F; tr a-z A-Z < $F) > /srv/app/seen", {
  env = { F = "/run/secrets/token" },
  mounts = { bk.secret("/run/secrets/token") },
})
bk.export(result)
--- token.txt
swordfish
"#,
    );
    let tree = project.buildctl("--secret=id=token,src=token.txt").build().tree();
    expect![[r#"
        0755 0:0 /srv/app/
        0644 0:0 /srv/app/seen "400 0\nSWORDFISH\n"
    "#]]
    .assert_eq(&tree.below("/srv/app/"));
    expect![[r#"
        0755 0:0 /run/
    "#]]
    .assert_eq(&tree.below("/run/"));
}

#[test]
fn a_secret_that_nobody_gives_is_an_error_unless_optional() {
    let script = |options: &str| {
        Project::new(&format!(
            r#"
--- build.lua
local mounts = {{ bk.secret("/run/secrets/absent"{options}) }}
bk.export(bk.image("alpine:3.19"):run("ls /run/secrets > /seen 2>&1 || true", {{ mounts = mounts }}))
"#
        ))
    };
    let error = script("").build().error();
    assert!(error.contains("secret absent: not found"), "{error}");
    script(", { optional = true }").build().tree().file("/seen");
}

#[test]
fn another_state_can_be_read_through_a_bind() {
    check(
        r#"
local tools = bk.scratch():mkdir("/etc"):mkfile("/etc/word", "bound\n")
local result = bk.image("alpine:3.19"):run("cp /mnt/word /word; touch /mnt/x 2>/dev/null || echo readonly >> /word", {
  mounts = { bk.bind(tools, "/mnt", { selector = "/etc" }) },
})
bk.export(result)
"#,
        "/word",
        &expect![[r#"
            0644 0:0 /word "bound\nreadonly\n"
        "#]],
    );
}

#[test]
fn a_tmpfs_is_gone_afterwards() {
    check(
        r#"
local base = bk.image("alpine:3.19"):mkdir("/scratch")
local result = base:run("df -k /scratch | awk 'END { print $2 }' > /size; touch /scratch/x", {
  mounts = { bk.tmpfs("/scratch", { size = "2m" }) },
})
bk.export(bk.scratch():copy(result, "/size", "/"):copy(result, "/scratch", "/"))
"#,
        "/",
        &expect![[r#"
            0755 0:0 /scratch/
            0644 0:0 /size "2048\n"
        "#]],
    );
}

#[test]
fn a_writable_bind_can_be_the_result() {
    check(
        r#"
local run = bk.image("alpine:3.19"):run("echo made > /out/made", {
  mounts = { bk.bind(bk.scratch(), "/out", { readonly = false }) },
})
bk.export(run:mount("/out"))
"#,
        "/",
        &expect![[r#"
            0644 0:0 /made "made\n"
        "#]],
    );
}
