//! A module is evaluated through the scripts that require it, also those that nobody has open.

use crate::lsp::{Client, Setup, check};
use expect_test::expect;
use serde_json::json;

const MODULE: &str = r#"
--- build.lua
local tools = require("lib.tools")
bk.export(tools.base("alpine"))
--- lib/tools.lua
local M = {}
function M.base(ref)
  return bk.image(ref)
end
return M
"#;

#[test]
fn a_saved_module_is_evaluated_through_the_script_on_disk() {
    let mut client = Client::start(MODULE);
    client.open("lib/tools.lua");
    client.edit("lib/tools.lua", "bk.image(ref)", "bk.image(ref):run('')");
    client.save_only("lib/tools.lua");
    client.wait_for_status("build.lua");
    check(
        &mut client,
        expect![[r#"
            findings of lib/tools.lua v1: none
            findings of lib/tools.lua v2:
              3:28-3:30 error invalid-value: bk.run: command argument must not be empty
            findings of lib/tools.lua v2:
              3:28-3:30 error invalid-value: bk.run: command argument must not be empty
                evaluated from build.lua:2:17
            build.lua ended error: lib/tools.lua:3:28: bk.run: command argument must not be empty
        "#]],
    );
    client.edit("lib/tools.lua", "run('')", "run('true')");
    client.save_only("lib/tools.lua");
    client.wait_for_status("build.lua");
    let status = client.request("luakit/status", json!({ "uri": client.uri("lib/tools.lua") }));
    assert_eq!(status["entry"], client.uri("build.lua"));
    assert_eq!((&status["state"], &status["ops"]), (&json!("ok"), &json!(2)));
    assert!(!client.path(".luakit").exists(), "only a save of the script writes");
    client.close("lib/tools.lua");
    client.wait("the findings to go", |message| {
        message["method"] == "textDocument/publishDiagnostics" && message["params"].get("version").is_none()
    });
    let status = client.request("luakit/status", json!({ "uri": client.uri("lib/tools.lua") }));
    assert_eq!(status["state"], "idle", "with its last module the script is forgotten");
    check(
        &mut client,
        expect![[r#"
            findings of lib/tools.lua v3: none
            findings of lib/tools.lua v3: none
            build.lua ended ok: 2 ops
            findings of lib/tools.lua: none
        "#]],
    );
}

#[test]
fn an_error_where_a_module_is_loaded_names_the_script_that_loads_it() {
    let capabilities = json!({ "textDocument": { "publishDiagnostics": { "relatedInformation": true } } });
    let mut client = Client::with(
        "--- build.lua\nlocal a = 1\nbk.export(require('lib.base'))\n--- lib/base.lua\nreturn bk.image(tostring('') )\n",
        Setup { capabilities, ..Setup::default() },
    );
    client.open("build.lua");
    client.save("build.lua");
    check(
        &mut client,
        expect![[r#"
            findings of build.lua v1:
              1:7-1:8 hint unused-name: `a` is never read
                hint: take it out, or call it `_a` if it has to be there
            findings of build.lua v1:
              1:7-1:8 hint unused-name: `a` is never read
                hint: take it out, or call it `_a` if it has to be there
            findings of lib/base.lua:
              1:17-1:29 error invalid-value: bk.image: identifier must not be empty
                evaluated from build.lua:2 build.lua 2:11-2:18
            build.lua ended error: lib/base.lua:1:17: bk.image: identifier must not be empty
        "#]],
    );
}

#[test]
fn two_scripts_that_find_the_same_in_a_module_tell_it_once() {
    let mut client = Client::start(
        "--- a.build.lua\nbk.export(require('base')(''))\n--- b.build.lua\nbk.export(require('base')(''))\n\
         --- base.lua\nreturn function(ref) return bk.image(ref .. '') end\n",
    );
    for name in ["a.build.lua", "b.build.lua"] {
        client.open(name);
        client.save(name);
    }
    check(
        &mut client,
        expect![[r#"
            findings of a.build.lua v1: none
            findings of a.build.lua v1: none
            findings of base.lua:
              1:38-1:47 error invalid-value: bk.image: identifier must not be empty
                evaluated from a.build.lua:1:11
            a.build.lua ended error: base.lua:1:38: bk.image: identifier must not be empty
            findings of b.build.lua v1: none
            findings of b.build.lua v1: none
            findings of base.lua:
              1:38-1:47 error invalid-value: bk.image: identifier must not be empty
                evaluated from a.build.lua:1:11
            b.build.lua ended error: base.lua:1:38: bk.image: identifier must not be empty
        "#]],
    );
    client.close("a.build.lua");
    client.close("b.build.lua");
    client.wait("the last findings to go", |message| {
        message["params"]["uri"].as_str().is_some_and(|uri| uri.ends_with("base.lua"))
            && message["params"]["diagnostics"] == json!([])
    });
    client.transcript();
}

#[test]
fn a_module_that_was_missing_is_noticed_when_it_comes() {
    let mut client = Client::start("--- build.lua\nbk.export(require('lib.base'))\n--- lib/other.lua\n\n");
    client.open("build.lua");
    client.save("build.lua");
    client.transcript();
    std::fs::write(client.path("lib/base.lua"), "return bk.image('alpine')\n").unwrap();
    let change = json!({ "uri": client.uri("lib/base.lua"), "type": 1 });
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [change] }));
    // Both layers see it, in whichever order.
    client.wait_for_findings("build.lua");
    client.wait_for_findings("build.lua");
    assert_eq!(client.wait_for_status("build.lua")["state"], "ok");
    client.transcript();
    // It is renamed: gone under one name, there under another.
    std::fs::rename(client.path("lib/base.lua"), client.path("lib/new.lua")).unwrap();
    let changes = json!([
        { "uri": client.uri("lib/base.lua"), "type": 3 },
        { "uri": client.uri("lib/new.lua"), "type": 1 },
    ]);
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": changes }));
    client.wait_for_findings("build.lua");
    client.wait_for_findings("build.lua");
    assert_eq!(client.wait_for_status("build.lua")["state"], "error");
    client.transcript();
}

#[test]
fn what_would_be_the_same_again_is_not_run_again() {
    let mut client = Client::start(
        "--- build.lua\nprint('run')\nbk.export(bk.image(require('ref')))\n--- ref.lua\nreturn 'alpine'\n",
    );
    client.open("build.lua");
    client.save("build.lua");
    client.save("build.lua");
    client.edit("build.lua", "'run'", "'ran'");
    client.edit("build.lua", "'ran'", "'run'");
    client.save("build.lua");
    let touched = json!({ "uri": client.uri("ref.lua"), "type": 2 });
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [touched] }));
    client.wait_for_status("build.lua");
    let told = client.transcript();
    assert_eq!(told.matches("log: build.lua:1: run").count(), 1, "{told}");
    assert_eq!(told.matches("ended ok: 1 op").count(), 4, "each ends visibly:\n{told}");
    std::fs::write(client.path("ref.lua"), "return 'busybox'\n").unwrap();
    let changed = json!({ "uri": client.uri("ref.lua"), "type": 2 });
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [changed] }));
    client.wait_for_status("build.lua");
    let told = client.transcript();
    assert!(told.contains("log: build.lua:1: run"), "{told}");
}

#[test]
fn a_module_is_asked_about_through_a_script_that_nobody_has_open() {
    let mut client =
        Client::with(MODULE, Setup { options: json!({ "dryRun": "manual" }), ..Setup::default() });
    client.open("lib/tools.lua");
    let module = json!({ "uri": client.uri("lib/tools.lua") });
    let graph = client.request("luakit/graph", module.clone());
    assert_eq!(graph["uri"], client.uri("build.lua"));
    assert_eq!(client.request("luakit/evaluate", module.clone())["ok"], true);
    assert_eq!(client.request("luakit/llb", module.clone()).as_str().unwrap().lines().count(), 2);
    client.edit("lib/tools.lua", "(ref)\nend", "(ref)");
    let error = client.request("luakit/evaluate", module);
    assert_eq!(error["ok"], false);
    client.close("lib/tools.lua");
    client.shut_down();
    client.transcript();
}
