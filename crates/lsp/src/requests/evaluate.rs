//! `luakit/evaluate` {uri}: evaluates the buffer now, and answers what came of it. A module is evaluated through a script
//! that requires it.

use crate::dry_run::{self, Outcome, Reason, Report};
use crate::requests::{failed, not_open};
use crate::session::Shared;
use crate::worker::CancelOnDrop;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::oneshot;
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp::lsp_types::Url;

pub(crate) async fn evaluate(shared: &Shared, url: &Url) -> Result<Value> {
    let report = run(shared, url).await?;
    Ok(json!({ "ok": report.is_ok(), "diagnostics": report.diagnostics.len(), "ops": report.ops }))
}

/// Runs a document because somebody asked. Dropping the future, as a cancelled request does, stops the script.
pub(crate) async fn run(shared: &Shared, url: &Url) -> Result<Arc<Report>> {
    let known = dry_run::known_script(&shared.lock(), url);
    let script = match known {
        Some(script) => script,
        None if shared.lock().trusted => dry_run::find_script(shared, url).await,
        None => url.clone(),
    };
    let (sender, receiver) = oneshot::channel();
    let cancel = {
        let mut session = shared.lock();
        if !session.trusted {
            return Err(failed("the workspace is not trusted, so that nothing in it is evaluated"));
        }
        dry_run::start(&mut session, shared, &script, Reason::Asked, Some(sender))
            .ok_or_else(|| not_open(url))?
    };
    let _guard = CancelOnDrop(cancel);
    match receiver.await {
        Ok(Outcome::Done(report)) => Ok(report),
        Ok(Outcome::Cancelled) => Err(Error::request_cancelled()),
        Ok(Outcome::Superseded) => Err(Error::new(ErrorCode::ContentModified)),
        Ok(Outcome::Failed(message)) => Err(failed(message)),
        Err(_) => Err(Error::internal_error()),
    }
}
