//! `textDocument/completion`

use crate::requests::work;
use crate::session::{View, as_loader};
use crate::to_lsp::{completion_kind, markup};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::*;

pub(crate) async fn completion(view: View, position: Position) -> Result<Option<CompletionResponse>> {
    work(move || {
        let script = view.snapshot.script();
        let offset = view.offset(position);
        let items = luakit_analysis::completions(&script, offset, as_loader(&view.loader()));
        Some(CompletionResponse::Array(items.into_iter().map(|it| item(&view, offset, it)).collect()))
    })
    .await
}

fn item(view: &View, offset: usize, item: luakit_analysis::CompletionItem) -> CompletionItem {
    let typed = view.snapshot.file.text.get(item.range.start..offset).unwrap_or("");
    let filter_text = filter_text(typed, &item);
    let snippet = item.snippet.filter(|_| view.capabilities.snippets);
    let insert_text_format = snippet.as_ref().map(|_| InsertTextFormat::SNIPPET);
    let new_text = snippet.unwrap_or(item.insert);
    let documentation = Some(item.documentation).filter(|it| !it.is_empty());
    CompletionItem {
        filter_text: Some(filter_text),
        label: item.label,
        kind: Some(completion_kind(item.kind)),
        detail: Some(item.detail).filter(|it| !it.is_empty()),
        documentation: documentation
            .map(|it| Documentation::MarkupContent(markup(view.capabilities.completion_markdown, it))),
        sort_text: Some(item.sort),
        insert_text_format,
        text_edit: Some(CompletionTextEdit::Edit(TextEdit { range: view.range(item.range), new_text })),
        tags: item.deprecated.then(|| vec![CompletionItemTag::DEPRECATED]),
        ..CompletionItem::default()
    }
}

/// Clients compare what stands in the range with this, so where the range begins before the label's first letter, as
/// with a quote, this has to begin there, too.
fn filter_text(typed: &str, item: &luakit_analysis::CompletionItem) -> String {
    let begins = |text: &str| text.to_lowercase().starts_with(&typed.to_lowercase());
    if !begins(&item.label) && begins(&item.insert) { item.insert.clone() } else { item.label.clone() }
}
