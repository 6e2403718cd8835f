//! The programs that luakit works with: what builds its definitions, and the editors.

use super::Line;
use std::env;
use std::io::Read;
use std::net::{TcpStream, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long a program or a daemon may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Looks for the two programs that build a definition.
pub(super) fn builders() -> Vec<Line> {
    let buildctl = said(&["buildctl", "--version"]);
    let buildx = said(&["docker", "buildx", "version"]);
    let none = buildctl.is_none() && buildx.is_none();
    vec![
        match buildctl {
            Some(Ok(text)) => Line::ok("buildctl", text),
            Some(Err(why)) => Line::warn("buildctl", why, "install BuildKit's client anew"),
            None => Line::warn(
                "buildctl",
                "not on PATH",
                if none {
                    "install it to build: `luakit build build.lua | buildctl build --local context=.`"
                } else {
                    "only the pipe `luakit build | buildctl build` needs it"
                },
            ),
        },
        match buildx {
            Some(Ok(text)) => Line::ok("docker buildx", text),
            Some(Err(why)) => Line::warn("docker buildx", why, "install the buildx plugin of docker"),
            None => {
                Line::warn("docker buildx", "docker is not on PATH", "only `docker buildx build` needs it")
            }
        },
    ]
}

/// Looks whether a BuildKit daemon answers.
pub(super) fn daemon() -> Line {
    let named = env::var("BUILDKIT_HOST").ok().filter(|address| !address.is_empty());
    let address = named.clone().unwrap_or_else(|| USUAL_SOCKET.to_owned());
    let subject = "daemon";
    let why = match reach(&address) {
        Ok(()) => return Line::ok(subject, format!("answers at {address}")),
        Err(why) => why,
    };
    match named {
        Some(_) => Line::fail(
            subject,
            format!("BUILDKIT_HOST is {address}: {why}"),
            "start buildkitd there, or unset BUILDKIT_HOST",
        ),
        None => Line::warn(
            subject,
            format!("none at {address}: {why}"),
            "start buildkitd, or set BUILDKIT_HOST; checking scripts needs no daemon",
        ),
    }
}

const USUAL_SOCKET: &str = "unix:///run/buildkit/buildkitd.sock";

/// Connects to a daemon's address and hangs up.
fn reach(address: &str) -> Result<(), String> {
    let Some((scheme, rest)) = address.split_once("://") else {
        return Err("it is no address such as unix:///run/buildkit/buildkitd.sock or tcp://host:1234".into());
    };
    match scheme {
        #[cfg(unix)]
        "unix" => std::os::unix::net::UnixStream::connect(rest).map(drop).map_err(|err| plain(&err)),
        "tcp" => {
            let addresses = rest.to_socket_addrs().map_err(|err| plain(&err))?;
            let mut why = "the name has no address".to_owned();
            for address in addresses {
                match TcpStream::connect_timeout(&address, PATIENCE) {
                    Ok(_) => return Ok(()),
                    Err(err) => why = plain(&err),
                }
            }
            Err(why)
        }
        // Only buildctl knows the way into a container.
        _ => match said(&["buildctl", "--addr", address, "debug", "workers"]) {
            Some(Ok(_)) => Ok(()),
            Some(Err(why)) => Err(why),
            None => Err(format!("`{scheme}://` is reached with buildctl, which is not on PATH")),
        },
    }
}

fn plain(err: &std::io::Error) -> String {
    let text = err.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

/// Looks for the editors and whether they know luakit.
pub(super) fn editors() -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(version) = said(&["nvim", "--version"]) {
        lines.push(editor("neovim", version, nvim_config(), "copy editors/nvim below ~/.config/nvim"));
    }
    if let Some(version) = said(&["code", "--version"]) {
        lines.push(editor("vscode", version, code_extension(), "install the luakit extension"));
    }
    if lines.is_empty() {
        lines.push(Line::ok("editors", "neither nvim nor code is on PATH"));
    }
    lines
}

fn editor(
    subject: &'static str,
    version: Result<String, String>,
    found: Option<PathBuf>,
    advice: &str,
) -> Line {
    match (version, found) {
        (Err(why), _) => Line::warn(subject, why, "install it anew"),
        (Ok(version), Some(path)) => Line::ok(subject, format!("{version}, luakit is at {}", path.display())),
        (Ok(version), None) => Line::warn(subject, format!("{version}, without luakit"), advice),
    }
}

/// Returns where Neovim's configuration has luakit's files.
fn nvim_config() -> Option<PathBuf> {
    let home = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let base = |name: &str, usual: &str| env::var_os(name).map_or_else(|| home.join(usual), PathBuf::from);
    let config = base("XDG_CONFIG_HOME", ".config").join("nvim");
    let data = base("XDG_DATA_HOME", ".local/share").join("nvim");
    let direct = [config.clone(), data.join("site")].map(|folder| folder.join("lsp/luakit.lua"));
    // Plug-ins are found wherever their manager keeps them: a folder of its own for each.
    let managed = [data.join("lazy"), data.join("site/pack"), config.join("pack")];
    let managed =
        managed.iter().flat_map(|folder| ignore::WalkBuilder::new(folder).max_depth(Some(6)).build());
    let managed =
        managed.flatten().map(ignore::DirEntry::into_path).filter(|path| path.ends_with("lsp/luakit.lua"));
    direct.into_iter().filter(|path| path.is_file()).chain(managed).next()
}

/// Returns the folder of VS Code's extension.
fn code_extension() -> Option<PathBuf> {
    let home = env::var_os("HOME").map(PathBuf::from)?;
    let folders = [".vscode/extensions", ".vscode-server/extensions", ".vscode-oss/extensions"];
    let entries =
        folders.iter().filter_map(|folder| std::fs::read_dir(home.join(folder)).ok()).flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| is_ours(path)).collect();
    paths.sort();
    paths.pop()
}

fn is_ours(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.contains("luakit"))
}

/// Runs a program and returns the first line that it says; nothing if there is no such program.
fn said(words: &[&str]) -> Option<Result<String, String>> {
    let (program, args) = words.split_first()?;
    let child = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(err) if err.kind() == std::io::ErrorKind::NotFound => return None,
        Err(err) => return Some(Err(format!("`{program}` cannot be run: {}", plain(&err)))),
    };
    let begun = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if begun.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(5)),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return Some(Err(format!("`{}` gave no answer within {PATIENCE:?}", words.join(" "))));
            }
        }
    };
    if !status.success() {
        return Some(Err(format!("`{}` ended with {status}", words.join(" "))));
    }
    let mut bytes = Vec::new();
    // What fits into a pipe is all that can be there, since nobody read while it ran.
    if let Some(stdout) = child.stdout.take() {
        let _ = stdout.take(1 << 16).read_to_end(&mut bytes);
    }
    let text = String::from_utf8_lossy(&bytes);
    Some(Ok(text.lines().next().unwrap_or_default().trim().to_owned()))
}
