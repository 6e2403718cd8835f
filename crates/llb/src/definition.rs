//! The marshalled graph: what BuildKit is given.

use crate::{Digest, Location, Source, VertexId, pb};
use prost::Message;
use std::collections::BTreeMap;

/// Is a marshalled graph. The last op names the result; scratch has no ops at all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Definition {
    /// The ops, each after its inputs.
    pub ops: Vec<MarshalledOp>,
    /// The files that the locations of the ops are in, by [`SourceId::index`](crate::SourceId::index).
    pub sources: Vec<Source>,
}

/// Is an op of a [`Definition`].
#[derive(Clone, Debug, PartialEq)]
pub struct MarshalledOp {
    /// The hash of the bytes.
    pub digest: Digest,
    /// The bytes as BuildKit would write them.
    pub bytes: Vec<u8>,
    /// What the bytes say.
    pub op: pb::Op,
    /// What is said about the op without changing its digest.
    pub metadata: pb::OpMetadata,
    /// The vertices that became this op; none for the last op, or if the definition was decoded.
    pub vertices: Vec<VertexId>,
    /// Where those were made, in the sources of the definition.
    pub locations: Vec<Location>,
}

impl Definition {
    /// Returns the digest of the op that makes the result; `None` for scratch.
    pub fn head(&self) -> Option<&Digest> {
        let head = self.ops.last()?.op.inputs.first()?;
        self.ops.iter().map(|it| &it.digest).find(|it| it.as_str() == head.digest)
    }

    /// Returns the op with a digest.
    pub fn op(&self, digest: &str) -> Option<&MarshalledOp> {
        self.ops.iter().find(|it| it.digest.as_str() == digest)
    }

    /// Turns the definition into its message.
    pub fn to_pb(&self) -> pb::Definition {
        let metadata: BTreeMap<_, _> = self.ops.iter().map(|it| (it.digest.as_str(), &it.metadata)).collect();
        pb::Definition {
            def: self.ops.iter().map(|it| it.bytes.clone()).collect(),
            metadata: metadata
                .into_iter()
                .map(|(digest, it)| pb::OpMetadataEntry {
                    key: Some(digest.to_owned()),
                    value: Some(it.clone()),
                })
                .collect(),
            source: self.source(),
        }
    }

    /// Encodes the definition as `buildctl build` reads it.
    pub fn encode(&self) -> Vec<u8> {
        self.to_pb().encode_to_vec()
    }

    /// The locations of the ops that have any: the daemon does not expect an empty list.
    fn source(&self) -> Option<pb::Source> {
        if self.sources.is_empty() {
            return None;
        }
        let located: BTreeMap<_, _> = self
            .ops
            .iter()
            .filter(|it| !it.locations.is_empty())
            .map(|it| (it.digest.as_str(), it.locations.iter().map(location).collect()))
            .collect();
        Some(pb::Source {
            locations: located
                .into_iter()
                .map(|(digest, locations)| pb::LocationsEntry {
                    key: Some(digest.to_owned()),
                    value: Some(pb::Locations { locations }),
                })
                .collect(),
            infos: self.sources.iter().map(info).collect(),
        })
    }
}

fn location(location: &Location) -> pb::Location {
    let position = |it: crate::Position| Some(pb::Position { line: it.line, character: it.character });
    let range = || pb::Range { start: position(location.start), end: position(location.end) };
    pb::Location {
        source_index: i32::try_from(location.source.index()).unwrap_or(i32::MAX),
        ranges: if location.is_file() { Vec::new() } else { vec![range()] },
    }
}

fn info(source: &Source) -> pb::SourceInfo {
    pb::SourceInfo {
        filename: source.filename.clone(),
        data: source.data.to_vec(),
        definition: source.definition.as_deref().and_then(|bytes| pb::Definition::decode(bytes).ok()),
        language: source.language.clone(),
    }
}
