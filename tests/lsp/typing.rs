//! Completion, signature help and hover over the wire: what depends on the client, on other files and on the dry run.

use crate::lsp::client::show_range;
use crate::lsp::{Client, Setup};
use expect_test::expect;
use serde_json::{Value, json};

/// A client that can do what VS Code's can.
fn able() -> Value {
    json!({ "textDocument": { "completion": { "completionItem": {
        "snippetSupport": true,
        "insertReplaceSupport": true,
        "labelDetailsSupport": true,
        "commitCharactersSupport": true,
        "documentationFormat": ["markdown"],
        "resolveSupport": { "properties": ["documentation", "detail"] },
    } } } })
}

fn item<'a>(items: &'a Value, label: &str) -> &'a Value {
    let items = items.as_array().or_else(|| items["items"].as_array()).unwrap();
    items.iter().find(|item| item["label"] == label).unwrap_or_else(|| panic!("no {label} in {items:#?}"))
}

fn labels(items: &Value) -> String {
    let items = items.as_array().unwrap();
    let mut items: Vec<&Value> = items.iter().collect();
    items.sort_by_key(|item| (item["sortText"].to_string(), item["label"].to_string()));
    items.iter().map(|item| item["label"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

#[test]
fn an_able_client_gets_a_short_list_and_asks_for_documentation() {
    let mut client =
        Client::with("local i = bk.imxx('a')\n", Setup { capabilities: able(), ..Setup::default() });
    client.open("build.lua");
    client.transcript();
    let items = client.request("textDocument/completion", client.at("build.lua", "xx"));
    let image = item(&items, "image").clone();
    assert_eq!(image["labelDetails"], json!({ "detail": "(identifier, opts?)", "description": "State" }));
    assert!(image.get("documentation").is_none(), "{image}");
    assert_eq!(show_range(&image["textEdit"]["insert"]), "1:14-1:16");
    assert_eq!(show_range(&image["textEdit"]["replace"]), "1:14-1:18");
    // Arguments follow already, so the name alone is inserted.
    assert_eq!(image["textEdit"]["newText"], "image");
    let resolved = client.request("completionItem/resolve", image);
    assert_eq!(resolved["documentation"]["kind"], "markdown");
    assert!(resolved["documentation"]["value"].as_str().unwrap().contains("docker.io/library"), "{resolved}");
    assert_eq!(resolved["labelDetails"]["description"], "State");
}

#[test]
fn a_plain_client_gets_all_at_once_and_no_marks() {
    let mut client = Client::start("local i = bk.im\nfo\n");
    client.open("build.lua");
    client.transcript();
    let items = client.request("textDocument/completion", client.at("build.lua", "\nfo"));
    let image = item(&items, "image");
    assert!(image["documentation"]["value"].as_str().unwrap().contains("docker.io/library"));
    assert_eq!(image["textEdit"]["newText"], "image");
    assert!(image.get("labelDetails").is_none() && image.get("commitCharacters").is_none());
    let mut at = client.at("build.lua", "fo");
    at["position"]["character"] = json!(2);
    let items = client.request("textDocument/completion", at);
    let snippets = items.as_array().unwrap().iter().filter(|item| item["kind"] == 15);
    let texts: Vec<&str> = snippets.map(|item| item["textEdit"]["newText"].as_str().unwrap()).collect();
    assert!(texts.len() > 10 && texts.iter().all(|text| !text.contains("${")), "{texts:?}");
}

#[test]
fn modules_and_paths_are_those_on_disk() {
    let mut client = Client::start(
        "local g = require('')\nlocal src = bk.local_('context')\nlocal s = bk.scratch():copy(src, 'src/', '/x')\n\
         --- lib/go.lua\nreturn {}\n--- luakit_modules/extra.lua\nreturn {}\n--- src/main.go\n\n--- src/.env\n\n--- go.mod\n",
    );
    client.open("build.lua");
    client.transcript();
    let items = client.request("textDocument/completion", client.at("build.lua", "')\nlocal src"));
    assert!(labels(&items).starts_with("extra lib.go prelude "), "{}", labels(&items));
    let mut at = client.at("build.lua", "src/");
    at["position"]["character"] = json!(at["position"]["character"].as_i64().unwrap() + 4);
    let items = client.request("textDocument/completion", at);
    assert_eq!(labels(&items), "main.go .env");
    let main = item(&items, "main.go");
    assert_eq!((show_range(&main["textEdit"]["range"]), &main["kind"]), ("3:39-3:39".into(), &json!(17)));
}

#[test]
fn luakit_toml_says_where_a_context_is() {
    let mut client = Client::start(
        "local s = bk.scratch():copy(bk.local_('web'), '', '/x')\n--- luakit.toml\n[contexts]\nweb = \"packages/web\"\n--- packages/web/index.html\n\n",
    );
    client.open("build.lua");
    client.transcript();
    let mut at = client.at("build.lua", "'', '/x'");
    at["position"]["character"] = json!(at["position"]["character"].as_i64().unwrap() + 1);
    assert_eq!(labels(&client.request("textDocument/completion", at)), "index.html");
}

#[test]
fn images_of_other_open_scripts_are_offered() {
    let mut client = Client::start(
        "local s = bk.image('')\n--- other.build.lua\nlocal s = bk.image('registry.example/base:7')\n",
    );
    client.open("build.lua");
    client.open("other.build.lua");
    client.transcript();
    let items = client.request("textDocument/completion", client.at("build.lua", "')\n"));
    let image = item(&items, "registry.example/base:7");
    assert_eq!(image["detail"], "in other.build.lua");
}

#[test]
fn a_module_that_is_not_required_yet_brings_its_require() {
    let mut client = Client::start(
        "-- The build.\nlocal web = require(\"lib.web\")\n\nlocal s = go\n--- lib/go.lua\nlocal go = {}\nfunction go.build() end\nreturn go\n--- lib/web.lua\nreturn {}\n",
    );
    client.open("build.lua");
    client.transcript();
    let mut at = client.at("build.lua", "go\n");
    at["position"]["character"] = json!(12);
    let items = client.request("textDocument/completion", at);
    let go = item(&items, "go");
    let edit = &go["additionalTextEdits"][0];
    let shown = format!("{} {} {}", go["textEdit"]["newText"], show_range(&edit["range"]), edit["newText"]);
    expect![[r#""go" 3:1-3:1 "local go = require(\"lib.go\")\n""#]].assert_eq(&shown);
}

#[test]
fn hover_adds_what_the_last_run_showed_of_the_op() {
    let mut client = Client::start(
        "local base = bk.image('alpine', { platform = 'linux/amd64' })\nlocal s = base\nfor i = 1, 3 do\n  s = s:run('make ' .. i, { cwd = '/src' })\nend\nbk.export(s)\n",
    );
    client.open("build.lua");
    client.transcript();
    let before = client.request("textDocument/hover", client.at("build.lua", "run('make"));
    assert!(!before["contents"]["value"].as_str().unwrap().contains("Made"), "{before}");
    client.save("build.lua");
    let hover = |client: &mut Client, mark: &str| {
        let hover = client.request("textDocument/hover", client.at("build.lua", mark));
        let text = hover["contents"]["value"].as_str().unwrap().to_owned();
        text.split("\n---\n").nth(1).unwrap_or("nothing").trim().to_owned()
    };
    expect![[r#"
        Made 3 times

        **exec** `sha256:9f3db80d163e`

        ```text
        %0 = source docker-image://docker.io/library/alpine:latest  [linux/amd64]
        %1 = exec /bin/sh -c 'make 1'  [linux/amd64]
             cwd /src
             mount / bind %0 -> %1.0
        ```

        **exec** `sha256:54e0d4096506`

        ```text
        %1 = exec /bin/sh -c 'make 1'  [linux/amd64]
        %2 = exec /bin/sh -c 'make 2'  [linux/amd64]
             cwd /src
             mount / bind %1 -> %2.0
        ```

        **exec** `sha256:2fb3338da85b`

        ```text
        %2 = exec /bin/sh -c 'make 2'  [linux/amd64]
        %3 = exec /bin/sh -c 'make 3'  [linux/amd64]
             cwd /src
             mount / bind %2 -> %3.0
        ```"#]]
    .assert_eq(&hover(&mut client, "run('make"));
    expect![[r#"
        **source** `sha256:a7f9733e307d`

        ```text
        %0 = source docker-image://docker.io/library/alpine:latest  [linux/amd64]
        ```"#]]
    .assert_eq(&hover(&mut client, "base = bk"));
    // What lies in front moves the place; what is inside of it makes it unknown.
    client.edit("build.lua", "local base", "-- The base.\nlocal base");
    assert!(hover(&mut client, "run('make").starts_with("Made 3 times"));
    client.edit("build.lua", "make ", "make all ");
    assert_eq!(hover(&mut client, "run('make"), "nothing");
    assert!(hover(&mut client, "image('").starts_with("**source**"));
    client.transcript();
}

#[test]
fn hover_adds_the_values_that_names_had_in_the_last_run() {
    let mut client = Client::start(
        "local lib = require('lib')\nlocal ref = 'alpine:' .. lib.version(3)\nlocal plain = 'x'\nlocal s = bk.image(ref)\n\
         for _, cc in ipairs({ 'gcc', 'clang' }) do s = s:run(cc .. ' ' .. plain) end\nbk.export(s)\n\
         --- lib.lua\nlocal M = {}\nfunction M.version(major)\n  return major .. '.19'\nend\nreturn M\n",
    );
    client.open("build.lua");
    client.open("lib.lua");
    client.transcript();
    let values = |client: &mut Client, file: &str, mark: &str| {
        let hover = client.request("textDocument/hover", client.at(file, mark));
        let text = hover["contents"]["value"].as_str().unwrap_or("nothing").to_owned();
        text.split("\n---\n")
            .find(|part| part.contains("in the last run"))
            .unwrap_or("nothing")
            .trim()
            .to_owned()
    };
    assert_eq!(values(&mut client, "build.lua", "ref ="), "nothing", "it did not run yet");
    client.save("build.lua");
    expect![[r#"
        Value in the last run:

        ```lua
        "alpine:3.19"
        ```"#]]
    .assert_eq(&values(&mut client, "build.lua", "ref ="));
    assert_eq!(values(&mut client, "build.lua", "ref)"), values(&mut client, "build.lua", "ref ="));
    expect![[r#"
        Values in the last run:

        ```lua
        "gcc"
        "clang"
        ```"#]]
    .assert_eq(&values(&mut client, "build.lua", "cc .."));
    expect![[r#"
        Value in the last run:

        ```lua
        3
        ```"#]]
    .assert_eq(&values(&mut client, "lib.lua", "major .."));
    assert_eq!(values(&mut client, "build.lua", "plain ="), "nothing", "the text shows it");
    // A run that fails takes nothing away, and the text may move.
    client.edit("build.lua", "local lib", "-- The build.\nlocal lib");
    client.edit("build.lua", "bk.export(s)", "bk.export(t.x)");
    client.save("build.lua");
    assert!(values(&mut client, "build.lua", "ref)").contains("alpine:3.19"));
    client.edit("build.lua", "local ref", "local reference");
    assert_eq!(values(&mut client, "build.lua", "reference ="), "nothing", "another name");
    client.transcript();
}

#[test]
fn hover_on_an_image_shows_the_whole_reference() {
    let mut client = Client::start("local s = bk.image('alpine', { platform = 'linux/aarch64' })\n");
    client.open("build.lua");
    client.transcript();
    let hover = client.request("textDocument/hover", client.at("build.lua", "lpine"));
    assert!(hover["contents"]["value"].as_str().unwrap().contains("`docker.io/library/alpine:latest`"));
    let hover = client.request("textDocument/hover", client.at("build.lua", "aarch64"));
    assert!(hover["contents"]["value"].as_str().unwrap().contains("`linux/arm64`"));
}

#[test]
fn signature_help_explains_the_active_option() {
    let mut client = Client::start("local c = bk.cache('/c', { sharing =  })\n");
    client.open("build.lua");
    client.transcript();
    let help = client.request("textDocument/signatureHelp", client.at("build.lua", " })"));
    assert_eq!(help["activeParameter"], 1);
    let told = &help["signatures"][0]["parameters"][1]["documentation"]["value"];
    assert!(told.as_str().unwrap().contains("What happens when two commands use it"), "{told}");
}

#[test]
fn what_scripts_of_the_workspace_write_is_offered_also_where_they_are_not_open() {
    let fixture = "
--- build.lua
local s = bk.image('al')
bk.export(s)
--- web.build.lua
bk.export(bk.image('ghcr.io/acme/web:2'))
--- ci/build.lua
bk.export(bk.image('ghcr.io/acme/ci:1'):run('x', { user = 'ci' }))
";
    let mut client = Client::start(fixture);
    client.open("build.lua");
    client.transcript();
    let items = client.request("textDocument/completion", client.at("build.lua", "al'"));
    assert_eq!(item(&items, "ghcr.io/acme/web:2")["detail"], "in web.build.lua");
    assert_eq!(item(&items, "ghcr.io/acme/ci:1")["detail"], "in ci/build.lua");
}
