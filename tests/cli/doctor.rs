//! `luakit doctor`.

use super::Folder;

/// Runs the doctor where there is nothing but the folder, and returns level, text and advice for a subject.
fn look(folder: &Folder, env: &[(&str, &str)], subject: &str) -> (String, String, bool, i32) {
    let mut command = folder.command(&["doctor", "--format", "json"]);
    command.env("PATH", folder.path().join("bin")).env("HOME", folder.path()).env_remove("BUILDKIT_HOST");
    let output = command.envs(env.iter().copied()).output().unwrap();
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let lines = told["lines"].as_array().unwrap();
    let line = lines.iter().find(|line| line["subject"] == subject).unwrap();
    let text = |key: &str| line[key].as_str().unwrap().to_owned();
    (text("level"), text("text"), line["advice"].is_string(), output.status.code().unwrap())
}

#[test]
fn nothing_installed_is_a_warning_with_advice() {
    let folder = Folder::new("--- build.lua\nbk.export(bk.image(\"a\"))\n");
    assert_eq!(look(&folder, &[], "buildctl"), ("warn".into(), "not on PATH".into(), true, 0));
    assert_eq!(look(&folder, &[], "scripts"), ("ok".into(), "build.lua".into(), false, 0));
}

#[test]
fn a_daemon_that_was_named_and_does_not_answer_is_a_failure() {
    let folder = Folder::new("");
    let (level, text, advice, code) = look(&folder, &[("BUILDKIT_HOST", "unix:///no/such.sock")], "daemon");
    assert_eq!((level.as_str(), advice, code), ("fail", true, 1));
    assert_eq!(text, "BUILDKIT_HOST is unix:///no/such.sock: no such file or directory");
}

#[test]
fn a_daemon_that_listens_is_found() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp://{}", listener.local_addr().unwrap());
    let folder = Folder::new("");
    let found = look(&folder, &[("BUILDKIT_HOST", &address)], "daemon");
    assert_eq!(found, ("ok".into(), format!("answers at {address}"), false, 0));
}

#[test]
fn broken_scripts_settings_and_libraries_are_failures() {
    let folder = Folder::new("--- build.lua\nbk.export(\n--- luakit.toml\n[rules\n");
    let (level, text, _, code) = look(&folder, &[], "scripts");
    assert!(level == "fail" && text.starts_with("build.lua:1:") && code == 1, "{level} {text} {code}");
    let (level, text, ..) = look(&folder, &[], "luakit.toml");
    assert!(level == "fail" && text.contains("luakit.toml:1:"), "{level} {text}");
    let (level, ..) = look(&folder, &[("LUAKIT_STDLIB_DIR", "/no/such")], "library");
    assert_eq!(level, "fail");
}

#[cfg(unix)]
#[test]
fn programs_are_asked_for_their_version_and_not_waited_for_forever() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new(
        "--- bin/buildctl\n#!/bin/sh\necho buildctl v0.30\n--- bin/nvim\n#!/bin/sh\necho NVIM v0.11\n\
         --- .config/nvim/lsp/luakit.lua\nreturn {}\n--- bin/docker\n#!/bin/sh\nexit 3\n",
    );
    for name in ["buildctl", "nvim", "docker"] {
        let path = folder.path().join("bin").join(name);
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    assert_eq!(look(&folder, &[], "buildctl").1, "buildctl v0.30");
    let (level, text, ..) = look(&folder, &[], "docker buildx");
    assert!(level == "warn" && text.contains("exit status: 3"), "{text}");
    let (level, text, ..) = look(&folder, &[], "neovim");
    assert!(level == "ok" && text.starts_with("NVIM v0.11, luakit is at"), "{text}");
}

#[test]
fn text_has_a_line_for_each_subject() {
    let told = Folder::new("").transcript(&["doctor"]);
    for subject in ["luakit", "platform", "scripts", "library", "buildctl", "daemon", "terminal"] {
        assert!(told.lines().any(|line| line.contains(&format!("  {subject} "))), "{subject}:\n{told}");
    }
}
