//! Sessions as real editors begin them: what VS Code and Neovim sent was recorded.

use crate::lsp::Client;
use crate::lsp::client::position;
use luakit_robustness::requests::{ALL, About, assert_complete};
use serde_json::{Value, json};

/// Starts a server with what an editor sent first.
fn start(recorded: &str) -> (Client, Value) {
    let mut client = Client::spawn("local s = bk.imgae('alpine:3.19')\nbk.export(s)\n");
    let recorded: Value = serde_json::from_str(recorded).unwrap();
    let mut params = recorded["params"].clone();
    let root = client.uri("");
    params["workspaceFolders"][0]["uri"] = json!(root);
    params["rootUri"] = json!(root);
    params["rootPath"] = json!(client.path(""));
    params["processId"] = Value::Null;
    let answer = client.initialize(params);
    (client, answer["capabilities"].clone())
}

/// Shows the codes of the findings that the editor has of the document: what it pulls, and what it was pushed last.
fn findings(client: &mut Client, capabilities: &Value) -> Vec<String> {
    let document = json!({ "textDocument": { "uri": client.uri("build.lua") } });
    assert!(capabilities["diagnosticProvider"].is_object(), "both editors pull");
    let report = client.request("textDocument/diagnostic", document);
    let items = report["items"].as_array().unwrap();
    items.iter().map(|it| it["code"].as_str().unwrap().to_owned()).collect()
}

/// Edits, asks everything that is offered, saves, closes and leaves.
fn session(recorded: &str) {
    let (mut client, capabilities) = start(recorded);
    assert_complete(&capabilities);
    let text = "local s = bk.imgae('alpine:3.19')\nbk.export(s)\n";
    client.open_with("build.lua", text);
    assert_eq!(findings(&mut client, &capabilities), ["unknown-function"]);

    let at = |column: usize| position(text, column);
    let start = text.find("imgae").unwrap();
    let fixed = text.replace("imgae", "image");
    let changes = json!([{ "range": { "start": at(start), "end": at(start + 5) }, "text": "image" }]);
    client.change("build.lua", changes, fixed.clone());
    assert_eq!(findings(&mut client, &capabilities), Vec::<String>::new());

    let uri = client.uri("build.lua");
    for request in ALL {
        if matches!(request.about, About::Item { .. }) || !request.is_advertised(&capabilities) {
            continue;
        }
        let answer = client.request(request.method, request.params(&uri, &fixed, start + 2));
        let code = &answer["error"]["code"];
        assert!(*code != -32601 && *code != -32603, "{}: {answer}", request.method);
    }
    let hover = client.request("textDocument/hover", client.at("build.lua", "image"));
    assert!(hover["contents"]["value"].as_str().unwrap().contains("bk.image("));
    let evaluated = client.request("luakit/evaluate", json!({ "uri": uri }));
    assert_eq!(evaluated["ok"], true);
    client.wait_for_status("build.lua");

    client.save("build.lua");
    assert!(client.path(".luakit/build.lua.pb").exists());
    client.close("build.lua");
    client.request("luakit/status", json!({ "uri": uri }));
    let transcript = client.transcript();
    assert!(!transcript.contains("log: "), "an editor would show this: {transcript}");
    client.leave();
}

#[test]
fn vs_code_is_served_from_its_first_request_to_its_last() {
    session(include_str!("data/vscode-initialize.json"));
}

#[test]
fn neovim_is_served_from_its_first_request_to_its_last() {
    session(include_str!("data/nvim-initialize.json"));
}
