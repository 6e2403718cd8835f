//! `textDocument/onTypeFormatting`: the `end` of a block that a new line begins.

use crate::requests::work;
use crate::session::View;
use luakit_diagnostics::Edit;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{Position, TextEdit};

pub(crate) async fn on_type_formatting(view: View, position: Position) -> Result<Option<Vec<TextEdit>>> {
    work(move || {
        let edits = luakit_analysis::on_enter(&view.snapshot.script(), view.offset(position));
        let text_edit = |it: Edit| TextEdit { range: view.range(it.range), new_text: it.text };
        Some(edits.into_iter().map(text_edit).collect()).filter(|edits: &Vec<_>| !edits.is_empty())
    })
    .await
}
