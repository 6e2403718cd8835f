//! `luakit dag`: a script's graph, to look at or for other tools.

use crate::cli::{DagArgs, DagFormat};
use crate::output::tell;
use crate::{output, script};
use luakit_llb::{dot, json, text};
use std::process::ExitCode;

pub(crate) fn run(args: &DagArgs) -> ExitCode {
    if args.eval.platform.len() > 1 {
        tell!("luakit: a graph is that of one platform: give `--platform` once");
        return ExitCode::from(script::UNUSABLE);
    }
    let runs = match script::evaluate(&args.script, &args.eval, &args.local_unique) {
        Ok(runs) => runs,
        Err(code) => return code,
    };
    let definition = match runs.first().map(script::chosen) {
        Some(Ok(output)) => &output.definition,
        Some(Err(code)) => return code,
        None => return ExitCode::from(script::UNUSABLE),
    };
    let mut rendered = match args.format {
        DagFormat::Text => text::render(definition, &text::TextOptions::default()),
        DagFormat::Dot => dot::render(definition),
        DagFormat::Json => json::render(definition),
    };
    if !rendered.ends_with('\n') {
        rendered.push('\n');
    }
    match output::write(args.output.as_deref(), rendered.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            tell!("luakit: {message}");
            ExitCode::from(script::UNUSABLE)
        }
    }
}
