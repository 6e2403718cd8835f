//! `luakit fmt`.

use super::Folder;
use expect_test::expect;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

const UGLY: &str = "--- build.lua\n# syntax=luakit:1\nlocal  s=bk.image 'alpine'\nbk.export( s )\n";

#[test]
fn check_shows_what_would_change_and_changes_nothing() {
    let folder = Folder::new(UGLY);
    expect![[r#"
        stdout:
        --- build.lua
        +++ build.lua
        @@ -1,3 +1,3 @@
         # syntax=luakit:1
        -local  s=bk.image 'alpine'
        -bk.export( s )
        +local s = bk.image("alpine")
        +bk.export(s)
        exit 1
    "#]]
    .assert_eq(&folder.transcript(&["fmt", "--check"]));
    assert_eq!(folder.transcript(&["fmt"]), "exit 0\n");
    assert_eq!(folder.transcript(&["fmt", "--check"]), "exit 0\n");
}

#[cfg(unix)]
#[test]
fn modes_and_links_stay_and_what_is_formatted_is_not_touched() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    let folder = Folder::new(UGLY);
    let real = folder.path().join("build.lua");
    let link = folder.path().join("link.lua");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o750)).unwrap();
    symlink("build.lua", &link).unwrap();
    assert_eq!(folder.transcript(&["fmt", "link.lua"]), "exit 0\n");
    assert!(link.symlink_metadata().unwrap().is_symlink());
    let meta = real.metadata().unwrap();
    assert_eq!(meta.mode() & 0o777, 0o750);
    assert!(std::fs::read_to_string(&real).unwrap().contains("bk.export(s)"));
    assert_eq!(folder.transcript(&["fmt", "build.lua"]), "exit 0\n");
    assert_eq!(real.metadata().unwrap().ino(), meta.ino(), "it was replaced though nothing changed");
}

#[test]
fn a_broken_script_is_told_and_left_alone_and_the_others_are_formatted() {
    let folder = Folder::new("--- a.lua\nlocal a = = 1\n--- b.lua\nlocal  b=1\n");
    expect![[r#"
        stderr:
        a.lua:1:11: expected an expression, found `=` [syntax]
         1 | local a = = 1
           |           ^
        exit 2
    "#]]
    .assert_eq(&folder.transcript(&["fmt"]));
    let text = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!((&*text("a.lua"), &*text("b.lua")), ("local a = = 1\n", "local b = 1\n"));
}

#[test]
fn the_nearest_configuration_counts() {
    let folder = Folder::new(
        "--- stylua.toml\nindent_type = \"Spaces\"\nindent_width = 2\n--- a.lua\nif a then\nb()\nend\n\
         --- sub/.stylua.toml\nindent_type = \"Spaces\"\nindent_width = 3\n--- sub/b.lua\nif a then\nb()\nend\n",
    );
    assert_eq!(folder.transcript(&["fmt"]), "exit 0\n");
    let text = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(text("a.lua"), "if a then\n  b()\nend\n");
    assert_eq!(text("sub/b.lua"), "if a then\n   b()\nend\n");
}

#[test]
fn a_mistake_in_the_configuration_is_exit_2_with_its_place() {
    let folder = Folder::new("--- stylua.toml\ncolumn_width = 80\nindent_wdth = 2\n--- a.lua\nlocal  a\n");
    let told = folder.transcript(&["fmt", "a.lua"]);
    assert!(told.contains("stylua.toml:2:1: unknown field `indent_wdth`"), "{told}");
    assert!(told.ends_with("exit 2\n"), "{told}");
}

#[test]
fn ignored_files_are_left_alone_also_when_they_are_named() {
    let folder =
        Folder::new("--- .styluaignore\nvendor/\n--- vendor/a.lua\nlocal  a=1\n--- b.lua\nlocal b = 1\n");
    assert_eq!(folder.transcript(&["fmt", "--check"]), "exit 0\n");
    assert_eq!(folder.transcript(&["fmt", "--check", "vendor/a.lua"]), "exit 0\n");
}

#[test]
fn stdin_is_formatted_to_stdout_as_the_file_it_is_called() {
    let folder = Folder::new("--- sub/stylua.toml\nquote_style = \"ForceSingle\"\n");
    for way in ["-", "--stdin"] {
        let mut command = folder.command(&["fmt", way, "--stdin-filepath", "sub/x.lua"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(b"local  a=\"x\"").unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "local a = 'x'\n");
    }
}

/// Formatting must never change what is built: the digest of every example and of every case of the suite is what it
/// was before.
#[test]
fn formatting_leaves_every_graph_as_it_was() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut compared = 0;
    for folder in ["examples", "crates/check/tests/suite"] {
        let copy = tempfile::TempDir::new().unwrap();
        let mut scripts = Vec::new();
        copy_lua(&root.join(folder), copy.path(), &mut scripts);
        let digests = |scripts: &[PathBuf]| -> Vec<Option<String>> {
            scripts.iter().map(|path| digest(path)).collect()
        };
        let before = digests(&scripts);
        let _ = luakit(copy.path(), &["fmt"]);
        let after = digests(&scripts);
        for (path, (before, after)) in scripts.iter().zip(before.iter().zip(&after)) {
            assert_eq!(before, after, "{}", path.display());
        }
        compared += before.iter().flatten().count();
    }
    assert!(compared > 30, "only {compared} graphs were compared");
}

fn copy_lua(from: &Path, to: &Path, scripts: &mut Vec<PathBuf>) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_lua(&path, &target, scripts);
        } else if path.extension().is_some_and(|extension| extension == "lua") {
            std::fs::copy(&path, &target).unwrap();
            scripts.push(target);
        }
    }
}

/// Returns the digest of what a script exports, if it exports anything.
fn digest(path: &Path) -> Option<String> {
    let args = ["dag", "--format", "json", "--timeout", "2s", path.to_str().unwrap()];
    let output = luakit(path.parent().unwrap(), &args);
    let graph: serde_json::Value = serde_json::from_slice(&output.stdout).ok()?;
    Some(graph["head"].as_str().unwrap_or("scratch").to_owned())
}

fn luakit(folder: &Path, args: &[&str]) -> std::process::Output {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_luakit"));
    command.args(args).current_dir(folder).stdin(Stdio::null()).output().unwrap()
}

#[cfg(unix)]
#[test]
fn other_names_of_a_file_see_the_new_text_and_a_read_only_one_is_left_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("--- a.lua\nlocal  a=1\n--- locked.lua\nlocal  b=1\n");
    let path = |name: &str| folder.path().join(name);
    std::fs::hard_link(path("a.lua"), path("other")).unwrap();
    std::fs::set_permissions(path("locked.lua"), std::fs::Permissions::from_mode(0o444)).unwrap();
    expect![[r#"
        stderr:
        luakit: cannot write `locked.lua`: it is read-only
        exit 2
    "#]]
    .assert_eq(&folder.transcript(&["fmt"]));
    assert_eq!(std::fs::read_to_string(path("other")).unwrap(), "local a = 1\n");
    assert_eq!(std::fs::read_to_string(path("locked.lua")).unwrap(), "local  b=1\n");
}

#[test]
fn a_mistake_in_stylua_toml_is_told_once_for_all_its_files() {
    let folder = Folder::new(
        "--- lib/stylua.toml\nindent_type = \"Space\"\n--- lib/a.lua\nlocal a\n--- lib/b.lua\nlocal b\n",
    );
    expect![[r#"
        stderr:
        luakit: lib/stylua.toml:1:15: unknown variant `Space`, expected `Tabs` or `Spaces`
        exit 2
    "#]]
    .assert_eq(&folder.transcript(&["fmt"]));
}
