//! BuildKit's programs, built from the module `tests/tools`.

use std::process::Command;

use luakit_testkit::tools;

use super::{capture, create_dir, describe};

/// A module of `tests/tools/go.mod` and its programs.
struct Project {
    module: &'static str,
    /// Where its programs keep their version; without it they call themselves v0.0.0+unknown.
    version: &'static str,
    /// Package below the module, and how the program says its version.
    programs: &'static [(&'static str, &'static str)],
}

const BUILDKIT: Project = Project {
    module: "github.com/moby/buildkit",
    version: "github.com/moby/buildkit/version.Version",
    programs: &[("cmd/buildkitd", "--version"), ("cmd/buildctl", "--version")],
};

const BUILDX: Project = Project {
    module: "github.com/docker/buildx",
    version: "github.com/docker/buildx/version.Version",
    programs: &[("cmd/buildx", "version")],
};

pub(super) fn buildkit() -> Result<(), String> {
    build(&BUILDKIT)
}

pub(super) fn buildx() -> Result<(), String> {
    build(&BUILDX)
}

/// Builds what is not there in the version that go.mod names.
fn build(project: &Project) -> Result<(), String> {
    let version = capture(go().args(["list", "-m", "-f", "{{.Version}}", project.module]))?;
    if !version.status.success() {
        return Err(String::from_utf8_lossy(&version.stderr).into_owned());
    }
    let version = String::from_utf8_lossy(&version.stdout).trim().to_owned();
    let old = project.programs.iter().filter(|(package, flag)| !is_built(package, flag, &version));
    let packages: Vec<_> = old.map(|(package, _)| format!("{}/{package}", project.module)).collect();
    if packages.is_empty() {
        return Ok(());
    }
    let bin = tools::folder().join("bin");
    create_dir(&bin)?;
    println!("   minutes without Go's caches, seconds with them");
    // One `go build` for all: they share most of their packages. Go wants the slash to take it for a folder.
    let mut build = go();
    build
        .args(["build", "-ldflags"])
        .arg(format!("-X {}={version}", project.version))
        .arg("-o")
        .arg(format!("{}/", bin.display()))
        .args(packages);
    println!("   {}", describe(&build));
    // Go names each of the hundreds of modules that it downloads; only the rest is worth reading, and only of a failure.
    let built = capture(&mut build)?;
    if built.status.success() {
        return Ok(());
    }
    let log = String::from_utf8_lossy(&built.stderr);
    let log: Vec<_> = log.lines().filter(|line| !line.starts_with("go: downloading")).collect();
    Err(format!("`go build` ended with {}\n{}", built.status, log.join("\n")))
}

fn is_built(package: &str, version_flag: &str, version: &str) -> bool {
    let name = package.rsplit('/').next().unwrap_or(package);
    let Ok(program) = tools::bin(name) else { return false };
    let says = capture(Command::new(program).arg(version_flag));
    says.is_ok_and(|says| {
        String::from_utf8_lossy(&says.stdout).split_whitespace().any(|word| word == version)
    })
}

fn go() -> Command {
    let mut go = Command::new("go");
    go.current_dir(tools::workspace().join("tests/tools"));
    go
}
