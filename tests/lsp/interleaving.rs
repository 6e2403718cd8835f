//! Whatever order messages are sent in, and however fast: nothing is lost, nothing is answered twice, and every answer
//! is about the text as it stood.

use crate::lsp::{Client, Setup};
use luakit_robustness::requests::{ALL, About};
use luakit_robustness::{Dice, edits, random_bytes};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A document as the client has it.
struct Model {
    uri: String,
    text: Option<String>,
    version: i64,
}

/// What a test of 1,000 bursts has sent and not heard of.
#[derive(Default)]
struct Sent {
    /// The documents' texts and versions when `luakit/syntaxTree` was asked; none if it was closed.
    trees: BTreeMap<i64, Option<(String, i64)>>,
    others: BTreeMap<i64, &'static str>,
    cancelled: Vec<i64>,
}

const NAMES: &[&str] = &["build.lua", "lib/ref.lua", "x.build.lua"];

#[test]
fn a_thousand_bursts_are_answered_in_their_order() {
    bursts(Value::Null, 2024);
}

#[test]
fn a_thousand_bursts_of_a_client_that_can_do_everything_are_too() {
    let recorded: Value = serde_json::from_str(include_str!("data/vscode-initialize.json")).unwrap();
    bursts(recorded["params"]["capabilities"].clone(), 2025);
}

fn bursts(capabilities: Value, seed: u64) {
    let mut client = Client::with(
        "--- build.lua\nbk.export(bk.image(require('lib.ref')))\n--- lib/ref.lua\nreturn 'alpine'\n",
        Setup { capabilities, options: json!({ "timeoutMs": 300 }), ..Setup::default() },
    );
    let bytes = random_bytes(seed, 200_000);
    let dice = &mut Dice::new(&bytes);
    let mut models: Vec<Model> =
        NAMES.iter().map(|name| Model { uri: client.uri(name), text: None, version: 0 }).collect();
    let mut sent = Sent::default();
    for burst in 0..1000 {
        let mut messages = Vec::new();
        for _ in 0..4 + dice.below(9) {
            let model = &mut models[dice.below(NAMES.len())];
            step(&mut client, dice, model, &mut sent, &mut messages);
        }
        client.send_burst(&messages);
        // Not after each, so that bursts meet.
        if burst % 5 == 4 {
            collect(&mut client, &mut sent);
        }
    }
    collect(&mut client, &mut sent);
    assert!(!dice.is_over(), "the choices are used up");
    // Whatever was answered twice would have been by now: all work is done, and this answer is the last.
    client.request("luakit/status", json!({ "uri": models[0].uri }));
    assert_eq!(client.other_answers(), Vec::<&Value>::new());
    let transcript = client.transcript();
    assert!(!transcript.contains("failed:"), "{transcript}");
    client.leave();
}

/// Adds one message, and for a few kinds of messages what goes with it.
fn step(client: &mut Client, dice: &mut Dice, model: &mut Model, sent: &mut Sent, messages: &mut Vec<Value>) {
    let document = json!({ "textDocument": { "uri": model.uri } });
    let notification =
        |method: &str, params: Value| json!({ "jsonrpc": "2.0", "method": method, "params": params });
    match (dice.below(12), &mut model.text) {
        (0, Some(_)) if dice.one_in(3) => {
            model.text = None;
            messages.push(notification("textDocument/didClose", document));
        }
        (_, None) => {
            let text = "local s = bk.image('alpine')\nbk.export(s)\n";
            model.version += 1;
            model.text = Some(text.into());
            let item =
                json!({ "uri": model.uri, "languageId": "lua", "version": model.version, "text": text });
            messages.push(notification("textDocument/didOpen", json!({ "textDocument": item })));
        }
        (0..=4, Some(text)) => {
            model.version += 1;
            let change = edits::change(dice, text);
            change.apply(text);
            text.truncate(luakit_robustness::scripts::ceil(text, 4000));
            let mut changes = vec![change.to_json()];
            if text.len() > 2000 {
                *text = text[luakit_robustness::scripts::ceil(text, 1900)..].to_owned();
                changes.push(json!({ "text": text }));
            }
            let id = json!({ "uri": model.uri, "version": model.version });
            let params = json!({ "textDocument": id, "contentChanges": changes });
            let wired: String = String::from_utf8(edits::wire(&params)).unwrap();
            // What half a pair is sent as, no `Value` can hold; the client's own mending comes to the same.
            let mended = wired.replace("\\ud83d", "\u{fffd}");
            messages.push(notification("textDocument/didChange", serde_json::from_str(&mended).unwrap()));
        }
        (5, Some(_)) => messages.push(notification("textDocument/didSave", document)),
        (6, Some(_)) => {
            let pending: Vec<i64> = sent.others.keys().copied().collect();
            if let Some(id) = pending.get(dice.below(pending.len())) {
                sent.cancelled.push(*id);
                messages.push(notification("$/cancelRequest", json!({ "id": id })));
            }
        }
        (7..=9, text) => {
            let requests: Vec<_> = ALL.iter().filter(|it| !matches!(it.about, About::Item { .. })).collect();
            let request = dice.pick(&requests);
            let text = text.as_deref().unwrap_or_default();
            let at = luakit_robustness::scripts::ceil(text, dice.below(text.len() + 1));
            let id = client.new_id();
            let params = request.params(&model.uri, text, at);
            sent.others.insert(id, request.method);
            messages.push(json!({ "jsonrpc": "2.0", "id": id, "method": request.method, "params": params }));
        }
        (_, text) => {
            let id = client.new_id();
            sent.trees.insert(id, text.clone().map(|text| (text, model.version)));
            messages.push(json!({ "jsonrpc": "2.0", "id": id, "method": "luakit/syntaxTree",
                "params": { "uri": model.uri } }));
        }
    }
}

/// Waits for all answers.
fn collect(client: &mut Client, sent: &mut Sent) {
    for (id, expected) in std::mem::take(&mut sent.trees) {
        let tree = client.answer(id);
        match expected {
            Some((text, version)) => {
                assert_eq!(tree["text"].as_str(), Some(text.as_str()), "{tree}");
                assert_eq!(tree["version"], version);
            }
            None => assert_eq!(tree["error"]["code"], -32602, "it is closed: {tree}"),
        }
    }
    for (id, method) in std::mem::take(&mut sent.others) {
        let answer = client.answer(id);
        let code = answer["error"]["code"].as_i64();
        assert_ne!(code, Some(-32603), "{method}: {answer}");
        let was_cancelled = sent.cancelled.contains(&id);
        assert!(was_cancelled || code != Some(-32800) || method.starts_with("luakit/"), "{method}: {answer}");
        assert!(!answer.to_string().contains("luakit failed"), "{method}: {answer}");
    }
    sent.cancelled.clear();
}

#[test]
fn a_cancelled_dry_run_is_answered_in_no_time() {
    let mut client = Client::with(
        "while true do end\n",
        Setup { options: json!({ "timeoutMs": 600_000 }), ..Setup::default() },
    );
    client.open("build.lua");
    let uri = client.uri("build.lua");
    let mut waited = Vec::new();
    for _ in 0..15 {
        let id = client.ask("luakit/evaluate", json!({ "uri": uri }));
        client.wait_until_running("build.lua");
        let began = std::time::Instant::now();
        client.notify("$/cancelRequest", json!({ "id": id }));
        assert_eq!(client.answer(id)["error"]["code"], -32800);
        waited.push(began.elapsed());
        client.wait_for_status("build.lua");
    }
    waited.sort();
    let median = waited[waited.len() / 2];
    eprintln!("a cancel was answered after {median:?} (median), {:?} at worst", waited[waited.len() - 1]);
    // It takes a millisecond or two; the rest is for machines that are busy with other tests.
    assert!(median < std::time::Duration::from_millis(250), "{waited:?}");
    client.transcript();
}
