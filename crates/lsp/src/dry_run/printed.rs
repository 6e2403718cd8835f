//! What a script printed, by the calls that did.
//!
//! Places are kept in the coordinates of the documents as they stand, as those of findings are.

use crate::documents::Replacement;
use luakit_check::DryRun;
use luakit_diagnostics::TextRange;
use std::collections::BTreeMap;
use tower_lsp::lsp_types::Url;

/// How many calls are kept of a run.
const MOST: usize = 2000;

/// How many characters of what is printed are kept.
const SHOWN: usize = 60;

/// What a call printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Printed {
    pub(crate) url: Url,
    /// The call, from its name on.
    pub(crate) range: TextRange,
    /// What was printed last, and how often something was.
    pub(crate) text: String,
    pub(crate) times: usize,
}

impl Printed {
    pub(super) fn of(run: &DryRun, names: &BTreeMap<String, Url>) -> Vec<Printed> {
        let mut places: BTreeMap<(&Url, TextRange), (&str, usize)> = BTreeMap::new();
        for printed in &run.output {
            let Some(place) = &printed.place else { continue };
            let Some(url) = names.get(&place.file.name) else { continue };
            let (text, times) = places.entry((url, place.range)).or_default();
            *text = &printed.text;
            *times += 1;
        }
        let one = |((url, range), (text, times)): ((&Url, TextRange), (&str, usize))| Printed {
            url: url.clone(),
            range,
            text: shortened(text),
            times,
        };
        places.into_iter().take(MOST).map(one).collect()
    }

    pub(super) fn moved(&mut self, url: &Url, edit: Replacement) {
        if self.url == *url {
            self.range = edit.moved(self.range);
        }
    }
}

fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or("");
    let plain = line.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut shown: String = plain.take(SHOWN).collect();
    if shown.len() < text.trim_end().len() {
        shown.push('…');
    }
    shown
}
