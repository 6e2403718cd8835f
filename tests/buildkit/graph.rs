//! States made of states.

use expect_test::expect;

use super::project::check;

#[test]
fn in_a_merge_the_last_one_wins() {
    check(
        r#"
local a = bk.scratch():mkfile("/a", "a"):mkfile("/both", "from a")
local b = bk.scratch():mkfile("/b", "b"):mkfile("/both", "from b")
bk.export(bk.merge(a, b))
"#,
        "/",
        &expect![[r#"
            0644 0:0 /a "a"
            0644 0:0 /b "b"
            0644 0:0 /both "from b"
        "#]],
    );
}

#[test]
fn a_diff_is_what_was_added() {
    check(
        r#"
local base = bk.image("alpine:3.19")
bk.export(bk.diff(base, base:run("echo new > /new; rm /etc/os-release")))
"#,
        "/new",
        &expect![[r#"
            0644 0:0 /new "new\n"
        "#]],
    );
}

#[test]
fn a_diff_takes_its_deletions_along() {
    check(
        r#"
local base = bk.scratch():mkfile("/kept", ""):mkfile("/deleted", "")
bk.export(bk.merge(base, bk.diff(base, base:rm("/deleted"):mkfile("/added", ""))))
"#,
        "/",
        &expect![[r#"
            0644 0:0 /added ""
            0644 0:0 /kept ""
        "#]],
    );
}

#[test]
fn stages_that_share_a_base_are_put_together() {
    check(
        r#"
local base = bk.image("alpine:3.19"):mkdir("/out")
local one = base:run("echo 1 > /out/one")
local two = base:run("echo 2 > /out/two")
local all = { contents_only = true }
bk.export(bk.scratch():copy(one, "/out", "/", all):copy(two, "/out", "/", all))
"#,
        "/",
        &expect![[r#"
            0644 0:0 /one "1\n"
            0644 0:0 /two "2\n"
        "#]],
    );
}

#[test]
fn a_step_that_is_only_required_runs_all_the_same() {
    check(
        r#"
local base = bk.image("alpine:3.19")
local gate = base:run("echo checked > /g/gate", { mounts = { bk.cache("/g", { id = "gate" }) } })
local read = base:requires(gate):run("cp /g/gate /seen", { mounts = { bk.cache("/g", { id = "gate" }) } })
bk.export(read)
"#,
        "/seen",
        &expect![[r#"
            0644 0:0 /seen "checked\n"
        "#]],
    );
}
