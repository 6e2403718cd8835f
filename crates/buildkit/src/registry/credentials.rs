//! Who asks: what `docker login` left behind, in Docker's file or in the program that it names.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// Under which address Docker keeps the login of Docker Hub.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

/// A keychain may ask its owner; who does not answer is nobody.
const PATIENCE: Duration = Duration::from_secs(5);

const LARGEST_ANSWER: u64 = 1 << 20;

/// Where credentials are looked for.
#[derive(Debug, Clone, Default)]
pub struct Credentials {
    /// Docker's `config.json`.
    pub file: Option<PathBuf>,
    /// What stands before it: the value of `DOCKER_AUTH_CONFIG`, of the same form.
    pub text: Option<String>,
}

/// How somebody logs in.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Login {
    Password {
        user: String,
        secret: String,
    },
    /// What a registry gave for a password.
    Identity(String),
}

/// What was found for a registry.
#[derive(Default)]
pub(super) struct Found {
    pub(super) login: Option<Login>,
    /// Why there may be less than there should be.
    pub(super) problem: Option<String>,
}

impl Login {
    /// Returns what the header says for it.
    pub(super) fn basic(&self) -> Option<String> {
        match self {
            Login::Password { user, secret } => {
                Some(format!("Basic {}", STANDARD.encode(format!("{user}:{secret}"))))
            }
            Login::Identity(_) => None,
        }
    }

    fn of(user: &str, secret: &str) -> Option<Login> {
        match (user, secret) {
            (_, "") => None,
            ("<token>", secret) => Some(Login::Identity(secret.to_owned())),
            ("", _) => None,
            (user, secret) => Some(Login::Password { user: user.to_owned(), secret: secret.to_owned() }),
        }
    }
}

impl Credentials {
    /// Returns where Docker looks.
    pub fn of_environment() -> Credentials {
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let folder = set("DOCKER_CONFIG").map(PathBuf::from);
        let folder = folder.or_else(|| Some(std::env::home_dir()?.join(".docker")));
        Credentials {
            file: folder.map(|folder| folder.join("config.json")),
            text: set("DOCKER_AUTH_CONFIG").and_then(|value| value.into_string().ok()),
        }
    }

    /// Looks for the login to a registry.
    pub(super) fn of(&self, domain: &str) -> Found {
        let mut problem = None;
        let mut look = |name: &str, text: &str| match serde_json::from_str::<Value>(text) {
            Ok(config) => in_config(&config, domain, &mut problem),
            Err(_) => {
                problem.get_or_insert(format!("{name} is no JSON, so nobody is logged in"));
                None
            }
        };
        let of_text = self.text.as_deref().and_then(|text| look("`DOCKER_AUTH_CONFIG`", text));
        let login = of_text.or_else(|| {
            let file = self.file.as_deref()?;
            look(&format!("`{}`", file.display()), &read(file)?)
        });
        Found { login, problem }
    }
}

fn read(file: &Path) -> Option<String> {
    let mut text = String::new();
    std::fs::File::open(file).ok()?.take(LARGEST_ANSWER).read_to_string(&mut text).ok()?;
    Some(text)
}

/// Looks in the order of Docker: the registry's own program, the program for all, the file itself.
fn in_config(config: &Value, domain: &str, problem: &mut Option<String>) -> Option<Login> {
    let key = if domain == "docker.io" { DOCKER_HUB } else { domain };
    let own = config.get("credHelpers").and_then(|helpers| helpers.get(key).or_else(|| helpers.get(domain)));
    let helper = own.or_else(|| config.get("credsStore")).and_then(Value::as_str).filter(|it| !it.is_empty());
    if let Some(helper) = helper {
        match ask(helper, key) {
            Ok(Some(login)) => return Some(login),
            Ok(None) => {}
            Err(message) => {
                problem.get_or_insert(message);
            }
        }
    }
    let auths = config.get("auths")?.as_object()?;
    let entry = auths.get(key).or_else(|| {
        let is_it = |(name, _): &(&String, &Value)| bare(name) == bare(key);
        auths.iter().find(is_it).map(|(_, entry)| entry)
    })?;
    let text = |name: &str| entry.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    if let Some(identity) = text("identitytoken") {
        return Some(Login::Identity(identity.to_owned()));
    }
    let decoded = text("auth").and_then(|auth| String::from_utf8(STANDARD.decode(auth.trim()).ok()?).ok());
    let (user, secret) = match &decoded {
        Some(both) => both.split_once(':')?,
        None => (text("username")?, text("password")?),
    };
    // Docker pads what it writes with zeros.
    Login::of(user, secret.trim_end_matches('\0'))
}

/// Returns the host of an address; older files have whole ones.
fn bare(name: &str) -> &str {
    let name = name.strip_prefix("https://").or_else(|| name.strip_prefix("http://")).unwrap_or(name);
    match name.split('/').next().unwrap_or(name) {
        "docker.io" | "registry-1.docker.io" => "index.docker.io",
        host => host,
    }
}

/// Asks one of the programs that keep passwords for Docker. It may know none.
fn ask(helper: &str, key: &str) -> Result<Option<Login>, String> {
    let program = format!("docker-credential-{helper}");
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !helper.chars().all(is_plain) {
        return Err(format!("Docker's config names `{program}` for passwords, which is no program"));
    }
    let child = Command::new(&program)
        .arg("get")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|err| {
            format!("`{program}`, which Docker's config names for passwords, cannot be run: {}", err.kind())
        })?;
    let (succeeded, output) = finish(child, key).ok_or_else(|| {
        format!("`{program}`, which has the password, did not answer within {} s", PATIENCE.as_secs())
    })?;
    // It says on stdout why not: no password, or no keychain. Neither keeps anybody from asking without one.
    let not_there = String::from_utf8_lossy(&output).contains("credentials not found");
    if !succeeded && not_there {
        return Ok(None);
    }
    let answer: Option<Value> = serde_json::from_slice(&output).ok().filter(|_| succeeded);
    let answer = answer.ok_or_else(|| format!("`{program}`, which has the password, failed"))?;
    let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or("");
    Ok(Login::of(text("Username"), text("Secret")))
}

/// Gives a program its input, and waits for its end and output, but not for ever.
fn finish(mut child: Child, input: &str) -> Option<(bool, Vec<u8>)> {
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let (sender, receiver) = channel();
    let input = input.to_owned();
    // Whoever does not read, or leaves the pipe to somebody else, keeps this thread busy and nothing else.
    std::thread::spawn(move || {
        let _ = stdin.map(|mut stdin| stdin.write_all(input.as_bytes()));
        let mut output = Vec::new();
        let read = stdout.map(|stdout| stdout.take(LARGEST_ANSWER).read_to_end(&mut output));
        let _ = sender.send(read.and_then(Result::ok).map(|_| output));
    });
    let output = match receiver.recv_timeout(PATIENCE) {
        Ok(output) => output,
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
            let _ = child.kill();
            None
        }
    };
    if output.is_some() {
        // Its output has ended; what it does beyond that is not waited for.
        for _ in 0..50 {
            if let Ok(Some(status)) = child.try_wait() {
                return Some((status.success(), output?));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = child.kill();
    }
    let _ = child.wait();
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(config: &str, domain: &str) -> String {
        let found = Credentials { file: None, text: Some(config.to_owned()) }.of(domain);
        let login = match found.login {
            Some(Login::Password { user, secret }) => format!("{user} / {secret}"),
            Some(Login::Identity(token)) => format!("identity {token}"),
            None => "nobody".into(),
        };
        match found.problem {
            Some(problem) => format!("{login}; {problem}"),
            None => login,
        }
    }

    #[test]
    fn logins_are_found_under_all_names_that_docker_gave_them() {
        // `me:pass` and `me:a:b`.
        let config = r#"{ "auths": {
            "https://index.docker.io/v1/": { "auth": "bWU6cGFzcw==" },
            "ghcr.io": { "auth": "bWU6YTpi" },
            "https://old.example.com/v1/": { "username": "me", "password": "old" },
            "azure.example.com": { "auth": "AAAA", "identitytoken": "idtoken" },
            "empty.example.com": {},
            "127.0.0.1:5000": { "auth": "not base64" } } }"#;
        for (domain, expected) in [
            ("docker.io", "me / pass"),
            ("ghcr.io", "me / a:b"),
            ("old.example.com", "me / old"),
            ("azure.example.com", "identity idtoken"),
            ("empty.example.com", "nobody"),
            ("127.0.0.1:5000", "nobody"),
            ("elsewhere.example.com", "nobody"),
        ] {
            assert_eq!(look(config, domain), expected, "{domain}");
        }
    }

    #[test]
    fn what_is_wrong_with_the_configuration_is_told_and_stops_nobody() {
        assert_eq!(look("{", "ghcr.io"), "nobody; `DOCKER_AUTH_CONFIG` is no JSON, so nobody is logged in");
        assert_eq!(look("[]", "ghcr.io"), "nobody");
        assert_eq!(
            look(r#"{ "credsStore": "not-there-at-all" }"#, "ghcr.io"),
            "nobody; `docker-credential-not-there-at-all`, which Docker's config names for passwords, cannot be run: \
             entity not found"
        );
        assert_eq!(
            look(r#"{ "credHelpers": { "ghcr.io": "../../evil" } }"#, "ghcr.io"),
            "nobody; Docker's config names `docker-credential-../../evil` for passwords, which is no program"
        );
    }
}
