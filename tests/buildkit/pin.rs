//! Pinning an image on a real registry: the digest is the one that BuildKit finds it by.

use std::fs;
use std::process::Command;

use expect_test::expect;
use serde_json::json;

use super::project::{Project, daemon, luakit};
use crate::lsp::client::{Client, Setup};

/// Runs `luakit pin` in a project. Returns what it says, and its exit code.
fn pin(project: &Project, args: &[&str]) -> String {
    let output = Command::new(luakit()).arg("pin").args(args).current_dir(project.folder()).output().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    format!("{said}exit {}\n", output.status.code().unwrap()).replace(&daemon().registry(), "HOST")
}

/// Cuts the digests out of a text.
fn without_digests(text: &str) -> String {
    let mut parts = text.split("sha256:");
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        assert!(part.len() >= 64 && part[..64].bytes().all(|b| b.is_ascii_hexdigit()), "{part}");
        out.push_str("DIGEST");
        out.push_str(&part[64..]);
    }
    out
}

#[test]
fn what_is_pinned_is_built_and_a_tag_that_moves_is_noticed() {
    let registry = daemon().registry();
    Project::new("--- build.lua\nbk.export(bk.scratch():mkfile('/version', '1'))\n")
        .push("pinned/app:1", "oci-mediatypes=true");
    let script = format!(
        "--- build.lua\nlocal app = bk.image(\"{registry}/pinned/app:1\")\n\
         bk.export(bk.image(\"{registry}/library/alpine:3.19\"):copy(app, \"/version\", \"/out/version\"))\n"
    );
    let project = Project::new(&script);
    expect![[r#"
        build.lua:1:23: `HOST/pinned/app:1` is pinned to DIGEST
        build.lua:2:21: `HOST/library/alpine:3.19` is pinned to DIGEST
        2 images, 2 pinned
        exit 0
    "#]]
    .assert_eq(&without_digests(&pin(&project, &[])));
    let text = fs::read_to_string(project.folder().join("build.lua")).unwrap();
    expect![[r#"
        local app = bk.image("HOST/pinned/app:1@DIGEST")
        bk.export(bk.image("HOST/library/alpine:3.19@DIGEST"):copy(app, "/version", "/out/version"))
    "#]]
    .assert_eq(&without_digests(&text.replace(&registry, "HOST")));
    expect![[r#"
        2 images, none to pin
        exit 0
    "#]]
    .assert_eq(&pin(&project, &["--check"]));

    // The tag goes on; the script does not.
    Project::new("--- build.lua\nbk.export(bk.scratch():mkfile('/version', '2'))\n")
        .push("pinned/app:1", "oci-mediatypes=true");
    assert_eq!(project.build().tree().file("/out/version"), b"1");
    expect![[r#"
        build.lua:1:23: `HOST/pinned/app:1` has moved to DIGEST
        2 images, 1 to pin
        exit 1
    "#]]
    .assert_eq(&without_digests(&pin(&project, &["--check"])));
    pin(&project, &["--update"]);
    assert_eq!(project.build().tree().file("/out/version"), b"2");
}

#[test]
fn an_image_that_the_registry_has_not_is_told() {
    let script =
        format!("--- build.lua\nbk.export(bk.image(\"{}/library/alpine:9.9\"))\n", daemon().registry());
    expect![[r#"
        1 image, 0 pinned
        luakit: build.lua:1:21: registry `HOST` has no `library/alpine:9.9`
        exit 2
    "#]]
    .assert_eq(&pin(&Project::new(&script), &[]));
}

#[test]
fn the_editor_gets_the_same_digest() {
    let registry = daemon().registry();
    let script = format!("bk.export(bk.image(\"{registry}/library/alpine:3.19\"))\n");
    let project = Project::new(&format!("--- build.lua\n{script}"));
    pin(&project, &[]);
    let pinned = fs::read_to_string(project.folder().join("build.lua")).unwrap();

    let recorded = include_str!("../lsp/data/vscode-initialize.json");
    let recorded: serde_json::Value = serde_json::from_str(recorded).unwrap();
    let capabilities = recorded["params"]["capabilities"].clone();
    let mut client = Client::with(&script, Setup { capabilities, ..Setup::default() });
    client.open_with("build.lua", &script);
    let mut params = client.at("build.lua", "/library");
    params["range"] = json!({ "start": params["position"], "end": params["position"] });
    params["context"] = json!({ "diagnostics": [], "only": ["refactor.rewrite"] });
    let action = client.request("textDocument/codeAction", params)[0].clone();
    let resolved = client.request("codeAction/resolve", action);
    assert!(resolved["edit"].is_object(), "{resolved}");
    let edit = &resolved["edit"]["documentChanges"][0]["edits"][0];
    let column = edit["range"]["start"]["character"].as_u64().unwrap() as usize;
    let mut edited = script;
    edited.insert_str(column, edit["newText"].as_str().unwrap());
    assert_eq!(edited, pinned);
    client.leave();
}
