//! The graph: an arena of vertices that only grows.
//!
//! Vertices name each other by number and never own each other, so that chains of any length are dropped
//! and walked without recursion.

use crate::{
    BuildOp, DiffOp, ExecOp, FileOp, Location, MergeOp, Metadata, PassthroughOp, Platform, Source, SourceId,
    SourceOp, State,
};
use std::collections::HashMap;
use std::sync::Arc;

/// Holds the vertices that a script made.
///
/// Every function that adds a vertex is in the file named for the op: `image.rs`, `exec.rs`, `merge.rs`…
#[derive(Debug, Default)]
pub struct Graph {
    vertices: Vec<Vertex>,
    sources: Vec<Source>,
    source_ids: HashMap<Source, SourceId>,
    locations: Vec<Location>,
    trace: Vec<Location>,
}

/// Names a vertex of a [`Graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VertexId(pub(crate) u32);

impl VertexId {
    /// Returns the place of the vertex in [`Graph::vertices`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Is an edge: one output of a vertex.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Output {
    /// The vertex.
    pub vertex: VertexId,
    /// Which of its outputs.
    pub index: u32,
}

/// Is one operation of the graph.
#[derive(Clone, Debug)]
pub struct Vertex {
    /// What the vertex does.
    pub op: Op,
    /// What it depends on, in the order in which a definition lists them.
    pub inputs: Vec<Output>,
    /// The platform that was asked for, if it is not that of the build.
    pub platform: Option<Platform>,
    /// The containerd filters that a worker must match.
    pub filters: Vec<String>,
    /// What is said about it without changing its digest.
    pub metadata: Metadata,
    /// Where it was made.
    pub locations: Vec<Location>,
    /// Where the functions were called that made it, the innermost first; never marshalled.
    pub trace: Vec<Location>,
}

/// Is what a vertex does.
// Most vertices are commands: a box around the largest would save nothing.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug)]
pub enum Op {
    /// Fetches something from outside of the graph.
    Source(SourceOp),
    /// Runs a command.
    Exec(ExecOp),
    /// Changes files.
    File(FileOp),
    /// Lays file systems on top of each other.
    Merge(MergeOp),
    /// Keeps what changed between two file systems.
    Diff(DiffOp),
    /// Runs a definition that is found in an input.
    Build(BuildOp),
    /// Waits for other states.
    Passthrough(PassthroughOp),
}

impl Graph {
    /// Makes an empty graph.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets where the next vertices are made, and where the functions were called that make them.
    pub fn at(&mut self, locations: Vec<Location>, trace: Vec<Location>) {
        self.locations = locations;
        self.trace = trace;
    }

    /// Adds a file that vertices are made in; the same file twice is one source.
    pub fn add_source(
        &mut self,
        filename: impl Into<String>,
        data: impl Into<Arc<[u8]>>,
        language: impl Into<String>,
    ) -> SourceId {
        let (filename, data, language) = (filename.into(), data.into(), language.into());
        self.add_file(Source { filename, data, language, definition: None })
    }

    /// Adds a file that vertices are made in, with all that is known of it.
    pub fn add_file(&mut self, source: Source) -> SourceId {
        if let Some(id) = self.source_ids.get(&source) {
            return *id;
        }
        let id = SourceId(u32::try_from(self.sources.len()).unwrap_or(u32::MAX));
        self.sources.push(source.clone());
        self.source_ids.insert(source, id);
        id
    }

    /// Returns the files that vertices are made in, by [`SourceId::index`].
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Returns a file that vertices are made in.
    pub fn source_file(&self, id: SourceId) -> Option<&Source> {
        self.sources.get(id.index())
    }

    /// Returns the vertices, by [`VertexId::index`].
    pub fn vertices(&self) -> &[Vertex] {
        &self.vertices
    }

    /// Returns the names of the vertices, in the same order.
    pub fn ids(&self) -> impl Iterator<Item = VertexId> + use<> {
        // No more are made than can be numbered.
        (0..self.vertices.len() as u32).map(VertexId)
    }

    /// Returns a vertex.
    pub fn vertex(&self, id: VertexId) -> Option<&Vertex> {
        self.vertices.get(id.index())
    }

    /// Returns the state with more said about its vertex.
    ///
    /// The vertex is copied: other states keep what was said about theirs. Marshalled, equal vertices
    /// collapse and their metadata merge, if the exported state depends on both.
    pub fn with_metadata(&mut self, state: &State, metadata: Metadata) -> State {
        let Some((output, vertex)) = state.output().and_then(|it| Some((it, self.vertex(it.vertex)?))) else {
            return state.clone();
        };
        let mut vertex = vertex.clone();
        vertex.metadata.merge(&metadata);
        let copy = self.push(vertex);
        state.with_output(Some(Output { vertex: copy, index: output.index }), None)
    }

    /// Adds a vertex that is made where the graph is [`Graph::at`].
    pub(crate) fn add(&mut self, op: Op, inputs: Vec<Output>, platform: Option<Platform>) -> VertexId {
        let (locations, trace) = (self.locations.clone(), self.trace.clone());
        self.push(Vertex {
            op,
            inputs,
            platform,
            filters: Vec::new(),
            metadata: Metadata::default(),
            locations,
            trace,
        })
    }

    pub(crate) fn vertex_mut(&mut self, id: VertexId) -> Option<&mut Vertex> {
        self.vertices.get_mut(id.index())
    }

    fn push(&mut self, vertex: Vertex) -> VertexId {
        // Four thousand million vertices do not fit into the memory that numbers them.
        let id = VertexId(u32::try_from(self.vertices.len()).unwrap_or(u32::MAX));
        self.vertices.push(vertex);
        id
    }
}

impl Output {
    /// The first output of a vertex.
    pub(crate) fn first(vertex: VertexId) -> Option<Self> {
        Some(Self { vertex, index: 0 })
    }
}

/// Lists outputs without repetition, in the order of their first mention.
pub(crate) fn unique(outputs: impl IntoIterator<Item = Output>) -> Vec<Output> {
    let mut seen = std::collections::HashSet::new();
    outputs.into_iter().filter(|output| seen.insert(*output)).collect()
}
