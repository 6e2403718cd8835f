//! `luakit dag`: a script's graph, to look at or for other tools.

use crate::cli::{DagArgs, DagFormat};
use crate::{output, script};
use luakit_llb::{dot, json, text};
use std::process::ExitCode;

pub(crate) fn run(args: &DagArgs) -> ExitCode {
    let run = match script::evaluate(&args.script, &args.eval, &args.local_unique) {
        Ok(run) => run,
        Err(code) => return code,
    };
    let Some(definition) = run.definition else {
        eprintln!("luakit: the evaluation gave no definition");
        return ExitCode::from(script::FINDINGS);
    };
    let mut rendered = match args.format {
        DagFormat::Text => text::render(&definition, &text::TextOptions::default()),
        DagFormat::Dot => dot::render(&definition),
        DagFormat::Json => json::render(&definition),
    };
    if !rendered.ends_with('\n') {
        rendered.push('\n');
    }
    match output::write(args.output.as_deref(), rendered.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("luakit: {message}");
            ExitCode::from(script::UNUSABLE)
        }
    }
}
