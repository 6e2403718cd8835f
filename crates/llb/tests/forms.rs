//! The forms of a definition for programs: DOT and JSON.

// Helpers of tests are not tests to clippy.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use expect_test::expect;
use luakit_llb::{
    Constraints, Copy, Definition, Exec, Graph, ImageOptions, LocalOptions, Location, Metadata, Mount,
    Platform, Position, State, dot, json,
};

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
          n0 -> n1;
          n2 [label="the context", shape=ellipse];
          n3 [label="copy /a /b"];
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
