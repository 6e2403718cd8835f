//! What an edit rebuilds, above each result and at the calls where it begins.

use crate::lsp::client::show_range;
use crate::lsp::{Client, Setup};
use expect_test::{Expect, expect};
use serde_json::{Value, json};

const SCRIPT: &str = r#"
local base = bk.image("alpine")
local tools = base:run("apk add git")
bk.target("app", tools:run("make"))
bk.target("docs", base:run("make docs"))
"#;

fn started(dry_run: &str) -> Client {
    let options = json!({ "dryRun": dry_run, "inlayHints": { "parameterNames": false } });
    let capabilities = json!({ "window": { "showDocument": { "support": true } } });
    let mut client = Client::with(SCRIPT, Setup { options, capabilities, ..Setup::default() });
    client.open("build.lua");
    client.save("build.lua");
    client.transcript();
    client
}

/// Shows the lenses that tell of ops, and the hints.
fn check(client: &mut Client, expected: &Expect) {
    let document = json!({ "uri": client.uri("build.lua") });
    let lenses = client.request("textDocument/codeLens", json!({ "textDocument": document }));
    let mut shown = String::new();
    for lens in lenses.as_array().unwrap() {
        let title = lens["command"]["title"].as_str().unwrap();
        if title != "Graph" {
            shown += &format!("{} {title}\n", show_range(&lens["range"]));
        }
    }
    let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } });
    let hints = client.request("textDocument/inlayHint", json!({ "textDocument": document, "range": range }));
    for hint in hints.as_array().unwrap() {
        let at = show_range(&json!({ "start": hint["position"], "end": hint["position"] }));
        shown += &format!("{at} {}\n", hint["label"].as_str().unwrap());
    }
    expected.assert_eq(&shown);
    client.transcript();
}

/// Runs the command of the lens about rebuilding, and returns what it shows.
fn show_diff(client: &mut Client) -> String {
    let document = json!({ "uri": client.uri("build.lua") });
    let lenses = client.request("textDocument/codeLens", json!({ "textDocument": document }));
    let is_it = |lens: &&Value| lens["command"]["command"] == "luakit.showDiff";
    let lens = lenses.as_array().unwrap().iter().find(is_it).unwrap();
    let text = client.request("workspace/executeCommand", lens["command"].clone());
    let shown = client.wait("the file", |message| message["method"] == "window/showDocument");
    assert_eq!(shown["params"]["uri"], client.uri(".luakit/build.lua.app.diff"));
    client.transcript();
    text.as_str().unwrap().to_owned()
}

#[test]
fn a_save_tells_what_is_rebuilt_since_the_last_that_differed() {
    let mut client = started("onSave");
    check(
        &mut client,
        &expect![[r#"
        3:1-3:10 LLB · 3 ops
        4:1-4:10 LLB · 2 ops
    "#]],
    );
    client.edit("build.lua", "add git", "add git curl");
    client.save("build.lua");
    check(
        &mut client,
        &expect![[r#"
        3:1-3:10 LLB · 3 ops
        3:1-3:10 rebuilds 2 of 3 ops
        4:1-4:10 LLB · 2 ops
        2:43-2:43 rebuilds
    "#]],
    );
    expect![[r#"
        ~ exec apk add git curl (build.lua:2:19)
            command: apk add git → apk add git curl
            runs
          exec make (build.lua:3:23)
            runs ← exec apk add git curl (build.lua:2:19)

        1 changed
        2 ops run, 1 cached
        not looked at: what is behind alpine:latest
    "#]]
    .assert_eq(&show_diff(&mut client));
    let graph = client.request("luakit/graph", json!({ "uri": client.uri("build.lua"), "target": "app" }));
    let rebuilds: Vec<&Value> = graph["ops"].as_array().unwrap().iter().map(|op| &op["rebuild"]).collect();
    assert_eq!(json!(rebuilds), json!([null, "runs", "runs"]), "the image, the tools, the program");
    // A comment builds nothing anew; what is told stays.
    client.edit("build.lua", "local tools", "-- Tools.\nlocal tools");
    client.save("build.lua");
    check(
        &mut client,
        &expect![[r#"
        4:1-4:10 LLB · 3 ops
        4:1-4:10 rebuilds 2 of 3 ops
        5:1-5:10 LLB · 2 ops
        3:43-3:43 rebuilds
    "#]],
    );
    client.edit("build.lua", "make docs", "make manual");
    client.save("build.lua");
    check(
        &mut client,
        &expect![[r#"
        4:1-4:10 LLB · 3 ops
        5:1-5:10 LLB · 2 ops
        5:1-5:10 rebuilds 1 of 2 ops
        5:42-5:42 rebuilds
    "#]],
    );
    // A script with a mistake changes nothing.
    client.edit("build.lua", "\"make\"", "\"\"");
    client.save("build.lua");
    client.edit("build.lua", "\"\"", "\"make all\"");
    client.save("build.lua");
    check(
        &mut client,
        &expect![[r#"
        4:1-4:10 LLB · 3 ops
        4:1-4:10 rebuilds 1 of 3 ops
        5:1-5:10 LLB · 2 ops
        4:39-4:39 rebuilds
    "#]],
    );
}

#[test]
fn while_typing_what_was_saved_is_what_counts() {
    let mut client = started("onType");
    let type_over = |client: &mut Client, old: &str, new: &str| {
        client.type_over("build.lua", old, new);
        client.wait_for_status("build.lua");
    };
    type_over(&mut client, "\"make\"", "\"make all\"");
    type_over(&mut client, "git", "git curl");
    check(
        &mut client,
        &expect![[r#"
        3:1-3:10 LLB · 3 ops
        3:1-3:10 rebuilds 2 of 3 ops
        4:1-4:10 LLB · 2 ops
        2:43-2:43 rebuilds
    "#]],
    );
    expect![[r#"
        ~ exec apk add git curl (build.lua:2:19)
            command: apk add git → apk add git curl
            runs
        ~ exec make all (build.lua:3:23)
            command: make → make all
            runs ← exec apk add git curl (build.lua:2:19)

        2 changed
        2 ops run, 1 cached
        not looked at: what is behind alpine:latest
    "#]]
    .assert_eq(&show_diff(&mut client));
    type_over(&mut client, "make all", "make");
    check(
        &mut client,
        &expect![[r#"
        3:1-3:10 LLB · 3 ops
        3:1-3:10 rebuilds 2 of 3 ops
        4:1-4:10 LLB · 2 ops
        2:43-2:43 rebuilds
    "#]],
    );
    type_over(&mut client, " curl", "");
    check(
        &mut client,
        &expect![[r#"
        3:1-3:10 LLB · 3 ops
        4:1-4:10 LLB · 2 ops
    "#]],
    );
    type_over(&mut client, "git", "less");
    client.save("build.lua");
    type_over(&mut client, "make docs", "make manual");
    check(
        &mut client,
        &expect![[r#"
        3:1-3:10 LLB · 3 ops
        4:1-4:10 LLB · 2 ops
        4:1-4:10 rebuilds 1 of 2 ops
        4:42-4:42 rebuilds
    "#]],
    );
}
