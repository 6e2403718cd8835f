//! `luakit check --format sarif` against the schema of SARIF 2.1.0.

use super::Folder;
use luakit_testkit::tools;
use std::path::Path;
use std::process::Command;

#[test]
fn sarif_is_what_its_schema_says() {
    let folder = Folder::new(
        "--- build.lua\nlocal s = bk.imgae(\"é\")\nlocal function f(x) return x:run(\"x\", { netwrok = 1 }) end\n\
         s:mkdir(\"/x\", { mode = 0755 })\nf(bk.image(\"a\"))\n",
    );
    let output = folder.run(&["check", "--format", "sarif"]);
    assert_eq!(output.status.code(), Some(1));
    let log: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(log["runs"][0]["results"].as_array().unwrap().len() > 1, "{log:#}");
    std::fs::write(folder.path().join("log.sarif"), &output.stdout).unwrap();
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/data/sarif-schema-2.1.0.json");
    let script = "import json, sys, jsonschema\n\
                  schema, log = (json.load(open(path)) for path in sys.argv[1:])\n\
                  jsonschema.Draft7Validator(schema).validate(log)\n";
    let python = tools::python().unwrap();
    let validated =
        Command::new(python).args(["-c", script]).arg(schema).arg(folder.path().join("log.sarif")).output();
    let validated = validated.unwrap();
    assert!(validated.status.success(), "{}", String::from_utf8_lossy(&validated.stderr));
}
