//! What `luakit diff` tells of an edit, against what a daemon with the old build in its cache then runs.
//!
//! Every test has commands of its own: they share the daemon's cache.

use super::project::{Project, daemon, luakit};
use expect_test::{Expect, expect};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;

/// Builds two versions of a script, `‹a|b›` being `a` in the old one and `b` in the new one, and lists what was told of
/// each op of the new one and what came of it. Sources are left out: they are always asked for.
fn check(script: &str, expected: &Expect) {
    let (mut before, mut after) = (String::new(), String::new());
    for (number, part) in script.split(['‹', '›']).enumerate() {
        let (old, new) = if number % 2 == 0 { (part, part) } else { part.split_once('|').unwrap() };
        before.push_str(old);
        after.push_str(new);
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("old.lua", &before), ("new.lua", &after)] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let output = Command::new(luakit())
        .current_dir(&folder)
        .args(["diff", "--format", "json", "old.lua", "new.lua"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let diff: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    build(&before);
    let ran = build(&after);
    let mut text = String::new();
    for op in diff["ops"].as_array().unwrap().iter().filter(|op| op["type"] != "source") {
        let (told, name) = (op["rebuild"].as_str().unwrap(), op["name"].as_str().unwrap());
        let came = if ran[op["digest"].as_str().unwrap()] { "ran" } else { "cached" };
        text.push_str(&format!("{told}, {came}: {name}\n"));
        // "depends" may become either.
        assert!(!matches!((told, came), ("runs", "cached") | ("cached", "ran")), "{text}");
    }
    expected.assert_eq(&text);
}

/// Builds a script and tells of each vertex whether it ran.
fn build(script: &str) -> BTreeMap<String, bool> {
    // The files of the context, beside the script.
    let files = "\n--- file\nhello\n--- other\nhello\n";
    let project = Project::new(&format!("--- build.lua\n{script}{files}"))
        .luakit("--local-unique=luakit")
        .buildctl("--progress=rawjson");
    let build = project.build();
    build.tree();
    let mut ran: BTreeMap<String, bool> = BTreeMap::new();
    for line in build.log().lines().filter(|line| line.starts_with('{')) {
        let status: serde_json::Value = serde_json::from_str(line).unwrap();
        for vertex in status["vertexes"].as_array().into_iter().flatten() {
            let done = vertex["completed"].is_string() && vertex["cached"] != true;
            let digest = vertex["digest"].as_str().unwrap().to_owned();
            *ran.entry(digest).or_default() |= done;
        }
    }
    ran
}

#[test]
fn a_command_that_writes_the_same_file_runs_nothing_that_reads_it() {
    check(
        r#"
local base = bk.image("alpine:3.19")
local made = base:run("‹echo d1 > /out|echo d1 >  /out›")
local copied = base:copy(made, "/out", "/copied")
local after = copied:run("cat /copied")
local bound = base:run("cat /in/out > /bound", { mounts = { bk.bind(made, "/in") } })
bk.export(bk.scratch():copy(after, "/copied", "/a"):copy(bound, "/bound", "/b"))
"#,
        &expect![[r#"
            runs, ran: /bin/sh -c echo d1 >  /out
            depends, cached: copy /out /copied
            depends, cached: /bin/sh -c cat /copied
            depends, cached: copy /copied /a
            depends, cached: /bin/sh -c cat /in/out > /bound
            depends, cached: copy /bound /b
        "#]],
    );
}

#[test]
fn a_command_that_writes_another_file_runs_what_reads_it() {
    check(
        r#"
local base = bk.image("alpine:3.19")
local made = base:run("echo d2 ‹one|two› > /out")
local more = made:run("echo d2 more")
bk.export(bk.merge(bk.scratch():copy(made, "/out", "/a"), bk.diff(base, more)))
"#,
        &expect![[r#"
            runs, ran: /bin/sh -c echo d2 two > /out
            depends, ran: copy /out /a
            runs, ran: /bin/sh -c echo d2 more
            runs, ran: diff (docker-image://docker.io/library/alpine:3.19) -> (/bin/sh -c echo d2 more)
            runs, ran: merge (copy /out /a, diff (docker-image://docker.io/library/alpine:3.19) -> (/bin…)
        "#]],
    );
}

#[test]
fn what_is_no_part_of_the_key_runs_nothing() {
    check(
        r#"
local base = bk.image("alpine:3.19")
local made = base:run("echo d3 > /out", {
  mounts = { bk.cache("/c", { id = "d3-‹one|two›", sharing = "‹locked|private›" }) },
  proxy = { http = "http://‹a|b›" },
  extra_hosts = { db = "10.0.0.‹1|2›" },
  resources = { memory = "‹1g|2g›" },
}):with_metadata({ description = "d3 ‹one|two›" })
bk.export(bk.scratch():copy(made, "/out", "/out"))
"#,
        &expect![[r#"
            cached, cached: d3 two
            cached, cached: copy /out /out
        "#]],
    );
}

#[test]
fn a_cache_named_by_its_path_is_part_of_the_key() {
    check(
        r#"bk.export(bk.image("alpine:3.19"):run("echo d4", { mounts = { bk.cache("/c", { id = "‹/c|d4›" }) } }))"#,
        &expect![[r#"
            runs, ran: /bin/sh -c echo d4
        "#]],
    );
}

#[test]
fn a_part_that_is_written_to_counts_by_key_and_one_that_is_read_by_content() {
    check(
        r#"
local base = bk.image("alpine:3.19")
local made = base:run("mkdir /part && echo d5 ‹one|two› > /out && echo d5 > /part/same")
local function use(name, opts)
  return base:run("echo d5 " .. name .. " > /" .. name, { mounts = { bk.bind(made, "/in", opts) } })
end
bk.export(bk.merge(
  use("writes", { readonly = false, selector = "part" }),
  use("reads", { readonly = true, selector = "part" }),
  use("all", { readonly = true }),
  use("off", { readonly = true, selector = "part", content_cache = "off" })
))
"#,
        &expect![[r#"
            runs, ran: /bin/sh -c mkdir /part && echo d5 two > /out && echo d5 > /part/same
            runs, ran: /bin/sh -c echo d5 writes > /writes
            depends, cached: /bin/sh -c echo d5 reads > /reads
            depends, ran: /bin/sh -c echo d5 all > /all
            runs, ran: /bin/sh -c echo d5 off > /off
            runs, ran: merge (/bin/sh -c echo d5 writes > /writes, /bin/sh -c echo d5 reads > /reads, /bin/sh -c echo d5 all > /all, /bin/sh -c echo d5 off > /off)
        "#]],
    );
}

#[test]
fn a_copy_from_elsewhere_with_the_same_file_is_cached() {
    check(
        r#"
local base = bk.image("alpine:3.19")
local made = base:run("mkdir /one /two && echo d6 > /one/x && echo d6 > /two/x")
bk.export(bk.scratch():copy(made, "/‹one|two›/x", "/y"):mkfile("/d6", "z"))
"#,
        &expect![[r#"
            cached, cached: /bin/sh -c mkdir /one /two && echo d6 > /one/x && echo d6 > /two/x
            depends, cached: copy /two/x /y
            depends, cached: mkfile /d6
        "#]],
    );
}

#[test]
fn what_copies_local_files_goes_by_content_and_what_works_on_them_itself_always_runs() {
    check(
        r#"
-- ‹one|two›
local context = bk.local_("context", { include = { "file", "other" } })
local copied = bk.image("alpine:3.19"):copy(context, "file", "/d7"):run("cat /d7")
local other = bk.scratch():copy(bk.local_("context", { include = { "file", ‹"other"|"more"› } }), "file", "/d7-other")
bk.export(bk.merge(bk.scratch():copy(copied, "/d7", "/x"), other, context:mkfile("/d7-y", "y")))
"#,
        &expect![[r#"
            cached, cached: copy /file /d7
            cached, cached: /bin/sh -c cat /d7
            cached, cached: copy /d7 /x
            depends, cached: copy /file /d7-other
            runs, ran: mkfile /d7-y
            runs, ran: merge (copy /d7 /x, copy /file /d7-other, mkfile /d7-y)
        "#]],
    );
}

#[test]
fn what_ignores_the_cache_runs_and_so_does_what_follows() {
    check(
        r#"
-- ‹one|two›
local base = bk.image("alpine:3.19")
local made = base:run("echo d8 > /out", { ignore_cache = true })
local follows = made:run("echo d8 follows")
bk.export(bk.scratch():copy(made, "/out", "/a"):copy(follows, "/out", "/b"))
"#,
        &expect![[r#"
            runs, ran: /bin/sh -c echo d8 > /out
            depends, cached: copy /out /a
            runs, ran: /bin/sh -c echo d8 follows
            depends, cached: copy /out /b
        "#]],
    );
}

#[test]
fn a_pin_of_the_image_that_the_tag_names_runs_nothing() {
    // The registry tells which image the tag names.
    let mut registry = TcpStream::connect(daemon().registry()).unwrap();
    let accept = "Accept: application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, \
                  application/vnd.docker.distribution.manifest.v2+json";
    write!(registry, "HEAD /v2/library/alpine/manifests/3.19 HTTP/1.0\r\nHost: registry\r\n{accept}\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    registry.read_to_string(&mut answer).unwrap();
    let pin = answer.lines().find_map(|line| line.strip_prefix("Docker-Content-Digest: ")).expect(&answer);
    check(
        &format!(r#"bk.export(bk.image("alpine:3.19‹|@{pin}›"):run("echo d9"))"#),
        &expect![[r#"
        depends, cached: /bin/sh -c echo d9
    "#]],
    );
}
