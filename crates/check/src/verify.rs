//! Whether a script gives the same when it is run again.
//!
//! Lua has addresses, and they are different in every run: in the text of a table or function, and in the order of
//! `pairs` over keys that are tables or functions. A build that depends on them is never cached.

use crate::{DryRun, Output};
use luakit_diagnostics::{Code, Diagnostic, Layer, Place, TextRange};
use luakit_llb::{Definition, MarshalledOp};

/// Compares two runs of one script, and reports the first thing that is different.
pub(crate) fn difference(first: &DryRun, second: &DryRun) -> Option<Diagnostic> {
    if first.cancelled || second.cancelled {
        return None;
    }
    let (place, what) = if second.outputs.is_empty() {
        if second.diagnostics.iter().any(|error| error.code == Code::LIMIT) {
            return None;
        }
        let error = second.diagnostics.iter().find(|finding| finding.is_error())?;
        (error.place.clone(), format!("a second run of the script failed: {}", error.message))
    } else if first.outputs.len() != second.outputs.len() {
        let place = first.outputs.last()?.place.clone();
        (place, "the results are others each time the script is run".to_owned())
    } else {
        first
            .outputs
            .iter()
            .zip(&second.outputs)
            .find_map(|(before, after)| changed_output(first, before, after))?
    };
    let finding = Diagnostic::new(Code::NOT_DETERMINISTIC, Layer::DryRun, place, what);
    Some(finding.with_hint(
        "the usual causes are the address in `tostring` of a table or function, and `pairs` over keys that are \
         tables or functions",
    ))
}

/// Returns what is different in a result, and where.
fn changed_output(run: &DryRun, before: &Output, after: &Output) -> Option<(Place, String)> {
    let export = before.place.clone();
    match changed(&before.definition, &after.definition) {
        Some(op) => {
            let place = op.and_then(|op| place(run, &before.definition, op)).unwrap_or(export);
            Some((place, "this operation is a different one each time the script is run".to_owned()))
        }
        None if before.image_config != after.image_config => {
            let what = "the image's configuration is a different one each time the script is run";
            Some((export, what.to_owned()))
        }
        None => (before.name != after.name).then(|| {
            (export, "the name of the result is a different one each time the script is run".to_owned())
        }),
    }
}

/// Returns the first op that is not in both, or `None` within if the second has more.
fn changed<'a>(before: &'a Definition, after: &Definition) -> Option<Option<&'a MarshalledOp>> {
    let digests = |definition: &Definition| -> Vec<String> {
        definition.ops.iter().map(|op| op.digest.as_str().to_owned()).collect()
    };
    let (one, other) = (digests(before), digests(after));
    if one == other {
        return None;
    }
    let differs = one.iter().zip(&other).position(|(a, b)| a != b);
    Some(differs.and_then(|index| before.ops.get(index)))
}

/// Returns where an op was made.
fn place(run: &DryRun, definition: &Definition, op: &MarshalledOp) -> Option<Place> {
    let location = op.locations.first()?;
    let source = definition.sources.get(location.source.index())?;
    let here = |file: &&std::sync::Arc<luakit_diagnostics::SourceFile>| {
        file.name.ends_with(&source.filename) && file.text.as_bytes() == &*source.data
    };
    let file = run.files.iter().find(here)?;
    let offset = |at: luakit_llb::Position| {
        let line = usize::try_from(at.line).ok()?;
        let text = file.lines.text(&file.text, line);
        let column = usize::try_from(at.character).ok()?;
        let bytes: usize = text.chars().take(column).map(char::len_utf8).sum();
        Some(file.lines.start(line) + bytes)
    };
    let range = TextRange::new(offset(location.start)?, offset(location.end)?);
    Some(Place { file: file.clone(), range })
}
