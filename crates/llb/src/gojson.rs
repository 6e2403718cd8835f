//! JSON as Go writes it. Some attributes hold JSON, and digests must be those of Go's client.

use std::fmt::Write;

/// Writes a list of strings as Go's `json.Marshal` does, which escapes `<`, `>`, `&` and two line separators.
pub(crate) fn strings(list: &[String]) -> String {
    let mut json = String::from("[");
    for (index, text) in list.iter().enumerate() {
        if index > 0 {
            json.push(',');
        }
        string(&mut json, text);
    }
    json.push(']');
    json
}

fn string(json: &mut String, text: &str) {
    json.push('"');
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\u{8}' => json.push_str("\\b"),
            '\u{c}' => json.push_str("\\f"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            '\0'..='\x1f' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                // Writing to a string cannot fail.
                let _ = write!(json, "\\u{:04x}", u32::from(c));
            }
            c => json.push(c),
        }
    }
    json.push('"');
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_html_could_trip_over_is_escaped() {
        let list = ["<a&b>", "\"\\", "\n\u{8}\u{1}\u{7f}", "é\u{2028}"].map(str::to_owned);
        let json = r#"["\u003ca\u0026b\u003e","\"\\","\n\b\u0001"#.to_owned() + "\u{7f}" + r#"","é\u2028"]"#;
        assert_eq!(super::strings(&list), json);
    }
}
