//! What is said about a vertex without changing its digest.

use crate::pb;
use std::collections::{BTreeMap, BTreeSet};

pub use crate::pb::{LinuxResources, ProgressGroup};

/// The description key that names a vertex in BuildKit's progress.
const CUSTOM_NAME: &str = "llb.customname";

/// Holds what is said about a vertex without changing its digest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata {
    /// Whether the op runs even if its result is cached.
    pub ignore_cache: bool,
    /// Free texts by key; see [`Metadata::custom_name`].
    pub description: BTreeMap<String, String>,
    /// Whether the result is exported with the cache; `None` leaves it to BuildKit.
    pub export_cache: Option<bool>,
    /// The group that the progress shows the vertex in.
    pub progress_group: Option<ProgressGroup>,
    /// The limits of a command's container.
    pub linux_resources: Option<LinuxResources>,
}

impl Metadata {
    /// Makes metadata that name a vertex in the progress.
    pub fn named(name: impl Into<String>) -> Self {
        let description = BTreeMap::from([(CUSTOM_NAME.to_owned(), name.into())]);
        Self { description, ..Self::default() }
    }

    /// Returns the name that the progress shows for the vertex.
    pub fn custom_name(&self) -> Option<&str> {
        self.description.get(CUSTOM_NAME).map(String::as_str)
    }

    /// Adds later metadata: what both say, the later one wins; nothing that was said is taken back.
    pub fn merge(&mut self, later: &Metadata) {
        self.ignore_cache |= later.ignore_cache;
        self.description.extend(later.description.iter().map(|(k, v)| (k.clone(), v.clone())));
        self.export_cache = later.export_cache.or(self.export_cache);
        if later.progress_group.is_some() {
            self.progress_group.clone_from(&later.progress_group);
        }
        if later.linux_resources.is_some() {
            self.linux_resources.clone_from(&later.linux_resources);
        }
    }

    /// Turns metadata and the capabilities of an op into their message.
    pub(crate) fn to_pb(&self, caps: &BTreeSet<&'static str>) -> pb::OpMetadata {
        pb::OpMetadata {
            ignore_cache: self.ignore_cache,
            description: pb::StringEntry::list(&self.description),
            export_cache: self.export_cache.map(|value| pb::ExportCache { value }),
            caps: caps
                .iter()
                .map(|cap| pb::BoolEntry { key: Some((*cap).to_owned()), value: Some(true) })
                .collect(),
            progress_group: self.progress_group.clone(),
            linux_resources: self.linux_resources.clone(),
        }
    }

    /// Reads metadata back from their message, without the capabilities.
    pub(crate) fn from_pb(message: &pb::OpMetadata) -> Self {
        Self {
            ignore_cache: message.ignore_cache,
            description: message.description.iter().map(pb::StringEntry::pair).collect(),
            export_cache: message.export_cache.as_ref().map(|it| it.value),
            progress_group: message.progress_group.clone(),
            linux_resources: message.linux_resources.clone(),
        }
    }
}
