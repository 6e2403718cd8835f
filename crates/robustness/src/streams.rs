//! Conversations: what a client says from its first request to its last, and what noise on the line makes of it.

use crate::requests::ALL;
use crate::session::framed;
use crate::{Dice, edits, scripts};
use serde_json::{Value, json};

/// Makes the messages of a client that knows the protocol but not what it wants.
pub fn messages(dice: &mut Dice) -> Vec<Value> {
    let mut messages = Vec::new();
    if !dice.one_in(20) {
        messages.push(initialize());
        messages.push(json!({ "jsonrpc": "2.0", "method": "initialized", "params": {} }));
    }
    let uris = ["file:///tmp/build.lua", "untitled:Untitled-1", "file:///tmp/lib/m.lua", "x:"];
    let mut texts = [const { String::new() }; 4];
    let (mut version, mut id) = (0, 0);
    while !dice.is_over() {
        let which = dice.below(uris.len());
        let (uri, text) = (uris[which], &mut texts[which]);
        version += 1;
        id += 1;
        let message = match dice.below(10) {
            0 | 1 => {
                *text = scripts::script(dice);
                let item = json!({ "uri": uri, "languageId": "lua", "version": version, "text": text });
                notification("textDocument/didOpen", json!({ "textDocument": item }))
            }
            2 => {
                let change = edits::change(dice, text);
                change.apply(text);
                let params = json!({
                    "textDocument": { "uri": uri, "version": version },
                    "contentChanges": [change.to_json()],
                });
                notification("textDocument/didChange", params)
            }
            3 => {
                let method = *dice.pick(&["textDocument/didSave", "textDocument/didClose", "$/x", "x"]);
                notification(method, json!({ "textDocument": { "uri": uri } }))
            }
            4 => {
                let id = dice.below(id + 1);
                notification("$/cancelRequest", json!({ "id": id }))
            }
            5 if dice.one_in(30) => json!({ "jsonrpc": "2.0", "id": id, "method": "shutdown" }),
            5 if dice.one_in(60) => json!({ "jsonrpc": "2.0", "method": "exit" }),
            6 => {
                let settings =
                    json!({ "luakit": { "dryRun": dice.pick(&["onType", "onSave", "manual", "x"]) } });
                notification("workspace/didChangeConfiguration", json!({ "settings": settings }))
            }
            _ => {
                let request = dice.pick(ALL);
                let at = scripts::ceil(text, dice.below(text.len() + 1));
                let mut params = request.params(uri, text, at);
                if dice.one_in(6) {
                    spoil(dice, &mut params);
                }
                json!({ "jsonrpc": "2.0", "id": id, "method": request.method, "params": params })
            }
        };
        messages.push(message);
    }
    messages
}

fn initialize() -> Value {
    let options = json!({ "timeoutMs": 200, "writeLlb": false });
    let params = json!({ "capabilities": {}, "initializationOptions": options });
    json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params })
}

fn notification(method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "method": method, "params": params })
}

/// Replaces something in a value by something else.
fn spoil(dice: &mut Dice, value: &mut Value) {
    let deeper = match value {
        Value::Object(object) if !object.is_empty() => {
            let n = dice.below(object.len());
            object.values_mut().nth(n)
        }
        Value::Array(array) if !array.is_empty() => {
            let n = dice.below(array.len());
            array.get_mut(n)
        }
        _ => None,
    };
    match deeper {
        Some(deeper) if !dice.one_in(4) => spoil(dice, deeper),
        _ => {
            let others = [json!(null), json!(-1), json!(4e9), json!("x"), json!([]), json!({}), json!(true)];
            *value = dice.pick(&others).clone();
        }
    }
}

/// Makes what arrives: messages, with bytes that were lost, doubled or turned.
pub fn noisy(dice: &mut Dice) -> Vec<u8> {
    let mutations = *dice.pick(&[1, 1, 2, 8]);
    let places: Vec<(usize, usize, usize)> =
        (0..mutations).map(|_| (dice.below(1 << 16), dice.below(6), dice.below(256))).collect();
    let mut bytes: Vec<u8> =
        messages(dice).iter().flat_map(|message| framed(&edits::wire(message))).collect();
    for (place, kind, byte) in places {
        let at = place % bytes.len().max(1);
        match kind {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, byte as u8),
            2 => bytes[at] ^= byte as u8 | 1,
            3 => {
                let copied = bytes[at..].iter().take(byte).copied().collect::<Vec<_>>();
                bytes.splice(at..at, copied);
            }
            4 => {
                let end = (at + byte).min(bytes.len());
                bytes.drain(at..end);
            }
            _ => {
                bytes.splice(at..at, framed(b"[1"));
            }
        }
        if bytes.is_empty() {
            break;
        }
    }
    bytes
}
