//! Images of a registry.

use crate::{Error, Graph, Platform, Reference, SourceOp, State};
use std::collections::BTreeMap;

/// Says how an image is found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImageOptions {
    /// The platform of the image; the build's if there is none.
    pub platform: Option<Platform>,
    /// Where the image is looked for first.
    pub resolve_mode: ResolveMode,
    /// What the image's layers are recorded as in the cache.
    pub record_type: RecordType,
    /// The digest that the image must have.
    pub checksum: Option<String>,
    /// How many layers of the image are taken.
    pub layer_limit: Option<u32>,
    /// The digest that somebody resolved the reference to; it is added to a reference that has none.
    pub digest: Option<String>,
    /// What somebody read from the image's config.
    pub config: Option<ImageConfigSeed>,
}

/// Says where an image is looked for first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResolveMode {
    /// Where BuildKit thinks best.
    #[default]
    Default,
    /// In the registry, even if it is here.
    Pull,
    /// Here, even if the registry has a newer one.
    Local,
}

/// Says what an image's layers are recorded as in the cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RecordType {
    /// As those of any other image.
    #[default]
    Regular,
    /// As a means of the build.
    Internal,
    /// As those of a frontend.
    Frontend,
}

/// Holds what an image's config says about the commands to come.
///
/// User, entrypoint and command are not there: BuildKit's client does not take them from the config either.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImageConfigSeed {
    /// The environment, as `NAME=value`.
    pub env: Vec<String>,
    /// The working directory; may be empty.
    pub workdir: String,
    /// The platform.
    pub platform: Option<Platform>,
}

impl Graph {
    /// Adds an image, by a reference as people write it.
    ///
    /// # Errors
    /// If the reference or the resolved digest is not one; the message says why.
    pub fn image(&mut self, reference: &str, options: &ImageOptions) -> Result<State, Error> {
        let mut reference = Reference::parse(reference)?.or_latest();
        if let (Some(digest), None) = (&options.digest, &reference.digest) {
            reference = reference.with_digest(digest)?;
        }
        let mut op = SourceOp::new(format!("docker-image://{reference}"), BTreeMap::new());
        op.caps.insert("source.image");
        match options.resolve_mode {
            ResolveMode::Default => {}
            ResolveMode::Pull => op.set("image.resolvemode", "pull", "source.image.resolvemode"),
            // BuildKit's client asks for the capability of `pull` alone.
            ResolveMode::Local => op.attr("image.resolvemode", "local"),
        }
        if let Some(record_type) = options.record_type.attr() {
            op.attr("image.recordtype", record_type);
        }
        if let Some(checksum) = &options.checksum {
            op.set("image.checksum", checksum, "source.image.checksum");
        }
        if let Some(limit) = options.layer_limit {
            op.set("image.layerlimit", limit.to_string(), "source.image.layerlimit");
        }
        let state = self.add_source_op(op, options.platform.clone());
        Ok(options.config.as_ref().map_or(state.clone(), |config| config.seed(state)))
    }
}

impl RecordType {
    pub(crate) fn attr(self) -> Option<&'static str> {
        match self {
            RecordType::Regular => None,
            RecordType::Internal => Some("internal"),
            RecordType::Frontend => Some("frontend"),
        }
    }
}

impl ImageConfigSeed {
    fn seed(&self, mut state: State) -> State {
        for variable in &self.env {
            let (name, value) = variable.split_once('=').unwrap_or((variable, ""));
            if !name.is_empty() {
                state = state.with_env(name, value);
            }
        }
        state = state.with_dir(&self.workdir);
        match &self.platform {
            Some(platform) => state.with_platform(platform),
            None => state,
        }
    }
}
