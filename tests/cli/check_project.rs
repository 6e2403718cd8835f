//! `luakit check` for a project: luakit.toml, ignore comments, named modules, `--fix`, `--explain`.

use super::Folder;
use expect_test::expect;
use std::process::Stdio;
use std::time::{Duration, Instant};

fn read(folder: &Folder, name: &str) -> String {
    std::fs::read_to_string(folder.path().join(name)).unwrap()
}

#[test]
fn the_nearest_luakit_toml_gives_the_levels() {
    let folder = Folder::new(
        "--- luakit.toml\n[rules]\nunused-state = \"error\"\n[[overrides]]\npaths = [\"legacy/**\"]\n\
         rules = { unused-state = \"note\" }\n\
         --- build.lua\nlocal s = bk.image(\"a\")\ns:run(\"x\")\nbk.export(s)\n\
         --- legacy/build.lua\nlocal s = bk.image(\"a\")\ns:run(\"x\")\nbk.export(s)\n\
         --- sub/luakit.toml\n[rules]\nunused-state = \"off\"\n\
         --- sub/build.lua\nlocal s = bk.image(\"a\")\ns:run(\"x\")\nbk.export(s)\n",
    );
    expect![[r#"
        stdout:
        build.lua:2:3: the state that `state:run` returns is not used [unused-state]
         2 | s:run("x")
           |   ^^^
        hint: a state never changes: each method returns a new one
        legacy/build.lua:2:3: note: the state that `state:run` returns is not used [unused-state]
         2 | s:run("x")
           |   ^^^
        hint: a state never changes: each method returns a new one
        3 scripts checked: 1 error, 0 warnings, 1 note
        exit 1
    "#]]
    .assert_eq(&folder.transcript(&["check"]));
    assert_eq!(folder.run(&["check", "legacy"]).status.code(), Some(0), "notes do not count");
}

#[test]
#[cfg(unix)]
fn a_mistake_in_a_file_that_has_a_link_is_one_finding() {
    let folder = Folder::new(
        "--- build.lua\nbk.export(bk.imgae(\"a\"))\n--- sub/real.lua\nbk.export(bk.imgae(\"a\"))\n",
    );
    std::os::unix::fs::symlink("build.lua", folder.path().join("also.build.lua")).unwrap();
    std::os::unix::fs::symlink("../sub/real.lua", folder.path().join("sub/build.lua")).unwrap();
    let output = folder.run(&["check", "--format", "github"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let files: Vec<&str> = text.lines().filter_map(|line| line.split(['=', ',']).nth(1)).collect();
    assert_eq!(files, ["build.lua", "sub/real.lua"]);
    let named = folder.run(&["check", "sub/build.lua", "--format", "github"]);
    assert!(
        String::from_utf8_lossy(&named.stdout).contains("file=sub/build.lua"),
        "alone it keeps its own name"
    );
}

#[test]
fn what_luakit_toml_should_not_have_is_told_at_its_line() {
    let folder = Folder::new(
        "--- luakit.toml\nplatform = [\"linux/arm64\"]\n[rules]\nunused-stat = \"off\"\noctal-mode = \"warn\"\n\
         --- build.lua\nbk.export(bk.image(\"a\"))\n",
    );
    expect![[r#"
        stdout:
        luakit.toml:1:1: warning: unknown key `platform` in luakit.toml, did you mean `platforms`? [unknown-setting]
         1 | platform = ["linux/arm64"]
           | ^^^^^^^^
        luakit.toml:3:1: warning: unknown rule `unused-stat`, did you mean `unused-state`? [unknown-rule]
         3 | unused-stat = "off"
           | ^^^^^^^^^^^
        luakit.toml:4:14: octal-mode: unknown level "warn", did you mean "warning"? [invalid-setting]
         4 | octal-mode = "warn"
           |              ^^^^^^
        hint: the levels are "off", "note", "warning", "error"
        1 script checked: 1 error, 2 warnings
        exit 1
    "#]].assert_eq(&folder.transcript(&["check"]));
}

#[test]
fn a_luakit_toml_that_is_no_toml_is_exit_2_with_its_place() {
    let folder = Folder::new("--- luakit.toml\n[rules\n--- build.lua\nbk.export(bk.image(\"a\"))\n");
    expect![[r#"
        stderr:
        luakit: luakit.toml:1:7: invalid TOML: unclosed table, expected `]`
        exit 2
    "#]]
    .assert_eq(&folder.transcript(&["check"]));
    assert_eq!(folder.run(&["dag", "build.lua"]).status.code(), Some(2));
}

#[test]
fn arguments_and_platforms_come_from_luakit_toml_unless_the_command_line_says_otherwise() {
    let folder = Folder::new(
        "--- luakit.toml\nplatforms = [\"linux/amd64\", \"linux/arm64\"]\n[args]\nBASE = \"alpine\"\n\
         --- build.lua\nlocal base = bk.arg and os.getenv(\"BASE\") or os.getenv(\"BASE\")\n\
         if bk.target_platform.arch == \"arm64\" then error(\"no \" .. base) end\nbk.export(bk.image(base))\n",
    );
    expect![[r#"
        stdout:
        build.lua:2:44: no alpine [runtime-error]
         2 | if bk.target_platform.arch == "arm64" then error("no " .. base) end
           |                                            ^^^^^
        1 script checked: 1 error, 0 warnings
        exit 1
    "#]]
    .assert_eq(&folder.transcript(&["check"]));
    assert_eq!(folder.run(&["check", "--platform", "linux/amd64"]).status.code(), Some(0));
    let dag = folder.run(&["dag", "build.lua"]);
    let dag = String::from_utf8_lossy(&dag.stdout).into_owned();
    assert!(dag.contains("alpine") && dag.contains("amd64"), "{dag}");
    let dag = folder.run(&["dag", "build.lua", "--arg", "BASE=debian"]);
    assert!(String::from_utf8_lossy(&dag.stdout).contains("debian"));
}

#[test]
fn entries_are_found_by_what_they_do_and_by_luakit_toml() {
    let folder = Folder::new(
        "--- luakit.toml\nentries = [\"images/*.lua\", \"ignored/x.lua\"]\n--- .gitignore\nignored/\n\
         --- images/web.lua\nlocal function main() bk.export(bk.imgae(\"a\")) end\nmain()\n\
         --- ignored/x.lua\nbk.export(bk.imgae(\"a\"))\n--- ignored/build.lua\n(\n\
         --- other.lua\nbk.export(bk.imgae(\"a\"))\n--- lib.lua\nreturn { f = function() bk.export() end }\n",
    );
    let output = folder.run(&["check", "--format", "github"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let files: Vec<&str> = text.lines().filter_map(|line| line.split(['=', ',']).nth(1)).collect();
    assert_eq!(files, ["ignored/x.lua", "images/web.lua", "other.lua"]);
}

#[test]
fn a_broken_module_is_found_by_its_own_name_and_a_file_of_something_else_is_passed_over() {
    let folder = Folder::new(
        "--- build.lua\nlocal version = require(\"lib.version\")\nbk.export(bk.image(\"a:\" .. version.go))\n\
         --- lib/version.lua\nreturn { go = \"1.22\", }}\n--- init.lua\nvim.cmd(\"x\") ((\n\
         --- unused.build.lua\nbk.export(bk.imgae(\"b\"))\n",
    );
    expect![[r#"
        stdout:
        lib/version.lua:1:24: `return` must be the last statement of its block, found `}` [syntax]
         1 | return { go = "1.22", }}
           |                        ^
          required from build.lua:1:17
        hint: wrap it in `do … end` to return early
        1 script checked: 1 error, 0 warnings
        exit 1
    "#]]
    .assert_eq(&folder.transcript(&["check", "lib/version.lua", "init.lua"]));
    std::fs::write(folder.path().join("lib/version.lua"), "return { gone = 1 }\n").unwrap();
    expect![[r#"
        stdout:
        build.lua:2:28: attempt to concatenate string with nil: `version.go` [runtime-error]
         2 | bk.export(bk.image("a:" .. version.go))
           |                            ^^^^^^^^^^
        1 script checked: 1 error, 0 warnings
        exit 1
    "#]]
    .assert_eq(&folder.transcript(&["check", "lib/version.lua"]));
}

#[test]
fn a_comment_silences_a_finding_and_one_that_silences_nothing_is_one() {
    let folder = Folder::new(
        "--- build.lua\nlocal s = bk.image(\"a\")\ns:run(\"x\") -- luakit: ignore[unused-state]\n\
         -- luakit: ignore[unused-state]\ns:run(\"y\")\nlocal t = \"-- luakit: ignore[unused-state]\" s:run(\"z\")\n\
         print(t) -- luakit: ignore[octal-mode, runtime-error, unused-stat]\nbk.export(s)\n",
    );
    expect![[r#"
        stdout:
        build.lua:5:47: warning: the state that `state:run` returns is not used [unused-state]
         5 | local t = "-- luakit: ignore[unused-state]" s:run("z")
           |                                               ^^^
        hint: a state never changes: each method returns a new one
        build.lua:6:28: warning: there is no `octal-mode` to silence at line 6 [unused-ignore]
         6 | print(t) -- luakit: ignore[octal-mode, runtime-error, unused-stat]
           |                            ^^^^^^^^^^
        hint: take the code out of the comment
        build.lua:6:40: warning: there is no `runtime-error` to silence at line 6 [unused-ignore]
         6 | print(t) -- luakit: ignore[octal-mode, runtime-error, unused-stat]
           |                                        ^^^^^^^^^^^^^
        hint: take the code out of the comment
        build.lua:6:55: warning: unknown rule `unused-stat`, did you mean `unused-state`? [unknown-rule]
         6 | print(t) -- luakit: ignore[octal-mode, runtime-error, unused-stat]
           |                                                       ^^^^^^^^^^^
        1 script checked: 0 errors, 4 warnings
        exit 1
    "#]]
    .assert_eq(&folder.transcript(&["check"]));
    let output = folder.run(&["check", "--no-eval", "--format", "github"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!text.contains("runtime-error"), "without a run nobody knows: {text}");
}

#[test]
fn fixes_change_their_tokens_and_nothing_else() {
    let folder = Folder::new(
        "--- build.lua\r\n-- keeps\tits comment\r\nlocal m = require(\"m\")\r\n\
         local s = bk.imgae(\"a\"):run(\"x\", { netwrok = 'none' })  \r\n\
         s = m.f(s):mkdir(\"/x\", { mode = 0755 })\r\nlocal opts = { xid = 1 }\r\n\
         bk.cache(\"/c\", { xid = 1 })\r\nbk.export(bk.htps(\"http://x\"):merge(opts))\r\n--- m.lua\nreturn { f = function(s) return s:rnu(\"x\", { cdw = \"/\" }) end }\n\
         --- clean.build.lua\nbk.export(bk.image(\"a\"))\n",
    );
    let path = folder.path().join("build.lua");
    std::fs::rename(&path, folder.path().join("real")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("real", &path).unwrap();
    let clean = std::fs::metadata(folder.path().join("clean.build.lua")).unwrap();
    // `xid` may be `id`, `uid` or `gid`.
    expect![[r#"
        stdout:
        build.lua:6:18: bk.cache: unknown option `xid` in `CacheOptions`, did you mean `id`? [unknown-option]
         6 | bk.cache("/c", { xid = 1 })
           |                  ^^^
        build.lua:7:31: unknown method `merge` of State [unknown-method]
         7 | bk.export(bk.http("http://x"):merge(opts))
           |                               ^^^^^
        hint: State has `run`, `copy`, `mkdir`, `mkfile`, `rm`, `symlink`, `files`, `with_env`, `with_cwd`, `with_user`, `with_platform`, `with_network`, `requires`, `mount`, `with_metadata`
        2 scripts checked, 6 findings fixed: 2 errors, 0 warnings
        exit 1
    "#]].assert_eq(&folder.transcript(&["check", "--fix"]));
    expect![[r#""-- keeps\tits comment\r\nlocal m = require(\"m\")\r\nlocal s = bk.image(\"a\"):run(\"x\", { network = 'none' })  \r\ns = m.f(s):mkdir(\"/x\", { mode = \"0755\" })\r\nlocal opts = { xid = 1 }\r\nbk.cache(\"/c\", { xid = 1 })\r\nbk.export(bk.http(\"http://x\"):merge(opts))\r\n""#]].assert_eq(&format!("{:?}", read(&folder, "build.lua")));
    expect![[r#"
        return { f = function(s) return s:run("x", { cwd = "/" }) end }
    "#]]
    .assert_eq(&read(&folder, "m.lua"));
    assert!(path.is_symlink(), "a link stays a link");
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let now = std::fs::metadata(folder.path().join("clean.build.lua")).unwrap();
        assert_eq!(clean.ino(), now.ino(), "what needs no fix is not written");
    }
}

#[test]
fn a_code_is_explained() {
    let folder = Folder::new("");
    expect![[r#"
        stderr:
        luakit: unknown code `octal-mod`, did you mean `octal-mode`?
        exit 2
    "#]]
    .assert_eq(&folder.transcript(&["check", "--explain", "octal-mod"]));
    let output = folder.run(&["check", "--explain", "octal-mode"]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("octal"));
}

#[test]
fn colours_are_as_asked() {
    let folder = Folder::new("--- build.lua\nbk.export(bk.imgae(\"a\"))\n");
    let coloured = |args: &[&str], env: &[(&str, &str)]| {
        let output = folder.command(args).envs(env.iter().copied()).output().unwrap();
        output.stdout.contains(&0x1b)
    };
    assert!(!coloured(&["check"], &[]));
    assert!(coloured(&["check", "--color", "always"], &[("NO_COLOR", "1")]));
    assert!(coloured(&["check"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&["check", "--color=never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&["check"], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_an_endless_script_with_130() {
    let folder = Folder::new("--- build.lua\nwhile true do end\n");
    let mut child = folder.command(&["check"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let begun = Instant::now();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(begun.elapsed() < Duration::from_secs(1));
}

#[test]
fn a_misspelt_export_is_one_mistake() {
    let folder = Folder::new(
        "--- build.lua\nlocal base = bk.image(\"a\"):run(\"export X=1\")\nbk.exprot(base)\n\
         --- other.build.lua\nlocal function done(state) bk.targt(\"web\", state) end\ndone(bk.image(\"a\"))\n",
    );
    expect![[r#"
        stdout:
        build.lua:2:4: unknown function `bk.exprot`, did you mean `export`? [unknown-function]
         2 | bk.exprot(base)
           |    ^^^^^^
        other.build.lua:1:31: unknown function `bk.targt`, did you mean `target`? [unknown-function]
         1 | local function done(state) bk.targt("web", state) end
           |                               ^^^^^
          called from other.build.lua:2:1
        2 scripts checked: 2 errors, 0 warnings
        1 finding can be fixed with `--fix`
        exit 1
    "#]]
    .assert_eq(&folder.transcript(&["check"]));
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_keeps_no_other_from_its_fixes() {
    use std::os::unix::fs::PermissionsExt;
    let script = "bk.export(bk.image(\"a\"):run(\"x\", { netwrok = \"none\" }))\n";
    let files = ["a", "b", "c"].map(|name| format!("--- {name}.build.lua\n{script}"));
    let folder = Folder::new(&files.concat());
    let read_only = std::fs::Permissions::from_mode(0o444);
    std::fs::set_permissions(folder.path().join("b.build.lua"), read_only).unwrap();
    expect![[r#"
        stdout:
        b.build.lua:1:36: bk.run: unknown option `netwrok` in `RunOptions`, did you mean `network`? [unknown-option]
         1 | bk.export(bk.image("a"):run("x", { netwrok = "none" }))
           |                                    ^^^^^^^
        3 scripts checked, 2 findings fixed: 1 error, 0 warnings
        1 finding can be fixed with `--fix`
        stderr:
        luakit: cannot write `b.build.lua`: it is read-only
        exit 2
    "#]]
    .assert_eq(&folder.transcript(&["check", "--fix"]));
    assert_eq!(read(&folder, "b.build.lua"), script);
    assert!(
        read(&folder, "a.build.lua").contains("network") && read(&folder, "c.build.lua").contains("network")
    );
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_passed_over_and_a_link_to_nothing_is_told() {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    let folder = Folder::new("--- build.lua\nbk.export(bk.image(\"a\"))\n--- dir/x.txt\n");
    let _socket = UnixListener::bind(folder.path().join("socket.build.lua")).unwrap();
    let pipe = folder.path().join("pipe.build.lua");
    assert!(std::process::Command::new("mkfifo").arg(pipe).status().unwrap().success());
    symlink("dir", folder.path().join("folder.build.lua")).unwrap();
    symlink("nothing", folder.path().join("link.build.lua")).unwrap();
    expect![[r#"
        stdout:
        1 script checked, no findings
        stderr:
        luakit: cannot read `link.build.lua`: No such file or directory (os error 2)
        exit 2
    "#]]
    .assert_eq(&folder.transcript(&["check"]));
    std::fs::remove_file(folder.path().join("link.build.lua")).unwrap();
    assert_eq!(folder.transcript(&["fmt", "--check"]), "exit 0\n");
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_read_keeps_no_other_from_being_checked() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new(
        "--- build.lua\nbk.export(bk.image(\"a\"))\n--- build_test.lua\ntest(\"a\", function() end)\n--- shut/build.lua\n",
    );
    let shut = folder.path().join("shut");
    std::fs::set_permissions(&shut, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read_dir(&shut).is_ok() {
        // To root nothing is shut.
        return;
    }
    expect![[r#"
        stdout:
        1 script checked, no findings
        stderr:
        luakit: cannot read `shut`: permission denied
        exit 2
    "#]]
    .assert_eq(&folder.transcript(&["check"]));
    let told = "stderr:\nluakit: cannot read `shut`: permission denied\nexit 2\n";
    assert_eq!(folder.transcript(&["fmt", "--check"]), told);
    assert!(folder.transcript(&["test"]).ends_with(&format!("1 passed, 0 failed\n{told}")));
    std::fs::set_permissions(&shut, std::fs::Permissions::from_mode(0o755)).unwrap();
}
