//! `bk.export`'s configuration, beside the definition: how it reaches an image when buildctl makes it.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;

use expect_test::expect;
use serde_json::Value;

use super::project::{Project, daemon};
use super::tree::Tree;

const SERVICE: &str = r#"
--- build.lua
bk.export(bk.image("alpine:3.19"):run("true"), {
  entrypoint = { "/bin/app", "--serve" }, cmd = { "a b", "\"quoted\"" }, env = { MODE = "live", PATH = "/bin" },
  user = "app", workdir = "/srv", expose = { "8080" }, labels = { a = "1" },
})
"#;

const KEYS: [&str; 7] = ["Entrypoint", "Cmd", "Env", "User", "WorkingDir", "ExposedPorts", "Labels"];

/// The project, and the field of `--output` that carries its configuration.
fn service() -> (Project, String) {
    let project = Project::new(SERVICE);
    let file = project.result("config.json");
    let project = project.luakit(format!("--image-config-file={}", file.display()));
    // The definition, and with it config.json, is made before buildctl's options are needed.
    project.build();
    // A field of `--output` is one of CSV: quoted, with its quotes doubled.
    let config = fs::read_to_string(file).unwrap().trim().replace('"', "\"\"");
    (project, format!("\"containerimage.config={config}\""))
}

fn check(config: &Value) {
    let lines: String = KEYS.iter().map(|key| format!("{key} {}\n", config["config"][key])).collect();
    expect![[r#"
        Entrypoint ["/bin/app","--serve"]
        Cmd ["a b","\"quoted\""]
        Env ["MODE=live","PATH=/bin"]
        User "app"
        WorkingDir "/srv"
        ExposedPorts {"8080/tcp":{}}
        Labels {"a":"1"}
    "#]]
    .assert_eq(&lines);
}

#[test]
fn the_configuration_reaches_the_image() {
    let (project, config) = service();
    check(&image_config(&project.build_as(&format!("type=oci,{config}")).tree()));
}

#[test]
fn the_configuration_is_that_of_the_image_in_the_registry() {
    let (project, config) = service();
    project.push("team/service:1", &config);
    let manifest = get("/v2/team/service/manifests/1");
    let digest = manifest["config"]["digest"].as_str().unwrap();
    check(&get(&format!("/v2/team/service/blobs/{digest}")));
}

/// Reads JSON from the daemon's registry, which speaks plain HTTP.
fn get(path: &str) -> Value {
    let registry = daemon().registry();
    let mut stream = TcpStream::connect(&registry).unwrap();
    let accept = "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json, */*";
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {registry}\r\nAccept: {accept}\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.lines().next().is_some_and(|status| status.contains(" 200 ")), "{answer}");
    serde_json::from_str(body).unwrap()
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
