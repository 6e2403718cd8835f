//! What is told of tests: to people, to programs, and to CI services.

use super::Tested;
use crate::output;
use luakit_check::TestOutcome;
use luakit_diagnostics::{render_text, to_json};
use serde_json::{Value, json};
use similar::{ChangeTag, TextDiff};
use std::io::{self, IsTerminal};

/// Writes the tests of a file, a line for each, with all that is known of those that failed.
pub(super) fn file(tests: &[Tested]) -> String {
    let Some(first) = tests.first() else { return String::new() };
    let color = output::use_color(io::stdout().is_terminal());
    let paint = |code: &str, text: &str| {
        if color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    };
    let mut out = format!("{}\n", first.file);
    for test in tests {
        let mark = match &test.outcome {
            None => paint("33", "skipped"),
            Some(outcome) if outcome.passed() => paint("32", "ok     "),
            Some(_) => paint("31;1", "FAILED "),
        };
        out.push_str(&format!("  {mark} {}\n", test.name));
    }
    for test in tests.iter().filter(|test| test.failed()) {
        let Some(outcome) = &test.outcome else { continue };
        out.push_str(&format!("\n{} {}\n", paint("31;1", "FAILED"), test.name));
        for finding in &outcome.findings {
            out.push_str(&render_text(finding, color));
        }
        out.push_str(&difference(outcome, &paint));
        if !outcome.output.is_empty() {
            out.push_str(&format!("it printed:\n{}\n", outcome.output.trim_end()));
        }
    }
    out.push('\n');
    out
}

/// Writes both sides of an expectation: line by line where there are two.
fn difference(outcome: &TestOutcome, paint: &dyn Fn(&str, &str) -> String) -> String {
    let side = |name: &str, text: &str| format!("{name}:\n{}\n", text.trim_end());
    match (&outcome.difference.expected, &outcome.difference.actual) {
        (None, None) => String::new(),
        (Some(expected), None) => side("expected", expected),
        (None, Some(actual)) => side("got", actual),
        (Some(expected), Some(actual)) => {
            let (expected, actual) = (format!("{expected}\n"), format!("{actual}\n"));
            let diff = TextDiff::from_lines(&expected, &actual);
            let mut out = format!("{} {}\n", paint("31", "- expected"), paint("32", "+ got"));
            for change in diff.iter_all_changes() {
                let line = change.value().trim_end();
                out.push_str(&match change.tag() {
                    ChangeTag::Delete => paint("31", &format!("- {line}")),
                    ChangeTag::Insert => paint("32", &format!("+ {line}")),
                    ChangeTag::Equal => format!("  {line}"),
                });
                out.push('\n');
            }
            out
        }
    }
}

/// Counts those that passed, failed and were skipped.
fn counts(tests: &[Tested]) -> (usize, usize, usize) {
    let failed = tests.iter().filter(|test| test.failed()).count();
    let skipped = tests.iter().filter(|test| test.outcome.is_none()).count();
    (tests.len() - failed - skipped, failed, skipped)
}

pub(super) fn summary(tests: &[Tested]) -> String {
    let (passed, failed, skipped) = counts(tests);
    let skipped = if skipped > 0 { format!(", {skipped} skipped") } else { String::new() };
    format!("{passed} passed, {failed} failed{skipped}\n")
}

fn status(test: &Tested) -> &'static str {
    match &test.outcome {
        None => "skipped",
        Some(outcome) if outcome.passed() => "passed",
        Some(_) => "failed",
    }
}

/// Returns where a test is declared, from 1.
fn line_of(test: &Tested) -> Option<usize> {
    test.place.as_ref().map(|place| place.file.line_column(place.range.start).line)
}

pub(super) fn json(tests: &[Tested]) -> String {
    let (passed, failed, skipped) = counts(tests);
    let listed: Vec<Value> = tests
        .iter()
        .map(|test| {
            let mut value = json!({
                "file": test.file, "line": line_of(test), "name": test.name, "status": status(test),
            });
            if let Some(outcome) = &test.outcome {
                value["seconds"] = json!(outcome.time.as_secs_f64());
                value["findings"] = to_json(&outcome.findings)["diagnostics"].take();
                value["expected"] = json!(outcome.difference.expected);
                value["actual"] = json!(outcome.difference.actual);
                value["output"] = json!(outcome.output);
            }
            value
        })
        .collect();
    format!("{:#}\n", json!({ "tests": listed, "passed": passed, "failed": failed, "skipped": skipped }))
}

/// Writes the form of report that CI services have agreed on.
pub(super) fn junit(tests: &[Tested]) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for tests in tests.chunk_by(|a, b| a.file == b.file) {
        let (_, failed, skipped) = counts(tests);
        let file = tests.first().map_or("", |test| &test.file);
        out.push_str(&format!(
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failed}\" skipped=\"{skipped}\">\n",
            escaped(file),
            tests.len(),
        ));
        for test in tests {
            let seconds = test.outcome.as_ref().map_or(0.0, |outcome| outcome.time.as_secs_f64());
            let line = line_of(test).map_or(String::new(), |line| format!(" line=\"{line}\""));
            let (name, file) = (escaped(&test.name), escaped(&test.file));
            out.push_str(&format!(
                "    <testcase name=\"{name}\" classname=\"{file}\" file=\"{file}\"{line} time=\"{seconds:.3}\""
            ));
            out.push_str(&match &test.outcome {
                None => "><skipped/></testcase>\n".to_owned(),
                Some(outcome) if outcome.passed() => "/>\n".to_owned(),
                Some(outcome) => {
                    let message = outcome.findings.first().map_or("", |finding| finding.message.as_str());
                    let findings: String =
                        outcome.findings.iter().map(|finding| render_text(finding, false)).collect();
                    let text = findings + &difference(outcome, &|_, text| text.to_owned());
                    let (message, text) = (escaped(message), escaped(&text));
                    format!("><failure message=\"{message}\">{text}</failure></testcase>\n")
                }
            });
        }
        out.push_str("  </testsuite>\n");
    }
    out + "</testsuites>\n"
}

/// Writes text so that XML takes it for text. What XML cannot hold at all becomes U+FFFD.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            c if c.is_control() && c != '\t' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
