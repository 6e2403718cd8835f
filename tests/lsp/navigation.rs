//! Ways through a project, as they travel: from one file to another, open or not, and back as edits.

use crate::lsp::client::{position, show_range};
use crate::lsp::{Client, Setup};
use expect_test::{Expect, expect};
use serde_json::{Value, json};

const PROJECT: &str = "\
--- build.lua
local m = require('lib.m') -- 📦
local base = bk.image('alpine:3.19')
local function all() return m.make(base) end
print('😀', m.make(base), all())
bk.export(all())
--- web.build.lua
bk.target('web', require 'lib/m'.make(bk.scratch()))
--- lib/m.lua
local M = {}
-- make
function M.make(state)
  return state:run('make')
end
return M
";

/// A client that can do all that matters here.
fn able() -> Value {
    json!({
        "textDocument": {
            "definition": { "linkSupport": true },
            "rename": { "prepareSupport": true },
        },
        "workspace": { "workspaceEdit": { "documentChanges": true } },
    })
}

fn start(fixture: &str, capabilities: Value) -> Client {
    Client::with(fixture, Setup { capabilities, ..Setup::default() })
}

/// Shows each location of an answer with its file's name.
fn show(client: &Client, answer: &Value) -> String {
    let folder = format!("{}/", client.uri(""));
    let one = |it: &Value| {
        let (uri, range) = match it.get("targetUri") {
            Some(uri) => (uri, &it["targetSelectionRange"]),
            None => (&it["uri"], &it["range"]),
        };
        format!("{} {}\n", uri.as_str().unwrap().replace(&folder, ""), show_range(range))
    };
    answer.as_array().map_or_else(|| format!("{answer}\n"), |all| all.iter().map(one).collect())
}

/// Shows an edit of many files in the order of their names, however it came.
fn show_edit(client: &Client, edit: &Value) -> String {
    let folder = format!("{}/", client.uri(""));
    let mut files: Vec<String> = Vec::new();
    let edits = |edits: &Value| -> String {
        let all = edits.as_array().unwrap().iter();
        all.map(|it| format!(" {}={}", show_range(&it["range"]), it["newText"])).collect()
    };
    for change in edit["documentChanges"].as_array().into_iter().flatten() {
        let id = &change["textDocument"];
        let name = id["uri"].as_str().unwrap().replace(&folder, "");
        files.push(format!("{name} v{}:{}\n", id["version"], edits(&change["edits"])));
    }
    for (uri, changes) in edit["changes"].as_object().into_iter().flatten() {
        files.push(format!("{}:{}\n", uri.replace(&folder, ""), edits(changes)));
    }
    files.sort();
    files.concat()
}

fn check(client: &Client, answer: &Value, expected: Expect) {
    expected.assert_eq(&show(client, answer));
}

#[test]
fn a_definition_is_found_in_another_file_behind_an_emoji() {
    let mut client = start(PROJECT, able());
    client.open("build.lua");
    client.transcript();
    let answer = client.request("textDocument/definition", client.at("build.lua", "make(base), all"));
    check(
        &client,
        &answer,
        expect![[r#"
        lib/m.lua 3:12-3:16
    "#]],
    );
    assert_eq!(show_range(&answer[0]["originSelectionRange"]), "4:15-4:19");
    assert_eq!(show_range(&answer[0]["targetRange"]), "3:1-5:4");
    let answer = client.request("textDocument/definition", client.at("build.lua", "ib.m"));
    check(
        &client,
        &answer,
        expect![[r#"
        lib/m.lua 1:1-1:1
    "#]],
    );
    let answer = client.request("textDocument/typeDefinition", client.at("build.lua", "m = require"));
    check(
        &client,
        &answer,
        expect![[r#"
        lib/m.lua 1:11-1:12
    "#]],
    );
    assert_eq!(client.request("textDocument/definition", client.at("build.lua", "image(")), Value::Null);
}

#[test]
fn a_client_without_links_gets_locations() {
    let mut client = Client::start(PROJECT);
    client.open("build.lua");
    client.transcript();
    let answer = client.request("textDocument/definition", client.at("build.lua", "make(base) end"));
    check(
        &client,
        &answer,
        expect![[r#"
        lib/m.lua 3:12-3:16
    "#]],
    );
}

#[test]
fn references_are_found_from_a_module_that_is_open_alone() {
    let mut client = Client::start(PROJECT);
    client.open("lib/m.lua");
    client.transcript();
    let mut params = client.at("lib/m.lua", "make(state)");
    params["context"] = json!({ "includeDeclaration": true });
    let answer = client.request("textDocument/references", params.clone());
    check(
        &client,
        &answer,
        expect![[r#"
        build.lua 3:31-3:35
        build.lua 4:15-4:19
        web.build.lua 1:34-1:38
        lib/m.lua 3:12-3:16
    "#]],
    );
    params["context"] = json!({ "includeDeclaration": false });
    let answer = client.request("textDocument/references", params);
    assert_eq!(answer.as_array().unwrap().len(), 3);
}

#[test]
fn what_is_on_disk_is_read_anew_when_it_changes() {
    let mut client = Client::start(PROJECT);
    client.open("lib/m.lua");
    client.transcript();
    let mut params = client.at("lib/m.lua", "make(state)");
    params["context"] = json!({ "includeDeclaration": false });
    client.request("textDocument/references", params.clone());
    std::fs::write(client.path("web.build.lua"), "bk.target('x', bk.scratch())\n").unwrap();
    let answer = client.request("textDocument/references", params.clone());
    check(
        &client,
        &answer,
        expect![[r#"
        build.lua 3:31-3:35
        build.lua 4:15-4:19
    "#]],
    );
    // An unsaved buffer counts more than the file.
    client.open_with("web.build.lua", "local n = require('lib.m')\nn.make()\n");
    client.wait_for_findings("web.build.lua");
    client.transcript();
    let answer = client.request("textDocument/references", params);
    check(
        &client,
        &answer,
        expect![[r#"
        build.lua 3:31-3:35
        build.lua 4:15-4:19
        web.build.lua 2:3-2:7
    "#]],
    );
}

/// Opens a module alone and asks where its function is used.
fn used_in(fixture: &str, setup: Setup, also_open: &[&str]) -> String {
    let mut client = Client::with(fixture, setup);
    for name in also_open {
        client.open(name);
    }
    client.open("lib/m.lua");
    client.transcript();
    let mut params = client.at("lib/m.lua", "f()");
    params["context"] = json!({ "includeDeclaration": false });
    let answer = client.request("textDocument/references", params);
    show(&client, &answer)
}

const MODULE: &str = "--- lib/m.lua\nlocal M = {}\nfunction M.f() end\nreturn M\n";

#[test]
fn scripts_count_by_their_name_their_exports_and_the_project_s_file() {
    let use_it = "require('lib.m').f()\n";
    let fixture = format!(
        "--- release.lua\n{use_it}bk.export(bk.scratch())\n--- named.lua\n{use_it}\
         --- luakit.toml\nentries = [\"named.lua\"]\n--- neither.lua\n{use_it}\
         --- m_test.lua\n{use_it}--- node_modules/x/build.lua\n{use_it}{MODULE}"
    );
    expect![[r#"
        m_test.lua 1:18-1:19
        named.lua 1:18-1:19
        release.lua 1:18-1:19
    "#]]
    .assert_eq(&used_in(&fixture, Setup::default(), &[]));
}

#[test]
fn without_a_root_nothing_below_is_searched() {
    let fixture = format!("--- sub/deep/build.lua\nrequire('lib.m').f()\n--- other.lua\nprint(1)\n{MODULE}");
    assert_eq!(used_in(&fixture, Setup::default(), &[]), "");
    // No folder at all: what is open is known.
    let fixture = format!("--- build.lua\nrequire('lib.m').f()\n{MODULE}");
    let setup = || Setup { no_folder: true, ..Setup::default() };
    assert_eq!(used_in(&fixture, setup(), &[]), "");
    assert_eq!(used_in(&fixture, setup(), &["build.lua"]), "build.lua 1:18-1:19\n");
}

#[test]
fn highlights_tell_writes_from_reads() {
    let mut client = Client::start("local a = 1\r\na = a + 1\r\nprint('é😀', a)\r\n");
    client.open("build.lua");
    client.transcript();
    let answer = client.request("textDocument/documentHighlight", client.at("build.lua", ")\r\n"));
    let shown: Vec<String> = answer
        .as_array()
        .unwrap()
        .iter()
        .map(|it| format!("{} {}", show_range(&it["range"]), it["kind"]))
        .collect();
    assert_eq!(shown, ["1:7-1:8 3", "2:1-2:2 3", "2:5-2:6 2", "3:14-3:15 2"]);
}

#[test]
fn a_rename_edits_open_files_and_those_on_disk() {
    let mut client = start(PROJECT, able());
    client.open("build.lua");
    client.type_over("build.lua", "bk.export(", "bk.export(  ");
    client.wait_for_findings("build.lua");
    client.transcript();
    let mut params = client.at("build.lua", "make(base), all");
    let prepared = client.request("textDocument/prepareRename", params.clone());
    assert_eq!((&prepared["placeholder"], &*show_range(&prepared["range"])), (&json!("make"), "4:15-4:19"));
    params["newName"] = json!("build");
    let edit = client.request("textDocument/rename", params);
    expect![[r#"
        build.lua v2: 3:31-3:35="build" 4:15-4:19="build"
        lib/m.lua vnull: 3:12-3:16="build"
        web.build.lua vnull: 1:34-1:38="build"
    "#]]
    .assert_eq(&show_edit(&client, &edit));
}

#[test]
fn a_client_without_versions_gets_changes() {
    let mut client = Client::start("---@param a State\r\nlocal function f(a) return a end -- 😀\r\n");
    client.open("build.lua");
    client.transcript();
    let mut params = client.at("build.lua", "a end");
    params["newName"] = json!("state");
    let edit = client.request("textDocument/rename", params);
    expect![[r#"
        build.lua: 1:11-1:12="state" 2:18-2:19="state" 2:28-2:29="state"
    "#]]
    .assert_eq(&show_edit(&client, &edit));
}

#[test]
fn a_rename_that_would_break_something_is_refused() {
    let mut client = start(PROJECT, able());
    client.open("build.lua");
    client.transcript();
    let mut refused = |mark: &str, new: &str| {
        let mut params = client.at("build.lua", mark);
        params["newName"] = json!(new);
        let answer = client.request("textDocument/rename", params);
        format!("{} {}\n", answer["error"]["code"], answer["error"]["message"].as_str().unwrap_or("?"))
    };
    let mut shown = refused("all() return", "end");
    shown.push_str(&refused("all() return", ""));
    shown.push_str(&refused("all() return", "base"));
    shown.push_str(&refused("image(", "picture"));
    shown.push_str(&refused("print(", "say"));
    shown.push_str(&refused("m = require", "bk"));
    expect![[r#"
        -32602 `end` is a keyword
        -32602 the new name is empty
        -32803 `base` already means something else (line 3), declared at line 2
        -32803 `image` belongs to the `bk` API
        -32803 `print` belongs to Lua's library
        -32803 `bk` is the build API, which a variable of that name would hide
    "#]]
    .assert_eq(&shown);
    let answer = client.request("textDocument/prepareRename", client.at("build.lua", "image("));
    assert_eq!(answer["error"]["code"], -32803);
}

#[test]
fn documents_on_no_disk_are_renamed_as_well() {
    let mut client = Client::with("", Setup { capabilities: able(), no_folder: true, ..Setup::default() });
    client.open_with("untitled:Untitled-1", "local x = { y = 1 }\nprint(x.y)\n");
    client.wait_for_findings("untitled:Untitled-1");
    client.transcript();
    let mut params = client.at("untitled:Untitled-1", "y)");
    params["newName"] = json!("z");
    let edit = client.request("textDocument/rename", params);
    expect![[r#"
        untitled:Untitled-1 v1: 1:13-1:14="z" 2:9-2:10="z"
    "#]]
    .assert_eq(&show_edit(&client, &edit));
    let answer = client.request("textDocument/definition", client.at("untitled:Untitled-1", "x.y"));
    check(
        &client,
        &answer,
        expect![[r#"
        untitled:Untitled-1 1:7-1:8
    "#]],
    );
}

#[test]
fn a_script_without_a_workspace_finds_its_modules() {
    let mut client = Client::with(PROJECT, Setup { no_folder: true, ..Setup::default() });
    client.open("build.lua");
    client.transcript();
    let answer = client.request("textDocument/definition", client.at("build.lua", "make(base), all"));
    check(
        &client,
        &answer,
        expect![[r#"
        lib/m.lua 3:12-3:16
    "#]],
    );
    let mut params = client.at("build.lua", "make(base), all");
    params["context"] = json!({ "includeDeclaration": true });
    let answer = client.request("textDocument/references", params);
    check(
        &client,
        &answer,
        expect![[r#"
        build.lua 3:31-3:35
        build.lua 4:15-4:19
        web.build.lua 1:34-1:38
        lib/m.lua 3:12-3:16
    "#]],
    );
}

#[test]
fn files_of_one_name_in_two_folders_are_kept_apart() {
    let mut client = Client::spawn(
        "--- a/build.lua\nrequire('m').f() -- é\n--- a/m.lua\nreturn { f = function() end }\n\
         --- b c/build.lua\nlocal é = 1 require('m').f()\n--- b c/m.lua\nreturn { f = function() end }\n",
    );
    let folder = |client: &Client, name: &str| json!({ "uri": client.uri(name), "name": name });
    let folders = [folder(&client, "a"), folder(&client, "b c")];
    client.initialize(json!({
        "processId": null,
        "workspaceFolders": folders,
        "capabilities": { "general": { "positionEncodings": ["utf-8"] } },
    }));
    client.open("b c/m.lua");
    client.transcript();
    let mut params = client.at("b c/m.lua", "f =");
    params["context"] = json!({ "includeDeclaration": true });
    let answer = client.request("textDocument/references", params);
    check(
        &client,
        &answer,
        expect![[r#"
        b%20c/build.lua 1:27-1:28
        b%20c/m.lua 1:10-1:11
    "#]],
    );
}

#[test]
fn a_renamed_folder_takes_its_requires_along() {
    let mut client = start(PROJECT, able());
    client.open("build.lua");
    client.transcript();
    let rename = |client: &mut Client, from: &str, to: &str| {
        let files = json!([{ "oldUri": client.uri(from), "newUri": client.uri(to) }]);
        let edit = client.request("workspace/willRenameFiles", json!({ "files": files }));
        format!("{from} -> {to}\n{}", show_edit(client, &edit))
    };
    let mut shown = rename(&mut client, "lib", "tools");
    shown.push_str(&rename(&mut client, "lib/m.lua", "lib/deep/n.lua"));
    shown.push_str(&rename(&mut client, "other.lua", "another.lua"));
    expect![[r#"
        lib -> tools
        build.lua v1: 1:20-1:25="tools.m"
        web.build.lua vnull: 1:27-1:32="tools/m"
        lib/m.lua -> lib/deep/n.lua
        build.lua v1: 1:20-1:25="lib.deep.n"
        web.build.lua vnull: 1:27-1:32="lib/deep/n"
        other.lua -> another.lua
    "#]]
    .assert_eq(&shown);
    client.notify("workspace/didRenameFiles", json!({ "files": [] }));
}

#[test]
fn calls_at_the_top_level_are_those_of_the_script() {
    let mut client = Client::start(PROJECT);
    client.open("lib/m.lua");
    client.transcript();
    let items = client.request("textDocument/prepareCallHierarchy", client.at("lib/m.lua", "make(state)"));
    let name =
        |item: &Value| format!("{} {} {}", item["name"], item["kind"], show_range(&item["selectionRange"]));
    assert_eq!(name(&items[0]), "\"M.make\" 12 3:12-3:16");
    let calls = client.request("callHierarchy/incomingCalls", json!({ "item": items[0] }));
    let shown: String = calls
        .as_array()
        .unwrap()
        .iter()
        .map(|call| format!("{} at {}\n", name(&call["from"]), show_range(&call["fromRanges"][0])))
        .collect();
    expect![[r#"
        "build.lua" 1 1:1-1:1 at 4:15-4:19
        "all" 12 3:16-3:19 at 3:31-3:35
        "web.build.lua" 1 1:1-1:1 at 1:34-1:38
    "#]]
    .assert_eq(&shown);
    // The script is a file that is not open.
    let calls = client.request("callHierarchy/outgoingCalls", json!({ "item": calls[0]["from"] }));
    let shown: String = calls
        .as_array()
        .unwrap()
        .iter()
        .map(|call| format!("{} at {}\n", name(&call["to"]), show_range(&call["fromRanges"][0])))
        .collect();
    expect![[r#"
        "all" 12 3:16-3:19 at 4:27-4:30
        "M.make" 12 3:12-3:16 at 4:15-4:19
    "#]]
    .assert_eq(&shown);
}

#[test]
fn links_lead_to_files_and_registries() {
    let mut client = Client::start(PROJECT);
    client.open("build.lua");
    client.transcript();
    let params = json!({ "textDocument": { "uri": client.uri("build.lua") } });
    let links = client.request("textDocument/documentLink", params);
    let folder = format!("{}/", client.uri(""));
    let shown: String = links
        .as_array()
        .unwrap()
        .iter()
        .map(|link| {
            format!(
                "{} {}\n",
                show_range(&link["range"]),
                link["target"].as_str().unwrap().replace(&folder, "")
            )
        })
        .collect();
    expect![[r#"
        1:20-1:25 lib/m.lua
        2:24-2:35 https://hub.docker.com/_/alpine
    "#]]
    .assert_eq(&shown);
}

#[test]
fn symbols_are_found_in_the_whole_workspace() {
    let mut client = Client::start(PROJECT);
    let symbols = client.request("workspace/symbol", json!({ "query": "ma" }));
    let folder = format!("{}/", client.uri(""));
    let shown: String = symbols
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            let uri = it["location"]["uri"].as_str().unwrap().replace(&folder, "");
            format!("{} {} {uri} {}\n", it["name"], it["kind"], show_range(&it["location"]["range"]))
        })
        .collect();
    expect![[r#"
        "M.make" 12 lib/m.lua 3:12-3:16
    "#]]
    .assert_eq(&shown);
}

#[test]
fn each_position_of_a_broken_script_has_an_answer() {
    let text =
        "local M = {\nfunction M:go(\n  bk.image('a'):run(\nlocal x = M.\nfor i, é in ipairs(M[`{x`) do 😀\n";
    let mut client = start(text, able());
    client.open("build.lua");
    client.transcript();
    for (offset, _) in text.char_indices() {
        let mut params = json!({
            "textDocument": { "uri": client.uri("build.lua") },
            "position": position(text, offset),
            "context": { "includeDeclaration": true },
        });
        for method in [
            "textDocument/definition",
            "textDocument/typeDefinition",
            "textDocument/references",
            "textDocument/documentHighlight",
            "textDocument/prepareRename",
            "textDocument/prepareCallHierarchy",
        ] {
            let answer = client.request(method, params.clone());
            let code = &answer["error"]["code"];
            assert!(code.is_null() || *code == -32803, "{method} at {offset}: {answer}");
        }
        params["newName"] = json!("other");
        client.request("textDocument/rename", params);
    }
}

#[test]
fn the_library_that_luakit_brings_along_is_a_place_to_go_to_and_nobody_s_to_edit() {
    let script =
        "local go = require('prelude.go')\nlocal all = require('prelude')\nbk.export(go.go_build(all))\n";
    let mut client = start(script, able());
    client.open("build.lua");
    client.transcript();
    let mut targets = Vec::new();
    for mark in ["prelude.go", "go_build(", "prelude')"] {
        let params = client.at("build.lua", mark);
        let found = client.request("textDocument/definition", params);
        let uri = found[0]["targetUri"].as_str().unwrap().to_owned();
        let path = uri.strip_prefix("file://").unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let line = found[0]["targetSelectionRange"]["start"]["line"].as_u64().unwrap();
        let name = path.rsplit_once("luakit/library-").unwrap().1.split_once('/').unwrap().1.to_owned();
        targets.push(format!("{name}:{}: {}\n", line + 1, text.lines().nth(line as usize).unwrap()));
        assert!(std::fs::metadata(&path).unwrap().permissions().readonly());
        targets.push(uri);
    }
    let shown: String = targets.iter().step_by(2).cloned().collect();
    expect![[r#"
        prelude/go.lua:1: -- Programs in Go.
        prelude/go.lua:96: function M.go_build(builder, src, opts)
        prelude.lua:1: -- What `require("prelude")` gives: helpers for the builds that most projects have, written with `bk` alone.
    "#]].assert_eq(&shown);
    let links = client.request("textDocument/documentLink", client.at("build.lua", "go.go_"));
    assert_eq!(links[0]["target"], targets[1]);

    // As an editor opens it that goes there.
    let uri = targets[3].clone();
    let text = std::fs::read_to_string(uri.strip_prefix("file://").unwrap()).unwrap();
    let name = uri.strip_prefix(&format!("{}/", client.uri(""))).unwrap().to_owned();
    client.open_with(&name, &(text + "local unused = bk.nothing()\n"));
    expect![[r#""#]].assert_eq(&client.transcript());
    let mut params = client.at(&name, "go_build(builder");
    let told = client.request("textDocument/hover", params.clone());
    assert!(told["contents"]["value"].as_str().unwrap().contains("go_build"), "{told}");
    params["newName"] = json!("made");
    let refused = client.request("textDocument/rename", params.clone());
    assert_eq!(refused["error"]["message"], "this file belongs to luakit's library", "{refused}");
    params["options"] = json!({ "tabSize": 2, "insertSpaces": true });
    assert!(client.request("textDocument/formatting", params.clone()).is_null());
    // From there, the uses in the project are found.
    params["context"] = json!({ "includeDeclaration": false });
    let found = client.request("textDocument/references", params);
    assert_eq!(show(&client, &found), "build.lua 3:14-3:22\n");
    client.transcript();
}
