//! Each request of the protocol is answered if it is advertised, and refused by the right error if it is not.

use luakit_robustness::asking::{ask_all, evaluate_all};
use luakit_robustness::requests::{ALL, assert_complete};
use luakit_robustness::scripts::{examples, repository};
use luakit_robustness::session::{Session, uri};
use serde_json::json;

#[test]
fn what_is_advertised_is_answered_and_the_rest_is_refused() {
    let mut session = Session::start(&repository().join("examples"));
    assert_complete(&session.capabilities);
    for sample in examples() {
        let uri = uri(&sample.path);
        session.open(&uri, 1, &sample.text);
        let middle = sample.text.find("bk.").unwrap_or(0) + 3;
        ask_all(&mut session, &uri, &sample.text, &[0, middle, sample.text.len()]);
        evaluate_all(&mut session, &uri, &sample.text);
    }
    session.end();
}

#[test]
fn a_document_that_is_not_open_is_no_reason_to_fail() {
    let mut session = Session::start(&repository().join("examples"));
    ask_all(&mut session, "file:///nowhere/build.lua", "bk.image('a')\n", &[3]);
    ask_all(&mut session, "untitled:Untitled-1", "bk.image('a')\n", &[3]);
    evaluate_all(&mut session, "file:///nowhere/build.lua", "");
    session.end();
}

#[test]
fn parameters_that_are_none_are_told_so() {
    let mut session = Session::start(&repository().join("examples"));
    for request in ALL {
        for params in [json!({}), json!([1]), json!("x"), json!({ "textDocument": 3, "uri": 7 })] {
            let answer = session.request(request.method, params.clone());
            let Err((code, message)) = answer else {
                // Parameters that are all optional are none that can be missed.
                assert_eq!(params, json!({}), "{} takes {params}", request.method);
                continue;
            };
            // Those of ours that are not there yet are known by nobody.
            let is_refused = code == -32602 || code == -32601 && request.capability.is_none();
            let is_unknown = code == -32601 && !request.is_advertised(&session.capabilities);
            assert!(is_refused || is_unknown, "{} with {params}: {code} {message}", request.method);
        }
    }
    session.end();
}

#[test]
fn commands_take_no_arguments_that_are_none() {
    let mut session = Session::start(&repository().join("examples"));
    let commands = session.capabilities["executeCommandProvider"]["commands"].clone();
    for command in commands.as_array().into_iter().flatten() {
        for arguments in [json!([]), json!([{}]), json!([3, null]), json!(["file:///nowhere/build.lua"])] {
            let params = json!({ "command": command, "arguments": arguments });
            let answer = session.request("workspace/executeCommand", params);
            let request = ALL.iter().find(|it| it.method == "workspace/executeCommand").unwrap();
            request.judge(&answer, &session.capabilities, &command.to_string());
        }
    }
    session.end();
}
