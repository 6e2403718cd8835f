//! Trying a variable's new name out: whether every name of the files still means what it meant.

use super::{Replacement, place};
use crate::Script;
use crate::project::{FileId, Location, Project, Symbol};
use crate::scope::LocalKind;
use crate::tree::{ExprId, ExprKind};
use luakit_diagnostics::SourceFile;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Parses the files with the new name, and refuses it where a name would mean something else.
pub(super) fn try_out(
    project: &Project,
    asked: FileId,
    symbol: &Symbol,
    edits: &[Replacement],
    old: &str,
    new: &str,
) -> Result<(), String> {
    let mut by_file: BTreeMap<FileId, Vec<&Replacement>> = BTreeMap::new();
    for edit in edits {
        by_file.entry(edit.at.file).or_default().push(edit);
    }
    for (file, mut edits) in by_file {
        let Some(before) = project.script(file) else { continue };
        edits.sort_by_key(|edit| edit.at);
        let text = replaced(&before.file.text, &edits);
        let after = Script::parse(Arc::new(SourceFile::new(before.file.name.clone(), text)));
        if after.errors.len() > before.errors.len() || after.tree.exprs.len() != before.tree.exprs.len() {
            return Err(format!("the script would no longer parse with the name `{new}`"));
        }
        let (was, is) = (Meanings::of(before), Meanings::of(&after));
        let own = match symbol {
            Symbol::Local(id) => was.ordinals.get(*id).copied().flatten().map(Meaning::Local),
            _ => Some(Meaning::Global(old)),
        };
        for id in 0..before.tree.exprs.len() {
            let (Some(meant), Some(means)) = (was.meaning(id), is.meaning(id)) else { continue };
            let is_renamed = Some(&meant) == own.as_ref();
            let fine = match symbol {
                Symbol::Global(_) if is_renamed => means == Meaning::Global(new),
                _ => meant == means,
            };
            if !fine {
                let used = Location { file, range: before.tree.expr(id).range };
                let captured = declared(project, file, asked, before, new, id, is_renamed);
                let used = place(project, asked, used);
                return Err(if is_renamed {
                    format!("`{new}` would mean another variable where it is used ({used}){captured}")
                } else {
                    format!("`{new}` already means something else ({used}){captured}")
                });
            }
        }
    }
    Ok(())
}

/// What a name means, in a form that stays the same when something is renamed.
#[derive(Debug, PartialEq, Eq)]
enum Meaning<'a> {
    /// The n-th variable.
    Local(usize),
    Global(&'a str),
}

/// Says where the variable is declared that stands in the way.
fn declared(
    project: &Project,
    file: FileId,
    asked: FileId,
    script: &Script,
    new: &str,
    id: ExprId,
    is_renamed: bool,
) -> String {
    let offset = script.tree.expr(id).range.start;
    let other = if is_renamed {
        script.visible(new, offset).map(|(_, local)| local)
    } else {
        script.scopes.names.get(id).copied().flatten().and_then(|id| script.scopes.locals.get(id))
    };
    match other {
        Some(local) => {
            let at = Location { file, range: local.name };
            format!(", declared at {}", place(project, asked, at))
        }
        None => String::new(),
    }
}

/// The meaning of each name in a script.
struct Meanings<'a> {
    script: &'a Script,
    /// The number of each variable among those that are no globals.
    ordinals: Vec<Option<usize>>,
}

impl<'a> Meanings<'a> {
    fn of(script: &'a Script) -> Self {
        let mut count = 0;
        let ordinals = script.scopes.locals.iter().map(|local| {
            (local.kind != LocalKind::Global).then(|| {
                count += 1;
                count
            })
        });
        Meanings { script, ordinals: ordinals.collect() }
    }

    fn meaning(&self, id: ExprId) -> Option<Meaning<'a>> {
        let expr = self.script.tree.exprs.get(id)?;
        if !matches!(expr.kind, ExprKind::Name) {
            return None;
        }
        let local = self.script.scopes.names.get(id).copied().flatten();
        Some(match local.and_then(|local| self.ordinals.get(local).copied().flatten()) {
            Some(ordinal) => Meaning::Local(ordinal),
            None => Meaning::Global(self.script.text(expr.range)),
        })
    }
}

fn replaced(text: &str, edits: &[&Replacement]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut last = 0;
    for edit in edits {
        out.push_str(text.get(last..edit.at.range.start).unwrap_or(""));
        out.push_str(&edit.text);
        last = edit.at.range.end;
    }
    out.push_str(text.get(last..).unwrap_or(""));
    out
}
