//! `luakit/panic` {place}, in debug builds only: panics there, so that tests see what a mistake of ours costs.

use crate::requests::work;
use crate::session::Shared;
use serde::Deserialize;
use serde_json::Value;
use tower_lsp::jsonrpc::Result;

#[derive(Deserialize)]
pub(crate) struct Params {
    place: Place,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Place {
    /// Where the message is handled, before anything is awaited.
    Handler,
    /// Where the handler goes on after it has waited.
    Later,
    /// While the session is changed.
    Session,
    /// On the thread that works the answer out.
    Worker,
}

pub(crate) async fn panic(shared: &Shared, params: Params) -> Result<Value> {
    match params.place {
        Place::Handler => panic!("as asked, in the handler"),
        Place::Later => {
            tokio::task::yield_now().await;
            panic!("as asked, later");
        }
        Place::Session => {
            let _session = shared.lock();
            panic!("as asked, in the session");
        }
        Place::Worker => work(|| panic!("as asked, on the worker")).await,
    }
}
