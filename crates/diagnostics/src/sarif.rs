//! Findings as SARIF 2.1.0, for code scanning services.

use crate::{CODES, Code, Diagnostic, Place, Severity};
use serde_json::{Value, json};

/// Renders findings as a SARIF log of one run. Columns count characters (`unicodeCodePoints`).
pub fn to_sarif(diagnostics: &[Diagnostic], version: &str) -> Value {
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "luakit",
                "semanticVersion": version,
                "rules": CODES.iter().map(|code| rule(*code)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": diagnostics.iter().map(result).collect::<Vec<_>>(),
        }],
    })
}

fn rule(code: Code) -> Value {
    json!({
        "id": code.name(),
        "shortDescription": { "text": code.meaning().trim() },
        "defaultConfiguration": { "level": level(code.severity()) },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note | Severity::Hint => "note",
    }
}

fn result(diagnostic: &Diagnostic) -> Value {
    let mut text = diagnostic.message.clone();
    for hint in &diagnostic.hints {
        text.push_str(&format!("\nhint: {hint}"));
    }
    let related = diagnostic.related.iter().enumerate().map(|(id, related)| {
        let mut value = location(&related.place);
        value["id"] = json!(id);
        value["message"] = json!({ "text": related.message });
        value
    });
    json!({
        "ruleId": diagnostic.code.name(),
        "ruleIndex": CODES.iter().position(|code| *code == diagnostic.code),
        "level": level(diagnostic.severity),
        "message": { "text": text },
        "locations": [location(&diagnostic.place)],
        "relatedLocations": related.collect::<Vec<_>>(),
    })
}

fn location(place: &Place) -> Value {
    let start = place.file.line_column(place.range.start);
    let end = place.file.line_column(place.range.end);
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(&place.file.name) },
        "region": {
            "startLine": start.line, "startColumn": start.column,
            "endLine": end.line, "endColumn": end.column,
        },
    } })
}

/// Writes a path as a URI reference.
fn uri(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    path.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Layer, SourceFile, TextRange};
    use std::sync::Arc;

    #[test]
    fn a_result_names_its_rule_and_its_place() {
        let file = Arc::new(SourceFile::new("my dir/é.lua", "x\nbk.é()\n"));
        let place = Place { file, range: TextRange::new(5, 7) };
        let log = to_sarif(&[Diagnostic::new(Code::UNKNOWN_FUNCTION, Layer::Static, place, "no")], "1.0.0");
        let result = &log["runs"][0]["results"][0];
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(log["runs"][0]["tool"]["driver"]["rules"][index]["id"], "unknown-function");
        let location = &result["locations"][0]["physicalLocation"];
        assert_eq!(location["artifactLocation"]["uri"], "my%20dir/%C3%A9.lua");
        assert_eq!(
            location["region"],
            json!({ "startLine": 2, "startColumn": 4, "endLine": 2, "endColumn": 5 })
        );
    }
}
