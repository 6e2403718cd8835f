//! What is built in the end.

use crate::values::{
    Arch, Either, Env, Interval, NonEmpty, Os, Port, RunUser, Scalar, Signal, State, Strings, Time,
};
use crate::{Arg, Call, Cx, Options, Ty, View};
use std::collections::BTreeMap;

/// Says which state is the result of the build. A script calls it exactly once, or names its results by `bk.target`.
///
/// The config is the image's; it travels beside the definition (`luakit build --image-config-file`).
#[derive(Debug, Call)]
#[call(
    name = "export",
    llb = "Definition",
    example = r#"bk.export(bk.image("alpine:3.19"), { cmd = { "sh" } })"#
)]
pub struct Export {
    /// The result.
    #[arg(label = "first argument")]
    pub state: State,
    /// The configuration of the image.
    #[arg(optional)]
    pub config: ExportOptions,
}

/// Names a further result of the script, for `--target NAME` and `--all`.
///
/// A script with targets needs no `bk.export`; then a target must be chosen, unless there is only one.
#[derive(Debug, Call)]
#[call(
    name = "target",
    llb = "Definition",
    example = r#"bk.target("test", bk.image("alpine:3.19"):run("make test"))"#
)]
pub struct Target {
    /// The name: letters, digits, `_`, `-` and `.`.
    pub name: TargetName,
    /// The result.
    #[arg(label = "second argument")]
    pub state: State,
    /// The configuration of the image.
    #[arg(optional)]
    pub config: ExportOptions,
}

/// The name of a target. It names a file as well, with `--all`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetName(pub String);

impl TargetName {
    /// What `bk.export` exports is called so where targets are named.
    pub const EXPORT: &'static str = "default";
}

impl Arg for TargetName {
    const TY: Ty = Ty::String;
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let NonEmpty(name) = NonEmpty::read(value, cx)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) || !name.chars().all(plain) {
            cx.invalid::<()>(&format!("must be letters, digits, `_`, `-` and `.`, got \"{name}\""));
            return None;
        }
        if name == Self::EXPORT {
            cx.invalid::<()>("must not be \"default\", which is what `bk.export` exports");
            return None;
        }
        Some(Self(name))
    }
}

/// The configuration of an image.
#[derive(Debug, Options)]
pub struct ExportOptions {
    /// The program that a container runs, and its first arguments.
    pub entrypoint: Option<Strings>,
    /// The arguments that a container's command line replaces.
    pub cmd: Option<Strings>,
    /// Environment variables, as a map or a list of `"NAME=value"`.
    pub env: Option<Env>,
    /// The user a container runs as.
    pub user: Option<RunUser>,
    /// The working directory.
    pub workdir: Option<NonEmpty>,
    /// Ports, such as `"8080"` (tcp) or `"53/udp"`.
    pub expose: Option<Vec<Port>>,
    /// Labels.
    pub labels: Option<BTreeMap<String, Scalar>>,
    /// The operating system.
    #[option(shown = "that of the state's platform")]
    pub os: Option<Os>,
    /// The architecture.
    #[option(shown = "that of the state's platform")]
    pub arch: Option<Arch>,
    /// The variant of the architecture.
    #[option(shown = "that of the state's platform")]
    pub variant: Option<String>,
    /// Paths that are volumes.
    pub volumes: Option<Strings>,
    /// The signal that stops a container, such as `"SIGTERM"`.
    pub stop_signal: Option<Signal>,
    /// How a container's health is checked.
    pub healthcheck: Option<HealthcheckOptions>,
    /// What runs commands given as a string.
    pub shell: Option<Strings>,
    /// Instructions for builds that start from this image.
    pub onbuild: Option<Strings>,
    /// Annotations of the image's manifest.
    pub annotations: Option<BTreeMap<String, Scalar>>,
    /// When the image was made: seconds since 1970, or RFC 3339.
    pub created: Option<Time>,
}

/// How a container's health is checked.
#[derive(Debug, Options)]
pub struct HealthcheckOptions {
    /// The check: a shell line, or a list as in Docker (`{ "CMD", … }`, `{ "CMD-SHELL", … }`, `{ "NONE" }`).
    pub test: Either<NonEmpty, HealthTest>,
    /// The time between two checks.
    pub interval: Option<Interval>,
    /// The time after which a check has failed.
    pub timeout: Option<Interval>,
    /// The time a container has to start.
    pub start_period: Option<Interval>,
    /// How many failures in a row make a container unhealthy.
    pub retries: Option<u32>,
}

/// A check of a container's health as a list, whose first word says how the others are run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthTest(pub Vec<String>);

impl Arg for HealthTest {
    const TY: Ty = Ty::List(&Ty::String);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let words = Vec::<String>::read(value, cx)?;
        let wrong = |what: &str, hint: &str, cx: &mut Cx| {
            cx.invalid::<()>(what);
            cx.hint(hint);
            None
        };
        match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            // Docker takes an empty list for the check of the base image.
            [] | ["NONE"] | ["CMD" | "CMD-SHELL", _, ..] => Some(Self(words)),
            ["NONE", ..] => {
                wrong("must have nothing after \"NONE\"", "`{ \"NONE\" }` turns the check off", cx)
            }
            [how @ ("CMD" | "CMD-SHELL")] => wrong(
                &format!("must have a command after \"{how}\""),
                "as in `{ \"CMD\", \"curl\", \"-f\", … }`",
                cx,
            ),
            [first, ..] => {
                let first = crate::values::quote(first);
                let what = format!("must begin with \"CMD\", \"CMD-SHELL\" or \"NONE\", got {first}");
                wrong(&what, &format!("write `{{ \"CMD\", {first}, … }}`, or a shell line as a string"), cx)
            }
        }
    }
}
