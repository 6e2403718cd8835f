//! The hooks of `.pre-commit-hooks.yaml`, in a repository where pre-commit runs them.

use super::Folder;
use luakit_testkit::tools;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn pre_commit() -> PathBuf {
    let program = tools::python().unwrap().with_file_name("pre-commit");
    assert!(program.exists(), "{} is not there\nhint: run `cargo xtask setup acceptance`", program.display());
    program
}

/// A repository that uses the hook, with its first commit made.
fn repository(files: &str) -> Folder {
    let folder = Folder::new(files);
    // pre-commit takes hooks from commits only, so what is under test becomes one.
    let hooks = folder.path().join(".hooks");
    std::fs::create_dir(&hooks).unwrap();
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml");
    std::fs::copy(manifest, hooks.join(".pre-commit-hooks.yaml")).unwrap();
    for args in [&["init", "-q"] as &[_], &["add", "."], &["commit", "-qm", "hooks"]] {
        assert_ok(&run(&folder, &hooks, "git".as_ref(), args));
    }
    let config =
        format!("repos:\n- repo: {}\n  rev: HEAD\n  hooks:\n  - id: luakit-check-system\n", hooks.display());
    std::fs::write(folder.path().join(".pre-commit-config.yaml"), config).unwrap();
    std::fs::write(folder.path().join(".gitignore"), ".hooks/\n.cache/\n").unwrap();
    assert_ok(&git(&folder, &["init", "-q"]));
    assert_ok(&git(&folder, &["add", "."]));
    assert_ok(&git(&folder, &["commit", "-qm", "begin"]));
    assert_ok(&run(&folder, folder.path(), &pre_commit(), &["install"]));
    folder
}

fn run(folder: &Folder, within: &Path, program: &Path, args: &[&str]) -> Output {
    let luakit = Path::new(env!("CARGO_BIN_EXE_luakit")).parent().unwrap();
    let path = std::env::var("PATH").unwrap();
    let mut command = Command::new(program);
    command.args(args).current_dir(within).env("PATH", format!("{}:{path}", luakit.display()));
    command.env("PRE_COMMIT_HOME", folder.path().join(".cache")).env("PRE_COMMIT_COLOR", "never");
    for (name, value) in [
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_AUTHOR_NAME", "a"),
        ("GIT_AUTHOR_EMAIL", "a@example.org"),
        ("GIT_COMMITTER_NAME", "a"),
        ("GIT_COMMITTER_EMAIL", "a@example.org"),
    ] {
        command.env(name, value);
    }
    command.output().unwrap()
}

fn git(folder: &Folder, args: &[&str]) -> Output {
    run(folder, folder.path(), "git".as_ref(), args)
}

fn assert_ok(output: &Output) {
    assert!(output.status.success(), "{}", said(output));
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn commit(folder: &Folder, name: &str, text: &str) -> Output {
    std::fs::write(folder.path().join(name), text).unwrap();
    assert_ok(&git(folder, &["add", name]));
    git(folder, &["commit", "-m", "change"])
}

#[test]
fn the_manifest_is_valid() {
    let folder = Folder::new("");
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml");
    let args = ["validate-manifest", manifest.to_str().unwrap()];
    assert_ok(&run(&folder, folder.path(), &pre_commit(), &args));
}

#[test]
fn a_bad_commit_is_stopped_and_a_good_one_passes() {
    let folder = repository(
        "--- build.lua\nlocal m = require(\"lib.m\")\nbk.export(bk.image(m.base))\n--- lib/m.lua\nreturn { base = \"a\" }\n",
    );
    let bad = commit(&folder, "build.lua", "bk.export(bk.imgae(\"a\"))\n");
    let message = "build.lua:1:14: unknown function `bk.imgae`, did you mean `image`? [unknown-function]";
    assert!(!bad.status.success() && said(&bad).contains(message), "{}", said(&bad));

    let good = "local m = require(\"lib.m\")\nbk.export(bk.image(m.base):run(\"x\"))\n";
    assert_ok(&commit(&folder, "build.lua", good));

    let module = commit(&folder, "lib/m.lua", "return { bsae = \"a\" }\n");
    assert!(!module.status.success() && said(&module).contains("build.lua:2:20: "), "{}", said(&module));

    let other = commit(&folder, "lib/m.lua", "return { base = \"b\" }\n");
    assert_ok(&other);
    assert_ok(&commit(&folder, "init.lua", "vim.cmd(\"no business of ours\")\n"));
}
