//! `bk.local_`: files of the one who builds.

use expect_test::expect;

use super::project::Project;

#[test]
fn excluded_files_stay_at_home() {
    let project = Project::new(
        r#"
--- build.lua
bk.export(bk.scratch():copy(bk.local_("context", { exclude = { "*.log", "node_modules", "!keep.log" } }), "/", "/"))
--- src/main.c
int main;
--- node_modules/a/b.js
b
--- debug.log
noise
--- keep.log
kept
"#,
    );
    expect![[r#"
        0644 0:0 /build.lua "bk.export(bk.scratch():copy(bk.local_(\"context\", { exclude = { \"*.log\", \"node_modules\", \"!keep.log\" } }), \"/\", \"/\"))\n"
        0644 0:0 /keep.log "kept\n"
        0755 0:0 /src/
        0644 0:0 /src/main.c "int main;\n"
    "#]]
    .assert_eq(&project.build().tree().below("/"));
}

#[test]
fn included_files_come_with_their_folders() {
    let project = Project::new(
        r#"
--- build.lua
bk.export(bk.scratch():copy(bk.local_("context", { include = { "src/**/*.ts", "!src/**/*.test.ts" } }), "/", "/"))
--- src/deep/a.ts
a
--- src/deep/a.test.ts
test
--- other.ts
other
"#,
    );
    expect![[r#"
        0755 0:0 /src/
        0755 0:0 /src/deep/
        0644 0:0 /src/deep/a.ts "a\n"
    "#]]
    .assert_eq(&project.build().tree().below("/"));
}

/// Two builds at one daemon whose local sources look the same are one build to it, unless each definition has a `local.unique` of its own:
/// then the second would be given the first one's files. The sleep keeps both in the daemon at once.
#[test]
fn two_contexts_of_one_name_do_not_mix() {
    let project = |who| {
        Project::new(&format!(
            r#"
--- build.lua
local context = bk.local_("context", {{ include = {{ "who" }} }})
bk.export(bk.image("alpine:3.19"):copy(context, "/who", "/who"):run("sleep 1; cp /who /seen"))
--- who
{who}
"#
        ))
    };
    let (alice, bob) = (project("alice"), project("bob"));
    let running = [alice.start("type=tar"), bob.start("type=tar")];
    let seen = running.map(|build| String::from_utf8_lossy(build.finish().tree().file("/seen")).into_owned());
    assert_eq!(seen, ["alice\n", "bob\n"]);
}
