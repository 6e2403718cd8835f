//! What the client can do, as far as it matters to us, and what we say we can.

use crate::positions::Encoding;
use crate::requests::rename_files;
use crate::requests::{code_action, execute_command, semantic_tokens};
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
    /// How a diagnostic may be marked.
    pub(crate) diagnostic_tags: Vec<DiagnosticTag>,
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
    /// Code actions may be more than commands.
    pub(crate) code_actions: bool,
    /// Answers to "where is this" may tell what was asked about.
    pub(crate) definition_links: bool,
    pub(crate) type_definition_links: bool,
    pub(crate) implementation_links: bool,
    /// It asks whether something can be renamed before it asks for the new name.
    pub(crate) prepare_rename: bool,
    /// A code action may be marked as the one that is meant.
    pub(crate) preferred_actions: bool,
    /// It asks for the edit of a code action when somebody has picked it.
    pub(crate) resolve_edits: bool,
    /// It changes documents when it is asked to.
    pub(crate) apply_edit: bool,
    /// It shows a document when it is asked to.
    pub(crate) show_document: bool,
    /// The commands that it has itself, so that the server does not offer them.
    pub(crate) commands: Vec<String>,
    /// It can be told to ask for inlay hints, or for lenses, again.
    pub(crate) refresh_hints: bool,
    pub(crate) refresh_lenses: bool,
    pub(crate) refresh_tokens: bool,
    /// An outline may be a tree.
    pub(crate) symbol_trees: bool,
    /// The names of the semantic tokens and modifiers that it knows; none if it has said nothing of them.
    pub(crate) token_types: Vec<SemanticTokenType>,
    pub(crate) token_modifiers: Vec<SemanticTokenModifier>,
    /// Only whole lines are folded.
    pub(crate) folds_lines: bool,
    /// How many folds it wants at most.
    pub(crate) fold_limit: Option<usize>,
}

impl Capabilities {
    pub(crate) fn of(client: &ClientCapabilities) -> Capabilities {
        let workspace = client.workspace.clone().unwrap_or_default();
        let text = client.text_document.clone().unwrap_or_default();
        let general = client.general.clone().unwrap_or_default();
        let completion = text.completion.and_then(|it| it.completion_item).unwrap_or_default();
        let signature = text.signature_help.and_then(|it| it.signature_information).unwrap_or_default();
        let folding = text.folding_range.unwrap_or_default();
        let published = text.publish_diagnostics.unwrap_or_default();
        let yes = |option: Option<bool>| option == Some(true);
        let has_markdown = |formats: &Option<Vec<MarkupKind>>| {
            formats.as_ref().is_some_and(|formats| formats.contains(&MarkupKind::Markdown))
        };
        Capabilities {
            encoding: Encoding::negotiate(general.position_encodings.as_deref()),
            pull: text.diagnostic.is_some(),
            refresh: yes(workspace.diagnostic.and_then(|it| it.refresh_support)),
            // What a client that pulls says of it is lost in lsp-types 0.94; they all show it.
            related_information: text.diagnostic.is_some() || yes(published.related_information),
            diagnostic_tags: match published.tag_support {
                Some(known) => known.value_set,
                None if text.diagnostic.is_some() => {
                    vec![DiagnosticTag::UNNECESSARY, DiagnosticTag::DEPRECATED]
                }
                None => Vec::new(),
            },
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
            definition_links: yes(text.definition.and_then(|it| it.link_support)),
            type_definition_links: yes(text.type_definition.and_then(|it| it.link_support)),
            implementation_links: yes(text.implementation.and_then(|it| it.link_support)),
            prepare_rename: yes(text.rename.and_then(|it| it.prepare_support)),
            code_actions: text
                .code_action
                .as_ref()
                .is_some_and(|it| it.code_action_literal_support.is_some()),
            resolve_edits: text.code_action.as_ref().is_some_and(|it| {
                let can = it.resolve_support.as_ref();
                it.code_action_literal_support.is_some()
                    && yes(it.data_support)
                    && can.is_some_and(|it| it.properties.iter().any(|it| it == "edit"))
            }),
            preferred_actions: yes(text.code_action.and_then(|it| it.is_preferred_support)),
            apply_edit: yes(workspace.apply_edit),
            show_document: client
                .window
                .as_ref()
                .and_then(|it| it.show_document.as_ref())
                .is_some_and(|it| it.support),
            commands: client
                .experimental
                .as_ref()
                .and_then(|it| it.pointer("/commands/commands")?.as_array())
                .map(|names| names.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect())
                .unwrap_or_default(),
            refresh_hints: yes(workspace.inlay_hint.and_then(|it| it.refresh_support)),
            refresh_tokens: yes(workspace.semantic_tokens.and_then(|it| it.refresh_support)),
            refresh_lenses: yes(workspace.code_lens.and_then(|it| it.refresh_support)),
            symbol_trees: text.document_symbol.is_some_and(|it| yes(it.hierarchical_document_symbol_support)),
            token_types: text.semantic_tokens.as_ref().map(|it| it.token_types.clone()).unwrap_or_default(),
            token_modifiers: text.semantic_tokens.map(|it| it.token_modifiers).unwrap_or_default(),
            folds_lines: yes(folding.line_folding_only),
            fold_limit: folding.range_limit.and_then(|limit| usize::try_from(limit).ok()),
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
            trigger_characters: Some(["(", ",", "{", "\"", "'"].map(String::from).to_vec()),
            retrigger_characters: Some(vec![",".into()]),
            ..SignatureHelpOptions::default()
        }),
        code_action_provider: code_action::provider(client),
        execute_command_provider: Some(execute_command::options(client)),
        document_formatting_provider: Some(OneOf::Left(cfg!(feature = "fmt"))),
        document_range_formatting_provider: Some(OneOf::Left(cfg!(feature = "fmt"))),
        inlay_hint_provider: Some(OneOf::Left(true)),
        code_lens_provider: Some(CodeLensOptions { resolve_provider: Some(true) }),
        document_on_type_formatting_provider: Some(DocumentOnTypeFormattingOptions {
            first_trigger_character: "\n".into(),
            more_trigger_character: None,
        }),
        document_symbol_provider: Some(OneOf::Left(true)),
        folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
        selection_range_provider: Some(SelectionRangeProviderCapability::Simple(true)),
        semantic_tokens_provider: Some(semantic_tokens::options(client).into()),
        diagnostic_provider: client.pull.then(|| {
            DiagnosticServerCapabilities::Options(DiagnosticOptions {
                identifier: Some("luakit".into()),
                inter_file_dependencies: true,
                workspace_diagnostics: true,
                ..DiagnosticOptions::default()
            })
        }),
        definition_provider: Some(OneOf::Left(true)),
        type_definition_provider: Some(TypeDefinitionProviderCapability::Simple(true)),
        implementation_provider: Some(ImplementationProviderCapability::Simple(true)),
        references_provider: Some(OneOf::Left(true)),
        document_highlight_provider: Some(OneOf::Left(true)),
        rename_provider: Some(if client.prepare_rename {
            let work_done_progress_options = WorkDoneProgressOptions::default();
            OneOf::Right(RenameOptions { prepare_provider: Some(true), work_done_progress_options })
        } else {
            OneOf::Left(true)
        }),
        call_hierarchy_provider: Some(CallHierarchyServerCapability::Simple(true)),
        document_link_provider: Some(DocumentLinkOptions {
            resolve_provider: Some(false),
            work_done_progress_options: WorkDoneProgressOptions::default(),
        }),
        workspace_symbol_provider: Some(OneOf::Left(true)),
        workspace: Some(WorkspaceServerCapabilities {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(OneOf::Left(true)),
            }),
            file_operations: Some(rename_files::operations()),
        }),
        ..ServerCapabilities::default()
    }
}
