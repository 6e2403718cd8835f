//! The `luakit` program: reads the command line and hands over to the file of the subcommand.

mod cli;
mod commands;
mod output;
mod script;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match cli.command {
        cli::Command::Build(args) => commands::build::run(&args),
        cli::Command::Check(args) => commands::check::run(&args),
        cli::Command::Dag(args) => commands::dag::run(&args),
        #[cfg(feature = "fmt")]
        cli::Command::Fmt(args) => commands::fmt::run(&args),
        cli::Command::Test(args) => commands::test::run(&args),
        cli::Command::Doctor(args) => commands::doctor::run(&args),
        cli::Command::Api(args) => commands::api::run(&args),
        cli::Command::Completions(args) => commands::completions::run(&args),
        cli::Command::Lsp(_) => luakit_lsp::run(),
        cli::Command::Version => commands::version::run(),
    }
}
