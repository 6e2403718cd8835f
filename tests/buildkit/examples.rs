//! An example of `examples/`, built for real: the one whose toolchain can be made of what is on a machine that tests luakit.
//!
//! The others need compilers and packages out of registries, which tests do not ask.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use luakit_testkit::tools;

use super::project::{daemon, luakit};

/// Builds a script with `buildctl` and the given options.
fn build(script: &PathBuf, arguments: &[String], options: &[String]) {
    let definition = Command::new(luakit())
        .arg("build")
        .arg(script)
        .args(arguments)
        .stderr(Stdio::null())
        .output()
        .unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), definition.stdout).unwrap();
    let mut buildctl = daemon().buildctl();
    buildctl.args(["build", "--progress=plain"]).args(options).stdin(fs::File::open(file.path()).unwrap());
    let output = buildctl.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_service_in_go_says_its_version() {
    let out = tempfile::tempdir().unwrap();
    let go = Command::new("go").args(["env", "GOROOT"]).output().unwrap();
    let go = String::from_utf8(go.stdout).unwrap();
    // Go's own programs are static, so busybox and they are a toolchain.
    let script = out.path().join("toolchain.build.lua");
    let toolchain = r#"
local image = bk.image("alpine:3.19"):copy(bk.local_("go"), ".", "/usr/local/go")
bk.export(image:mkdir("/etc/ssl", { make_parents = true }))
"#;
    fs::write(&script, toolchain).unwrap();
    let name = format!("{}/library/golang:1.24-alpine", daemon().registry());
    build(
        &script,
        &[],
        &[
            format!("--local=go={}", go.trim()),
            format!("--output=type=image,name={name},push=true,compression=uncompressed"),
        ],
    );

    let example = tools::workspace().join("examples/go");
    let built = out.path().join("built");
    build(
        &example.join("build.lua"),
        &["--arg".to_owned(), "VERSION=1.2.3".to_owned()],
        &[
            format!("--local=context={}", example.display()),
            format!("--output=type=local,dest={}", built.display()),
        ],
    );
    let files: Vec<_> = fs::read_dir(&built).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files, ["server"], "the image has the program alone");
    let program = fs::read(built.join("server")).unwrap();
    assert!(program.windows(5).any(|bytes| bytes == b"1.2.3"), "the version is in the program");
}
