//! `textDocument/completion`, and `completionItem/resolve` for the documentation of one item.

use crate::requests::work;
use crate::session::{View, as_loader};
use crate::to_lsp::{completion_kind, markup};
use luakit_analysis::{Documentation as Told, Folders, Script, Surroundings};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::*;

/// How many other documents, and how many scripts that are not open, are looked into for what they name.
const OTHERS: usize = 16;
const CLOSED: usize = 64;

pub(crate) async fn completion(view: View, position: Position) -> Result<Option<CompletionResponse>> {
    work(move || {
        let script = view.snapshot.script();
        let offset = view.offset(position);
        let loader = view.loader();
        let contexts = view.contexts();
        let others = || others(&view);
        let surroundings = Surroundings {
            loader: as_loader(&loader),
            folders: contexts.as_ref().map(|it| it as &dyn Folders),
            others: Some(&others),
            ..Surroundings::default()
        };
        let found = luakit_analysis::completions_in(&script, offset, &surroundings);
        let items = found.items.into_iter().map(|it| item(&view, offset, it)).collect();
        Some(match found.cut {
            true => CompletionResponse::List(CompletionList { is_incomplete: true, items }),
            false => CompletionResponse::Array(items),
        })
    })
    .await
}

/// Returns the scripts that are open, and those of the workspace that are not.
fn others(view: &View) -> Vec<Arc<Script>> {
    let open = |path: &Path| view.open.iter().any(|(open, _)| open == path);
    let opened = view.others().take(OTHERS).map(|snapshot| snapshot.script());
    opened.chain(view.workspace().scripts(CLOSED, open)).collect()
}

/// Adds the documentation that was left out of a list.
pub(crate) fn resolve(markdown: bool, mut item: CompletionItem) -> CompletionItem {
    let name = item.data.as_ref().and_then(|data| data.get("documentation")).and_then(Value::as_str);
    if let Some(text) = name.and_then(luakit_analysis::documentation) {
        item.documentation = Some(Documentation::MarkupContent(markup(markdown, text)));
    }
    item
}

fn item(view: &View, offset: usize, item: luakit_analysis::CompletionItem) -> CompletionItem {
    let client = &view.capabilities;
    let typed = view.snapshot.file.text.get(item.range.start..offset).unwrap_or("");
    let filter_text = filter_text(typed, &item);
    let (documentation, data) = match item.documentation {
        Told::Named(name) if client.resolve_documentation => (None, Some(json!({ "documentation": name }))),
        told => (Some(told.markdown()).filter(|it| !it.is_empty()), None),
    };
    let label_details = client.label_details.then(|| CompletionItemLabelDetails {
        detail: Some(item.parameters).filter(|it| !it.is_empty()),
        description: Some(item.remark).filter(|it| !it.is_empty()),
    });
    let snippet = item.snippet.filter(|_| client.snippets);
    // With a snippet the parentheses are there already.
    let commit = item.commit.iter().filter(|_| client.commit_characters && snippet.is_none());
    let commit: Vec<String> = commit.map(|it| (*it).to_owned()).collect();
    let insert_text_format = snippet.as_ref().map(|_| InsertTextFormat::SNIPPET);
    let new_text = snippet.unwrap_or(item.insert);
    let elsewhere = item.elsewhere.map(|(at, text)| {
        vec![TextEdit { range: view.range(luakit_diagnostics::TextRange::new(at, at)), new_text: text }]
    });
    CompletionItem {
        filter_text: Some(filter_text),
        label: item.label,
        label_details,
        kind: Some(completion_kind(item.kind)),
        detail: Some(item.detail).filter(|it| !it.is_empty()),
        documentation: documentation
            .map(|it| Documentation::MarkupContent(markup(client.completion_markdown, it))),
        sort_text: Some(item.sort),
        insert_text_format,
        text_edit: Some(edit(view, offset, item.range, new_text)),
        additional_text_edits: elsewhere,
        commit_characters: Some(commit).filter(|it| !it.is_empty()),
        tags: (item.deprecated && client.deprecated_tags).then(|| vec![CompletionItemTag::DEPRECATED]),
        deprecated: (item.deprecated && !client.deprecated_tags).then_some(true),
        data,
        ..CompletionItem::default()
    }
}

/// Clients that ask whether to insert or to replace get both; the others replace the word.
fn edit(
    view: &View,
    offset: usize,
    range: luakit_diagnostics::TextRange,
    new_text: String,
) -> CompletionTextEdit {
    if view.capabilities.insert_replace && range.end > offset {
        let insert = luakit_diagnostics::TextRange::new(range.start, offset.max(range.start));
        let (insert, replace) = (view.range(insert), view.range(range));
        return CompletionTextEdit::InsertAndReplace(InsertReplaceEdit { new_text, insert, replace });
    }
    CompletionTextEdit::Edit(TextEdit { range: view.range(range), new_text })
}

/// Clients compare what stands in the range with this, so where the range begins before the label's first letter, as
/// with a quote, this has to begin there, too.
fn filter_text(typed: &str, item: &luakit_analysis::CompletionItem) -> String {
    let begins = |text: &str| text.to_lowercase().starts_with(&typed.to_lowercase());
    let quoted = typed.starts_with(['"', '\'', '`']);
    if quoted && !begins(&item.label) && begins(&item.insert) {
        item.insert.clone()
    } else {
        item.label.clone()
    }
}
