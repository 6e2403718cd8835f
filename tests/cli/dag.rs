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
