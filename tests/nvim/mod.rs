//! A real Neovim edits a build script, so that what its client makes of the server is seen too.

mod record;

use luakit_testkit::{FakeRegistry, Reply};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

#[test]
fn neovim_is_served_through_the_plugin_folder() {
    session("session.lua", &[("LUAKIT_START", "enable")]);
}

#[test]
fn neovim_is_served_through_the_snippet_of_the_readme() {
    session("session.lua", &[("LUAKIT_START", "start")]);
}

#[test]
fn each_command_of_neovim_shows_what_it_says() {
    session("commands.lua", &[("LUAKIT_START", "enable")]);
}

#[test]
fn neovim_pins_an_image_to_what_the_registry_says() {
    let registry = FakeRegistry::start(|asked| {
        let digest = format!("sha256:{}", "0a".repeat(32));
        Some(match asked.path.as_str() {
            "/v2/app/manifests/1" => Reply::ok("").with("Docker-Content-Digest", digest),
            _ => Reply::status(404),
        })
    });
    session("pin.lua", &[("LUAKIT_REGISTRY", registry.address())]);
}

/// Runs a script of this folder in a folder of its own, with `luakit` on `PATH` as users have it.
fn session(script: &str, variables: &[(&str, &str)]) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    // Neovim gives the server real paths, and some systems keep their temporary folder behind a link.
    let home = folder.path().canonicalize().expect("the temporary folder");
    let output = command(script, &home)
        .env("PATH", path_with_luakit())
        .envs(variables.iter().copied())
        .output()
        .expect("Neovim starts");
    let report = String::from_utf8_lossy(&output.stdout);
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "the session failed ({}):\n{report}\nNeovim's messages:\n{messages}",
        output.status
    );
    eprintln!("{report}");
}

/// A Neovim without settings that runs one of our scripts in the folder `home`.
fn command(script: &str, home: &Path) -> Command {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(neovim(repository));
    command
        .args(["--clean", "--headless", "-S"])
        .arg(repository.join("tests/nvim").join(script))
        .current_dir(home)
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home.join(".config"))
        .env("XDG_STATE_HOME", home.join(".state"))
        .env("XDG_DATA_HOME", home.join(".data"))
        .env("XDG_RUNTIME_DIR", home)
        .env("LUAKIT_REPOSITORY", repository)
        .stdin(Stdio::null());
    command
}

fn neovim(repository: &Path) -> PathBuf {
    let nvim = repository.join("target/tools/nvim/bin/nvim");
    assert!(
        nvim.exists(),
        "no Neovim in target/tools/nvim: run `tests/nvim/setup.sh`, or `cargo xtask setup`"
    );
    nvim
}

fn path_with_luakit() -> std::ffi::OsString {
    let luakit = Path::new(env!("CARGO_BIN_EXE_luakit"));
    let folder = luakit.parent().expect("a program lies in a folder").to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths([folder].into_iter().chain(std::env::split_paths(&path))).expect("folders join")
}
