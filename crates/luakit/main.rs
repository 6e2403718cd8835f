//! The `luakit` program: reads the command line and hands over to the file of the subcommand.

mod cli;
mod commands;
mod output;
mod script;

use crate::output::tell;
use clap::Parser;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

fn main() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(message) => return say_usage(&message),
    };
    output::set_color(cli.color);
    end_on_interrupt();
    match cli.command {
        cli::Command::Build(args) => commands::build::run(&args),
        cli::Command::Check(args) => commands::check::run(&args),
        cli::Command::Dag(args) => commands::dag::run(&args),
        cli::Command::Diff(args) => commands::diff::run(&args),
        #[cfg(feature = "fmt")]
        cli::Command::Fmt(args) => commands::fmt::run(&args),
        cli::Command::Pin(args) => commands::pin::run(&args),
        cli::Command::Test(args) => commands::test::run(&args),
        cli::Command::Doctor(args) => commands::doctor::run(&args),
        cli::Command::Api(args) => commands::api::run(&args),
        cli::Command::Completions(args) => commands::completions::run(&args),
        cli::Command::Lsp(_) => luakit_lsp::run(),
        cli::Command::Version => commands::version::run(),
    }
}

/// Tells what is wrong with the command line, or what `--help` and `--version` ask for.
fn say_usage(message: &clap::Error) -> ExitCode {
    match message.print() {
        Err(err) if !message.use_stderr() => {
            tell!("luakit: cannot write to stdout: {err}");
            ExitCode::from(script::UNUSABLE)
        }
        _ => ExitCode::from(message.exit_code() as u8),
    }
}

/// Ctrl-C ends any command at once, also amid a script that does not stop. The shell's own word for it is 130.
fn end_on_interrupt() {
    let always = Arc::new(AtomicBool::new(true));
    // Without the handler the signal itself ends the process.
    let _ = signal_hook::flag::register_conditional_shutdown(signal_hook::consts::SIGINT, 130, always);
}
