//! What the last good run showed of the op that a call made: for hovers, which tell it below what the text tells.
//!
//! Places are kept in the coordinates of the documents as they stand. One whose text was changed is forgotten: what the
//! call makes now, nobody knows before the next run.

use crate::documents::Replacement;
use luakit_check::DryRun;
use luakit_check::llb::{Definition, Location, MarshalledOp, Position, pb, text};
use luakit_diagnostics::{SourceFile, TextRange};
use std::collections::BTreeMap;
use std::sync::Arc;
use tower_lsp::lsp_types::Url;

/// How many ops of one call are told of, and how many lines of each.
const OPS: usize = 3;
const LINES: usize = 24;

/// The ops of a run, by the calls that made them.
#[derive(Clone)]
pub(crate) struct OpFacts {
    run: Arc<DryRun>,
    places: Vec<OpPlace>,
}

/// A call, from its name on, and the ops that it made: of which output, and which op of it.
#[derive(Clone)]
struct OpPlace {
    url: Url,
    range: TextRange,
    ops: Vec<(usize, usize)>,
    /// How often the call was made; equal ops are one.
    times: usize,
}

impl OpFacts {
    /// Finds the places of the ops of a run; `None` if it made none.
    pub(super) fn of(
        run: &Arc<DryRun>,
        files: &[Arc<SourceFile>],
        names: &BTreeMap<String, Url>,
    ) -> Option<OpFacts> {
        if run.outputs.is_empty() {
            return None;
        }
        let definitions = run.outputs.iter().map(|output| &output.definition);
        let mut places: BTreeMap<(&Url, usize, usize), OpPlace> = BTreeMap::new();
        let mut seen = std::collections::BTreeSet::new();
        for (n, definition) in definitions.enumerate() {
            let files: Vec<Option<(&Url, &Arc<SourceFile>)>> = definition
                .sources
                .iter()
                .map(|source| {
                    let file = files.iter().find(|file| file.name == source.filename)?;
                    Some((names.get(&file.name)?, file))
                })
                .collect();
            for (i, op) in definition.ops.iter().enumerate().filter(|(_, op)| seen.insert(op.digest.as_str()))
            {
                for location in &op.locations {
                    let Some(Some((url, file))) = files.get(location.source.index()) else { continue };
                    let Some(range) = range(file, location) else { continue };
                    let new = || OpPlace { url: (*url).clone(), range, ops: Vec::new(), times: 0 };
                    let place = places.entry((url, range.start, range.end)).or_insert_with(new);
                    place.ops.push((n, i));
                    // Ops that are made in several places do not say how often in each.
                    place.times += if op.locations.len() == 1 { op.vertices.len().max(1) } else { 1 };
                }
            }
        }
        let places = places.into_values().collect();
        Some(OpFacts { run: run.clone(), places })
    }

    /// Moves the places along with an edit.
    pub(super) fn move_places(&mut self, url: &Url, edit: Replacement) {
        self.places.retain(|place| place.url != *url || !edit.changes(place.range));
        for place in self.places.iter_mut().filter(|place| place.url == *url) {
            place.range = edit.moved(place.range);
        }
    }

    /// Tells of the ops that the call at a range made.
    pub(crate) fn markdown(&self, url: &Url, range: TextRange) -> Option<String> {
        let place = self.places.iter().find(|place| place.range == range && place.url == *url)?;
        let mut out = String::new();
        match (place.times, place.ops.len()) {
            (1, _) => {}
            (times, 1) => out.push_str(&format!("Made {times} times, always the same op\n\n")),
            (times, ops) if times == ops => out.push_str(&format!("Made {times} times\n\n")),
            (times, ops) => out.push_str(&format!("Made {times} times, {ops} different ops\n\n")),
        }
        for (n, i) in place.ops.iter().take(OPS) {
            let output = self.run.outputs.get(*n)?;
            out.push_str(&op_markdown(&output.definition, *i)?);
        }
        if place.ops.len() > OPS {
            out.push_str(&format!("… and {} more", place.ops.len() - OPS));
        }
        Some(out.trim_end().to_owned())
    }
}

/// Writes an op: its kind and digest, what it says, and what its inputs are.
fn op_markdown(definition: &Definition, index: usize) -> Option<String> {
    let op = definition.ops.get(index)?;
    let options = text::TextOptions { metadata: true, ..text::TextOptions::default() };
    let rendered = text::render(definition, &options);
    let own = lines_of(&rendered, index);
    let mut lines: Vec<&str> = own.iter().copied().take(LINES).collect();
    if own.len() > LINES {
        lines.push("     …");
    }
    let mut inputs = Vec::new();
    for input in &op.op.inputs {
        let of_input = definition.ops.iter().position(|it| it.digest.as_str() == input.digest);
        let head = of_input.and_then(|at| lines_of(&rendered, at).first().copied());
        if let Some(head) = head.filter(|head| !inputs.contains(head)) {
            inputs.push(head);
        }
    }
    lines.splice(0..0, inputs);
    Some(format!(
        "**{}** `{}`\n\n```text\n{}\n```\n\n",
        kind(op),
        short(op.digest.as_str()),
        lines.join("\n")
    ))
}

/// Returns the lines that a rendered definition has for an op.
fn lines_of(rendered: &str, index: usize) -> Vec<&str> {
    let head = format!("%{index} = ");
    let from = rendered.lines().skip_while(|line| !line.starts_with(&head));
    let mut lines: Vec<&str> = Vec::new();
    for line in from {
        if !lines.is_empty() && !line.starts_with(' ') {
            break;
        }
        lines.push(line);
    }
    lines
}

fn kind(op: &MarshalledOp) -> &'static str {
    match op.op.op {
        Some(pb::op::Op::Source(_)) => "source",
        Some(pb::op::Op::Exec(_)) => "exec",
        Some(pb::op::Op::File(_)) => "file",
        Some(pb::op::Op::Merge(_)) => "merge",
        Some(pb::op::Op::Diff(_)) => "diff",
        Some(pb::op::Op::Build(_)) => "build",
        Some(pb::op::Op::Passthrough(_)) => "passthrough",
        None => "result",
    }
}

/// Cuts a digest to what people tell apart.
fn short(digest: &str) -> &str {
    digest.get(.."sha256:".len() + 12).unwrap_or(digest)
}

fn range(file: &SourceFile, location: &Location) -> Option<TextRange> {
    if location.is_file() {
        return None;
    }
    Some(TextRange::new(offset(file, location.start)?, offset(file, location.end)?))
}

fn offset(file: &SourceFile, at: Position) -> Option<usize> {
    let line = usize::try_from(at.line).ok().filter(|line| *line > 0)?;
    let character = usize::try_from(at.character).ok()?;
    let text = file.lines.text(&file.text, line);
    let bytes = text.chars().take(character).map(char::len_utf8).sum::<usize>();
    Some(file.lines.start(line) + bytes)
}
