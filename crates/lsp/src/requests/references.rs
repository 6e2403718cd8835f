//! `textDocument/references` and `textDocument/documentHighlight`

use crate::places::Places;
use crate::requests::work;
use crate::session::View;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::*;

pub(crate) async fn references(
    view: View,
    position: Position,
    with_declaration: bool,
) -> Result<Option<Vec<Location>>> {
    work(move || {
        let offset = view.offset(position);
        let (mut places, file) = Places::at(&view, offset);
        let project = places.project.clone();
        let found = luakit_analysis::references(&project, file, offset, with_declaration)?;
        Some(found.into_iter().filter_map(|place| places.location(place)).collect())
    })
    .await
}

pub(crate) async fn highlights(view: View, position: Position) -> Result<Option<Vec<DocumentHighlight>>> {
    work(move || {
        let offset = view.offset(position);
        let (places, file) = Places::at(&view, offset);
        let found = luakit_analysis::highlights(&places.project, file, offset)?;
        let highlight = |it: luakit_analysis::Highlight| DocumentHighlight {
            range: view.range(it.range),
            kind: Some(if it.write { DocumentHighlightKind::WRITE } else { DocumentHighlightKind::READ }),
        };
        Some(found.into_iter().map(highlight).collect())
    })
    .await
}
