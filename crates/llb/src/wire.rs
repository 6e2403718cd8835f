//! The bytes of messages, exactly as BuildKit writes them.
//!
//! A daemon writes every op again before it hashes it. If our bytes are not its own, it finds neither our
//! source locations nor our digests in its progress, so two habits of Go's encoder are law: the oneof of a
//! message comes after every other field, and the entries of a map come sorted, with key and value even if
//! they are empty.

use crate::pb;
use prost::Message;
use std::collections::BTreeMap;

/// Encodes an op. The parts of a message may be written one after the other, so what the oneof holds is
/// encoded on its own behind the rest.
pub(crate) fn encode_op(mut op: pb::Op) -> (pb::Op, Vec<u8>) {
    let oneof = op.op.take();
    let mut bytes = op.encode_to_vec();
    let last = pb::Op { op: oneof, ..pb::Op::default() };
    // Growing a vector is the only thing that could fail, and that does not return.
    let _ = last.encode(&mut bytes);
    (pb::Op { op: last.op, ..op }, bytes)
}

impl pb::Op {
    /// Encodes an op as BuildKit would, which `prost::Message::encode` does not.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode_op(self.clone()).1
    }
}

impl pb::StringEntry {
    /// Lists the entries of a map, sorted.
    pub(crate) fn list(map: &BTreeMap<String, String>) -> Vec<Self> {
        map.iter().map(|(key, value)| Self { key: Some(key.clone()), value: Some(value.clone()) }).collect()
    }

    pub fn pair(&self) -> (String, String) {
        (self.key.clone().unwrap_or_default(), self.value.clone().unwrap_or_default())
    }
}
