//! Asking all there is to ask, and comparing what is answered.

use crate::edits::{offset, position};
use crate::requests::{ALL, About, Request};
use crate::session::{Answer, Session};
use serde_json::{Value, json};
use std::collections::BTreeMap;

use About::{Document, Evaluation, Item, Position, Range, Workspace};

/// Asks everything about a document and everything at some of its places, and returns the answers by what was asked.
pub fn ask_all(session: &mut Session, uri: &str, text: &str, places: &[usize]) -> BTreeMap<String, Answer> {
    let mut answers = BTreeMap::new();
    let mut asked = Vec::new();
    for request in ALL {
        match request.about {
            Document | Workspace => {
                let id = session.ask(request.method, request.params(uri, text, 0));
                asked.push((request, 0, id));
            }
            Position | Range => {
                for at in places {
                    let id = session.ask(request.method, request.params(uri, text, *at));
                    asked.push((request, *at, id));
                }
            }
            Item { .. } | Evaluation => {}
        }
    }
    let mut items: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for (request, at, id) in asked {
        let answer = session.answer(id);
        let name = format!("{} at {at}", request.method);
        request.judge(&answer, &session.capabilities, &name);
        if let Ok(answer) = &answer {
            items.entry(request.method).or_default().extend(first_items(answer));
        }
        answers.insert(name, answer);
    }
    for request in ALL {
        let Item { of, key } = request.about else { continue };
        let mut params: Vec<Value> = items.get(of).cloned().unwrap_or_default();
        if let Some(key) = key {
            params = params.into_iter().map(|item| json!({ key: item })).collect();
        }
        if params.is_empty() && !request.is_advertised(&session.capabilities) {
            params.push(request.params(uri, text, 0));
        }
        for (i, params) in params.into_iter().enumerate() {
            let answer = session.request(request.method, params);
            let name = format!("{} of {of} {i}", request.method);
            request.judge(&answer, &session.capabilities, &name);
            answers.insert(name, answer);
        }
    }
    answers
}

/// Asks what needs an evaluation, one after the other.
pub fn evaluate_all(session: &mut Session, uri: &str, text: &str) -> BTreeMap<String, Answer> {
    let ask = |request: &Request| {
        let answer = session.request(request.method, request.params(uri, text, 0));
        request.judge(&answer, &session.capabilities, request.method);
        (request.method.to_owned(), answer)
    };
    ALL.iter().filter(|it| it.about == Evaluation).map(ask).collect()
}

/// Returns a few items of an answer, which some requests wrap into an object.
fn first_items(answer: &Value) -> Vec<Value> {
    let list = answer.get("items").unwrap_or(answer);
    list.as_array().into_iter().flatten().take(2).cloned().collect()
}

/// Returns an answer without what names it only.
pub fn without_names(mut answer: Answer) -> Answer {
    if let Ok(Value::Object(answer)) = &mut answer {
        answer.remove("resultId");
    }
    answer
}

/// Returns the data of semantic tokens after the edits of a delta, or the whole that was sent instead.
pub fn after_delta(before: &Value, delta: &Value) -> Option<Vec<Value>> {
    let Some(edits) = delta.get("edits") else { return delta["data"].as_array().cloned() };
    let mut data = before["data"].as_array()?.clone();
    let mut edits = edits.as_array()?.clone();
    // Offsets count in the data as it was.
    edits.sort_by_key(|edit| std::cmp::Reverse(edit["start"].as_u64()));
    for edit in edits {
        let start = edit["start"].as_u64()? as usize;
        let end = start + edit["deleteCount"].as_u64()? as usize;
        let new = edit["data"].as_array().cloned().unwrap_or_default();
        if end > data.len() {
            return None;
        }
        data.splice(start..end, new);
    }
    Some(data)
}

/// Returns some places of a text: its ends, and others spread by `dice`.
pub fn places(text: &str, dice: &mut crate::Dice, count: usize) -> Vec<usize> {
    let mut places: Vec<usize> =
        (0..count).map(|_| crate::scripts::ceil(text, dice.below(text.len() + 1))).collect();
    places.push(text.len());
    // As clients can name them.
    places.iter_mut().for_each(|at| *at = offset(text, position(text, *at)));
    places.sort_unstable();
    places.dedup();
    places
}
