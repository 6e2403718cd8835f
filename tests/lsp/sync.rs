//! The server's text is the client's text, whatever is typed and however fast.

use crate::lsp::client::position;
use crate::lsp::{Client, check};
use expect_test::expect;
use serde_json::json;

/// A generator of numbers that is the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

#[test]
fn a_text_of_many_megabytes_is_not_analysed_until_it_is_smaller() {
    let mut client = Client::start("");
    let huge = "local s = bk.imag('alpine')\n".repeat(200_000);
    client.open_with("build.lua", &huge);
    client.wait_for_findings("build.lua");
    let hover = client.request(
        "textDocument/hover",
        json!({ "textDocument": { "uri": client.uri("build.lua") }, "position": { "line": 3, "character": 14 } }),
    );
    assert!(hover.is_null(), "{hover}");
    let all = json!([{ "text": "local s = bk.imag('alpine')\n" }]);
    client.change("build.lua", all, "local s = bk.imag('alpine')\n".into());
    client.wait_for_findings("build.lua");
    check(
        &mut client,
        expect![[r#"
        findings of build.lua v1:
          1:1-1:28 error syntax: the script is too large to be analysed (5.3 MB, the limit is 4 MB)
            hint: generate less text, or read data with `require`
        findings of build.lua v2:
          1:1-1:28 error missing-export: no bk.export() call — nothing to build
            hint: end the script with `bk.export(state)`, where `state` is what is to be built
          1:14-1:18 error unknown-function: unknown function `bk.imag`, did you mean `image`?
    "#]],
    );
}

#[test]
fn edits_that_arrive_in_another_order_are_put_in_the_order_of_their_versions() {
    let mut client = Client::start("");
    client.open_with("build.lua", "x");
    let uri = client.uri("build.lua");
    let type_at = |client: &mut Client, version: i32, column: u32, text: &str| {
        let at = json!({ "line": 0, "character": column });
        let change = json!([{ "range": { "start": at, "end": at }, "text": text }]);
        let id = json!({ "uri": uri, "version": version });
        client.notify("textDocument/didChange", json!({ "textDocument": id, "contentChanges": change }));
    };
    let text = |client: &mut Client| {
        let tree = client.request("luakit/syntaxTree", json!({ "uri": uri }));
        (tree["text"].as_str().unwrap().to_owned(), tree["version"].clone())
    };
    // What is typed is `a-b-c-`, each in front of `x`; versions 3 and 5 come late.
    for (version, column, typed) in
        [(2, 0, "a"), (4, 2, "b"), (6, 4, "c"), (7, 5, "-"), (3, 1, "-"), (5, 3, "-")]
    {
        type_at(&mut client, version, column, typed);
    }
    assert_eq!(text(&mut client), ("a-b-c-x".into(), json!(7)));
    // A client whose versions have gaps, or begin anew, is believed.
    type_at(&mut client, 20, 0, "1");
    type_at(&mut client, 30, 1, "2");
    type_at(&mut client, 3, 2, "3");
    assert_eq!(text(&mut client), ("123a-b-c-x".into(), json!(3)));
    client.wait("the findings of version 3", |message| message["params"]["version"] == 3);
    client.transcript();
}

#[test]
fn hundreds_of_edits_in_a_row_arrive_in_their_order() {
    let mut client = Client::start("");
    let mut random = Random(7);
    let mut model = "local x = 1\n".to_owned();
    client.open_with("build.lua", &model);
    let pieces = ["a", "é", "😀", "\n", "\r\n", "bk.image(\"alpine\")", "", "--", "x = [["];
    for i in 0..600 {
        let boundaries: Vec<usize> = model.char_indices().map(|(i, _)| i).chain([model.len()]).collect();
        let is_inside_crlf = |at: usize| model[..at].ends_with('\r') && model[at..].starts_with('\n');
        let start = boundaries[random.below(boundaries.len())];
        let end =
            boundaries.iter().copied().find(|end| *end >= start + random.below(9)).unwrap_or(model.len());
        if is_inside_crlf(start) || is_inside_crlf(end) {
            continue;
        }
        let piece = pieces[random.below(pieces.len())];
        let range = json!({ "start": position(&model, start), "end": position(&model, end) });
        model.replace_range(start..end, piece);
        client.change("build.lua", json!([{ "range": range, "text": piece }]), model.clone());
        if i % 50 == 0 {
            // A question sees all that was typed before it.
            let tree = client.request("luakit/syntaxTree", json!({ "uri": client.uri("build.lua") }));
            assert_eq!(tree["text"].as_str(), Some(model.as_str()));
        }
    }
    client.wait_for_findings("build.lua");
    let tree = client.request("luakit/syntaxTree", json!({ "uri": client.uri("build.lua") }));
    assert_eq!(tree["text"].as_str(), Some(model.as_str()));
    let versions: Vec<i64> = client
        .transcript()
        .lines()
        .filter_map(|line| line.strip_prefix("findings of build.lua v")?.split(':').next()?.parse().ok())
        .collect();
    assert!(versions.is_sorted(), "findings of older versions came later: {versions:?}");
}

#[test]
fn findings_follow_the_last_edit() {
    let mut client = Client::start("bk.export(bk.image('alpine:3.19'))\n");
    client.open("build.lua");
    client.edit("build.lua", "3.19'", "3.19', { platfrm = 'linux/arm64' }");
    client.edit("build.lua", "platfrm", "platform");
    check(
        &mut client,
        expect![[r#"
            findings of build.lua v1: none
            findings of build.lua v2:
              1:37-1:44 error unknown-option: bk.image: unknown option `platfrm` in `ImageOptions`, did you mean `platform`?
            findings of build.lua v3: none
        "#]],
    );
}

#[test]
fn a_client_that_sends_the_whole_text_is_understood() {
    let mut client = Client::start("bk.export(bk.image('alpine'))\n");
    client.open("build.lua");
    let text = "bk.export(bk.imgae('alpine'))\n";
    client.change("build.lua", json!([{ "text": text }]), text.into());
    client.wait_for_findings("build.lua");
    check(
        &mut client,
        expect![[r#"
            findings of build.lua v1: none
            findings of build.lua v2:
              1:14-1:19 error unknown-function: unknown function `bk.imgae`, did you mean `image`?
        "#]],
    );
}

#[test]
fn closing_takes_the_findings_away() {
    let mut client = Client::start("bk.imgae('alpine')\n");
    client.open("build.lua");
    client.save("build.lua");
    client.close("build.lua");
    client.wait("an empty publication", |message| {
        message["params"]["diagnostics"].as_array().is_some_and(|it| it.is_empty())
    });
    check(
        &mut client,
        expect![[r#"
            findings of build.lua v1:
              1:1-1:19 error missing-export: no bk.export() call — nothing to build
                hint: end the script with `bk.export(state)`, where `state` is what is to be built
              1:4-1:9 error unknown-function: unknown function `bk.imgae`, did you mean `image`?
              1:4-1:9 warning unused-state: the state that `bk.image` returns is not used
                hint: a state never changes: each method returns a new one
            findings of build.lua v1:
              1:1-1:19 error missing-export: no bk.export() call — nothing to build
                hint: end the script with `bk.export(state)`, where `state` is what is to be built
              1:4-1:9 error unknown-function: unknown function `bk.imgae`, did you mean `image`?
              1:4-1:9 warning unused-state: the state that `bk.image` returns is not used
                hint: a state never changes: each method returns a new one
            build.lua ended error: build.lua:1:4: unknown function `bk.imgae`, did you mean `image`?
            findings of build.lua: none
        "#]],
    );
}
