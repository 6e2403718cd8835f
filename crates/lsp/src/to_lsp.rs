//! From our words to LSP's.

use crate::capabilities::Capabilities;
use crate::dry_run::EVALUATED_FROM;
use crate::plain_text::plain_text;
use crate::positions::{self, Encoding};
use crate::session::Session;
use luakit_analysis::CompletionKind;
use luakit_diagnostics::{Code, Place, Severity};
use ropey::Rope;
use std::collections::BTreeMap;
use tower_lsp::lsp_types::*;

/// The texts of the open documents, which places in them are counted in.
pub(crate) struct Texts(BTreeMap<Url, Rope>);

impl Texts {
    pub(crate) fn of(session: &Session) -> Texts {
        Texts(session.documents.iter().map(|(url, it)| (url.clone(), it.text().clone())).collect())
    }

    pub(crate) fn range(&self, url: &Url, place: &Place, encoding: Encoding) -> Range {
        match self.0.get(url) {
            Some(text) => positions::range(text, place.range, encoding),
            None => positions::range(&Rope::from_str(&place.file.text), place.range, encoding),
        }
    }
}

/// Turns a finding in the document `url` into a diagnostic. `names` leads from files to documents.
pub(crate) fn diagnostic(
    finding: &luakit_diagnostics::Diagnostic,
    url: &Url,
    names: &BTreeMap<String, Url>,
    texts: &Texts,
    client: &Capabilities,
) -> Diagnostic {
    let mut message = finding.message.clone();
    for hint in &finding.hints {
        message.push_str("\nhint: ");
        message.push_str(hint);
    }
    let mut related_information = Vec::new();
    for related in &finding.related {
        let place = &related.place;
        let url = names.get(&place.file.name).filter(|_| client.related_information);
        match url {
            Some(url) => related_information.push(DiagnosticRelatedInformation {
                location: Location::new(url.clone(), texts.range(url, place, client.encoding)),
                message: with_place(&related.message, place),
            }),
            // A client that has no use for places, or a place that has no document, still gets the words.
            None => {
                let at = place.file.line_column(place.range.start);
                message.push_str(&format!(
                    "\n{} {}:{}:{}",
                    related.message, place.file.name, at.line, at.column
                ));
            }
        }
    }
    Diagnostic {
        range: texts.range(url, &finding.place, client.encoding),
        severity: Some(severity(finding.severity)),
        code: Some(NumberOrString::String(finding.code.name().into())),
        source: Some("luakit".into()),
        message,
        tags: tag(finding.code).filter(|tag| client.diagnostic_tags.contains(tag)).map(|tag| vec![tag]),
        related_information: Some(related_information).filter(|it| !it.is_empty()),
        ..Diagnostic::default()
    }
}

/// The words for a place come to an end where the place follows them. Editors show the place first, so they get a
/// whole sentence: "called from" is "called from here".
fn with_place(words: &str, place: &Place) -> String {
    if words == EVALUATED_FROM {
        // Which of several scripts it was is worth reading even where the place is not shown.
        let line = place.file.line_column(place.range.start).line;
        return format!("{words} {}:{line}", place.file.name);
    }
    format!("{} here", words.strip_suffix(" at").unwrap_or(words))
}

/// Returns how editors show a finding beside underlining it: what nobody needs is faded, what is to go is struck through.
fn tag(code: Code) -> Option<DiagnosticTag> {
    match code {
        Code::UNUSED_NAME | Code::UNUSED_IGNORE => Some(DiagnosticTag::UNNECESSARY),
        Code::DEPRECATED => Some(DiagnosticTag::DEPRECATED),
        _ => None,
    }
}

fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Note => DiagnosticSeverity::INFORMATION,
        Severity::Hint => DiagnosticSeverity::HINT,
    }
}

pub(crate) fn completion_kind(kind: CompletionKind) -> CompletionItemKind {
    match kind {
        CompletionKind::Function => CompletionItemKind::FUNCTION,
        CompletionKind::Method => CompletionItemKind::METHOD,
        CompletionKind::Property => CompletionItemKind::PROPERTY,
        CompletionKind::Option => CompletionItemKind::FIELD,
        CompletionKind::Value => CompletionItemKind::ENUM_MEMBER,
        CompletionKind::Module => CompletionItemKind::MODULE,
        CompletionKind::Variable => CompletionItemKind::VARIABLE,
        CompletionKind::Keyword => CompletionItemKind::KEYWORD,
        CompletionKind::Snippet => CompletionItemKind::SNIPPET,
        CompletionKind::File => CompletionItemKind::FILE,
        CompletionKind::Folder => CompletionItemKind::FOLDER,
        CompletionKind::Type => CompletionItemKind::CLASS,
        CompletionKind::Text => CompletionItemKind::TEXT,
    }
}

pub(crate) fn markup(markdown: bool, value: String) -> MarkupContent {
    match markdown {
        true => MarkupContent { kind: MarkupKind::Markdown, value },
        false => MarkupContent { kind: MarkupKind::PlainText, value: plain_text(&value) },
    }
}
