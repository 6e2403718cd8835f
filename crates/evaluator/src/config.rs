//! What a script may use and what it is told of its surroundings.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// How a script is evaluated.
#[derive(Clone)]
pub struct Config {
    /// Values for `os.getenv`, from `--arg`.
    pub args: BTreeMap<String, String>,
    /// Looks an argument up that is not in `args`, as in the environment on the command line.
    pub env: Option<fn(&str) -> Option<String>>,
    /// The platform that images without one are taken for.
    pub platform: luakit_llb::Platform,
    pub limits: Limits,
    /// Trips when the result is no longer wanted.
    pub cancel: Arc<AtomicBool>,
    /// Whether the script goes on after an error of the API, to find more of them.
    pub collect: bool,
    /// Whether the values are kept that a text tells [`OBSERVER`](luakit_api::OBSERVER).
    pub observe: bool,
    /// Called with what the script prints, as it prints it.
    pub print: Option<fn(&str)>,
}

/// The bounds of a script's resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub time: Duration,
    /// Bytes of Lua's own memory. Luau collects no garbage in an emergency, so a tight limit fails falsely: 256 MB is
    /// the least that does not.
    pub memory: usize,
    /// Operations of the graph, which Lua's memory does not count.
    pub ops: usize,
    /// Bytes that the operations' arguments hold together.
    pub data: usize,
    /// Bytes printed.
    pub output: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(30),
            memory: 512 << 20,
            ops: 100_000,
            data: 256 << 20,
            output: 1 << 20,
        }
    }
}
