//! Columns are counted as the client asked for, and documents found whatever their URI.

use crate::lsp::{Client, Setup, check};
use expect_test::expect;
use serde_json::json;

const EMOJI: &str = "local s = bk.image('😀') bk.nope()\n";

#[test]
fn columns_behind_an_emoji_count_utf_16_units_unless_told() {
    let mut client = Client::start(EMOJI);
    client.open("build.lua");
    check(
        &mut client,
        expect![[r#"
            findings of build.lua v1:
              1:1-1:35 error missing-export: no bk.export() call — nothing to build
                hint: end the script with `bk.export(state)`, where `state` is what is to be built
              1:29-1:33 error unknown-function: unknown function `bk.nope`
                hint: bk has `image`, `scratch`, `local_`, `git`, `http`, `oci_layout`, `image_blob`, `source`, `cache`, `secret`, `ssh`, `tmpfs`, `bind`, `merge`, `diff`, `build`, `platform`, `arg`, `export`, `target`, `target_platform`, `build_platform`
        "#]],
    );
}

#[test]
fn a_utf_8_client_gets_bytes() {
    let encodings = json!({ "general": { "positionEncodings": ["utf-7", "utf-8", "utf-16"] } });
    let mut client = Client::with(EMOJI, Setup { capabilities: encodings, ..Setup::default() });
    client.open("build.lua");
    check(
        &mut client,
        expect![[r#"
            findings of build.lua v1:
              1:1-1:37 error missing-export: no bk.export() call — nothing to build
                hint: end the script with `bk.export(state)`, where `state` is what is to be built
              1:31-1:35 error unknown-function: unknown function `bk.nope`
                hint: bk has `image`, `scratch`, `local_`, `git`, `http`, `oci_layout`, `image_blob`, `source`, `cache`, `secret`, `ssh`, `tmpfs`, `bind`, `merge`, `diff`, `build`, `platform`, `arg`, `export`, `target`, `target_platform`, `build_platform`
        "#]],
    );
}

#[test]
fn a_utf_32_client_gets_characters() {
    let encodings = json!({ "general": { "positionEncodings": ["utf-32"] } });
    let mut client = Client::with(EMOJI, Setup { capabilities: encodings, ..Setup::default() });
    client.open("build.lua");
    check(
        &mut client,
        expect![[r#"
            findings of build.lua v1:
              1:1-1:34 error missing-export: no bk.export() call — nothing to build
                hint: end the script with `bk.export(state)`, where `state` is what is to be built
              1:28-1:32 error unknown-function: unknown function `bk.nope`
                hint: bk has `image`, `scratch`, `local_`, `git`, `http`, `oci_layout`, `image_blob`, `source`, `cache`, `secret`, `ssh`, `tmpfs`, `bind`, `merge`, `diff`, `build`, `platform`, `arg`, `export`, `target`, `target_platform`, `build_platform`
        "#]],
    );
}

#[test]
fn spaces_and_unicode_in_a_path_lead_to_the_modules_beside_it() {
    let mut client = Client::start(
        r#"
--- a b/é 100%/x.build.lua
local m = require("lib.möd")
bk.export(bk.image(m.ref))
--- a b/é 100%/lib/möd.lua
return { ref = "alpine:3.19" }
"#,
    );
    client.open("a b/é 100%/x.build.lua");
    client.save("a b/é 100%/x.build.lua");
    assert!(client.path("a b/é 100%/.luakit/x.build.lua.pb").exists());
    check(
        &mut client,
        expect![[r#"
            findings of a%20b/%C3%A9%20100%25/x.build.lua v1: none
            findings of a%20b/%C3%A9%20100%25/x.build.lua v1: none
            a%20b/%C3%A9%20100%25/x.build.lua ended ok: 1 op
        "#]],
    );
}

#[test]
fn an_untitled_document_is_evaluated_without_a_folder() {
    let mut client = Client::with("", Setup { no_folder: true, ..Setup::default() });
    client.open_with("untitled:Untitled-1", "bk.export(bk.image('alpine'):run(''))\n");
    client.wait_for_findings("untitled:Untitled-1");
    client.request("luakit/evaluate", json!({ "uri": "untitled:Untitled-1" }));
    client.wait_for_status("untitled:Untitled-1");
    check(
        &mut client,
        expect![[r#"
            findings of untitled:Untitled-1 v1:
              1:34-1:36 error invalid-value: bk.run: command argument must not be empty
            findings of untitled:Untitled-1 v1:
              1:34-1:36 error invalid-value: bk.run: command argument must not be empty
            untitled:Untitled-1 ended error: Untitled-1:1:34: bk.run: command argument must not be empty
        "#]],
    );
}
