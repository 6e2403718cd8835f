//! What goes to the client unasked, in the order it was decided, and never awaited by a handler.
//!
//! A handler that awaits an answer of the client can block the loop that would read that answer, so handlers only put
//! messages here, and one task sends them.

use crate::capabilities::Capabilities;
use crate::dry_run::Status;
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tower_lsp::Client;
use tower_lsp::lsp_types::notification::{
    LogMessage, Notification, Progress, PublishDiagnostics, ShowMessage,
};
use tower_lsp::lsp_types::{
    LogMessageParams, MessageType, ProgressParams, PublishDiagnosticsParams, ShowMessageParams,
};

/// A notification for the client.
pub(crate) enum Message {
    Publish(PublishDiagnosticsParams),
    Log(MessageType, String),
    /// Tells somebody something that they are waiting for.
    Show(MessageType, String),
    Status(Status),
    Progress(ProgressParams),
    /// Asks the client to pull diagnostics again.
    Refresh,
    /// Asks the client for inlay hints and lenses again, as far as it can be asked.
    RefreshHints(Arc<Capabilities>),
    /// Asks the client for semantic tokens again.
    RefreshTokens,
}

/// The sending end; cheap to clone and never in the way.
#[derive(Clone)]
pub(crate) struct Outbox {
    client: Client,
    sender: UnboundedSender<Message>,
}

impl Outbox {
    /// Starts the task that sends what is put into the outbox.
    pub(crate) fn start(client: Client) -> Outbox {
        let (sender, receiver) = unbounded_channel();
        tokio::spawn(deliver(client.clone(), receiver));
        Outbox { client, sender }
    }

    /// Returns the client, for requests. They are never awaited where a message is handled.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn send(&self, message: Message) {
        // The receiver only ends with the process.
        let _ = self.sender.send(message);
    }

    pub(crate) fn log(&self, kind: MessageType, text: impl Into<String>) {
        self.send(Message::Log(kind, text.into()));
    }
}

async fn deliver(client: Client, mut receiver: UnboundedReceiver<Message>) {
    while let Some(message) = receiver.recv().await {
        match message {
            Message::Publish(params) => client.send_notification::<PublishDiagnostics>(params).await,
            Message::Log(typ, message) => {
                client.send_notification::<LogMessage>(LogMessageParams { typ, message }).await;
            }
            Message::Show(typ, message) => {
                client.send_notification::<ShowMessage>(ShowMessageParams { typ, message }).await;
            }
            Message::Status(status) => client.send_notification::<StatusNotification>(status.to_json()).await,
            Message::Progress(params) => client.send_notification::<Progress>(params).await,
            Message::Refresh => {
                let client = client.clone();
                // The answer says nothing, and may never come.
                tokio::spawn(async move { client.workspace_diagnostic_refresh().await });
            }
            Message::RefreshTokens => {
                let client = client.clone();
                tokio::spawn(async move { client.semantic_tokens_refresh().await });
            }
            Message::RefreshHints(capabilities) => {
                if capabilities.refresh_hints {
                    let client = client.clone();
                    tokio::spawn(async move { client.inlay_hint_refresh().await });
                }
                if capabilities.refresh_lenses {
                    let client = client.clone();
                    tokio::spawn(async move { client.code_lens_refresh().await });
                }
            }
        }
    }
}

/// `luakit/status`: how the dry run of a script ended.
enum StatusNotification {}

impl Notification for StatusNotification {
    type Params = Value;
    const METHOD: &'static str = "luakit/status";
}
