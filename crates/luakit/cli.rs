//! The command line, as clap reads it.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

/// Build scripts in Lua for BuildKit.
#[derive(Debug, Parser)]
#[command(name = "luakit", version, propagate_version = true, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// When text for people is coloured; NO_COLOR and CLICOLOR_FORCE are honoured
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = Color::Auto, hide_possible_values = true)]
    pub(crate) color: Color,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Evaluates a script and writes its LLB definition, for `buildctl build`
    Build(BuildArgs),
    /// Checks scripts: static checks and a dry run
    #[command(visible_alias = "validate")]
    Check(CheckArgs),
    /// Shows the graph that a script makes
    Dag(DagArgs),
    /// Tells what an edit does to the graph, and what BuildKit runs again for it
    Diff(DiffArgs),
    /// Formats scripts, as stylua.toml says
    #[cfg(feature = "fmt")]
    Fmt(FmtArgs),
    /// Pins the images of scripts to the digests that their registries tell
    Pin(PinArgs),
    /// Runs tests of scripts: *_test.lua and *.test.lua
    Test(TestArgs),
    /// Looks whether everything that luakit works with is there
    Doctor(DoctorArgs),
    /// Prints the declaration of the `bk` API, for other tools
    Api(ApiArgs),
    /// Runs the language server on stdin and stdout
    Lsp(LspArgs),
    /// Prints what a shell needs to complete the command line
    Completions(CompletionsArgs),
    /// Prints the version
    Version,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal
    Auto,
    Always,
    Never,
}

/// How a script is evaluated, in every command alike.
#[derive(Debug, Args)]
pub(crate) struct EvalArgs {
    /// Sets an argument that the script reads with `bk.arg`
    #[arg(long = "arg", visible_alias = "frontend-arg", value_name = "NAME=VALUE", value_parser = name_value)]
    pub(crate) args: Vec<(String, String)>,
    /// Reads arguments from a file: lines of NAME=VALUE, with `#` comments
    #[arg(long, value_name = "FILE")]
    pub(crate) arg_file: Vec<PathBuf>,
    /// The platforms that the script is evaluated for, such as linux/amd64,linux/arm64
    #[arg(long, value_name = "OS/ARCH", value_parser = platform, value_delimiter = ',')]
    pub(crate) platform: Vec<luakit_llb::Platform>,
    /// The result that is wanted, by the name that `bk.target` gives it; `default` is what `bk.export` exports
    #[arg(long, value_name = "NAME")]
    pub(crate) target: Option<String>,
    /// How long a script may run, such as 500ms, 30s or 2m
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration)]
    pub(crate) timeout: Duration,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  luakit build build.lua | buildctl build --local context=. --output type=local,dest=out"
)]
pub(crate) struct BuildArgs {
    /// The script
    pub(crate) script: PathBuf,
    /// Writes the definition to a file rather than to stdout; several definitions go into a folder of that name
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Writes every result of the script into the folder `--output`: NAME.pb and the image's configuration, NAME.json
    #[arg(long, conflicts_with = "target", requires = "output")]
    pub(crate) all: bool,
    /// Writes the configuration of the image, as JSON, to a file
    #[arg(long, value_name = "FILE", conflicts_with = "all")]
    pub(crate) image_config_file: Option<PathBuf>,
    /// The value of `local.unique`, which keeps the local sources of concurrent builds apart; random unless given
    #[arg(long, value_name = "VALUE")]
    pub(crate) local_unique: Option<String>,
    #[command(flatten)]
    pub(crate) eval: EvalArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DagArgs {
    /// The script
    pub(crate) script: PathBuf,
    #[arg(long, value_enum, default_value_t = DagFormat::Text)]
    pub(crate) format: DagFormat,
    /// Shows only operations of a kind (source, exec, file, merge, diff, build, passthrough), or with this text in their
    /// name; dashed arrows lead over those that are left out
    #[arg(long, value_name = "KIND|TEXT")]
    pub(crate) filter: Option<String>,
    /// Writes the graph to a file rather than to stdout
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The value of `local.unique`
    #[arg(long, value_name = "VALUE", default_value = luakit_check::SHOWN_UNIQUE)]
    pub(crate) local_unique: String,
    #[command(flatten)]
    pub(crate) eval: EvalArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DagFormat {
    /// One line for each operation, and its details below
    Text,
    /// For Graphviz
    Dot,
    /// An object with `ops`
    Json,
    /// A drawing that any browser shows
    Svg,
    /// For Markdown that draws Mermaid
    Mermaid,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  luakit diff HEAD~1:build.lua build.lua\n\nExit codes: 0 compared, 1 different, with `--exit-code`, 2 could not be compared"
)]
pub(crate) struct DiffArgs {
    /// The old script: a file, or one of a git revision as git writes it: HEAD~1:build.lua, main:./build.lua, and
    /// :build.lua for the index
    pub(crate) before: String,
    /// The new script, named in the same way
    pub(crate) after: String,
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    pub(crate) format: DiffFormat,
    /// Writes the difference to a file rather than to stdout
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Exits with 1 if the graphs or the images' configurations are different
    #[arg(long)]
    pub(crate) exit_code: bool,
    #[command(flatten)]
    pub(crate) eval: EvalArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffFormat {
    /// For people
    Text,
    /// For other tools
    Json,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes:\n  0  nothing is wrong; notes do not count\n  1  there are errors or warnings\n  2  the check could not be made"
)]
pub(crate) struct CheckArgs {
    /// Scripts, or folders to search for build.lua, *.build.lua and other files that export
    #[arg(default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub(crate) format: CheckFormat,
    /// Leaves the dry run out
    #[arg(long)]
    pub(crate) no_eval: bool,
    /// Applies the fixes that leave no doubt, and reports what is left
    #[arg(long)]
    pub(crate) fix: bool,
    /// Tells what a finding means, by its code
    #[arg(long, value_name = "CODE", conflicts_with_all = ["fix", "no_eval", "paths"])]
    pub(crate) explain: Option<String>,
    #[command(flatten)]
    pub(crate) eval: EvalArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// For people
    Text,
    /// For other tools
    Json,
    /// For code scanning services
    Sarif,
    /// For GitHub Actions, which shows findings at the lines of a pull request
    Github,
}

#[cfg(feature = "fmt")]
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 done, 1 `--check` would change something, 2 something could not be formatted"
)]
pub(crate) struct FmtArgs {
    /// Scripts, or folders to search for Lua files; `-` is stdin
    #[arg(default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// Changes nothing, and shows what would be changed
    #[arg(long)]
    pub(crate) check: bool,
    /// Formats stdin to stdout
    #[arg(long, conflicts_with = "paths")]
    pub(crate) stdin: bool,
    /// What the text on stdin is called: its folder's stylua.toml counts
    #[arg(long, value_name = "PATH")]
    pub(crate) stdin_filepath: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Only names that are written out are pinned: bk.image(\"alpine:3.19\"), also through a local. Registries are asked with the logins of Docker.\n\nExit codes: 0 done, 1 `--check` found something to pin, 2 an image or a script could not be looked at"
)]
pub(crate) struct PinArgs {
    /// Scripts, or folders to search for Lua files
    #[arg(default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// Asks for images with a tag and a digest, too, and gives them the digest that the tag has now
    #[arg(long)]
    pub(crate) update: bool,
    /// Changes nothing, and tells which images have no digest, or one that their tag has no longer
    #[arg(long, conflicts_with = "update")]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 all passed, 1 a test failed, 2 no test was found or could be read")]
pub(crate) struct TestArgs {
    /// Test files, or folders to search for *_test.lua and *.test.lua
    #[arg(default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// Runs only tests whose full name holds this text
    #[arg(long, value_name = "TEXT")]
    pub(crate) filter: Option<String>,
    #[arg(long, value_enum, default_value_t = TestFormat::Text)]
    pub(crate) format: TestFormat,
    /// How long a test may run, such as 500ms, 30s or 2m
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub(crate) timeout: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TestFormat {
    /// For people
    Text,
    /// For other tools
    Json,
    /// For CI services that show test reports
    Junit,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// The folder of the project
    #[arg(default_value = ".")]
    pub(crate) path: PathBuf,
    #[arg(long, value_enum, default_value_t = DoctorFormat::Text)]
    pub(crate) format: DoctorFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DoctorFormat {
    /// For people
    Text,
    /// For other tools
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct ApiArgs {
    #[arg(long, value_enum, default_value_t = ApiFormat::Json)]
    pub(crate) format: ApiFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ApiFormat {
    /// Functions, options and their documentation as data
    Json,
    /// A definition file for LuaLS and emmylua
    Luals,
    /// The reference of the manual
    Markdown,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example, for bash:\n  luakit completions bash > ~/.local/share/bash-completion/completions/luakit"
)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(crate) struct LspArgs {
    /// Ignored: the server speaks on stdin and stdout in any case
    #[arg(long, hide = true)]
    pub(crate) stdio: bool,
}

fn name_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(format!("expected NAME=VALUE, got `{text}`")),
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let nanos = luakit_api::values::parse_duration(text).filter(|nanos| *nanos > 0);
    nanos
        .map(|nanos| Duration::from_nanos(nanos as u64))
        .ok_or_else(|| "expected a duration such as 500ms, 30s or 2m".to_owned())
}

fn platform(text: &str) -> Result<luakit_llb::Platform, String> {
    luakit_llb::Platform::parse(text).map_err(|err| err.to_string())
}
