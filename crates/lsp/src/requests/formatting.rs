//! `textDocument/formatting` and `textDocument/rangeFormatting`: StyLua's style, in edits that touch no more than what
//! changes, so that cursors and folds stay.

use crate::requests::work;
use crate::session::{Shared, View};
use luakit_diagnostics::{Edit, TextRange};
use luakit_format::{Config, Error};
use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};
use std::time::{Duration, Instant};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::*;

/// How long the edits may be made small; after that they become larger, not wrong.
const PATIENCE: Duration = Duration::from_millis(300);

/// Formats a document, or the statements in a range. What cannot be formatted stays as it is, and the log tells why.
pub(crate) async fn formatting(
    shared: &Shared,
    view: View,
    range: Option<Range>,
    options: &FormattingOptions,
) -> Result<Option<Vec<TextEdit>>> {
    let own = Config::indented(options.insert_spaces, options.tab_size as usize);
    let formatted = work(move || {
        let edits = formatted(&view, range, own)?;
        let text_edit = |it: Edit| TextEdit { range: view.range(it.range), new_text: it.text };
        Ok::<Vec<TextEdit>, Option<String>>(edits.into_iter().map(text_edit).collect())
    });
    match formatted.await? {
        Ok(edits) => Ok(Some(edits)),
        Err(why) => {
            if let Some(why) = why {
                shared.lock().outbox.log(MessageType::WARNING, format!("not formatted: {why}"));
            }
            Ok(None)
        }
    }
}

/// Returns the edits, or why there are none. That a script is broken is told where it is, and that a file is to be left
/// alone in its `.styluaignore`.
fn formatted(
    view: &View,
    range: Option<Range>,
    own: Config,
) -> std::result::Result<Vec<Edit>, Option<String>> {
    if view.is_of_library() {
        return Err(Some("the file belongs to luakit's library".into()));
    }
    let text = &view.snapshot.file.text;
    let config = match &view.path {
        Some(path) if luakit_format::is_ignored(path) => return Err(None),
        Some(path) => Config::of_file(path, own, |path| path.display().to_string()).map_err(Some)?,
        None => own,
    };
    // The formatter would read over such a line end, and take what follows for a comment.
    if text.replace("\r\n", "").contains('\r') {
        return Err(Some("a line ends with a lone carriage return".into()));
    }
    let range = range.map(|range| {
        let lines = &view.snapshot.file.lines;
        let last = lines.line(view.offset(range.end));
        let end = lines.start(last) + lines.text(text, last).len();
        lines.start(lines.line(view.offset(range.start)))..end
    });
    match luakit_format::format(text, &config, range) {
        Ok(formatted) => Ok(edits(text, &formatted)),
        Err(Error::Syntax { .. }) => Err(None),
        Err(error) => Err(Some(error.to_string())),
    }
}

/// Returns the edits that lead from one text to another: of the lines that differ, what differs in them.
fn edits(old: &str, new: &str) -> Vec<Edit> {
    let (before, after) = (lines(old), lines(new));
    let deadline = Some(Instant::now() + PATIENCE);
    let ops = capture_diff_slices_deadline(Algorithm::Patience, &before, &after, deadline);
    let starts = |lines: &[&str]| {
        let mut starts = vec![0];
        starts.extend(lines.iter().scan(0, |end, line| {
            *end += line.len();
            Some(*end)
        }));
        starts
    };
    let (old_starts, new_starts) = (starts(&before), starts(&after));
    let span = |starts: &[usize], lines: std::ops::Range<usize>| {
        let at = |line: usize| starts.get(line).copied().unwrap_or(0);
        TextRange::new(at(lines.start), at(lines.end))
    };
    let end = DiffOp::Equal { old_index: before.len(), new_index: after.len(), len: 0 };
    let mut edits = Vec::new();
    let (mut old_line, mut new_line) = (0, 0);
    // What lies between two runs of equal lines has changed.
    for op in ops.into_iter().chain([end]) {
        let DiffOp::Equal { old_index, new_index, len } = op else { continue };
        if old_line < old_index || new_line < new_index {
            let (from, to) = (span(&old_starts, old_line..old_index), span(&new_starts, new_line..new_index));
            edits.push(trimmed(old, from, new, to));
        }
        (old_line, new_line) = (old_index + len, new_index + len);
    }
    edits
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// Leaves out of a replacement what both sides begin and end with.
fn trimmed(old: &str, from: TextRange, new: &str, to: TextRange) -> Edit {
    let (before, after) = (slice(old, from), slice(new, to));
    // No cut goes through a character, nor between CR and LF, which is no position.
    let is_cut = |text: &str, at: usize| {
        text.is_char_boundary(at) && !(text[..at].ends_with('\r') && text[at..].starts_with('\n'))
    };
    let mut prefix = before.bytes().zip(after.bytes()).take_while(|(a, b)| a == b).count();
    while !is_cut(before, prefix) || !is_cut(after, prefix) {
        prefix -= 1;
    }
    let (rest, new_rest) = (&before[prefix..], &after[prefix..]);
    let mut suffix = rest.bytes().rev().zip(new_rest.bytes().rev()).take_while(|(a, b)| a == b).count();
    while !is_cut(rest, rest.len() - suffix) || !is_cut(new_rest, new_rest.len() - suffix) {
        suffix -= 1;
    }
    Edit {
        range: TextRange::new(from.start + prefix, from.end - suffix),
        text: new_rest[..new_rest.len() - suffix].to_owned(),
    }
}

fn slice(text: &str, range: TextRange) -> &str {
    text.get(range.start..range.end).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;
    use luakit_check::{DiskLoader, Options, dry_run, worker};
    use luakit_diagnostics::SourceFile;
    use proptest::prelude::*;
    use std::path::{Path, PathBuf};
    use std::sync::Arc;

    fn applied(text: &str, edits: &[Edit]) -> String {
        let mut out = text.to_owned();
        for edit in edits.iter().rev() {
            out.replace_range(edit.range.start..edit.range.end, &edit.text);
        }
        out
    }

    #[test]
    fn edits_touch_what_changes_and_nothing_else() {
        let old = "local a = 1\nlocal  b=2\r\nlocal é='x'\nlocal c\n";
        let new = "local a = 1\nlocal b = 2\r\nlocal é=\"x\"\nlocal c\n\n";
        let shown: Vec<_> =
            edits(old, new).iter().map(|it| (slice(old, it.range).to_owned(), it.text.clone())).collect();
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(shown, [pair(" b=2\r\nlocal é='x'", "b = 2\r\nlocal é=\"x\""), pair("", "\n")]);
        // Between CR and LF is no position.
        assert_eq!(edits("a\r\n", "a\n"), [Edit { range: TextRange::new(1, 3), text: "\n".into() }]);
        assert_eq!(edits("a\n", "a\r\n"), [Edit { range: TextRange::new(1, 2), text: "\r\n".into() }]);
        assert_eq!(edits("a\n", "a\n"), []);
    }

    proptest! {
        #[test]
        fn the_edits_lead_from_one_text_to_the_other(old in "([abé]|\r\n|\n)*", new in "([abé]|\r\n|\n)*") {
            let edits = edits(&old, &new);
            prop_assert_eq!(applied(&old, &edits), new);
            for pair in edits.windows(2) {
                prop_assert!(pair[0].range.end <= pair[1].range.start);
            }
        }
    }

    /// The digests of all that a script names as a result.
    fn digests(path: &Path, text: &str) -> Vec<String> {
        let file = Arc::new(SourceFile::new(path.file_name().unwrap().to_string_lossy(), text));
        let loader = DiskLoader {
            root: path.parent().unwrap().to_owned(),
            prefix: String::new(),
            overlay: Default::default(),
            stdlib: None,
        };
        let run = worker::run(|| dry_run(&file, &loader, &Options::default())).unwrap();
        run.outputs
            .iter()
            .map(|it| it.definition.head().map(ToString::to_string).unwrap_or_default())
            .collect()
    }

    #[test]
    fn a_formatted_script_has_the_same_graph() {
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
        let mut folders = vec![examples];
        let mut scripts: Vec<PathBuf> = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                let path = entry.path();
                match path.extension() {
                    _ if path.is_dir() => folders.push(path),
                    Some(extension) if extension == "lua" => scripts.push(path),
                    _ => {}
                }
            }
        }
        let mut compared = 0;
        for path in scripts {
            let text = std::fs::read_to_string(&path).unwrap();
            // A style that is far from the one they are in.
            let config =
                Config::parse("quote_style = 'ForceSingle'\ncolumn_width = 40\ncall_parentheses = 'None'")
                    .unwrap();
            let formatted = luakit_format::format(&text, &config, None).unwrap();
            assert_eq!(applied(&text, &edits(&text, &formatted)), formatted, "{}", path.display());
            assert_eq!(digests(&path, &text), digests(&path, &formatted), "{}", path.display());
            compared += digests(&path, &text).len();
        }
        assert!(compared > 8, "only {compared} results were compared");
    }
}
