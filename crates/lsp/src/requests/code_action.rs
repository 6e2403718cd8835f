//! `textDocument/codeAction`: the fixes that findings bring along.

use crate::publish::join_layers;
use crate::requests::work;
use crate::session::View;
use crate::static_check;
use crate::to_lsp;
use luakit_diagnostics::{Fix, TextRange};
use std::collections::HashMap;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::*;

pub(crate) async fn code_action(
    view: View,
    range: Range,
    context: CodeActionContext,
) -> Result<Option<CodeActionResponse>> {
    let is_wanted = |kind: &CodeActionKind| CodeActionKind::QUICKFIX.as_str().starts_with(kind.as_str());
    if context.only.is_some_and(|kinds| !kinds.iter().any(is_wanted)) {
        return Ok(None);
    }
    work(move || {
        let asked = TextRange::new(view.offset(range.start), view.offset(range.end));
        let findings = join_layers(&static_check::findings(&view), &view.findings);
        let mut actions = Vec::new();
        for finding in findings.iter().filter(|it| touch(it.place.range, asked)) {
            let url = &view.snapshot.url;
            let diagnostic = to_lsp::diagnostic(finding, url, &view.names, &view.texts, &view.capabilities);
            for fix in &finding.fixes {
                actions.push(CodeActionOrCommand::CodeAction(CodeAction {
                    title: fix.title.clone(),
                    kind: Some(CodeActionKind::QUICKFIX),
                    diagnostics: Some(vec![diagnostic.clone()]),
                    edit: Some(edit(&view, fix)),
                    is_preferred: Some(fix.safe && finding.fixes.len() == 1),
                    ..CodeAction::default()
                }));
            }
        }
        Some(actions)
    })
    .await
}

fn touch(a: TextRange, b: TextRange) -> bool {
    a.start <= b.end && b.start <= a.end
}

/// An edit touches only the token it is about.
fn edit(view: &View, fix: &Fix) -> WorkspaceEdit {
    let text_edit =
        |it: &luakit_diagnostics::Edit| TextEdit { range: view.range(it.range), new_text: it.text.clone() };
    let edits: Vec<TextEdit> = fix.edits.iter().map(text_edit).collect();
    let url = view.snapshot.url.clone();
    if !view.capabilities.document_changes {
        return WorkspaceEdit { changes: Some(HashMap::from([(url, edits)])), ..WorkspaceEdit::default() };
    }
    let text_document =
        OptionalVersionedTextDocumentIdentifier { uri: url, version: Some(view.snapshot.version) };
    let edits = edits.into_iter().map(OneOf::Left).collect();
    let changes = DocumentChanges::Edits(vec![TextDocumentEdit { text_document, edits }]);
    WorkspaceEdit { document_changes: Some(changes), ..WorkspaceEdit::default() }
}
