//! `luakit build`: a script's LLB definition, as bytes.

use crate::cli::BuildArgs;
use crate::output::tell;
use crate::{output, script};
use luakit_check::{DryRun, Output};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, IsTerminal};
use std::path::Path;
use std::process::ExitCode;

pub(crate) fn run(args: &BuildArgs) -> ExitCode {
    if output::is_stdout(args.output.as_deref()) && io::stdout().is_terminal() {
        tell!("luakit: a definition is binary and would spoil the terminal");
        tell!("hint: pipe it to `buildctl build --local context=.`, or write it to a file with `-o FILE`");
        tell!("hint: `luakit dag {}` shows it as text", args.script.display());
        return ExitCode::from(script::UNUSABLE);
    }
    let many = args.all || args.eval.platform.len() > 1;
    if many && (args.output.is_none() || args.image_config_file.is_some()) {
        tell!("luakit: several platforms have several definitions and configurations");
        tell!("hint: `-o FOLDER` writes each of them to a file of its own");
        return ExitCode::from(script::UNUSABLE);
    }
    let config = args.image_config_file.as_deref();
    if config.is_some() && config == args.output.as_deref() && config != Some(Path::new("/dev/null")) {
        tell!("luakit: the definition and the configuration of the image need a file each");
        return ExitCode::from(script::UNUSABLE);
    }
    let unique = args.local_unique.clone().unwrap_or_else(random_unique);
    let done = script::evaluate(&args.script, &args.eval, &unique).and_then(|runs| {
        let written = match (runs.as_slice(), args.output.as_deref()) {
            (runs, Some(folder)) if many => write_all(args, runs, folder)?,
            (runs, _) => {
                runs.first().map(script::chosen).transpose()?.map_or(Ok(()), |output| write(args, output))
            }
        };
        written.map_err(|message| {
            tell!("luakit: {message}");
            ExitCode::from(script::UNUSABLE)
        })
    });
    done.map_or_else(|code| code, |()| ExitCode::SUCCESS)
}

/// Writes one result.
fn write(args: &BuildArgs, built: &Output) -> Result<(), String> {
    if built.definition.ops.is_empty() {
        tell!("luakit: warning: scratch is empty: its definition has no operation, and BuildKit refuses it");
        tell!(
            "hint: put something into what is exported, as in `bk.scratch():copy(built, \"/app\", \"/app\")`"
        );
    }
    match &args.image_config_file {
        Some(path) => output::write(Some(path), json(&built.image_config).as_bytes())?,
        None => say_how_to_pass(&built.image_config),
    }
    output::write(args.output.as_deref(), &built.definition.encode())
}

/// Writes the results of every run, or what is chosen of each, into a folder.
fn write_all(args: &BuildArgs, runs: &[DryRun], folder: &Path) -> Result<Result<(), String>, ExitCode> {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for (index, run) in runs.iter().enumerate() {
        let outputs = if args.all { run.outputs.iter().collect() } else { vec![script::chosen(run)?] };
        let platform = args.eval.platform.get(index).filter(|_| runs.len() > 1);
        let suffix =
            platform.map_or(String::new(), |platform| format!("-{}", platform.name().replace('/', "-")));
        for output in outputs {
            let stem = format!("{}{suffix}", output.target());
            files.push((format!("{stem}.pb"), output.definition.encode()));
            files.push((format!("{stem}.json"), json(&output.image_config).into_bytes()));
        }
    }
    let made = std::fs::create_dir_all(folder)
        .map_err(|err| format!("cannot make the folder `{}`: {err}", folder.display()));
    Ok(made.and_then(|()| {
        files.iter().try_for_each(|(name, bytes)| output::write(Some(&folder.join(name)), bytes))
    }))
}

fn json(config: &serde_json::Value) -> String {
    format!("{config:#}\n")
}

/// A configuration is no part of LLB: a pipe to buildctl would lose it without a word.
fn say_how_to_pass(config: &serde_json::Value) {
    if config["config"].as_object().is_some_and(|config| !config.is_empty()) {
        tell!("luakit: note: the image's configuration is no part of the definition");
        tell!("hint: write it with `--image-config-file config.json` and pass it to buildctl with");
        tell!("hint:   --output 'type=image,name=REF,push=true,\"containerimage.config=…\"'");
        tell!(
            "hint: where … is the JSON with each \" doubled: $(sed 's/\"/\"\"/g' config.json | tr -d '\\n')"
        );
    }
}

/// Two builds at one daemon that agree in `local.unique` are given each other's files, so each gets its own.
fn random_unique() -> String {
    // The standard library seeds its hashers from the operating system's random numbers.
    let word = || RandomState::new().build_hasher().finish();
    let mut bits = (u128::from(word()) << 64) | u128::from(word());
    let mut text = String::with_capacity(25);
    for _ in 0..25 {
        text.push(char::from_digit((bits % 36) as u32, 36).unwrap_or('0'));
        bits /= 36;
    }
    text
}
