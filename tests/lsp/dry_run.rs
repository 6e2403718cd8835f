//! Scripts are evaluated on save, end visibly, and cost the server nothing but their time limit.

use crate::lsp::{Client, Setup, check};
use expect_test::expect;
use serde_json::{Value, json};
use std::process::Command;
use std::time::{Duration, Instant};

const GOOD: &str = r#"
local src = bk.local_("context", { include = { "*.go" } })
local built = bk.image("golang:1.22"):run("go build", { mounts = { bk.bind(src, "/src") } })
bk.export(built, { entrypoint = { "/app" } })
"#;

#[test]
fn a_save_writes_the_llb_that_a_build_would_give() {
    let mut client = Client::start(GOOD);
    client.open("build.lua");
    client.save("build.lua");
    check(
        &mut client,
        expect![[r#"
            findings of build.lua v1: none
            findings of build.lua v1: none
            build.lua ended ok: 3 ops
        "#]],
    );
    let built = Command::new(env!("CARGO_BIN_EXE_luakit"))
        .args(["build", "--local-unique", "luakit", "build.lua"])
        .current_dir(client.path(""))
        .output()
        .unwrap();
    assert!(!built.stdout.is_empty());
    assert_eq!(std::fs::read(client.path(".luakit/build.lua.pb")).unwrap(), built.stdout);
    assert_eq!(std::fs::read_to_string(client.path(".luakit/.gitignore")).unwrap(), "*\n");
}

#[test]
fn a_run_that_fails_says_so_even_if_a_comment_silences_the_error() {
    let mut client =
        Client::start("local s = bk.imag('alpine') -- luakit: ignore[unknown-function]\nbk.export(s)\n");
    client.open("build.lua");
    client.save("build.lua");
    check(
        &mut client,
        expect![[r#"
        findings of build.lua v1: none
        findings of build.lua v1: none
        build.lua ended error: build.lua:1:14: unknown function `bk.imag`, did you mean `image`?
    "#]],
    );
    let graph = client.request("luakit/graph", json!({ "uri": client.uri("build.lua") }));
    expect![[r#""build.lua:1:14: unknown function `bk.imag`, did you mean `image`?""#]]
        .assert_eq(&graph["error"]["message"].to_string());
    client.wait_for_status("build.lua");
    client.transcript();
}

#[test]
fn an_error_keeps_the_last_good_llb() {
    let mut client = Client::start(GOOD);
    client.open("build.lua");
    client.save("build.lua");
    let good = std::fs::read(client.path(".luakit/build.lua.pb")).unwrap();
    client.edit("build.lua", "golang:1.22", "");
    client.save("build.lua");
    assert_eq!(std::fs::read(client.path(".luakit/build.lua.pb")).unwrap(), good);
    client.transcript();
}

#[test]
fn an_endless_loop_ends_at_its_limit_and_stalls_nothing() {
    let mut client = Client::with(
        r#"
--- build.lua
local s = bk.image("alpine")
while true do end
bk.export(s)
--- other.lua
local x = 1
"#,
        Setup { options: json!({ "timeoutMs": 3000 }), ..Setup::default() },
    );
    client.open("build.lua");
    client.open("other.lua");
    client.save_only("build.lua");
    for i in 0..20 {
        client.edit("other.lua", "local x", &format!("-- {i}\nlocal x"));
        client.request("textDocument/hover", client.at("build.lua", "image"));
    }
    let meanwhile = client.transcript();
    assert!(!meanwhile.contains("ended"), "the loop stalled the rest:\n{meanwhile}");
    client.wait_for_status("build.lua");
    check(
        &mut client,
        expect![[r#"
            findings of build.lua v1:
              2:1-2:18 error limit: script evaluation timed out after 3s
            build.lua ended limit: build.lua:2:1: script evaluation timed out after 3s
        "#]],
    );
}

#[test]
fn a_cancelled_evaluation_is_answered_at_once_and_ends() {
    let mut client = Client::with(
        "while true do end\n",
        Setup { options: json!({ "luakit": { "timeoutMs": 600_000 } }), ..Setup::default() },
    );
    client.open("build.lua");
    let evaluation = client.ask("luakit/evaluate", json!({ "uri": client.uri("build.lua") }));
    assert_eq!(
        client.request("luakit/status", json!({ "uri": client.uri("build.lua") }))["state"],
        "running"
    );
    let began = Instant::now();
    client.notify("$/cancelRequest", json!({ "id": evaluation }));
    assert_eq!(client.answer(evaluation)["error"]["code"], -32800);
    assert!(began.elapsed() < Duration::from_millis(500));
    client.wait_for_status("build.lua");
    check(
        &mut client,
        expect![[r#"
            findings of build.lua v1: none
            build.lua ended cancelled: the evaluation was cancelled
        "#]],
    );
}

#[test]
fn a_newer_run_supersedes_the_one_that_goes_on() {
    let mut client = Client::with(
        "while true do end\n",
        Setup { options: json!({ "timeoutMs": 600_000 }), ..Setup::default() },
    );
    client.open("build.lua");
    client.save_only("build.lua");
    client.edit("build.lua", "while true do end", "bk.export(bk.image('alpine'))");
    client.save("build.lua");
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
fn a_result_is_dropped_if_its_text_has_moved_on() {
    let mut client = Client::with(
        "for i = 1, 1e7 do end\nlocal late = bk.image('')\nbk.export(late)\n",
        Setup { options: json!({ "timeoutMs": 60_000 }), ..Setup::default() },
    );
    client.open("build.lua");
    client.save_only("build.lua");
    client.edit("build.lua", "''", "tostring('alpine')");
    let status = client.wait_for_status("build.lua");
    assert_eq!((&status["state"], &status["outdated"]), (&json!("outdated"), &json!(true)));
    let status = client.request("luakit/status", json!({ "uri": client.uri("build.lua") }));
    assert_eq!(status["outdated"], true);
    check(
        &mut client,
        expect![[r#"
        findings of build.lua v1:
          2:23-2:25 error invalid-value: bk.image: identifier must not be empty
        findings of build.lua v2: none
        build.lua ended outdated: the script changed while it was evaluated
    "#]],
    );
}

#[test]
fn saving_a_module_runs_the_scripts_that_read_it() {
    let mut client = Client::start(
        r#"
--- build.lua
bk.export(bk.image(require("lib.ref")))
--- lib/ref.lua
return os.getenv("REF") or "alpine"
"#,
    );
    client.open("build.lua");
    client.save("build.lua");
    client.open("lib/ref.lua");
    client.transcript();
    client.edit("lib/ref.lua", "\"alpine\"", "\"\"");
    client.save_only("lib/ref.lua");
    client.wait_for_status("build.lua");
    check(
        &mut client,
        expect![[r#"
            findings of lib/ref.lua v2: none
            findings of build.lua v1:
              1:20-1:38 error invalid-value: bk.image: identifier must not be empty
            build.lua ended error: build.lua:1:20: bk.image: identifier must not be empty
        "#]],
    );
    client.edit("lib/ref.lua", "\"\"", "\"busybox\"");
    // What counts is the editor's text, saved or not.
    client.save("build.lua");
    check(
        &mut client,
        expect![[r#"
            findings of lib/ref.lua v3: none
            findings of build.lua v1: none
            build.lua ended ok: 1 op
        "#]],
    );
}

#[test]
fn a_module_that_changes_on_disk_runs_the_scripts_that_read_it() {
    let mut client =
        Client::start("--- build.lua\nbk.export(bk.image(require('ref')))\n--- ref.lua\nreturn 'alpine'\n");
    client.open("build.lua");
    client.save("build.lua");
    std::fs::write(client.path("ref.lua"), "return ''\n").unwrap();
    let change = json!({ "uri": client.uri("ref.lua"), "type": 2 });
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [change] }));
    client.wait_for_status("build.lua");
    check(
        &mut client,
        expect![[r#"
            findings of build.lua v1: none
            findings of build.lua v1: none
            build.lua ended ok: 1 op
            findings of build.lua v1:
              1:20-1:34 error invalid-value: bk.image: identifier must not be empty
            build.lua ended error: build.lua:1:20: bk.image: identifier must not be empty
        "#]],
    );
}

#[test]
fn print_goes_to_the_log() {
    let mut client = Client::start("print('hello', 42)\nbk.export(bk.image('alpine'))\n");
    client.open("build.lua");
    client.save("build.lua");
    check(
        &mut client,
        expect![[r#"
            findings of build.lua v1: none
            log: build.lua:1: hello	42
            findings of build.lua v1: none
            build.lua ended ok: 1 op
        "#]],
    );
}

#[test]
fn long_runs_show_their_progress_and_can_be_cancelled_there() {
    let mut client = Client::with(
        "while true do end\n",
        Setup {
            capabilities: json!({ "window": { "workDoneProgress": true } }),
            options: json!({ "timeoutMs": 600_000 }),
            ..Setup::default()
        },
    );
    client.open("build.lua");
    client.save_only("build.lua");
    let begin = client.wait("progress", |message| message["method"] == "$/progress");
    assert_eq!(begin["params"]["value"]["kind"], "begin");
    client.notify("window/workDoneProgress/cancel", json!({ "token": begin["params"]["token"] }));
    client.wait("the end of the progress", |message| message["params"]["value"]["kind"] == "end");
    client.wait_for_status("build.lua");
    check(
        &mut client,
        expect![[r#"
            findings of build.lua v1: none
            window/workDoneProgress/create
            $/progress
            build.lua ended cancelled: the evaluation was cancelled
            $/progress
        "#]],
    );
}

#[test]
fn evaluate_answers_and_llb_shows_the_graph() {
    let mut client = Client::start(GOOD);
    client.open("build.lua");
    let document = json!({ "uri": client.uri("build.lua") });
    let answer = client.request("luakit/evaluate", document.clone());
    assert_eq!(answer, json!({ "ok": true, "diagnostics": 0, "ops": 3 }));
    client.wait_for_status("build.lua");
    assert_eq!(client.request("luakit/status", document.clone())["state"], "ok");
    let text = client.request("luakit/llb", document);
    expect![[r#"
        %0 = source docker-image://docker.io/library/golang:1.22  [linux/amd64]
        %1 = source local://context
             local.includepattern ["*.go"]
        %2 = exec /bin/sh -c 'go build'  [linux/amd64]
             mount / bind %0 -> %2.0
             mount /src bind %1 readonly
        return %2
    "#]]
    .assert_eq(text.as_str().unwrap());
    let dot = json!({ "uri": client.uri("build.lua"), "format": "dot" });
    assert!(client.request("luakit/llb", dot).as_str().unwrap().starts_with("digraph"));
    let wrong = json!({ "uri": client.uri("build.lua"), "format": "png" });
    assert_eq!(client.request("luakit/llb", wrong)["error"]["code"], -32602);
    assert!(!client.path(".luakit").exists(), "only a save writes");
    client.transcript();
}

#[test]
fn nothing_is_evaluated_where_the_workspace_is_not_trusted() {
    let mut client = Client::with(
        "print('run')\nbk.nope()\n",
        Setup { options: json!({ "trusted": false }), ..Setup::default() },
    );
    client.open("build.lua");
    client.save_only("build.lua");
    let answer: Value = client.request("luakit/evaluate", json!({ "uri": client.uri("build.lua") }));
    assert_eq!(answer["error"]["code"], -32803);
    client.wait_for_status("build.lua");
    check(
        &mut client,
        expect![[r#"
            findings of build.lua v1:
              2:1-2:10 error missing-export: no bk.export() call — nothing to build
                hint: end the script with `bk.export(state)`, where `state` is what is to be built
              2:4-2:8 error unknown-function: unknown function `bk.nope`
                hint: bk has `image`, `scratch`, `local_`, `git`, `http`, `oci_layout`, `image_blob`, `source`, `cache`, `secret`, `ssh`, `tmpfs`, `bind`, `merge`, `diff`, `build`, `platform`, `arg`, `export`, `target`, `target_platform`, `build_platform`
            build.lua ended failed: not evaluated: the workspace is not trusted
        "#]],
    );
}
