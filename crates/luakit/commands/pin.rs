//! `luakit pin`: gives the images of scripts the digests that their registries tell, as the code action in an editor does.

use crate::cli::PinArgs;
use crate::output::tell;
use crate::{output, script};
use luakit_analysis::Script;
use luakit_buildkit::registry::{Config, resolve};
use luakit_check::worker;
use luakit_diagnostics::{Edit, SourceFile};
use luakit_llb::Digest;
use luakit_project::{Names, Pin, pins, rewrite};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// What became of the images.
#[derive(Default)]
struct Tally {
    images: usize,
    /// Pinned, moved, or to be so.
    changes: usize,
    failed: bool,
    /// What registries said, so that each is asked once for an image.
    told: BTreeMap<String, Result<Digest, String>>,
}

pub(crate) fn run(args: &PinArgs) -> ExitCode {
    let names = match script::names() {
        Ok(names) => names,
        Err(message) => return script::unusable(message),
    };
    let mut tally = Tally::default();
    for path in files(&args.paths, &names, &mut tally) {
        if let Err(message) = file(&path, args, &names, &mut tally) {
            tell!("luakit: {message}");
            tally.failed = true;
        }
    }
    let images = match tally.images {
        1 => "1 image".into(),
        n => format!("{n} images"),
    };
    let summary = match (tally.changes, args.check) {
        (0, true) => format!("{images}, none to pin\n"),
        (n, true) => format!("{images}, {n} to pin\n"),
        (n, false) => format!("{images}, {n} pinned\n"),
    };
    if let Err(message) = output::write(None, summary.as_bytes()) {
        return script::unusable(message);
    }
    match (tally.failed, args.check && tally.changes > 0) {
        (true, _) => ExitCode::from(script::UNUSABLE),
        (false, true) => ExitCode::from(script::FINDINGS),
        (false, false) => ExitCode::SUCCESS,
    }
}

/// Returns the files that are named, and the Lua files in the folders that are.
fn files(paths: &[PathBuf], names: &Names, tally: &mut Tally) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let found = script::lua_files(path, names, None);
        tally.failed |= !found.failures.is_empty();
        files.extend(found.files);
    }
    files
}

fn file(path: &Path, args: &PinArgs, names: &Names, tally: &mut Tally) -> Result<(), String> {
    let source = script::read(path)?;
    let found = worker::run(|| pins(&Script::parse(source.clone())))?;
    tally.images += found.len();
    let mut edits: Vec<Edit> = Vec::new();
    for pin in &found {
        edits.extend(look(pin, &source, args, tally)?);
    }
    if args.check || edits.is_empty() {
        return Ok(());
    }
    let fixes: Vec<&[Edit]> = edits.iter().map(std::slice::from_ref).collect();
    let written = rewrite(&names.absolute(path), &source, &fixes);
    let applied = written.map_err(|err| format!("cannot write `{}`: {err}", source.name))?;
    if applied == 0 {
        return Err(format!("`{}` was changed meanwhile, and is left as it is", source.name));
    }
    tally.changes += applied;
    Ok(())
}

/// Says what is to be done about an image, and returns its edit if there is one.
fn look(
    pin: &Pin,
    source: &Arc<SourceFile>,
    args: &PinArgs,
    tally: &mut Tally,
) -> Result<Option<Edit>, String> {
    let at = source.line_column(pin.name.range.start);
    let place = format!("{}:{}:{}", source.name, at.line, at.column);
    let name = pin.name.tagged();
    let say = |what: String| output::write(None, format!("{place}: `{name}` {what}\n").as_bytes());
    match (&pin.digest, args.check) {
        (None, true) => {
            tally.changes += 1;
            return say("is not pinned".into()).map(|()| None);
        }
        (Some(_), false) if !args.update => return Ok(None),
        _ => {}
    }
    let ask = || resolve(&pin.reference, &Config::of_environment(), &AtomicBool::new(false));
    let told = tally.told.entry(pin.reference.to_string());
    let digest = match told.or_insert_with(|| ask().map_err(|err| err.to_string())) {
        Ok(digest) => digest.clone(),
        Err(message) => {
            // One that cannot be had is no reason to leave the others as they are.
            tell!("luakit: {place}: {message}");
            tally.failed = true;
            return Ok(None);
        }
    };
    let Some(edit) = pin.edit(&digest) else { return Ok(None) };
    match (&pin.digest, args.check) {
        (Some(_), true) => {
            tally.changes += 1;
            say(format!("has moved to {digest}"))?;
            Ok(None)
        }
        (Some(_), false) => say(format!("has moved to {digest}")).map(|()| Some(edit)),
        (None, _) => say(format!("is pinned to {digest}")).map(|()| Some(edit)),
    }
}
