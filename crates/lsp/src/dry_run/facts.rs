//! What a run showed at a place of a script: how many ops a call made, what was printed, what a result is made of.
//!
//! Places are kept in the coordinates of the documents as they stand, as those of findings are.

use crate::documents::Replacement;
use luakit_check::DryRun;
use luakit_check::llb::{Definition, Location, Position, pb};
use luakit_diagnostics::{SourceFile, TextRange};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tower_lsp::lsp_types::Url;

/// How many facts of a kind are kept of a run.
const MOST: usize = 2000;

/// How many characters of what is printed are kept.
const SHOWN: usize = 60;

/// Something that a run showed at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fact {
    pub(crate) url: Url,
    /// The call, from its name on.
    pub(crate) range: TextRange,
    pub(crate) kind: FactKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FactKind {
    /// How many ops of the script's results a call made.
    Made(usize),
    /// What was printed last, and how often something was.
    Printed(String, usize),
    /// The platform of an image.
    Platform(String),
    /// How many ops a result is made of.
    Result(usize),
}

impl Fact {
    fn is_printed(&self) -> bool {
        matches!(self.kind, FactKind::Printed(..))
    }

    pub(crate) fn moved(&mut self, url: &Url, edit: Replacement) {
        if self.url == *url {
            self.range = edit.moved(self.range);
        }
    }
}

/// Takes over what a run showed. What the last good run said of the graph stays until another one is good.
pub(super) fn take_over(before: &mut Vec<Fact>, run: &DryRun, names: &BTreeMap<String, Url>) {
    before.retain(|fact| run.outputs.is_empty() && !fact.is_printed());
    before.extend(printed(run, names));
    before.extend(results(run, names));
    before.extend(ops(run, names));
}

fn printed(run: &DryRun, names: &BTreeMap<String, Url>) -> Vec<Fact> {
    let mut places: BTreeMap<(&Url, TextRange), (&str, usize)> = BTreeMap::new();
    for printed in &run.output {
        let Some(place) = &printed.place else { continue };
        let Some(url) = names.get(&place.file.name) else { continue };
        let (text, count) = places.entry((url, place.range)).or_default();
        *text = &printed.text;
        *count += 1;
    }
    let fact = |((url, range), (text, count)): ((&Url, TextRange), (&str, usize))| {
        let line = text.lines().next().unwrap_or("");
        let plain = line.chars().map(|c| if c.is_control() { ' ' } else { c });
        let mut shown: String = plain.take(SHOWN).collect();
        if shown.len() < text.trim_end().len() {
            shown.push('…');
        }
        Fact { url: url.clone(), range, kind: FactKind::Printed(shown, count) }
    };
    places.into_iter().take(MOST).map(fact).collect()
}

fn results(run: &DryRun, names: &BTreeMap<String, Url>) -> Vec<Fact> {
    let fact = |output: &luakit_check::Output| {
        let url = names.get(&output.place.file.name)?.clone();
        // The last op only names the result.
        let ops = output.definition.ops.len().saturating_sub(1);
        Some(Fact { url, range: output.place.range, kind: FactKind::Result(ops) })
    };
    run.outputs.iter().filter_map(fact).take(MOST).collect()
}

/// Counts the ops of all results by the calls that made them; those that are equal are one.
fn ops(run: &DryRun, names: &BTreeMap<String, Url>) -> Vec<Fact> {
    let mut seen = BTreeSet::new();
    let mut made: BTreeMap<(&Url, TextRange), (usize, Option<String>)> = BTreeMap::new();
    for definition in run.outputs.iter().map(|output| &output.definition) {
        let files = files(run, definition, names);
        for op in definition.ops.iter().filter(|op| seen.insert(op.digest.as_str())) {
            for location in &op.locations {
                let Some(Some((url, file))) = files.get(location.source.index()) else { continue };
                let slot = made.entry((url, range(file, location))).or_default();
                slot.0 += 1;
                slot.1 = platform(&op.op);
            }
        }
    }
    let mut facts = Vec::new();
    for ((url, range), (count, platform)) in made {
        let mut add = |kind| facts.push(Fact { url: url.clone(), range, kind });
        if count > 1 {
            add(FactKind::Made(count));
        } else if let Some(platform) = platform {
            add(FactKind::Platform(platform));
        }
    }
    facts.truncate(MOST);
    facts
}

/// Returns the documents of a definition's sources, in their order.
fn files<'r>(
    run: &'r DryRun,
    definition: &Definition,
    names: &'r BTreeMap<String, Url>,
) -> Vec<Option<(&'r Url, &'r Arc<SourceFile>)>> {
    let file = |source: &luakit_check::llb::Source| {
        let same = |file: &&Arc<SourceFile>| {
            file.name.ends_with(&source.filename) && file.text.as_bytes() == &*source.data
        };
        let file = run.files.iter().find(same)?;
        Some((names.get(&file.name)?, file))
    };
    definition.sources.iter().map(file).collect()
}

/// A location counts lines from 1 and characters from 0.
fn range(file: &SourceFile, location: &Location) -> TextRange {
    let offset = |at: Position| {
        let line = usize::try_from(at.line).unwrap_or(1);
        let text = file.lines.text(&file.text, line);
        let character = usize::try_from(at.character).unwrap_or(0);
        let column = text.char_indices().nth(character).map_or(text.len(), |(offset, _)| offset);
        file.lines.start(line) + column
    };
    TextRange::new(offset(location.start), offset(location.end))
}

/// Returns the platform of an image's op.
fn platform(op: &pb::Op) -> Option<String> {
    let Some(pb::op::Op::Source(source)) = &op.op else { return None };
    let platform = op.platform.as_ref().filter(|_| source.identifier.starts_with("docker-image://"))?;
    let parts = [&platform.os, &platform.architecture, &platform.variant];
    Some(parts.into_iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join("/"))
}
