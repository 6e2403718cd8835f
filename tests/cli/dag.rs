//! `luakit dag`.

use super::Folder;
use expect_test::expect;

const SCRIPT: &str = r#"--- build.lua
local base = bk.image("alpine:3.19")
local tool = base:run("make", { mounts = { bk.cache("/c") } })
bk.export(base:copy(tool, "/out", "/usr/bin/tool"))
"#;

#[test]
fn text_shows_ops_inputs_and_what_is_not_a_default() {
    let folder = Folder::new(SCRIPT);
    expect![[r#"
        stdout:
        %0 = source docker-image://docker.io/library/alpine:3.19  [linux/amd64]
        %1 = exec /bin/sh -c make  [linux/amd64]
             mount / bind %0 -> %1.0
             mount /c cache scratch id=/c
        %2 = file
             %0: copy %1:/out /usr/bin/tool createDestPath
        return %2
        exit 0
    "#]]
    .assert_eq(&folder.transcript(&["dag", "--platform", "linux/amd64", "build.lua"]));
}

#[test]
fn json_has_the_digests_of_the_definition_and_the_places() {
    let folder = Folder::new(SCRIPT);
    let output = folder.run(&["dag", "--format", "json", "build.lua"]);
    let graph: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let ops = graph["ops"].as_array().unwrap();
    assert_eq!(ops.len(), 3);
    assert_eq!(graph["head"], ops[2]["digest"]);
    assert_eq!(ops[1]["locations"][0]["file"], "build.lua");
    assert_eq!(ops[1]["locations"][0]["startLine"], 2);
}

#[test]
fn dot_is_a_digraph() {
    let folder = Folder::new(SCRIPT);
    let output = folder.run(&["dag", "--format", "dot", "-o", "graph.dot", "build.lua"]);
    assert!(output.status.success());
    let dot = std::fs::read_to_string(folder.path().join("graph.dot")).unwrap();
    assert!(dot.starts_with("digraph") && dot.matches("n0 -> n1;").count() == 1, "{dot}");
}

#[test]
fn drawings_and_flowcharts_are_of_the_same_ops() {
    let folder = Folder::new(SCRIPT);
    let made = |format: &str| {
        String::from_utf8(folder.run(&["dag", "--format", format, "build.lua"]).stdout).unwrap()
    };
    let json: serde_json::Value = serde_json::from_str(&made("json")).unwrap();
    let svg = made("svg");
    for op in json["ops"].as_array().unwrap() {
        let digest = op["digest"].as_str().unwrap();
        assert_eq!(svg.matches(&format!("data-digest=\"{digest}\"")).count(), 1, "{svg}");
    }
    expect![[r#"
        flowchart TD
          n0(["alpine:3.19"])
          n1["make"]
          n2[/"copy /out /usr/bin/tool"/]
          n0 --> n1
          n0 --> n2
          n1 --> n2
          style n2 stroke-width:4px
    "#]]
    .assert_eq(&made("mermaid"));
}

#[test]
fn a_filter_that_keeps_nothing_says_so() {
    let folder = Folder::new(SCRIPT);
    let text = |filter: &str| {
        folder.transcript(&["dag", "--platform", "linux/amd64", "--filter", filter, "build.lua"])
    };
    expect![[r#"
        stdout:
        %1 = exec /bin/sh -c make  [linux/amd64]
             mount / bind %0 -> %1.0
             mount /c cache scratch id=/c
        return %2
        exit 0
    "#]]
    .assert_eq(&text("exec"));
    expect![[r#"
        stdout:
        return %2
        stderr:
        luakit: warning: no operation is a `cmake`, or has that in its name
        exit 0
    "#]]
    .assert_eq(&text("cmake"));
}

#[test]
fn local_unique_is_part_of_the_digests() {
    let folder =
        Folder::new("--- build.lua\nbk.export(bk.scratch():copy(bk.local_(\"context\"), \".\", \"/\"))\n");
    let dag =
        |unique: &str| folder.run(&["dag", "--format", "json", "--local-unique", unique, "build.lua"]).stdout;
    assert_ne!(dag("one"), dag("two"));
    folder.run(&["build", "--local-unique", "one", "-o", "out.pb", "build.lua"]);
    let json: serde_json::Value = serde_json::from_slice(&dag("one")).unwrap();
    let bytes = std::fs::read(folder.path().join("out.pb")).unwrap();
    let head = json["head"].as_str().unwrap();
    assert!(
        bytes.windows(head.len()).any(|it| it == head.as_bytes()),
        "the digests are those of the definition"
    );
}
