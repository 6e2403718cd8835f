//! `textDocument/selectionRange`

use crate::requests::work;
use crate::session::View;
use luakit_diagnostics::TextRange;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{Position, SelectionRange};

pub(crate) async fn selection_range(
    view: View,
    positions: Vec<Position>,
) -> Result<Option<Vec<SelectionRange>>> {
    work(move || {
        let offsets: Vec<usize> = positions.iter().map(|position| view.offset(*position)).collect();
        let chains = luakit_analysis::selection_ranges(&view.snapshot.script(), &offsets);
        // There is one answer for each position, in their order.
        let answers = positions.iter().zip(chains);
        Some(answers.map(|(position, chain)| linked(&view, *position, chain)).collect())
    })
    .await
}

fn linked(view: &View, position: Position, chain: Vec<TextRange>) -> SelectionRange {
    let mut outer: Option<SelectionRange> = None;
    for range in chain.into_iter().rev() {
        let range = view.range(range);
        // What differs in bytes only, between CR and LF, is the same for the client.
        if outer.as_ref().is_some_and(|outer| outer.range == range) {
            continue;
        }
        outer = Some(SelectionRange { range, parent: outer.map(Box::new) });
    }
    outer.unwrap_or_else(|| SelectionRange {
        range: tower_lsp::lsp_types::Range::new(position, position),
        parent: None,
    })
}
