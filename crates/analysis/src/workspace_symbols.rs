//! What a project declares, by name: functions, and the targets and exports of its scripts.

use crate::project::{FileId, Location, Project};
use crate::strings::decode;
use crate::tree::ExprKind;
use luakit_diagnostics::TextRange;

/// Something that has a name in a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceSymbol {
    pub name: String,
    pub kind: WorkspaceSymbolKind,
    pub at: Location,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkspaceSymbolKind {
    Function,
    Method,
    /// `bk.target("name", …)`.
    Target,
    /// `bk.export(…)`.
    Export,
}

/// How many are returned at most.
const MOST: usize = 500;

/// Returns what matches a query, the best first: its letters have to be in the name, in their order.
pub fn workspace_symbols(project: &Project, query: &str) -> Vec<WorkspaceSymbol> {
    let mut found: Vec<(u32, WorkspaceSymbol)> = Vec::new();
    for file in (0..project.len()).filter(|file| !project.is_library(*file)) {
        let symbols = functions(project, file).into_iter().chain(exports(project, file));
        found.extend(symbols.filter_map(|symbol| Some((score(query, &symbol.name)?, symbol))));
    }
    found.sort_by(|(a, x), (b, y)| {
        b.cmp(a).then_with(|| x.name.len().cmp(&y.name.len())).then_with(|| x.at.cmp(&y.at))
    });
    found.into_iter().take(MOST).map(|(_, symbol)| symbol).collect()
}

fn functions(project: &Project, file: FileId) -> Vec<WorkspaceSymbol> {
    let named = project.func_names(file).iter().filter_map(|name| {
        let kind = if name.method { WorkspaceSymbolKind::Method } else { WorkspaceSymbolKind::Function };
        let at = Location { file, range: name.token? };
        Some(WorkspaceSymbol { name: name.path.clone(), kind, at })
    });
    named.collect()
}

fn exports(project: &Project, file: FileId) -> Vec<WorkspaceSymbol> {
    let Some(script) = project.script(file) else { return Vec::new() };
    let found = script.tree.calls().filter_map(|(id, call)| {
        let path = script.global_path(call.callee).filter(|_| call.method.is_none())?;
        let (kind, name, range) = match path.as_str() {
            "bk.export" => {
                (WorkspaceSymbolKind::Export, "default".to_owned(), script.tree.called_name(call)?)
            }
            "bk.target" => {
                let arg = script.tree.expr(script.tree.inner(*call.args.first()?));
                matches!(arg.kind, ExprKind::String).then_some(())?;
                let name = String::from_utf8(decode(script.text(arg.range))?).ok()?;
                (WorkspaceSymbolKind::Target, name, arg.range)
            }
            _ => return None,
        };
        let _ = id;
        Some(WorkspaceSymbol { name, kind, at: project.inside(Location { file, range }) })
    });
    found.collect()
}

/// Rates how well a name fits a query; `None` if it lacks a letter. Beginnings of words and neighbours count more.
fn score(query: &str, name: &str) -> Option<u32> {
    let mut score = 0u32;
    let mut previous = ' ';
    let mut together = false;
    let mut wanted = query.chars().filter(|c| !c.is_whitespace()).peekable();
    for c in name.chars() {
        let Some(next) = wanted.peek() else { break };
        if c.to_lowercase().eq(next.to_lowercase()) {
            let begins = !previous.is_alphanumeric() || (previous.is_lowercase() && c.is_uppercase());
            score += 1 + 3 * u32::from(begins) + 2 * u32::from(together) + u32::from(c == *next);
            together = true;
            wanted.next();
        } else {
            together = false;
        }
        previous = c;
    }
    wanted.next().is_none().then_some(score)
}

/// Where the file of a symbol is called by its name.
impl WorkspaceSymbol {
    pub fn container<'p>(&self, project: &'p Project) -> &'p str {
        project.source(self.at.file).map_or("", |source| &source.name)
    }

    pub fn range(&self) -> TextRange {
        self.at.range
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::testing::Fixture;
    use expect_test::{Expect, expect};

    fn check(query: &str, expected: &Expect) {
        let fixture = Fixture::new(
            "local m = require('m')\nlocal function build_go() end\nbk.target('web', m.build())\nbk.export(m.build())\n\
             --- m.lua\nlocal M = { big = function() end }\nfunction M.build() end\nfunction M:bundle() end\nreturn M\n\
             --- other.lua\nlocal function build_never() end",
        );
        let shown: String = workspace_symbols(&fixture.project, query)
            .iter()
            .map(|it| format!("{} {:?} in {}\n", it.name, it.kind, it.container(&fixture.project)))
            .collect();
        expected.assert_eq(&shown);
    }

    #[test]
    fn the_best_match_is_first() {
        check(
            "build",
            &expect![[r#"
            M.build Function in m.lua
            build_go Function in build.lua
        "#]],
        );
        check(
            "bg",
            &expect![[r#"
            build_go Function in build.lua
            big Function in m.lua
        "#]],
        );
        check(
            "WEB",
            &expect![[r#"
            web Target in build.lua
        "#]],
        );
        check("xyz", &expect![[r#""#]]);
        check(
            "",
            &expect![[r#"
            web Target in build.lua
            big Function in m.lua
            default Export in build.lua
            M.build Function in m.lua
            build_go Function in build.lua
            M:bundle Method in m.lua
        "#]],
        );
    }
}
