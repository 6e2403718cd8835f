//! From bytes to a definition, whoever made them.

use crate::{Definition, Digest, Error, ErrorKind, Location, MarshalledOp, Position, Source, SourceId, pb};
use prost::Message;
use std::collections::HashMap;

impl Definition {
    /// Decodes what [`Definition::encode`] or another client wrote.
    ///
    /// # Errors
    /// If the bytes are not a definition.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let message = pb::Definition::decode(bytes).map_err(|err| wrong(&err))?;
        Self::from_pb(message)
    }

    /// Reads a definition from its message.
    ///
    /// # Errors
    /// If the bytes of an op are not an op.
    pub fn from_pb(message: pb::Definition) -> Result<Self, Error> {
        let source = message.source.unwrap_or_default();
        let mut metadata: HashMap<String, pb::OpMetadata> = message
            .metadata
            .into_iter()
            .map(|it| (it.key.unwrap_or_default(), it.value.unwrap_or_default()))
            .collect();
        let mut locations: HashMap<String, pb::Locations> = source
            .locations
            .into_iter()
            .map(|it| (it.key.unwrap_or_default(), it.value.unwrap_or_default()))
            .collect();
        let count = source.infos.len();
        let mut ops = Vec::with_capacity(message.def.len());
        for bytes in message.def {
            let op = pb::Op::decode(bytes.as_slice()).map_err(|err| wrong(&err))?;
            let digest = Digest::of(&bytes);
            let metadata = metadata.remove(digest.as_str()).unwrap_or_default();
            let found = locations.remove(digest.as_str()).unwrap_or_default().locations;
            let locations = found.iter().flat_map(|it| ranges(it, count)).collect();
            ops.push(MarshalledOp { digest, bytes, op, metadata, vertices: Vec::new(), locations });
        }
        let sources = source.infos.into_iter().map(|it| Source {
            filename: it.filename,
            data: it.data.into(),
            language: it.language,
            definition: it.definition.map(|definition| definition.encode_to_vec().into()),
        });
        Ok(Self { ops, sources: sources.collect() })
    }
}

fn wrong(err: &prost::DecodeError) -> Error {
    Error::new(ErrorKind::Decode, format!("not a definition: {err}"))
}

/// One location for each range; a location in a source that is not there is none.
fn ranges(location: &pb::Location, sources: usize) -> Vec<Location> {
    let Some(index) = u32::try_from(location.source_index).ok().filter(|it| (*it as usize) < sources) else {
        return Vec::new();
    };
    let file = Location::file(SourceId(index));
    let position = |it: &Option<pb::Position>| {
        it.as_ref().map_or(Position::default(), |it| Position { line: it.line, character: it.character })
    };
    if location.ranges.is_empty() {
        return vec![file];
    }
    let range = |it: &pb::Range| Location { start: position(&it.start), end: position(&it.end), ..file };
    location.ranges.iter().map(range).collect()
}
