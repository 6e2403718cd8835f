//! What an edit does to a graph, as JSON for programs.

use super::{Cause, Change, Files, GraphDiff, OpDiff, OpRef};
use serde_json::{Map, Value, json};

/// Renders a difference: `ops` of the new graph, `removed` ones of the old one, and `summary`.
pub fn render(diff: &GraphDiff, before: &Files<'_>, after: &Files<'_>) -> String {
    format!("{:#}\n", value(diff, before, after))
}

/// Returns what [`render`] writes.
pub fn value(diff: &GraphDiff, before: &Files<'_>, after: &Files<'_>) -> Value {
    let ops = diff.ops.iter().enumerate();
    let ops: Vec<Value> = ops.map(|(number, it)| op(diff, number, it, before, after)).collect();
    let summary = diff.summary();
    json!({
        "same": diff.is_same(),
        "resultChanged": diff.result_changed,
        "ops": ops,
        "removed": diff.removed.iter().map(|it| op_ref(it, before)).collect::<Vec<_>>(),
        "summary": {
            "added": summary.added,
            "changed": summary.changed,
            "removed": summary.removed,
            "unchanged": summary.unchanged,
            "runs": summary.runs,
            "depends": summary.depends,
            "cached": summary.cached,
        },
    })
}

fn op(diff: &GraphDiff, number: usize, op: &OpDiff, before: &Files<'_>, after: &Files<'_>) -> Value {
    let mut map = Map::new();
    if let Value::Object(named) = op_ref(&op.op, after) {
        map.extend(named);
    }
    map.insert("status".to_owned(), json!(op.status.name()));
    map.insert("rebuild".to_owned(), json!(op.rebuild.name()));
    map.insert("unseen".to_owned(), json!(op.unseen));
    map.insert("changes".to_owned(), op.changes.iter().map(change).collect());
    map.insert("before".to_owned(), op.before.as_ref().map_or(Value::Null, |it| op_ref(it, before)));
    map.insert("cause".to_owned(), op.cause.map_or(Value::Null, |it| cause(diff, number, it)));
    Value::Object(map)
}

fn op_ref(op: &OpRef, files: &Files<'_>) -> Value {
    let locations: Vec<Value> = op.locations.iter().map(|it| files.json(it)).collect();
    json!({
        "index": op.index,
        "digest": op.digest.as_str(),
        "type": op.kind,
        "name": op.name,
        "locations": locations,
    })
}

fn change(change: &Change) -> Value {
    json!({"what": change.what, "before": change.before, "after": change.after})
}

/// The digests of the ops that lead to the reason, nearest first; of an op that is itself the reason there are none.
fn cause(diff: &GraphDiff, number: usize, cause: Cause) -> Value {
    let chain = diff.chain(number);
    let digest = |it: &usize| diff.ops.get(*it).map(|it| it.op.digest.as_str());
    let through: Vec<_> = chain.iter().skip(1).filter_map(digest).collect();
    json!({"kind": cause.name(), "through": through})
}
