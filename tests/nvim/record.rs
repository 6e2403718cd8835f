//! What Neovim sends first, written down for tests that have no Neovim.

use super::{command, neovim, path_with_luakit};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Compares the recorded `initialize` with what Neovim sends today; `UPDATE_EXPECT=1` records it anew.
#[test]
fn the_recorded_first_request_is_what_neovim_sends() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert!(neovim(repository).exists());
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().canonicalize().unwrap();
    std::fs::write(home.join("build.lua"), "bk.export(bk.image('alpine'))\n").unwrap();
    // A `luakit` before the real one on `PATH` keeps a copy of what it reads.
    let bin = home.join("bin");
    std::fs::create_dir(&bin).unwrap();
    // Not a pipeline: its first half would outlive the server, and Neovim waits for both.
    let tee = format!(
        "#!/bin/sh\ncd '{}' && mkfifo pipe && exec 3<&0\ntee stdin <&3 >pipe &\n'{}' \"$@\" <pipe\nkill $!\n",
        home.display(),
        env!("CARGO_BIN_EXE_luakit")
    );
    std::fs::write(bin.join("luakit"), tee).unwrap();
    std::fs::set_permissions(bin.join("luakit"), PermissionsExt::from_mode(0o755)).unwrap();
    let paths = [bin].into_iter().chain(std::env::split_paths(&path_with_luakit())).collect::<Vec<_>>();
    let output = command("record.lua", &home).env("PATH", std::env::join_paths(paths).unwrap()).output();
    let output = output.expect("Neovim starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let sent = std::fs::read(home.join("stdin")).unwrap();
    let (first, _) = luakit_robustness::session::split(&sent).expect("Neovim sent something");
    assert_eq!(first["method"], "initialize");
    let now = neutral(first, &home);
    let file = repository.join("tests/lsp/data/nvim-initialize.json");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&file, serde_json::to_string_pretty(&now).unwrap() + "\n").unwrap();
    }
    let recorded: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(
        serde_json::to_string_pretty(&recorded).unwrap(),
        serde_json::to_string_pretty(&now).unwrap(),
        "Neovim sends something else: UPDATE_EXPECT=1 cargo test --test main nvim::record"
    );
}

/// Takes out what is of this machine and this moment.
fn neutral(message: Value, home: &Path) -> Value {
    let text = message.to_string().replace(home.to_str().unwrap(), "/workspace");
    let mut message: Value = serde_json::from_str(&text).unwrap();
    message["params"]["processId"] = json!(1);
    message["params"]["clientInfo"]["version"] = json!("0.11");
    message
}
