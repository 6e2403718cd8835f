//! Work that nobody waits for any more ends early.
//!
//! Who asks gives a token along; long work looks at it now and then, and unwinds once it is tripped. Nothing that is
//! kept between questions is written by halves: what is remembered is put in its place when it is done.

use std::cell::RefCell;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

thread_local! {
    static TOKEN: RefCell<Option<Arc<AtomicBool>>> = const { RefCell::new(None) };
}

/// What unwinds.
struct Cancelled;

/// Does work on this thread until it is done or the token is tripped. Then it unwinds, without a word on stderr, to
/// whoever catches panics.
pub fn cancellable<T>(token: Arc<AtomicBool>, work: impl FnOnce() -> T) -> T {
    let _before = Before(TOKEN.replace(Some(token)));
    work()
}

/// Returns the token of the work on this thread, for threads that do a share of it.
pub fn cancel_token() -> Arc<AtomicBool> {
    TOKEN.with_borrow(|token| token.clone().unwrap_or_default())
}

/// Puts back what counted before.
struct Before(Option<Arc<AtomicBool>>);

impl Drop for Before {
    fn drop(&mut self) {
        TOKEN.set(self.0.take());
    }
}

/// Ends the work on this thread if nobody waits for it any more. Cheap, and to be called where much work begins.
pub fn end_if_cancelled() {
    let is_cancelled =
        TOKEN.with_borrow(|token| token.as_ref().is_some_and(|token| token.load(Ordering::Relaxed)));
    if is_cancelled {
        resume_unwind(Box::new(Cancelled));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::script;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    #[test]
    fn work_ends_when_its_token_is_tripped_and_the_next_is_none_the_worse() {
        let text = "local function f(x) return x end\nlocal s = f(bk.scratch())\ns:runn('x')\nbk.export(s)";
        let token = Arc::new(AtomicBool::new(true));
        let parsed = script(text);
        let ended = catch_unwind(AssertUnwindSafe(|| {
            cancellable(token.clone(), || crate::diagnostics(&parsed, None))
        }));
        assert!(ended.is_err());
        let found = crate::diagnostics(&parsed, None);
        assert_eq!(found.len(), 1, "{found:?}");
        token.store(false, Ordering::Relaxed);
        assert_eq!(cancellable(token, || crate::diagnostics(&parsed, None)), found);
    }
}
