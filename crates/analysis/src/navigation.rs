//! Where a name is declared, and where the value that it denotes is made.

use crate::project::{FileId, Location, Maker, Node, Project, Symbol, local_at};
use crate::scope::LocalKind;
use crate::tree::{ExprKind, StmtKind};
use luakit_diagnostics::TextRange;

/// A place to go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NavigationTarget {
    /// Where the cursor goes.
    pub focus: Location,
    /// What is worth seeing there; it has the focus in it.
    pub full: TextRange,
}

/// The answer to "where is this": what was asked about, and the places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Navigation {
    pub origin: TextRange,
    pub targets: Vec<NavigationTarget>,
}

/// How many places are offered at most: more is nothing to choose from.
const MOST: usize = 100;

/// Tells whether what is at an offset is a variable of its own file, so that no other file has to be known.
pub fn is_local(script: &crate::Script, offset: usize) -> bool {
    local_at(script, offset).is_some()
}

/// Returns where the name at an offset is declared; for a module, its file.
pub fn definition(project: &Project, file: FileId, offset: usize) -> Option<Navigation> {
    let (symbol, range) = project.symbol_at(file, offset)?;
    let targets = match &symbol {
        Symbol::Module(files) => {
            let start =
                |file: &FileId| target(project, Location { file: *file, range: TextRange::new(0, 0) });
            files.iter().map(start).collect()
        }
        _ => match method_of_self(project, file, &symbol) {
            Some(location) => vec![target(project, location)],
            None => {
                let uses = project.uses(file, &symbol);
                let found = project.declarations(&symbol, &uses).into_iter().take(MOST);
                found.map(|location| target(project, project.inside(location))).collect()
            }
        },
    };
    found(project, file, range, targets)
}

/// Returns where the value of the name at an offset is made: its function, its table, or the call that gave it.
pub fn type_definition(project: &Project, file: FileId, offset: usize) -> Option<Navigation> {
    made(project, file, offset, |maker| !matches!(maker, Maker::Call(..)))
        .or_else(|| made(project, file, offset, |maker| matches!(maker, Maker::Call(..))))
}

/// Returns the functions that the name at an offset can mean; for what is no function, where it is made.
pub fn implementation(project: &Project, file: FileId, offset: usize) -> Option<Navigation> {
    made(project, file, offset, |maker| matches!(maker, Maker::Func(..)))
        .or_else(|| type_definition(project, file, offset))
}

fn made(project: &Project, file: FileId, offset: usize, wanted: fn(&Maker) -> bool) -> Option<Navigation> {
    let (node, range) = value_at(project, file, offset)?;
    let mut makers: Vec<Maker> =
        project.linked().makers(node).iter().filter(|it| wanted(it)).copied().collect();
    makers.sort_unstable();
    makers.dedup();
    let targets = makers.into_iter().take(MOST).filter_map(|maker| maker_target(project, maker)).collect();
    found(project, file, range, targets)
}

fn found(
    project: &Project,
    file: FileId,
    range: TextRange,
    targets: Vec<NavigationTarget>,
) -> Option<Navigation> {
    let origin = project.inside(Location { file, range }).range;
    (!targets.is_empty()).then_some(Navigation { origin, targets })
}

/// Returns the value that the name or string at an offset denotes.
pub(crate) fn value_at(project: &Project, file: FileId, offset: usize) -> Option<(Node, TextRange)> {
    let (symbol, range) = project.symbol_at(file, offset)?;
    let linked = project.linked();
    let node = match symbol {
        Symbol::Local(id) => linked.local(file, id),
        Symbol::Field(base, name) => *linked.class(base)?.fields.get(&name)?,
        Symbol::Module(files) => linked.module(*files.first()?),
        Symbol::Global(_) => {
            let script = project.script(file)?;
            let is_it = |kind: &ExprKind| matches!(kind, ExprKind::Name);
            let id = script.tree.exprs.iter().position(|expr| is_it(&expr.kind) && expr.range == range)?;
            linked.expr(file, id)
        }
    };
    Some((node, range))
}

/// Returns, for a `self` that is not written, the table in `function table:method()`.
fn method_of_self(project: &Project, file: FileId, symbol: &Symbol) -> Option<Location> {
    let Symbol::Local(id) = symbol else { return None };
    let script = project.script(file)?;
    let local = script.scopes.locals.get(*id).filter(|local| local.kind == LocalKind::Itself)?;
    script.tree.stmts().find_map(|stmt| {
        let StmtKind::Function { target, func } = stmt.kind else { return None };
        let ExprKind::Field { base, .. } = script.tree.expr(target).kind else { return None };
        let is_it = script.tree.func(func).block.range.start == local.visible.start;
        is_it.then(|| Location { file, range: script.tree.expr(base).range })
    })
}

fn maker_target(project: &Project, maker: Maker) -> Option<NavigationTarget> {
    let (file, range, full) = match maker {
        Maker::Func(file, id) => {
            let script = project.script(file)?;
            let name = project.func_name(file, id)?;
            let word = script.tokens_in(script.tree.func(id).range).next().map(|token| token.range);
            (file, name.token.or(word)?, name.full)
        }
        Maker::Table(file, id) => {
            let full = project.script(file)?.tree.expr(id).range;
            (file, TextRange::new(full.start, (full.start + 1).min(full.end)), full)
        }
        Maker::Call(file, id) => {
            let script = project.script(file)?;
            let expr = script.tree.expr(id);
            let ExprKind::Call(call) = &expr.kind else { return None };
            (file, script.tree.called_name(call).unwrap_or(expr.range), expr.range)
        }
    };
    Some(NavigationTarget { focus: Location { file, range }, full })
}

/// Shows a name with the function or the statement that declares it.
fn target(project: &Project, focus: Location) -> NavigationTarget {
    let full = project.script(focus.file).and_then(|script| {
        let names = project.func_names(focus.file);
        if let Some(name) = names.iter().find(|name| name.token == Some(focus.range)) {
            return Some(name.full);
        }
        let around = script.tree.stmts().filter(|stmt| stmt.range.covers(focus.range));
        around.map(|stmt| stmt.range).min_by_key(|range| range.end - range.start)
    });
    NavigationTarget { focus, full: full.filter(|full| full.covers(focus.range)).unwrap_or(focus.range) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::testing::Fixture;
    use expect_test::{Expect, expect};

    /// Shows each place as `file: line with <the name> marked`.
    fn check(fixture: &str, expected: &Expect) {
        let fixture = Fixture::new(fixture);
        let found = definition(&fixture.project, fixture.file, fixture.offset);
        expected.assert_eq(&fixture.show_navigation(found.as_ref()));
    }

    fn check_type(fixture: &str, expected: &Expect) {
        let fixture = Fixture::new(fixture);
        let found = type_definition(&fixture.project, fixture.file, fixture.offset);
        expected.assert_eq(&fixture.show_navigation(found.as_ref()));
    }

    #[test]
    fn variables_lead_to_their_declaration() {
        check(
            "local x = 1\nlocal x = 2\nprint($0x)",
            &expect![[r#"
            build.lua: local <x> = 2
        "#]],
        );
        check(
            "local x = 1\ndo local x = 2 end\nprint(x$0)",
            &expect![[r#"
            build.lua: local <x> = 1
        "#]],
        );
        check(
            "local function f(a, b) return a + $0b end",
            &expect![[r#"
            build.lua: local function f(a, <b>) return a + b end
        "#]],
        );
        check(
            "for i, v in ipairs({}) do print($0v) end",
            &expect![[r#"
            build.lua: for i, <v> in ipairs({}) do print(v) end
        "#]],
        );
        check(
            "local a, b = f(), g()\nlocal h = function() return $0b end",
            &expect![[r#"
            build.lua: local a, <b> = f(), g()
        "#]],
        );
        check(
            "local function f() return $0f() end",
            &expect![[r#"
            build.lua: local function <f>() return f() end
        "#]],
        );
        check("print($0x)", &expect!["nothing"]);
        check(
            "if local x = f() then print($0x) end",
            &expect![[r#"
            build.lua: if local <x> = f() then print(x) end
        "#]],
        );
    }

    #[test]
    fn comments_lead_to_the_parameters_they_name() {
        check(
            "---@param a State\n---@param b$0 State\nlocal function f(a, b) end",
            &expect![[r#"
            build.lua: local function f(a, <b>) end
        "#]],
        );
        check("---@param a State b$0\nlocal function f(a, b) end", &expect!["nothing"]);
    }

    #[test]
    fn globals_lead_to_where_they_are_assigned() {
        check(
            "local function f() return $0g() end\nfunction g() end",
            &expect![[r#"
            build.lua: function <g>() end
        "#]],
        );
        check(
            "version = 1\nrequire('m')\n--- m.lua\nprint($0version)\n",
            &expect![[r#"
            build.lua: <version> = 1
        "#]],
        );
        check(
            "require('m')\nprint(ver$0sion)\n--- m.lua\nversion = 1\n",
            &expect![[r#"
            m.lua: <version> = 1
        "#]],
        );
    }

    #[test]
    fn fields_lead_to_the_table_they_are_in() {
        check(
            "local a = { x = 1 }\nlocal b = { x = 2 }\nprint(b.$0x)",
            &expect![[r#"
            build.lua: local b = { <x> = 2 }
        "#]],
        );
        check(
            "local t = {}\nt.n = 1\nt.n = 2\nprint(t.$0n)",
            &expect![[r#"
            build.lua: t.<n> = 1
        "#]],
        );
        check(
            "local t = { a = { b = 1 } }\nprint(t.a.$0b)",
            &expect![[r#"
            build.lua: local t = { a = { <b> = 1 } }
        "#]],
        );
        check(
            "local t = {}\nt['k'] = 1\nprint(t.$0k)",
            &expect![[r#"
            build.lua: t['<k>'] = 1
        "#]],
        );
        check(
            "local list = { { name = 'a' } }\nfor _, it in ipairs(list) do print(it.$0name) end",
            &expect![[r#"
            build.lua: local list = { { <name> = 'a' } }
        "#]],
        );
        check(
            "local function f(o) return o.$0x end\nf({ x = 1 })",
            &expect![[r#"
            build.lua: f({ <x> = 1 })
        "#]],
        );
    }

    #[test]
    fn methods_lead_to_their_functions() {
        check(
            "local M = {}\nfunction M:foo() end\nfunction M:bar() self:$0foo() end",
            &expect![[r#"
            build.lua: function M:<foo>() end
        "#]],
        );
        check(
            "local M = {}\nfunction M:bar() print($0self) end",
            &expect![[r#"
            build.lua: function <M>:bar() print(self) end
        "#]],
        );
        check(
            "local M = {}\nM.f = function() end\nM.$0f()",
            &expect![[r#"
            build.lua: M.<f> = function() end
        "#]],
        );
        check(
            "local C = {}\nC.__index = C\nfunction C.new() return setmetatable({}, C) end\nfunction C:go() end\nlocal c = C.new()\nc:$0go()",
            &expect![[r#"
                build.lua: function C:<go>() end
            "#]],
        );
    }

    #[test]
    fn the_way_leads_through_require() {
        check(
            "local m = require('lib.m')\nm.$0make()\n--- lib/m.lua\nlocal M = {}\nfunction M.make() end\nreturn M",
            &expect![[r#"
            lib/m.lua: function M.<make>() end
        "#]],
        );
        check(
            "require('lib/$0m').make()\n--- lib/m.lua\nreturn {}",
            &expect![[r#"
            lib/m.lua: <>return {}
        "#]],
        );
        check(
            "local m = require('a')\nm.b.$0f()\n--- a.lua\nreturn { b = require('b') }\n--- b.lua\nreturn { f = function() end }",
            &expect![[r#"
            b.lua: return { <f> = function() end }
        "#]],
        );
        check(
            "local m = require('a')\nm.$0f()\n--- a.lua\nreturn require('b')\n--- b.lua\nlocal M = {}\nM.f = function() end\nreturn M",
            &expect![[r#"
            b.lua: M.<f> = function() end
        "#]],
        );
        check(
            "local make = require('m')\nprint(make().$0x)\n--- m.lua\nreturn function() return { x = 1 } end",
            &expect![[r#"
            m.lua: return function() return { <x> = 1 } end
        "#]],
        );
        check(
            "local a = require('a')\nlocal b = require('b')\na.$0f()\n--- a.lua\nreturn { f = 1 }\n--- b.lua\nreturn { f = 2 }",
            &expect![[r#"
            a.lua: return { <f> = 1 }
        "#]],
        );
        check(
            "local m = require('init')\nm.$0f()\n--- init/init.lua\nreturn { f = 1 }",
            &expect![[r#"
            init/init.lua: return { <f> = 1 }
        "#]],
        );
        check(
            "require('a')\n--- a.lua\nlocal b = require('b')\nreturn b.$0f\n--- b.lua\nreturn { f = require('a') }",
            &expect![[r#"
                b.lua: return { <f> = require('a') }
            "#]],
        );
    }

    #[test]
    fn the_api_has_no_place() {
        check("bk.$0image('x')", &expect!["nothing"]);
        check("$0bk.image('x')", &expect!["nothing"]);
        check("bk.image('x'):ru$0n('y')", &expect!["nothing"]);
        check("local s = 'x'\ns:up$0per()", &expect!["nothing"]);
        check("-- com$0ment", &expect!["nothing"]);
        check("$0", &expect!["nothing"]);
    }

    #[test]
    fn half_typed_text_is_no_hindrance() {
        check(
            "local x = 1\nprint($0x)\nlocal y = x.",
            &expect![[r#"
            build.lua: local <x> = 1
        "#]],
        );
        check(
            "local m = require('m')\nm.$0f\n--- m.lua\nreturn { f = 1 }",
            &expect![[r#"
            m.lua: return { <f> = 1 }
        "#]],
        );
        check(
            "local m = require('m')\nm.$0f(\n--- m.lua\nlocal M = {}\nfunction M.f() end\nreturn M",
            &expect![[r#"
                m.lua: function M.<f>() end
            "#]],
        );
    }

    #[test]
    fn the_type_is_where_the_value_is_made() {
        check_type(
            "local m = require('m')\nprint($0m)\n--- m.lua\nlocal M = {}\nreturn M",
            &expect![[r#"
            m.lua: local M = <{>}
        "#]],
        );
        check_type(
            "local f = require('m').f\n$0f()\n--- m.lua\nlocal M = {}\nfunction M.f() end\nreturn M",
            &expect![[r#"
            m.lua: function M.<f>() end
        "#]],
        );
        check_type(
            "local f = true and function() end or function(x) end\n$0f()",
            &expect![[r#"
            build.lua: local f = true and <function>() end or function(x) end
            build.lua: local f = true and function() end or <function>(x) end
        "#]],
        );
        check_type(
            "local base = bk.image('x')\nbk.export($0base)",
            &expect![[r#"
            build.lua: local base = bk.<image>('x')
        "#]],
        );
        check_type("local n = 1\nprint($0n)", &expect!["nothing"]);
    }

    #[test]
    fn the_implementation_is_the_function() {
        let fixture = Fixture::new(
            "local m = require('m')\nm.$0make()\n--- m.lua\nlocal function make() end\nreturn { make = make }",
        );
        let found = implementation(&fixture.project, fixture.file, fixture.offset);
        expect![[r#"
            m.lua: local function <make>() end
        "#]]
        .assert_eq(&fixture.show_navigation(found.as_ref()));
    }
}
