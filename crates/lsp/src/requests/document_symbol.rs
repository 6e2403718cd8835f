//! `textDocument/documentSymbol`: the outline, as a tree, or as a list for clients that know no trees.

use crate::requests::work;
use crate::session::{View, as_loader};
use luakit_analysis::DocumentSymbol as Symbol;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::*;

pub(crate) async fn document_symbol(view: View) -> Result<Option<DocumentSymbolResponse>> {
    work(move || {
        let script = view.snapshot.script();
        let symbols = luakit_analysis::document_symbols(&script, as_loader(&view.loader()));
        Some(if view.capabilities.symbol_trees {
            DocumentSymbolResponse::Nested(symbols.into_iter().map(|it| tree(&view, it)).collect())
        } else {
            let mut list = Vec::new();
            symbols.into_iter().for_each(|it| flat(&view, it, None, &mut list));
            DocumentSymbolResponse::Flat(list)
        })
    })
    .await
}

#[allow(deprecated, reason = "the type has a deprecated field that has to be set")]
fn tree(view: &View, symbol: Symbol) -> DocumentSymbol {
    let children: Vec<_> = symbol.children.into_iter().map(|it| tree(view, it)).collect();
    DocumentSymbol {
        name: symbol.name,
        detail: Some(symbol.detail).filter(|it| !it.is_empty()),
        kind: kind(symbol.kind),
        tags: None,
        deprecated: None,
        range: view.range(symbol.range),
        selection_range: view.range(symbol.selection),
        children: Some(children).filter(|it| !it.is_empty()),
    }
}

#[allow(deprecated, reason = "the type has a deprecated field that has to be set")]
fn flat(view: &View, symbol: Symbol, container: Option<&str>, list: &mut Vec<SymbolInformation>) {
    list.push(SymbolInformation {
        name: symbol.name.clone(),
        kind: kind(symbol.kind),
        tags: None,
        deprecated: None,
        location: Location::new(view.snapshot.url.clone(), view.range(symbol.range)),
        container_name: container.map(str::to_owned),
    });
    symbol.children.into_iter().for_each(|it| flat(view, it, Some(&symbol.name), list));
}

/// Only kinds that the first version of the protocol had: a client that says nothing knows those.
fn kind(kind: luakit_analysis::SymbolKind) -> SymbolKind {
    match kind {
        luakit_analysis::SymbolKind::Function => SymbolKind::FUNCTION,
        luakit_analysis::SymbolKind::Method => SymbolKind::METHOD,
        luakit_analysis::SymbolKind::Variable => SymbolKind::VARIABLE,
        luakit_analysis::SymbolKind::Table => SymbolKind::MODULE,
        luakit_analysis::SymbolKind::Field => SymbolKind::FIELD,
        luakit_analysis::SymbolKind::Export => SymbolKind::PACKAGE,
    }
}
