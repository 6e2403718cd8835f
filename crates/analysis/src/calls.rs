//! The call hierarchy: who calls a function, and what it calls. What is called at a script's top level is called by
//! the script.

use crate::Script;
use crate::navigation::value_at;
use crate::project::{FileId, Maker, Node, Project, Require, Symbol};
use crate::tree::{Call, ExprId, ExprKind, FuncId};
use luakit_diagnostics::TextRange;
use std::collections::BTreeMap;

/// How many functions are told of one call at most.
const MOST: usize = 100;

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

/// Returns who calls the function whose name begins at `focus`; for a file, who requires it.
pub fn incoming_calls(project: &Project, file: FileId, focus: usize, kind: CallKind) -> Vec<Calls> {
    let Some((file, func)) = callee(project, file, focus, kind) else { return Vec::new() };
    let linked = project.linked();
    let class = func.map(|func| linked.root(linked.func(file, func)));
    let mut found: BTreeMap<Callee, Vec<TextRange>> = BTreeMap::new();
    for caller in 0..project.len() {
        let Some(script) = project.script(caller) else { continue };
        let calls: Vec<ExprId> = match class {
            Some(class) => {
                let is_it =
                    |(id, call): &(ExprId, &Call)| linked.root(linked.callee(caller, *id, call)) == class;
                script.tree.calls().filter(is_it).map(|(id, _)| id).collect()
            }
            None => {
                let requires = project.requires(caller).iter();
                let leads = |require: &&Require| require.found.iter().any(|(_, module)| *module == file);
                requires.filter(leads).map(|require| require.call).collect()
            }
        };
        for id in calls {
            found.entry((caller, around(project, caller, id))).or_default().push(called_name(script, id));
        }
    }
    to_calls(project, found)
}

/// Returns what the function whose name begins at `focus` calls, or the top level of the file.
pub fn outgoing_calls(project: &Project, file: FileId, focus: usize, kind: CallKind) -> Vec<Calls> {
    let Some((file, caller)) = callee(project, file, focus, kind) else { return Vec::new() };
    let Some(script) = project.script(file) else { return Vec::new() };
    let unnamed = caller.and_then(|func| project.func_name(file, func)).filter(|name| name.token.is_none());
    let linked = project.linked();
    let mut classes: BTreeMap<Node, Vec<TextRange>> = BTreeMap::new();
    for (id, call) in script.tree.calls() {
        let inside = match unnamed {
            Some(name) => name.full.covers(script.tree.expr(id).range),
            None => around(project, file, id) == caller,
        };
        if inside {
            let class = linked.root(linked.callee(file, id, call));
            classes.entry(class).or_default().push(called_name(script, id));
        }
    }
    let mut found: BTreeMap<Callee, Vec<TextRange>> = BTreeMap::new();
    for (class, from) in classes {
        for (file, func) in functions(project, class) {
            found.insert((file, Some(func)), from.clone());
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

fn called_name(script: &Script, call: ExprId) -> TextRange {
    let expr = script.tree.expr(call);
    match &expr.kind {
        ExprKind::Call(call) => script.tree.called_name(call).unwrap_or(expr.range),
        _ => expr.range,
    }
}

/// Returns the functions that a value may be, if these are few enough to be told apart.
fn functions(project: &Project, node: Node) -> Vec<(FileId, FuncId)> {
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
    found.truncate(MOST);
    found
}

/// Returns the function around a call that has a name; what has none is part of what is around it.
fn around(project: &Project, file: FileId, call: ExprId) -> Option<FuncId> {
    let names = project.func_names(file);
    let mut func = project.script(file)?.scopes.inside.get(call).copied().flatten();
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
