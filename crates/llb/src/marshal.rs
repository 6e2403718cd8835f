//! From the graph to its definition.

use crate::definition::MarshalledOp;
use crate::inputs::Inputs;
use crate::{
    Constraints, Definition, Digest, Error, ErrorKind, Graph, Location, Metadata, Op, Output, SourceId,
    State, Vertex, VertexId, pb, wire,
};
use std::collections::{BTreeSet, HashMap};

impl Graph {
    /// Marshals the graph that a state depends on; scratch has an empty definition.
    ///
    /// Vertices with equal bytes become one op, with what is said about any of them.
    ///
    /// # Errors
    /// If the state belongs to another graph.
    pub fn marshal(&self, state: &State, constraints: &Constraints) -> Result<Definition, Error> {
        let Some(head) = state.output() else { return Ok(Definition::default()) };
        let mut marshal = Marshal::new(self, constraints);
        marshal.walk(head.vertex)?;
        marshal.locate_twins();
        let terminal = marshal.terminal(head);
        Ok(marshal.finish(Some(terminal)))
    }

    /// Marshals every vertex, whether a result depends on it or not, in the order in which they were made.
    ///
    /// No last op names a result, so that the definition can be read but not built. An op has the digest that it has
    /// in the definition of any state that depends on it.
    pub fn marshal_all(&self, constraints: &Constraints) -> Definition {
        let mut marshal = Marshal::new(self, constraints);
        for id in self.ids() {
            // Inputs are older than what is made of them, so that this never goes deep.
            let _ = marshal.walk(id);
        }
        marshal.finish(None)
    }
}

struct Marshal<'a> {
    graph: &'a Graph,
    constraints: &'a Constraints,
    /// Which op a vertex became.
    placed: Vec<Option<usize>>,
    drafts: Vec<Draft>,
    by_digest: HashMap<Digest, usize>,
}

/// An op, while vertices may still collapse into it.
struct Draft {
    digest: Digest,
    bytes: Vec<u8>,
    op: pb::Op,
    metadata: Metadata,
    caps: BTreeSet<&'static str>,
    vertices: Vec<VertexId>,
    locations: Vec<Location>,
}

impl Draft {
    fn add_locations(&mut self, locations: &[Location]) {
        for location in locations {
            if !self.locations.contains(location) {
                self.locations.push(*location);
            }
        }
    }
}

impl<'a> Marshal<'a> {
    fn new(graph: &'a Graph, constraints: &'a Constraints) -> Self {
        let placed = vec![None; graph.vertices().len()];
        Self { graph, constraints, placed, drafts: Vec::new(), by_digest: HashMap::new() }
    }

    /// Places every vertex after its inputs. A stack of its own: chains are longer than the thread's.
    fn walk(&mut self, head: VertexId) -> Result<(), Error> {
        let mut stack = vec![(head, 0)];
        while let Some((id, next)) = stack.pop() {
            let vertex = self.vertex(id)?;
            if self.placed.get(id.index()).copied().flatten().is_some() {
                continue;
            }
            match vertex.inputs.get(next) {
                Some(input) => {
                    stack.push((id, next + 1));
                    stack.push((input.vertex, 0));
                }
                None => self.place(id)?,
            }
        }
        Ok(())
    }

    /// Adds the places of vertices that the state does not depend on, but that are equal to one it does: a script
    /// that makes an op twice made it in both places, whichever of the two it goes on with. Nothing else of such a
    /// twin counts, as nobody asked for it.
    fn locate_twins(&mut self) {
        for (index, vertex) in self.graph.vertices().iter().enumerate() {
            let known = |output: &Output| self.placed.get(output.vertex.index()).copied().flatten().is_some();
            // Equal ops have equal inputs. A vertex is younger than its inputs, so that one pass is enough.
            if self.placed.get(index).copied().flatten().is_some() || !vertex.inputs.iter().all(known) {
                continue;
            }
            let (op, _) = self.op(vertex);
            let (_, bytes) = wire::encode_op(op);
            let Some(twin) = self.by_digest.get(&Digest::of(&bytes)).copied() else { continue };
            if let Some(draft) = self.drafts.get_mut(twin) {
                draft.add_locations(&vertex.locations);
            }
            if let Some(placed) = self.placed.get_mut(index) {
                *placed = Some(twin);
            }
        }
    }

    fn place(&mut self, id: VertexId) -> Result<(), Error> {
        let vertex = self.vertex(id)?;
        let (op, caps) = self.op(vertex);
        let (op, bytes) = wire::encode_op(op);
        let digest = Digest::of(&bytes);
        let index = *self.by_digest.entry(digest.clone()).or_insert(self.drafts.len());
        let mut metadata = self.constraints.metadata.clone();
        metadata.merge(&vertex.metadata);
        if index == self.drafts.len() {
            let (vertices, locations) = (Vec::new(), Vec::new());
            self.drafts.push(Draft { digest, bytes, op, metadata, caps, vertices, locations });
        } else if let Some(draft) = self.drafts.get_mut(index) {
            draft.metadata.merge(&metadata);
            draft.caps.extend(caps);
        }
        if let Some(draft) = self.drafts.get_mut(index) {
            draft.vertices.push(id);
            draft.add_locations(&vertex.locations);
        }
        if let Some(placed) = self.placed.get_mut(id.index()) {
            *placed = Some(index);
        }
        Ok(())
    }

    fn op(&self, vertex: &Vertex) -> (pb::Op, BTreeSet<&'static str>) {
        let resolve = |output: Output| {
            let placed = self.placed.get(output.vertex.index()).copied().flatten();
            let digest = placed.and_then(|index| self.drafts.get(index)).map(|it| it.digest.to_string());
            (placed.unwrap_or(usize::MAX), digest.unwrap_or_default())
        };
        let inputs = Inputs::new(&resolve);
        let marshalled = match &vertex.op {
            Op::Source(op) => op.marshal(inputs, self.constraints),
            Op::Exec(op) => op.marshal(inputs, self.constraints, &vertex.metadata),
            Op::File(op) => op.marshal(inputs),
            Op::Merge(op) => op.marshal(inputs),
            Op::Diff(op) => op.marshal(inputs),
            Op::Build(op) => op.marshal(inputs),
            Op::Passthrough(op) => op.marshal(inputs),
        };
        let asked = vertex.platform.clone().or(marshalled.state_platform);
        let platform =
            marshalled.has_platform.then(|| asked.unwrap_or_else(|| self.constraints.platform.clone()));
        let filter = [&self.constraints.filters, &vertex.filters].into_iter().flatten().cloned().collect();
        let op = pb::Op {
            inputs: marshalled.inputs,
            platform,
            constraints: Some(pb::WorkerConstraints { filter }),
            op: Some(marshalled.op),
        };
        (op, marshalled.caps)
    }

    fn vertex(&self, id: VertexId) -> Result<&'a Vertex, Error> {
        let vertex = self.graph.vertex(id);
        vertex.ok_or_else(|| Error::new(ErrorKind::Graph, "the state belongs to another graph"))
    }

    /// Adds the op that names the result, if there is one, and numbers the sources in the order of their first use.
    fn finish(self, terminal: Option<Draft>) -> Definition {
        let mut definition = Definition::default();
        let mut numbers: HashMap<SourceId, SourceId> = HashMap::new();
        for draft in self.drafts.into_iter().chain(terminal) {
            let mut locations = Vec::with_capacity(draft.locations.len());
            for location in draft.locations {
                let Some(file) = self.graph.source_file(location.source) else { continue };
                let source = *numbers.entry(location.source).or_insert_with(|| {
                    definition.sources.push(file.clone());
                    SourceId(u32::try_from(definition.sources.len() - 1).unwrap_or(u32::MAX))
                });
                locations.push(Location { source, ..location });
            }
            let metadata = draft.metadata.to_pb(&draft.caps);
            let Draft { digest, bytes, op, vertices, .. } = draft;
            definition.ops.push(MarshalledOp { digest, bytes, op, metadata, vertices, locations });
        }
        definition
    }

    /// The last op of a definition has an input and nothing else. Its metadata claim the capabilities that
    /// the metadata of others need.
    fn terminal(&self, head: Output) -> Draft {
        let any = |is: fn(&Metadata) -> bool| self.drafts.iter().any(|draft| is(&draft.metadata));
        let caps = [
            ("constraints", true),
            ("platform", true),
            ("meta.ignorecache", any(|it| it.ignore_cache)),
            ("meta.description", any(|it| !it.description.is_empty())),
            ("meta.exportcache", any(|it| it.export_cache.is_some())),
        ];
        let placed = self.placed.get(head.vertex.index()).copied().flatten();
        let digest = placed.and_then(|index| self.drafts.get(index)).map(|it| it.digest.to_string());
        let input = pb::Input { digest: digest.unwrap_or_default(), index: i64::from(head.index) };
        let (op, bytes) = wire::encode_op(pb::Op { inputs: vec![input], ..pb::Op::default() });
        Draft {
            digest: Digest::of(&bytes),
            bytes,
            op,
            metadata: Metadata::default(),
            caps: caps.into_iter().filter_map(|(cap, used)| used.then_some(cap)).collect(),
            vertices: Vec::new(),
            locations: Vec::new(),
        }
    }
}
