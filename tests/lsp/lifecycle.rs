//! Beginning and end, and messages that are none.

use crate::lsp::{Client, Setup, check};
use expect_test::expect;
use luakit_robustness::requests::{ALL, Request};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::process::{Command, Stdio};

#[test]
fn exit_ends_the_process_although_stdin_is_open() {
    let mut client = Client::start("");
    assert_eq!(client.request("shutdown", Value::Null), Value::Null);
    client.notify("exit", Value::Null);
    assert_eq!(client.wait_for_exit().code(), Some(0));
}

#[test]
fn the_answer_to_shutdown_is_not_lost_when_exit_follows_at_once() {
    let mut client = Client::start("");
    let shutdown = client.ask("shutdown", Value::Null);
    client.notify("exit", Value::Null);
    assert_eq!(client.answer(shutdown), Value::Null);
    assert_eq!(client.wait_for_exit().code(), Some(0));
}

#[test]
fn exit_without_shutdown_is_a_failure() {
    let mut client = Client::start("");
    client.notify("exit", Value::Null);
    assert_eq!(client.wait_for_exit().code(), Some(1));
}

#[test]
fn the_end_of_stdin_ends_the_process_amid_a_dry_run() {
    let mut client = Client::with(
        "while true do end\n",
        Setup { options: json!({ "timeoutMs": 600_000 }), ..Setup::default() },
    );
    client.open("build.lua");
    client.save_only("build.lua");
    client.close_stdin();
    assert_eq!(client.wait_for_exit().code(), Some(1));
    client.transcript();
}

#[test]
fn a_client_that_no_longer_listens_is_not_outlived() {
    let mut process = Command::new(env!("CARGO_BIN_EXE_luakit"))
        .arg("lsp")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(process.stdout.take());
    let mut stdin = process.stdin.take().unwrap();
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "capabilities": {} } });
    let body = body.to_string();
    write!(stdin, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    // Its stderr closes with it; stdin stays open until then.
    let mut said = String::new();
    process.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((process.wait().unwrap().code(), said.as_str()), (Some(1), ""));
    drop(stdin);
}

#[test]
fn requests_before_initialize_are_refused_and_after_shutdown_too() {
    let mut client = Client::spawn("");
    let refused = |client: &mut Client, request: &Request, code: i64| {
        let answer = client.request(request.method, request.params("file:///build.lua", "", 0));
        // What nobody knows is told so at any time.
        let is_unknown = request.capability.is_none() && answer["error"]["code"] == -32601;
        assert!(is_unknown || answer["error"]["code"] == code, "{}: {answer}", request.method);
    };
    ALL.iter().for_each(|request| refused(&mut client, request, -32002));
    client.initialize(json!({ "capabilities": {} }));
    client.request("shutdown", Value::Null);
    ALL.iter().for_each(|request| refused(&mut client, request, -32600));
    client.notify("exit", Value::Null);
    assert!(client.wait_for_exit().success());
}

#[test]
fn what_is_no_message_is_answered_and_the_session_goes_on() {
    let mut client = Client::start("bk.export(bk.image('alpine'))\n");
    client.send_raw("{\"jsonrpc\":");
    assert_eq!(client.answer(Value::Null)["error"]["code"], -32700);
    client.send_raw("[]");
    assert_eq!(client.answer(Value::Null)["error"]["code"], -32600);
    let malformed = client.request("textDocument/hover", json!({ "position": "here" }));
    assert_eq!(malformed["error"]["code"], -32602);
    assert_eq!(client.request("textDocument/teleport", json!({}))["error"]["code"], -32601);
    client.open("build.lua");
    check(
        &mut client,
        expect![[r#"
            findings of build.lua v1: none
        "#]],
    );
}

#[test]
fn half_a_surrogate_pair_loses_no_message() {
    let mut client = Client::start("");
    let uri = client.uri("build.lua");
    client.send_raw(&format!(
        r#"{{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{{"textDocument":
            {{"uri":"{uri}","languageId":"lua","version":1,"text":"-- \ud83d half"}}}}}}"#
    ));
    let tree = client.request("luakit/syntaxTree", json!({ "uri": uri }));
    assert_eq!(tree["text"], "-- \u{fffd} half");
    client.wait("findings", |message| message["method"] == "textDocument/publishDiagnostics");
    client.transcript();
}

#[test]
fn vs_codes_first_request_is_understood() {
    let mut client = Client::spawn("bk.export(bk.image('alpine'))\n");
    let mut recorded: Value = serde_json::from_str(include_str!("data/vscode-initialize.json")).unwrap();
    recorded["params"]["workspaceFolders"][0]["uri"] = json!(client.uri(""));
    let answer = client.initialize(recorded["params"].clone());
    assert_eq!(answer["capabilities"]["positionEncoding"], "utf-16");
    assert_eq!(answer["capabilities"]["diagnosticProvider"]["identifier"], "luakit");
    for method in ["workspace/configuration", "client/registerCapability"] {
        client.wait(method, |message| message["method"] == method);
    }
    client.transcript();
}
