//! Merging, comparing, naming, platforms, arguments.

use crate::values::{Either, NonEmpty, PlatformSpec, Scalar, State, lua_number_text};
use crate::{Arg, Call, Choice, Cx, Kind, Known, Object, Options, View};
use luakit_diagnostics::Code;
use std::collections::BTreeMap;

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

/// Reads an argument of the build, given as `--arg NAME=VALUE` or in `luakit.toml`.
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

/// Builds the definition that is found in a state: LLB that LLB made.
#[derive(Debug, Call)]
#[call(name = "build", returns = Object(Object::State), llb = "BuildOp",
    example = r#"bk.build(bk.image("alpine:3.19"):run("make-llb > /buildkit.llb.definition"))"#)]
pub struct Build {
    /// What holds the definition.
    pub state: State,
    /// Where in it the definition is.
    #[arg(optional)]
    pub opts: BuildOptions,
}

/// Where a definition is found.
#[derive(Debug, Options)]
pub struct BuildOptions {
    /// The path of the file.
    #[option(shown = "buildkit.llb.definition")]
    pub filename: Option<NonEmpty>,
    /// Further attributes of the op.
    pub attrs: Option<BTreeMap<String, Scalar>>,
}

/// Declares an argument of the build and returns its value.
///
/// It is given as `--arg NAME=VALUE`, in an `--arg-file` or in `luakit.toml`, else by the environment variable of that
/// name (command line only), else it is the default.
#[derive(Debug, Call)]
#[call(name = "arg", returns = Any, llb = "none",
    example = r#"bk.arg("VERSION", "dev", { description = "what the program says of itself" })"#)]
pub struct ArgOf {
    /// The name of the argument.
    pub name: NonEmpty,
    /// The value where the argument is not given.
    pub default: Option<ArgValue>,
    /// What values it may have.
    #[arg(optional)]
    pub opts: ArgOptions,
}

/// What values an argument may have.
#[derive(Debug, Options)]
pub struct ArgOptions {
    /// What the text of the argument is turned into.
    #[option(shown = "that of the default, else \"string\"")]
    pub r#type: Option<ArgType>,
    /// The values it may have.
    pub choices: Option<Vec<Scalar>>,
    /// Whether it must be given.
    #[option(default = false)]
    pub required: bool,
    /// What it is for.
    pub description: Option<String>,
}

/// What the text of an argument is turned into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub enum ArgType {
    /// Nothing: it stays text.
    String,
    /// A number.
    Number,
    /// A boolean: true, 1, yes, on; false, 0, no, off.
    Boolean,
}

/// The value of an argument.
#[derive(Debug, Clone, PartialEq)]
pub enum ArgValue {
    String(String),
    Number(f64),
    Boolean(bool),
}

impl ArgValue {
    pub fn ty(&self) -> ArgType {
        match self {
            ArgValue::String(_) => ArgType::String,
            ArgValue::Number(_) => ArgType::Number,
            ArgValue::Boolean(_) => ArgType::Boolean,
        }
    }

    /// Returns the value as it would be given on the command line.
    pub fn text(&self) -> String {
        match self {
            ArgValue::String(text) => text.clone(),
            ArgValue::Number(number) => lua_number_text(*number),
            ArgValue::Boolean(value) => value.to_string(),
        }
    }

    /// Turns text into a value, or returns `None` if it is none of this type.
    pub fn parse(text: &str, ty: ArgType) -> Option<Self> {
        match ty {
            ArgType::String => Some(ArgValue::String(text.to_owned())),
            ArgType::Number => text.trim().parse().ok().filter(|n: &f64| n.is_finite()).map(ArgValue::Number),
            ArgType::Boolean => match text.trim().to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" | "on" => Some(ArgValue::Boolean(true)),
                "false" | "0" | "no" | "off" => Some(ArgValue::Boolean(false)),
                _ => None,
            },
        }
    }
}

impl Arg for ArgValue {
    const TY: crate::Ty = crate::Ty::Union(&[crate::Ty::String, crate::Ty::Number, crate::Ty::Boolean]);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        match value.known() {
            Known::String(_) => String::read(value, cx).map(Self::String),
            Known::Number(_) => f64::read(value, cx).map(Self::Number),
            Known::Boolean(value) => value.map(Self::Boolean),
            other => cx.wrong_type(&Self::TY, other.kind()),
        }
    }
}
