//! `textDocument/prepareRename` and `textDocument/rename`

use crate::places::Places;
use crate::requests::{failed, work};
use crate::session::View;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::*;

/// Why nothing can be renamed in what luakit brings along.
const OF_LIBRARY: &str = "this file belongs to luakit's library";

pub(crate) async fn prepare(view: View, position: Position) -> Result<Option<PrepareRenameResponse>> {
    let offset = view.offset(position);
    let answer = work(move || {
        if view.is_of_library() {
            return Err(OF_LIBRARY.to_owned());
        }
        let (places, file) = Places::at(&view, offset);
        let range = luakit_analysis::prepare_rename(&places.project, file, offset)?;
        let placeholder = view.snapshot.file.slice(range).to_owned();
        Ok(PrepareRenameResponse::RangeWithPlaceholder { range: view.range(range), placeholder })
    });
    answer.await?.map(Some).map_err(|message: String| failed(message))
}

pub(crate) async fn rename(view: View, position: Position, new: String) -> Result<Option<WorkspaceEdit>> {
    luakit_analysis::check_new_name(&new).map_err(Error::invalid_params)?;
    let offset = view.offset(position);
    let answer = work(move || {
        if view.is_of_library() {
            return Err(OF_LIBRARY.to_owned());
        }
        let (mut places, file) = Places::at(&view, offset);
        let project = places.project.clone();
        let edits = luakit_analysis::rename(&project, file, offset, &new)?;
        Ok(places.edit(edits))
    });
    answer.await?.map(Some).map_err(|message: String| failed(message))
}
