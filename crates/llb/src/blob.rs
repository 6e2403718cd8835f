//! Single blobs of a registry or of an OCI layout, as files.

use crate::{Error, ErrorKind, Graph, RecordType, Reference, SourceOp, State};
use std::collections::BTreeMap;

/// Says what the file becomes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlobOptions {
    /// The name of the file.
    pub filename: Option<String>,
    /// The permissions of the file.
    pub chmod: Option<u32>,
    /// The owner of the file.
    pub uid: Option<u32>,
    /// The group of the file.
    pub gid: Option<u32>,
    /// What the blob is recorded as in the cache.
    pub record_type: RecordType,
}

/// Says where an OCI layout is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OciStore {
    /// The session that serves it.
    pub session: Option<String>,
    /// The name of the store in the session.
    pub store: Option<String>,
}

impl Graph {
    /// Adds a blob of a registry, by `name@digest`.
    ///
    /// # Errors
    /// If the reference is not one, has a tag, or has no digest.
    pub fn image_blob(&mut self, reference: &str, options: &BlobOptions) -> Result<State, Error> {
        let op = blob("docker-image+blob", reference, options)?;
        Ok(self.add_source_op(op, None))
    }

    /// Adds a blob of an OCI layout, by `name@digest`.
    ///
    /// # Errors
    /// If the reference is not one, has a tag, or has no digest.
    pub fn oci_layout_blob(
        &mut self,
        reference: &str,
        store: &OciStore,
        options: &BlobOptions,
    ) -> Result<State, Error> {
        let mut op = blob("oci-layout+blob", reference, options)?;
        store.set(&mut op);
        Ok(self.add_source_op(op, None))
    }
}

fn blob(scheme: &str, reference: &str, options: &BlobOptions) -> Result<SourceOp, Error> {
    let wrong = |message: &str| Error::new(ErrorKind::Reference, message);
    let reference = Reference::parse(reference)?;
    if reference.tag.is_some() {
        return Err(wrong("tagged image reference not allowed for blob reference"));
    }
    if reference.digest.is_none() {
        return Err(wrong("blob reference needs a digest"));
    }
    let mut op = SourceOp::new(format!("{scheme}://{reference}"), BTreeMap::new());
    op.caps.insert("source.imageblob");
    if let Some(filename) = options.filename.as_deref().filter(|it| !it.is_empty()) {
        op.attr("http.filename", filename);
    }
    if let Some(perm) = perm(options.chmod) {
        op.attr("http.perm", perm);
    }
    for (name, id) in [("http.uid", options.uid), ("http.gid", options.gid)] {
        if let Some(id) = id.filter(|it| *it != 0) {
            op.attr(name, id.to_string());
        }
    }
    if let Some(record_type) = options.record_type.attr() {
        op.attr("image.recordtype", record_type);
    }
    Ok(op)
}

/// Writes permissions as BuildKit does; none at all are the default.
pub(crate) fn perm(mode: Option<u32>) -> Option<String> {
    mode.map(|mode| mode & 0o777).filter(|mode| *mode != 0).map(|mode| format!("0{mode:o}"))
}

impl OciStore {
    pub(crate) fn set(&self, op: &mut SourceOp) {
        for (name, value) in [("oci.session", &self.session), ("oci.store", &self.store)] {
            if let Some(value) = value.as_deref().filter(|it| !it.is_empty()) {
                op.attr(name, value);
            }
        }
    }
}
