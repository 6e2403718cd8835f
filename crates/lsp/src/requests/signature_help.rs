//! `textDocument/signatureHelp`

use crate::requests::work;
use crate::session::{View, as_loader};
use crate::to_lsp::markup;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::*;

pub(crate) async fn signature_help(view: View, position: Position) -> Result<Option<SignatureHelp>> {
    work(move || {
        let script = view.snapshot.script();
        let help =
            luakit_analysis::signature_help(&script, view.offset(position), as_loader(&view.loader()))?;
        let documentation = |text: String| {
            let markup = markup(view.capabilities.signature_markdown, text);
            Some(Documentation::MarkupContent(markup)).filter(|it| !is_empty(it))
        };
        let parameters = help.parameters.iter().map(|(range, text)| {
            let before = |offset: usize| help.label.get(..offset).unwrap_or(&help.label);
            // These offsets count UTF-16 units, whatever positions count.
            let units = |offset: usize| before(offset).encode_utf16().count() as u32;
            let label = if view.capabilities.label_offsets {
                ParameterLabel::LabelOffsets([units(range.start), units(range.end)])
            } else {
                ParameterLabel::Simple(help.label.get(range.start..range.end).unwrap_or_default().to_owned())
            };
            ParameterInformation { label, documentation: documentation(text.clone()) }
        });
        let active_parameter = help.active.and_then(|active| u32::try_from(active).ok());
        let signature = SignatureInformation {
            parameters: Some(parameters.collect()),
            documentation: documentation(help.documentation.clone()),
            active_parameter: None,
            label: help.label.clone(),
        };
        Some(SignatureHelp { signatures: vec![signature], active_signature: Some(0), active_parameter })
    })
    .await
}

fn is_empty(documentation: &Documentation) -> bool {
    matches!(documentation, Documentation::MarkupContent(markup) if markup.value.is_empty())
}
