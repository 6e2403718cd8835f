//! Findings as text for a terminal: place, message, the line with carets, the trace, advice.

use crate::{Diagnostic, Place, Severity};

/// Renders one finding, with a line break at its end.
///
/// An error begins `FILE:LINE:COL: message`; other levels name themselves before the message.
pub fn render_text(diagnostic: &Diagnostic, color: bool) -> String {
    let paint = Paint { color };
    let place = &diagnostic.place;
    let level = match diagnostic.severity {
        Severity::Error => String::new(),
        Severity::Warning => paint.yellow("warning: "),
        other => paint.cyan(&format!("{}: ", other.name())),
    };
    let mut out = format!(
        "{}: {level}{} {}\n",
        paint.bold(&position(place)),
        paint.bold(&diagnostic.message),
        paint.dim(&format!("[{}]", diagnostic.code))
    );
    out.push_str(&excerpt(place, &paint, diagnostic.severity));
    for related in &diagnostic.related {
        out.push_str(&format!("  {} {}\n", related.message, position(&related.place)));
    }
    for hint in &diagnostic.hints {
        out.push_str(&format!("{} {hint}\n", paint.cyan("hint:")));
    }
    out
}

fn position(place: &Place) -> String {
    let at = place.file.line_column(place.range.start);
    format!("{}:{}:{}", place.file.name, at.line, at.column)
}

fn excerpt(place: &Place, paint: &Paint, severity: Severity) -> String {
    let file = &place.file;
    let start = file.line_column(place.range.start);
    let end = file.line_column(place.range.end);
    let line = file.lines.text(&file.text, start.line);
    if line.trim().is_empty() {
        return String::new();
    }
    // A control character in the script must not reach the terminal; a tab is as wide as its caret.
    let shown: String = line
        .chars()
        .map(|c| {
            if c == '\t' {
                ' '
            } else if c.is_control() {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect();
    let width = if end.line == start.line {
        end.column.saturating_sub(start.column)
    } else {
        (line.chars().count() + 1).saturating_sub(start.column)
    };
    let number = start.line.to_string();
    let pad = " ".repeat(number.len());
    let carets = format!("{}{}", " ".repeat(start.column - 1), "^".repeat(width.max(1)));
    let carets = if severity == Severity::Error { paint.red(&carets) } else { paint.yellow(&carets) };
    format!(" {} {shown}\n {} {carets}\n", paint.dim(&format!("{number} |")), paint.dim(&format!("{pad} |")))
}

struct Paint {
    color: bool,
}

impl Paint {
    fn wrap(&self, code: &str, text: &str) -> String {
        if self.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
    fn bold(&self, text: &str) -> String {
        self.wrap("1", text)
    }
    fn dim(&self, text: &str) -> String {
        self.wrap("2", text)
    }
    fn red(&self, text: &str) -> String {
        self.wrap("31;1", text)
    }
    fn yellow(&self, text: &str) -> String {
        self.wrap("33;1", text)
    }
    fn cyan(&self, text: &str) -> String {
        self.wrap("36;1", text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Code, Layer, Related, SourceFile, TextRange};
    use std::sync::Arc;

    #[test]
    fn a_finding_shows_its_line_its_trace_and_its_hint() {
        let file = Arc::new(SourceFile::new("build.lua", "local é = 1\n\tbk.image(\"\")\n"));
        let at = |start, end| Place { file: file.clone(), range: TextRange::new(start, end) };
        let mut finding = Diagnostic::new(
            Code::INVALID_VALUE,
            Layer::Static,
            at(23, 25),
            "bk.image: identifier must not be empty",
        )
        .with_hint("name an image");
        finding.related.push(Related { place: at(0, 5), message: "called from".into() });
        assert_eq!(
            render_text(&finding, false),
            "build.lua:2:11: bk.image: identifier must not be empty [invalid-value]\n \
             2 |  bk.image(\"\")\n   |           ^^\n  called from build.lua:1:1\nhint: name an image\n"
        );
    }
}
