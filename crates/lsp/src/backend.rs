//! Hands each message on. Nothing is decided here, and nothing awaited before the session has been asked or told.

use crate::capabilities::{self, Capabilities};
use crate::dry_run::{self, Reason};
use crate::index::Workspace;
use crate::outbox::{Message, Outbox};
#[cfg(feature = "fmt")]
use crate::requests::formatting;
use crate::requests::{
    self, call_hierarchy, code_action, code_lens, completion, definition, diagnostic, document_link,
    document_symbol, evaluate, execute_command, folding_range, graph, graph_diff, hover, inlay_hint, llb,
    on_type_formatting, ops_at, pin, references, rename, rename_files, selection_range, semantic_tokens,
    signature_help, syntax_tree, workspace_diagnostic, workspace_symbol,
};
use crate::session::{Session, Shared, View};
use crate::settings::DryRunMode;
use serde_json::{Value, json};
use std::sync::Arc;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::request::{RegisterCapability, WorkspaceConfiguration};
use tower_lsp::lsp_types::*;
use tower_lsp::{Client, LanguageServer, async_trait};

pub(crate) struct Backend {
    session: Shared,
    client: Client,
}

impl Backend {
    pub(crate) fn new(client: Client) -> Backend {
        Backend { session: Shared::new(Session::new(Outbox::start(client.clone()))), client }
    }

    pub(crate) fn session(&self) -> &Shared {
        &self.session
    }

    fn view(&self, url: &Url) -> Option<View> {
        self.session.lock().view(url)
    }

    fn workspace(&self) -> (Workspace, Arc<Capabilities>) {
        let session = self.session.lock();
        (session.workspace(), session.capabilities.clone())
    }

    fn calls_from(&self, url: &Url) -> call_hierarchy::From {
        match self.view(url) {
            Some(view) => call_hierarchy::From::Open(Box::new(view)),
            None => {
                let (workspace, capabilities) = self.workspace();
                call_hierarchy::From::Disk(workspace, capabilities)
            }
        }
    }

    pub(crate) async fn cancel_progress(&self, params: WorkDoneProgressCancelParams) {
        self.session.lock().cancel_progress(&params.token);
    }

    pub(crate) async fn evaluate(&self, params: requests::Document) -> Result<Value> {
        evaluate::evaluate(&self.session, &params.uri).await
    }

    pub(crate) async fn llb(&self, params: llb::Params) -> Result<Value> {
        llb::llb(&self.session, params).await
    }

    pub(crate) async fn graph(&self, params: graph::Params) -> Result<Value> {
        graph::graph(&self.session, params).await
    }

    pub(crate) async fn graph_diff(&self, params: graph_diff::Params) -> Result<Value> {
        graph_diff::graph_diff(&self.session, params).await
    }

    pub(crate) async fn ops_at(&self, params: ops_at::At) -> Result<Value> {
        ops_at::ops_at(&self.session, params).await
    }

    pub(crate) async fn ranges_of(&self, params: ops_at::Of) -> Result<Value> {
        ops_at::ranges_of(&self.session, params).await
    }

    pub(crate) async fn status(&self, params: requests::Document) -> Result<Value> {
        Ok(requests::status::status(&self.session.lock(), &params.uri))
    }

    pub(crate) async fn syntax_tree(&self, params: requests::Document) -> Result<Value> {
        let view = self.view(&params.uri).ok_or_else(|| requests::not_open(&params.uri))?;
        syntax_tree::syntax_tree(view).await
    }

    #[cfg(debug_assertions)]
    pub(crate) async fn panic(&self, params: requests::panic::Params) -> Result<Value> {
        requests::panic::panic(&self.session, params).await
    }
}

#[async_trait]
impl LanguageServer for Backend {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let mut session = self.session.lock();
        session.initialize(&params);
        Ok(InitializeResult {
            capabilities: capabilities::ours(&session.capabilities),
            server_info: Some(ServerInfo {
                name: "luakit".into(),
                version: Some(env!("CARGO_PKG_VERSION").into()),
            }),
        })
    }

    async fn initialized(&self, _: InitializedParams) {
        self.session.lock().complain();
        tokio::spawn(introduce(self.session.clone(), self.client.clone()));
    }

    async fn shutdown(&self) -> Result<()> {
        let mut session = self.session.lock();
        session.shut_down = true;
        session.stop();
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        self.session.lock().open(&self.session, params.text_document);
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        self.session.lock().change(&self.session, params);
    }

    async fn did_save(&self, params: DidSaveTextDocumentParams) {
        self.session.lock().save(&self.session, &params.text_document.uri);
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.session.lock().close(&self.session, &params.text_document.uri);
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        self.session.lock().files_changed(&self.session, &params.changes);
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        self.session.lock().change_folders(params.event);
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        configure(&self.session, &params.settings);
        if self.session.lock().capabilities.configuration {
            // What came along may be nothing: the client then expects to be asked.
            tokio::spawn(ask_for_settings(self.session.clone(), self.client.clone()));
        }
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position_params;
        let (view, observed) = {
            let session = self.session.lock();
            (session.view(&text_document.uri), session.observed_in(&text_document.uri))
        };
        let Some(view) = view else { return Ok(None) };
        hover::hover(view, observed, position).await
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position;
        let Some(view) = self.view(&text_document.uri) else { return Ok(None) };
        completion::completion(view, position).await
    }

    async fn completion_resolve(&self, item: CompletionItem) -> Result<CompletionItem> {
        let markdown = self.session.lock().capabilities.completion_markdown;
        Ok(completion::resolve(markdown, item))
    }

    async fn signature_help(&self, params: SignatureHelpParams) -> Result<Option<SignatureHelp>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position_params;
        let Some(view) = self.view(&text_document.uri) else { return Ok(None) };
        signature_help::signature_help(view, position).await
    }

    async fn goto_definition(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position_params;
        let Some(view) = self.view(&text_document.uri) else { return Ok(None) };
        definition::definition(view, position).await
    }

    async fn goto_type_definition(
        &self,
        params: GotoDefinitionParams,
    ) -> Result<Option<GotoDefinitionResponse>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position_params;
        let Some(view) = self.view(&text_document.uri) else { return Ok(None) };
        definition::type_definition(view, position).await
    }

    async fn goto_implementation(
        &self,
        params: GotoDefinitionParams,
    ) -> Result<Option<GotoDefinitionResponse>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position_params;
        let Some(view) = self.view(&text_document.uri) else { return Ok(None) };
        definition::implementation(view, position).await
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position;
        let Some(view) = self.view(&text_document.uri) else { return Ok(None) };
        references::references(view, position, params.context.include_declaration).await
    }

    async fn document_highlight(
        &self,
        params: DocumentHighlightParams,
    ) -> Result<Option<Vec<DocumentHighlight>>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position_params;
        let Some(view) = self.view(&text_document.uri) else { return Ok(None) };
        references::highlights(view, position).await
    }

    async fn prepare_rename(
        &self,
        params: TextDocumentPositionParams,
    ) -> Result<Option<PrepareRenameResponse>> {
        let Some(view) = self.view(&params.text_document.uri) else { return Ok(None) };
        rename::prepare(view, params.position).await
    }

    async fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position;
        let view = self.view(&text_document.uri).ok_or_else(|| requests::not_open(&text_document.uri))?;
        rename::rename(view, position, params.new_name).await
    }

    async fn will_rename_files(&self, params: RenameFilesParams) -> Result<Option<WorkspaceEdit>> {
        let (workspace, capabilities) = self.workspace();
        rename_files::will_rename(workspace, capabilities, params.files).await
    }

    async fn did_rename_files(&self, _: RenameFilesParams) {
        self.session.lock().index.forget_searches();
    }

    async fn prepare_call_hierarchy(
        &self,
        params: CallHierarchyPrepareParams,
    ) -> Result<Option<Vec<CallHierarchyItem>>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position_params;
        let Some(view) = self.view(&text_document.uri) else { return Ok(None) };
        call_hierarchy::prepare(view, position).await
    }

    async fn incoming_calls(
        &self,
        params: CallHierarchyIncomingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyIncomingCall>>> {
        call_hierarchy::incoming(self.calls_from(&params.item.uri), params.item).await
    }

    async fn outgoing_calls(
        &self,
        params: CallHierarchyOutgoingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyOutgoingCall>>> {
        call_hierarchy::outgoing(self.calls_from(&params.item.uri), params.item).await
    }

    async fn document_link(&self, params: DocumentLinkParams) -> Result<Option<Vec<DocumentLink>>> {
        let Some(view) = self.view(&params.text_document.uri) else { return Ok(None) };
        document_link::document_link(view).await
    }

    async fn symbol(&self, params: WorkspaceSymbolParams) -> Result<Option<Vec<SymbolInformation>>> {
        let (workspace, capabilities) = self.workspace();
        workspace_symbol::symbols(workspace, capabilities, params.query).await
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        let Some(view) = self.view(&params.text_document.uri) else { return Ok(None) };
        code_action::code_action(view, params.range, params.context).await
    }

    async fn code_action_resolve(&self, action: CodeAction) -> Result<CodeAction> {
        pin::resolve(&self.session, action).await
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<Value>> {
        execute_command::execute_command(&self.session, params).await
    }

    async fn document_symbol(&self, params: DocumentSymbolParams) -> Result<Option<DocumentSymbolResponse>> {
        let Some(view) = self.view(&params.text_document.uri) else { return Ok(None) };
        document_symbol::document_symbol(view).await
    }

    async fn folding_range(&self, params: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
        let Some(view) = self.view(&params.text_document.uri) else { return Ok(None) };
        folding_range::folding_range(view).await
    }

    #[cfg(feature = "fmt")]
    async fn formatting(&self, params: DocumentFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        let Some(view) = self.view(&params.text_document.uri) else { return Ok(None) };
        formatting::formatting(&self.session, view, None, &params.options).await
    }

    #[cfg(feature = "fmt")]
    async fn range_formatting(&self, params: DocumentRangeFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        let Some(view) = self.view(&params.text_document.uri) else { return Ok(None) };
        formatting::formatting(&self.session, view, Some(params.range), &params.options).await
    }

    async fn inlay_hint(&self, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        let Some(view) = self.view(&params.text_document.uri) else { return Ok(None) };
        inlay_hint::inlay_hint(view, params.range).await
    }

    async fn code_lens(&self, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
        let Some(view) = self.view(&params.text_document.uri) else { return Ok(None) };
        code_lens::code_lens(view).await
    }

    async fn code_lens_resolve(&self, lens: CodeLens) -> Result<CodeLens> {
        let view = code_lens::document(&lens).and_then(|url| self.view(&url));
        code_lens::resolve(view, lens).await
    }

    async fn on_type_formatting(
        &self,
        params: DocumentOnTypeFormattingParams,
    ) -> Result<Option<Vec<TextEdit>>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position;
        let Some(view) = self.view(&text_document.uri) else { return Ok(None) };
        on_type_formatting::on_type_formatting(view, position).await
    }

    async fn selection_range(&self, params: SelectionRangeParams) -> Result<Option<Vec<SelectionRange>>> {
        let Some(view) = self.view(&params.text_document.uri) else { return Ok(None) };
        selection_range::selection_range(view, params.positions).await
    }

    async fn semantic_tokens_full(
        &self,
        params: SemanticTokensParams,
    ) -> Result<Option<SemanticTokensResult>> {
        let Some(view) = self.view(&params.text_document.uri) else { return Ok(None) };
        semantic_tokens::full(&self.session, view).await
    }

    async fn semantic_tokens_full_delta(
        &self,
        params: SemanticTokensDeltaParams,
    ) -> Result<Option<SemanticTokensFullDeltaResult>> {
        let Some(view) = self.view(&params.text_document.uri) else { return Ok(None) };
        semantic_tokens::delta(&self.session, view, params.previous_result_id).await
    }

    async fn semantic_tokens_range(
        &self,
        params: SemanticTokensRangeParams,
    ) -> Result<Option<SemanticTokensRangeResult>> {
        let Some(view) = self.view(&params.text_document.uri) else { return Ok(None) };
        semantic_tokens::range(view, params.range).await
    }

    async fn diagnostic(&self, params: DocumentDiagnosticParams) -> Result<DocumentDiagnosticReportResult> {
        let view = self.view(&params.text_document.uri);
        diagnostic::diagnostic(view, params.previous_result_id).await
    }

    async fn workspace_diagnostic(
        &self,
        params: WorkspaceDiagnosticParams,
    ) -> Result<WorkspaceDiagnosticReportResult> {
        workspace_diagnostic::workspace_diagnostic(&self.session, &self.client, params).await
    }
}

/// Takes over settings; if they change what scripts are given, those that were evaluated are evaluated anew.
fn configure(shared: &Shared, settings: &Value) {
    let has_content = settings.as_object().is_some_and(|object| !object.is_empty());
    if !has_content {
        return;
    }
    let mut session = shared.lock();
    let before = session.settings.clone();
    session.configure(settings);
    session.complain();
    let after = &session.settings;
    let matters = (&before.args, before.timeout) != (&after.args, after.timeout);
    if (before.inlay_hints, before.code_lens) != (after.inlay_hints, after.code_lens) {
        session.outbox.send(Message::RefreshHints(session.capabilities.clone()));
    }
    if matters && after.dry_run != DryRunMode::Manual {
        for url in session.entries.keys().cloned().collect::<Vec<_>>() {
            dry_run::start(&mut session, shared, &url, Reason::Dependency, None);
        }
    }
}

async fn ask_for_settings(shared: Shared, client: Client) {
    let items = vec![ConfigurationItem { scope_uri: None, section: Some("luakit".into()) }];
    if let Ok(answers) = client.send_request::<WorkspaceConfiguration>(ConfigurationParams { items }).await {
        answers.iter().for_each(|settings| configure(&shared, settings));
    }
}

/// Says what we want to hear of, to clients that can be told. Those that refuse are served all the same.
async fn introduce(shared: Shared, client: Client) {
    let capabilities = shared.lock().capabilities.clone();
    if capabilities.configuration {
        tokio::spawn(ask_for_settings(shared, client.clone()));
    }
    let registration = |method: &str, options: Value| Registration {
        id: method.into(),
        method: method.into(),
        register_options: Some(options),
    };
    let mut registrations = Vec::new();
    if capabilities.register_watchers {
        let options =
            json!({ "watchers": [{ "globPattern": "**/*.lua" }, { "globPattern": "**/luakit.toml" }] });
        registrations.push(registration("workspace/didChangeWatchedFiles", options));
    }
    if capabilities.register_configuration {
        registrations.push(registration("workspace/didChangeConfiguration", json!({ "section": "luakit" })));
    }
    if !registrations.is_empty() {
        let _ = client.send_request::<RegisterCapability>(RegistrationParams { registrations }).await;
    }
}
