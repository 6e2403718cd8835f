//! Findings as JSON for other tools.

use crate::{Diagnostic, Place};
use serde_json::{Value, json};

/// Renders findings as one JSON object: `{"diagnostics": […], "errors": n, "warnings": n}`.
///
/// Lines and columns count from 1, columns in characters; an end is just past the last character.
pub fn to_json(diagnostics: &[Diagnostic]) -> Value {
    let count = |severity| diagnostics.iter().filter(|d| d.severity == severity).count();
    json!({
        "diagnostics": diagnostics.iter().map(diagnostic).collect::<Vec<_>>(),
        "errors": count(crate::Severity::Error),
        "warnings": count(crate::Severity::Warning),
    })
}

fn diagnostic(d: &Diagnostic) -> Value {
    let mut value = place(&d.place);
    value["severity"] = json!(d.severity.name());
    value["code"] = json!(d.code.name());
    value["message"] = json!(d.message);
    value["hints"] = json!(d.hints);
    value["related"] = d
        .related
        .iter()
        .map(|related| {
            let mut value = place(&related.place);
            value["message"] = json!(related.message);
            value
        })
        .collect();
    value["fixes"] = d
        .fixes
        .iter()
        .map(|fix| {
            let edits: Vec<Value> = fix
                .edits
                .iter()
                .map(|edit| {
                    let mut value = place(&Place { file: d.place.file.clone(), range: edit.range });
                    value["text"] = json!(edit.text);
                    value
                })
                .collect();
            json!({ "title": fix.title, "safe": fix.safe, "edits": edits })
        })
        .collect();
    value
}

fn place(place: &Place) -> Value {
    let start = place.file.line_column(place.range.start);
    let end = place.file.line_column(place.range.end);
    json!({
        "file": place.file.name,
        "line": start.line,
        "column": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}
