//! A text that was typed and the same text opened anew get the same answers.

use luakit_robustness::asking::{after_delta, ask_all, evaluate_all, places, without_names};
use luakit_robustness::scripts::{Sample, examples, repository};
use luakit_robustness::session::{Answer, Session, uri};
use luakit_robustness::{Dice, edits, random_bytes};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn tokens_of(session: &mut Session, document: &Value) -> Answer {
    session.request("textDocument/semanticTokens/full", document.clone())
}

/// What is asked while the typing goes on: the text, and what is said of all of it.
const LOOKS: &[&str] = &[
    "luakit/syntaxTree",
    "textDocument/diagnostic",
    "textDocument/documentSymbol",
    "textDocument/semanticTokens/full",
    "textDocument/foldingRange",
];

fn look(session: &mut Session, uri: &str) -> Vec<(&'static str, i64)> {
    let params = json!({ "uri": uri, "textDocument": { "uri": uri } });
    LOOKS.iter().map(|method| (*method, session.ask(method, params.clone()))).collect()
}

/// Types into a sample as `bytes` say, and compares with a server that never saw anything but the outcome.
fn check(sample: &Sample, bytes: &[u8]) {
    let dice = &mut Dice::new(bytes);
    let folder = repository().join("examples");
    let uri = uri(&sample.path);
    let document = json!({ "textDocument": { "uri": uri } });
    let mut text = sample.text.clone();
    if dice.one_in(3) {
        text = text.replace('\n', if dice.one_in(3) { "\r" } else { "\r\n" });
    }
    let places_before = places(&text, dice, 1);
    let mut edited = Session::start(&folder);
    edited.open(&uri, 1, &text);
    ask_all(&mut edited, &uri, &text, &places_before);
    let tokens_before = tokens_of(&mut edited, &document);

    let mut version = 1;
    let mut opened = Session::start(&folder);
    let mut asked = Vec::new();
    while !dice.is_over() {
        version += 1;
        let changes: Vec<_> = (0..=dice.below(3))
            .map(|_| {
                let change = edits::change(dice, &text);
                change.apply(&mut text);
                change.to_json()
            })
            .collect();
        edited.change(&uri, version, json!(changes));
        // What is kept from one text to the next is only made when somebody asks, and what went wrong once may be
        // mended by the next edit.
        if dice.one_in(3) {
            opened.close(&uri);
            opened.open(&uri, version, &text);
            asked.push((look(&mut edited, &uri), look(&mut opened, &uri), text.clone()));
        }
    }
    for (edited_ids, opened_ids, text) in asked {
        for ((what, one), (_, other)) in edited_ids.into_iter().zip(opened_ids) {
            let (one, other) = (edited.answer(one), opened.answer(other));
            assert_eq!(without_names(one), without_names(other), "{what} amid the typing, in\n{text}");
        }
    }
    opened.end();
    let tree = edited.request("luakit/syntaxTree", json!({ "uri": uri })).unwrap();
    assert_eq!(tree["text"].as_str(), Some(&*text), "the server has another text");
    assert_eq!(tree["version"], version);

    let delta = tokens_before.ok().map(|before| {
        let mut params = document.clone();
        params["previousResultId"] = before["resultId"].clone();
        (before, edited.request("textDocument/semanticTokens/full/delta", params))
    });
    let places = places(&text, &mut Dice::new(&random_bytes(version as u64, 60)), 4);
    let mut fresh = Session::start(&folder);
    fresh.open(&uri, version, &text);
    compare(ask_all(&mut edited, &uri, &text, &places), ask_all(&mut fresh, &uri, &text, &places), &text);
    compare(evaluate_all(&mut edited, &uri, &text), evaluate_all(&mut fresh, &uri, &text), &text);
    if let Some((before, Ok(delta))) = delta {
        let whole = tokens_of(&mut fresh, &document).unwrap();
        let after = after_delta(&before, &delta);
        assert_eq!(after.as_ref(), whole["data"].as_array(), "the delta leads elsewhere, in\n{text}");
    }
    edited.end();
    fresh.end();
}

fn compare(edited: BTreeMap<String, Answer>, fresh: BTreeMap<String, Answer>, text: &str) {
    assert!(edited.keys().eq(fresh.keys()), "other things can be asked");
    for ((what, edited), fresh) in edited.into_iter().zip(fresh.into_values()) {
        let (edited, fresh) = (without_names(edited), without_names(fresh));
        // Where a loop was when its time was up is anyone's guess.
        if format!("{edited:?}{fresh:?}").contains("timed out") {
            continue;
        }
        assert_eq!(edited, fresh, "{what} depends on how the text came about, in\n{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24 * crate::times() as u32,
        max_shrink_iters: 60,
        failure_persistence: None,
        // The same everywhere, so that nobody is held up by what somebody else has to mend.
        rng_seed: RngSeed::Fixed(crate::variable("LUAKIT_NOISE_SEED").unwrap_or(0) as u64),
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_text_that_was_typed_is_answered_like_one_that_was_opened(
        sample in 0..examples().len(),
        bytes in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        check(&examples()[sample], &bytes);
    }
}

#[test]
fn long_typing_drifts_nowhere() {
    for seed in 0..3 * crate::times() {
        let sample = &examples()[seed * 5 % examples().len()];
        check(sample, &random_bytes(seed as u64, 4000));
    }
}
