//! `bk.export`'s configuration, beside the definition: how it reaches an image when buildctl makes it.

use std::fs;

use expect_test::expect;
use serde_json::Value;

use super::project::Project;
use super::tree::Tree;

#[test]
fn the_configuration_reaches_the_image() {
    let project = Project::new(
        r#"
--- build.lua
bk.export(bk.image("alpine:3.19"):run("true"), {
  entrypoint = { "/bin/app", "--serve" }, user = "app", workdir = "/srv", expose = { "8080" }, labels = { a = "1" },
})
"#,
    );
    let file = project.result("config.json");
    let project = project.luakit(format!("--image-config-file={}", file.display()));
    // The definition, and with it config.json, is made before buildctl's options are needed.
    project.build();
    // A field of `--output` is one of CSV: quoted, with its quotes doubled.
    let config = fs::read_to_string(file).unwrap().trim().replace('"', "\"\"");
    let image = project.build_as(&format!("type=oci,\"containerimage.config={config}\"")).tree();

    let config = &image_config(&image)["config"];
    let keys = ["Entrypoint", "User", "WorkingDir", "ExposedPorts", "Labels"];
    let lines: String = keys.iter().map(|key| format!("{key} {}\n", config[key])).collect();
    expect![[r#"
        Entrypoint ["/bin/app","--serve"]
        User "app"
        WorkingDir "/srv"
        ExposedPorts {"8080/tcp":{}}
        Labels {"a":"1"}
    "#]]
    .assert_eq(&lines);
}

/// Follows an OCI layout from its index to the configuration.
fn image_config(layout: &Tree) -> Value {
    let json = |path: &str| serde_json::from_slice::<Value>(layout.file(path)).unwrap();
    let blob = |descriptor: &Value| {
        let digest = descriptor["digest"].as_str().unwrap();
        json(&format!("/blobs/{}", digest.replace(':', "/")))
    };
    let manifest = blob(&json("/index.json")["manifests"][0]);
    blob(&manifest["config"])
}
