//! Outline, folds, selections, colours, code actions and formatting, as they travel.

use crate::lsp::client::show_range;
use crate::lsp::{Client, Setup};
use expect_test::{Expect, expect};
use serde_json::{Value, json};

const SCRIPT: &str = "
local app = bk.image('alpine')
  :run('make')
bk.target('app', app, {
  user = 'é',
})
";

fn opened(text: &str, capabilities: Value) -> Client {
    let mut client = Client::with(text, Setup { capabilities, ..Setup::default() });
    client.open("build.lua");
    client.transcript();
    client
}

/// The parameters of a question about the whole document.
fn document(client: &Client) -> Value {
    json!({ "textDocument": { "uri": client.uri("build.lua") } })
}

#[test]
fn an_outline_is_a_tree_for_those_who_know_trees() {
    let tree = json!({ "textDocument": { "documentSymbol": { "hierarchicalDocumentSymbolSupport": true } } });
    let mut client = opened(SCRIPT, tree);
    let symbols = client.request("textDocument/documentSymbol", document(&client));
    let show = |it: &Value| {
        format!(
            "{} {} {} {}",
            it["name"],
            it["detail"],
            show_range(&it["range"]),
            show_range(&it["selectionRange"])
        )
    };
    let shown: Vec<String> = symbols.as_array().unwrap().iter().map(show).collect();
    assert_eq!(
        shown,
        [
            "\"app\" \"State · run\" 1:1-2:15 1:7-1:10",
            "\"bk.target(\\\"app\\\")\" \"State · run\" 3:1-5:3 3:1-3:10"
        ]
    );
    let mut client = opened("local function f() local s = bk.scratch() end\n", json!({}));
    let symbols = client.request("textDocument/documentSymbol", document(&client));
    assert_eq!(symbols[1]["name"], "s");
    assert_eq!(symbols[1]["containerName"], "f");
    assert_eq!(show_range(&symbols[1]["location"]["range"]), "1:20-1:42");
}

#[test]
fn folds_are_lines_or_characters_as_the_client_has_it() {
    let lines = json!({ "textDocument": { "foldingRange": { "lineFoldingOnly": true, "rangeLimit": 1 } } });
    let mut client = opened(SCRIPT, lines);
    let folds = client.request("textDocument/foldingRange", document(&client));
    assert_eq!(folds, json!([{ "startLine": 0, "endLine": 1 }]));
    let mut client = opened(SCRIPT, json!({}));
    let folds = client.request("textDocument/foldingRange", document(&client));
    assert_eq!(folds[1], json!({ "startLine": 2, "startCharacter": 23, "endLine": 4, "endCharacter": 0 }));
}

#[test]
fn each_cursor_gets_its_own_selection() {
    let mut client = opened(SCRIPT, json!({}));
    let positions =
        [client.at("build.lua", "make")["position"].clone(), json!({ "line": 99, "character": 9 })];
    let mut params = document(&client);
    params["positions"] = json!(positions);
    let answers = client.request("textDocument/selectionRange", params);
    let mut shown = String::new();
    for answer in answers.as_array().unwrap() {
        let mut range = answer;
        while range.is_object() {
            shown.push_str(&format!("{} ", show_range(&range["range"])));
            range = &range["parent"];
        }
        shown.push('\n');
    }
    expect![[r#"
        2:9-2:13 2:8-2:14 2:7-2:15 2:4-2:15 2:3-2:15 1:13-2:15 1:1-2:15 1:1-5:3 1:1-6:1 
        1:1-6:1 
    "#]]
    .assert_eq(&shown);
}

#[test]
fn the_colours_after_an_edit_are_those_before_with_the_difference() {
    let mut client = opened(SCRIPT, json!({}));
    let full = client.request("textDocument/semanticTokens/full", document(&client));
    let mut data: Vec<Value> = full["data"].as_array().unwrap().clone();
    client.edit("build.lua", "local app", "local e --[[é]] = app\nlocal app");
    client.transcript();
    let mut params = document(&client);
    params["previousResultId"] = full["resultId"].clone();
    let delta = client.request("textDocument/semanticTokens/full/delta", params.clone());
    for edit in delta["edits"].as_array().unwrap() {
        let start = edit["start"].as_u64().unwrap() as usize;
        let end = start + edit["deleteCount"].as_u64().unwrap() as usize;
        data.splice(start..end, edit["data"].as_array().unwrap().clone());
    }
    let again = client.request("textDocument/semanticTokens/full", document(&client));
    assert_eq!(json!(data), again["data"]);
    params["previousResultId"] = json!("never given");
    let whole = client.request("textDocument/semanticTokens/full/delta", params.clone());
    assert_eq!(whole["data"], again["data"], "who names no answer gets all");
    params["range"] = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 1, "character": 0 } });
    let part = client.request("textDocument/semanticTokens/range", params);
    assert_eq!(part["data"].as_array().unwrap().len(), 10, "two names stand in the first line");
}

const LITERALS: &str = r#"{ "textDocument": { "codeAction": { "isPreferredSupport": true,
    "codeActionLiteralSupport": { "codeActionKind": { "valueSet": ["quickfix", "source"] } } } } }"#;

/// Asks for the actions at a mark, and shows what each would make of the line it changes.
fn check_actions(client: &mut Client, mark: &str, context: Value, expected: &Expect) {
    let mut params = client.at("build.lua", mark);
    params["range"] = json!({ "start": params["position"], "end": params["position"] });
    params["context"] = context;
    let actions = client.request("textDocument/codeAction", params);
    let mut shown = String::new();
    for action in actions.as_array().unwrap() {
        let edit = if action["edit"].is_object() { &action["edit"] } else { &action["arguments"][0] };
        let kind = action["kind"].as_str().or(action["command"].as_str()).unwrap();
        let preferred = if action["isPreferred"] == true { " (preferred)" } else { "" };
        shown.push_str(&format!("{kind}: {}{preferred}\n", action["title"].as_str().unwrap()));
        for edit in edit["changes"][client.uri("build.lua")].as_array().unwrap() {
            shown.push_str(&format!("  {} {}\n", show_range(&edit["range"]), edit["newText"]));
        }
    }
    expected.assert_eq(&shown);
}

#[test]
fn a_discarded_state_is_assigned_or_ignored() {
    let mut client = opened(
        "local s = bk.image('x')\ns:run('y')\nbk.export(s)\n",
        serde_json::from_str(LITERALS).unwrap(),
    );
    check_actions(
        &mut client,
        "run",
        json!({ "diagnostics": [] }),
        &expect![[r#"
        quickfix: Assign it to `s`
          2:1-2:1 "s = "
        quickfix: Assign it to a new local `run`
          2:1-2:1 "local run = "
        quickfix: Ignore `unused-state` on this line
          2:11-2:11 " -- luakit: ignore[unused-state]"
    "#]],
    );
    check_actions(&mut client, "run", json!({ "diagnostics": [], "only": ["refactor"] }), &expect![[r#""#]]);
}

#[test]
fn what_a_script_ends_with_is_exported() {
    let mut client = opened("bk.image('x'):run('y')\n", serde_json::from_str(LITERALS).unwrap());
    check_actions(
        &mut client,
        "run",
        json!({ "diagnostics": [] }),
        &expect![[r#"
        quickfix: Export the last state
          1:1-1:1 "bk.export("
          1:23-1:23 ")"
        quickfix: Assign it to a new local `run`
          1:1-1:1 "local run = "
        quickfix: Ignore `missing-export` on this line
          1:23-1:23 " -- luakit: ignore[missing-export]"
        quickfix: Ignore `unused-state` on this line
          1:23-1:23 " -- luakit: ignore[unused-state]"
    "#]],
    );
}

#[test]
fn settings_change_what_is_hinted() {
    let refresh = json!({ "workspace": { "inlayHint": { "refreshSupport": true } } });
    let mut client = opened("local s = bk.image('x')\nbk.export(s:copy(s, '/a', '/b'))\n", refresh);
    let settings = json!({ "inlayHints": { "types": true, "parameterNames": false } });
    client.notify("workspace/didChangeConfiguration", json!({ "settings": { "luakit": settings } }));
    client.wait("a refresh", |message| message["method"] == "workspace/inlayHint/refresh");
    client.transcript();
    let mut params = document(&client);
    params["range"] = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 2, "character": 0 } });
    let hints = client.request("textDocument/inlayHint", params);
    let labels: Vec<_> =
        hints.as_array().unwrap().iter().map(|hint| hint["label"].as_str().unwrap()).collect();
    assert_eq!(labels, [": State"]);
}

#[test]
fn all_safe_fixes_are_applied_at_once() {
    let text = "local s = bk.imgae('x'):runn('y')\nbk.export(s:mkdir('/d', { mode = 0755 }), 1)\nfoo()\n";
    let mut client = opened(text, serde_json::from_str(LITERALS).unwrap());
    let only = json!({ "diagnostics": [], "only": ["source.fixAll"] });
    check_actions(
        &mut client,
        "foo",
        only,
        &expect![[r#"
        source.fixAll.luakit: Fix all that luakit can fix
          1:14-1:19 "image"
          1:25-1:29 "run"
          2:34-2:38 "\"0755\""
    "#]],
    );
}

#[test]
fn a_client_that_knows_commands_only_gets_commands() {
    let mut client = opened(
        "bk.export(bk.imgae('alpine'))\n",
        json!({ "workspace": { "applyEdit": true }, "window": { "showDocument": { "support": true } } }),
    );
    check_actions(
        &mut client,
        "imgae",
        json!({ "diagnostics": [] }),
        &expect![[r#"
        luakit.applyEdit: Write `image`
          1:14-1:19 "image"
        luakit.applyEdit: Ignore `unknown-function` on this line
          1:30-1:30 " -- luakit: ignore[unknown-function]"
    "#]],
    );
    let uri = client.uri("build.lua");
    let edit = json!({ "changes": { uri: [] } });
    client.request("workspace/executeCommand", json!({ "command": "luakit.applyEdit", "arguments": [edit] }));
    client.wait("the edit", |message| message["method"] == "workspace/applyEdit");
    // The client of the tests answers nothing.
    client.wait("a warning", |message| message["method"] == "window/logMessage");
    client.transcript();
}

#[test]
fn a_graph_is_shown_as_a_file_to_clients_without_commands() {
    let mut client =
        opened("bk.export(bk.image('x'))\n", json!({ "window": { "showDocument": { "support": true } } }));
    let params = json!({ "command": "luakit.showLlb", "arguments": [client.uri("build.lua")] });
    let text = client.request("workspace/executeCommand", params);
    let shown = client.wait("the file", |message| message["method"] == "window/showDocument");
    assert_eq!(shown["params"]["uri"], client.uri(".luakit/build.lua.llb"));
    assert_eq!(json!(std::fs::read_to_string(client.path(".luakit/build.lua.llb")).unwrap()), text);
    assert!(text.as_str().unwrap().contains("docker-image://docker.io/library/x"), "{text}");
    client.transcript();
    let unknown = client.request("workspace/executeCommand", json!({ "command": "rm", "arguments": ["x"] }));
    assert_eq!(unknown["error"]["code"], -32602);
}

#[test]
fn the_lens_of_a_target_shows_that_target() {
    let mut client = opened(
        "local base = bk.image('x')\nbk.export(base)\nbk.target('app', base:run('make'))\n",
        json!({ "window": { "showDocument": { "support": true } } }),
    );
    let lenses = client.request("textDocument/codeLens", document(&client));
    let lenses = lenses.as_array().unwrap().iter().filter(|lens| lens["command"]["title"] == "LLB");
    let mut shown = String::new();
    for lens in lenses {
        let text = client.request("workspace/executeCommand", lens["command"].clone());
        let file = client.wait("the file", |message| message["method"] == "window/showDocument");
        let name = file["params"]["uri"].as_str().unwrap().replace(&client.uri(""), "");
        shown += &format!("{name}\n{}", text.as_str().unwrap());
    }
    expect![[r#"
        /.luakit/build.lua.llb
        %0 = source docker-image://docker.io/library/x:latest  [linux/amd64]
        return %0
        /.luakit/build.lua.app.llb
        %0 = source docker-image://docker.io/library/x:latest  [linux/amd64]
        %1 = exec /bin/sh -c make  [linux/amd64]
             mount / bind %0 -> %1.0
        return %1
    "#]]
    .assert_eq(&shown);
    client.transcript();
}

/// Asks for a document to be formatted, and shows the edits.
fn format(client: &mut Client, method: &str, mut params: Value) -> String {
    params["options"] = json!({ "tabSize": 2, "insertSpaces": true });
    let edits = client.request(method, params);
    if edits.is_null() {
        return "null".into();
    }
    let show = |edit: &Value| format!("{} {}\n", show_range(&edit["range"]), edit["newText"]);
    edits.as_array().unwrap().iter().map(show).collect()
}

#[test]
fn formatting_takes_the_style_of_the_project_before_that_of_the_editor() {
    let text = "# syntax=luakit\nlocal é = 1\nif a then\nb()\nend\nlocal  c=2\n";
    let mut client = opened(&text.replace("é", "e --[[é]]"), json!({}));
    let params = document(&client);
    expect![[r#"
        4:1-4:1 "  "
        6:7-6:10 "c = "
    "#]]
    .assert_eq(&format(&mut client, "textDocument/formatting", params.clone()));
    std::fs::write(client.path(".editorconfig"), "root = true\n[*.lua]\nindent_style = tab\n").unwrap();
    expect![[r#"
        4:1-4:1 "\t"
        6:7-6:10 "c = "
    "#]]
    .assert_eq(&format(&mut client, "textDocument/formatting", params.clone()));
    let mut range = params.clone();
    let at = client.at("build.lua", "c=2")["position"].clone();
    range["range"] = json!({ "start": at, "end": at });
    expect![[r#"
        6:7-6:10 "c = "
    "#]]
    .assert_eq(&format(&mut client, "textDocument/rangeFormatting", range));
    client.edit("build.lua", "b()", "b(");
    assert_eq!(format(&mut client, "textDocument/formatting", params.clone()), "null");
    std::fs::write(client.path("stylua.toml"), "indent = 1\n").unwrap();
    client.edit("build.lua", "b(", "b()");
    assert_eq!(format(&mut client, "textDocument/formatting", params), "null");
    let log = client.wait("why", |message| message["method"] == "window/logMessage");
    assert!(log["params"]["message"].as_str().unwrap().contains("stylua.toml:1:1: "), "{log}");
    client.transcript();
}

#[test]
fn what_styluaignore_names_is_not_formatted_and_its_changes_count_at_once() {
    let mut client = opened("local  a=1\n", json!({}));
    let params = document(&client);
    let rules = client.path(".styluaignore");
    for (content, formatted) in [("build.*\n", "null"), ("!build.lua\n", "1:7-1:10 \"a = \"\n")] {
        std::fs::write(&rules, content).unwrap();
        assert_eq!(format(&mut client, "textDocument/formatting", params.clone()), formatted, "{content}");
        let mut range = params.clone();
        range["range"] =
            json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 3 } });
        assert_eq!(format(&mut client, "textDocument/rangeFormatting", range), formatted, "{content}");
    }
    client.transcript();
}

const COUNTED: &str = "
local base = bk.image('x')
for i = 1, 3 do
  base = base:run('step ' .. i)
  print('step', i)
end
bk.export(base:copy(base, '/a', '/b'))
";

#[test]
fn hints_show_what_a_run_counted_and_move_with_the_text() {
    let refresh = json!({ "workspace": { "inlayHint": { "refreshSupport": true } } });
    let mut client = opened(COUNTED, refresh);
    client.save("build.lua");
    client.wait("a refresh", |message| message["method"] == "workspace/inlayHint/refresh");
    client.edit("build.lua", "local base", "-- new\nlocal base");
    client.transcript();
    let mut params = document(&client);
    params["range"] = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 9, "character": 0 } });
    let hints = client.request("textDocument/inlayHint", params);
    let show = |hint: &Value| {
        let at = json!({ "start": hint["position"], "end": hint["position"] });
        format!("{} {}\n", show_range(&at), hint["label"].as_str().unwrap())
    };
    let shown: String = hints.as_array().unwrap().iter().map(show).collect();
    expect![[r#"
        7:21-7:21 from:
        7:27-7:27 src:
        7:33-7:33 dest:
        5:19-5:19 → step 3 (3 times)
        4:32-4:32 made 3 times
    "#]]
    .assert_eq(&shown);
}

#[test]
fn hints_count_what_a_call_makes_itself_and_tell_it_once() {
    let options = json!({ "inlayHints": { "parameterNames": false } });
    let mut client = Client::with(
        r#"
--- build.lua
local prelude = require("prelude")
local app = prelude.go_binary_app("1.22-alpine", bk.local_("context"), { main = "." })
bk.export(require("lib.tools").twice(app))
--- other.build.lua
bk.export(require("lib.tools").twice(bk.image("alpine")))
--- lib/tools.lua
local M = {}
function M.twice(base)
  for i = 1, 2 do base = base:run("step " .. i) end
  return base
end
return M
"#,
        Setup { options, ..Setup::default() },
    );
    for name in ["build.lua", "other.build.lua"] {
        client.open(name);
        client.save(name);
    }
    client.open("lib/tools.lua");
    client.transcript();
    let mut shown = String::new();
    for name in ["build.lua", "lib/tools.lua"] {
        let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 9, "character": 0 } });
        let params = json!({ "textDocument": { "uri": client.uri(name) }, "range": range });
        let hints = client.request("textDocument/inlayHint", params);
        let labels = hints.as_array().unwrap().iter().map(|hint| hint["label"].as_str().unwrap());
        shown += &format!("{name}: {}\n", labels.collect::<Vec<_>>().join(", "));
    }
    expect![[r#"
        build.lua: 
        lib/tools.lua: made 2 times
    "#]]
    .assert_eq(&shown);
    client.transcript();
}

#[test]
fn lenses_offer_what_the_client_or_the_server_can_do() {
    let options = json!({ "commands": ["luakit.build"], "codeLens": { "references": true } });
    let text = COUNTED.replace("\nlocal base", "\nlocal function f() end\nf()\nlocal base");
    let mut client = Client::with(&text, Setup { options, ..Setup::default() });
    client.open("build.lua");
    client.save("build.lua");
    client.transcript();
    let lenses = client.request("textDocument/codeLens", document(&client));
    let mut shown = String::new();
    for lens in lenses.as_array().unwrap() {
        let lens = match lens["command"].is_object() {
            true => lens.clone(),
            false => client.request("codeLens/resolve", lens.clone()),
        };
        let command = &lens["command"];
        let target = &command["arguments"][0];
        shown.push_str(&format!(
            "{} {} {} {}\n",
            show_range(&lens["range"]),
            command["title"].as_str().unwrap(),
            command["command"],
            if target["uri"] == client.uri("build.lua") { &target["target"] } else { target },
        ));
    }
    expect![[r#"
        8:1-8:10 Build "luakit.build" null
        8:1-8:10 Graph "luakit.showGraph" null
        8:1-8:10 LLB · 5 ops "luakit.showLlb" null
        1:16-1:17 1 reference "" null
    "#]]
    .assert_eq(&shown);
}

#[test]
fn references_of_a_module_s_functions_are_counted_in_all_files() {
    let fixture = "
--- build.lua
local m = require('lib.m')
m.make()
--- other.build.lua
local make = require('lib.m').make
make(make)
--- lib/m.lua
local M = {}
function M.make() return M.make() end
M.rest = function() end
return M
";
    let options = json!({ "codeLens": { "references": true } });
    let mut client = Client::with(fixture, Setup { options, ..Setup::default() });
    client.open("lib/m.lua");
    client.transcript();
    let params = json!({ "textDocument": { "uri": client.uri("lib/m.lua") } });
    let lenses = client.request("textDocument/codeLens", params);
    let mut shown = String::new();
    for lens in lenses.as_array().unwrap() {
        let lens = client.request("codeLens/resolve", lens.clone());
        let title = lens["command"]["title"].as_str().unwrap();
        shown.push_str(&format!("{} {title}\n", show_range(&lens["range"])));
    }
    expect![[r#"
        2:12-2:16 3 references
        3:3-3:7 0 references
    "#]]
    .assert_eq(&shown);
}

#[test]
fn a_new_line_after_then_brings_the_end() {
    let mut client = opened("if a then\n  \nx()\n", json!({}));
    let mut params = client.at("build.lua", "\nx");
    params["ch"] = json!("\n");
    expect!["3:1-3:1 \"end\\n\"\n"].assert_eq(&format(&mut client, "textDocument/onTypeFormatting", params));
}
