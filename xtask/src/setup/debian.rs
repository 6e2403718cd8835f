//! Debian packages.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::Path;
use std::process::Command;
use std::sync::Once;

use luakit_testkit::tools;

use super::{capture, create_dir, execute};

/// Installs those of `packages` that are missing. Without any missing it needs neither root nor a network.
pub(super) fn install(packages: &[&str]) -> Result<(), String> {
    let mut missing = Vec::new();
    for package in packages {
        if !is_installed(package)? {
            missing.push(*package);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    update()?;
    execute(
        as_root("apt-get")?
            .args(["install", "-qq", "--yes", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0"])
            .args(missing)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

/// Takes one program out of a package without installing it: docker-registry's package starts a service on a port that tests do not want.
pub(super) fn unpack(package: &str, program: &str) -> Result<(), String> {
    let folder = tools::folder();
    let unpacked = folder.join("debian").join(package);
    let target = unpacked.join(program);
    if target.exists() {
        return Ok(());
    }
    let downloads = folder.join("debian/downloads");
    create_dir(&downloads)?;
    update()?;
    // As root apt would rather download as its own user, which cannot write here, and says so at length.
    execute(
        Command::new("apt-get")
            .args(["download", "-qq", "-o", "APT::Sandbox::User=root", package])
            .current_dir(&downloads),
    )?;
    let prefix = format!("{package}_");
    let archive = fs::read_dir(&downloads)
        .map_err(|error| format!("cannot read {}: {error}", downloads.display()))?
        .filter_map(Result::ok)
        .find(|entry| entry.file_name().to_string_lossy().starts_with(&prefix))
        .ok_or_else(|| format!("apt-get downloaded no {package}"))?;
    execute(Command::new("dpkg-deb").arg("--extract").arg(archive.path()).arg(&unpacked))?;
    link_into_bin(&target)
}

/// Makes `program` findable as [`tools::bin`].
fn link_into_bin(program: &Path) -> Result<(), String> {
    let bin = tools::folder().join("bin");
    create_dir(&bin)?;
    let link = bin.join(program.file_name().unwrap_or_default());
    let _ = fs::remove_file(&link);
    symlink(program, &link).map_err(|error| format!("cannot create {}: {error}", link.display()))
}

/// Fetches the lists of packages, once in a run.
fn update() -> Result<(), String> {
    static DONE: Once = Once::new();
    if !DONE.is_completed() {
        execute(as_root("apt-get")?.args(["update", "-qq"]))?;
        DONE.call_once(|| ());
    }
    Ok(())
}

fn is_installed(package: &str) -> Result<bool, String> {
    let answer =
        capture(Command::new("dpkg-query").args(["--show", "--showformat=${db:Status-Status}", package]))?;
    Ok(answer.stdout == b"installed")
}

fn as_root(program: &str) -> Result<Command, String> {
    let root = fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0);
    if root {
        return Ok(Command::new(program));
    }
    let mut sudo = Command::new(
        tools::system("sudo").map_err(|_| format!("`{program}` needs root, and there is no sudo"))?,
    );
    sudo.arg(program);
    Ok(sudo)
}
