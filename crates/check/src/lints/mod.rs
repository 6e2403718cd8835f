//! Advice on a graph that was made without an error: what is very likely not meant, or worth knowing.
//!
//! Each lint reads what the script really made, never its text alone, and has a file of its own. What is said of a
//! graph is said once for each place, however many operations a loop makes there.

mod broad_copy;
mod caches;
mod command;
mod downloads;
mod env;
mod images;
mod lists;
mod packages;
pub(crate) mod places;
mod secrets;
mod unreached;

use crate::DryRun;
use luakit_analysis::Script;
use luakit_api::Step;
use luakit_diagnostics::{Code, Diagnostic, Layer, Place, SourceFile};
use luakit_evaluator::Export;
use luakit_llb::{ExecOp, Graph, Op, Output, Vertex, VertexId};
use places::Places;
use std::collections::HashSet;
use std::sync::Arc;

/// Which lints speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lints {
    #[default]
    None,
    /// Those that are not off by default.
    Usual,
    /// All of them, for a configuration to choose from.
    All,
}

/// What a run made.
pub(crate) struct Made<'a> {
    pub(crate) graph: &'a Graph,
    pub(crate) exports: &'a [Export],
    pub(crate) run: &'a DryRun,
    /// What was said of the run already.
    pub(crate) told: &'a [Diagnostic],
}

/// Returns what the lints say. `parse` gives the tree of a file that the run has read.
pub(crate) fn findings(
    lints: Lints,
    made: &Made<'_>,
    parse: &dyn Fn(&Arc<SourceFile>) -> Arc<Script>,
) -> Vec<Diagnostic> {
    if lints == Lints::None {
        return Vec::new();
    }
    let roots = made.exports.iter().filter_map(|export| export.state.output());
    let mut linter = Linter {
        graph: made.graph,
        exports: made.exports,
        run: made.run,
        told: made.told,
        reached: closure(made.graph, roots.clone(), |vertex| vertex.inputs.clone()),
        shipped: closure(made.graph, roots, below),
        places: Places::new(made.graph, &made.run.files, parse),
        said: HashSet::new(),
        found: Vec::new(),
    };
    unreached::check(&mut linter);
    secrets::check(&mut linter);
    env::check(&mut linter);
    lists::check(&mut linter);
    caches::check(&mut linter);
    broad_copy::check(&mut linter);
    packages::check(&mut linter);
    downloads::check(&mut linter);
    if lints == Lints::All {
        images::check(&mut linter);
    }
    linter.found
}

/// What every lint reads, and what they found.
struct Linter<'a> {
    graph: &'a Graph,
    exports: &'a [Export],
    run: &'a DryRun,
    told: &'a [Diagnostic],
    /// For each vertex, whether an export depends on it.
    reached: Vec<bool>,
    /// For each vertex, whether its files are part of an exported file system, not only copied from.
    shipped: Vec<bool>,
    places: Places<'a>,
    said: HashSet<(Code, String, usize, String)>,
    found: Vec<Diagnostic>,
}

impl<'a> Linter<'a> {
    /// Returns the vertices that an export depends on.
    fn reached(&self) -> Vec<(VertexId, &'a Vertex)> {
        self.those(&self.reached)
    }

    /// Returns the vertices whose files are exported.
    fn shipped(&self) -> Vec<(VertexId, &'a Vertex)> {
        self.those(&self.shipped)
    }

    fn those(&self, which: &[bool]) -> Vec<(VertexId, &'a Vertex)> {
        let vertices = self.graph.ids().zip(self.graph.vertices());
        vertices.zip(which).filter_map(|(vertex, wanted)| wanted.then_some(vertex)).collect()
    }

    /// Returns the commands that an export depends on.
    fn commands(&self) -> Vec<(&'a Vertex, &'a ExecOp)> {
        let exec = |(_, vertex): (VertexId, &'a Vertex)| match &vertex.op {
            Op::Exec(exec) => Some((vertex, exec)),
            _ => None,
        };
        self.reached().into_iter().filter_map(exec).collect()
    }

    /// Makes a finding about a vertex: at an argument of its call, where that is written out there.
    fn finding(&self, code: Code, vertex: &Vertex, path: &[Step], message: String) -> Option<Diagnostic> {
        let place = self.places.of(vertex, path)?;
        let mut finding = Diagnostic::new(code, Layer::DryRun, place, message);
        finding.related = self.places.callers(vertex);
        Some(finding)
    }

    fn at(&self, code: Code, place: Place, message: String) -> Diagnostic {
        Diagnostic::new(code, Layer::DryRun, place, message)
    }

    /// Keeps a finding, unless the same was said of the same place.
    fn say(&mut self, finding: Option<Diagnostic>) {
        let Some(finding) = finding else { return };
        let place = &finding.place;
        let key = (finding.code, place.file.name.clone(), place.range.start, finding.message.clone());
        if self.said.insert(key) {
            self.found.push(finding);
        }
    }
}

/// Finds all that some outputs depend on, by the edges that `next` chooses.
fn closure(
    graph: &Graph,
    roots: impl Iterator<Item = Output>,
    next: impl Fn(&Vertex) -> Vec<Output>,
) -> Vec<bool> {
    let mut seen = vec![false; graph.vertices().len()];
    let mut open: Vec<Output> = roots.collect();
    while let Some(output) = open.pop() {
        if let (Some(slot), Some(vertex)) = (seen.get_mut(output.vertex.index()), graph.vertex(output.vertex))
            && !std::mem::replace(slot, true)
        {
            open.extend(next(vertex));
        }
    }
    seen
}

/// Returns the file systems that a vertex puts its own changes on.
fn below(vertex: &Vertex) -> Vec<Output> {
    match &vertex.op {
        Op::Exec(exec) => exec
            .mounts
            .iter()
            .filter(|mount| mount.dest == "/")
            .filter_map(|mount| mount.source.output())
            .collect(),
        Op::File(file) => file.base().into_iter().collect(),
        Op::Source(_) | Op::Build(_) => Vec::new(),
        Op::Merge(_) | Op::Diff(_) | Op::Passthrough(_) => vertex.inputs.clone(),
    }
}

/// The path to an argument of a call.
fn arg(index: usize) -> Vec<Step> {
    vec![Step::Arg(index)]
}

/// The path to an option, or a value inside one.
fn option(index: usize, names: &[&str]) -> Vec<Step> {
    let keys = names.iter().map(|name| Step::Key((*name).to_owned()));
    arg(index).into_iter().chain(keys).collect()
}
