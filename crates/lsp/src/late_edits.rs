//! Edits that arrive behind later ones.
//!
//! Some clients send each edit from a task of its own (Helix 25.01 does), so that of what is typed fast the seventh
//! edit may come before the sixth. Ranges mean the text that the client had, so that edits are put in the order of
//! their versions: those that came too early are taken back and made again.

use crate::documents::apply;
use crate::positions::Encoding;
use ropey::Rope;
use std::collections::VecDeque;
use tower_lsp::lsp_types::TextDocumentContentChangeEvent;

/// How many edits are remembered, and how many versions a gap may have to be one.
const REMEMBERED: usize = 32;

/// The last edits of a document, by version.
#[derive(Default)]
pub(crate) struct RecentEdits(VecDeque<Edit>);

struct Edit {
    /// The version before and after it.
    from: i32,
    to: i32,
    /// The text before it, which shares what is the same with those of the others.
    text: Rope,
    changes: Vec<TextDocumentContentChangeEvent>,
}

impl RecentEdits {
    /// Remembers an edit that is made now.
    pub(crate) fn push(
        &mut self,
        (from, to): (i32, i32),
        text: &Rope,
        changes: &[TextDocumentContentChangeEvent],
    ) {
        if to <= from || !are_pieces(changes) {
            // Who counts otherwise, or sends whole texts, has no gaps that mean anything.
            self.0.clear();
            return;
        }
        self.0.push_back(Edit { from, to, text: text.clone(), changes: changes.to_vec() });
        if self.0.len() > REMEMBERED {
            self.0.pop_front();
        }
    }

    /// Puts an edit to where its version belongs, and returns the text that all of them make in their order. Returns
    /// `None` if there is no such place, as for nearly every edit.
    pub(crate) fn insert(
        &mut self,
        version: i32,
        changes: &[TextDocumentContentChangeEvent],
        encoding: Encoding,
    ) -> Option<Rope> {
        let is_gap = |edit: &Edit| {
            edit.from < version && version < edit.to && edit.to.abs_diff(edit.from) as usize <= REMEMBERED
        };
        let at = self.0.iter().position(is_gap).filter(|_| are_pieces(changes))?;
        let next = self.0.get_mut(at)?;
        let from = std::mem::replace(&mut next.from, version);
        let mut text = next.text.clone();
        self.0.insert(at, Edit { from, to: version, text: text.clone(), changes: changes.to_vec() });
        for edit in self.0.iter_mut().skip(at) {
            edit.text = text.clone();
            for change in &edit.changes {
                apply(&mut text, change, encoding);
            }
        }
        Some(text)
    }
}

/// Tells whether none of the changes is a whole new text.
fn are_pieces(changes: &[TextDocumentContentChangeEvent]) -> bool {
    changes.iter().all(|change| change.range.is_some())
}
