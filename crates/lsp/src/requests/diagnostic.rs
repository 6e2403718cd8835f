//! `textDocument/diagnostic`: findings for clients that ask for them.

use crate::publish::join_layers;
use crate::requests::work;
use crate::session::View;
use crate::static_check;
use crate::to_lsp;
use std::hash::{DefaultHasher, Hash, Hasher};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::*;

pub(crate) async fn diagnostic(
    view: Option<View>,
    previous: Option<String>,
) -> Result<DocumentDiagnosticReportResult> {
    let items = match view {
        // A client that cannot be told to pull again is pushed what the runs find.
        Some(view) => work(move || diagnostics(&view, view.capabilities.refresh)).await?,
        None => Vec::new(),
    };
    let result_id = fingerprint(&items);
    let report = if previous.as_ref() == Some(&result_id) {
        DocumentDiagnosticReport::Unchanged(RelatedUnchangedDocumentDiagnosticReport {
            related_documents: None,
            unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport { result_id },
        })
    } else {
        DocumentDiagnosticReport::Full(RelatedFullDocumentDiagnosticReport {
            related_documents: None,
            full_document_diagnostic_report: FullDocumentDiagnosticReport {
                result_id: Some(result_id),
                items,
            },
        })
    };
    Ok(report.into())
}

/// Returns what is found in a document, with what runs found or without it. Call it on a worker.
pub(crate) fn diagnostics(view: &View, runs: bool) -> Vec<Diagnostic> {
    let found = if runs { view.findings.as_slice() } else { &[] };
    let findings = join_layers(&static_check::findings(view), found);
    let url = &view.snapshot.url;
    findings
        .iter()
        .map(|it| to_lsp::diagnostic(it, url, &view.names, &view.texts, &view.capabilities))
        .collect()
}

/// The same answer has the same name, whatever led to it.
pub(crate) fn fingerprint(items: &[Diagnostic]) -> String {
    let mut hasher = DefaultHasher::new();
    serde_json::to_string(items).unwrap_or_default().hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
