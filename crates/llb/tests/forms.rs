//! The forms of a definition for programs and to look at: DOT, JSON, SVG, Mermaid, and parts of each.

// Helpers of tests are not tests to clippy.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use expect_test::expect;
use luakit_llb::{
    Constraints, Copy, Definition, Exec, Graph, ImageOptions, LocalOptions, Location, Metadata, Mount,
    Platform, Position, State, View, dot, json, mermaid, svg, text,
};
use std::time::{Duration, Instant};

fn definition() -> Definition {
    let mut graph = Graph::new();
    let source = graph.add_source("build.lua", b"x".as_slice(), "Lua");
    let at = |character| Position { line: 2, character };
    graph.at(vec![Location { source, start: at(1), end: at(7) }], Vec::new());
    let base = graph.image("alpine:3.19", &ImageOptions::default()).unwrap();
    graph.at(Vec::new(), Vec::new());
    let context = graph.local("context", &LocalOptions::default()).unwrap();
    let exec = Exec {
        args: ["make", "\"all\""].map(str::to_owned).to_vec(),
        mounts: vec![Mount::bind(&State::scratch(), "/out")],
        ..Exec::default()
    };
    let run = graph.exec(&base, exec).unwrap();
    let named = graph.with_metadata(&context, Metadata::named("the context"));
    let out = run.mount("/out").unwrap();
    let file = graph.file(&out, vec![Copy::new(&named, "/a", "/b").into()]).unwrap();
    graph.marshal(&file, &Constraints::new(Platform::new("linux", "amd64"), "uniq")).unwrap()
}

#[test]
fn arrows_lead_to_what_needs_an_op() {
    expect![[r#"
        digraph {
          rankdir=LR;
          node [shape=box, fontname="monospace"];
          n0 [label="docker-image://docker.io/library/alpine:3.19", shape=ellipse];
          n1 [label="make \"all\""];
          n2 [label="the context", shape=ellipse];
          n3 [label="copy /a /b"];
          n0 -> n1;
          n1 -> n3 [label="1"];
          n2 -> n3;
          n4 [label="result", shape=doublecircle];
          n3 -> n4;
        }
    "#]]
    .assert_eq(&dot::render(&definition()));
}

#[test]
fn json_has_the_digests_of_the_definition() {
    let definition = definition();
    let mut text = json::render(&definition);
    for (index, op) in definition.ops.iter().enumerate() {
        text = text.replace(op.digest.as_str(), &format!("sha256:{index}"));
    }
    expect![[r#"
        {
          "head": "sha256:3",
          "headIndex": 0,
          "ops": [
            {
              "digest": "sha256:0",
              "inputs": [],
              "locations": [
                {
                  "endColumn": 7,
                  "endLine": 2,
                  "file": "build.lua",
                  "startColumn": 1,
                  "startLine": 2
                }
              ],
              "metadata": {
                "caps": [
                  "source.image"
                ]
              },
              "name": "docker-image://docker.io/library/alpine:3.19",
              "platform": "linux/amd64",
              "source": {
                "identifier": "docker-image://docker.io/library/alpine:3.19"
              },
              "type": "source"
            },
            {
              "digest": "sha256:1",
              "exec": {
                "args": [
                  "make",
                  "\"all\""
                ],
                "cwd": "/",
                "mounts": [
                  {
                    "dest": "/",
                    "input": 0,
                    "output": 0,
                    "type": "bind"
                  },
                  {
                    "dest": "/out",
                    "input": -1,
                    "output": 1,
                    "type": "bind"
                  }
                ]
              },
              "inputs": [
                {
                  "digest": "sha256:0",
                  "index": 0
                }
              ],
              "locations": [],
              "metadata": {
                "caps": [
                  "exec.meta.base",
                  "exec.mount.bind"
                ]
              },
              "name": "make \"all\"",
              "platform": "linux/amd64",
              "type": "exec"
            },
            {
              "digest": "sha256:2",
              "inputs": [],
              "locations": [],
              "metadata": {
                "caps": [
                  "source.local",
                  "source.local.unique"
                ],
                "description": {
                  "llb.customname": "the context"
                }
              },
              "name": "the context",
              "source": {
                "attrs": {
                  "local.unique": "uniq"
                },
                "identifier": "local://context"
              },
              "type": "source"
            },
            {
              "digest": "sha256:3",
              "file": {
                "actions": [
                  {
                    "copy": {
                      "dest": "/b",
                      "src": "/a"
                    },
                    "input": 0,
                    "output": 0,
                    "secondaryInput": 1
                  }
                ]
              },
              "inputs": [
                {
                  "digest": "sha256:1",
                  "index": 1
                },
                {
                  "digest": "sha256:2",
                  "index": 0
                }
              ],
              "locations": [],
              "metadata": {
                "caps": [
                  "file.base"
                ]
              },
              "name": "copy /a /b",
              "type": "file"
            }
          ]
        }
    "#]]
    .assert_eq(&text);
}

#[test]
fn a_flowchart_escapes_what_mermaid_would_read() {
    expect![[r#"
        flowchart TD
          n0(["alpine:3.19"])
          n1["make #quot;all#quot;"]
          n2(["the context"])
          n3[/"copy /a /b"/]
          n0 --> n1
          n1 -->|"1"| n3
          n2 --> n3
          style n3 stroke-width:4px
    "#]]
    .assert_eq(&mermaid::render(&View::whole(&definition())));
    let odd = command("echo \"[x]{y}|<b>\" #1 `z` \\n; end");
    expect![[r#"
        flowchart TD
          n0(["alpine:latest"])
          n1["echo #quot;#91;x#93;#123;y#125;#124;#60;b#62;#quot; #35;1 #96;z#96; #92;n#59; end"]
          n0 --> n1
          style n1 stroke-width:4px
    "#]]
    .assert_eq(&mermaid::render(&View::whole(&odd)));
}

#[test]
fn a_drawing_has_the_digests_and_places_of_its_ops() {
    let definition = definition();
    let mut svg = svg::render(&View::whole(&definition));
    for (index, op) in definition.ops.iter().enumerate() {
        svg = svg.replace(op.digest.as_str(), &format!("sha256:{index}"));
    }
    let drawn = svg.split("<rect class=\"ground\"").nth(1).unwrap();
    expect![[r#"
         width="100%" height="100%"/>
        <g class="link" data-from="sha256:0" data-to="sha256:1"><path marker-end="url(#head)" d="M101.1 62.0C101.1 85.0 84.8 85.0 84.8 108.0"/></g>
        <g class="link" data-from="sha256:1" data-to="sha256:3"><path marker-end="url(#head)" d="M84.8 150.0C84.8 173.0 150.1 173.0 150.1 196.0"/><text x="155.1" y="187.0">1</text></g>
        <g class="link" data-from="sha256:2" data-to="sha256:3"><path marker-end="url(#head)" d="M215.4 150.0C215.4 173.0 150.1 173.0 150.1 196.0"/></g>
        <g class="op source" id="op0" data-digest="sha256:0" data-kind="source"><title>source: docker-image://docker.io/library/alpine:3.19
        build.lua:2:1
        sha256:0</title><rect class="box" x="20.0" y="20.0" width="162.2" height="42" rx="5"/><rect class="edge" x="20.0" y="20.0" width="5" height="42" rx="2.5"/><text x="34.0" y="38.0">alpine:3.19</text><text class="below" x="34.0" y="53.0">source · build.lua:2:1</text></g>
        <g class="op exec" id="op1" data-digest="sha256:1" data-kind="exec"><title>exec: make &quot;all&quot;
        sha256:1</title><rect class="box" x="34.3" y="108.0" width="101.0" height="42" rx="5"/><rect class="edge" x="34.3" y="108.0" width="5" height="42" rx="2.5"/><text x="48.3" y="126.0">make &quot;all&quot;</text><text class="below" x="48.3" y="141.0">exec</text></g>
        <g class="op source" id="op2" data-digest="sha256:2" data-kind="source"><title>source: the context
        sha256:2</title><rect class="box" x="161.3" y="108.0" width="108.3" height="42" rx="5"/><rect class="edge" x="161.3" y="108.0" width="5" height="42" rx="2.5"/><text x="175.3" y="126.0">the context</text><text class="below" x="175.3" y="141.0">source</text></g>
        <g class="op file result" id="op3" data-digest="sha256:3" data-kind="file"><title>file: copy /a /b
        sha256:3</title><rect class="box" x="96.4" y="196.0" width="107.3" height="42" rx="5"/><rect class="edge" x="96.4" y="196.0" width="5" height="42" rx="2.5"/><text x="110.4" y="214.0">copy /a /b</text><text class="below" x="110.4" y="229.0">file · result</text></g>
        </svg>
    "#]].assert_eq(drawn);
}

#[test]
fn a_drawing_is_xml_whatever_a_command_says() {
    let svg = svg::render(&View::whole(&command("a < b && c > \"d\" \u{1} ]]> \u{7f}")));
    assert!(svg.contains("a &lt; b &amp;&amp; c &gt; &quot;d&quot; \u{fffd} ]]&gt;"), "{svg}");
    let allowed = |c: char| !c.is_control() || c == '\n';
    assert!(svg.chars().all(allowed));
}

#[test]
fn a_filter_keeps_a_kind_or_a_text_and_the_ways_between() {
    let definition = definition();
    expect![[r#"
        digraph {
          rankdir=LR;
          node [shape=box, fontname="monospace"];
          n0 [label="docker-image://docker.io/library/alpine:3.19", shape=ellipse];
          n2 [label="the context", shape=ellipse];
        }
    "#]]
    .assert_eq(&dot::render_view(&View::filtered(&definition, "source")));
    expect![[r#"
        %1 = exec make '"all"'  [linux/amd64]
             mount / bind %0 -> %1.0
             mount /out bind scratch -> %1.1
        return %3
    "#]]
    .assert_eq(&text::render_view(&View::filtered(&definition, "exec"), &text::TextOptions::default()));
    let kept: serde_json::Value =
        serde_json::from_str(&json::render_view(&View::filtered(&definition, "ALPINE"))).unwrap();
    assert_eq!(kept["ops"].as_array().unwrap().len(), 1);
    assert!(View::filtered(&definition, "nothing like it").is_empty());
    let mut graph = Graph::new();
    let base = graph.image("alpine", &ImageOptions::default()).unwrap();
    let made = graph.exec(&base, sh("make")).unwrap().root;
    let copied = graph.file(&State::scratch(), vec![Copy::new(&made, "/a", "/b").into()]).unwrap();
    let last = graph.merge(&[base, copied]);
    let definition = graph.marshal(&last, &Constraints::new(Platform::new("linux", "amd64"), "u")).unwrap();
    // From the image there is a direct way, too; from the command only one over the copy.
    let some = dot::render_view(&View::filtered(&definition, "MAKE"));
    assert!(!some.contains("->"), "{some}");
    expect![[r#"
        flowchart TD
          n0(["alpine:latest"])
          n1["make"]
          n3{{"merge #40;docker-image://docker.io/library/alpine:latest, copy …"}}
          n0 --> n1
          n0 --> n3
          n1 -.-> n3
          style n3 stroke-width:4px
    "#]]
    .assert_eq(&mermaid::render(&View::filtered(&definition, "e")));
}

#[test]
fn an_empty_graph_can_be_drawn() {
    let nothing = Definition::default();
    let svg = svg::render(&View::whole(&nothing));
    assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n"), "{svg}");
    assert_eq!(mermaid::render(&View::whole(&nothing)), "flowchart TD\n");
}

#[test]
fn large_graphs_are_drawn_in_no_time() {
    let mut graph = Graph::new();
    let base = graph.image("alpine", &ImageOptions::default()).unwrap();
    let branches: Vec<State> = (0..25)
        .map(|branch| {
            (0..20).fold(base.clone(), |state, step| {
                graph.exec(&state, sh(&format!("step {branch} {step}"))).unwrap().root
            })
        })
        .collect();
    let all = graph.merge(&branches);
    let definition = graph.marshal(&all, &Constraints::new(Platform::new("linux", "amd64"), "u")).unwrap();
    let begun = Instant::now();
    let svg = svg::render(&View::whole(&definition));
    // A debug build on a busy machine; optimised it is some milliseconds.
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert_eq!(svg.matches("<g class=\"op ").count(), 502);
}

fn sh(command: &str) -> Exec {
    Exec { args: ["/bin/sh", "-c", command].map(str::to_owned).to_vec(), ..Exec::default() }
}

fn command(command: &str) -> Definition {
    let mut graph = Graph::new();
    let base = graph.image("alpine", &ImageOptions::default()).unwrap();
    let run = graph.exec(&base, sh(command)).unwrap().root;
    graph.marshal(&run, &Constraints::new(Platform::new("linux", "amd64"), "u")).unwrap()
}
