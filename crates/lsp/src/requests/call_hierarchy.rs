//! `textDocument/prepareCallHierarchy`, `callHierarchy/incomingCalls` and `outgoingCalls`

use crate::capabilities::Capabilities;
use crate::index::Workspace;
use crate::places::Places;
use crate::requests::work;
use crate::session::View;
use luakit_analysis::project::FileId;
use luakit_analysis::{CallItem, CallKind, Calls};
use std::sync::Arc;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::*;

/// Where an item comes from: the view of its document, if that is open, else the workspace.
pub(crate) enum From {
    Open(Box<View>),
    Disk(Workspace, Arc<Capabilities>),
}

pub(crate) async fn prepare(view: View, position: Position) -> Result<Option<Vec<CallHierarchyItem>>> {
    work(move || {
        let (mut places, file) = Places::around(&view);
        let items = luakit_analysis::call_items(&places.project, file, view.offset(position));
        let items: Vec<_> = items.into_iter().filter_map(|it| item(&mut places, it)).collect();
        (!items.is_empty()).then_some(items)
    })
    .await
}

pub(crate) async fn incoming(
    from: From,
    of: CallHierarchyItem,
) -> Result<Option<Vec<CallHierarchyIncomingCall>>> {
    work(move || {
        let (mut places, file, focus, kind) = find(from, &of)?;
        let calls = luakit_analysis::incoming_calls(&places.project, file, focus, kind);
        let call = |calls: Calls| {
            // These are in the caller.
            let from_ranges = ranges(&mut places, calls.item.file, &calls);
            Some(CallHierarchyIncomingCall { from: item(&mut places, calls.item)?, from_ranges })
        };
        Some(calls.into_iter().filter_map(call).collect())
    })
    .await
}

pub(crate) async fn outgoing(
    from: From,
    of: CallHierarchyItem,
) -> Result<Option<Vec<CallHierarchyOutgoingCall>>> {
    work(move || {
        let (mut places, file, focus, kind) = find(from, &of)?;
        let calls = luakit_analysis::outgoing_calls(&places.project, file, focus, kind);
        let call = |calls: Calls| {
            let from_ranges = ranges(&mut places, file, &calls);
            Some(CallHierarchyOutgoingCall { to: item(&mut places, calls.item)?, from_ranges })
        };
        Some(calls.into_iter().filter_map(call).collect())
    })
    .await
}

/// Finds again what an item is about.
fn find(from: From, item: &CallHierarchyItem) -> Option<(Places, FileId, usize, CallKind)> {
    let (mut places, file) = match from {
        From::Open(view) => Places::around(&view),
        From::Disk(workspace, capabilities) => {
            let places = Places::everywhere(workspace, capabilities);
            let file = places.file_of(&item.uri)?;
            (places, file)
        }
    };
    let focus = places.offset(file, item.selection_range.start);
    let kind = if item.kind == SymbolKind::FILE { CallKind::File } else { CallKind::Function };
    Some((places, file, focus, kind))
}

fn ranges(places: &mut Places, file: FileId, calls: &Calls) -> Vec<Range> {
    calls.from.iter().map(|range| places.range(file, *range)).collect()
}

fn item(places: &mut Places, item: CallItem) -> Option<CallHierarchyItem> {
    let kind = match item.kind {
        CallKind::File => SymbolKind::FILE,
        CallKind::Function => SymbolKind::FUNCTION,
        CallKind::Method => SymbolKind::METHOD,
    };
    let detail = places.project.source(item.file).map(|source| source.name.clone());
    Some(CallHierarchyItem {
        uri: places.url_to_go_to(item.file)?,
        range: places.range(item.file, item.full),
        selection_range: places.range(item.file, item.focus),
        name: item.name,
        kind,
        tags: None,
        detail,
        data: None,
    })
}
