//! File operations: content, modes, owners.

use expect_test::expect;

use super::project::check;

#[test]
fn scratch_holds_only_what_was_put_there() {
    check(
        r#"bk.export(bk.scratch():mkfile("/hello", "hi\n"))"#,
        "/",
        &expect![[r#"
            0644 0:0 /hello "hi\n"
        "#]],
    );
}

#[test]
fn modes_and_owners_arrive() {
    check(
        r#"
local s = bk.image("alpine:3.19")
s = s:mkdir("/srv/app/data", { mode = "0750", make_parents = true, owner = { user = 1000, group = 1000 } })
s = s:mkfile("/srv/app/start", "exec app\n", { mode = "755", owner = "app:node" })
s = s:mkfile("/srv/app/secret", "s", { mode = "0400", owner = { user = "nobody", group = 0 } })
s = s:symlink("start", "/srv/app/link")
bk.export(s)
"#,
        "/srv/",
        &expect![[r#"
            0755 0:0 /srv/
            0750 1000:1000 /srv/app/
            0750 1000:1000 /srv/app/data/
            link 0:0 /srv/app/link -> start
            0400 65534:0 /srv/app/secret "s"
            0755 1001:1000 /srv/app/start "exec app\n"
        "#]],
    );
}

#[test]
fn bytes_of_a_file_are_not_touched() {
    check(
        r#"bk.export(bk.scratch():mkfile("/bytes", "\0\r\n\"ü"))"#,
        "/",
        &expect![[r#"
            0644 0:0 /bytes "\0\r\n\"ü"
        "#]],
    );
}

#[test]
fn rm_takes_what_its_pattern_says() {
    check(
        r#"
local s = bk.scratch():mkdir("/d")
s = s:mkfile("/d/a.log", ""):mkfile("/d/b.log", ""):mkfile("/d/c.txt", "")
bk.export(s:rm("/d/*.log", { allow_wildcard = true }):rm("/missing", { allow_not_found = true }))
"#,
        "/",
        &expect![[r#"
            0755 0:0 /d/
            0644 0:0 /d/c.txt ""
        "#]],
    );
}

#[test]
fn copy_brings_a_file_from_another_stage() {
    check(
        r#"
local builder = bk.image("alpine:3.19"):run("mkdir /out && echo program > /out/app && chmod 0751 /out/app")
bk.export(bk.scratch():copy(builder, "/out/app", "/usr/local/bin/app"))
"#,
        "/",
        &expect![[r#"
            0755 0:0 /usr/
            0755 0:0 /usr/local/
            0755 0:0 /usr/local/bin/
            0751 0:0 /usr/local/bin/app "program\n"
        "#]],
    );
}

#[test]
fn copy_sets_mode_and_owner() {
    check(
        r#"
local source = bk.scratch():mkfile("/a", "a")
bk.export(bk.scratch():copy(source, "/a", "/octal", { mode = "4711", owner = { user = 7, group = 8 } })
                      :copy(source, "/a", "/symbolic", { mode = "u+x,go-r" }))
"#,
        "/",
        &expect![[r#"
            4711 7:8 /octal "a"
            0700 0:0 /symbolic "a"
        "#]],
    );
}
