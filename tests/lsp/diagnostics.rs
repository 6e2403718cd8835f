//! Both layers of findings, pushed and pulled.

use crate::lsp::client::show_diagnostics;
use crate::lsp::{Client, Setup, check};
use expect_test::expect;
use serde_json::{Value, json};

const HELPER: &str = r#"
--- build.lua
local tools = require("lib.tools")
local base = bk.image("alpine:3.19")
bk.export(tools.install(base, "0799"))
--- lib/tools.lua
local M = {}
function M.install(base, mode)
  return base:mkfile("/start", "", { mode = mode })
end
return M
"#;

fn related() -> Setup {
    let capabilities = json!({ "textDocument": { "publishDiagnostics": { "relatedInformation": true } } });
    Setup { capabilities, ..Setup::default() }
}

fn pulled(client: &Client, report: &Value) -> String {
    format!("pulled:{}\n", show_diagnostics(&report["items"], &client.uri("")))
}

#[test]
fn an_error_in_a_helper_is_shown_there_with_the_calls_that_led_to_it_until_it_is_mended() {
    let mut client = Client::with(HELPER, related());
    client.open("build.lua");
    client.save("build.lua");
    check(
        &mut client,
        expect![[r#"
            findings of build.lua v1: none
            findings of build.lua v1: none
            findings of lib/tools.lua:
              3:45-3:49 error invalid-value: bk.mkfile: mode must be an octal string like "0755", got "0799"
                evaluated from build.lua:3 build.lua 3:17-3:24
            build.lua ended error: lib/tools.lua:3:45: bk.mkfile: mode must be an octal string like "0755", got "0799"
        "#]],
    );
    client.edit("build.lua", "0799", "0755");
    client.save("build.lua");
    check(
        &mut client,
        expect![[r#"
            findings of build.lua v2: none
            findings of build.lua v2: none
            findings of lib/tools.lua: none
            build.lua ended ok: 2 ops
        "#]],
    );
}

const REMNANTS: &str =
    "---@deprecated use `new`\nlocal function old() end\nlocal rest = old()\nbk.export(bk.scratch())\n";

#[test]
fn what_nobody_needs_is_faded_and_what_is_to_go_is_struck_through() {
    let capabilities =
        json!({ "textDocument": { "publishDiagnostics": { "tagSupport": { "valueSet": [1, 2] } } } });
    let mut client = Client::with(REMNANTS, Setup { capabilities, ..Setup::default() });
    client.open("build.lua");
    check(
        &mut client,
        expect![[r#"
        findings of build.lua v1:
          3:7-3:11 hint unused-name: `rest` is never read
            hint: take it out, or call it `_rest` if it has to be there (faded)
          3:14-3:17 hint deprecated: `old` is deprecated: use `new` (struck through)
    "#]],
    );
    let mut client = Client::start(REMNANTS);
    client.open("build.lua");
    check(
        &mut client,
        expect![[r#"
        findings of build.lua v1:
          3:7-3:11 hint unused-name: `rest` is never read
            hint: take it out, or call it `_rest` if it has to be there
          3:14-3:17 hint deprecated: `old` is deprecated: use `new`
    "#]],
    );
}

#[test]
fn a_client_without_related_information_gets_the_trace_in_words() {
    let mut client = Client::start(HELPER);
    client.open("build.lua");
    client.save("build.lua");
    check(
        &mut client,
        expect![[r#"
            findings of build.lua v1: none
            findings of build.lua v1: none
            findings of lib/tools.lua:
              3:45-3:49 error invalid-value: bk.mkfile: mode must be an octal string like "0755", got "0799"
                evaluated from build.lua:3:17
            build.lua ended error: lib/tools.lua:3:45: bk.mkfile: mode must be an octal string like "0755", got "0799"
        "#]],
    );
}

#[test]
fn findings_of_a_run_move_with_the_text_until_the_next_run() {
    let mut client = Client::start("local e = ''\nbk.export(bk.image(e))\n");
    client.open("build.lua");
    client.save("build.lua");
    client.edit("build.lua", "local e", "-- a comment\nlocal e");
    check(
        &mut client,
        expect![[r#"
            findings of build.lua v1:
              2:20-2:21 error invalid-value: bk.image: identifier must not be empty
            findings of build.lua v1:
              2:20-2:21 error invalid-value: bk.image: identifier must not be empty
            build.lua ended error: build.lua:2:20: bk.image: identifier must not be empty
            findings of build.lua v2:
              3:20-3:21 error invalid-value: bk.image: identifier must not be empty
        "#]],
    );
}

#[test]
fn a_mistake_that_both_layers_see_goes_as_it_is_mended() {
    let mut client = Client::start("bk.export(bk.imgae('alpine'))\n");
    client.open("build.lua");
    client.save("build.lua");
    client.edit("build.lua", "imgae", "image");
    check(
        &mut client,
        expect![[r#"
            findings of build.lua v1:
              1:14-1:19 error unknown-function: unknown function `bk.imgae`, did you mean `image`?
            findings of build.lua v1:
              1:14-1:19 error unknown-function: unknown function `bk.imgae`, did you mean `image`?
            build.lua ended error: build.lua:1:14: unknown function `bk.imgae`, did you mean `image`?
            findings of build.lua v2: none
        "#]],
    );
}

#[test]
fn a_client_that_pulls_is_not_pushed_the_same() {
    let capabilities = json!({
        "textDocument": { "diagnostic": {} },
        "workspace": { "diagnostics": { "refreshSupport": true } },
    });
    let mut client = Client::with(HELPER, Setup { capabilities, ..Setup::default() });
    let text = std::fs::read_to_string(client.path("build.lua")).unwrap() + "bk.nope()\n";
    client.open_with("build.lua", &text);
    let document = json!({ "textDocument": { "uri": client.uri("build.lua") } });
    let before = client.request("textDocument/diagnostic", document.clone());
    expect![[r#"
        pulled:
          4:4-4:8 error unknown-function: unknown function `bk.nope`
            hint: bk has `image`, `scratch`, `local_`, `git`, `http`, `oci_layout`, `image_blob`, `source`, `cache`, `secret`, `ssh`, `tmpfs`, `bind`, `merge`, `diff`, `build`, `platform`, `arg`, `export`, `target`, `target_platform`, `build_platform`
    "#]].assert_eq(&pulled(&client, &before));
    client.type_over("build.lua", "bk.nope()\n", "");
    client.save("build.lua");
    // The module is not open, so that it cannot be pulled.
    client.wait("a refresh", |message| message["method"] == "workspace/diagnostic/refresh");
    check(
        &mut client,
        expect![[r#"
            findings of lib/tools.lua:
              3:45-3:49 error invalid-value: bk.mkfile: mode must be an octal string like "0755", got "0799"
                evaluated from build.lua:3 build.lua 3:17-3:24
            build.lua ended error: lib/tools.lua:3:45: bk.mkfile: mode must be an octal string like "0755", got "0799"
            workspace/diagnostic/refresh
        "#]],
    );

    let after = client.request("textDocument/diagnostic", document.clone());
    let mut again = document;
    again["previousResultId"] = after["resultId"].clone();
    assert_eq!(client.request("textDocument/diagnostic", again)["kind"], "unchanged");

    let text = std::fs::read_to_string(client.path("lib/tools.lua")).unwrap();
    client.open_with("lib/tools.lua", &text);
    let module = json!({ "textDocument": { "uri": client.uri("lib/tools.lua") } });
    let answer = client.request("textDocument/diagnostic", module);
    expect![[r#"
        pulled:
          3:45-3:49 error invalid-value: bk.mkfile: mode must be an octal string like "0755", got "0799"
            evaluated from build.lua:3 build.lua 3:17-3:24
    "#]]
    .assert_eq(&pulled(&client, &answer));
    // What was pushed while it was closed is taken back.
    client.wait("an empty publication", |message| message["params"]["diagnostics"] == json!([]));
    check(
        &mut client,
        expect![[r#"
            findings of lib/tools.lua v1: none
        "#]],
    );
}

#[test]
fn what_is_typed_in_a_module_is_checked_where_it_is_required() {
    let mut client = Client::start(
        r#"
--- build.lua
bk.export(bk.image(require("ref")))
--- ref.lua
return "alpine"
"#,
    );
    client.open("build.lua");
    client.open("ref.lua");
    client.transcript();
    client.edit("ref.lua", "\"alpine\"", "42");
    client.wait_for_findings("build.lua");
    let transcript = client.transcript();
    assert!(transcript.contains("error wrong-type: bk.image: identifier must be a string"), "{transcript}");
}

#[test]
fn a_client_that_pulls_but_cannot_be_told_to_is_pushed_what_only_a_run_finds() {
    let capabilities = json!({ "textDocument": { "diagnostic": {} } });
    let mut client = Client::with(
        "local e = os.getenv('E') or ''\nbk.export(bk.image(e))\nbk.nope()\n",
        Setup { capabilities, ..Setup::default() },
    );
    let text = std::fs::read_to_string(client.path("build.lua")).unwrap();
    client.open_with("build.lua", &text);
    client.save("build.lua");
    client.type_over("build.lua", "local e", "-- moved\nlocal e");
    client.wait_for_findings("build.lua");
    client.type_over("build.lua", "or ''", "or 'alpine'");
    client.save("build.lua");
    check(
        &mut client,
        expect![[r#"
            findings of build.lua v1:
              2:20-2:21 error invalid-value: bk.image: identifier must not be empty
            build.lua ended error: build.lua:2:20: bk.image: identifier must not be empty
            findings of build.lua v2:
              3:20-3:21 error invalid-value: bk.image: identifier must not be empty
            findings of build.lua v3:
              3:20-3:21 error invalid-value: bk.image: identifier must not be empty
            findings of build.lua v3: none
            build.lua ended error: build.lua:4:4: unknown function `bk.nope`
        "#]],
    );
    let document = json!({ "textDocument": { "uri": client.uri("build.lua") } });
    let answer = client.request("textDocument/diagnostic", document);
    expect![[r#"
        pulled:
          4:4-4:8 error unknown-function: unknown function `bk.nope`
            hint: bk has `image`, `scratch`, `local_`, `git`, `http`, `oci_layout`, `image_blob`, `source`, `cache`, `secret`, `ssh`, `tmpfs`, `bind`, `merge`, `diff`, `build`, `platform`, `arg`, `export`, `target`, `target_platform`, `build_platform`
    "#]].assert_eq(&pulled(&client, &answer));
}

/// Shows what a client has pulled of a whole workspace.
fn shown_workspace(client: &Client, items: &Value) -> String {
    let folder = client.uri("");
    let show = |item: &Value| {
        let name = item["uri"].as_str().unwrap().replace(&format!("{folder}/"), "");
        match item["kind"].as_str() {
            Some("unchanged") => format!("{name}: unchanged\n"),
            _ => format!("{name}:{}\n", show_diagnostics(&item["items"], &folder)),
        }
    };
    items.as_array().unwrap().iter().map(show).collect()
}

/// Waits for the ends of dry runs, and for how often the client is told to pull again.
fn ended(client: &mut Client, scripts: &[&str], refreshes: usize) {
    scripts.iter().for_each(|name| drop(client.wait_for_status(name)));
    for _ in 0..refreshes {
        client.wait("a refresh", |message| message["method"] == "workspace/diagnostic/refresh");
    }
    let told = client.transcript();
    assert!(!told.contains("findings of"), "what is pulled is not pushed:\n{told}");
}

const WORKSPACE: &str = r#"
--- luakit.toml
entries = ["image.lua"]
--- build.lua
bk.export(require("lib.tools")(""))
--- image.lua
local export = bk.export
export(bk.imgae("alpine"))
--- lib/tools.lua
return function(ref) return bk.image(ref .. "") end
--- lib/unused.lua
return bk.nope
"#;

#[test]
fn a_workspace_is_pulled_with_all_that_its_scripts_reach_and_waited_for() {
    let capabilities = json!({
        "textDocument": { "diagnostic": {} },
        "workspace": { "diagnostics": { "refreshSupport": true } },
    });
    let mut client = Client::with(WORKSPACE, Setup { capabilities, ..Setup::default() });
    let report = client.request("workspace/diagnostic", json!({ "previousResultIds": [] }));
    expect![[r#"
        build.lua: none
        image.lua:
          2:11-2:16 error unknown-function: unknown function `bk.imgae`, did you mean `image`?
        lib/tools.lua:
          1:38-1:47 error invalid-value: bk.image: identifier must not be empty
            evaluated from build.lua:1 build.lua 1:11-1:18
    "#]]
    .assert_eq(&shown_workspace(&client, &report["items"]));
    ended(&mut client, &["build.lua", "image.lua"], 2);

    let id = |item: &Value| json!({ "uri": item["uri"], "value": item["resultId"] });
    let known: Vec<Value> = report["items"].as_array().unwrap().iter().map(id).collect();
    let waits = client.ask("workspace/diagnostic", json!({ "previousResultIds": known }));
    std::fs::write(client.path("image.lua"), "bk.export(bk.image('alpine'))\n").unwrap();
    let change = json!({ "uri": client.uri("image.lua"), "type": 2 });
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [change] }));
    let news = client.answer(waits);
    ended(&mut client, &["image.lua"], 2);
    expect![[r#"
        build.lua: unchanged
        image.lua: none
        lib/tools.lua: unchanged
    "#]]
    .assert_eq(&shown_workspace(&client, &news["items"]));

    let waits = client.ask("workspace/diagnostic", json!({ "previousResultIds": known }));
    client.notify("$/cancelRequest", json!({ "id": waits }));
    client.answer(waits);
    client.transcript();
}

#[test]
fn what_was_looked_up_for_a_workspace_is_told_of_an_open_script_once_it_is_saved() {
    let capabilities = json!({
        "textDocument": { "diagnostic": {} },
        "workspace": { "diagnostics": { "refreshSupport": true } },
    });
    let mut client = Client::with(WORKSPACE, Setup { capabilities, ..Setup::default() });
    client.request("workspace/diagnostic", json!({ "previousResultIds": [] }));
    ended(&mut client, &["build.lua", "image.lua"], 2);
    let text = std::fs::read_to_string(client.path("lib/tools.lua")).unwrap();
    client.open_with("lib/tools.lua", &text);
    let module = json!({ "textDocument": { "uri": client.uri("lib/tools.lua") } });
    assert_eq!(client.request("textDocument/diagnostic", module.clone())["items"], json!([]));
    client.save_only("lib/tools.lua");
    ended(&mut client, &["build.lua"], 1);
    assert_eq!(client.request("textDocument/diagnostic", module)["items"][0]["code"], "invalid-value");
}

#[test]
fn a_workspace_comes_in_parts_to_who_likes_that() {
    let files: String = (0..40).map(|i| format!("--- {i:02}.build.lua\nbk.nope()\n")).collect();
    let mut client = Client::with(&format!("--- build.lua\n\n{files}"), Setup::default());
    let params = json!({ "previousResultIds": [], "partialResultToken": 7 });
    let report = client.request("workspace/diagnostic", params);
    assert_eq!(report["items"], json!([]), "all went before it");
    let mut parts = 0;
    let mut total = 0;
    while total < 41 {
        let part = client.wait("a part", |message| message["method"] == "$/progress");
        assert_eq!(part["params"]["token"], 7);
        total += part["params"]["value"]["items"].as_array().unwrap().len();
        parts += 1;
    }
    assert_eq!((total, parts), (41, 3));
    client.shut_down();
    client.transcript();
}

#[test]
fn who_waits_for_news_of_the_workspace_hears_of_an_edit() {
    let capabilities = json!({ "textDocument": { "diagnostic": {} } });
    let mut client = Client::with("bk.export(bk.scratch())\n", Setup { capabilities, ..Setup::default() });
    client.open_with("build.lua", "bk.export(bk.scratch())\n");
    let first = client.request("workspace/diagnostic", json!({ "previousResultIds": [] }));
    let known = first["items"].as_array().unwrap().iter();
    let known: Vec<_> = known.map(|it| json!({ "uri": it["uri"], "value": it["resultId"] })).collect();
    let id = client.ask("workspace/diagnostic", json!({ "previousResultIds": known }));
    client.type_over("build.lua", "scratch", "scrach");
    let news = client.answer(id)["items"][0].clone();
    assert_eq!((&news["kind"], &news["version"]), (&json!("full"), &json!(2)), "{news}");
    assert_eq!(news["items"][0]["code"], "unknown-function");
    client.transcript();
}
