//! Limits on the resources of a process.

use crate::{Arg, Cx, Known, Options, Special, Step, Ty, View};
use std::collections::BTreeMap;

/// A limit on a resource of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ulimit {
    pub soft: i64,
    pub hard: i64,
}

/// A soft and a hard limit.
#[derive(Debug, Options)]
pub struct UlimitOptions {
    /// The limit in force; -1 is unlimited.
    pub soft: i64,
    /// The limit up to which the process may raise it; -1 is unlimited.
    pub hard: i64,
}

static ULIMIT: Special = Special {
    name: "Ulimit",
    written: &[Ty::Integer, <UlimitOptions as Arg>::TY],
    doc: "One number for both limits, or `{ soft = …, hard = … }`; -1 is unlimited.",
};

impl Arg for Ulimit {
    const TY: Ty = Ty::Special(&ULIMIT);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let limit = match value.known() {
            Known::Number(_) => {
                let both = i64::read(value, cx)?;
                Ulimit { soft: both, hard: both }
            }
            Known::Table(_) => {
                let UlimitOptions { soft, hard } = UlimitOptions::read(value, cx)?;
                Ulimit { soft, hard }
            }
            other => return cx.wrong_type(&Self::TY, other.kind()),
        };
        if limit.soft < -1 || limit.hard < -1 {
            return cx.invalid("must be -1 (unlimited) or more");
        }
        if limit.hard != -1 && (limit.soft == -1 || limit.soft > limit.hard) {
            return cx.invalid("must not have a soft limit above its hard limit");
        }
        Some(limit)
    }
}

/// Limits by name, in the order of the names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ulimits(pub BTreeMap<String, Ulimit>);

const ULIMIT_NAMES: &[&str] = &[
    "core",
    "cpu",
    "data",
    "fsize",
    "locks",
    "memlock",
    "msgqueue",
    "nice",
    "nofile",
    "nproc",
    "rss",
    "rtprio",
    "rttime",
    "sigpending",
    "stack",
];

impl Arg for Ulimits {
    const TY: Ty = Ty::Map(&Ulimit::TY);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let limits = <BTreeMap<String, Ulimit>>::read(value, cx)?;
        for name in limits.keys() {
            if !ULIMIT_NAMES.contains(&&**name) {
                let meant = crate::nearest(name, ULIMIT_NAMES.iter().copied())
                    .map_or(String::new(), |near| format!(", did you mean `{near}`?"));
                let name = name.clone();
                return cx.at(Step::Key(name.clone()), |cx| {
                    cx.invalid::<()>(&format!("is not a limit: unknown name `{name}`{meant}"));
                    cx.focus(crate::Focus::Key);
                    None
                });
            }
        }
        Some(Self(limits))
    }
}
