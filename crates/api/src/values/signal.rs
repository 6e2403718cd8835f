//! Signals, as Docker reads them.

use super::{NonEmpty, quote};
use crate::{Arg, Cx, Ty, View, nearest};

/// The signal that stops a container: a name, with or without `SIG`, or a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal(pub String);

/// The names that Docker knows on Linux, without those of the real-time signals.
const NAMES: &[&str] = &[
    "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE",
    "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU",
    "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ",
];

impl Arg for Signal {
    const TY: Ty = Ty::String;
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let text = NonEmpty::read(value, cx)?.0;
        if is_signal(&text) {
            return Some(Self(text));
        }
        let upper = text.to_ascii_uppercase();
        let near = nearest(upper.strip_prefix("SIG").unwrap_or(&upper), NAMES.iter().copied());
        let meant = near.map_or(String::new(), |near| format!(", did you mean \"SIG{near}\"?"));
        cx.invalid(&format!("must be a signal like \"SIGTERM\", got {}{meant}", quote(&text)))
    }
}

fn is_signal(text: &str) -> bool {
    if let Ok(number) = text.parse::<u32>() {
        return number > 0;
    }
    let upper = text.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let real_time = |prefix: &str, most: u32| {
        let rest = name.strip_prefix(prefix).and_then(|rest| rest.parse::<u32>().ok());
        rest.is_some_and(|number| (1..=most).contains(&number))
    };
    NAMES.contains(&name)
        || matches!(name, "RTMIN" | "RTMAX")
        || real_time("RTMIN+", 15)
        || real_time("RTMAX-", 14)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_are_those_of_a_dockerfile() {
        for text in ["SIGTERM", "term", "SigQuit", "9", "SIGRTMIN", "SIGRTMIN+3", "RTMAX-14"] {
            assert!(is_signal(text), "{text}");
        }
        for text in ["SIGFOO", "0", "-1", "SIG", "SIGRTMIN+16", "SIGRTMAX-0", "TERM ", "SIGSIGTERM"] {
            assert!(!is_signal(text), "{text}");
        }
    }
}
