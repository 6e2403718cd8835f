//! The commands of the README, in a shell.

use std::fs;
use std::process::Command;

use luakit_testkit::tools;

use super::project::{daemon, luakit};

#[test]
fn the_readmes_first_build_leaves_a_greeting() {
    let out = tempfile::tempdir().unwrap();
    let luakit = luakit().parent().unwrap().to_owned();
    let path = std::env::join_paths([luakit, tools::folder().join("bin"), "/usr/bin".into(), "/bin".into()])
        .unwrap();
    let shell = Command::new("sh")
        .arg("-ec")
        .arg("luakit build examples/hello.lua | buildctl build --local context=. --output type=local,dest=$OUT")
        .current_dir(tools::workspace())
        .env("PATH", path)
        .env("BUILDKIT_HOST", daemon().address())
        .env("OUT", out.path())
        .output()
        .unwrap();
    assert!(shell.status.success(), "{}", String::from_utf8_lossy(&shell.stderr));
    let greeting = fs::read_to_string(out.path().join("greeting.txt")).unwrap();
    assert!(greeting.starts_with("Hello"), "{greeting}");
}
