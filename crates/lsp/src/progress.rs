//! Progress of what takes long, with a way to cancel it.

use crate::outbox::{Message, Outbox};
use crate::session::Session;
use tokio::sync::oneshot;
use tower_lsp::lsp_types::request::WorkDoneProgressCreate;
use tower_lsp::lsp_types::*;

/// Shows that something is going on, until it is dropped.
pub(crate) struct Shown {
    _ended: oneshot::Sender<()>,
}

pub(crate) fn token(number: u64) -> NumberOrString {
    NumberOrString::String(format!("luakit/dry-run/{number}"))
}

/// Names the progress of a question to a registry.
pub(crate) fn lookup_token(number: u64) -> NumberOrString {
    NumberOrString::String(format!("luakit/lookup/{number}"))
}

/// Begins to show the progress of a run, if the client can.
pub(crate) fn begin_run(session: &Session, number: u64, url: &Url) -> Shown {
    let name = session.documents.get(url).map(|document| document.name.clone()).unwrap_or_default();
    begin(session, token(number), format!("Evaluating {name}"))
}

/// Begins to show the progress of something, if the client can.
pub(crate) fn begin(session: &Session, token: NumberOrString, title: String) -> Shown {
    let (sender, receiver) = oneshot::channel();
    if session.capabilities.progress {
        tokio::spawn(show(session.outbox.clone(), token, title, receiver));
    }
    Shown { _ended: sender }
}

async fn show(outbox: Outbox, token: NumberOrString, title: String, ended: oneshot::Receiver<()>) {
    let create = WorkDoneProgressCreateParams { token: token.clone() };
    // A client that refuses does not want to see it.
    if outbox.client().send_request::<WorkDoneProgressCreate>(create).await.is_err() {
        return;
    }
    let send = |value| {
        let value = ProgressParamsValue::WorkDone(value);
        outbox.send(Message::Progress(ProgressParams { token: token.clone(), value }));
    };
    send(WorkDoneProgress::Begin(WorkDoneProgressBegin {
        title,
        cancellable: Some(true),
        ..WorkDoneProgressBegin::default()
    }));
    // Ends with the value that holds the sender, whichever way.
    let _ = ended.await;
    send(WorkDoneProgress::End(WorkDoneProgressEnd { message: None }));
}
