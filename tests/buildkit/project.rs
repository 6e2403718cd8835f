//! How a script becomes files: the only place that knows the commands' options.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use expect_test::Expect;
use luakit_testkit::{Config, Daemon, Lifetime};
use tempfile::TempDir;

use super::tree::Tree;

/// Builds `script` and compares what it leaves below `folder`.
pub(super) fn check(script: &str, folder: &str, expect: &Expect) {
    let project = Project::new(&format!("--- build.lua\n{script}"));
    expect.assert_eq(&project.build().tree().below(folder));
}

/// The daemon of this test process. It ends with the process, whatever ends that.
pub(super) fn daemon() -> &'static Daemon {
    static DAEMON: OnceLock<Result<Daemon, String>> = OnceLock::new();
    let daemon = DAEMON.get_or_init(|| Daemon::start(&Config { lifetime: Lifetime::Test, port: None }));
    daemon.as_ref().unwrap_or_else(|error| panic!("no BuildKit to test with: {error}"))
}

pub(super) fn luakit() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_luakit"))
}

/// A folder with `build.lua`, the files beside it, and how to build it.
pub(super) struct Project {
    folder: TempDir,
    /// What the two programs write. Not in `folder`: that is the build's context.
    results: TempDir,
    luakit: Vec<String>,
    buildctl: Vec<String>,
}

impl Project {
    /// Each line `--- path` begins a file.
    pub(super) fn new(fixture: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for file in fixture.split("--- ").skip(1) {
            let (path, text) = file.split_once('\n').unwrap();
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self { folder, results: tempfile::tempdir().unwrap(), luakit: Vec::new(), buildctl: Vec::new() }
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A file in a folder for what is written, not read, by the build.
    pub(super) fn result(&self, name: &str) -> PathBuf {
        self.results.path().join(name)
    }

    /// A further option of `luakit build`.
    pub(super) fn luakit(mut self, option: impl Into<String>) -> Self {
        self.luakit.push(option.into());
        self
    }

    /// A further option of `buildctl build`.
    pub(super) fn buildctl(mut self, option: impl Into<String>) -> Self {
        self.buildctl.push(option.into());
        self
    }

    pub(super) fn build(&self) -> Build {
        self.start("type=tar").finish()
    }

    /// Builds with another exporter than the plain one.
    pub(super) fn build_as(&self, output: &str) -> Build {
        self.start(output).finish()
    }

    /// Starts buildctl and returns while it runs.
    pub(super) fn start(&self, output: &str) -> Running {
        let exported = self.result("exported.tar");
        self.export(&format!("{output},dest={}", exported.display()), exported)
    }

    /// Builds an image and pushes it to the daemon's registry. `attrs` are further fields of `--output`.
    pub(super) fn push(&self, name: &str, attrs: &str) {
        let output = format!("type=image,name={}/{name},push=true,{attrs}", daemon().registry());
        let pushed = self.export(&output, PathBuf::new()).finish();
        assert!(pushed.buildctl.status.success(), "the push failed:\n{}", pushed.log());
    }

    fn export(&self, output: &str, exported: PathBuf) -> Running {
        let definition = self.result("definition.pb");
        fs::write(&definition, self.definition()).unwrap();
        let buildctl = daemon()
            .buildctl()
            .current_dir(&self.folder)
            .args(["build", "--progress=plain", "--local=context=."])
            .arg(format!("--output={output}"))
            .args(&self.buildctl)
            .stdin(fs::File::open(definition).unwrap())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Running { buildctl, exported }
    }

    /// What `luakit build` writes to stdout.
    fn definition(&self) -> Vec<u8> {
        let mut luakit = Command::new(luakit());
        let output = luakit
            .current_dir(&self.folder)
            .args(["build", "build.lua"])
            .args(&self.luakit)
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "`luakit build` ended with {}:\n{stderr}", output.status);
        output.stdout
    }
}

/// A build on its way.
pub(super) struct Running {
    buildctl: Child,
    exported: PathBuf,
}

impl Running {
    pub(super) fn finish(self) -> Build {
        Build { buildctl: self.buildctl.wait_with_output().unwrap(), exported: self.exported }
    }
}

/// A build that has ended.
pub(super) struct Build {
    buildctl: Output,
    exported: PathBuf,
}

impl Build {
    /// The exported files; only a successful build has them.
    pub(super) fn tree(&self) -> Tree {
        let log = self.log();
        assert!(
            self.buildctl.status.success(),
            "`buildctl build` ended with {}:\n{log}",
            self.buildctl.status
        );
        Tree::read(&self.exported)
    }

    /// What buildctl says of a build that had to fail: progress, the place, the error.
    pub(super) fn error(&self) -> String {
        let log = self.log();
        assert!(!self.buildctl.status.success(), "`buildctl build` should have failed:\n{log}");
        log
    }

    /// What buildctl says.
    pub(super) fn log(&self) -> String {
        String::from_utf8_lossy(&self.buildctl.stderr).into_owned()
    }
}
