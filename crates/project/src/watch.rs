//! Looks after scripts that even the time limit cannot stop: a few loops inside Lua's libraries ask nobody.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a script may go on after its time is up.
const PATIENCE: Duration = Duration::from_secs(2);

/// The scripts that run, by a number each, with their begin.
type Running = Mutex<(u64, BTreeMap<u64, (Instant, String)>)>;

/// Watches every script that has begun.
pub(crate) struct Watch(Arc<Running>);

/// A script that is watched until this is dropped.
pub(crate) struct Watched<'w> {
    running: &'w Running,
    number: u64,
}

impl Watch {
    /// Starts to look, as long as the value is kept.
    pub(crate) fn start(timeout: Duration, overdue: fn(&str)) -> Watch {
        let running: Arc<Running> = Arc::default();
        let looked_at = Arc::downgrade(&running);
        let thread = std::thread::Builder::new().name("luakit-watch".into());
        // Without it there is still the limit itself.
        let _ = thread.spawn(move || {
            while let Some(running) = looked_at.upgrade() {
                let late = {
                    let running = running.lock().unwrap_or_else(PoisonError::into_inner);
                    let late = |(begun, _): &&(Instant, String)| begun.elapsed() > timeout + PATIENCE;
                    running.1.values().find(late).map(|(_, name)| name.clone())
                };
                drop(running);
                if let Some(name) = late {
                    overdue(&name);
                }
                std::thread::sleep(Duration::from_millis(100));
            }
        });
        Watch(running)
    }

    pub(crate) fn begin(&self, name: &str) -> Watched<'_> {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.0 += 1;
        let number = running.0;
        running.1.insert(number, (Instant::now(), name.to_owned()));
        Watched { running: &self.0, number }
    }
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).1.remove(&self.number);
    }
}
