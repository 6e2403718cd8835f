//! What the files of a definition are called where places are shown.

use crate::{Definition, Location, Source, json};
use serde_json::Value;

/// Names the files of one of two compared definitions.
pub struct Files<'a> {
    /// The definition.
    pub definition: &'a Definition,
    /// The name that is shown for a file: as a user would name it, or with the revision it is of.
    pub name: &'a dyn Fn(&Source) -> String,
}

impl Files<'_> {
    /// Names a place as `file:line:column`.
    pub(super) fn place(&self, location: &Location) -> Option<String> {
        let file = (self.name)(self.definition.sources.get(location.source.index())?);
        if location.is_file() {
            return Some(file);
        }
        Some(format!("{file}:{}:{}", location.start.line, location.start.character))
    }

    pub(super) fn json(&self, location: &Location) -> Value {
        let mut place = json::location(self.definition, location);
        if let Some(source) = self.definition.sources.get(location.source.index()) {
            place["file"] = Value::String((self.name)(source));
        }
        place
    }
}
