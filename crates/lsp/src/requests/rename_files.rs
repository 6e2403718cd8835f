//! `workspace/willRenameFiles` and `didRenameFiles`: modules and folders that get other names.

use crate::capabilities::Capabilities;
use crate::index::{Workspace, key_of};
use crate::paths;
use crate::places::Places;
use crate::requests::work;
use luakit_analysis::Move;
use std::sync::Arc;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::*;

pub(crate) async fn will_rename(
    workspace: Workspace,
    capabilities: Arc<Capabilities>,
    files: Vec<FileRename>,
) -> Result<Option<WorkspaceEdit>> {
    work(move || {
        let moves: Vec<Move> = files.iter().filter_map(to_move).collect();
        let mut places = Places::everywhere(workspace, capabilities);
        let edits = luakit_analysis::rename_files(&places.project, &moves);
        (!edits.is_empty()).then(|| places.edit(edits))
    })
    .await
}

fn to_move(rename: &FileRename) -> Option<Move> {
    let key = |uri: &str| {
        let path = paths::path_of(&Url::parse(uri).ok()?)?;
        Some(key_of(&path).trim_end_matches('/').to_owned())
    };
    Some(Move { from: key(&rename.old_uri)?, to: key(&rename.new_uri)? })
}

/// What we want to hear of: Lua files and folders.
pub(crate) fn operations() -> WorkspaceFileOperationsServerCapabilities {
    let filter = |glob: &str, kind| FileOperationFilter {
        scheme: Some("file".into()),
        pattern: FileOperationPattern { glob: glob.into(), matches: Some(kind), options: None },
    };
    let options = FileOperationRegistrationOptions {
        filters: vec![
            filter("**/*.lua", FileOperationPatternKind::File),
            filter("**", FileOperationPatternKind::Folder),
        ],
    };
    WorkspaceFileOperationsServerCapabilities {
        will_rename: Some(options.clone()),
        did_rename: Some(options),
        ..WorkspaceFileOperationsServerCapabilities::default()
    }
}
