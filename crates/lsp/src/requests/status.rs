//! `luakit/status` {uri}: how the last dry run of a script ended.

use crate::session::Session;
use serde_json::{Value, json};
use tower_lsp::lsp_types::Url;

pub(crate) fn status(session: &Session, url: &Url) -> Value {
    let entry = session.entries.get(url);
    if entry.is_some_and(|entry| entry.is_running()) {
        return json!({ "uri": url, "state": "running", "message": "", "ops": null, "ms": 0 });
    }
    if let Some(status) = entry.and_then(|entry| entry.status.as_ref()) {
        return status.to_json();
    }
    let message =
        if session.trusted { "not evaluated yet" } else { "not evaluated: the workspace is not trusted" };
    json!({ "uri": url, "state": "idle", "message": message, "ops": null, "ms": 0 })
}
