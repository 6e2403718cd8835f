//! The image `alpine:3.19` of the tests: one static busybox with a link for each of its commands.
//!
//! Only the name is Alpine's, so that scripts read as they would anywhere. It is built here because no registry can be reached.

use std::fs;

use crate::{Daemon, Result, tools};

/// Under which name the image is found, below `docker.io/`.
pub(crate) const NAME: &str = "library/alpine:3.19";

const DOCKERFILE: &str = include_str!("../base-image.Dockerfile");

/// Builds the image and pushes it to the daemon's registry.
pub(crate) fn push(daemon: &Daemon) -> Result<()> {
    let busybox = tools::system("busybox")?;
    let cannot = |error: std::io::Error| format!("cannot write the base image's context: {error}");
    let context = tempfile::tempdir().map_err(cannot)?;
    fs::copy(busybox, context.path().join("busybox")).map_err(cannot)?;
    fs::write(context.path().join("Dockerfile"), DOCKERFILE).map_err(cannot)?;

    let build = daemon
        .buildctl()
        .args(["build", "--progress=plain", "--frontend=dockerfile.v0"])
        .arg(format!("--local=context={}", context.path().display()))
        .arg(format!("--local=dockerfile={}", context.path().display()))
        .arg(format!("--output=type=image,name={}/{NAME},push=true", daemon.registry()))
        .output()
        .map_err(|error| format!("cannot run buildctl: {error}"))?;
    if !build.status.success() {
        return Err(format!(
            "cannot build the base image {NAME}:\n{}",
            String::from_utf8_lossy(&build.stderr)
        ));
    }
    Ok(())
}
