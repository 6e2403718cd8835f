//! Every op that a run made, with what people are told of it and the calls that made it: what editors draw beside a script.

use crate::DryRun;
use crate::lints::places::{files_of, offset};
use luakit_diagnostics::{Place, SourceFile, TextRange};
use luakit_llb::{Constraints, Graph, Location, MarshalledOp, VertexId, kind, names, text};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// How many places of an op are told. Nobody looks at more.
const MOST_PLACES: usize = 64;

/// How much is told of what an op says. A file that is made may be long.
const LONGEST_DETAIL: usize = 8 << 10;

/// An op of the graph. Equal ops are one, wherever they were made.
#[derive(Debug, Clone, PartialEq)]
pub struct MadeOp {
    pub digest: String,
    /// `source`, `exec`, `file`, `merge`, `diff`, `build` or `passthrough`.
    pub kind: &'static str,
    /// What BuildKit's progress calls it.
    pub label: String,
    /// All that it says, as `luakit dag` prints it.
    pub detail: String,
    pub platform: Option<String>,
    /// The digests of what it depends on, and which output of each.
    pub inputs: Vec<(String, i64)>,
    /// Whether a result depends on it.
    pub reached: bool,
    /// How many times it was made.
    pub made: usize,
    /// The calls that made it, each from the name that is called to the end of its arguments.
    pub calls: Vec<Place>,
    /// The calls of functions that led there, the innermost first.
    pub callers: Vec<Place>,
}

/// Returns the ops in the order in which they were made: each after its inputs.
pub(crate) fn of(graph: &Graph, run: &DryRun, constraints: &Constraints) -> Vec<MadeOp> {
    let definition = graph.marshal_all(constraints);
    let outputs = run.outputs.iter().flat_map(|output| &output.definition.ops);
    let reached: HashSet<&str> = outputs.map(|op| op.digest.as_str()).collect();
    let details = text::ops(&definition, &text::TextOptions::default());
    let mut places = Places { files: files_of(graph.sources(), &run.files), known: HashMap::new() };
    let mut op = |((op, label), detail): ((&MarshalledOp, String), String)| {
        let vertices = op.vertices.iter().filter_map(|id: &VertexId| graph.vertex(*id));
        let (mut calls, mut callers) = (Vec::new(), Vec::new());
        for vertex in vertices {
            places.add(&vertex.locations, &mut calls);
            places.add(&vertex.trace, &mut callers);
        }
        MadeOp {
            digest: op.digest.to_string(),
            kind: kind(&op.op),
            label,
            detail: cut(detail),
            platform: op.op.platform.as_ref().map(|platform| platform.name()),
            inputs: op.op.inputs.iter().map(|input| (input.digest.clone(), input.index)).collect(),
            reached: reached.contains(op.digest.as_str()),
            made: op.vertices.len(),
            calls,
            callers,
        }
    };
    definition.ops.iter().zip(names(&definition)).zip(details).map(&mut op).collect()
}

fn cut(mut detail: String) -> String {
    if detail.len() > LONGEST_DETAIL {
        let end = (0..=LONGEST_DETAIL).rev().find(|end| detail.is_char_boundary(*end));
        detail.truncate(end.unwrap_or_default());
        detail.push('…');
    }
    detail
}

/// Places of locations. A loop makes thousands of ops in one place, which is looked up once.
struct Places {
    files: Vec<Option<Arc<SourceFile>>>,
    known: HashMap<Location, Option<Place>>,
}

impl Places {
    fn add(&mut self, locations: &[Location], places: &mut Vec<Place>) {
        for location in locations {
            let files = &self.files;
            let place = self.known.entry(*location).or_insert_with(|| place(files, location));
            let Some(place) = place else { continue };
            let same = |other: &Place| Arc::ptr_eq(&other.file, &place.file) && other.range == place.range;
            // A recursion would list the same few places over and over.
            if places.len() < MOST_PLACES && !places.iter().any(same) {
                places.push(place.clone());
            }
        }
    }
}

fn place(files: &[Option<Arc<SourceFile>>], location: &Location) -> Option<Place> {
    let file = files.get(location.source.index())?.as_ref()?;
    let range = TextRange::new(offset(file, location.start)?, offset(file, location.end)?);
    Some(Place { file: file.clone(), range })
}
