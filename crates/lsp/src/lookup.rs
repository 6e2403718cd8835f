//! Questions to registries: off the session's lock, a few at a time, seen by the client, and given up by whoever asked.

use crate::progress;
use crate::session::Shared;
use crate::worker;
use luakit_buildkit::registry::{Config, resolve};
use luakit_llb::{Digest, Reference};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::{Notify, Semaphore};
use tower_lsp::lsp_types::NumberOrString;

/// How many registries are asked at a time. One that hangs holds up nothing but other lookups.
static LOOKUPS: Semaphore = Semaphore::const_new(4);

/// How soon it is seen that something is looked up.
const PROGRESS_AFTER: Duration = Duration::from_millis(300);

/// The lookups that the client may cancel, by what it calls their progress.
#[derive(Default)]
pub(crate) struct Running(Vec<(NumberOrString, Weak<Notify>)>);

impl Running {
    fn begin(&mut self, token: NumberOrString) -> Arc<Notify> {
        self.0.retain(|(_, stop)| stop.strong_count() > 0);
        let stop = Arc::new(Notify::new());
        self.0.push((token, Arc::downgrade(&stop)));
        stop
    }

    /// Cancels one, or all.
    pub(crate) fn cancel(&self, token: Option<&NumberOrString>) {
        let is_it = |it: &&(NumberOrString, Weak<Notify>)| token.is_none_or(|token| it.0 == *token);
        self.0.iter().filter(is_it).filter_map(|(_, stop)| stop.upgrade()).for_each(|stop| stop.notify_one());
    }
}

/// Asks a registry what a reference stands for; returns nothing if it was cancelled. `cancelled` keeps a request that is under way from
/// being followed by another.
pub(crate) async fn look_up(
    shared: &Shared,
    reference: Reference,
    title: String,
    cancelled: Arc<AtomicBool>,
) -> Option<Result<Digest, String>> {
    let (stop, token) = {
        let mut session = shared.lock();
        let token = progress::lookup_token(session.next());
        (session.lookups.begin(token.clone()), token)
    };
    let looked_up = async {
        let permit = LOOKUPS.acquire().await;
        let found = worker::spawn(move || {
            // The thread holds it, for it goes on when a cancelled request has long been forgotten.
            let _permit = permit;
            resolve(&reference, &Config::of_environment(), &cancelled).map_err(|err| err.to_string())
        });
        found.await.unwrap_or_else(|_| Err("the worker is gone".into())).and_then(|found| found)
    };
    let shown = async {
        tokio::time::sleep(PROGRESS_AFTER).await;
        let _shown = progress::begin(&shared.lock(), token, title);
        std::future::pending::<()>().await
    };
    tokio::select! {
        found = looked_up => Some(found),
        () = stop.notified() => None,
        () = shown => None,
    }
}
