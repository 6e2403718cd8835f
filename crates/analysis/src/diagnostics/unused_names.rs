//! Local names that nothing reads.

use super::Checker;
use crate::scope::{Local, LocalKind};
use crate::tree::StmtKind;
use crate::types::Kind;
use luakit_api::Object;
use luakit_diagnostics::Code;
use std::collections::HashMap;

impl Checker<'_, '_> {
    /// Hints at local variables and functions that are declared and never read.
    ///
    /// Parameters and loops are left alone, since who calls decides what they get; so are names that begin with `_`,
    /// and those in front of one that is read, as in `local ok, err = pcall(f)`. States are left to the dry run, which
    /// knows whether they are built.
    pub(super) fn unused_names(&mut self) {
        let locals: HashMap<usize, (usize, &Local)> =
            self.script.scopes.locals.iter().enumerate().map(|(id, it)| (it.name.start, (id, it))).collect();
        let mut unused = Vec::new();
        for stmt in self.script.tree.stmts() {
            let names: Vec<_> = match &stmt.kind {
                StmtKind::Local { names, .. } => names.iter().map(|param| param.name).collect(),
                StmtKind::LocalFunction { name, .. } => vec![*name],
                _ => continue,
            };
            let declared = names.iter().filter_map(|name| locals.get(&name.start).copied());
            let trailing = declared.rev().take_while(|(_, local)| local.reads == 0);
            unused.extend(trailing);
        }
        for (id, local) in unused {
            let name = self.script.text(local.name);
            let is_state = self.types.local(id).kind() == Some(Kind::Object(Object::State));
            let is_ours = matches!(local.kind, LocalKind::Variable | LocalKind::Function(_));
            if name.starts_with('_') || is_state || !is_ours || name == "bk" {
                continue;
            }
            let message = format!("`{name}` is never read");
            let finding = self
                .finding(Code::UNUSED_NAME, local.name, message)
                .with_hint(format!("take it out, or call it `_{name}` if it has to be there"));
            self.found.push(finding);
        }
    }
}
