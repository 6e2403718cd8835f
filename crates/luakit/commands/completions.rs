//! `luakit completions`: what a shell needs to complete the command line.

use crate::cli::{Cli, CompletionsArgs};
use crate::output::tell;
use crate::{output, script};
use clap::CommandFactory;
use std::process::ExitCode;

pub(crate) fn run(args: &CompletionsArgs) -> ExitCode {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "luakit", &mut text);
    match output::write(None, &text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            tell!("luakit: {message}");
            ExitCode::from(script::UNUSABLE)
        }
    }
}
