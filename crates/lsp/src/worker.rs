//! Parsing and evaluating happen on threads of their own: they need a large stack, and would stall tokio's.

use luakit_analysis::cancellable;
use luakit_check::worker::{STACK, panic_message};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::{Semaphore, oneshot};

/// How many questions are worked on at a time; the others wait in the order they came.
static QUESTIONS: Semaphore = Semaphore::const_new(8);

/// Runs a short piece of work on a worker.
///
/// # Errors
/// The message of the panic, if it panicked.
pub(crate) async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    let permit = QUESTIONS.acquire().await;
    // Who does not wait any more drops this future, and with it the work.
    let token = Arc::<AtomicBool>::default();
    let _guard = CancelOnDrop(token.clone());
    // The thread holds the permit, for it may go on for a while when a cancelled request has been forgotten.
    let work = move || {
        let _permit = permit;
        cancellable(token, work)
    };
    spawn(work).await.unwrap_or_else(|_| Err("the worker is gone".into()))
}

/// Trips a flag of one piece of work, so that it does no harm when that has ended.
pub(crate) struct CancelOnDrop(pub(crate) Arc<AtomicBool>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;
    use std::sync::mpsc::channel;
    use std::task::{Context, Waker};

    #[test]
    fn the_work_of_a_request_that_is_cancelled_ends_early() {
        let (ended, has_ended) = channel();
        let mut question = Box::pin(run(move || {
            struct Tells(std::sync::mpsc::Sender<()>);
            impl Drop for Tells {
                fn drop(&mut self) {
                    let _ = self.0.send(());
                }
            }
            let _tells = Tells(ended);
            loop {
                luakit_analysis::end_if_cancelled();
                std::thread::yield_now();
            }
        }));
        let _: std::task::Poll<Result<(), String>> =
            question.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(has_ended.try_recv().is_err(), "it works for who waits");
        drop(question);
        let patience = std::time::Duration::from_secs(10);
        assert_eq!(has_ended.recv_timeout(patience), Ok(()), "and for nobody else");
    }

    #[test]
    fn requests_that_are_cancelled_at_once_do_not_pile_up_threads() {
        let begun = Arc::new(AtomicUsize::new(0));
        let mut held = Vec::new();
        let mut started = Vec::new();
        for _ in 0..100 {
            let (hold, end) = channel::<()>();
            let (start, has_started) = channel();
            let begun = begun.clone();
            let mut question = Box::pin(run(move || {
                begun.fetch_add(1, Ordering::SeqCst);
                let _ = start.send(());
                // Works until the test lets go.
                let _ = end.recv();
            }));
            // Started as far as there is room, and cancelled.
            let _ = question.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            drop(question);
            held.push(hold);
            started.push(has_started);
        }
        // A question that had no room is dropped with its channel; the others say that they have begun.
        let count = started.iter().filter(|started| started.recv().is_ok()).count();
        assert_eq!(begun.load(Ordering::SeqCst), count);
        assert!(count <= 8, "{count} threads work for nobody");
    }
}
