//! `luakit api` and `luakit completions`.

use super::Folder;

#[test]
fn json_lists_every_function_with_its_options() {
    let output = Folder::new("").run(&["api"]);
    let api: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let names: Vec<_> =
        api["functions"].as_array().unwrap().iter().map(|f| f["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"image") && names.contains(&"run"), "{names:?}");
    let sharing =
        api["options"]["CacheOptions"]["fields"].as_array().unwrap().iter().find(|f| f["name"] == "sharing");
    assert_eq!(sharing.unwrap()["choices"], serde_json::json!(["shared", "private", "locked"]));
}

#[test]
fn the_committed_pages_are_what_the_program_prints() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for (format, page) in [("luals", "editors/luals/bk.lua"), ("markdown", "docs/reference.md")] {
        let printed = Folder::new("").run(&["api", "--format", format]).stdout;
        let committed = std::fs::read_to_string(root.join(page)).unwrap();
        assert!(committed.ends_with(&*String::from_utf8_lossy(&printed)), "{page} is stale");
    }
}

#[test]
fn shells_learn_the_commands() {
    let output = Folder::new("").run(&["completions", "bash"]);
    let script = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(script.contains("_luakit") && script.contains("--image-config-file"), "{script}");
}
