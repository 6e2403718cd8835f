//! Settings reach the server on each of the ways that clients have.

use crate::lsp::{Client, Setup, check};
use expect_test::expect;
use serde_json::json;

const SCRIPT: &str = "bk.export(bk.image(os.getenv('REF') or ''))\n";

#[test]
fn arguments_come_with_the_initialization_options() {
    let options = json!({ "luakit": { "args": { "REF": "alpine" }, "writeLlb": false } });
    let mut client = Client::with(SCRIPT, Setup { options, ..Setup::default() });
    client.open("build.lua");
    client.save("build.lua");
    assert!(!client.path(".luakit").exists());
    check(
        &mut client,
        expect![[r#"
            findings of build.lua v1: none
            findings of build.lua v1: none
            build.lua ended ok: 1 op
        "#]],
    );
}

#[test]
fn the_client_is_asked_for_its_configuration() {
    let mut client = Client::with(
        SCRIPT,
        Setup {
            capabilities: json!({ "workspace": { "configuration": true } }),
            configuration: json!({ "args": { "REF": "alpine" } }),
            ..Setup::default()
        },
    );
    client.wait("the question", |message| message["method"] == "workspace/configuration");
    client.open("build.lua");
    client.save("build.lua");
    check(
        &mut client,
        expect![[r#"
            workspace/configuration
            findings of build.lua v1: none
            findings of build.lua v1: none
            build.lua ended ok: 1 op
        "#]],
    );
}

#[test]
fn a_change_of_the_arguments_evaluates_anew() {
    let mut client = Client::start(SCRIPT);
    client.open("build.lua");
    client.save("build.lua");
    client.notify(
        "workspace/didChangeConfiguration",
        json!({ "settings": { "luakit": { "args": { "REF": "busybox" } } } }),
    );
    client.wait_for_status("build.lua");
    check(
        &mut client,
        expect![[r#"
            findings of build.lua v1: none
            findings of build.lua v1:
              1:20-1:42 error invalid-value: bk.image: identifier must not be empty
            build.lua ended error: build.lua:1:20: bk.image: identifier must not be empty
            findings of build.lua v1: none
            build.lua ended ok: 1 op
        "#]],
    );
}

#[test]
fn manual_evaluates_nothing_unless_asked() {
    let mut client =
        Client::with(SCRIPT, Setup { options: json!({ "dryRun": "manual" }), ..Setup::default() });
    client.open("build.lua");
    client.save_only("build.lua");
    let answer = client.request("luakit/evaluate", json!({ "uri": client.uri("build.lua") }));
    assert_eq!(answer["ok"], false);
    client.wait_for_status("build.lua");
    check(
        &mut client,
        expect![[r#"
            findings of build.lua v1: none
            findings of build.lua v1:
              1:20-1:42 error invalid-value: bk.image: identifier must not be empty
            build.lua ended error: build.lua:1:20: bk.image: identifier must not be empty
        "#]],
    );
}

#[test]
fn on_type_evaluates_after_a_pause() {
    let mut client =
        Client::with(SCRIPT, Setup { options: json!({ "dryRun": "onType" }), ..Setup::default() });
    client.open("build.lua");
    client.edit("build.lua", " or ''", " or 'busybox'");
    client.wait_for_status("build.lua");
    check(
        &mut client,
        expect![[r#"
            findings of build.lua v1: none
            findings of build.lua v2: none
            findings of build.lua v2: none
            build.lua ended ok: 1 op
        "#]],
    );
}

#[test]
fn a_setting_that_makes_no_sense_is_said_in_the_log() {
    let mut client =
        Client::with(SCRIPT, Setup { options: json!({ "dryRun": "sometimes" }), ..Setup::default() });
    client.notify(
        "workspace/didChangeConfiguration",
        json!({ "settings": { "luakit": { "timeoutMs": "fast" } } }),
    );
    for _ in 0..2 {
        client.wait("the complaint", |message| message["method"] == "window/logMessage");
    }
    check(
        &mut client,
        expect![[r#"
            log: setting `luakit.dryRun`: expected "onSave", "onType" or "manual", got `"sometimes"`
            log: setting `luakit.timeoutMs`: expected a number of milliseconds up to 600000, got `"fast"`
        "#]],
    );
}
