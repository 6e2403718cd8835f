//! What is no message, half a message, or a message that no client should send.

use crate::lsp::Client;
use serde_json::{Value, json};

fn framed(body: &str) -> Vec<u8> {
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

fn status(client: &mut Client, id: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": "luakit/status", "params": { "uri": client.uri("build.lua") } })
}

/// Fails unless the session goes on.
fn goes_on(client: &mut Client) {
    let uri = client.uri("build.lua");
    assert_eq!(client.request("luakit/status", json!({ "uri": uri }))["state"], "idle");
}

#[test]
fn headers_may_be_written_in_any_way() {
    let mut client = Client::start("");
    for (i, headers) in [
        "content-length: {}\r\n\r\n",
        "CONTENT-LENGTH:{}\r\n\r\n",
        "Content-Length: {}\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n",
        "Content-Type: application/vscode-jsonrpc; charset=utf8\r\nContent-Length: {}\r\n\r\n",
        "Content-Length:   {}  \r\n\r\n",
        "Content-Length: {}\n\n",
        "\r\n\r\nContent-Length: {}\r\n\r\n",
    ]
    .iter()
    .enumerate()
    {
        let id = format!("headers {i}");
        let body = status(&mut client, json!(id)).to_string();
        let headers = headers.replace("{}", &body.len().to_string());
        client.send_bytes(format!("{headers}{body}").as_bytes());
        assert_eq!(client.answer(id)["state"], "idle", "{headers:?}");
    }
}

#[test]
fn an_extra_header_loses_no_message() {
    let mut client = Client::start("");
    let body = status(&mut client, json!("x")).to_string();
    client.send_bytes(format!("X-Trace: 1\r\nContent-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    assert_eq!(client.answer("x")["state"], "idle");
}

#[test]
fn a_message_may_arrive_byte_by_byte() {
    let mut client = Client::start("");
    let message = framed(&status(&mut client, json!("slow")).to_string());
    for byte in &message {
        client.send_bytes(&[*byte]);
    }
    assert_eq!(client.answer("slow")["state"], "idle");
}

#[test]
fn a_message_may_be_cut_anywhere() {
    let mut client = Client::start("");
    let uri = client.uri("build.lua");
    let message = |text: &str, id: usize| {
        let item = json!({ "uri": uri, "languageId": "lua", "version": 1, "text": text });
        let open =
            json!({ "jsonrpc": "2.0", "method": "textDocument/didOpen", "params": { "textDocument": item } });
        let ask =
            json!({ "jsonrpc": "2.0", "id": id, "method": "luakit/syntaxTree", "params": { "uri": uri } });
        [framed(&open.to_string()), framed(&ask.to_string())].concat()
    };
    let length = message("-- é😀", 1).len();
    for cut in 0..length {
        let id = client.new_id();
        let message = message("-- é😀", id as usize);
        let (first, second) = message.split_at(cut.min(message.len()));
        client.send_bytes(first);
        client.send_bytes(second);
        assert_eq!(client.answer(id)["text"], "-- é😀", "cut at {cut}");
    }
    client.leave();
}

#[test]
fn a_length_that_is_wrong_costs_no_more_than_what_it_claims() {
    let mut client = Client::start("");
    // Too short: the body is cut, and its rest is noise before the next header.
    client.send_bytes(b"Content-Length: 10\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"x\"}");
    assert_eq!(client.answer(Value::Null)["error"]["code"], -32700);
    goes_on(&mut client);
    // None, negative, or no number: there is no telling where the body ends.
    for length in ["", "Content-Length: -1\r\n", "Content-Length: x\r\n", "Content-Type: x\r\n"] {
        client.send_bytes(format!("{length}\r\n{{\"jsonrpc\":\"2.0\",\"method\":\"x\"}}\r\n").as_bytes());
        goes_on(&mut client);
    }
    // Too long: it takes the next message with it, and the one after that is heard.
    let body = r#"{"jsonrpc":"2.0","method":"x"}"#;
    client.send_bytes(format!("Content-Length: {}\r\n\r\n{body}", body.len() + 5).as_bytes());
    client.send_bytes(&framed(body));
    goes_on(&mut client);
}

#[test]
fn batches_are_refused_and_nothing_in_them_is_done() {
    let mut client = Client::start("");
    let inner = status(&mut client, json!("in a batch"));
    client.send(&json!([inner, inner]));
    assert_eq!(client.answer(Value::Null)["error"]["code"], -32600);
    goes_on(&mut client);
    assert_eq!(client.other_answers(), Vec::<&Value>::new());
}

#[test]
fn bodies_that_are_no_requests_are_told_so() {
    let mut client = Client::start("");
    for (body, id, code) in [
        ("", Value::Null, -32700),
        ("{", Value::Null, -32700),
        ("nil", Value::Null, -32700),
        ("\u{feff}{}", Value::Null, -32700),
        ("{}", Value::Null, -32600),
        ("1", Value::Null, -32600),
        ("null", Value::Null, -32600),
        (r#"{"jsonrpc":"1.0","id":"v1","method":"luakit/status"}"#, json!("v1"), -32600),
        (r#"{"jsonrpc":"2.0","id":"m","method":null}"#, json!("m"), -32600),
        (r#"{"jsonrpc":"2.0","id":[1],"method":"luakit/status"}"#, Value::Null, -32600),
        (r#"{"jsonrpc":"2.0","id":1.5,"method":"luakit/status"}"#, Value::Null, -32600),
    ] {
        client.send_raw(body);
        assert_eq!(client.answer(id)["error"]["code"], code, "{body}");
    }
    // As deep as it goes, and a number that no number holds.
    for body in ["[".repeat(100_000), r#"{"a":"#.repeat(100_000), r#"{"id":1e999}"#.into()] {
        client.send_raw(&body);
        assert_eq!(client.answer(Value::Null)["error"]["code"], -32700);
    }
    goes_on(&mut client);
}

#[test]
fn answers_to_nothing_are_passed_over() {
    let mut client = Client::start("");
    for answer in [
        json!({ "jsonrpc": "2.0", "id": 999, "result": 1 }),
        json!({ "jsonrpc": "2.0", "id": null, "result": null }),
        json!({ "jsonrpc": "2.0", "id": "x", "error": { "code": -1, "message": "no" } }),
        json!({ "jsonrpc": "2.0", "id": "x", "error": 7 }),
    ] {
        client.send(&answer);
    }
    goes_on(&mut client);
    assert_eq!(client.other_answers(), Vec::<&Value>::new());
}

#[test]
fn identifiers_come_back_as_they_were() {
    let mut client = Client::start("");
    for id in [json!("a string"), json!(""), json!(-7), json!(0), json!(i64::MAX), json!("1"), json!("é\n😀")]
    {
        let message = status(&mut client, id.clone());
        client.send(&message);
        assert_eq!(client.answer(id)["state"], "idle");
    }
}

#[test]
fn one_identifier_for_two_requests_gets_two_answers() {
    let mut client = Client::start("");
    let message = status(&mut client, json!("twice"));
    client.send_burst(&[message.clone(), message]);
    client.answer("twice");
    client.answer("twice");
}

#[test]
fn notifications_from_the_future_are_passed_over() {
    let mut client = Client::start("");
    for method in ["$/setTrace", "$/logTrace", "$/teleport", "textDocument/didTeleport", "luakit/nothing", ""]
    {
        client.notify(method, json!({ "value": "off" }));
    }
    client.send(&json!({ "jsonrpc": "2.0", "method": "$/nothing" }));
    // Requests are not: somebody waits for the answer.
    let document = json!({ "textDocument": { "uri": "file:///x" } });
    for (method, code) in [("$/teleport", -32601), ("$/setTrace", -32601), ("textDocument/didClose", -32600)]
    {
        assert_eq!(client.request(method, document.clone())["error"]["code"], code, "{method}");
    }
    goes_on(&mut client);
}

#[test]
fn notifications_with_parameters_that_are_none_change_nothing() {
    let mut client = Client::start("local x = 1\n");
    client.open("build.lua");
    client.transcript();
    let uri = client.uri("build.lua");
    let text = json!({ "textDocument": { "uri": uri, "version": 2 } });
    for params in [json!({}), json!([]), json!("x"), Value::Null, text, json!({ "textDocument": {} })] {
        client.notify("textDocument/didChange", params.clone());
        client.notify("textDocument/didOpen", params);
    }
    let tree = client.request("luakit/syntaxTree", json!({ "uri": uri }));
    assert_eq!((&tree["text"], &tree["version"]), (&json!("local x = 1\n"), &json!(1)));
    client.transcript();
}

#[test]
fn halves_of_surrogate_pairs_are_one_character_wide() {
    let mut client = Client::start("");
    let uri = client.uri("build.lua");
    client.open_with("build.lua", "x😀y");
    // The first half is deleted, as some editors do; then something is put behind what is left of it.
    for (from, to, text) in [(1, 3, "\\ude00"), (2, 2, "\\ud83d\\ud83d"), (4, 4, "!")] {
        client.send_raw(&format!(
            r#"{{"jsonrpc":"2.0","method":"textDocument/didChange","params":{{"textDocument":{{"uri":"{uri}","version":2}},
                "contentChanges":[{{"range":{{"start":{{"line":0,"character":{from}}},"end":{{"line":0,"character":{to}}}}},
                "text":"{text}"}}]}}}}"#
        ));
    }
    let tree = client.request("luakit/syntaxTree", json!({ "uri": uri }));
    assert_eq!(tree["text"], "x\u{fffd}\u{fffd}\u{fffd}!y");
    client.wait("findings", |message| message["params"]["version"] == 2);
    client.transcript();
}

#[test]
fn ten_megabytes_are_opened_edited_and_closed() {
    let mut client = Client::start("");
    let uri = client.uri("big.lua");
    let line = format!("-- {}é\n", "x".repeat(1019));
    let text = line.repeat(10 << 10);
    assert!(text.len() >= 10 << 20);
    client.open_with("big.lua", &text);
    let start = json!({ "line": 5000, "character": 3 });
    let changes = json!([{ "range": { "start": start, "end": start }, "text": "here" }]);
    client.change("big.lua", changes, String::new());
    client.request("textDocument/hover", json!({ "textDocument": { "uri": uri }, "position": start }));
    client.close("big.lua");
    let goodbye = client.request("luakit/syntaxTree", json!({ "uri": uri }));
    assert_eq!(goodbye["error"]["code"], -32602);
    client.leave();
}

#[test]
fn shutdown_takes_null_nothing_and_anything() {
    for params in [r#","params":null"#, "", r#","params":{}"#, r#","params":[]"#] {
        let mut client = Client::start("");
        client.send_raw(&format!(r#"{{"jsonrpc":"2.0","id":"bye","method":"shutdown"{params}}}"#));
        assert_eq!(client.answer("bye"), Value::Null);
        client.notify("exit", Value::Null);
        assert!(client.wait_for_exit().success());
    }
}

#[test]
fn a_second_initialize_is_refused() {
    let mut client = Client::start("");
    let again = client.request("initialize", json!({ "capabilities": {} }));
    assert_eq!(again["error"]["code"], -32600);
    goes_on(&mut client);
}

#[test]
fn before_initialize_notifications_do_nothing_and_exit_ends() {
    let mut client = Client::spawn("");
    client.open_with("build.lua", "x");
    assert_eq!(client.request("luakit/status", json!({}))["error"]["code"], -32002);
    client.notify("exit", Value::Null);
    assert_eq!(client.wait_for_exit().code(), Some(1));
}

#[test]
fn the_end_of_stdin_amid_a_message_ends_the_process() {
    for piece in
        ["Content-Len", "Content-Length: 100\r\n\r\n{\"jsonrpc\"", "Content-Length: 99999999999\r\n\r\n{"]
    {
        let mut client = Client::start("");
        client.send_bytes(piece.as_bytes());
        client.close_stdin();
        assert_eq!(client.wait_for_exit().code(), Some(1), "{piece}");
    }
}
