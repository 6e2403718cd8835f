//! `textDocument/definition`, `typeDefinition` and `implementation`.

use crate::places::Places;
use crate::requests::work;
use crate::session::View;
use luakit_analysis::Navigation;
use luakit_analysis::project::{FileId, Project};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::*;

/// One of the questions of `luakit_analysis` that leads to places.
type Question = fn(&Project, FileId, usize) -> Option<Navigation>;

pub(crate) async fn definition(view: View, position: Position) -> Result<Option<GotoDefinitionResponse>> {
    let links = view.capabilities.definition_links;
    go(view, position, links, luakit_analysis::definition).await
}

pub(crate) async fn type_definition(
    view: View,
    position: Position,
) -> Result<Option<GotoDefinitionResponse>> {
    let links = view.capabilities.type_definition_links;
    // What a value is made of may be in another file, even that of a local.
    work(move || {
        let (places, file) = Places::around(&view);
        answer(&view, places, file, position, links, luakit_analysis::type_definition)
    })
    .await
}

pub(crate) async fn implementation(view: View, position: Position) -> Result<Option<GotoDefinitionResponse>> {
    let links = view.capabilities.implementation_links;
    work(move || {
        let (places, file) = Places::around(&view);
        answer(&view, places, file, position, links, luakit_analysis::implementation)
    })
    .await
}

async fn go(
    view: View,
    position: Position,
    links: bool,
    question: Question,
) -> Result<Option<GotoDefinitionResponse>> {
    work(move || {
        let (places, file) = Places::at(&view, view.offset(position));
        answer(&view, places, file, position, links, question)
    })
    .await
}

fn answer(
    view: &View,
    mut places: Places,
    file: FileId,
    position: Position,
    links: bool,
    question: Question,
) -> Option<GotoDefinitionResponse> {
    let found = question(&places.project, file, view.offset(position))?;
    let origin = view.range(found.origin);
    let mut locations = Vec::new();
    for target in found.targets {
        let file = target.focus.file;
        let Some(target_uri) = places.url_to_go_to(file) else { continue };
        locations.push(LocationLink {
            origin_selection_range: Some(origin),
            target_uri,
            target_range: places.range(file, target.full),
            target_selection_range: places.range(file, target.focus.range),
        });
    }
    if locations.is_empty() {
        return None;
    }
    if links {
        return Some(GotoDefinitionResponse::Link(locations));
    }
    let plain = locations.into_iter().map(|it| Location::new(it.target_uri, it.target_selection_range));
    Some(GotoDefinitionResponse::Array(plain.collect()))
}
