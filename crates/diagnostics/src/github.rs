//! Findings as GitHub's workflow commands, which it shows at the lines of a pull request.

use crate::{Diagnostic, Severity};

/// Renders findings as workflow commands, a line each.
pub fn to_github(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(command).collect()
}

fn command(diagnostic: &Diagnostic) -> String {
    let place = &diagnostic.place;
    let start = place.file.line_column(place.range.start);
    let end = place.file.line_column(place.range.end);
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note | Severity::Hint => "notice",
    };
    let mut message = diagnostic.message.clone();
    for related in &diagnostic.related {
        let at = related.place.file.line_column(related.place.range.start);
        message.push_str(&format!(
            "\n{} {}:{}:{}",
            related.message, related.place.file.name, at.line, at.column
        ));
    }
    for hint in &diagnostic.hints {
        message.push_str(&format!("\nhint: {hint}"));
    }
    // GitHub takes columns only where a finding stays in its line.
    let columns = if start.line == end.line {
        format!(",col={},endColumn={}", start.column, end.column)
    } else {
        String::new()
    };
    format!(
        "::{level} file={},line={},endLine={}{columns},title={}::{}\n",
        property(&place.file.name),
        start.line,
        end.line,
        property(diagnostic.code.name()),
        data(&message)
    )
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Code, Layer, Place, SourceFile, TextRange};
    use std::sync::Arc;

    #[test]
    fn what_github_reads_as_syntax_is_escaped() {
        let file = Arc::new(SourceFile::new("a,b.lua", "bk.x()\n"));
        let place = Place { file, range: TextRange::new(3, 4) };
        let finding =
            Diagnostic::new(Code::UNKNOWN_FUNCTION, Layer::Static, place, "100% wrong").with_hint("no");
        assert_eq!(
            to_github(&[finding]),
            "::error file=a%2Cb.lua,line=1,endLine=1,col=4,endColumn=5,title=unknown-function::\
             100%25 wrong%0Ahint: no\n"
        );
    }
}
