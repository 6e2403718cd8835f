//! `luakit diff`: what an edit does to a graph, and what BuildKit runs again for it.

use crate::cli::{DiffArgs, DiffFormat};
use crate::output;
use crate::script::{self, Script, unusable};
use luakit_check::{DryRun, Output, split_revision};
use luakit_llb::Source;
use luakit_llb::diff::{self, Files};
use std::collections::BTreeSet;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::process::ExitCode;

pub(crate) fn run(args: &DiffArgs) -> ExitCode {
    compare(args).unwrap_or_else(|_| ExitCode::from(script::UNUSABLE))
}

fn compare(args: &DiffArgs) -> Result<ExitCode, ExitCode> {
    if args.eval.platform.len() > 1 {
        return Err(unusable("graphs are compared for one platform: give `--platform` once".to_owned()));
    }
    let (before, after) = (open(&args.before)?, open(&args.after)?);
    let watched = script::watch(args.eval.timeout * 2);
    let (before, after) = (evaluate(&before, args)?, evaluate(&after, args)?);
    drop(watched);
    script::unread_arguments(&args.eval.args, &before.args_read.union(&after.args_read).cloned().collect());
    let (old, new) = (script::chosen(&before)?, script::chosen(&after)?);
    let difference = diff::compare(&old.definition, &new.definition);
    let old_files = Files { definition: &old.definition, name: &|source| shown_name(&before, source) };
    let new_files = Files { definition: &new.definition, name: &|source| shown_name(&after, source) };
    let config = config_changes(old, new);
    let rendered = match args.format {
        DiffFormat::Text => {
            let mut text = diff::text::render(&difference, &old_files, &new_files);
            if !config.is_empty() {
                text.push_str(&format!("the image's configuration is another one: {}\n", config.join(", ")));
            }
            let colour =
                output::is_stdout(args.output.as_deref()) && output::use_color(io::stdout().is_terminal());
            if colour { coloured(&text) } else { text }
        }
        DiffFormat::Json => {
            let mut json = diff::json::value(&difference, &old_files, &new_files);
            json["imageConfigChanges"] = config.clone().into();
            format!("{json:#}\n")
        }
    };
    output::write(args.output.as_deref(), rendered.as_bytes()).map_err(unusable)?;
    let same = difference.is_same() && config.is_empty();
    let code = if args.exit_code && !same { script::FINDINGS } else { 0 };
    Ok(ExitCode::from(code))
}

/// Opens a file, or one of a revision if there is no such file.
fn open(name: &str) -> Result<Script, ExitCode> {
    let opened = match split_revision(name) {
        Some((revision, path)) if !Path::new(name).exists() => Script::of_revision(revision, path),
        _ => Script::on_disk(Path::new(name)),
    };
    opened.map_err(unusable)
}

fn evaluate(script: &Script, args: &DiffArgs) -> Result<DryRun, ExitCode> {
    let runs = script::evaluate_script(script, &args.eval, luakit_check::SHOWN_UNIQUE)?;
    runs.into_iter().next().ok_or(ExitCode::from(script::UNUSABLE))
}

/// Names a file as the command line named its script. In a graph it has its path from the script's folder.
fn shown_name(run: &DryRun, source: &Source) -> String {
    let file = run
        .files
        .iter()
        .find(|file| file.name.ends_with(&source.filename) && file.text.as_bytes() == source.data.as_ref());
    file.map_or_else(|| source.filename.clone(), |file| file.name.clone())
}

/// Lists what is different in the configurations of two images: it is no part of the graph.
fn config_changes(old: &Output, new: &Output) -> Vec<String> {
    let fields = |output: &Output| {
        let mut fields = output.image_config.as_object().cloned().unwrap_or_default();
        if let Some(serde_json::Value::Object(inner)) = fields.remove("config") {
            fields.extend(inner);
        }
        fields
    };
    let (old, new) = (fields(old), fields(new));
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    names.into_iter().filter(|name| old.get(*name) != new.get(*name)).cloned().collect()
}

/// Colours the lines that name ops as git colours a difference.
fn coloured(text: &str) -> String {
    let line = |line: &str| {
        let colour = match line.chars().next() {
            Some('+') => "32",
            Some('-') => "31",
            Some('~') => "33",
            _ => return format!("{line}\n"),
        };
        format!("\u{1b}[{colour}m{line}\u{1b}[0m\n")
    };
    text.lines().map(line).collect()
}
