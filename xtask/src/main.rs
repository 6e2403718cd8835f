//! Chores of the repository: `cargo xtask <command>`.

mod codegen;
mod daemon;
mod demo;
mod setup;
mod test;
mod twins;
mod vectors;

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.as_slice() {
        ["codegen", rest @ ..] => codegen::run(rest),
        ["daemon", rest @ ..] => daemon::run(rest),
        ["demo", rest @ ..] => demo::run(rest),
        ["setup", rest @ ..] => setup::run(rest),
        ["test", rest @ ..] => test::run(rest),
        ["twins", rest @ ..] => twins::run(rest),
        ["vectors", rest @ ..] => vectors::run(rest),
        _ => Err(usage()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> String {
    let codegen = "cargo xtask codegen [--check]  bring the generated files up to date";
    let commands =
        [codegen, vectors::USAGE, twins::USAGE, demo::USAGE, daemon::USAGE, &setup::usage(), &test::usage()];
    format!("usage:\n{}", commands.join("\n"))
}
