//! `textDocument/codeAction`: the fixes that findings bring along, comments that silence them, all safe fixes at once, and
//! images to pin.

use crate::capabilities::Capabilities;
use crate::publish::join_layers;
use crate::requests::execute_command::APPLY_EDIT;
use crate::requests::{pin, work};
use crate::session::View;
use crate::static_check;
use crate::to_lsp;
use luakit_diagnostics::{Code, Edit, TextRange};
use serde_json::json;
use std::collections::HashMap;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::*;

/// What stands for all fixes that leave no doubt.
const FIX_ALL: CodeActionKind = CodeActionKind::new("source.fixAll.luakit");

/// Findings about which a comment could say nothing.
const LOUD: &[Code] =
    &[Code::SYNTAX, Code::NOT_UTF8, Code::INTERNAL, Code::UNUSED_IGNORE, Code::UNKNOWN_RULE, Code::NOTE];

/// Says what is offered. Edits are complete, but for those that a registry has to be asked for.
pub(crate) fn provider(client: &Capabilities) -> Option<CodeActionProviderCapability> {
    if !client.code_actions {
        return client.apply_edit.then_some(CodeActionProviderCapability::Simple(true));
    }
    Some(CodeActionProviderCapability::Options(CodeActionOptions {
        code_action_kinds: Some(vec![CodeActionKind::QUICKFIX, CodeActionKind::REFACTOR_REWRITE, FIX_ALL]),
        resolve_provider: client.resolve_edits.then_some(true),
        ..CodeActionOptions::default()
    }))
}

pub(crate) async fn code_action(
    view: View,
    range: Range,
    context: CodeActionContext,
) -> Result<Option<CodeActionResponse>> {
    work(move || {
        let asked = TextRange::new(view.offset(range.start), view.offset(range.end));
        let static_findings = static_check::findings(&view);
        let mut actions = Vec::new();
        if wants(&context, &CodeActionKind::QUICKFIX) {
            let findings = join_layers(&static_findings, &view.findings);
            let here = findings.iter().filter(|it| touch(it.place.range, asked));
            let here: Vec<_> = here.map(|finding| (finding, shown(&view, finding))).collect();
            for (finding, diagnostic) in &here {
                actions.extend(fixes(&view, finding, diagnostic));
            }
            for (finding, diagnostic) in &here {
                actions.extend(silence(&view, finding, diagnostic));
            }
        }
        if wants(&context, &CodeActionKind::REFACTOR_REWRITE) {
            actions.extend(pin::offers(&view, asked));
        }
        // What a run found is not known to hold for the text as it stands.
        actions.extend(fix_all(&view, &static_findings, &context));
        Some(actions.into_iter().map(|action| offer(&view, action)).collect())
    })
    .await
}

/// Tells whether a client that asks for some kinds asks for this one.
fn wants(context: &CodeActionContext, kind: &CodeActionKind) -> bool {
    let covers = |asked: &CodeActionKind| {
        let rest = kind.as_str().strip_prefix(asked.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || asked.as_str().is_empty())
    };
    context.only.as_ref().is_none_or(|kinds| kinds.iter().any(covers))
}

fn touch(a: TextRange, b: TextRange) -> bool {
    a.start <= b.end && b.start <= a.end
}

fn shown(view: &View, finding: &luakit_diagnostics::Diagnostic) -> Diagnostic {
    to_lsp::diagnostic(finding, &view.snapshot.url, &view.names, &view.texts, &view.capabilities)
}

fn fixes(view: &View, finding: &luakit_diagnostics::Diagnostic, diagnostic: &Diagnostic) -> Vec<CodeAction> {
    let only_one = finding.fixes.len() == 1;
    let action = |fix: &luakit_diagnostics::Fix| CodeAction {
        title: fix.title.clone(),
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![diagnostic.clone()]),
        edit: Some(edit(view, &fix.edits)),
        is_preferred: view.capabilities.preferred_actions.then_some(fix.safe && only_one),
        ..CodeAction::default()
    };
    finding.fixes.iter().map(action).collect()
}

/// Offers a comment that says that a finding is fine here.
fn silence(
    view: &View,
    finding: &luakit_diagnostics::Diagnostic,
    diagnostic: &Diagnostic,
) -> Option<CodeAction> {
    if LOUD.contains(&finding.code) {
        return None;
    }
    let script = view.snapshot.script();
    let comment = luakit_project::silencing(&script, finding.code, finding.place.range.start)?;
    Some(CodeAction {
        title: format!("Ignore `{}` on this line", finding.code),
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![diagnostic.clone()]),
        edit: Some(edit(view, &[comment])),
        ..CodeAction::default()
    })
}

/// Offers all fixes that leave no doubt; unasked, only if they are more than the one at hand.
fn fix_all(
    view: &View,
    findings: &[luakit_diagnostics::Diagnostic],
    context: &CodeActionContext,
) -> Option<CodeAction> {
    if !wants(context, &FIX_ALL) {
        return None;
    }
    let edits = luakit_project::safe_edits(findings, &view.snapshot.file.text);
    let least = if context.only.is_some() { 1 } else { 2 };
    let automatic = context.trigger_kind == Some(CodeActionTriggerKind::AUTOMATIC);
    if edits.len() < least || automatic && context.only.is_none() {
        return None;
    }
    Some(CodeAction {
        title: "Fix all that luakit can fix".into(),
        kind: Some(FIX_ALL),
        edit: Some(edit(view, &edits)),
        ..CodeAction::default()
    })
}

/// Gives an action to a client: as it is, or as a command for clients that know nothing else.
fn offer(view: &View, action: CodeAction) -> CodeActionOrCommand {
    if view.capabilities.code_actions {
        return CodeActionOrCommand::CodeAction(action);
    }
    if let Some(command) = action.command {
        return CodeActionOrCommand::Command(command);
    }
    CodeActionOrCommand::Command(Command {
        title: action.title,
        command: APPLY_EDIT.into(),
        arguments: Some(vec![json!(action.edit)]),
    })
}

/// An edit touches only the token it is about.
pub(super) fn edit(view: &View, edits: &[Edit]) -> WorkspaceEdit {
    let text_edit = |it: &Edit| TextEdit { range: view.range(it.range), new_text: it.text.clone() };
    let edits: Vec<TextEdit> = edits.iter().map(text_edit).collect();
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
