//! Streams that are full, or that nobody reads: an error that says so, and never a panic's text.
#![cfg(unix)]

use super::Folder;
use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::symlink;
use std::process::{Output, Stdio};
use std::time::Duration;

const SCRIPTS: &str = "--- build.lua\nprint(\"hello\")\nbk.export(bk.image(\"alpine\"), { cmd = { \"sh\" } })\n\
    --- bad.lua\nbk.export(bk.imgae(\"alpine\"))\n--- ugly.lua\nlocal  x=1\n\
    --- build_test.lua\ntest(\"a\", function() end)\n";

const COMMANDS: &[&[&str]] = &[
    &["build", "build.lua"],
    &["check", "bad.lua"],
    &["check", "--format", "json"],
    &["check", "--format", "sarif"],
    &["check", "--explain", "octal-mode"],
    &["dag", "build.lua"],
    &["fmt", "--check", "ugly.lua"],
    &["test"],
    &["doctor"],
    &["api"],
    &["completions", "bash"],
    &["version"],
    &["--version"],
    &["--help"],
];

fn full() -> File {
    OpenOptions::new().write(true).open("/dev/full").unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_full_stdout_is_told_by_every_command() {
    let folder = Folder::new(SCRIPTS);
    for args in COMMANDS {
        let output = folder.command(args).stdout(full()).output().unwrap();
        let last = stderr(&output).lines().last().unwrap_or_default().to_owned();
        let wanted = "luakit: cannot write to stdout: No space left on device (os error 28)";
        assert_eq!((last.as_str(), output.status.code()), (wanted, Some(2)), "{args:?}");
    }
}

#[test]
fn a_full_stderr_keeps_no_command_from_its_work() {
    let folder = Folder::new(SCRIPTS);
    for args in COMMANDS.iter().chain(&[&["build", "bad.lua"][..], &["check", "nope.lua"], &["nonsense"]]) {
        let told = folder.run(args);
        let untold = folder.command(args).stderr(full()).output().unwrap();
        assert_eq!(untold.status.code(), told.status.code(), "{args:?}");
        assert_eq!(untold.stdout.len(), told.stdout.len(), "{args:?}");
    }
}

#[test]
fn who_reads_slowly_gets_all_of_it_however_short_the_timeout_of_the_script() {
    let folder = Folder::new(
        "--- build.lua\nlocal s = bk.image(\"alpine\")\n\
         for i = 1, 500 do s = s:run(i .. (\"x\"):rep(300)) end\nbk.export(s)\n",
    );
    let args = ["build", "--local-unique=x", "build.lua"];
    let whole = folder.run(&args).stdout;
    let mut child = folder.command(&args).arg("--timeout=1s").stdout(Stdio::piped()).spawn().unwrap();
    // Longer than the limit, and than what a script is given to stop after it.
    std::thread::sleep(Duration::from_millis(3500));
    let mut read = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut read).unwrap();
    assert!(child.wait().unwrap().success());
    assert!(whole.len() > 1 << 16, "it fits into the pipe: nothing was tried");
    assert_eq!(read.len(), whole.len());
}

#[test]
fn stdout_has_names_too() {
    let folder = Folder::new(SCRIPTS);
    let build = |output: &str| folder.run(&["build", "build.lua", "-o", output]).stdout;
    let piped = folder.run(&["build", "build.lua"]).stdout;
    assert_eq!(build("-"), piped);
    assert_eq!(build("/dev/stdout"), piped);
    // What stands in a file already is the caller's.
    let path = folder.path().join("log");
    std::fs::write(&path, "before\n").unwrap();
    let log = || OpenOptions::new().append(true).open(&path).unwrap();
    let done = folder.command(&["build", "build.lua", "-o", "/dev/stdout"]).stdout(log()).status().unwrap();
    assert!(done.success());
    assert_eq!(std::fs::read(&path).unwrap(), [b"before\n", &*piped].concat());
    assert!(!folder.path().join("-").exists());
}

#[test]
fn a_link_to_a_file_that_is_not_there_yet_stays_a_link() {
    let folder = Folder::new(SCRIPTS);
    std::fs::create_dir(folder.path().join("out")).unwrap();
    symlink("out/build.pb", folder.path().join("link.pb")).unwrap();
    assert!(folder.run(&["build", "build.lua", "-o", "link.pb"]).status.success());
    assert!(folder.path().join("link.pb").symlink_metadata().unwrap().is_symlink());
    assert!(folder.path().join("out/build.pb").metadata().unwrap().len() > 0);
}
