//! Progress of long dry runs, with a way to cancel them.

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

/// Begins to show the progress of a run, if the client can.
pub(crate) fn begin(session: &Session, number: u64, url: &Url) -> Shown {
    let (sender, receiver) = oneshot::channel();
    if session.capabilities.progress {
        let name = session.documents.get(url).map(|document| document.name.clone()).unwrap_or_default();
        tokio::spawn(show(session.outbox.clone(), token(number), name, receiver));
    }
    Shown { _ended: sender }
}

async fn show(outbox: Outbox, token: NumberOrString, name: String, ended: oneshot::Receiver<()>) {
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
        title: format!("Evaluating {name}"),
        cancellable: Some(true),
        ..WorkDoneProgressBegin::default()
    }));
    // Ends with the value that holds the sender, whichever way.
    let _ = ended.await;
    send(WorkDoneProgress::End(WorkDoneProgressEnd { message: None }));
}
