//! Hover, completion, signature help and code actions, as they travel.

use crate::lsp::client::show_range;
use crate::lsp::{Client, Setup};
use expect_test::expect;
use serde_json::{Value, json};

#[test]
fn hover_shows_the_documentation_under_the_cursor() {
    let mut client = Client::start("local é = bk.image('alpine')\n");
    client.open("build.lua");
    client.transcript();
    let hover = client.request("textDocument/hover", client.at("build.lua", "mage('"));
    assert_eq!(show_range(&hover["range"]), "1:14-1:19");
    assert_eq!(hover["contents"]["kind"], "markdown");
    assert!(hover["contents"]["value"].as_str().unwrap().contains("bk.image("));
    assert_eq!(client.request("textDocument/hover", client.at("build.lua", "local")), Value::Null);
}

#[test]
fn completion_in_an_option_table_offers_its_keys() {
    let mut client = Client::start("local c = bk.cache('/c', { sh })\n");
    client.open("build.lua");
    client.transcript();
    let items = client.request("textDocument/completion", client.at("build.lua", " })"));
    let sharing = items.as_array().unwrap().iter().find(|item| item["label"] == "sharing").unwrap();
    assert_eq!(show_range(&sharing["textEdit"]["range"]), "1:28-1:30");
    assert_eq!(sharing["filterText"], "sharing");
    assert!(sharing.get("insertTextFormat").is_none(), "this client has no snippets");
}

#[test]
fn snippets_are_for_clients_that_have_them() {
    let capabilities =
        json!({ "textDocument": { "completion": { "completionItem": { "snippetSupport": true } } } });
    let mut client = Client::with("local i = bk.im\n", Setup { capabilities, ..Setup::default() });
    client.open("build.lua");
    client.transcript();
    let items = client.request("textDocument/completion", client.at("build.lua", "\n"));
    let image = items.as_array().unwrap().iter().find(|item| item["label"] == "image").unwrap();
    assert_eq!(image["insertTextFormat"], 2);
    assert!(image["textEdit"]["newText"].as_str().unwrap().contains('$'));
}

#[test]
fn signature_help_marks_the_parameter() {
    let mut client = Client::start("bk.image('alpine', )\n");
    client.open("build.lua");
    client.transcript();
    let help = client.request("textDocument/signatureHelp", client.at("build.lua", ")"));
    assert_eq!(help["activeParameter"], 1);
    assert_eq!(help["signatures"][0]["parameters"][0]["label"], "identifier: string");
}

#[test]
fn a_misspelling_has_a_quick_fix_that_touches_one_token() {
    let literals = json!({ "codeActionLiteralSupport": { "codeActionKind": { "valueSet": ["quickfix"] } } });
    let capabilities = json!({
        "textDocument": { "codeAction": literals },
        "workspace": { "workspaceEdit": { "documentChanges": true } },
    });
    let mut client =
        Client::with("bk.export(bk.imgae('alpine'))\n", Setup { capabilities, ..Setup::default() });
    client.open("build.lua");
    client.transcript();
    let mut params = client.at("build.lua", "imgae");
    params["range"] = json!({ "start": params["position"], "end": params["position"] });
    params["context"] = json!({ "diagnostics": [] });
    let actions = client.request("textDocument/codeAction", params);
    let action = &actions[0];
    let edit = &action["edit"]["documentChanges"][0];
    let shown = format!(
        "{} {} v{} {} {}",
        action["kind"],
        action["title"],
        edit["textDocument"]["version"],
        show_range(&edit["edits"][0]["range"]),
        edit["edits"][0]["newText"]
    );
    expect![[r#""quickfix" "Write `image`" v1 1:14-1:19 "image""#]].assert_eq(&shown);
}
