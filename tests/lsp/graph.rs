//! The graph beside the script: what it holds, and how a cursor and an op find each other.

use crate::lsp::client::show_range;
use crate::lsp::{Client, Setup};
use expect_test::{Expect, expect};
use serde_json::{Value, json};

const SCRIPT: &str = r#"
--- build.lua
local tools = require("lib.tools")
local base = bk.image("alpine")
local both = bk.merge(
  tools.install(base, "git"),
  tools.install(base, "curl")
)
base:run("make test")
bk.target("tools", both)
bk.target("base", base)
--- lib/tools.lua
local M = {}
function M.install(base, name)
  return base:run("apk add " .. name)
end
return M
"#;

fn started() -> Client {
    let mut client = Client::start(SCRIPT);
    client.open("build.lua");
    client.save("build.lua");
    client.transcript();
    client
}

fn places(client: &Client, ranges: &Value) -> String {
    let show = |place: &Value| {
        let name = place["uri"].as_str().unwrap().replace(&format!("{}/", client.uri("")), "");
        format!("{name} {}", show_range(&place["range"]))
    };
    ranges.as_array().unwrap().iter().map(show).collect::<Vec<_>>().join(", ")
}

/// Shows a line for each op: what it is, what it needs, where it was made, and who called that.
fn shown(client: &Client, graph: &Value) -> String {
    let ops = graph["ops"].as_array().unwrap();
    let number = |digest: &Value| ops.iter().position(|op| op["digest"] == *digest).unwrap();
    let mut shown = format!("version {} stale {}\n", graph["version"], graph["stale"]);
    for (index, op) in ops.iter().enumerate() {
        let inputs = op["inputs"].as_array().unwrap().iter();
        let inputs: String = inputs.map(|input| format!(" %{}", number(&input["digest"]))).collect();
        let reached = if op["reached"] == true { "" } else { " unreached" };
        let (calls, callers) = (places(client, &op["ranges"]), places(client, &op["callers"]));
        let callers = if callers.is_empty() { String::new() } else { format!(" < {callers}") };
        let (kind, label) = (op["kind"].as_str().unwrap(), op["label"].as_str().unwrap());
        shown += &format!("%{index} {kind} {label}{inputs}{reached} @ {calls}{callers}\n");
    }
    for edge in graph["edges"].as_array().unwrap() {
        shown += &format!("%{} -> %{}\n", number(&edge["from"]), number(&edge["to"]));
    }
    for export in graph["exports"].as_array().unwrap() {
        let (target, at) = (export["target"].as_str().unwrap(), places(client, &export["ranges"]));
        shown += &format!("{target} = %{} @ {at}\n", number(&export["digest"]));
    }
    shown
}

fn check_graph(client: &mut Client, target: Option<&str>, expected: &Expect) {
    let graph = client.request("luakit/graph", json!({ "uri": client.uri("build.lua"), "target": target }));
    expected.assert_eq(&shown(client, &graph));
}

/// Shows the ops that are made where `mark` stands.
fn ops_at(client: &mut Client, name: &str, mark: &str) -> String {
    let mut params = client.at(name, mark);
    params["uri"] = params["textDocument"]["uri"].clone();
    let answer = client.request("luakit/opsAt", params);
    let ops = answer["ops"].as_array().unwrap().iter();
    let labels: Vec<_> = ops.map(|op| op["label"].as_str().unwrap().to_owned()).collect();
    format!("{}: {}\n", show_range(&answer["range"]), labels.join(" | "))
}

#[test]
fn the_graph_has_every_op_with_its_places() {
    let mut client = started();
    check_graph(
        &mut client,
        None,
        &expect![[r#"
            version 1 stale false
            %0 source docker-image://docker.io/library/alpine:latest @ build.lua 2:17-2:32
            %1 exec /bin/sh -c apk add git %0 @ lib/tools.lua 3:15-3:38 < build.lua 4:9-4:29
            %2 exec /bin/sh -c apk add curl %0 @ lib/tools.lua 3:15-3:38 < build.lua 5:9-5:30
            %3 merge merge (/bin/sh -c apk add git, /bin/sh -c apk add curl) %1 %2 @ build.lua 3:17-6:2
            %4 exec /bin/sh -c make test %0 unreached @ build.lua 7:6-7:22
            %0 -> %1
            %0 -> %2
            %1 -> %3
            %2 -> %3
            %0 -> %4
            tools = %3 @ build.lua 8:4-8:10
            base = %0 @ build.lua 9:4-9:10
        "#]],
    );
    check_graph(
        &mut client,
        Some("base"),
        &expect![[r#"
        version 1 stale false
        %0 source docker-image://docker.io/library/alpine:latest @ build.lua 2:17-2:32
        base = %0 @ build.lua 9:4-9:10
    "#]],
    );
    let wrong = json!({ "uri": client.uri("build.lua"), "target": "nope" });
    assert_eq!(client.request("luakit/graph", wrong)["error"]["code"], -32803);
}

#[test]
fn places_follow_the_typing_and_the_last_good_graph_stays() {
    let mut client = started();
    client.type_over("build.lua", "local base", "-- moved\nlocal base");
    client.edit("build.lua", "bk.target(\"base\", base)", "bk.target(");
    client.save("build.lua");
    client.transcript();
    check_graph(
        &mut client,
        None,
        &expect![[r#"
        version 3 stale true
        %0 source docker-image://docker.io/library/alpine:latest @ build.lua 3:17-3:32
        %1 exec /bin/sh -c apk add git %0 @ lib/tools.lua 3:15-3:38 < build.lua 5:9-5:29
        %2 exec /bin/sh -c apk add curl %0 @ lib/tools.lua 3:15-3:38 < build.lua 6:9-6:30
        %3 merge merge (/bin/sh -c apk add git, /bin/sh -c apk add curl) %1 %2 @ build.lua 4:17-7:2
        %4 exec /bin/sh -c make test %0 unreached @ build.lua 8:6-8:22
        %0 -> %1
        %0 -> %2
        %1 -> %3
        %2 -> %3
        %0 -> %4
        tools = %3 @ build.lua 9:4-9:10
        base = %0 @ build.lua 10:1-10:11
    "#]],
    );
}

#[test]
fn a_graph_that_was_never_made_is_made_when_asked_for() {
    let mut client =
        Client::with(SCRIPT, Setup { options: json!({ "dryRun": "manual" }), ..Setup::default() });
    client.open("build.lua");
    let uri = json!({ "uri": client.uri("build.lua") });
    assert_eq!(
        client.request("luakit/rangesOf", json!({ "uri": client.uri("build.lua"), "digest": "x" }))["ranges"],
        json!([])
    );
    assert_eq!(client.request("luakit/graph", uri.clone())["ops"].as_array().unwrap().len(), 5);
    client.wait_for_status("build.lua");
    client.edit("build.lua", "bk.image(\"alpine\")", "bk.image(\"\")");
    assert_eq!(client.request("luakit/graph", uri)["stale"], true);
    client.transcript();

    let mut broken = Client::start("bk.export(bk.image(''))\n");
    broken.open("build.lua");
    let answer = broken.request("luakit/graph", json!({ "uri": broken.uri("build.lua") }));
    expect![[r#""build.lua:1:20: bk.image: identifier must not be empty""#]]
        .assert_eq(&answer["error"]["message"].to_string());
    broken.wait_for_status("build.lua");
    broken.transcript();
}

#[test]
fn a_cursor_lights_the_ops_of_its_call_and_an_op_its_calls() {
    let mut client = started();
    client.open("lib/tools.lua");
    client.transcript();
    let mut shown = String::new();
    for (name, mark) in [
        ("build.lua", "(\"alpine\")"),
        ("build.lua", "\"git\""),
        ("build.lua", "both = "),
        ("build.lua", ")\nbase:run"),
        ("build.lua", "base:run("),
        ("build.lua", "local tools"),
        ("lib/tools.lua", "\"apk add"),
    ] {
        shown += &ops_at(&mut client, name, mark);
    }
    expect![[r#"
        2:17-2:32: docker-image://docker.io/library/alpine:latest
        4:9-4:29: /bin/sh -c apk add git
        3:1-3:23: merge (/bin/sh -c apk add git, /bin/sh -c apk add curl)
        3:17-6:2: merge (/bin/sh -c apk add git, /bin/sh -c apk add curl)
        7:1-7:22: /bin/sh -c make test
        1:1-1:35: 
        3:15-3:38: /bin/sh -c apk add git | /bin/sh -c apk add curl
    "#]]
    .assert_eq(&shown);
    let graph = client.request("luakit/graph", json!({ "uri": client.uri("lib/tools.lua") }));
    assert_eq!(graph["uri"], client.uri("build.lua"), "a module is seen through its entry");
    let git =
        graph["ops"].as_array().unwrap().iter().find(|op| op["label"].as_str().unwrap().contains("git"));
    let params = json!({ "uri": client.uri("build.lua"), "digest": git.unwrap()["digest"] });
    let answer = client.request("luakit/rangesOf", params);
    expect!["lib/tools.lua 3:15-3:38"].assert_eq(&places(&client, &answer["ranges"]));
    expect!["build.lua 4:9-4:29"].assert_eq(&places(&client, &answer["callers"]));
}

#[test]
fn the_llb_of_each_target_has_its_forms() {
    let mut client = started();
    let mut ask = |format: &str, target: &str| {
        let params = json!({ "uri": client.uri("build.lua"), "format": format, "target": target });
        client.request("luakit/llb", params)
    };
    expect![[r#"
        %0 = source docker-image://docker.io/library/alpine:latest  [linux/amd64]
        return %0
    "#]]
    .assert_eq(ask("text", "base").as_str().unwrap());
    assert!(ask("dot", "tools").as_str().unwrap().starts_with("digraph"));
    assert!(ask("mermaid", "tools").as_str().unwrap().starts_with("flowchart"));
    assert!(ask("svg", "tools").as_str().unwrap().starts_with("<svg"));
    assert!(ask("json", "tools").as_str().unwrap().starts_with('{'));
    assert!(ask("pb", "tools").as_str().unwrap().len() > 400, "base64");
    assert_eq!(ask("text", "nope")["error"]["code"], -32803);
    assert_eq!(ask("png", "base")["error"]["code"], -32602);
}

fn git(client: &Client, args: &[&str]) {
    let identity = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"];
    let done = std::process::Command::new("git")
        .args(identity)
        .args(args)
        .current_dir(client.path(""))
        .output()
        .unwrap();
    assert!(done.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn edits_are_compared_with_what_is_saved_and_with_revisions() {
    let mut client = Client::start(
        r#"
--- build.lua
local tools = require("lib.tools")
local base = tools.install(bk.image("alpine"), "git")
bk.export(base:run("make"))
--- lib/tools.lua
return { install = function(base, name) return base:run("apk add " .. name) end }
"#,
    );
    git(&client, &["init", "--quiet"]);
    git(&client, &["add", "."]);
    git(&client, &["commit", "--quiet", "--message", "first"]);
    client.open("build.lua");
    client.edit("build.lua", "\"git\"", "\"curl\"");
    client.save("build.lua");
    client.edit("build.lua", "\"make\"", "\"make all\"");
    let uri = client.uri("build.lua");
    let saved = client.request("luakit/graphDiff", json!({ "uri": uri, "base": "saved" }));
    expect![[r#"
        ~ exec make all (build.lua:3:15)
            command: make → make all
            runs

        1 changed
        1 op runs, 2 cached
        not looked at: what is behind alpine:latest
    "#]]
    .assert_eq(saved["text"].as_str().unwrap());
    assert_eq!(saved["summary"]["runs"], 1);
    let changed = saved["ops"].as_array().unwrap().iter().find(|op| op["status"] == "changed").unwrap();
    expect!["build.lua 3:16-3:31"].assert_eq(&places(&client, &changed["ranges"]));
    let head = client.request("luakit/graphDiff", json!({ "uri": uri, "base": "HEAD" }));
    expect![[r#"
        ~ exec apk add curl (lib/tools.lua:1:52)
            command: apk add git → apk add curl
            runs
        ~ exec make all (build.lua:3:15)
            command: make → make all
            runs ← exec apk add curl (lib/tools.lua:1:52)

        2 changed
        2 ops run, 1 cached
        not looked at: what is behind alpine:latest
    "#]]
    .assert_eq(head["text"].as_str().unwrap());
    for (base, target) in [("nope", None), ("--help", None), ("HEAD", Some("nope"))] {
        let params = json!({ "uri": uri, "base": base, "target": target });
        assert_eq!(client.request("luakit/graphDiff", params)["error"]["code"], -32803, "{base}");
    }
    client.edit("build.lua", "\"make all\"", "\"\"");
    let broken = client.request("luakit/graphDiff", json!({ "uri": uri }));
    expect!["build.lua:3:20: bk.run: command argument must not be empty"]
        .assert_eq(broken["error"]["message"].as_str().unwrap());
    for _ in 0..2 {
        client.wait_for_status("build.lua");
    }
    client.transcript();
}

#[test]
fn a_module_s_graph_names_the_script_and_the_folders_of_its_contexts() {
    let fixture = r#"
--- luakit.toml
[contexts]
web = "../site"
--- app/build.lua
local tools = require("lib.tools")
bk.export(tools.make(bk.local_("web"), bk.local_("src")))
--- app/lib/tools.lua
local M = {}
function M.make(web, src)
  return bk.merge(web, src)
end
return M
"#;
    let mut client = Client::start(fixture);
    client.open("app/build.lua");
    client.save("app/build.lua");
    client.open("app/lib/tools.lua");
    client.transcript();
    let graph = client.request("luakit/graph", json!({ "uri": client.uri("app/lib/tools.lua") }));
    assert_eq!(graph["uri"], client.uri("app/build.lua"));
    let folder = client.path("");
    let contexts = graph["contexts"].to_string().replace(folder.to_str().unwrap(), "");
    expect![[r#"{"src":"app","web":"../site"}"#]].assert_eq(&contexts);
}
