//! The names in code that does not parse yet.

use super::{FileId, Linker};
use crate::project::loose::{Chain, Root, Step, Variables, chain, loose};
use crate::project::symbols::Use;

impl Linker<'_> {
    /// Adds the names in code that does not parse yet.
    pub(super) fn loose(&mut self, file: FileId) {
        let Some(known) = self.project.files.get(file) else { return };
        let script = &known.script;
        let variables = Variables::of(script);
        for name in loose(script) {
            let Some(Chain { root, steps, declared }) = name.dot.and_then(|dot| chain(script, dot)) else {
                continue;
            };
            let root = match root {
                Root::Variable(name, offset) => match variables.find(&name, offset) {
                    Some(local) => Some(self.linked.local(file, local)),
                    None => {
                        let sym = self.sym(&name);
                        self.globals.get(&(known.group, sym)).copied()
                    }
                },
                Root::Require(name) => {
                    let mut same = known.requires.iter().filter(|require| require.name == name);
                    let target = same.find_map(|require| require.found.first());
                    target.map(|(_, target)| self.linked.module(*target))
                }
            };
            let base = steps.into_iter().try_fold(root, |node, step| match (node, step) {
                (Some(node), Step::Field(name)) => {
                    let sym = self.sym(&name);
                    Some(Some(self.linked.classes.field(node, sym)))
                }
                (Some(node), Step::Call) => {
                    self.linked.classes.get(node)?.signature.as_ref()?;
                    Some(Some(self.result(node, 0)))
                }
                (None, _) => None,
            });
            if let Some(Some(base)) = base {
                let kind = if declared { Use::Declare } else { Use::Read };
                self.used(file, base, script.text(name.range), name.range, kind);
            }
        }
    }
}
