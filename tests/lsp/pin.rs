//! Pinning an image over the wire: when a registry is asked, and what becomes of its answer.

use crate::lsp::client::position;
use crate::lsp::{Client, Setup, check};
use expect_test::expect;
use luakit_testkit::{FakeRegistry, Reply};
use serde_json::{Value, json};
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};

fn digest() -> String {
    format!("sha256:{}", "0a".repeat(32))
}

/// A registry that has `app:1`, and nothing else.
fn registry() -> FakeRegistry {
    FakeRegistry::start(|asked| {
        Some(match asked.path.as_str() {
            "/v2/app/manifests/1" => Reply::ok("").with("Docker-Content-Digest", digest()),
            _ => Reply::status(404),
        })
    })
}

/// A registry that answers as [`registry`], but only when it is let.
fn slow_registry() -> (FakeRegistry, Sender<()>) {
    let (go, wait) = channel();
    let wait = Mutex::new(wait);
    let registry = FakeRegistry::start(move |_| {
        wait.lock().unwrap().recv().ok()?;
        Some(Reply::ok("").with("Docker-Content-Digest", digest()))
    });
    (registry, go)
}

/// What a client says that gets the edit with the answer to `codeAction/resolve`.
fn resolving() -> Value {
    json!({
        "textDocument": { "codeAction": {
            "codeActionLiteralSupport": { "codeActionKind": { "valueSet": ["quickfix", "refactor"] } },
            "dataSupport": true,
            "resolveSupport": { "properties": ["edit"] },
        } },
        "workspace": { "workspaceEdit": { "documentChanges": true } },
    })
}

/// What a client says that knows code actions and commands, and resolves nothing.
fn commanding() -> Value {
    json!({
        "textDocument": { "codeAction": {
            "codeActionLiteralSupport": { "codeActionKind": { "valueSet": ["quickfix", "refactor"] } },
        } },
        "workspace": { "applyEdit": true, "workspaceEdit": { "documentChanges": true } },
    })
}

fn opened(text: &str, capabilities: Value, options: Value) -> Client {
    let mut client = Client::with(text, Setup { capabilities, options, ..Setup::default() });
    client.open("build.lua");
    client.transcript();
    client
}

/// The actions about images at a mark.
fn actions(client: &mut Client, mark: &str) -> Vec<Value> {
    let mut params = client.at("build.lua", mark);
    params["range"] = json!({ "start": params["position"], "end": params["position"] });
    params["context"] = json!({ "diagnostics": [], "only": ["refactor"] });
    let actions = client.request("textDocument/codeAction", params);
    actions.as_array().cloned().unwrap_or_default()
}

/// Makes an edit in the text it is for. Returns the version and what became of the text.
fn edited(text: &str, edit: &Value, registry: &FakeRegistry) -> String {
    let change = &edit["documentChanges"][0];
    let [edit] = &change["edits"].as_array().unwrap()[..] else { panic!("{edit}") };
    let offset = |at: &Value| {
        (0..=text.len()).find(|i| text.is_char_boundary(*i) && position(text, *i) == *at).unwrap()
    };
    let mut text = text.to_owned();
    text.replace_range(
        offset(&edit["range"]["start"])..offset(&edit["range"]["end"]),
        edit["newText"].as_str().unwrap(),
    );
    let text = text.replace(registry.address(), "HOST").replace(&digest(), "DIGEST");
    format!("v{}\n{text}", change["textDocument"]["version"])
}

#[test]
fn a_client_that_resolves_gets_the_edit_when_somebody_picks_it() {
    let registry = registry();
    let script = format!("local 😀 = 1 bk.export(bk.image('{}/app:1'))\n", registry.address());
    // The letter is none of Lua's, which is no reason to count it wrongly.
    let mut client = opened(&script, resolving(), Value::Null);
    let offered = actions(&mut client, "/app");
    assert_eq!(registry.asked(), "", "nobody has picked it");
    let [action] = &offered[..] else { panic!("{offered:?}") };
    assert_eq!(action["kind"], "refactor.rewrite");
    assert_eq!(action["title"], format!("Pin `{}/app:1` to its digest", registry.address()));
    assert!(action.get("edit").is_none() && action.get("command").is_none());
    let resolved = client.request("codeAction/resolve", action.clone());
    expect![[r#"
        v1
        local 😀 = 1 bk.export(bk.image('HOST/app:1@DIGEST'))
    "#]]
    .assert_eq(&edited(&script, &resolved["edit"], &registry));
    assert_eq!(registry.asked(), "HEAD /v2/app/manifests/1\n");
}

#[test]
fn a_client_that_resolves_nothing_is_asked_to_make_the_edit() {
    let registry = registry();
    let script = format!(
        "bk.export(bk.image('{}/app:1@{}'))\n",
        registry.address(),
        "sha256:".to_owned() + &"1".repeat(64)
    );
    let mut client = opened(&script, commanding(), Value::Null);
    let offered = actions(&mut client, "/app");
    let [action] = &offered[..] else { panic!("{offered:?}") };
    assert_eq!(action["title"], format!("Update the digest of `{}/app:1`", registry.address()));
    let command = &action["command"];
    let params = json!({ "command": command["command"], "arguments": command["arguments"] });
    assert_eq!(client.request("workspace/executeCommand", params), Value::Null);
    let asked = client.wait("an edit", |message| message["method"] == "workspace/applyEdit");
    expect![[r#"
        v1
        bk.export(bk.image('HOST/app:1@DIGEST'))
    "#]]
    .assert_eq(&edited(&script, &asked["params"]["edit"], &registry));
    client.leave();
}

#[test]
fn a_client_that_knows_commands_alone_gets_one() {
    let capabilities = json!({ "workspace": { "applyEdit": true } });
    let mut client = opened("bk.export(bk.image('a'))\n", capabilities, Value::Null);
    let offered = actions(&mut client, "a')");
    assert_eq!(offered[0]["command"], "luakit.pinDigest", "{offered:?}");
    assert_eq!(offered[0]["title"], "Pin `a` to its digest");
    let mut client = opened("bk.export(bk.image('a'))\n", json!({}), Value::Null);
    assert_eq!(actions(&mut client, "a')"), [Value::Null; 0], "nothing could be done with it");
}

#[test]
fn the_edit_finds_its_image_in_a_text_that_has_moved_on() {
    let (registry, go) = slow_registry();
    let script = format!(
        "bk.export(bk.image('{0}/app:1'):copy(bk.image('{0}/app:1'), '/a', '/b'))\n",
        registry.address()
    );
    let mut client = opened(&script, resolving(), Value::Null);
    // The second of two that are written alike.
    let action = actions(&mut client, "/app:1'), '/a'").remove(0);
    client.type_over("build.lua", "bk.export(", "-- Above.\nbk.export(");
    let answer = client.ask("codeAction/resolve", action);
    client.type_over("build.lua", "'/b'", "'/c'");
    client.wait_for_findings("build.lua");
    client.type_over("build.lua", "-- Above.\n", "-- Above.\n\n");
    client.wait_for_findings("build.lua");
    go.send(()).unwrap();
    let resolved = client.answer(answer);
    let now = script.replace("'/b'", "'/c'");
    expect![[r#"
        v4
        -- Above.

        bk.export(bk.image('HOST/app:1'):copy(bk.image('HOST/app:1@DIGEST'), '/a', '/c'))
    "#]]
    .assert_eq(&edited(&format!("-- Above.\n\n{now}"), &resolved["edit"], &registry));
    client.transcript();
}

#[test]
fn an_image_that_is_gone_is_not_pinned() {
    let (registry, go) = slow_registry();
    let mut client =
        opened(&format!("bk.export(bk.image('{}/app:1'))\n", registry.address()), resolving(), Value::Null);
    let action = actions(&mut client, "/app").remove(0);
    let answer = client.ask("codeAction/resolve", action.clone());
    client.edit("build.lua", "/app:1", "/app:2");
    go.send(()).unwrap();
    assert_eq!(client.answer(answer)["error"]["code"], -32801);
    // Nor is it asked for once it is gone.
    assert_eq!(client.request("codeAction/resolve", action)["error"]["code"], -32801);
    client.transcript();
}

#[test]
fn an_image_that_is_not_there_is_told_and_nothing_edited() {
    let registry = registry();
    let mut client =
        opened(&format!("bk.export(bk.image('{}/app:9'))\n", registry.address()), resolving(), Value::Null);
    let action = actions(&mut client, "/app").remove(0);
    let answer = client.request("codeAction/resolve", action);
    let message = answer["error"]["message"].as_str().unwrap().replace(registry.address(), "HOST");
    expect!["registry `HOST` has no `app:9`"].assert_eq(&message);
    let shown = client.wait("a message", |message| message["method"] == "window/showMessage");
    assert_eq!(shown["params"]["message"], answer["error"]["message"]);
    client.transcript();
}

#[test]
fn an_image_that_has_not_moved_is_left_as_it_is() {
    let registry = registry();
    let script = format!("bk.export(bk.image('{}/app:1@{}'))\n", registry.address(), digest());
    let mut client = opened(&script, resolving(), Value::Null);
    let action = actions(&mut client, "/app").remove(0);
    let resolved = client.request("codeAction/resolve", action);
    assert_eq!(resolved["edit"], json!({}));
    client.wait("a message", |message| message["method"] == "window/showMessage");
    client.transcript();
}

#[test]
fn a_registry_that_hangs_holds_up_nobody_and_can_be_left() {
    let registry = FakeRegistry::start(|_| None);
    let mut capabilities = resolving();
    capabilities["window"] = json!({ "workDoneProgress": true });
    let mut client =
        opened(&format!("bk.export(bk.image('{}/app:1'))\n", registry.address()), capabilities, Value::Null);
    let action = actions(&mut client, "/app").remove(0);
    let first = client.ask("codeAction/resolve", action.clone());
    let begun = client.wait("progress", |message| message["params"]["value"]["kind"] == "begin");
    assert_eq!(begun["params"]["value"]["title"], format!("Looking up {}/app:1", registry.address()));
    let more: Vec<i64> = (0..10).map(|_| client.ask("codeAction/resolve", action.clone())).collect();
    let hover = client.request("textDocument/hover", client.at("build.lua", "image"));
    assert!(hover["contents"].is_object(), "{hover}");
    for id in more {
        client.notify("$/cancelRequest", json!({ "id": id }));
        assert_eq!(client.answer(id)["error"]["code"], -32800);
    }
    // The progress that is shown has a button for it.
    client.notify("window/workDoneProgress/cancel", json!({ "token": begun["params"]["token"] }));
    assert_eq!(client.answer(first)["error"]["code"], -32800);
    client.leave();
}

#[test]
fn nobody_is_asked_without_trust_or_with_the_network_off() {
    let registry = registry();
    let script = format!("bk.export(bk.image('{}/app:1'))\n", registry.address());
    let mut told = String::new();
    for options in
        [json!({ "trusted": false }), json!({ "network": false }), json!({ "luakit.network": false })]
    {
        let mut client = opened(&script, resolving(), options);
        assert!(actions(&mut client, "/app").is_empty());
        // Somebody may have the action of a better time.
        let pin = json!({ "uri": client.uri("build.lua"), "text": format!("{}/app:1", registry.address()), "nth": 0 });
        let action = json!({ "title": "x", "data": { "pin": pin } });
        let by_resolve = client.request("codeAction/resolve", action);
        let params = json!({ "command": "luakit.pinDigest", "arguments": [pin] });
        let by_command = client.request("workspace/executeCommand", params);
        assert_eq!(by_resolve["error"], by_command["error"]);
        told += by_command["error"]["message"].as_str().unwrap();
        told += "\n";
        client.leave();
    }
    assert_eq!(registry.asked(), "");
    expect![[r#"
        the workspace is not trusted, so that no registry is asked for what it names
        the network is switched off
        hint: the setting is `luakit.network`
        the network is switched off
        hint: the setting is `luakit.network`
    "#]]
    .assert_eq(&told);
}

#[test]
fn actions_of_other_kinds_have_nothing_to_resolve() {
    let mut client = opened("bk.export(bk.imgae('a'))\n", resolving(), Value::Null);
    let action = json!({ "title": "x", "kind": "quickfix", "edit": { "changes": {} } });
    assert_eq!(client.request("codeAction/resolve", action.clone()), action);
    let wrong = json!({ "title": "x", "data": { "pin": { "uri": 3 } } });
    assert_eq!(client.request("codeAction/resolve", wrong)["error"]["code"], -32602);
    check(&mut client, expect![""]);
}
