//! The values that names had in the last good run, as hovers tell them below what the text tells.
//!
//! Places are kept in the coordinates of the documents as they stand, as those of findings are.

use crate::documents::Replacement;
use luakit_check::DryRun;
use luakit_diagnostics::TextRange;
use std::collections::BTreeMap;
use tower_lsp::lsp_types::Url;

/// How many names are kept of a run.
const MOST: usize = 20_000;

/// How many values of a name are shown.
const SHOWN: usize = 8;

/// The values that a name had at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Observed {
    pub(crate) url: Url,
    /// The name, where it gets the values.
    range: TextRange,
    values: Vec<String>,
    more: bool,
}

impl Observed {
    pub(super) fn of(run: &DryRun, names: &BTreeMap<String, Url>) -> Vec<Observed> {
        let one = |observed: &luakit_check::Observed| {
            Some(Observed {
                url: names.get(&observed.place.file.name)?.clone(),
                range: observed.place.range,
                values: observed.values.clone(),
                more: observed.more,
            })
        };
        run.observed.iter().filter_map(one).take(MOST).collect()
    }

    pub(super) fn moved(&mut self, url: &Url, edit: Replacement) {
        if self.url == *url {
            // A name that is typed anew is another one.
            if edit.changes(self.range) {
                self.values.clear();
            }
            self.range = edit.moved(self.range);
        }
    }
}

/// Tells the values that were observed in a document at any of these places.
pub(crate) fn observed_markdown(observed: &[Observed], places: &[TextRange]) -> Option<String> {
    let mut values: Vec<&str> = Vec::new();
    let mut more = false;
    for observed in observed.iter().filter(|it| places.contains(&it.range)) {
        more |= observed.more;
        for value in &observed.values {
            if !values.contains(&value.as_str()) {
                values.push(value);
            }
        }
    }
    if values.is_empty() {
        return None;
    }
    more |= values.len() > SHOWN;
    values.truncate(SHOWN);
    let title = if values.len() == 1 && !more { "Value in the last run" } else { "Values in the last run" };
    let dots = if more { "\n…" } else { "" };
    Some(format!("{title}:\n\n```lua\n{}{dots}\n```", values.join("\n")))
}
