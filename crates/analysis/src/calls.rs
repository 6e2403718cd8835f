//! The call hierarchy: who calls a function, and what it calls. What is called at a script's top level is called by
//! the script.

use crate::navigation::value_at;
use crate::project::{FileId, Location, Maker, Project, Symbol};
use crate::tree::{ExprId, FuncId};
use luakit_diagnostics::TextRange;
use std::collections::BTreeMap;

/// A function, or the top level of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallItem {
    pub file: FileId,
    pub name: String,
    pub kind: CallKind,
    pub full: TextRange,
    /// The name; it tells the item from the others of its file.
    pub focus: TextRange,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallKind {
    File,
    Function,
    Method,
}

/// The other end of some calls, and where they are: in the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calls {
    pub item: CallItem,
    pub from: Vec<TextRange>,
}

/// A function by its file and id, or a whole file.
type Callee = (FileId, Option<FuncId>);

/// Returns the functions that the name at an offset can mean; for a `require`, the module.
pub fn call_items(project: &Project, file: FileId, offset: usize) -> Vec<CallItem> {
    if let Some((Symbol::Module(files), _)) = project.symbol_at(file, offset) {
        return files.into_iter().filter_map(|file| item(project, (file, None))).collect();
    }
    let Some((node, range)) = value_at(project, file, offset) else { return Vec::new() };
    let names = project.func_names(file);
    if let Some(func) = names.iter().position(|name| name.token == Some(range)) {
        return item(project, (file, Some(func))).into_iter().collect();
    }
    functions(project, node)
        .into_iter()
        .filter_map(|(file, func)| item(project, (file, Some(func))))
        .collect()
}

/// Returns who calls the function whose name begins at `focus`, or the top level of the file.
pub fn incoming_calls(project: &Project, file: FileId, focus: usize, kind: CallKind) -> Vec<Calls> {
    let Some(callee) = callee(project, file, focus, kind) else { return Vec::new() };
    let mut found: BTreeMap<Callee, Vec<TextRange>> = BTreeMap::new();
    for caller in 0..project.len() {
        for (call, called) in called_in(project, caller) {
            if called.contains(&callee) {
                found.entry((caller, around(project, caller, call))).or_default().push(call);
            }
        }
    }
    to_calls(project, found)
}

/// Returns what the function whose name begins at `focus` calls, or the top level of the file.
pub fn outgoing_calls(project: &Project, file: FileId, focus: usize, kind: CallKind) -> Vec<Calls> {
    let Some((file, caller)) = callee(project, file, focus, kind) else { return Vec::new() };
    let mut found: BTreeMap<Callee, Vec<TextRange>> = BTreeMap::new();
    let unnamed = caller.and_then(|func| project.func_name(file, func)).filter(|name| name.token.is_none());
    for (call, called) in called_in(project, file) {
        let inside = match unnamed {
            Some(name) => name.full.covers(call),
            None => around(project, file, call) == caller,
        };
        if inside {
            // That a module is run is seen in the tree; here it would stand between the functions.
            for callee in called.into_iter().filter(|(_, func)| func.is_some()) {
                found.entry(callee).or_default().push(call);
            }
        }
    }
    to_calls(project, found)
}

fn to_calls(project: &Project, found: BTreeMap<Callee, Vec<TextRange>>) -> Vec<Calls> {
    let calls = found.into_iter().filter_map(|(callee, mut from)| {
        from.sort_unstable();
        Some(Calls { item: item(project, callee)?, from })
    });
    calls.collect()
}

/// Returns each call of a file that leads to something in the project: the name that is called, and what that may be.
fn called_in(project: &Project, file: FileId) -> Vec<(TextRange, Vec<Callee>)> {
    let Some(script) = project.script(file) else { return Vec::new() };
    let linked = project.linked();
    let mut found = Vec::new();
    for (id, call) in script.tree.calls() {
        let modules: Vec<Callee> = project.modules_required(file, id).map(|module| (module, None)).collect();
        let node = linked.callee(file, id, call);
        let mut called: Vec<Callee> =
            functions(project, node).into_iter().map(|(file, func)| (file, Some(func))).collect();
        called.extend(modules);
        if !called.is_empty() {
            found.push((script.tree.called_name(call).unwrap_or(script.tree.expr(id).range), called));
        }
    }
    found
}

fn functions(project: &Project, node: crate::project::Node) -> Vec<(FileId, FuncId)> {
    let mut found: Vec<(FileId, FuncId)> = project
        .linked()
        .makers(node)
        .iter()
        .filter_map(|maker| match maker {
            Maker::Func(file, func) => Some((*file, *func)),
            _ => None,
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Returns the function around a place that has a name; what has none is part of what is around it.
fn around(project: &Project, file: FileId, range: TextRange) -> Option<FuncId> {
    let names = project.func_names(file);
    let script = project.script(file)?;
    let inside = script.tree.funcs.iter().enumerate().filter(|(_, func)| func.range.covers(range));
    let mut func = inside.min_by_key(|(_, func)| func.range.end - func.range.start).map(|(id, _)| id);
    while let Some(id) = func {
        let name = names.get(id)?;
        if name.token.is_some() {
            return Some(id);
        }
        func = name.outer;
    }
    None
}

fn callee(project: &Project, file: FileId, focus: usize, kind: CallKind) -> Option<Callee> {
    if kind == CallKind::File {
        return Some((file, None));
    }
    let names = project.func_names(file);
    let named = names.iter().position(|name| name.token.is_some_and(|token| token.start == focus));
    let func = named.or_else(|| names.iter().position(|name| name.full.start == focus))?;
    Some((file, Some(func)))
}

fn item(project: &Project, (file, func): Callee) -> Option<CallItem> {
    let source = project.source(file)?;
    let Some(func) = func else {
        let start = TextRange::new(0, 0);
        let full = TextRange::new(0, source.text.len());
        let name = source.name.rsplit('/').next().unwrap_or(&source.name).to_owned();
        return Some(CallItem { file, name, kind: CallKind::File, full, focus: start });
    };
    let name = project.func_name(file, func)?;
    let kind = if name.method { CallKind::Method } else { CallKind::Function };
    let word = || {
        TextRange::new(name.full.start, name.full.start.saturating_add("function".len()).min(name.full.end))
    };
    Some(match name.token {
        Some(focus) => CallItem { file, name: name.path.clone(), kind, full: name.full, focus },
        None => CallItem { file, name: "function".into(), kind, full: name.full, focus: word() },
    })
}

impl Project {
    /// Returns the modules that a call requires.
    fn modules_required(&self, file: FileId, call: ExprId) -> impl Iterator<Item = FileId> {
        let requires = self.requires(file).iter().filter(move |require| require.call == call);
        let mut modules: Vec<FileId> =
            requires.flat_map(|require| &require.found).map(|(_, module)| *module).collect();
        modules.dedup();
        modules.into_iter()
    }
}

/// Where an item is, for who has no use for the rest.
impl CallItem {
    pub fn location(&self) -> Location {
        Location { file: self.file, range: self.focus }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::testing::Fixture;
    use expect_test::{Expect, expect};

    /// Shows what the name at the cursor means, who calls it and what it calls.
    fn check(fixture: &str, expected: &Expect) {
        let fixture = Fixture::new(fixture);
        let project = &fixture.project;
        let mut out = String::new();
        let place = |calls: &Calls, file: FileId| {
            let lines = &project.source(file).unwrap().lines;
            let from: Vec<String> =
                calls.from.iter().map(|range| lines.line(range.start).to_string()).collect();
            format!(
                "{} ({:?} in {}) at {}",
                calls.item.name,
                calls.item.kind,
                project.key(calls.item.file),
                from.join(", ")
            )
        };
        for item in call_items(project, fixture.file, fixture.offset) {
            assert!(item.full.covers(item.focus));
            out.push_str(&format!("{} ({:?} in {})\n", item.name, item.kind, project.key(item.file)));
            for calls in incoming_calls(project, item.file, item.focus.start, item.kind) {
                out.push_str(&format!("  from {}\n", place(&calls, calls.item.file)));
            }
            for calls in outgoing_calls(project, item.file, item.focus.start, item.kind) {
                out.push_str(&format!("  to {}\n", place(&calls, item.file)));
            }
        }
        expected.assert_eq(&out);
    }

    #[test]
    fn callers_and_callees_are_found() {
        check(
            "local function a() end\nlocal function $0b() a() a() b() end\nlocal function c() b() end\nb()",
            &expect![[r#"
                b (Function in build.lua)
                  from build.lua (File in build.lua) at 4
                  from b (Function in build.lua) at 2
                  from c (Function in build.lua) at 3
                  to a (Function in build.lua) at 2, 2
                  to b (Function in build.lua) at 2
            "#]],
        );
        check(
            "local M = {}\nfunction M:go() self:he$0lp() end\nfunction M:help() bk.image('x') end\nM:go()",
            &expect![[r#"
                M:help (Method in build.lua)
                  from M:go (Method in build.lua) at 2
            "#]],
        );
    }

    #[test]
    fn calls_are_followed_through_require() {
        check(
            "local m = require('m')\nlocal function f()\n  m.make()\nend\nm.ma$0ke()\nf()\n--- web.build.lua\nrequire('m').make()\n--- m.lua\nlocal n = require('n')\nlocal M = {}\nfunction M.make() return n() end\nreturn M\n--- n.lua\nreturn function() end",
            &expect![[r#"
                M.make (Function in m.lua)
                  from build.lua (File in build.lua) at 5
                  from f (Function in build.lua) at 3
                  from web.build.lua (File in web.build.lua) at 1
                  to function (Function in n.lua) at 3
            "#]],
        );
        check(
            "local m = require('$0m')\nm.f()\n--- m.lua\nlocal M = { f = function() end }\nM.f()\nreturn M",
            &expect![[r#"
                m.lua (File in m.lua)
                  from build.lua (File in build.lua) at 1
                  to f (Function in m.lua) at 2
            "#]],
        );
    }

    #[test]
    fn what_has_no_name_is_part_of_what_is_around_it() {
        check(
            "local function h$0() end\nbk.scratch():files(function(f) h() end)\nlocal function g() return function() h() end end",
            &expect![[r#"
                h (Function in build.lua)
                  from build.lua (File in build.lua) at 2
                  from g (Function in build.lua) at 3
            "#]],
        );
        check("local x = 1\nprint(x$0)", &expect![[r#""#]]);
        check("bk.im$0age('x')", &expect![[r#""#]]);
    }
}
