//! Threads with a stack large enough for parsing and evaluating.

/// The stack of a worker: deep nesting is refused long before it is used up.
pub const STACK: usize = 64 << 20;

/// Runs `work` on a thread of its own with a large stack and waits for it.
///
/// # Errors
/// The message of the panic, if `work` panicked.
pub fn run<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, String> {
    std::thread::scope(|scope| {
        let handle = std::thread::Builder::new()
            .name("luakit-worker".into())
            .stack_size(STACK)
            .spawn_scoped(scope, work)
            .map_err(|err| format!("cannot start a thread: {err}"))?;
        handle.join().map_err(|panic| panic_message(&*panic))
    })
}

/// Returns the message of a panic.
pub fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "it panicked".into())
}
