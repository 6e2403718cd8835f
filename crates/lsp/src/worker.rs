//! Parsing and evaluating happen on threads of their own: they need a large stack, and would stall tokio's.

use luakit_check::worker::{STACK, panic_message};
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::sync::{Semaphore, oneshot};

/// How many questions are worked on at a time; the others wait in the order they came.
static QUESTIONS: Semaphore = Semaphore::const_new(8);

/// Runs a short piece of work on a worker.
///
/// # Errors
/// The message of the panic, if it panicked.
pub(crate) async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    let _permit = QUESTIONS.acquire().await;
    spawn(work).await.unwrap_or_else(|_| Err("the worker is gone".into()))
}

/// Starts work on a thread of its own and returns where its result arrives.
pub(crate) fn spawn<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> oneshot::Receiver<Result<T, String>> {
    let (sender, receiver) = oneshot::channel();
    let thread = std::thread::Builder::new().name("luakit-worker".into()).stack_size(STACK);
    let spawned = thread.spawn(move || {
        let result = catch_unwind(AssertUnwindSafe(work)).map_err(|panic| panic_message(&*panic));
        // Nobody may be waiting any more, which is fine.
        let _ = sender.send(result);
    });
    match spawned {
        Ok(_) => receiver,
        Err(err) => {
            let (sender, receiver) = oneshot::channel();
            let _ = sender.send(Err(format!("cannot start a thread: {err}")));
            receiver
        }
    }
}
