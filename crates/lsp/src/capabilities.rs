//! What the client can do, as far as it matters to us, and what we say we can.

use crate::positions::Encoding;
use tower_lsp::lsp_types::*;

/// What the client can do.
#[derive(Debug, Clone, Default)]
pub(crate) struct Capabilities {
    pub(crate) encoding: Encoding,
    /// It asks for diagnostics itself, so that they are not pushed.
    pub(crate) pull: bool,
    /// It can be told to ask again.
    pub(crate) refresh: bool,
    pub(crate) related_information: bool,
    pub(crate) snippets: bool,
    /// It asks whether an item is inserted or replaces the word.
    pub(crate) insert_replace: bool,
    pub(crate) label_details: bool,
    pub(crate) commit_characters: bool,
    pub(crate) deprecated_tags: bool,
    /// It asks for the documentation of an item when it shows it.
    pub(crate) resolve_documentation: bool,
    pub(crate) hover_markdown: bool,
    pub(crate) completion_markdown: bool,
    pub(crate) signature_markdown: bool,
    /// Parameters of a signature may be given as offsets into its label.
    pub(crate) label_offsets: bool,
    pub(crate) progress: bool,
    pub(crate) configuration: bool,
    pub(crate) register_configuration: bool,
    pub(crate) register_watchers: bool,
    pub(crate) document_changes: bool,
    pub(crate) code_actions: bool,
}

impl Capabilities {
    pub(crate) fn of(client: &ClientCapabilities) -> Capabilities {
        let workspace = client.workspace.clone().unwrap_or_default();
        let text = client.text_document.clone().unwrap_or_default();
        let general = client.general.clone().unwrap_or_default();
        let completion = text.completion.and_then(|it| it.completion_item).unwrap_or_default();
        let signature = text.signature_help.and_then(|it| it.signature_information).unwrap_or_default();
        let yes = |option: Option<bool>| option == Some(true);
        let has_markdown = |formats: &Option<Vec<MarkupKind>>| {
            formats.as_ref().is_some_and(|formats| formats.contains(&MarkupKind::Markdown))
        };
        Capabilities {
            encoding: Encoding::negotiate(general.position_encodings.as_deref()),
            pull: text.diagnostic.is_some(),
            refresh: yes(workspace.diagnostic.and_then(|it| it.refresh_support)),
            // What a client that pulls says of it is lost in lsp-types 0.94; they all show it.
            related_information: text.diagnostic.is_some()
                || yes(text.publish_diagnostics.and_then(|it| it.related_information)),
            snippets: yes(completion.snippet_support),
            insert_replace: yes(completion.insert_replace_support),
            label_details: yes(completion.label_details_support),
            commit_characters: yes(completion.commit_characters_support),
            deprecated_tags: completion
                .tag_support
                .as_ref()
                .is_some_and(|it| it.value_set.contains(&CompletionItemTag::DEPRECATED)),
            resolve_documentation: completion
                .resolve_support
                .as_ref()
                .is_some_and(|it| it.properties.iter().any(|it| it == "documentation")),
            hover_markdown: text
                .hover
                .is_none_or(|it| it.content_format.is_none() || has_markdown(&it.content_format)),
            completion_markdown: has_markdown(&completion.documentation_format),
            signature_markdown: has_markdown(&signature.documentation_format),
            label_offsets: yes(signature.parameter_information.and_then(|it| it.label_offset_support)),
            progress: yes(client.window.as_ref().and_then(|it| it.work_done_progress)),
            configuration: yes(workspace.configuration),
            register_configuration: yes(workspace
                .did_change_configuration
                .and_then(|it| it.dynamic_registration)),
            register_watchers: yes(workspace.did_change_watched_files.and_then(|it| it.dynamic_registration)),
            document_changes: yes(workspace.workspace_edit.and_then(|it| it.document_changes)),
            code_actions: text.code_action.is_some_and(|it| it.code_action_literal_support.is_some()),
        }
    }
}

/// What we say we can do.
pub(crate) fn ours(client: &Capabilities) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(client.encoding.kind()),
        text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::INCREMENTAL),
            save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions { include_text: Some(false) })),
            ..TextDocumentSyncOptions::default()
        })),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(
                [".", ":", "\"", "'", "{", ",", "(", "/", "@"].map(String::from).to_vec(),
            ),
            resolve_provider: client.resolve_documentation.then_some(true),
            completion_item: client
                .label_details
                .then_some(CompletionOptionsCompletionItem { label_details_support: Some(true) }),
            ..CompletionOptions::default()
        }),
        signature_help_provider: Some(SignatureHelpOptions {
            trigger_characters: Some(["(", ",", "{"].map(String::from).to_vec()),
            retrigger_characters: Some(vec![",".into()]),
            ..SignatureHelpOptions::default()
        }),
        code_action_provider: client.code_actions.then(|| {
            CodeActionProviderCapability::Options(CodeActionOptions {
                code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]),
                ..CodeActionOptions::default()
            })
        }),
        diagnostic_provider: client.pull.then(|| {
            DiagnosticServerCapabilities::Options(DiagnosticOptions {
                identifier: Some("luakit".into()),
                inter_file_dependencies: true,
                workspace_diagnostics: false,
                ..DiagnosticOptions::default()
            })
        }),
        workspace: Some(WorkspaceServerCapabilities {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(OneOf::Left(true)),
            }),
            file_operations: None,
        }),
        ..ServerCapabilities::default()
    }
}
