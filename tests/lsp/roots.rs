//! Projects in an editor: several roots, each with its luakit.toml, and documents that belong to none.

use crate::lsp::client::show_range;
use crate::lsp::{Client, Setup, check};
use expect_test::expect;
use serde_json::json;

const TWO: &str = r#"
--- one/luakit.toml
[args]
REF = "alpine"
[rules]
octal-mode = "error"
--- one/build.lua
bk.export(bk.image(os.getenv("REF") or ""):mkdir("/d", { mode = 755 }))
--- two/luakit.toml
entries = ["image.lua"]
platforms = ["linux/arm64", "linux/amd64"]
[rules]
octal-mode = "off"
--- two/image.lua
local export = bk.export
export(bk.image(os.getenv("REF") or ""):mkdir("/d", { mode = 755 }))
"#;

fn with_two_roots() -> Client {
    let mut client = Client::spawn(TWO);
    let folder = |name: &str| json!({ "uri": client.uri(name), "name": name });
    let folders = json!([folder("one"), folder("two")]);
    client.initialize(json!({
        "processId": null, "rootUri": null, "workspaceFolders": folders, "capabilities": {},
        "initializationOptions": { "args": { "REF": "busybox" } },
    }));
    client
}

#[test]
fn each_root_has_its_own_rules_arguments_and_entries() {
    let mut client = with_two_roots();
    for name in ["one/build.lua", "two/image.lua"] {
        client.open(name);
        client.save(name);
    }
    check(
        &mut client,
        expect![[r#"
            findings of one/build.lua v1:
              1:65-1:68 error octal-mode: bk.mkdir: mode 755 is taken as "0755"; Lua numbers are decimal, write a string
            findings of one/build.lua v1:
              1:65-1:68 error octal-mode: bk.mkdir: mode 755 is taken as "0755"; Lua numbers are decimal, write a string
            one/build.lua ended error: build.lua:1:65: bk.mkdir: mode 755 is taken as "0755"; Lua numbers are decimal, write a string
            findings of two/image.lua v1: none
            findings of two/image.lua v1: none
            two/image.lua ended ok: 2 ops
        "#]],
    );
    let mut llb = |name: &str| {
        let text = client.request("luakit/llb", json!({ "uri": client.uri(name) }));
        text.as_str().and_then(|text| text.lines().next()).unwrap_or("none").to_owned()
    };
    // The project's argument wins over the editor's.
    expect!["%0 = source docker-image://docker.io/library/alpine:latest  [linux/amd64]"]
        .assert_eq(&llb("one/build.lua"));
    expect!["%0 = source docker-image://docker.io/library/busybox:latest  [linux/arm64]"]
        .assert_eq(&llb("two/image.lua"));
}

#[test]
fn a_root_that_is_added_names_its_files() {
    let mut client = Client::spawn("--- in/sub/build.lua\nbk.imgae('x')\n");
    client.initialize(json!({ "processId": null, "rootUri": null, "capabilities": {} }));
    let added = json!([{ "uri": client.uri("in"), "name": "in" }]);
    client.open("in/sub/build.lua");
    client
        .notify("workspace/didChangeWorkspaceFolders", json!({ "event": { "added": added, "removed": [] } }));
    client.save("in/sub/build.lua");
    let told = client.transcript();
    assert!(told.contains("error: sub/build.lua:1:4: unknown function"), "{told}");
}

#[test]
fn a_changed_luakit_toml_counts_at_once_and_its_mistakes_are_shown_in_it() {
    let mut client = Client::start(
        "--- build.lua\nbk.export(bk.image(os.getenv('REF') or ''))\n--- luakit.toml\n[args]\nREF = \"alpine\"\n",
    );
    client.open("build.lua");
    client.save("build.lua");
    client.transcript();
    let mut write = |text: &str| {
        std::fs::write(client.path("luakit.toml"), text).unwrap();
        let change = json!({ "uri": client.uri("luakit.toml"), "type": 2 });
        client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [change] }));
        client.wait_for_findings("build.lua");
        client.wait_for_status("build.lua");
    };
    write("[arsg]\nREF = \"alpine\"\n");
    write("[args\n");
    write("[args]\nREF = \"busybox\"\n");
    check(
        &mut client,
        expect![[r#"
        findings of build.lua v1:
          1:20-1:42 error invalid-value: bk.image: identifier must not be empty
        findings of luakit.toml:
          1:2-1:6 warning unknown-setting: unknown key `arsg` in luakit.toml, did you mean `args`?
        build.lua ended error: build.lua:1:20: bk.image: identifier must not be empty
        findings of build.lua v1:
          1:20-1:42 error invalid-value: bk.image: identifier must not be empty
        findings of luakit.toml:
          1:1-1:6 error invalid-setting: invalid TOML: unclosed table, expected `]`
            hint: as long as it is like this, none of it counts
        build.lua ended error: build.lua:1:20: bk.image: identifier must not be empty
        findings of build.lua v1: none
        findings of luakit.toml: none
        build.lua ended ok: 1 op
    "#]],
    );
}

#[test]
fn every_platform_of_the_project_is_looked_at() {
    let mut client = Client::start(
        "--- luakit.toml\nplatforms = [\"linux/amd64\", \"linux/arm64\"]\n\
         --- build.lua\nlocal arch = bk.target_platform.arch\n\
         bk.export(bk.image(arch == 'arm64' and '' or 'alpine'))\n",
    );
    client.open("build.lua");
    client.save("build.lua");
    check(
        &mut client,
        expect![[r#"
            findings of build.lua v1: none
            findings of build.lua v1:
              2:20-2:54 error invalid-value: bk.image: identifier must not be empty
            build.lua ended error: build.lua:2:20: bk.image: identifier must not be empty
        "#]],
    );
}

#[test]
fn an_unsaved_document_has_all_that_needs_no_folder() {
    let mut client = Client::start("");
    let name = "untitled:Untitled-1";
    client.open_with(name, "local s = bk.image('alpine')\nbk.export(s:run('true'))\n");
    client.wait_for_findings(name);
    client.save_only(name);
    client.wait_for_status(name);
    let graph = client.request("luakit/graph", json!({ "uri": name }));
    assert_eq!(show_range(&graph["ops"][1]["ranges"][0]["range"]), "2:13-2:24");
    client.edit(name, "'true'", "require('x')");
    client.save_only(name);
    assert_eq!(client.wait_for_status(name)["state"], "error");
    client.transcript();
}

#[test]
fn a_loose_file_is_served_without_a_workspace() {
    let mut client = Client::with(
        "--- build.lua\nbk.export(bk.image(require('ref')))\n--- ref.lua\nreturn 'alpine'\n",
        Setup { no_folder: true, ..Setup::default() },
    );
    client.open("ref.lua");
    client.save_only("ref.lua");
    client.wait_for_status("build.lua");
    check(
        &mut client,
        expect![[r#"
        findings of ref.lua v1: none
        build.lua ended ok: 1 op
    "#]],
    );
}
