//! `luakit build`: a script's LLB definition, as bytes.

use crate::cli::BuildArgs;
use crate::{output, script};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, IsTerminal};
use std::process::ExitCode;

pub(crate) fn run(args: &BuildArgs) -> ExitCode {
    if args.output.is_none() && io::stdout().is_terminal() {
        eprintln!("luakit: a definition is binary and would spoil the terminal");
        eprintln!(
            "hint: pipe it to `buildctl build --local context=.`, or write it to a file with `-o FILE`"
        );
        eprintln!("hint: `luakit dag {}` shows it as text", args.script.display());
        return ExitCode::from(script::UNUSABLE);
    }
    let unique = args.local_unique.clone().unwrap_or_else(random_unique);
    let run = match script::evaluate(&args.script, &args.eval, &unique) {
        Ok(run) => run,
        Err(code) => return code,
    };
    let Some(definition) = run.definition else {
        eprintln!("luakit: the evaluation gave no definition");
        return ExitCode::from(script::FINDINGS);
    };
    let written = match (&args.image_config_file, &run.image_config) {
        (Some(path), Some(config)) => output::write(Some(path), format!("{config:#}\n").as_bytes()),
        (None, Some(config)) => {
            say_how_to_pass(config);
            Ok(())
        }
        (_, None) => Ok(()),
    };
    match written.and_then(|()| output::write(args.output.as_deref(), &definition.encode())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("luakit: {message}");
            ExitCode::from(script::UNUSABLE)
        }
    }
}

/// A configuration is no part of LLB: a pipe to buildctl would lose it without a word.
fn say_how_to_pass(config: &serde_json::Value) {
    if config["config"].as_object().is_some_and(|config| !config.is_empty()) {
        eprintln!("luakit: note: the image's configuration is no part of the definition");
        eprintln!("hint: write it with `--image-config-file config.json` and pass it to buildctl with");
        eprintln!("hint:   --output 'type=image,name=REF,push=true,\"containerimage.config=…\"'");
        eprintln!(
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
