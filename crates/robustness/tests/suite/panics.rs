//! A panic costs the request it happens in, and nothing else.

use luakit_robustness::scripts::repository;
use luakit_robustness::session::Session;
use serde_json::json;

/// What is asked by debug builds only, which tests are.
fn panic(place: &str) -> (Result<serde_json::Value, (i64, String)>, Vec<String>) {
    let mut session = Session::start(&repository().join("examples"));
    let uri = "untitled:Untitled-1";
    session.open(uri, 1, "local s = bk.image('a')\n");
    let before = session.ask("luakit/syntaxTree", json!({ "uri": uri }));
    let panicked = session.ask("luakit/panic", json!({ "place": place }));
    session.change(uri, 2, json!([{ "text": "bk.nope()\n" }]));
    let after = session.ask("textDocument/diagnostic", json!({ "textDocument": { "uri": uri } }));
    let answer = session.answer(panicked);
    assert_eq!(session.answer(before).unwrap()["version"], 1, "what was asked before is answered");
    let findings = session.answer(after).unwrap();
    assert!(findings.to_string().contains("bk.nope"), "and what was sent after it is done: {findings}");
    // What is put into the outbox goes out in order.
    session.request("luakit/status", json!({ "uri": uri })).unwrap();
    let complaints = session.complaints();
    session.end();
    (answer, complaints)
}

#[test]
fn in_a_handler_it_is_answered_and_reported() {
    for place in ["handler", "later", "session"] {
        let (answer, complaints) = panic(place);
        assert_eq!(answer.unwrap_err().0, -32603, "{place}");
        assert!(complaints.concat().contains("luakit/panic failed: as asked"), "{place}: {complaints:?}");
    }
}

#[test]
fn on_a_worker_it_is_answered_with_what_happened() {
    let (answer, _) = panic("worker");
    assert_eq!(answer, Err((-32803, "luakit failed: as asked, on the worker".into())));
}
