//! A buildkitd and the registry it takes `docker.io/…` from.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::process::{Process, Reaper, any_alive};
use crate::{Result, base_image, tools};

/// How long the daemon may take to answer. It takes under a second on an idle machine; a busy one is not a reason to fail.
const PATIENCE: Duration = Duration::from_secs(60);

/// A path of a unix socket has 108 bytes, the last one zero.
const LONGEST_SOCKET_PATH: usize = 107;

/// Where and for how long.
#[derive(Debug)]
pub struct Config {
    pub lifetime: Lifetime,
    /// The registry's port if it is free; otherwise any.
    pub port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lifetime {
    /// In a new folder; stopped and deleted as soon as this process is gone.
    Test,
    /// In this folder, which keeps its caches; stopped as soon as this process is gone.
    Process(PathBuf),
    /// In this folder, until [`crate::stop`] is called with its [`Daemon::pid_file`].
    Detached(PathBuf),
}

/// A running buildkitd with its registry, in which `docker.io/library/alpine:3.19` is found.
#[derive(Debug)]
pub struct Daemon {
    folder: PathBuf,
    port: u16,
    buildctl: PathBuf,
    registry: Process,
    buildkitd: Process,
    _reaper: Option<Reaper>,
}

impl Daemon {
    /// Starts both and pushes the base image. When this returns the daemon can build.
    pub fn start(config: &Config) -> Result<Self> {
        if fs::metadata("/proc/self").map_or(true, |me| me.uid() != 0) {
            return Err("buildkitd runs containers and needs root\nhint: run this as root".to_owned());
        }
        let buildctl = tools::bin("buildctl")?;
        let folder = prepare(&config.lifetime)?;
        let delete = (config.lifetime == Lifetime::Test).then_some(folder.as_path());
        let mut reaper = match config.lifetime {
            Lifetime::Detached(_) => None,
            Lifetime::Test | Lifetime::Process(_) => Some(Reaper::start(delete)?),
        };

        let (registry, port) = start_registry(&folder, config.port, reaper.as_mut())?;
        let buildkitd = start_buildkitd(&folder, port)?;
        if let Some(reaper) = &mut reaper {
            reaper.watch(&buildkitd)?;
        }
        write(&Self::pid_file(&folder), &format!("{}\n{}\n", buildkitd.line(), registry.line()))?;

        let mut daemon = Self { folder, port, buildctl, registry, buildkitd, _reaper: reaper };
        let ready = daemon.wait_until_ready().and_then(|()| base_image::push(&daemon));
        if let (Err(_), Lifetime::Detached(folder)) = (&ready, &config.lifetime) {
            crate::stop(&Self::pid_file(folder))?;
        }
        ready.map(|()| daemon)
    }

    /// The processes of the daemon in `folder`.
    pub fn pid_file(folder: &Path) -> PathBuf {
        folder.join("pids")
    }

    /// What `BUILDKIT_HOST` and `--addr` want.
    pub fn address(&self) -> String {
        format!("unix://{}", socket(&self.folder).display())
    }

    /// `127.0.0.1:PORT`; images pushed there as `library/x` are found as `docker.io/library/x`.
    pub fn registry(&self) -> String {
        registry(self.port)
    }

    /// The daemon's log.
    pub fn log(&self) -> PathBuf {
        self.folder.join("buildkitd.log")
    }

    /// A `buildctl` that talks to this daemon.
    pub fn buildctl(&self) -> Command {
        let mut command = Command::new(&self.buildctl);
        command.env("BUILDKIT_HOST", self.address());
        command
    }

    /// Waits until one of both has ended and says which.
    pub fn wait(&mut self) -> String {
        loop {
            if let Err(ended) = self.check() {
                return ended;
            }
            sleep(Duration::from_millis(200));
        }
    }

    fn check(&mut self) -> Result<()> {
        self.buildkitd.check()?;
        self.registry.check()
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            self.check()?;
            let answers = socket(&self.folder).exists()
                && TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok()
                && self
                    .buildctl()
                    .args(["debug", "workers"])
                    .output()
                    .is_ok_and(|workers| workers.status.success());
            if answers {
                return Ok(());
            }
            sleep(Duration::from_millis(50));
        }
        Err(self.buildkitd.report(&format!("does not answer after {} s", PATIENCE.as_secs())))
    }
}

fn prepare(lifetime: &Lifetime) -> Result<PathBuf> {
    let folder = match lifetime {
        // Not under `target`: the socket's path has to stay short however deep the clone is.
        Lifetime::Test => tempfile::Builder::new()
            .prefix("luakit-buildkit-")
            .tempdir()
            .map_err(|error| format!("cannot create a folder for buildkitd: {error}"))?
            .keep(),
        Lifetime::Process(folder) | Lifetime::Detached(folder) => folder.clone(),
    };
    if socket(&folder).as_os_str().len() > LONGEST_SOCKET_PATH {
        return Err(format!("the path {} is too long for a socket", socket(&folder).display()));
    }
    wait_for_the_last_one(&folder)?;
    fs::create_dir_all(&folder).map_err(|error| format!("cannot create {}: {error}", folder.display()))?;
    Ok(folder)
}

/// After Ctrl-C the daemon needs a moment to end; a start right after it need not fail.
fn wait_for_the_last_one(folder: &Path) -> Result<()> {
    let pid_file = Daemon::pid_file(folder);
    let start = Instant::now();
    while any_alive(&pid_file) {
        if start.elapsed() > Duration::from_secs(6) {
            return Err(format!(
                "a daemon is running in {} already\nhint: `cargo xtask daemon stop` ends it",
                folder.display()
            ));
        }
        sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// Another process can take the port between our look and the registry's start: then the next one is tried.
fn start_registry(
    folder: &Path,
    wish: Option<u16>,
    mut reaper: Option<&mut Reaper>,
) -> Result<(Process, u16)> {
    let program = tools::bin("docker-registry")?;
    let mut failure = String::new();
    for port in [wish.unwrap_or(0), 0, 0] {
        let Ok(port) = free_port(port) else { continue };
        let config = folder.join("registry.yml");
        write(&config, &registry_yml(folder, port))?;
        let mut command = Command::new(&program);
        // With `OTEL_…` or `REGISTRY_…` of the caller it would do something else.
        command.env_clear().arg("serve").arg(config);
        let mut registry = Process::spawn("the registry", &mut command, &folder.join("registry.log"))?;
        if let Some(reaper) = &mut reaper {
            reaper.watch(&registry)?;
        }
        match wait_for_port(&mut registry, port) {
            Ok(()) => return Ok((registry, port)),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

fn wait_for_port(registry: &mut Process, port: u16) -> Result<()> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        registry.check()?;
        if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(());
        }
        sleep(Duration::from_millis(20));
    }
    Err(registry.report(&format!("does not listen after {} s", PATIENCE.as_secs())))
}

/// `wish` if it can be had, 0 being any.
fn free_port(wish: u16) -> std::io::Result<u16> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, wish))?.local_addr().map(|address| address.port())
}

fn start_buildkitd(folder: &Path, port: u16) -> Result<Process> {
    let config = folder.join("buildkitd.toml");
    write(&config, &buildkitd_toml(port))?;
    let mut command = Command::new(tools::system("unshare")?);
    command
        // Namespaces of its own for processes and mounts: when it is killed the kernel ends the containers and undoes the mounts, which
        // would outlive it otherwise.
        .args(["--pid", "--fork", "--kill-child", "--mount-proc", "--"])
        .arg(tools::bin("buildkitd")?)
        .arg("--config")
        .arg(config)
        .arg("--root")
        .arg(folder.join("root"))
        .arg("--addr")
        .arg(format!("unix://{}", socket(folder).display()))
        // The default is one path for the whole machine.
        .arg("--otel-socket-path")
        .arg(folder.join("otel.sock"))
        .arg("--oci-worker-binary")
        .arg(tools::system("runc")?)
        // Containers see the machine's network: there is no CNI plugin to give them another.
        .args(["--oci-worker-net=host", "--containerd-worker=false"]);
    Process::spawn("buildkitd", &mut command, &folder.join("buildkitd.log"))
}

fn registry_yml(folder: &Path, port: u16) -> String {
    format!(
        "version: 0.1\nlog: {{level: warn}}\nstorage: {{filesystem: {{rootdirectory: '{}'}}}}\nhttp: {{addr: '{}', secret: tests}}\n",
        folder.join("registry").display(),
        registry(port),
    )
}

fn buildkitd_toml(port: u16) -> String {
    let registry = registry(port);
    format!(
        "[registry.\"{registry}\"]\nhttp = true\n\n[registry.\"docker.io\"]\nmirrors = [\"{registry}\"]\n"
    )
}

fn registry(port: u16) -> String {
    format!("{}:{port}", Ipv4Addr::LOCALHOST)
}

fn socket(folder: &Path) -> PathBuf {
    folder.join("buildkitd.sock")
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}
