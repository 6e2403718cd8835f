//! What counts of a source: BuildKit asks what is behind it, so that most attributes play no part.

use crate::{MarshalledOp, pb};
use prost::Message;

/// What is known of a source's key before anybody is asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// What has to be the same.
    same: Vec<u8>,
    /// The digest or checksum that it must have. One that was not pinned before may well have been what it is now
    /// pinned to, and the other way round.
    pub(super) pin: Option<String>,
}

impl Key {
    pub(super) fn whole(&self) -> Vec<u8> {
        let mut key = self.same.clone();
        key.push(0);
        key.extend(self.pin.iter().flat_map(|it| it.bytes()));
        key
    }

    /// The key without the pin.
    pub(super) fn unpinned(&self) -> &[u8] {
        &self.same
    }
}

pub(super) fn key(source: &pb::SourceOp, platform: Option<&pb::Platform>) -> Key {
    let scheme = scheme(source);
    let (identifier, mut pin) = match scheme {
        "docker-image" => match source.identifier.split_once('@') {
            Some((name, digest)) => (name, Some(digest.to_owned())),
            None => (source.identifier.as_str(), None),
        },
        _ => (source.identifier.as_str(), None),
    };
    let mut same = identifier.as_bytes().to_vec();
    if matches!(scheme, "docker-image" | "oci-layout") {
        same.push(0);
        same.extend(platform.cloned().unwrap_or_default().encode_to_vec());
    }
    let mut attrs: Vec<(String, String)> = source.attrs.iter().map(pb::StringEntry::pair).collect();
    attrs.sort();
    for (name, value) in attrs {
        if matches!(name.as_str(), "image.checksum" | "git.checksum" | "http.checksum") {
            pin = pin.or(Some(value));
        } else if counts(&name) {
            same.extend(format!("\0{name}={value}").bytes());
        }
    }
    Key { same, pin }
}

/// Says whether an attribute can change what is fetched. The others say how it is fetched: with which secret, through
/// which session, with what trust in a local copy.
fn counts(name: &str) -> bool {
    let no = [
        "image.resolvemode",
        "image.recordtype",
        "oci.session",
        "oci.store",
        "git.fullurl",
        "git.authheadersecret",
        "git.authtokensecret",
        "git.knownsshhosts",
        "git.mountsshsock",
        "git.fetchbycommit",
        "git.bundle",
        "git.advice",
        "http.authheadersecret",
        "local.session",
        "local.unique",
        "local.sharedkeyhint",
        "local.differ",
    ];
    !no.contains(&name) && !name.starts_with("git.sig.") && !name.starts_with("http.sig.")
}

/// Says whether what the op fetches can change without a change of the graph.
pub(super) fn is_unseen(op: &MarshalledOp) -> bool {
    let Some(pb::op::Op::Source(source)) = &op.op.op else { return false };
    match scheme(source) {
        "git" => {
            let commit = source.identifier.rsplit_once('#').map(|(_, it)| it.split(':').next().unwrap_or(it));
            let is_commit = |it: &str| it.len() >= 40 && it.bytes().all(|it| it.is_ascii_hexdigit());
            key(source, None).pin.is_none() && !commit.is_some_and(is_commit)
        }
        "local" => true,
        "oci-layout" | "docker-image+blob" => false,
        _ => key(source, None).pin.is_none(),
    }
}

/// Says whether the op is a local source: its key is another one in every session.
pub(super) fn is_local(op: &MarshalledOp) -> bool {
    matches!(&op.op.op, Some(pb::op::Op::Source(it)) if scheme(it) == "local")
}

fn scheme(source: &pb::SourceOp) -> &str {
    source.identifier.split_once("://").map_or("", |(scheme, _)| scheme)
}
