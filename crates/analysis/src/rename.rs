//! Renaming: the edits, or why a name cannot be changed.
//!
//! Whatever a name means is changed everywhere or nowhere. A variable's new name is tried out: the text is parsed with
//! it, and where any name of the file would then mean something else, that is said and nothing is changed.

mod try_out;

use crate::Script;
use crate::project::{FileId, Location, Project, Symbol, Use, commented, key_text};
use crate::scope::{LocalId, LocalKind};
use crate::tokens::TokenKind;
use crate::tree::ExprKind;
use luakit_api::{FUNCTIONS, GLOBALS, KEYWORDS};
use luakit_diagnostics::TextRange;
use try_out::try_out;

/// A replacement in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    pub at: Location,
    pub text: String,
}

/// Returns the name at an offset, if it can be changed.
///
/// # Errors
/// Why it cannot.
pub fn prepare_rename(project: &Project, file: FileId, offset: usize) -> Result<TextRange, String> {
    let (_, range) = renamable(project, file, offset)?;
    Ok(project.inside(Location { file, range }).range)
}

/// Returns what has to be replaced so that the thing at an offset is called by another name.
///
/// # Errors
/// Why that cannot be done.
pub fn rename(project: &Project, file: FileId, offset: usize, new: &str) -> Result<Vec<Replacement>, String> {
    let (symbol, range) = renamable(project, file, offset)?;
    check_new_name(new)?;
    let script = project.script(file).ok_or("the file is not known")?;
    let old = key_text(script, range).unwrap_or_default();
    if old == new {
        return Ok(Vec::new());
    }
    let uses = project.uses(file, &symbol);
    match &symbol {
        Symbol::Local(id) => {
            check_variable(&symbol, new)?;
            check_parameter(script, *id, new)?;
        }
        Symbol::Global(_) => {
            check_variable(&symbol, new)?;
            let taken = project.uses(file, &Symbol::Global(new.to_owned()));
            if let Some((at, _)) = taken.first() {
                return Err(format!("there is already a global `{new}` ({})", place(project, file, *at)));
            }
        }
        Symbol::Field(..) if new.starts_with("__") => return Err(meant_by_lua(new)),
        Symbol::Field(base, _) => {
            let linked = project.linked();
            let taken = linked.sym(new).map(|name| project.uses(file, &Symbol::Field(*base, name)));
            if let Some((at, _)) = taken.as_ref().and_then(|uses| uses.first()) {
                return Err(format!("the table already has a field `{new}` ({})", place(project, file, *at)));
            }
        }
        Symbol::Module(_) => {}
    }
    let mut edits: Vec<Replacement> =
        uses.iter().map(|(at, _)| Replacement { at: project.inside(*at), text: new.to_owned() }).collect();
    if !matches!(symbol, Symbol::Field(..)) {
        try_out(project, file, &symbol, &edits, &old, new)?;
    }
    if let Symbol::Local(id) = symbol {
        let comments = commented(script, id).into_iter();
        edits
            .extend(comments.map(|range| Replacement { at: Location { file, range }, text: new.to_owned() }));
    }
    edits.sort_by_key(|edit| edit.at);
    Ok(edits)
}

/// Returns what is at an offset, if it has a name that the project gave it.
fn renamable(project: &Project, file: FileId, offset: usize) -> Result<(Symbol, TextRange), String> {
    let script = project.script(file).ok_or("the file is not known")?;
    let Some((symbol, range)) = project.symbol_at(file, offset) else {
        return Err(match word_at(script, offset) {
            Some((TokenKind::Keyword, range)) => format!("`{}` is a keyword", script.text(range)),
            Some((TokenKind::Name, range)) => {
                format!("it is not known what `{}` means here", script.text(range))
            }
            _ => "there is no name here".into(),
        });
    };
    let name = key_text(script, range).unwrap_or_default();
    match &symbol {
        Symbol::Local(id) => {
            if script.scopes.locals.get(*id).is_some_and(|local| local.kind == LocalKind::Itself) {
                return Err("`self` is what Lua calls the object of a method".into());
            }
        }
        Symbol::Global(_) if name == "bk" => return Err("`bk` is the build API".into()),
        Symbol::Global(_) if GLOBALS.contains(&&*name) => {
            return Err(format!("`{name}` belongs to Lua's library"));
        }
        Symbol::Module(files) => {
            let Some(file) = files.first() else { return Err("there is no such module".into()) };
            let path = project.key(*file).rsplit('/').next().unwrap_or("");
            return Err(format!("a module is renamed with its file (`{path}`)"));
        }
        Symbol::Global(_) | Symbol::Field(..) => {}
    }
    let uses = project.uses(file, &symbol);
    if let Symbol::Field(base, _) = symbol {
        check_field(project, file, script, &name, base, range, &uses)?;
    }
    if !uses.iter().any(|(_, kind)| kind.writes()) {
        return Err(format!("`{name}` is not declared in this project"));
    }
    if uses.iter().any(|(at, _)| project.is_library(at.file)) {
        return Err(format!("`{name}` belongs to luakit's library"));
    }
    Ok((symbol, range))
}

/// Refuses fields that are more than names: of the API, of Lua, and those that are data.
fn check_field(
    project: &Project,
    file: FileId,
    script: &Script,
    name: &str,
    base: crate::project::Node,
    range: TextRange,
    uses: &[(Location, Use)],
) -> Result<(), String> {
    let written = uses.iter().any(|(_, kind)| kind.writes());
    let of_api = FUNCTIONS.iter().any(|function| function.name == name || function.aliases.contains(&name));
    match owner(script, range).as_deref() {
        Some("bk") => return Err(format!("`{name}` belongs to the `bk` API")),
        Some(library) if GLOBALS.contains(&library) => {
            return Err(format!("`{library}.{name}` belongs to Lua's library"));
        }
        _ if of_api && !written => return Err(format!("`{name}` belongs to the `bk` API")),
        _ => {}
    }
    if name.starts_with("__") {
        return Err(meant_by_lua(name));
    }
    let Some(class) = project.linked().class(base).filter(|_| written) else { return Ok(()) };
    if let Some(at) = class.given {
        let what = project.script(at.file).map_or("", |script| script.text(at.range));
        return Err(format!(
            "`{name}` is in a table that is given to `{what}`, where its name counts ({})",
            place(project, file, at)
        ));
    }
    if let Some(at) = class.iterated {
        return Err(format!(
            "`{name}` is in a table whose names are used as values ({})",
            place(project, file, at)
        ));
    }
    Ok(())
}

fn meant_by_lua(name: &str) -> String {
    format!("`{name}` is a name that Lua gives a meaning")
}

/// Returns the global that a field is read of: `table` in `table.concat`.
fn owner(script: &Script, range: TextRange) -> Option<String> {
    script.tree.exprs.iter().find_map(|expr| match expr.kind {
        ExprKind::Field { base, name } if name == range => script.global_path(base),
        _ => None,
    })
}

/// Refuses what is no name in Lua.
///
/// # Errors
/// Why it is none.
pub fn check_new_name(new: &str) -> Result<(), String> {
    if new.is_empty() {
        return Err("the new name is empty".into());
    }
    if KEYWORDS.contains(&new) {
        return Err(format!("`{new}` is a keyword"));
    }
    let is_name = !new.starts_with(|c: char| c.is_ascii_digit())
        && new.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_name { Ok(()) } else { Err(format!("`{new}` is not a name: letters, digits and `_` make one")) }
}

/// Refuses names for variables that take the place of something that all files need.
fn check_variable(symbol: &Symbol, new: &str) -> Result<(), String> {
    if new == "bk" {
        return Err("`bk` is the build API, which a variable of that name would hide".into());
    }
    // A local of such a name is fine where nothing else of that name is used, which is found out.
    if matches!(symbol, Symbol::Global(_)) && GLOBALS.contains(&new) {
        return Err(format!("`{new}` belongs to Lua's library, which a global of that name would replace"));
    }
    Ok(())
}

/// Refuses to call two parameters of a function, or two variables of a statement, by one name.
fn check_parameter(script: &Script, id: LocalId, new: &str) -> Result<(), String> {
    let Some(local) = script.scopes.locals.get(id) else { return Ok(()) };
    let mut together = script.scopes.locals.iter().filter(|other| {
        other.visible == local.visible && other.kind != LocalKind::Global && script.text(other.name) == new
    });
    match together.next() {
        Some(other) => {
            let line = script.file.lines.line(other.name.start);
            Err(format!("`{new}` is already declared beside it (line {line})"))
        }
        None => Ok(()),
    }
}

/// Says where something is: its line, and the file if that is another one.
fn place(project: &Project, asked: FileId, at: Location) -> String {
    let Some(source) = project.source(at.file) else { return String::new() };
    let line = source.lines.line(at.range.start);
    if at.file == asked { format!("line {line}") } else { format!("{}:{line}", source.name) }
}

/// Returns the token at an offset if it is a name, a reserved word or a string.
fn word_at(script: &Script, offset: usize) -> Option<(TokenKind, TextRange)> {
    let end = script.tokens.partition_point(|token| token.range.start <= offset);
    let near = script.tokens.iter().take(end).rev().take(2);
    let word = |kind: TokenKind| matches!(kind, TokenKind::Name | TokenKind::Keyword | TokenKind::String);
    let mut found = near.filter(|token| token.range.touches(offset) && word(token.kind));
    found.next().map(|token| (token.kind, token.range))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::testing::Fixture;
    use expect_test::{Expect, expect};

    /// Shows each file that has changes, or why there are none.
    fn check(fixture: &str, new: &str, expected: &Expect) {
        let fixture = Fixture::new(fixture);
        let shown = match rename(&fixture.project, fixture.file, fixture.offset, new) {
            Err(message) => message,
            Ok(edits) => fixture.show_edited(&edits),
        };
        expected.assert_eq(&shown);
    }

    #[test]
    fn variables_are_renamed_in_their_scope() {
        check(
            "local x = 1 -- x\ndo local x = 2 end\nprint(x$0, 'x', `{x}`)",
            "y",
            &expect![[r#"
            build.lua:
            local y = 1 -- x
            do local x = 2 end
            print(y, 'x', `{y}`)
        "#]],
        );
        check(
            "local function f(n) return n == 0 and 1 or n * $0f(n - 1) end\nlocal t = { f = f }\nt.f()",
            "fac",
            &expect![[r#"
                build.lua:
                local function fac(n) return n == 0 and 1 or n * fac(n - 1) end
                local t = { f = fac }
                t.f()
            "#]],
        );
        check(
            "local a, b = 1, 2\nfor i = $0a, b do a = a + i end",
            "c",
            &expect![[r#"
            build.lua:
            local c, b = 1, 2
            for i = c, b do c = c + i end
        "#]],
        );
        check(
            "local é = '😀', 1\nlocal x = '😀' print(x$0)",
            "y",
            &expect![[r#"
            build.lua:
            local é = '😀', 1
            local y = '😀' print(y)
        "#]],
        );
    }

    #[test]
    fn param_comments_stay_in_step() {
        check(
            "-- Builds base.\n---@param base State the base\n---@param other? State\n---@return State\nlocal function f(base, other)\n  return $0base:run('base')\nend",
            "from",
            &expect![[r#"
                build.lua:
                -- Builds base.
                ---@param from State the base
                ---@param other? State
                ---@return State
                local function f(from, other)
                  return from:run('base')
                end
            "#]],
        );
        check(
            "---@param ba$0se State\nlocal function f(base) end",
            "from",
            &expect![[r#"
            build.lua:
            ---@param from State
            local function f(from) end
        "#]],
        );
        check(
            "---@param base State\nlocal base\n---@param a State\n---@param b State\nfunction M.f(a, b$0) end",
            "c",
            &expect![[r#"
                build.lua:
                ---@param base State
                local base
                ---@param a State
                ---@param c State
                function M.f(a, c) end
            "#]],
        );
    }

    #[test]
    fn fields_are_renamed_through_all_files() {
        check(
            "local m = require('m')\nm.make('make')\nlocal n = { make = 1 }\nn.make = 2\n--- web.build.lua\nrequire 'm'.make()\n--- m.lua\nlocal M = {}\n-- make\nfunction M.$0make() return M['make'] end\nreturn M",
            "build",
            &expect![[r#"
                build.lua:
                local m = require('m')
                m.build('make')
                local n = { make = 1 }
                n.make = 2
                web.build.lua:
                require 'm'.build()
                m.lua:
                local M = {}
                -- make
                function M.build() return M['build'] end
                return M
            "#]],
        );
        check(
            "local C = {}\nC.__index = C\nfunction C.new() return setmetatable({ n = 1 }, C) end\nfunction C:go() return self.n end\nlocal c = C.new()\nc:go$0()",
            "run",
            &expect![[r#"
                build.lua:
                local C = {}
                C.__index = C
                function C.new() return setmetatable({ n = 1 }, C) end
                function C:run() return self.n end
                local c = C.new()
                c:run()
            "#]],
        );
        check(
            "local a = { x = 1 }\nlocal b = { x = 1 }\nlocal function f(o) return o.$0x end\nprint(f(a), f(b))",
            "y",
            &expect![[r#"
                build.lua:
                local a = { y = 1 }
                local b = { y = 1 }
                local function f(o) return o.y end
                print(f(a), f(b))
            "#]],
        );
    }

    #[test]
    fn fields_are_followed_through_what_lua_does_with_tables() {
        // A metatable that a helper is given.
        check(
            "local function object(class) return setmetatable({}, class) end\nlocal C = {}\nC.__index = C\nfunction C:go() end\nlocal o = object(C)\no:go$0()",
            "run",
            &expect![[r#"
                build.lua:
                local function object(class) return setmetatable({}, class) end
                local C = {}
                C.__index = C
                function C:run() end
                local o = object(C)
                o:run()
            "#]],
        );
        // What is passed on as `...`, also beside others.
        check(
            "local function f(a, ...) local b, c = ... return c.x$0 end\nlocal function g(...) return f(...) end\ng(1, 2, { x = 1 })",
            "y",
            &expect![[r#"
                build.lua:
                local function f(a, ...) local b, c = ... return c.y end
                local function g(...) return f(...) end
                g(1, 2, { y = 1 })
            "#]],
        );
        check(
            "local function f(...) return select(2, ...).x$0, ({ ... })[1].x end\nf(1, { x = 1 })",
            "y",
            &expect![[r#"
                build.lua:
                local function f(...) return select(2, ...).y, ({ ... })[1].y end
                f(1, { y = 1 })
            "#]],
        );
        check(
            "local function f() return 1, 2, 3, { x = 1 } end\nlocal _, _, _, t = f()\nprint(t.x$0)",
            "y",
            &expect![[r#"
                build.lua:
                local function f() return 1, 2, 3, { y = 1 } end
                local _, _, _, t = f()
                print(t.y)
            "#]],
        );
        check(
            "local function try(f) return pcall(f) end\nlocal ok, t = try(function() return { x = 1 } end)\nprint(t.x$0)",
            "y",
            &expect![[r#"
                build.lua:
                local function try(f) return pcall(f) end
                local ok, t = try(function() return { y = 1 } end)
                print(t.y)
            "#]],
        );
        // A method is called on one value only.
        check(
            "local M = {}\nfunction M.f(self, a) return a.x$0 end\nlocal function two() return M, { x = 1 } end\ntwo():f()\nM:f({ x = 2 })",
            "y",
            &expect![[r#"
                build.lua:
                local M = {}
                function M.f(self, a) return a.y end
                local function two() return M, { x = 1 } end
                two():f()
                M:f({ y = 2 })
            "#]],
        );
        check(
            "local all = { { x = 1 } }\nlocal function list() return all end\nfor _, it in next, all do print(it.x$0) end\nfor _, it in list() do print(it.x) end",
            "y",
            &expect![[r#"
                build.lua:
                local all = { { y = 1 } }
                local function list() return all end
                for _, it in next, all do print(it.y) end
                for _, it in list() do print(it.y) end
            "#]],
        );
    }

    #[test]
    fn names_that_a_loop_reads_are_data() {
        let refused = expect!["`a` is in a table whose names are used as values (line 2)"];
        for list in ["next, t", "pairs(t)", "t", "(t)", "(function() return t end)()"] {
            check(&format!("local t = {{ a$0 = 1 }}\nfor k in {list} do print(k) end"), "b", &refused);
        }
    }

    #[test]
    fn globals_are_renamed_through_all_files() {
        check(
            "require('m')\nprint(vers$0ion)\n--- m.lua\nversion = 1\nlocal function f(version) return version end",
            "v",
            &expect![[r#"
                build.lua:
                require('m')
                print(v)
                m.lua:
                v = 1
                local function f(version) return version end
            "#]],
        );
    }

    #[test]
    fn what_is_not_the_scripts_own_is_refused() {
        check("bk.im$0age('x')", "y", &expect!["`image` belongs to the `bk` API"]);
        check("b$0k.image('x')", "y", &expect!["`bk` is the build API"]);
        check("bk.image('x'):ru$0n('y')", "y", &expect!["`run` belongs to the `bk` API"]);
        check(
            "bk.cache('/c', { sh$0aring = 'locked' })",
            "y",
            &expect!["`sharing` is in a table that is given to `cache`, where its name counts (line 1)"],
        );
        check(
            "local opts = { sharing = 'locked' }\nopts.sha$0ring = 'shared'\nbk.cache('/c', opts)",
            "y",
            &expect!["`sharing` is in a table that is given to `cache`, where its name counts (line 3)"],
        );
        check("pri$0nt('x')", "y", &expect!["`print` belongs to Lua's library"]);
        check("table.conc$0at({})", "y", &expect!["`table.concat` belongs to Lua's library"]);
        check("loc$0al x = 1", "y", &expect!["`local` is a keyword"]);
        check("local x = 1 $0", "y", &expect!["there is no name here"]);
        check("print('te$0xt')", "y", &expect!["there is no name here"]);
        check("print(nob$0ody)", "y", &expect!["`nobody` is not declared in this project"]);
        check(
            "local M = {}\nfunction M:f() return sel$0f end",
            "y",
            &expect!["`self` is what Lua calls the object of a method"],
        );
        check(
            "require('m$0')\n--- m.lua\nreturn 1",
            "y",
            &expect!["a module is renamed with its file (`m.lua`)"],
        );
        check(
            "local p = require('prelude.go')\np.go_ba$0se()",
            "y",
            &expect!["`go_base` belongs to luakit's library"],
        );
        check(
            "local opts = { pack$0age = './cmd' }\nrequire('prelude.go').go_build(bk.scratch(), opts)",
            "y",
            &expect!["`package` is in a table that is given to `go_build`, where its name counts (line 2)"],
        );
        check(
            "local t = setmetatable({}, { __ind$0ex = {} })",
            "y",
            &expect!["`__index` is a name that Lua gives a meaning"],
        );
    }

    #[test]
    fn names_that_are_data_are_refused() {
        check(
            "local t = { w$0eb = 1 }\nfor name in pairs(t) do print(name) end",
            "y",
            &expect!["`web` is in a table whose names are used as values (line 2)"],
        );
        check(
            "local t = { w$0eb = 1 }\nlocal function get(k) return t[k] end",
            "y",
            &expect!["`web` is in a table whose names are used as values (line 2)"],
        );
        check(
            "local t = { w$0eb = 1 }\nfor i, x in ipairs(t) do print(t[i]) end",
            "y",
            &expect![[r#"
            build.lua:
            local t = { y = 1 }
            for i, x in ipairs(t) do print(t[i]) end
        "#]],
        );
    }

    #[test]
    fn names_that_are_none_are_refused() {
        for (new, expected) in [
            ("", expect!["the new name is empty"]),
            ("end", expect!["`end` is a keyword"]),
            ("1x", expect!["`1x` is not a name: letters, digits and `_` make one"]),
            ("a b", expect!["`a b` is not a name: letters, digits and `_` make one"]),
            ("a.b", expect!["`a.b` is not a name: letters, digits and `_` make one"]),
            ("é", expect!["`é` is not a name: letters, digits and `_` make one"]),
            ("bk", expect!["`bk` is the build API, which a variable of that name would hide"]),
            (
                "print",
                expect![[r#"
                build.lua:
                local print = 1
            "#]],
            ),
            (
                "self",
                expect![[r#"
                build.lua:
                local self = 1
            "#]],
            ),
            ("x", expect![""]),
        ] {
            check("local $0x = 1", new, &expected);
        }
    }

    #[test]
    fn a_name_that_would_mean_something_else_is_refused() {
        check(
            "local a = 1\nlocal b = 2\nprint(a$0)",
            "b",
            &expect!["`b` would mean another variable where it is used (line 3), declared at line 2"],
        );
        check(
            "local b = 2\nlocal a$0 = 1\nprint(b)",
            "b",
            &expect!["`b` already means something else (line 3), declared at line 1"],
        );
        check(
            "local a$0 = 1\nlocal function f(b) return a end",
            "b",
            &expect!["`b` would mean another variable where it is used (line 2), declared at line 2"],
        );
        check(
            "local a$0 = 1\nprint(helper)",
            "helper",
            &expect!["`helper` already means something else (line 2)"],
        );
        check("local function f(a$0, b) end", "b", &expect!["`b` is already declared beside it (line 1)"]);
        check(
            "local a$0 = 1\nlocal b = a\nprint(b)",
            "b",
            &expect![[r#"
            build.lua:
            local b = 1
            local b = b
            print(b)
        "#]],
        );
        check(
            "local b = 1\nprint(b)\nlocal a$0 = 1\nprint(a)",
            "b",
            &expect![[r#"
            build.lua:
            local b = 1
            print(b)
            local b = 1
            print(b)
        "#]],
        );
        check("local t = { a$0 = 1, b = 2 }", "b", &expect!["the table already has a field `b` (line 1)"]);
        check(
            "g$0 = 1\nlocal h = 2\nprint(g)",
            "h",
            &expect!["`h` would mean another variable where it is used (line 3), declared at line 2"],
        );
        check(
            "g$0 = 1",
            "print",
            &expect!["`print` belongs to Lua's library, which a global of that name would replace"],
        );
        check("g$0 = 1\nh = 2", "h", &expect!["there is already a global `h` (line 2)"]);
        check(
            "local m = require('m')\nm.a$0()\n--- m.lua\nlocal M = {}\nfunction M.a() end\nfunction M.b() end\nreturn M",
            "b",
            &expect!["the table already has a field `b` (m.lua:3)"],
        );
        check(
            "local a$0 = 1\nlocal function f() local b = 2 return function() return a end end",
            "b",
            &expect!["`b` would mean another variable where it is used (line 2), declared at line 2"],
        );
    }

    #[test]
    fn half_typed_code_is_renamed_as_well() {
        check(
            "local x = 1\nprint(x$0)\nlocal y = x.",
            "z",
            &expect![[r#"
            build.lua:
            local z = 1
            print(z)
            local y = z.
        "#]],
        );
        check(
            "local name$0 = 1\nf({ name = name, other = {",
            "z",
            &expect![[r#"
            build.lua:
            local z = 1
            f({ name = z, other = {
        "#]],
        );
        check(
            "local M = {}\nfunction M.a$0() end\nM.a(",
            "b",
            &expect![[r#"
            build.lua:
            local M = {}
            function M.b() end
            M.b(
        "#]],
        );
    }

    #[test]
    fn the_name_is_offered_without_quotes() {
        let fixture = Fixture::new("local t = {}\nt['na$0me'] = 1");
        let range = prepare_rename(&fixture.project, fixture.file, fixture.offset).unwrap();
        assert_eq!(fixture.project.source(fixture.file).unwrap().slice(range), "name");
    }
}
