//! What the client asks, a file for each question.

pub(crate) mod call_hierarchy;
pub(crate) mod code_action;
pub(crate) mod code_lens;
pub(crate) mod completion;
pub(crate) mod definition;
pub(crate) mod diagnostic;
pub(crate) mod document_link;
pub(crate) mod document_symbol;
pub(crate) mod evaluate;
pub(crate) mod execute_command;
pub(crate) mod folding_range;
#[cfg(feature = "fmt")]
pub(crate) mod formatting;
pub(crate) mod graph;
pub(crate) mod graph_diff;
pub(crate) mod hover;
pub(crate) mod inlay_hint;
pub(crate) mod llb;
pub(crate) mod on_type_formatting;
pub(crate) mod ops_at;
#[cfg(debug_assertions)]
pub(crate) mod panic;
pub(crate) mod pin;
pub(crate) mod references;
pub(crate) mod rename;
pub(crate) mod rename_files;
pub(crate) mod selection_range;
pub(crate) mod semantic_tokens;
pub(crate) mod signature_help;
pub(crate) mod status;
pub(crate) mod syntax_tree;
pub(crate) mod workspace_diagnostic;
pub(crate) mod workspace_symbol;

use crate::worker;
use serde::Deserialize;
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp::lsp_types::Url;

/// The parameters of our own requests.
#[derive(Deserialize)]
pub(crate) struct Document {
    pub(crate) uri: Url,
}

/// Works an answer out on a worker. A panic there is the answer's end, not the server's.
async fn work<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    worker::run(work).await.map_err(|message| failed(format!("luakit failed: {message}")))
}

/// The error `RequestFailed` of LSP: the request was fine, but there is no answer.
pub(crate) fn failed(message: impl Into<String>) -> Error {
    Error { code: ErrorCode::ServerError(-32803), message: message.into().into(), data: None }
}

pub(crate) fn not_open(url: &Url) -> Error {
    Error::invalid_params(format!("{url} is not open"))
}
