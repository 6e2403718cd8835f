//! Images in an OCI layout on the client's disk.

use crate::{Error, ErrorKind, Graph, OciStore, Platform, SourceOp, State};
use std::collections::BTreeMap;

/// Says how an image in an OCI layout is found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OciLayoutOptions {
    /// The platform of the image; the build's if there is none.
    pub platform: Option<Platform>,
    /// How many layers of the image are taken.
    pub layer_limit: Option<u32>,
    /// Where the layout is.
    pub store: OciStore,
}

impl Graph {
    /// Adds an image in an OCI layout, by `name@digest`. The name is not that of a registry, so it is taken
    /// as it is.
    ///
    /// # Errors
    /// If the reference is empty.
    pub fn oci_layout(&mut self, reference: &str, options: &OciLayoutOptions) -> Result<State, Error> {
        if reference.is_empty() {
            return Err(Error::new(ErrorKind::Reference, "reference must not be empty"));
        }
        let mut op = SourceOp::new(format!("oci-layout://{reference}"), BTreeMap::new());
        op.caps.insert("source.ocilayout");
        options.store.set(&mut op);
        if let Some(limit) = options.layer_limit {
            op.attr("oci.layerlimit", limit.to_string());
        }
        Ok(self.add_source_op(op, options.platform.clone()))
    }
}
