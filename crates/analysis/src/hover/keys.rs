//! A key of a table: an option, an entry of a map, or what a function of the project reads.

use super::Hovering;
use crate::cursor::{CallAt, Step};
use crate::options_read::keys_read;
use luakit_api::render::field_markdown;

impl Hovering<'_, '_> {
    pub(super) fn key(&self, call: &CallAt, path: &[Step], name: &str) -> Option<String> {
        let Some(slot) = self.slot(call, path) else { return self.script_key(call, path, name) };
        let options = slot.ty.options();
        let found = options.iter().find_map(|options| Some((options.field(name)?, options)));
        if let Some((field, options)) = found {
            return Some(field_markdown(field, options));
        }
        // An entry of a map: what the map is for.
        let entry = slot.key(name)?;
        let (options, field) = entry.field?;
        Some(format!("```lua\n{name}: {}\n```\n\n{}", entry.ty.display(), field_markdown(field, options)))
    }

    fn script_key(&self, call: &CallAt, path: &[Step], name: &str) -> Option<String> {
        let keys = keys_read(self.cursor, self.types, call, path);
        let key = keys.into_iter().find(|key| key.name == name)?;
        let detail = match key.detail.strip_prefix("= ") {
            Some(default) => format!("{name} = {default}"),
            None if key.detail.is_empty() => name.to_owned(),
            None => format!("{name}: {}", key.detail),
        };
        let told = if key.doc.is_empty() {
            format!("Read by `{}`.", self.cursor.text(call.callee))
        } else {
            key.doc
        };
        Some(format!("```lua\n(option) {detail}\n```\n\n{told}"))
    }
}
