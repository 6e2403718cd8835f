//! What the crates may know of each other, as ARCHITECTURE.md says it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Each crate of ours with those of ours that it may use.
const MAY_USE: &[(&str, &[&str])] = &[
    ("luakit-diagnostics", &[]),
    ("luakit-api-macros", &[]),
    ("luakit-api", &["luakit-api-macros", "luakit-diagnostics"]),
    ("luakit-llb", &[]),
    ("luakit-evaluator", &["luakit-api", "luakit-diagnostics", "luakit-llb"]),
    ("luakit-analysis", &["luakit-api", "luakit-diagnostics"]),
    (
        "luakit-check",
        &["luakit-analysis", "luakit-api", "luakit-diagnostics", "luakit-evaluator", "luakit-llb"],
    ),
    ("luakit-project", &["luakit-analysis", "luakit-api", "luakit-check", "luakit-diagnostics"]),
    ("luakit-format", &["luakit-analysis", "luakit-diagnostics"]),
    ("luakit-buildkit", &["luakit-llb"]),
    (
        "luakit-lsp",
        &[
            "luakit-analysis",
            "luakit-api",
            "luakit-buildkit",
            "luakit-check",
            "luakit-diagnostics",
            "luakit-evaluator",
            "luakit-format",
            "luakit-llb",
            "luakit-project",
        ],
    ),
];

/// Libraries that only some crates may use, since what they bring must not spread.
const RESERVED: &[(&str, &[&str])] = &[
    ("tower-lsp", &["luakit-lsp"]),
    ("ropey", &["luakit-lsp"]),
    ("tokio", &["luakit-lsp", "luakit-buildkit"]),
    ("mlua", &["luakit-evaluator"]),
    ("full_moon", &["luakit-analysis"]),
    ("prost", &["luakit-llb", "luakit-buildkit"]),
    ("toml", &["luakit-project", "luakit-format"]),
    ("stylua", &["luakit-format"]),
    ("ureq", &["luakit-buildkit"]),
    ("clap", &["luakit"]),
    ("clap_complete", &["luakit"]),
];

#[test]
fn crates_depend_only_downwards() {
    let packages = packages();
    for (name, allowed) in MAY_USE {
        let ours: Vec<_> =
            packages[*name].iter().filter(|dependency| dependency.starts_with("luakit")).collect();
        for dependency in ours {
            assert!(allowed.contains(&dependency.as_str()), "{name} must not use {dependency}");
        }
    }
}

#[test]
fn libraries_stay_where_they_belong() {
    for (package, dependencies) in packages() {
        for (library, users) in RESERVED {
            let uses = dependencies.iter().any(|dependency| dependency == library);
            assert!(!uses || users.contains(&package.as_str()), "{package} must not use {library}");
        }
    }
}

#[test]
fn every_source_file_says_what_it_is_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("crates"), root.join("xtask"), root.join("tests")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                assert!(
                    text.starts_with("//!") || text.starts_with("// @generated"),
                    "{} does not begin with `//!`",
                    path.display()
                );
            }
        }
    }
}

/// Returns the normal dependencies of each package of the workspace.
fn packages() -> BTreeMap<String, Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| {
            let normal = package["dependencies"].as_array().unwrap().iter().filter(|d| d["kind"].is_null());
            (text(&package["name"]), normal.map(|d| text(&d["name"])).collect())
        })
        .collect()
}
