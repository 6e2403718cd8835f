//! What has to change in `require` when modules, folders or entries get other names.

use crate::project::{FileId, Project};
use crate::rename::Replacement;
use crate::strings::decode;
use luakit_api::modules::candidates;

/// A file or folder that gets another path. Keys of files begin with such paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    pub from: String,
    pub to: String,
}

/// Returns the replacements in the names of modules that keep each `require` leading to the same file.
pub fn rename_files(project: &Project, moves: &[Move]) -> Vec<Replacement> {
    let mut edits: Vec<Replacement> = Vec::new();
    for file in (0..project.len()).filter(|file| !project.is_library(*file)) {
        for require in project.requires(file) {
            let names = require.found.iter().filter_map(|(root, target)| {
                let old_path = project.key(*target).strip_prefix(root.as_str())?;
                let new_root = moved_root(project, moves, file, root);
                let new_key = moved(moves, project.key(*target));
                let new_path = new_key.strip_prefix(new_root.as_str())?;
                (new_path != old_path).then(|| renamed(project, file, &require.name, old_path, new_path))?
            });
            // Where a module is reached from several entries, one name has to do.
            if let Some(name) = names.into_iter().next().filter(|name| *name != require.name) {
                let at = project.inside(crate::project::Location { file, range: require.range });
                let written = project.script(file).map_or("", |script| script.text(require.range));
                // A name with escapes is written anew as a whole, which is the same here: it has none.
                if decode(written).is_some() {
                    edits.push(Replacement { at, text: name });
                }
            }
        }
    }
    edits
}

/// Returns the path that a file has afterwards.
fn moved(moves: &[Move], path: &str) -> String {
    let fits = moves.iter().filter_map(|it| {
        let rest = path.strip_prefix(it.from.as_str())?;
        (rest.is_empty() || rest.starts_with('/')).then_some((it, rest))
    });
    // Of a folder and a file in it, the file's own new name counts.
    match fits.max_by_key(|(it, _)| it.from.len()) {
        Some((it, rest)) => format!("{}{rest}", it.to),
        None => path.to_owned(),
    }
}

/// Returns where `require` starts afterwards: in the folder of the entry.
fn moved_root(project: &Project, moves: &[Move], file: FileId, root: &str) -> String {
    let folder = |file: FileId| {
        let path = moved(moves, project.key(file));
        path.rfind('/').map_or(String::new(), |slash| path.get(..=slash).unwrap_or("").to_owned())
    };
    let own = |file: FileId| project.key(file).strip_prefix(root).is_some_and(|rest| !rest.contains('/'));
    let entries = project.entries(root);
    if entries.contains(&file) && own(file) {
        return folder(file);
    }
    let mut folders = entries.iter().filter(|entry| own(**entry)).map(|entry| folder(*entry));
    match folders.next() {
        Some(first) if folders.all(|other| other == first) => first,
        _ => {
            let whole = moved(moves, root.strip_suffix('/').unwrap_or(root));
            if root.is_empty() { whole } else { format!("{whole}/") }
        }
    }
}

/// Writes a module's new path as its name was written: with dots or slashes, with or without `init` and `.lua`.
fn renamed(project: &Project, file: FileId, name: &str, old: &str, new: &str) -> Option<String> {
    const PACKAGES: &str = "luakit_modules/";
    let parts = |name: &str| -> Vec<String> {
        name.split(['/', '.']).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let has_suffix =
        name.ends_with(".lua") && candidates(name).is_ok_and(|paths| paths.iter().any(|it| it == old));
    let bare = if has_suffix { name.strip_suffix(".lua")? } else { name };
    let written = parts(bare);
    let names_init = written.last().is_some_and(|part| part == "init");
    let names_packages = written.first().is_some_and(|part| part == "luakit_modules");
    let path = if names_packages { new } else { new.strip_prefix(PACKAGES).unwrap_or(new) };
    let stem = path.strip_suffix(".lua")?;
    let stem = if names_init || has_suffix { stem } else { stem.strip_suffix("/init").unwrap_or(stem) };
    let slashes = bare.contains('/') || (written.len() < 2 && uses_slashes(project, file));
    let dotted = if slashes { stem.to_owned() } else { stem.replace('/', ".") };
    let prefix = if name.starts_with("./") { "./" } else { "" };
    let suffix = if has_suffix && (slashes || !dotted.contains('.')) { ".lua" } else { "" };
    let result = format!("{prefix}{dotted}{suffix}");
    // A file whose path has a dot in it cannot be required at all.
    candidates(&result).ok()?.iter().any(|path| path == new).then_some(result)
}

/// Tells whether the other names of modules in a file are written with slashes.
fn uses_slashes(project: &Project, file: FileId) -> bool {
    let names = || project.requires(file).iter().map(|require| require.name.trim_start_matches("./"));
    names().any(|name| name.contains('/')) && !names().any(|name| name.trim_end_matches(".lua").contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::testing::Fixture;
    use expect_test::{Expect, expect};

    /// Shows the files that are changed when `moves` happen.
    fn check(fixture: &str, moves: &[(&str, &str)], expected: &Expect) {
        let fixture = Fixture::new(fixture);
        let moves: Vec<Move> =
            moves.iter().map(|(from, to)| Move { from: (*from).into(), to: (*to).into() }).collect();
        expected.assert_eq(&fixture.show_edited(&rename_files(&fixture.project, &moves)));
    }

    const PROJECT: &str = "local a = require('lib.a')\nlocal b = require \"lib/b\"\nlocal p = require('x')\nlocal n = require([[lib.n]])\nlocal i = require('./lib/n/init.lua')\n--- lib/a.lua\nreturn require('lib.b')\n--- lib/b.lua\nreturn 1\n--- lib/n/init.lua\nreturn 1\n--- luakit_modules/x.lua\nreturn 1";

    #[test]
    fn a_module_keeps_the_way_its_name_is_written() {
        check(
            PROJECT,
            &[("lib/b.lua", "lib/c.lua")],
            &expect![[r#"
            build.lua:
            local a = require('lib.a')
            local b = require "lib/c"
            local p = require('x')
            local n = require([[lib.n]])
            local i = require('./lib/n/init.lua')
            lib/a.lua:
            return require('lib.c')
        "#]],
        );
        check(
            PROJECT,
            &[("lib/a.lua", "a.lua")],
            &expect![[r#"
            build.lua:
            local a = require('a')
            local b = require "lib/b"
            local p = require('x')
            local n = require([[lib.n]])
            local i = require('./lib/n/init.lua')
        "#]],
        );
        check(PROJECT, &[("lib/a.lua", "lib/a/init.lua")], &expect![""]);
        check(
            PROJECT,
            &[("lib/a.lua", "lib/sub/deep.lua")],
            &expect![[r#"
            build.lua:
            local a = require('lib.sub.deep')
            local b = require "lib/b"
            local p = require('x')
            local n = require([[lib.n]])
            local i = require('./lib/n/init.lua')
        "#]],
        );
        check(
            PROJECT,
            &[("luakit_modules/x.lua", "luakit_modules/y.lua")],
            &expect![[r#"
            build.lua:
            local a = require('lib.a')
            local b = require "lib/b"
            local p = require('y')
            local n = require([[lib.n]])
            local i = require('./lib/n/init.lua')
        "#]],
        );
        check(PROJECT, &[("lib/a.lua", "lib/a.b.lua")], &expect![""]);
    }

    #[test]
    fn folders_move_with_all_that_is_in_them() {
        check(
            PROJECT,
            &[("lib", "tools")],
            &expect![[r#"
            build.lua:
            local a = require('tools.a')
            local b = require "tools/b"
            local p = require('x')
            local n = require([[tools.n]])
            local i = require('./tools/n/init.lua')
            lib/a.lua:
            return require('tools.b')
        "#]],
        );
        check(
            PROJECT,
            &[("lib/n", "lib/m")],
            &expect![[r#"
            build.lua:
            local a = require('lib.a')
            local b = require "lib/b"
            local p = require('x')
            local n = require([[lib.m]])
            local i = require('./lib/m/init.lua')
        "#]],
        );
        check(
            PROJECT,
            &[("lib", "tools"), ("lib/b.lua", "b.lua")],
            &expect![[r#"
            build.lua:
            local a = require('tools.a')
            local b = require "b"
            local p = require('x')
            local n = require([[tools.n]])
            local i = require('./tools/n/init.lua')
            lib/a.lua:
            return require('b')
        "#]],
        );
    }

    #[test]
    fn an_entry_takes_its_root_along() {
        check(
            "require('m')\n--- m.lua\nreturn 1",
            &[("build.lua", "a/build.lua"), ("m.lua", "a/m.lua")],
            &expect![""],
        );
        check(
            "require('sub.m')\n--- sub/m.lua\nreturn 1",
            &[("build.lua", "sub/build.lua")],
            &expect![[r#"
            build.lua:
            require('m')
        "#]],
        );
        check("require('m')\n--- m.lua\nreturn 1", &[("build.lua", "web.build.lua")], &expect![""]);
    }
}
