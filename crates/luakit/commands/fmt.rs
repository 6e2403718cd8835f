//! `luakit fmt`: scripts in the style that stylua.toml asks for.

use crate::cli::FmtArgs;
use crate::output::tell;
use crate::{output, script};
use luakit_analysis::Script;
use luakit_check::worker;
use luakit_diagnostics::SourceFile;
use luakit_format::{Config, format};
use luakit_project::{Names, replace_file};
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// What became of the scripts.
#[derive(Default)]
struct Tally {
    seen: usize,
    changed: usize,
    failed: usize,
}

pub(crate) fn run(args: &FmtArgs) -> ExitCode {
    let mut tally = Tally::default();
    let done = if args.stdin || args.paths == [Path::new("-")] {
        stdin(args, &mut tally)
    } else {
        script::names().map(|names| {
            let mut told = BTreeSet::new();
            for path in lua_files(&args.paths, &names, &mut tally) {
                if let Err(message) = file(&path, args.check, &names, &mut tally) {
                    tally.failed += 1;
                    // What is wrong with a stylua.toml is wrong for each of its files.
                    if told.insert(message.clone()) {
                        tell!("luakit: {message}");
                    }
                }
            }
        })
    };
    if let Err(message) = done {
        tell!("luakit: {message}");
        return ExitCode::from(script::UNUSABLE);
    }
    if tally.failed > 0 {
        return ExitCode::from(script::UNUSABLE);
    }
    if args.check && tally.changed > 0 { ExitCode::from(script::FINDINGS) } else { ExitCode::SUCCESS }
}

fn stdin(args: &FmtArgs, tally: &mut Tally) -> Result<(), String> {
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).map_err(|err| format!("cannot read stdin: {err}"))?;
    let text = String::from_utf8(bytes).map_err(|_| "stdin is not valid UTF-8".to_owned())?;
    let path = args.stdin_filepath.as_deref();
    let name = path.map_or("stdin".into(), |path| path.to_string_lossy().replace('\\', "/"));
    let source = Arc::new(SourceFile::new(name, text));
    let names = script::names()?;
    let config =
        Config::of_file(path.unwrap_or(Path::new("stdin.lua")), Config::default(), |path| names.name(path))?;
    let Some(formatted) = formatted(&source, &config)? else {
        tally.failed += 1;
        return Ok(());
    };
    if args.check {
        return show(&source, &formatted, tally);
    }
    output::write(None, formatted.as_bytes())
}

fn file(path: &Path, check: bool, names: &Names, tally: &mut Tally) -> Result<(), String> {
    tally.seen += 1;
    let source = script::read(path)?;
    let config = Config::of_file(path, Config::default(), |path| names.name(path))?;
    let Some(formatted) = formatted(&source, &config)? else {
        tally.failed += 1;
        return Ok(());
    };
    if check {
        return show(&source, &formatted, tally);
    }
    if *formatted != *source.text {
        tally.changed += 1;
        replace_file(path, formatted.as_bytes())
            .map_err(|err| format!("cannot write `{}`: {err}", path.display()))?;
    }
    Ok(())
}

/// Formats a script, or tells what is wrong with it, in the words of all other commands.
fn formatted(source: &Arc<SourceFile>, config: &Config) -> Result<Option<String>, String> {
    let error = match format(&source.text, config, None) {
        Ok(formatted) => return Ok(Some(formatted)),
        Err(error) => error,
    };
    let errors = worker::run(|| Script::parse(source.clone()).syntax_errors())?;
    if errors.is_empty() {
        return Err(format!("{}: {error}", source.name));
    }
    output::findings(&errors);
    Ok(None)
}

fn show(source: &SourceFile, formatted: &str, tally: &mut Tally) -> Result<(), String> {
    if *formatted == *source.text {
        return Ok(());
    }
    tally.changed += 1;
    let diff = similar::TextDiff::from_lines(&*source.text, formatted);
    let diff = diff.unified_diff().header(&source.name, &source.name).to_string();
    output::write(None, diff.as_bytes())
}

/// Returns the files that are named, and the Lua files in the folders that are, less those that .styluaignore names.
fn lua_files(paths: &[PathBuf], names: &Names, tally: &mut Tally) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            if !luakit_format::is_ignored(path) {
                files.push(path.clone());
            }
            continue;
        }
        let found = script::lua_files(path, names, Some(luakit_format::IGNORE));
        tally.failed += found.failures.len();
        if found.files.is_empty() && found.failures.is_empty() {
            tell!("luakit: no Lua files in `{}`", path.display());
        }
        files.extend(found.files);
    }
    files
}
