//! Comments that silence findings: `-- luakit: ignore[code, …]`, at the end of its line or alone above it.

use crate::config::Config;
use luakit_analysis::Script;
use luakit_api::nearest;
use luakit_diagnostics::{CODES, Code, Diagnostic, Edit, Layer, Place, SourceFile, TextRange};
use std::path::Path;
use std::sync::Arc;

/// The comments of a file, and which of their codes have silenced something.
#[derive(Debug, Clone)]
pub struct Ignores {
    file: Arc<SourceFile>,
    codes: Vec<Ignored>,
    /// Findings in the comments themselves.
    faults: Vec<Diagnostic>,
}

#[derive(Debug, Clone)]
struct Ignored {
    code: Code,
    /// Where the code stands in the comment.
    range: TextRange,
    /// The line that it is about.
    line: usize,
    used: bool,
}

/// How much of a file was looked at: what nobody looked for must not be called absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// The text alone.
    Text,
    /// The text, and what a whole run finds.
    Run,
}

/// Findings that only the text can show. Everything else a dry run might have found.
const BY_TEXT: &[Code] = &[
    Code::SYNTAX,
    Code::UNKNOWN_NAME,
    Code::UNUSED_NAME,
    Code::DEPRECATED,
    Code::SHADOWED_BK,
    Code::UNUSED_STATE,
    Code::UNUSED_ARGUMENT,
];

impl Ignores {
    /// Reads the comments of a script. They come from its tokens, so that a string which looks like one is none.
    pub fn of(script: &Script) -> Ignores {
        let file = &script.file;
        let mut ignores = Ignores { file: file.clone(), codes: Vec::new(), faults: Vec::new() };
        let comments: Vec<TextRange> = script.comments().collect();
        for (index, range) in comments.iter().enumerate() {
            if let Some(rest) = directive(file.slice(*range)) {
                let line = ignores.line_of(&comments, index);
                ignores.read(*range, range.end - rest.len(), line);
            }
        }
        ignores
    }

    /// Tells whether the file has such comments at all.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty() && self.faults.is_empty()
    }

    /// Returns the line that a comment is about: its own, or if it is alone there, the next that is no comment.
    fn line_of(&self, comments: &[TextRange], index: usize) -> usize {
        let file = &self.file;
        let is_alone = |range: &TextRange| {
            let line = file.lines.start(file.lines.line(range.start));
            file.slice(TextRange::new(line, range.start)).trim().is_empty()
        };
        let Some(comment) = comments.get(index) else { return 0 };
        let mut line = file.lines.line(comment.start);
        if !is_alone(comment) {
            return line;
        }
        for comment in comments.iter().skip(index) {
            if file.lines.line(comment.start) != line || !is_alone(comment) {
                break;
            }
            line = file.lines.line(comment.end) + 1;
        }
        line
    }

    /// Reads the list of codes that begins at `start`.
    fn read(&mut self, comment: TextRange, start: usize, line: usize) {
        let file = self.file.clone();
        let rest = file.slice(TextRange::new(start, comment.end));
        let Some((list, _)) = rest.trim_start().strip_prefix('[').and_then(|rest| rest.split_once(']'))
        else {
            let message = "this comment silences nothing: it names no codes";
            let hint = "write the codes in brackets, as in `-- luakit: ignore[unused-state]`";
            self.fault(Code::UNUSED_IGNORE, comment, message.into(), Some(hint));
            return;
        };
        let mut offset = start + (rest.len() - rest.trim_start().len()) + 1;
        if list.trim().is_empty() {
            let message = "this comment silences nothing: its brackets are empty";
            self.fault(Code::UNUSED_IGNORE, comment, message.into(), None);
        }
        for part in list.split(',') {
            let name = part.trim();
            let from = offset + (part.len() - part.trim_start().len());
            let range = TextRange::new(from, from + name.len());
            offset += part.len() + 1;
            match Code::from_name(name) {
                Some(code) => self.codes.push(Ignored { code, range, line, used: false }),
                None if name.is_empty() => {}
                None => self.fault(Code::UNKNOWN_RULE, range, unknown_rule(name), None),
            }
        }
    }

    fn fault(&mut self, code: Code, range: TextRange, message: String, hint: Option<&str>) {
        let place = Place { file: self.file.clone(), range };
        let mut fault = Diagnostic::new(code, Layer::Static, place, message);
        fault.hints.extend(hint.map(str::to_owned));
        self.faults.push(fault);
    }

    /// Takes away the findings of this file that are silenced, and remembers by what.
    pub fn silence(&mut self, findings: &mut Vec<Diagnostic>) {
        findings.retain(|finding| {
            let line = self.file.lines.line(finding.place.range.start);
            let here = finding.place.file.name == self.file.name;
            let silences = |ignored: &&mut Ignored| ignored.code == finding.code && ignored.line == line;
            let mut silenced = false;
            for ignored in self.codes.iter_mut().filter(|_| here).filter(silences) {
                ignored.used = true;
                silenced = true;
            }
            !silenced
        });
    }

    /// Returns what is wrong with the comments themselves, after everything was silenced.
    pub fn findings(&self, seen: Seen) -> Vec<Diagnostic> {
        let could_be_seen = |ignored: &&Ignored| seen == Seen::Run || BY_TEXT.contains(&ignored.code);
        let unused = self.codes.iter().filter(|ignored| !ignored.used).filter(could_be_seen).map(|ignored| {
            let place = Place { file: self.file.clone(), range: ignored.range };
            let message = format!("there is no `{}` to silence at line {}", ignored.code, ignored.line);
            Diagnostic::new(Code::UNUSED_IGNORE, Layer::Static, place, message)
                .with_hint("take the code out of the comment")
        });
        self.faults.iter().cloned().chain(unused).collect()
    }
}

/// Makes of a file's findings what people are shown: without those that are silenced, at the levels of the project.
pub fn settle(
    mut findings: Vec<Diagnostic>,
    ignores: Option<(Ignores, Seen)>,
    config: &Config,
    path: &Path,
) -> Vec<Diagnostic> {
    if let Some((mut ignores, seen)) = ignores {
        ignores.silence(&mut findings);
        findings.extend(ignores.findings(seen));
    }
    findings.into_iter().filter_map(|finding| config.judge(path, finding)).collect()
}

/// Returns the edit that silences a code at the line of `offset`: in the comment that is there, in a new one at the
/// line's end, or in one above it.
pub fn silencing(script: &Script, code: Code, offset: usize) -> Option<Edit> {
    let file = &script.file;
    let ignores = Ignores::of(script);
    let comments: Vec<TextRange> = script.comments().collect();
    let line = file.lines.line(offset);
    let insert = |at: usize, text: String| Some(Edit { range: TextRange::new(at, at), text });
    for (index, comment) in comments.iter().enumerate() {
        let Some(rest) = directive(file.slice(*comment)) else { continue };
        let list = rest.trim_start().strip_prefix('[').and_then(|list| list.split_once(']'));
        if let Some((list, after)) = list.filter(|_| ignores.line_of(&comments, index) == line) {
            let at = comment.end - after.len() - 1;
            return insert(at, if list.trim().is_empty() { code.to_string() } else { format!(", {code}") });
        }
    }
    let text = file.lines.text(&file.text, line);
    let start = file.lines.start(line);
    let end = start + text.trim_end().len();
    let after_comment = comments.iter().any(|comment| comment.start < end && end <= comment.end);
    if !after_comment && !script.is_inside_token(end) {
        return insert(end, format!(" -- luakit: ignore[{code}]"));
    }
    let indent = text.get(..text.len() - text.trim_start().len()).unwrap_or("");
    let newline = if file.text.contains("\r\n") { "\r\n" } else { "\n" };
    let comment = format!("{indent}-- luakit: ignore[{code}]{newline}");
    if script.is_inside_token(start) { None } else { insert(start, comment) }
}

/// Returns what follows `luakit: ignore` in a comment.
fn directive(comment: &str) -> Option<&str> {
    let text = comment.trim_start_matches('-');
    let text = text.strip_prefix("[[").unwrap_or(text).trim_start();
    let rest = text.strip_prefix("luakit:")?.trim_start().strip_prefix("ignore")?;
    (!rest.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '-')).then_some(rest)
}

/// Says that a code does not exist, and which one is meant.
pub(crate) fn unknown_rule(name: &str) -> String {
    let meant = nearest(name, CODES.iter().map(|code| code.name()));
    let meant = meant.map_or(String::new(), |near| format!(", did you mean `{near}`?"));
    format!("unknown rule `{name}`{meant}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use luakit_check::worker;

    /// Silences one finding of `unused-state` in each line with a `!`, and tells what is left.
    fn left(text: &str, seen: Seen) -> Vec<String> {
        let file = Arc::new(SourceFile::new("build.lua", text));
        let script = worker::run(|| Script::parse(file.clone())).unwrap();
        let at = |(offset, _)| Place { file: file.clone(), range: TextRange::new(offset, offset + 1) };
        let finding = |place| Diagnostic::new(Code::UNUSED_STATE, Layer::Static, place, "it is not used");
        let mut findings: Vec<_> = text.match_indices('!').map(|found| finding(at(found))).collect();
        let mut ignores = Ignores::of(&script);
        ignores.silence(&mut findings);
        findings.extend(ignores.findings(seen));
        let line = |it: &Diagnostic| file.line_column(it.place.range.start).line;
        findings.iter().map(|it| format!("{}: {}", line(it), it.message)).collect()
    }

    #[test]
    fn a_comment_silences_its_line_or_alone_the_next() {
        let text = "a() --!luakit\n\
                    b('!') -- luakit: ignore[unused-state]\n\
                    -- luakit: ignore[unused-state, wrong-type]\n\
                    -- Why: it is run for its effect.\n\
                    c('!')\n\
                    d('-- luakit: ignore[syntax] !')\n";
        assert_eq!(
            left(text, Seen::Run),
            ["1: it is not used", "6: it is not used", "3: there is no `wrong-type` to silence at line 5"]
        );
    }

    /// Silences `unused-state` at the `!`, which then is silenced and nothing else.
    fn silenced(text: &str) -> String {
        let offset = text.find('!').unwrap();
        let file = Arc::new(SourceFile::new("build.lua", text));
        let script = worker::run(|| Script::parse(file.clone())).unwrap();
        let Some(edit) = silencing(&script, Code::UNUSED_STATE, offset) else { return "not offered".into() };
        let mut text = text.to_owned();
        text.replace_range(edit.range.start..edit.range.end, &edit.text);
        let without = left(&text, Seen::Run);
        assert!(without.iter().all(|it| !it.contains("unused")), "{text}: {without:?}");
        text
    }

    #[test]
    fn a_comment_that_silences_goes_where_there_is_room() {
        assert_eq!(silenced("a('!')  \n"), "a('!') -- luakit: ignore[unused-state]  \n");
        assert_eq!(
            silenced("a('!') -- luakit: ignore[wrong-type]"),
            "a('!') -- luakit: ignore[wrong-type, unused-state]"
        );
        assert_eq!(
            silenced("-- luakit: ignore[ ] why\na('!')"),
            "-- luakit: ignore[ unused-state] why\na('!')"
        );
        assert_eq!(
            silenced("do\r\n  a('!') -- why\r\nend"),
            "do\r\n  -- luakit: ignore[unused-state]\r\n  a('!') -- why\r\nend"
        );
        assert_eq!(silenced("a('!', [[\n]])"), "-- luakit: ignore[unused-state]\na('!', [[\n]])");
        assert_eq!(silenced("a([[\n! -- ]], [[\n]])"), "not offered");
    }

    #[test]
    fn what_only_a_run_finds_is_not_called_absent_without_one() {
        let text = "a() -- luakit: ignore[runtime-error, unused-state]\n";
        assert_eq!(left(text, Seen::Text), ["1: there is no `unused-state` to silence at line 1"]);
        assert_eq!(left(text, Seen::Run).len(), 2);
    }

    #[test]
    fn comments_that_mean_nothing_are_told() {
        let text = "a() -- luakit: ignore[unused-stat]\nb() -- luakit: ignore\nc() -- luakit: ignore[]\n";
        assert_eq!(
            left(text, Seen::Run),
            [
                "1: unknown rule `unused-stat`, did you mean `unused-state`?",
                "2: this comment silences nothing: it names no codes",
                "3: this comment silences nothing: its brackets are empty",
            ]
        );
    }
}
