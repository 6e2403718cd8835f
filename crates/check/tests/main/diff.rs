//! What an edit changed: which ops are added, gone or others, whatever happened around them.

use crate::support::diff;
use expect_test::{Expect, expect};

fn check(before: &str, after: &str, expected: &Expect) {
    expected.assert_eq(&diff(before, after));
}

const SCRIPT: &str = r#"
local base = bk.image("alpine:3.19")
local tool = base:run("make", { env = { A = "1" }, mounts = { bk.cache("/c") } })
bk.export(base:copy(tool, "/out", "/usr/bin/tool"))
"#;

#[test]
fn what_is_only_moved_or_explained_is_no_change() {
    let moved = SCRIPT
        .replace("local tool", "-- A comment.\nlocal OUT = \"/out\"\nlocal tool")
        .replace("\"/out\"", "OUT");
    check(
        SCRIPT,
        &moved.replace("OUT = OUT", "OUT = \"/out\""),
        &expect![[r#"
            no op changed
            no op runs, 3 cached
            not looked at: what is behind alpine:3.19
        "#]],
    );
}

#[test]
fn what_an_op_says_differently_is_told_in_words() {
    let edited = r#"
local base = bk.image("alpine:3.20")
local tool = base:run("make all", { env = { A = "2", B = "3" }, cwd = "/src", mounts = { bk.cache("/c", { id = "x" }) } })
bk.export(base:copy(tool, "/out", "/usr/bin/tool", { mode = "0755" }))
"#;
    check(
        SCRIPT,
        edited,
        &expect![[r#"
            ~ source alpine:3.20 (build.lua:2:16)
                source: docker-image://docker.io/library/alpine:3.19 → docker-image://docker.io/library/alpine:3.20
                runs
            ~ exec make all (build.lua:3:18)
                command: make → make all
                cwd: / → /src
                env A: 1 → 2
                + env B: 3
                mount /c: id=/c sharing=shared type=cache → id=x sharing=shared type=cache
                runs ← source alpine:3.20 (build.lua:2:16)
            ~ file copy /out /usr/bin/tool (build.lua:4:15)
                copy: /out /usr/bin/tool createDestPath → /out /usr/bin/tool createDestPath mode=0755
                runs ← source alpine:3.20 (build.lua:2:16)

            3 changed
            3 ops run, 0 cached
            not looked at: what is behind alpine:3.20
        "#]],
    );
}

#[test]
fn an_op_put_in_between_is_new_and_the_next_one_reads_another() {
    check(
        r#"
local s = bk.image("alpine:3.19")
s = s:run("one")
s = s:run("two")
bk.export(s)
"#,
        r#"
local s = bk.image("alpine:3.19")
s = s:run("one")
s = s:run("between")
s = s:run("two")
bk.export(s)
"#,
        &expect![[r#"
            + exec between (build.lua:4:6)
                runs
            ~ exec two (build.lua:5:6)
                inputs: one → between
                runs ← exec between (build.lua:4:6)

            1 changed, 1 added
            2 ops run, 2 cached
            not looked at: what is behind alpine:3.19
        "#]],
    );
}

#[test]
fn ops_made_in_a_loop_are_told_apart() {
    let script = |list: &str| {
        format!(
            "local s = bk.image(\"alpine:3.19\")\nfor _, name in {{ {list} }} do\n  s = s:run(\"install \" .. name)\nend\nbk.export(s)\n"
        )
    };
    check(
        &script(r#""a", "b", "c""#),
        &script(r#""a", "c", "d""#),
        &expect![[r#"
            ~ exec install c (build.lua:3:8)
                inputs: install b → install a
                runs
            ~ exec install d (build.lua:3:8)
                command: install b → install d
                inputs: install a → install c
                runs ← exec install c (build.lua:3:8)

            2 changed
            2 ops run, 2 cached
            not looked at: what is behind alpine:3.19
        "#]],
    );
}

#[test]
fn what_is_gone_is_shown_with_its_old_place() {
    check(
        r#"
local base = bk.image("alpine:3.19")
local docs = bk.image("pandoc/core:3.1"):run("pandoc README.md -o /out.html")
bk.export(base:run("make"):copy(docs, "/out.html", "/doc.html"))
"#,
        r#"
local base = bk.image("alpine:3.19")
bk.export(base:run("make"))
"#,
        &expect![[r#"
            - source pandoc/core:3.1 (old:build.lua:3:16)
            - exec pandoc README.md -o /out.html (old:build.lua:3:41)
            - file copy /out.html /doc.html (old:build.lua:4:27)

            3 removed
            no op runs, 2 cached
            not looked at: what is behind alpine:3.19
        "#]],
    );
}

#[test]
fn a_command_moved_to_another_stage_is_the_same_with_another_input() {
    check(
        r#"
local a, b = bk.image("a:1"), bk.image("b:1")
a = a:run("make test")
bk.export(bk.merge(a, b))
"#,
        r#"
local a, b = bk.image("a:1"), bk.image("b:1")
b = b:run("make test")
bk.export(bk.merge(a, b))
"#,
        &expect![[r#"
            ~ exec make test (build.lua:3:6)
                inputs: a:1 → b:1
                runs
            ~ merge (docker-image://docker.io/library/a:1, /bin/sh -c make… (build.lua:4:13)
                inputs: b:1 → a:1
                runs ← exec make test (build.lua:3:6)

            2 changed
            2 ops run, 2 cached
            not looked at: what is behind a:1, b:1
        "#]],
    );
}

#[test]
fn names_and_other_metadata_are_changes_that_run_nothing() {
    check(
        r#"bk.export(bk.image("alpine:3.19"):run("make"))"#,
        r#"bk.export(bk.image("alpine:3.19"):run("make"):with_metadata({ description = "Compile" }))"#,
        &expect![[r#"
            ~ exec Compile (build.lua:1:34)
                + name: Compile
                cached

            1 changed
            no op runs, 2 cached
            not looked at: what is behind alpine:3.19
        "#]],
    );
}

#[test]
fn other_files_in_the_helper_of_a_module_are_found() {
    let script = |text: &str| {
        format!(
            "local tools = require(\"tools\")\nbk.export(tools.add(bk.image(\"alpine:3.19\")))\n--- tools.lua\nlocal M = {{}}\nfunction M.add(s)\n  return s:mkfile(\"/etc/motd\", \"{text}\")\nend\nreturn M\n"
        )
    };
    check(
        &script("hello"),
        &script("good\\nbye"),
        &expect![[r#"
            ~ file mkfile /etc/motd (tools.lua:3:11)
                mkfile: /etc/motd mode=0644 text=hello → /etc/motd mode=0644 text=good\nbye
                runs

            1 changed
            1 op runs, 1 cached
            not looked at: what is behind alpine:3.19
        "#]],
    );
}

#[test]
fn another_result_of_the_same_ops_is_told() {
    let script = |result: &str| {
        format!(
            "local out = bk.bind(bk.scratch(), \"/out\", {{ readonly = false }})\nlocal s = bk.image(\"a:1\"):run(\"make\", {{ mounts = {{ out }} }})\nbk.export({result})\n"
        )
    };
    check(
        &script("s"),
        &script("s:mount(\"/out\")"),
        &expect![[r#"
            the result is another one
            no op runs, 2 cached
            not looked at: what is behind a:1
        "#]],
    );
}

#[test]
fn a_graph_can_come_from_nothing_and_become_nothing() {
    let nothing = "bk.export(bk.scratch())";
    check(
        nothing,
        nothing,
        &expect![[r#"
        no op changed
        no op runs, 0 cached
    "#]],
    );
    check(
        nothing,
        r#"bk.export(bk.image("a:1"))"#,
        &expect![[r#"
            + source a:1 (build.lua:1:13)
                runs

            1 added
            1 op runs, 0 cached
            not looked at: what is behind a:1
        "#]],
    );
    check(
        r#"bk.export(bk.image("a:1"))"#,
        nothing,
        &expect![[r#"
            - source a:1 (old:build.lua:1:13)

            1 removed
            no op runs, 0 cached
        "#]],
    );
}
