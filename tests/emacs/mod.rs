//! A real Emacs edits a build script with the configuration that `docs/editors.md` tells people to use.

use std::path::Path;
use std::process::{Command, Stdio};

const HELPER: &str =
    "local M = {}\n\nfunction M.tools(base)\n  return base:run(\"apk add git\")\nend\n\nreturn M\n";

const SCRIPT: &str = "local helper = require(\"lib.helper\")\nlocal base = bk.image(\"alpine\")\nlocal built = helper.tools(base):run(\"make\")\nbk.export(built)\n";

#[test]
fn emacs_is_served_with_the_configuration_of_the_book() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let home = folder.path().canonicalize().expect("the temporary folder");
    let page = std::fs::read_to_string(repository.join("docs/editors.md")).expect("the page");
    let write = |name: &str, text: &str| {
        let path = home.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    };
    write("init.el", block(&page, "elisp"));
    write("app/build.lua", SCRIPT);
    write("app/lib/helper.lua", HELPER);
    write("other/game.lua", "return 1\n");
    std::fs::copy(repository.join("examples/hello.lua"), home.join("app/hello.build.lua")).expect("a copy");
    let output = Command::new("emacs")
        .args(["--batch", "--load", "init.el", "--load"])
        .arg(repository.join("tests/emacs/session.el"))
        .current_dir(&home)
        .env("HOME", &home)
        .env("PATH", path_with_luakit())
        .stdin(Stdio::null())
        .output()
        .expect("Emacs starts: `cargo xtask setup emacs` installs it");
    let report = String::from_utf8_lossy(&output.stdout);
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the session failed:\n{report}\nEmacs says:\n{messages}");
    eprintln!("{report}");
}

/// Returns the only block of a page in a language.
fn block<'p>(page: &'p str, language: &str) -> &'p str {
    let begin = format!("```{language}\n");
    assert_eq!(page.matches(&begin).count(), 1, "one block in {language}");
    let rest = page.split_once(&begin).map_or("", |(_, rest)| rest);
    rest.split_once("```").map_or(rest, |(block, _)| block)
}

fn path_with_luakit() -> std::ffi::OsString {
    let luakit = Path::new(env!("CARGO_BIN_EXE_luakit"));
    let folder = luakit.parent().expect("a program lies in a folder").to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths([folder].into_iter().chain(std::env::split_paths(&path))).expect("folders join")
}
