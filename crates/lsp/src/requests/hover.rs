//! `textDocument/hover`

use crate::requests::work;
use crate::session::{View, as_loader};
use crate::to_lsp::markup;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{Hover, HoverContents, Position};

pub(crate) async fn hover(view: View, position: Position) -> Result<Option<Hover>> {
    work(move || {
        let script = view.snapshot.script();
        let hover = luakit_analysis::hover(&script, view.offset(position), as_loader(&view.loader()))?;
        Some(Hover {
            contents: HoverContents::Markup(markup(view.capabilities.hover_markdown, hover.markdown)),
            range: Some(view.range(hover.range)),
        })
    })
    .await
}
