//! Merging, comparing, naming, platforms, arguments.

use crate::values::{Either, NonEmpty, PlatformSpec, State};
use crate::{Arg, Call, Cx, Kind, Known, Object, Options, View};
use luakit_diagnostics::Code;

/// Names a step and says how it is shown and cached. It never changes the step itself.
#[derive(Debug, Call)]
#[call(name = "with_metadata", on = State, returns = Object(Object::State), llb = "OpMetadata",
    example = r#"bk.image("alpine:3.19"):run("make"):with_metadata({ description = "compile" })"#)]
pub struct WithMetadata {
    /// What is said of the step.
    #[arg(label = "metadata")]
    pub metadata: MetadataOptions,
}

/// What is said of a step.
#[derive(Debug, Options)]
pub struct MetadataOptions {
    /// The name shown while it is built.
    pub description: Option<NonEmpty>,
    /// The group it is shown in: a name, or a table.
    pub progress_group: Option<Either<NonEmpty, ProgressGroupOptions>>,
    /// Whether it is built even where its result is cached.
    pub ignore_cache: Option<bool>,
    /// Whether its result goes into an exported cache.
    pub export_cache: Option<bool>,
}

/// A group of steps that are shown as one.
#[derive(Debug, Options)]
pub struct ProgressGroupOptions {
    /// What makes steps belong together.
    pub id: NonEmpty,
    /// The name shown.
    #[option(shown = "the id")]
    pub name: Option<NonEmpty>,
    /// Whether another group may take the step over.
    #[option(default = false)]
    pub weak: bool,
}

/// Lays states over each other, the later ones on top.
#[derive(Debug, Call)]
#[call(name = "merge", returns = Object(Object::State), llb = "MergeOp",
    example = r#"bk.merge(bk.image("alpine:3.19"), bk.scratch():mkfile("/hello", "hi\n"))"#)]
pub struct Merge {
    /// The states, the lowest first.
    #[arg(variadic, min = 2, label = "states")]
    pub states: Vec<State>,
}

/// Takes what `upper` changed over `lower`.
#[derive(Debug, Call)]
#[call(name = "diff", returns = Object(Object::State), llb = "DiffOp",
    example = r#"bk.diff(bk.image("alpine:3.19"), bk.image("alpine:3.19"):run("apk add curl"))"#)]
pub struct Diff {
    /// What is left out.
    #[arg(label = "arguments")]
    pub lower: DiffSide,
    /// What the difference is taken from.
    #[arg(label = "arguments")]
    pub upper: DiffSide,
}

/// A side of a diff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiffSide(pub State);

impl Arg for DiffSide {
    const TY: crate::Ty = crate::Ty::Object(Object::State);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        match value.known() {
            Known::Object(Object::State, id) => id.map(|id| Self(State(id))),
            other => match other.kind() {
                Kind::Unknown => None,
                Kind::Nil if cx.problems.iter().any(|other| other.code == Code::MISSING_ARGUMENT) => None,
                kind => cx.problem(
                    if kind == Kind::Nil { Code::MISSING_ARGUMENT } else { Code::WRONG_TYPE },
                    format!("arguments must be state objects, got {}", kind.name()),
                ),
            },
        }
    }
}

/// Names a platform: `bk.platform("linux", "arm64")` or `bk.platform("linux/arm64")`.
///
/// The result has `os`, `arch` and `variant`, normalised as containerd does: `linux/arm` is arm/v7.
#[derive(Debug, Call)]
#[call(name = "platform", returns = Object(Object::Platform), llb = "Platform",
    example = r#"bk.platform("linux", "arm64")"#)]
pub struct PlatformOf {
    /// The operating system, or the whole platform as `os/arch[/variant]`.
    pub os: NonEmpty,
    /// The architecture.
    pub arch: Option<NonEmpty>,
    /// The variant of the architecture.
    pub variant: Option<NonEmpty>,
}

impl PlatformOf {
    /// Checks the parts together. Problems are reported to `cx`.
    pub fn spec(&self, cx: &mut Cx) -> Option<PlatformSpec> {
        cx.at_arg(0, "platform", |cx| match (&self.arch, &self.variant) {
            (Some(arch), variant) => {
                PlatformSpec::parts(&self.os.0, &arch.0, variant.as_ref().map_or("", |v| &v.0), cx)
            }
            (None, Some(_)) => cx.problem(
                Code::MISSING_ARGUMENT,
                "a variant needs an architecture before it, as in `bk.platform(\"linux\", \"arm\", \"v7\")`",
            ),
            (None, None) => PlatformSpec::parse(&self.os.0, cx),
        })
    }
}

/// Reads an argument of the build, given as `--arg NAME=VALUE`.
///
/// On the command line an environment variable of that name serves where the argument is not given. The rest of the
/// host's environment is out of reach.
#[derive(Debug, Call)]
#[call(name = "getenv", on = Os, returns = Union(&[crate::Ty::String, crate::Ty::Nil]), llb = "none",
    example = r#"os.getenv("VERSION")"#)]
pub struct Getenv {
    /// The name of the argument.
    pub name: NonEmpty,
}
