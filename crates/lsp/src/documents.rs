//! Open documents: their text, their version, and the edits that lead from one version to the next.

use crate::late_edits::RecentEdits;
use crate::positions::{self, Encoding};
use luakit_analysis::Script;
use luakit_diagnostics::{Diagnostic, SourceFile, TextRange};
use ropey::Rope;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};
use tower_lsp::lsp_types::{Position, TextDocumentContentChangeEvent, Url};

/// The largest text that is analysed, in bytes. What is known of one takes a hundred times its size.
const LARGEST: usize = 4 << 20;

/// A document that the client has open. Its text is the truth, whatever the disk says.
pub(crate) struct Document {
    pub(crate) url: Url,
    /// Where it is on disk, unless it was never saved.
    pub(crate) path: Option<PathBuf>,
    /// How it is called in messages and source maps.
    pub(crate) name: String,
    pub(crate) version: i32,
    /// Grows with every edit in the session, so that it tells texts apart even after a close and an open.
    pub(crate) generation: u64,
    /// Whether the text is what was last saved.
    pub(crate) dirty: bool,
    pub(crate) check: Check,
    text: Rope,
    recent: RecentEdits,
    snapshot: OnceLock<Arc<Snapshot>>,
    /// What was last made of the text, to begin from after an edit; given on to the next snapshot.
    before: Mutex<Option<Before>>,
}

/// How far the static check of a document is.
#[derive(Default)]
pub(crate) struct Check {
    /// The text, or something it depends on, has changed since the check that runs began.
    pub(crate) wanted: bool,
    pub(crate) running: bool,
    /// The findings for the text as it stands; none while a check is due.
    pub(crate) findings: Option<Arc<Vec<Diagnostic>>>,
}

/// A document at one moment, for the threads that answer questions about it.
pub(crate) struct Snapshot {
    pub(crate) url: Url,
    pub(crate) version: i32,
    pub(crate) text: Rope,
    pub(crate) file: Arc<SourceFile>,
    script: OnceLock<Arc<Script>>,
    before: Mutex<Option<Before>>,
}

/// The script of an older text. Where that was never parsed, it is the one of the text before, and so on.
type Before = Arc<Script>;

impl Snapshot {
    pub(crate) fn new(url: Url, version: i32, text: Rope, file: SourceFile) -> Snapshot {
        Snapshot {
            url,
            version,
            text,
            file: Arc::new(file),
            script: OnceLock::new(),
            before: Mutex::default(),
        }
    }

    /// Parses the text, once for all who ask. Call it on a worker.
    pub(crate) fn script(&self) -> Arc<Script> {
        let parse = || match self.before() {
            _ if self.file.text.len() > LARGEST => Script::too_large(self.file.clone(), LARGEST),
            Some(before) => Script::reparse(self.file.clone(), &before),
            None => Script::parse(self.file.clone()),
        };
        let script = self.script.get_or_init(|| Arc::new(parse())).clone();
        if let Ok(mut before) = self.before.lock() {
            *before = None;
        }
        script
    }

    /// Returns the script, or as long as there is none that of an older text.
    fn last_script(&self) -> Option<Before> {
        self.script.get().cloned().or_else(|| self.before())
    }

    fn before(&self) -> Option<Before> {
        self.before.lock().ok()?.clone()
    }
}

/// A replacement of bytes, as it happened to a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Replacement {
    pub(crate) range: TextRange,
    pub(crate) length: usize,
}

impl Replacement {
    /// Returns where a range lies after the replacement: what is behind it moves, what touches it stays outside.
    pub(crate) fn moved(self, range: TextRange) -> TextRange {
        let shifted = |offset: usize| offset - self.range.end + self.range.start + self.length;
        let start = match range.start {
            start if start >= self.range.end => shifted(start),
            start => start.min(self.range.start),
        };
        let end = match range.end {
            end if end <= self.range.start => end,
            end if end >= self.range.end => shifted(end),
            _ => self.range.start + self.length,
        };
        TextRange::new(start, end)
    }

    /// Tells whether it changes anything inside `range`.
    pub(crate) fn changes(self, range: TextRange) -> bool {
        self.range.start < range.end && range.start < self.range.end
            || self.range.is_empty() && range.start < self.range.start && self.range.start < range.end
    }
}

impl Document {
    pub(crate) fn new(
        url: Url,
        path: Option<PathBuf>,
        name: String,
        version: i32,
        generation: u64,
        text: &str,
    ) -> Self {
        Document {
            url,
            path,
            name,
            version,
            generation,
            dirty: false,
            check: Check::default(),
            text: Rope::from_str(text),
            recent: RecentEdits::default(),
            snapshot: OnceLock::new(),
            before: Mutex::default(),
        }
    }

    pub(crate) fn text(&self) -> &Rope {
        &self.text
    }

    /// Calls the document by another name, as when the workspace's folders change.
    pub(crate) fn rename(&mut self, name: String) {
        self.name = name;
        self.forget_snapshot();
    }

    fn forget_snapshot(&mut self) {
        if let Some(snapshot) = self.snapshot.take() {
            self.before = Mutex::new(snapshot.last_script());
        }
    }

    /// Tells whether what is said of the document may depend on others.
    pub(crate) fn requires_modules(&self) -> bool {
        self.snapshot().file.text.contains("require")
    }

    /// Returns the document as it stands, made once per generation.
    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        let make = || {
            let file = SourceFile::new(self.name.clone(), self.text.to_string());
            let before = self.before.lock().ok().and_then(|mut before| before.take());
            let snapshot = Snapshot::new(self.url.clone(), self.version, self.text.clone(), file);
            Arc::new(Snapshot { before: Mutex::new(before), ..snapshot })
        };
        self.snapshot.get_or_init(make).clone()
    }

    /// Applies the changes of one `didChange`, and returns what they did.
    pub(crate) fn change(
        &mut self,
        version: i32,
        generation: u64,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) -> Vec<Replacement> {
        self.generation = generation;
        self.dirty = true;
        self.forget_snapshot();
        self.check.findings = None;
        if let Some(text) = self.recent.insert(version, &changes, encoding) {
            // The newest version is another one, and stays it.
            return vec![replace_all(&mut self.text, &text.to_string())];
        }
        self.recent.push((self.version, version), &self.text, &changes);
        self.version = version;
        changes.into_iter().map(|change| apply(&mut self.text, &change, encoding)).collect()
    }
}

pub(crate) fn apply(
    text: &mut Rope,
    change: &TextDocumentContentChangeEvent,
    encoding: Encoding,
) -> Replacement {
    let Some(range) = change.range else { return replace_all(text, &change.text) };
    let char_at = |position: Position| positions::char_at(text, position, encoding);
    let (a, b) = (char_at(range.start), char_at(range.end));
    // A reversed range means the same text.
    let (start, end) = (a.min(b), a.max(b));
    let replaced = TextRange::new(text.char_to_byte(start), text.char_to_byte(end));
    text.remove(start..end);
    text.insert(start, &change.text);
    Replacement { range: replaced, length: change.text.len() }
}

/// Takes over a whole new text. Only the part that differs counts as replaced, so that findings keep their place in
/// clients that always send the whole text.
fn replace_all(text: &mut Rope, new: &str) -> Replacement {
    let old = text.to_string();
    *text = Rope::from_str(new);
    let same = |a: &u8, b: &u8| a == b;
    let mut prefix = old.bytes().zip(new.bytes()).take_while(|(a, b)| same(a, b)).count();
    while !old.is_char_boundary(prefix) {
        prefix -= 1;
    }
    let rest = old.len().min(new.len()) - prefix;
    let mut suffix =
        old.bytes().rev().zip(new.bytes().rev()).take(rest).take_while(|(a, b)| same(a, b)).count();
    while !old.is_char_boundary(old.len() - suffix) {
        suffix -= 1;
    }
    Replacement { range: TextRange::new(prefix, old.len() - suffix), length: new.len() - suffix - prefix }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tower_lsp::lsp_types::Range;

    /// Where a position stands, by the words of the specification and nothing clever.
    fn model_offset(text: &str, position: Position, encoding: Encoding) -> usize {
        let mut line = 0;
        let mut column = 0;
        let mut chars = text.char_indices().peekable();
        while let Some((offset, c)) = chars.next() {
            let is_break = c == '\n' || c == '\r';
            let width = match encoding {
                Encoding::Utf8 => c.len_utf8(),
                Encoding::Utf16 => c.len_utf16(),
                Encoding::Utf32 => 1,
            };
            if line == position.line && (is_break || column + width as u32 > position.character) {
                return offset;
            }
            column += width as u32;
            if is_break {
                if c == '\r' && chars.peek().is_some_and(|(_, c)| *c == '\n') {
                    chars.next();
                }
                line += 1;
                column = 0;
            }
        }
        text.len()
    }

    fn text() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "a", "é", "😀", "\n", "\r\n", "\r", "\u{2028}", "\u{b}", "xyz", "\u{fffd}",
        ]);
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    fn change() -> impl Strategy<Value = TextDocumentContentChangeEvent> {
        let position = || (0u32..6, 0u32..8).prop_map(|(line, column)| Position::new(line, column));
        (prop::option::weighted(0.9, (position(), position())), text()).prop_map(|(range, text)| {
            let range = range.map(|(start, end)| Range::new(start, end));
            TextDocumentContentChangeEvent { range, range_length: None, text }
        })
    }

    proptest! {
        #[test]
        fn edits_give_the_text_that_the_client_has(
            before in text(),
            changes in prop::collection::vec(change(), 0..20),
            encoding in prop::sample::select(vec![Encoding::Utf8, Encoding::Utf16, Encoding::Utf32]),
        ) {
            let mut document = Document::new("file:///a".parse().unwrap(), None, "a".into(), 0, 0, &before);
            let mut model = before.clone();
            let mut mapped = before;
            for change in &changes {
                match change.range {
                    None => model = change.text.clone(),
                    Some(range) => {
                        let a = model_offset(&model, range.start, encoding);
                        let b = model_offset(&model, range.end, encoding);
                        model.replace_range(a.min(b)..a.max(b), &change.text);
                    }
                }
                for done in document.change(1, 1, vec![change.clone()], encoding) {
                    let new = &model[done.range.start..done.range.start + done.length];
                    mapped.replace_range(done.range.start..done.range.end, new);
                }
                prop_assert_eq!(document.text().to_string(), model.as_str());
                prop_assert_eq!(&mapped, &model, "the replacement says what happened");
            }
        }

        #[test]
        fn edits_in_any_order_near_their_own_give_the_same_text(
            before in text(),
            changes in prop::collection::vec(change(), 1..20),
            lateness in prop::collection::vec(0usize..6, 20),
        ) {
            let new = || Document::new("file:///a".parse().unwrap(), None, "a".into(), 0, 0, &before);
            let (mut one, mut other) = (new(), new());
            let ranges = changes.into_iter().filter(|change| change.range.is_some());
            let mut edits: Vec<(i32, _)> = (1..).zip(ranges).collect();
            for (version, change) in &edits {
                one.change(*version, 1, vec![change.clone()], Encoding::Utf16);
            }
            edits.sort_by_key(|(version, _)| *version as usize + lateness[*version as usize % 20]);
            let mut mapped = before.clone();
            for (version, change) in edits {
                for done in other.change(version, 1, vec![change], Encoding::Utf16) {
                    let new = other.text().to_string();
                    let new = &new[done.range.start..done.range.start + done.length];
                    mapped.replace_range(done.range.start..done.range.end, new);
                }
            }
            prop_assert_eq!(one.text(), other.text());
            prop_assert_eq!(one.version, other.version);
            prop_assert_eq!(mapped, other.text().to_string(), "the replacements say what happened");
        }

        #[test]
        fn positions_lead_there_and_back(
            text in text(),
            encoding in prop::sample::select(vec![Encoding::Utf8, Encoding::Utf16, Encoding::Utf32]),
        ) {
            let rope = Rope::from_str(&text);
            for (offset, c) in text.char_indices() {
                if c == '\n' && text[..offset].ends_with('\r') {
                    continue;
                }
                let position = positions::position(&rope, offset, encoding);
                prop_assert_eq!(positions::offset(&rope, position, encoding), offset);
            }
        }
    }

    #[test]
    fn ranges_move_with_the_text_around_them() {
        let replace = |start, end, length| Replacement { range: TextRange::new(start, end), length };
        let range = TextRange::new(10, 20);
        assert_eq!(replace(0, 0, 3).moved(range), TextRange::new(13, 23), "text in front");
        assert_eq!(replace(10, 10, 3).moved(range), TextRange::new(13, 23), "text right in front");
        assert_eq!(replace(20, 20, 3).moved(range), range, "text right behind");
        assert_eq!(replace(12, 14, 5).moved(range), TextRange::new(10, 23), "text inside");
        assert_eq!(replace(5, 15, 0).moved(range), TextRange::new(5, 10), "its beginning is gone");
        assert_eq!(replace(15, 25, 1).moved(range), TextRange::new(10, 16), "its end is gone");
        assert_eq!(replace(5, 25, 0).moved(range), TextRange::new(5, 5), "all of it is gone");
    }

    #[test]
    fn a_whole_new_text_counts_as_the_part_that_differs() {
        let mut text = Rope::from_str("local é = 1");
        assert_eq!(
            replace_all(&mut text, "local è = 1"),
            Replacement { range: TextRange::new(6, 8), length: 2 },
            "characters are not cut"
        );
    }
}
