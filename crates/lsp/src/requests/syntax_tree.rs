//! `luakit/syntaxTree` {uri}: the text as the server has it, and what keeps it from being Lua.
//!
//! For finding out why an editor and the server disagree about a document.

use crate::requests::work;
use crate::session::View;
use serde_json::{Value, json};
use tower_lsp::jsonrpc::Result;

pub(crate) async fn syntax_tree(view: View) -> Result<Value> {
    work(move || {
        let errors = view.snapshot.script().syntax_errors();
        let errors: Vec<_> = errors
            .iter()
            .map(|it| json!({ "range": view.range(it.place.range), "message": it.message }))
            .collect();
        json!({ "version": view.snapshot.version, "text": view.snapshot.file.text, "errors": errors })
    })
    .await
}
