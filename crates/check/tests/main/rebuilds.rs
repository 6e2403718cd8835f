//! Which ops an edit runs again, by BuildKit's cache keys: its own, and of each input its key or its content.
//!
//! A case is two scripts that differ in one thing, and what becomes of every op that is not simply cached.

use crate::support::diff;
use expect_test::{Expect, expect};

/// Compares two versions of a script: `‹a|b›` is `a` in the old one and `b` in the new one.
fn check(script: &str, expected: &Expect) {
    let (mut before, mut after) = (String::new(), String::new());
    for (number, part) in script.split(['‹', '›']).enumerate() {
        let (old, new) = if number % 2 == 0 { (part, part) } else { part.split_once('|').unwrap() };
        before.push_str(old);
        after.push_str(new);
    }
    // The places are the business of other tests.
    let text = diff(&before, &after);
    let lines = text.lines().map(|line| {
        let mut line = line.to_owned();
        while let Some(start) = line.find(" (build.lua:") {
            let end = line[start..].find(')').unwrap();
            line.replace_range(start..=start + end, "");
        }
        line + "\n"
    });
    expected.assert_eq(&lines.collect::<String>());
}

#[test]
fn a_command_runs_and_what_copies_its_files_depends_on_them() {
    check(
        r#"
local base = bk.image("alpine:3.19")
local tool = base:run("‹make|make -j4›")
local more = tool:run("strip /out")
bk.export(base:copy(tool, "/out", "/a"):copy(more, "/out", "/b"):run("/a"))
"#,
        &expect![[r#"
            ~ exec make -j4
                command: make → make -j4
                runs
              file copy /out /a
                depends ← exec make -j4
              exec strip /out
                runs ← exec make -j4
              file copy /out /b
                depends ← file copy /out /a ← exec make -j4
              exec /a
                depends ← file copy /out /b ← 1 more ← exec make -j4

            1 changed
            2 ops run, 3 depend on them, 1 cached
            not looked at: what is behind alpine:3.19
        "#]],
    );
}

#[test]
fn the_id_and_sharing_of_a_cache_are_no_part_of_the_key() {
    check(
        r#"bk.export(bk.image("a:1"):run("make", { mounts = { bk.cache("/c", { id = "‹one|two›", sharing = "‹locked|private›" }) } }))"#,
        &expect![[r#"
            ~ exec make
                mount /c: id=one sharing=locked type=cache → id=two sharing=private type=cache
                cached

            1 changed
            no op runs, 2 cached
            not looked at: what is behind a:1
        "#]],
    );
}

#[test]
fn a_cache_named_as_a_dockerfile_names_it_is_part_of_the_key() {
    check(
        r#"bk.export(bk.image("a:1"):run("make", { mounts = { bk.cache("/c", { id = "‹/c|other›" }) } }))"#,
        &expect![[r#"
            ~ exec make
                mount /c: id=/c sharing=shared type=cache → id=other sharing=shared type=cache
                runs

            1 changed
            1 op runs, 1 cached
            not looked at: what is behind a:1
        "#]],
    );
    check(
        r#"bk.export(bk.image("a:1"):run("make", { mounts = { bk.cache("/c", { id = "‹space//c|other›" }) } }))"#,
        &expect![[r#"
            ~ exec make
                mount /c: id=space//c sharing=shared type=cache → id=other sharing=shared type=cache
                runs

            1 changed
            1 op runs, 1 cached
            not looked at: what is behind a:1
        "#]],
    );
}

#[test]
fn proxies_and_addresses_of_hosts_are_no_part_of_the_key_but_their_names_are() {
    check(
        r#"bk.export(bk.image("a:1"):run("make", { proxy = { http = "‹http://a|http://b›" }, extra_hosts = { db = "10.0.0.‹1|2›" } }))"#,
        &expect![[r#"
            ~ exec make
                extraHosts: host=db ip=10.0.0.1 → host=db ip=10.0.0.2
                proxy_env: http_proxy=http://a → http_proxy=http://b
                cached

            1 changed
            no op runs, 2 cached
            not looked at: what is behind a:1
        "#]],
    );
    check(
        r#"bk.export(bk.image("a:1"):run("make", { extra_hosts = { ‹db|web› = "10.0.0.1" } }))"#,
        &expect![[r#"
            ~ exec make
                extraHosts: host=db ip=10.0.0.1 → host=web ip=10.0.0.1
                runs

            1 changed
            1 op runs, 1 cached
            not looked at: what is behind a:1
        "#]],
    );
}

#[test]
fn limits_names_and_where_it_may_run_are_no_part_of_the_key() {
    check(
        r#"bk.export(bk.image("a:1"):run("make", { resources = { memory = "‹1g|2g›" }, constraints = { "labels.pool==‹a|b›" } }))"#,
        &expect![[r#"
            ~ exec make
                constraints: labels.pool==a → labels.pool==b
                memory: 1073741824 → 2147483648
                cached

            1 changed
            no op runs, 2 cached
            not looked at: what is behind a:1
        "#]],
    );
}

#[test]
fn env_cwd_user_and_platform_are_part_of_the_key() {
    check(
        r#"bk.export(bk.image("a:1"):run("make", { env = { A = "‹1|2›" } }))"#,
        &expect![[r#"
            ~ exec make
                env A: 1 → 2
                runs

            1 changed
            1 op runs, 1 cached
            not looked at: what is behind a:1
        "#]],
    );
    check(
        r#"bk.export(bk.image("a:1", { platform = "linux/amd64" }):run("make", { platform = "linux/‹amd64|arm64›" }))"#,
        &expect![[r#"
            ~ exec make
                platform: linux/amd64 → linux/arm64
                runs

            1 changed
            1 op runs, 1 cached
            not looked at: what is behind a:1
        "#]],
    );
}

#[test]
fn the_root_of_a_command_counts_by_key_and_what_it_only_reads_by_content() {
    check(
        r#"
local made = bk.image("a:1"):run("‹make|make all›")
local base = bk.image("b:1")
local bound = base:run("use /in", { mounts = { bk.bind(made, "/in") } })
bk.export(bk.merge(made:run("next"), bound))
"#,
        &expect![[r#"
            ~ exec make all
                command: make → make all
                runs
              exec next
                runs ← exec make all
              exec use /in
                depends ← exec make all
              merge (/bin/sh -c next, /bin/sh -c use /in)
                runs ← exec next ← exec make all

            1 changed
            3 ops run, 1 depends on them, 2 cached
            not looked at: what is behind a:1, b:1
        "#]],
    );
}

#[test]
fn a_part_that_can_be_written_to_counts_by_key() {
    check(
        r#"
local made = bk.image("a:1"):run("‹make|make all›")
local run = function(opts) return bk.image("b:1"):run("use", { mounts = { bk.bind(made, "/in", opts) } }) end
bk.export(bk.merge(
  run({ readonly = false, selector = "part" }),
  run({ readonly = false }),
  run({ readonly = true, selector = "part" }),
  run({ content_cache = "off" })
))
"#,
        &expect![[r#"
            ~ exec make all
                command: make → make all
                runs
              exec use
                runs ← exec make all
              exec use
                depends ← exec make all
              exec use
                depends ← exec make all
              exec use
                runs ← exec make all
              merge (/bin/sh -c use, /bin/sh -c use, /bin/sh -c use, /bin/…
                runs ← exec use ← exec make all

            1 changed
            4 ops run, 2 depend on them, 2 cached
            not looked at: what is behind b:1, a:1
        "#]],
    );
}

#[test]
fn another_part_of_a_mount_is_another_content() {
    check(
        r#"bk.export(bk.image("b:1"):run("use", { mounts = { bk.bind(bk.image("a:1"), "/in", { selector = "‹one|two›" }) } }))"#,
        &expect![[r#"
            ~ exec use
                mount /in: readonly selector=one type=bind → readonly selector=two type=bind
                depends

            1 changed
            no op runs, 1 depends on content, 2 cached
            not looked at: what is behind b:1, a:1
        "#]],
    );
}

#[test]
fn a_copy_counts_by_the_content_and_the_last_name_of_what_it_copies() {
    check(
        r#"bk.export(bk.scratch():copy(bk.image("a:1"), "/‹one|two›/file", "/file"))"#,
        &expect![[r#"
            ~ file copy /two/file /file
                copy: /one/file /file createDestPath → /two/file /file createDestPath
                depends

            1 changed
            no op runs, 1 depends on content, 1 cached
            not looked at: what is behind a:1
        "#]],
    );
    check(
        r#"bk.export(bk.scratch():copy(bk.image("a:1"), "/dir/‹one|two›", "/file"))"#,
        &expect![[r#"
            ~ file copy /dir/two /file
                copy: /dir/one /file createDestPath → /dir/two /file createDestPath
                runs

            1 changed
            1 op runs, 1 cached
            not looked at: what is behind a:1
        "#]],
    );
    check(
        r#"bk.export(bk.scratch():copy(bk.image("a:1"), "/dir", "/dir", { include = { "*.‹c|h›" } }))"#,
        &expect![[r#"
            ~ file copy /dir /dir
                copy: /dir /dir createDestPath include_patterns=*.c → /dir /dir createDestPath include_patterns=*.h
                runs

            1 changed
            1 op runs, 1 cached
            not looked at: what is behind a:1
        "#]],
    );
}

#[test]
fn a_copy_from_another_op_with_the_same_file_may_be_cached() {
    check(
        r#"
local one, two = bk.image("a:1"):run("one"), bk.image("a:1"):run("two")
local both = bk.scratch():copy(one, "/x", "/x"):copy(two, "/y", "/y")
bk.export(both:copy(‹one|two›, "/z", "/z"))
"#,
        &expect![[r#"
            ~ file copy /z /z
                inputs: one → two
                depends

            1 changed
            no op runs, 1 depends on content, 5 cached
            not looked at: what is behind a:1
        "#]],
    );
}

#[test]
fn what_is_written_to_counts_by_key_even_where_it_is_copied_from() {
    check(
        r#"
local made = bk.image("a:1"):run("‹make|make all›")
bk.export(made:copy(made, "/a", "/b"))
"#,
        &expect![[r#"
            ~ exec make all
                command: make → make all
                runs
              file copy /a /b
                runs ← exec make all

            1 changed
            2 ops run, 1 cached
            not looked at: what is behind a:1
        "#]],
    );
}

#[test]
fn the_name_of_an_owner_is_looked_up_in_what_is_written_to_which_counts_by_key() {
    check(
        r#"
local users = bk.image("a:1"):run("‹adduser a|adduser b›")
bk.export(bk.merge(users, bk.scratch():mkfile("/x", "x")):mkfile("/y", "y", { owner = "app" }))
"#,
        &expect![[r#"
            ~ exec adduser b
                command: adduser a → adduser b
                runs
              merge (/bin/sh -c adduser b, mkfile /x)
                runs ← exec adduser b
              file mkfile /y
                runs ← merge (/bin/sh -c adduser b, mkfile /x) ← exec adduser b

            1 changed
            3 ops run, 2 cached
            not looked at: what is behind a:1
        "#]],
    );
}

#[test]
fn merges_and_diffs_count_by_key() {
    check(
        r#"
local base = bk.image("a:1")
local made = base:run("‹make|make all›")
bk.export(bk.merge(base, bk.diff(base, made)))
"#,
        &expect![[r#"
            ~ exec make all
                command: make → make all
                runs
              diff (docker-image://docker.io/library/a:1) -> (/bin/sh -c m…
                runs ← exec make all
              merge (docker-image://docker.io/library/a:1, diff (docker-im…
                runs ← diff (docker-image://docker.io/library/a:1) -> (/bin/sh -c m… ← exec make all

            1 changed
            3 ops run, 1 cached
            not looked at: what is behind a:1
        "#]],
    );
}

#[test]
fn ignore_cache_runs_always_and_so_does_what_follows() {
    check(
        r#"
local now = bk.image("a:1"):run("date > /now", { ignore_cache = true })
bk.export(now:run("cat /now"):copy(now, "/now", "/then"))
-- ‹one|two›
"#,
        &expect![[r#"
              exec date > /now
                runs, always: it ignores the cache
              exec cat /now
                runs ← exec date > /now
              file copy /now /then
                runs ← exec cat /now ← exec date > /now

            no op changed
            3 ops run, 1 cached
            not looked at: what is behind a:1
        "#]],
    );
}

#[test]
fn a_local_source_is_compared_and_what_copies_it_goes_by_content() {
    check(
        r#"
local context = bk.local_("context", { include = { "*.‹c|h›" } })
bk.export(bk.scratch():copy(context, ".", "/src"):run("make"))
"#,
        &expect![[r#"
            ~ source local://context
                local.includepattern: ["*.c"] → ["*.h"]
                runs
              file copy . /src
                depends ← source local://context
              exec make
                depends ← file copy . /src ← source local://context

            1 changed
            1 op runs, 2 depend on it, 0 cached
            not looked at: what is behind local://context
        "#]],
    );
}

#[test]
fn what_works_on_a_local_source_itself_is_never_cached() {
    check(
        r#"bk.export(bk.local_("context"):run("make"):run("more")) -- ‹one|two›"#,
        &expect![[r#"
              exec make
                runs, always: it works on a local source itself, and not on a copy of it
              exec more
                runs ← exec make

            no op changed
            2 ops run, 1 cached
            not looked at: what is behind local://context
        "#]],
    );
}

#[test]
fn how_a_source_is_fetched_is_no_part_of_its_key() {
    check(
        r#"
bk.export(bk.merge(
  bk.image("a:1", { resolve = "‹always|default›" }),
  bk.git("https://example.com/r.git", { ref = "main", ‹auth_token_secret = "T"|› })
))
"#,
        &expect![[r#"
            ~ source a:1
                - image.resolvemode: pull
                cached
            ~ source git://example.com/r.git#main
                git.authtokensecret: T → GIT_AUTH_TOKEN
                cached

            2 changed
            no op runs, 3 cached
            not looked at: what is behind a:1, git://example.com/r.git#main
        "#]],
    );
}

#[test]
fn a_pin_may_be_what_the_tag_names_but_another_pin_is_another_image() {
    let (a, b) = ("sha256:".to_owned() + &"a".repeat(64), "sha256:".to_owned() + &"b".repeat(64));
    check(
        &format!(r#"bk.export(bk.image("a:1‹|@{a}›"):run("make"))"#),
        &expect![[r#"
            ~ source a:1@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…
                source: docker-image://docker.io/library/a:1 → docker-image://docker.io/library/a:1@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
                depends
              exec make
                depends ← source a:1@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…

            1 changed
            no op runs, 2 depend on content, 0 cached
        "#]],
    );
    check(
        &format!(r#"bk.export(bk.image("a:1@‹{a}|{b}›"):run("make"))"#),
        &expect![[r#"
            ~ source a:1@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb…
                source: docker-image://docker.io/library/a:1@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa → docker-image://docker.io/library/a:1@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
                runs
              exec make
                runs ← source a:1@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb…

            1 changed
            2 ops run, 0 cached
        "#]],
    );
    check(
        r#"bk.export(bk.image("a:‹1|2›"):run("make"))"#,
        &expect![[r#"
            ~ source a:2
                source: docker-image://docker.io/library/a:1 → docker-image://docker.io/library/a:2
                runs
              exec make
                runs ← source a:2

            1 changed
            2 ops run, 0 cached
            not looked at: what is behind a:2
        "#]],
    );
}

#[test]
fn the_order_of_merged_states_is_part_of_the_key() {
    check(
        r#"
local one, two = bk.image("a:1"):run("one"), bk.image("a:1"):run("two")
bk.export(bk.merge(‹one, two|two, one›))
"#,
        &expect![[r#"
            ~ merge (/bin/sh -c two, /bin/sh -c one)
                the order of inputs
                runs

            1 changed
            1 op runs, 3 cached
            not looked at: what is behind a:1
        "#]],
    );
}
