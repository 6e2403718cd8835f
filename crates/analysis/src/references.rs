//! Where a thing is named: in the whole project, and in one file with what is done to it.

use crate::project::{FileId, Location, Project, Symbol, Use};
use luakit_diagnostics::TextRange;

/// Returns all places that name what is at an offset, through all files.
pub fn references(
    project: &Project,
    file: FileId,
    offset: usize,
    with_declaration: bool,
) -> Option<Vec<Location>> {
    let (symbol, _) = project.symbol_at(file, offset)?;
    let uses = named(project, file, &symbol);
    let declared = if with_declaration { Vec::new() } else { project.declarations(&symbol, &uses) };
    let places = uses.iter().map(|(at, _)| *at).filter(|at| !declared.contains(at));
    Some(places.map(|at| project.inside(at)).collect())
}

/// A name in the text that means the same as the one under the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Highlight {
    pub range: TextRange,
    /// Whether it is assigned or declared there.
    pub write: bool,
}

/// Returns what of a file means the same as what is at an offset.
pub fn highlights(project: &Project, file: FileId, offset: usize) -> Option<Vec<Highlight>> {
    let (symbol, _) = project.symbol_at(file, offset)?;
    let own = named(project, file, &symbol).into_iter().filter(|(at, _)| at.file == file);
    Some(own.map(|(at, kind)| Highlight { range: project.inside(at).range, write: kind.writes() }).collect())
}

/// Returns the uses of a symbol. What nobody declares, such as a method of the API, is the same by its name alone.
fn named(project: &Project, file: FileId, symbol: &Symbol) -> Vec<(Location, Use)> {
    let uses = project.uses(file, symbol);
    match symbol {
        Symbol::Field(_, name) if !uses.iter().any(|(_, kind)| kind.writes()) => {
            project.undeclared(file, *name)
        }
        _ => uses,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::testing::Fixture;
    use expect_test::{Expect, expect};

    /// Shows each file that has some, with all of them marked.
    fn check(fixture: &str, expected: &Expect) {
        let fixture = Fixture::new(fixture);
        let found = references(&fixture.project, fixture.file, fixture.offset, true).unwrap_or_default();
        expected.assert_eq(&fixture.show_marked(&found));
    }

    #[test]
    fn variables_are_found_in_their_scope() {
        check(
            "local x = 1\nlocal f = function() x = x + 1 end\ndo local x = 2 print(x) end\nprint($0x)",
            &expect![[r#"
            build.lua:
            local <x> = 1
            local f = function() <x> = <x> + 1 end
            do local x = 2 print(x) end
            print(<x>)
        "#]],
        );
        check(
            "local function f(a$0) return a, function(a) return a end end\nlocal a = f(a)",
            &expect![[r#"
            build.lua:
            local function f(<a>) return <a>, function(a) return a end end
            local a = f(a)
        "#]],
        );
        check(
            "local s = 'x'\nprint(`{$0s} and {s .. `{s}`}`)",
            &expect![[r#"
            build.lua:
            local <s> = 'x'
            print(`{<s>} and {<s> .. `{<s>}`}`)
        "#]],
        );
        check(
            "local a, b = 1, 2\na, b = $0b, a",
            &expect![[r#"
            build.lua:
            local a, <b> = 1, 2
            a, <b> = <b>, a
        "#]],
        );
    }

    #[test]
    fn fields_of_different_tables_are_not_mixed() {
        check(
            "local a = {}\nlocal b = {}\nfunction a.make() end\nfunction b.make() end\na.$0make() b.make() b.make()",
            &expect![[r#"
            build.lua:
            local a = {}
            local b = {}
            function a.<make>() end
            function b.make() end
            a.<make>() b.make() b.make()
        "#]],
        );
        check(
            "local M = {}\nfunction M:foo() return self.x$0 end\nfunction M:bar() self.x = 1 M['x'] = 2 end\nlocal x",
            &expect![[r#"
            build.lua:
            local M = {}
            function M:foo() return self.<x> end
            function M:bar() self.<x> = 1 M['<x>'] = 2 end
            local x
        "#]],
        );
    }

    #[test]
    fn a_metatable_makes_one_of_what_it_is_looked_up_in() {
        check(
            "local mt = { __tostring = f }\nlocal a = setmetatable({ x$0 = 1 }, mt)\nlocal b = setmetatable({ x = 2 }, mt)\nprint(a.x, b.x)",
            &expect![[r#"
                build.lua:
                local mt = { __tostring = f }
                local a = setmetatable({ <x> = 1 }, mt)
                local b = setmetatable({ x = 2 }, mt)
                print(a.<x>, b.x)
            "#]],
        );
        check(
            "local base = { x$0 = 1 }\nlocal a = setmetatable({}, { __index = base })\nprint(a.x)",
            &expect![[r#"
                build.lua:
                local base = { <x> = 1 }
                local a = setmetatable({}, { __index = base })
                print(a.<x>)
            "#]],
        );
    }

    #[test]
    fn exports_of_modules_are_found_from_both_ends() {
        let files = "local m = require('m')\nm.make()\nlocal n = { make = 1 }\nprint(n.make)\n--- web.build.lua\nrequire 'm'.make()\n--- m.lua\nlocal M = {}\nfunction M.$0make() end\nfunction M.other() return M.make() end\nreturn M";
        let expected = expect![[r#"
            build.lua:
            local m = require('m')
            m.<make>()
            local n = { make = 1 }
            print(n.make)
            web.build.lua:
            require 'm'.<make>()
            m.lua:
            local M = {}
            function M.<make>() end
            function M.other() return M.<make>() end
            return M
        "#]];
        check(files, &expected);
        let from_entry = files.replace("$0", "").replacen("m.make", "m.$0make", 1);
        check(&from_entry, &expected);
    }

    #[test]
    fn a_module_is_referred_to_where_it_is_required() {
        check(
            "local a = require('l$0ib.m')\nrequire 'other'\n--- other.lua\nreturn require(\"lib/m\")\n--- lib/m.lua\nreturn 1",
            &expect![[r#"
            build.lua:
            local a = require('<lib.m>')
            require 'other'
            other.lua:
            return require("<lib/m>")
        "#]],
        );
    }

    #[test]
    fn methods_of_the_api_are_found_by_name() {
        check(
            "local a = bk.image('x'):run('y')\nlocal b = bk.scratch():$0run('z')\nlocal t = { run = 1 }\nprint(t.run)",
            &expect![[r#"
            build.lua:
            local a = bk.image('x'):<run>('y')
            local b = bk.scratch():<run>('z')
            local t = { run = 1 }
            print(t.run)
        "#]],
        );
    }

    #[test]
    fn the_declaration_can_be_left_out() {
        let fixture = Fixture::new("local x = 1\nx = 2\nprint($0x)");
        let found = references(&fixture.project, fixture.file, fixture.offset, false).unwrap();
        expect![[r#"
            build.lua:
            local x = 1
            <x> = 2
            print(<x>)
        "#]]
        .assert_eq(&fixture.show_marked(&found));
    }

    #[test]
    fn highlights_tell_writes_from_reads() {
        let fixture = Fixture::new("local x = 1\nx = x + 1\nx += 2\nfunction f() end f()\nprint($0x)");
        let found = highlights(&fixture.project, fixture.file, fixture.offset).unwrap();
        let shown: Vec<String> = found
            .iter()
            .map(|it| format!("{}{}", fixture.line(it.range.start), if it.write { "w" } else { "r" }))
            .collect();
        assert_eq!(shown, ["1w", "2w", "2r", "3w", "5r"]);
    }
}
