//! `luakit/status` {uri}: how the last dry run of a script ended. A module is answered for by a script that requires it.

use crate::session::Session;
use serde_json::{Value, json};
use tower_lsp::lsp_types::Url;

pub(crate) fn status(session: &Session, url: &Url) -> Value {
    let own = session.entries.get_key_value(url);
    let readers = || session.entries.iter().find(|(_, entry)| entry.names.values().any(|read| read == url));
    let mut answer = json!({ "uri": url, "entry": null, "ops": null, "ms": 0, "outdated": false });
    let (state, message) = match own.or_else(readers) {
        None if !session.trusted => ("idle", "not evaluated: the workspace is not trusted".to_owned()),
        None => ("idle", "not evaluated yet".to_owned()),
        Some((script, entry)) => {
            answer["entry"] = json!(script);
            // What was run is not what is there, or there was nothing that could be.
            answer["outdated"] = json!(entry.is_outdated(session));
            match &entry.status {
                _ if entry.is_running() => ("running", String::new()),
                None => ("idle", "not evaluated yet".to_owned()),
                Some(status) => {
                    let told = status.to_json();
                    answer["ops"] = told["ops"].clone();
                    answer["ms"] = told["ms"].clone();
                    (status.state, status.message.clone())
                }
            }
        }
    };
    answer["state"] = json!(state);
    answer["message"] = json!(message);
    answer
}
