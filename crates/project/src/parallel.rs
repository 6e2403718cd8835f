//! Work spread over the processors, each item on a thread with a large stack, results in the order of the items.

use luakit_check::worker;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Does `work` for every item. What panics is the message of its panic.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<Result<R, String>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(items.len());
    let next = AtomicUsize::new(0);
    let slots: Vec<Mutex<Option<Result<R, String>>>> = items.iter().map(|_| Mutex::new(None)).collect();
    let serve = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let (Some(item), Some(slot)) = (items.get(index), slots.get(index)) else { return };
            let result = catch_unwind(AssertUnwindSafe(|| work(item)));
            let result = result.map_err(|panic| worker::panic_message(&*panic));
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let thread = std::thread::Builder::new().name("luakit-worker".into()).stack_size(worker::STACK);
            // With fewer threads than wanted the others do the work; with none, the items say so.
            let _ = thread.spawn_scoped(scope, serve);
        }
    });
    let done = |slot: Mutex<Option<_>>| slot.into_inner().unwrap_or_else(PoisonError::into_inner);
    slots
        .into_iter()
        .map(|slot| done(slot).unwrap_or_else(|| Err("no thread could be started".into())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_in_the_order_of_the_items_and_a_panic_hurts_only_its_own() {
        let items: Vec<usize> = (0..100).collect();
        let results = map(&items, |n| {
            assert!(*n != 50, "fifty");
            n * 2
        });
        assert_eq!(results[49], Ok(98));
        assert_eq!(results[50], Err("fifty".into()));
        assert_eq!(results[99], Ok(198));
    }
}
