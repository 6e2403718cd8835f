//! Panics that are known of, in libraries: caught, and nobody is told.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; a panic is `None`, and leaves no text on stderr: to a user it would look like a crash.
pub fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let others = take_hook();
        set_hook(Box::new(move |panic| {
            if !EXPECTED.get() {
                others(panic);
            }
        }));
    });
    let before = EXPECTED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work)).ok();
    EXPECTED.set(before);
    result
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_panic_is_none_and_what_it_was_in_goes_on() {
        assert_eq!(super::caught(|| super::caught(|| panic!("expected"))), Some(None::<()>));
        assert_eq!(super::caught(|| 1), Some(1));
    }
}
