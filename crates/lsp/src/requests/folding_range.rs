//! `textDocument/foldingRange`

use crate::requests::work;
use crate::session::View;
use luakit_analysis::FoldKind;
use std::cmp::Reverse;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::*;

pub(crate) async fn folding_range(view: View) -> Result<Option<Vec<FoldingRange>>> {
    work(move || {
        let mut folds = luakit_analysis::folding_ranges(&view.snapshot.script());
        if let Some(limit) = view.capabilities.fold_limit
            && folds.len() > limit
        {
            // The longest are what one folds to get an overview.
            folds.sort_by_key(|fold| Reverse(fold.lines.1 - fold.lines.0));
            folds.truncate(limit);
            folds.sort_by_key(|fold| fold.lines);
        }
        Some(folds.into_iter().map(|fold| folding_range_of(&view, &fold)).collect())
    })
    .await
}

fn folding_range_of(view: &View, fold: &luakit_analysis::FoldingRange) -> FoldingRange {
    let kind = match fold.kind {
        FoldKind::Code => None,
        FoldKind::Comment => Some(FoldingRangeKind::Comment),
        FoldKind::Region => Some(FoldingRangeKind::Region),
        FoldKind::Requires => Some(FoldingRangeKind::Imports),
    };
    let range = view.range(fold.range);
    if view.capabilities.folds_lines {
        let lines = fold.lines.1 - fold.lines.0;
        let end_line = range.start.line + u32::try_from(lines).unwrap_or(0);
        return FoldingRange { start_line: range.start.line, end_line, kind, ..FoldingRange::default() };
    }
    FoldingRange {
        start_line: range.start.line,
        start_character: Some(range.start.character),
        end_line: range.end.line,
        end_character: Some(range.end.character),
        kind,
        ..FoldingRange::default()
    }
}
