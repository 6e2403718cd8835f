//! Clients that can do little, and what a server must not do to the machine it runs on.

use crate::lsp::{Client, Setup, check};
use expect_test::expect;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

#[test]
fn a_client_that_refuses_every_request_is_served_all_the_same() {
    let mut client = Client::with(
        "while os.getenv('X') == nil do end\n",
        Setup {
            capabilities: json!({
                "window": { "workDoneProgress": true },
                "textDocument": { "diagnostic": {} },
                "workspace": {
                    "configuration": true,
                    "didChangeConfiguration": { "dynamicRegistration": true },
                    "didChangeWatchedFiles": { "dynamicRegistration": true },
                    "diagnostics": { "refreshSupport": true },
                },
            }),
            options: json!({ "timeoutMs": 600 }),
            refuses: true,
            ..Setup::default()
        },
    );
    for method in ["workspace/configuration", "client/registerCapability"] {
        client.wait(method, |message| message["method"] == method);
    }
    client.open_with("build.lua", "while os.getenv('X') == nil do end\n");
    client.save("build.lua");
    client.notify("workspace/didChangeConfiguration", json!({ "settings": null }));
    client.wait("the question", |message| message["method"] == "workspace/configuration");
    client.wait("the refresh", |message| message["method"] == "workspace/diagnostic/refresh");
    let document = json!({ "textDocument": { "uri": client.uri("build.lua") } });
    let pulled = client.request("textDocument/diagnostic", document);
    assert_eq!(pulled["items"][0]["code"], "limit");
    client.transcript();
}

#[test]
fn any_request_can_be_cancelled_at_once() {
    let mut client = Client::with(
        "while true do end\n",
        Setup { options: json!({ "timeoutMs": 600_000 }), ..Setup::default() },
    );
    client.open("build.lua");
    let uri = client.uri("build.lua");
    for method in ["luakit/evaluate", "luakit/graph", "luakit/llb"] {
        let asked = client.ask(method, json!({ "uri": uri }));
        let state = client.request("luakit/status", json!({ "uri": uri }))["state"].clone();
        assert_eq!(state, "running", "{method}");
        let began = Instant::now();
        client.notify("$/cancelRequest", json!({ "id": asked }));
        assert_eq!(client.answer(asked)["error"]["code"], -32800, "{method}");
        assert!(began.elapsed() < Duration::from_millis(500), "{method}");
        let ended = client.wait_for_status("build.lua");
        assert_eq!(ended["state"], "cancelled", "{method} leaves nothing running");
    }
    client.transcript();
}

/// Returns the processor time that a process has used, in hundredths of a second.
#[cfg(target_os = "linux")]
fn used(process: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn an_idle_server_uses_no_time() {
    let mut client = Client::start("bk.export(bk.image('alpine'))\n");
    client.open("build.lua");
    client.save("build.lua");
    let before = used(client.process_id());
    // The one thing that takes time to be seen is that nothing happens.
    std::thread::sleep(Duration::from_millis(1500));
    let used = used(client.process_id()) - before;
    assert!(used <= 1, "{used} hundredths of a second");
    client.transcript();
}

#[test]
fn a_document_that_was_never_opened_is_answered_for() {
    let mut client = Client::start("--- build.lua\nbk.export(bk.image('alpine'))\n");
    let uri = client.uri("build.lua");
    let at = json!({ "textDocument": { "uri": uri }, "uri": uri, "position": { "line": 0, "character": 0 } });
    for method in ["textDocument/hover", "textDocument/completion", "luakit/opsAt"] {
        assert_eq!(client.request(method, at.clone()), Value::Null, "{method}");
    }
    let status = client.request("luakit/status", json!({ "uri": uri }));
    assert_eq!(status["state"], "idle");
    // It is on disk, so that it can be evaluated.
    let answer = client.request("luakit/evaluate", json!({ "uri": uri }));
    assert_eq!(answer["ops"], 1);
    client.wait_for_status("build.lua");
    let nowhere = json!({ "uri": client.uri("nowhere.lua") });
    assert_eq!(client.request("luakit/evaluate", nowhere)["error"]["code"], -32803);
    check(
        &mut client,
        expect![[r#"
        build.lua ended ok: 1 op
    "#]],
    );
}
