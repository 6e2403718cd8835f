//! `workspace/symbol`

use crate::capabilities::Capabilities;
use crate::index::Workspace;
use crate::places::Places;
use crate::requests::work;
use luakit_analysis::WorkspaceSymbolKind;
use std::sync::Arc;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::*;

#[allow(deprecated, reason = "the field `deprecated` has no default")]
pub(crate) async fn symbols(
    workspace: Workspace,
    capabilities: Arc<Capabilities>,
    query: String,
) -> Result<Option<Vec<SymbolInformation>>> {
    work(move || {
        let mut places = Places::everywhere(workspace, capabilities);
        let project = places.project.clone();
        let symbols = luakit_analysis::workspace_symbols(&project, &query).into_iter().filter_map(|symbol| {
            let kind = match symbol.kind {
                WorkspaceSymbolKind::Function => SymbolKind::FUNCTION,
                WorkspaceSymbolKind::Method => SymbolKind::METHOD,
                WorkspaceSymbolKind::Target | WorkspaceSymbolKind::Export => SymbolKind::EVENT,
            };
            let container_name = Some(symbol.container(&project).to_owned());
            let location = places.location(symbol.at)?;
            Some(SymbolInformation {
                name: symbol.name,
                kind,
                tags: None,
                deprecated: None,
                location,
                container_name,
            })
        });
        Some(symbols.collect())
    })
    .await
}
