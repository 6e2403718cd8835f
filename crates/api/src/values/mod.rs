//! Kinds of values with rules of their own: modes, sizes, durations, times, owners, commands, environments.

mod command;
mod either;
mod env;
mod mode;
mod owner;
mod platform;
mod port;
mod signal;
mod size;
mod text;
mod time;
mod ulimit;

pub use crate::arg::number_text as lua_number_text;
pub use crate::arg::object::{Mount, Platform, State};
pub use command::{Command, ExitCodes};
pub use either::{Either, Shape};
pub use env::{Env, SecretEnvOptions, SecretEnvs};
pub use mode::{CopyMode, Mode};
pub use owner::{Owner, OwnerOptions, RunUser, UserName};
pub use platform::{Arch, Os, PlatformOptions, PlatformSpec};
pub use port::Port;
pub use signal::Signal;
pub use size::{Size, SwapSize};
pub use text::{Address, Bytes, Digest, NonEmpty, Scalar, Strings, Word, quote};
pub use time::{Duration, Interval, Time, parse_duration, parse_rfc3339};
pub use ulimit::{Ulimit, UlimitOptions, Ulimits};
