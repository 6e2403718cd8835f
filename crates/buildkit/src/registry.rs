//! Asks a registry which image a reference stands for now, as the OCI distribution specification has it.
//!
//! Nothing is downloaded: the digest comes in the header of an answer without a body, or is computed of a manifest of some
//! kilobytes. Where an image is made for several platforms it is that of their list, so that it holds on each of them.

mod credentials;
mod error;
mod token;

pub use credentials::Credentials;
pub use error::Error;

use credentials::{Found, Login};
use error::RegistryName;
use luakit_llb::{Digest, Reference};
use std::cell::OnceCell;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use token::Challenge;
use ureq::config::RedirectAuthHeaders;
use ureq::http::{Response, StatusCode, header};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, ResponseExt};

/// What a tag may lead to, the list for all platforms first.
const MANIFESTS: &str = "application/vnd.oci.image.index.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, \
    application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.v2+json";

const DIGEST: &str = "docker-content-digest";

/// The specification wants registries to take manifests of at least 4 MiB, so none is larger.
const LARGEST_MANIFEST: u64 = 4 << 20;

/// Says how a registry is asked.
#[derive(Debug, Clone)]
pub struct Config {
    /// Who asks.
    pub credentials: Credentials,
    /// How long it may take until there is a connection.
    pub connect: Duration,
    /// How long the whole may take, with the token that has to be fetched first.
    pub total: Duration,
}

impl Config {
    /// Returns what is usual on this machine: Docker's credentials, and a wait that somebody at an editor stands.
    pub fn of_environment() -> Config {
        Config {
            credentials: Credentials::of_environment(),
            connect: Duration::from_secs(5),
            total: Duration::from_secs(15),
        }
    }
}

/// Asks for the digest of what a reference's tag stands for, `latest` if it has none. A digest that it has plays no part.
///
/// Blocks. `cancelled` is looked at between requests.
///
/// # Errors
/// If the registry cannot be reached, lets nobody in, or has no such image.
pub fn resolve(reference: &Reference, config: &Config, cancelled: &AtomicBool) -> Result<Digest, Error> {
    let deadline = Instant::now() + config.total;
    let registry = Registry {
        name: RegistryName(reference.domain()),
        shown: shown(reference),
        agent: agent(is_local(reference.domain()), config.connect),
        config,
        found: OnceCell::new(),
        deadline,
        cancelled,
    };
    let scheme = if is_local(reference.domain()) { "http" } else { "https" };
    let tag = reference.tag.as_deref().unwrap_or("latest");
    let url = format!("{scheme}://{}/v2/{}/manifests/{tag}", host(reference.domain()), reference.path());
    registry.digest(&url, reference.path())
}

/// Returns a reference as people write it, without what Docker adds.
fn shown(reference: &Reference) -> String {
    let name = if reference.domain() == "docker.io" {
        let path = reference.path();
        path.strip_prefix("library/").unwrap_or(path)
    } else {
        reference.path()
    };
    format!("{name}:{}", reference.tag.as_deref().unwrap_or("latest"))
}

/// Returns where a registry is reached. Docker Hub's images have another domain than its registry.
fn host(domain: &str) -> &str {
    if domain == "docker.io" { "registry-1.docker.io" } else { domain }
}

/// Tells whether a registry is on this machine, where it may speak plain HTTP.
fn is_local(domain: &str) -> bool {
    let bare = match domain.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => domain.split_once(':').map_or(domain, |(host, _)| host),
    };
    bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn agent(local: bool, connect: Duration) -> Agent {
    let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
    let builder = Agent::config_builder()
        .tls_config(tls)
        .https_only(!local)
        .timeout_connect(Some(connect))
        .http_status_as_error(false)
        .max_redirects(5)
        .redirect_auth_headers(RedirectAuthHeaders::Never)
        .max_response_header_size(64 << 10)
        .user_agent(concat!("luakit/", env!("CARGO_PKG_VERSION")));
    // No proxy leads to this machine.
    let builder = if local { builder.proxy(None) } else { builder };
    builder.build().into()
}

#[derive(Clone, Copy)]
enum Method {
    Head,
    Get,
}

/// One question to one registry.
struct Registry<'a> {
    name: RegistryName<'a>,
    /// The image, for messages.
    shown: String,
    agent: Agent,
    config: &'a Config,
    found: OnceCell<Found>,
    deadline: Instant,
    cancelled: &'a AtomicBool,
}

type Answer = Response<ureq::Body>;

impl Registry<'_> {
    fn digest(&self, url: &str, repository: &str) -> Result<Digest, Error> {
        let mut authorization = None;
        let mut answer = self.ask(Method::Head, url, None)?;
        if answer.status() == StatusCode::UNAUTHORIZED && !self.was_led_away(&answer) {
            let value = self.authorize(&answer, repository)?;
            answer = self.ask(Method::Head, url, Some(&value))?;
            authorization = Some(value);
        }
        // Some registries do not know the method; the others say what is wrong in the body.
        let has_no_head = matches!(answer.status().as_u16(), 400 | 405 | 501);
        if !has_no_head {
            self.judge(&answer)?;
            if let Some(digest) = self.told_digest(&answer)? {
                return Ok(digest);
            }
        }
        let mut answer = self.ask(Method::Get, url, authorization.as_deref())?;
        self.judge(&answer)?;
        let told = self.told_digest(&answer)?;
        let manifest = answer.body_mut().with_config().limit(LARGEST_MANIFEST).read_to_vec();
        let computed = Digest::of(&manifest.map_err(|err| self.unreachable(&err))?);
        match told {
            Some(told) if told != computed && told.as_str().starts_with("sha256:") => {
                Err(self.error(&format!("tells another digest of `{}` than it has", self.shown)))
            }
            Some(told) => Ok(told),
            None => Ok(computed),
        }
    }

    fn ask(&self, method: Method, url: &str, authorization: Option<&str>) -> Result<Answer, Error> {
        let request = match method {
            Method::Head => self.agent.head(url),
            Method::Get => self.agent.get(url),
        };
        let request = request.header(header::ACCEPT, MANIFESTS);
        let request = match authorization {
            Some(value) => request.header(header::AUTHORIZATION, value),
            None => request,
        };
        request
            .config()
            .timeout_global(Some(self.left()?))
            .build()
            .call()
            .map_err(|err| self.unreachable(&err))
    }

    /// Answers a challenge. Returns what the header `Authorization` has to say.
    fn authorize(&self, answer: &Answer, repository: &str) -> Result<String, Error> {
        let headers = answer.headers().get_all(header::WWW_AUTHENTICATE);
        let texts = headers.iter().filter_map(|value| value.to_str().ok());
        let login = self.found().login.as_ref();
        let value = match Challenge::of(texts) {
            Some(Challenge::Basic) => login.and_then(Login::basic).ok_or_else(|| self.denied())?,
            Some(Challenge::Bearer(challenge)) => {
                format!("Bearer {}", self.token(&challenge, repository, login)?)
            }
            None => return Err(self.denied()),
        };
        // What would end the header is no token.
        match value.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            true => Ok(value),
            false => Err(self.error("gave a token that cannot be used")),
        }
    }

    /// Returns the credentials, looked for once: a program may have to be run for them.
    fn found(&self) -> &Found {
        self.found.get_or_init(|| self.config.credentials.of(self.name.0))
    }

    /// Tells whether an answer came from elsewhere, whose questions are not answered with this registry's credentials.
    fn was_led_away(&self, answer: &Answer) -> bool {
        answer.get_uri().authority().is_none_or(|it| it.as_str() != host(self.name.0))
    }

    fn judge(&self, answer: &Answer) -> Result<(), Error> {
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => {
                return Err(Error::new(format!("{} has no `{}`", self.name, self.shown)));
            }
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => return Err(self.denied()),
            StatusCode::TOO_MANY_REQUESTS => {
                let hint = format!("try again later, or run {}", self.name.login());
                return Err(self.error("has been asked too often from here").or_hint(Some(&hint)));
            }
            status => return Err(self.error(&format!("answered {status}"))),
        }
        let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        match kind {
            Some(kind) if kind.contains("docker.distribution.manifest.v1+") => {
                Err(self.error(&format!("has `{}` in a form of 2015 that has no digest", self.shown)))
            }
            // Something that stands between us and the registry, such as the page of a hotel.
            Some(kind) if kind.starts_with("text/html") => Err(self
                .error("answered with a web page")
                .or_hint(Some("is there a page to log in to this network?"))),
            _ => Ok(()),
        }
    }

    fn told_digest(&self, answer: &Answer) -> Result<Option<Digest>, Error> {
        let Some(value) = answer.headers().get(DIGEST) else { return Ok(None) };
        match value.to_str().ok().and_then(|text| Digest::parse(text).ok()) {
            Some(digest) => Ok(Some(digest)),
            None => Err(self.error(&format!("told no digest of `{}` but something else", self.shown))),
        }
    }

    /// Returns how long the rest may take.
    fn left(&self) -> Result<Duration, Error> {
        if self.cancelled.load(Ordering::Relaxed) {
            return Err(Error::new("cancelled"));
        }
        match self.deadline.saturating_duration_since(Instant::now()) {
            Duration::ZERO => Err(self.unreachable(&ureq::Error::Timeout(ureq::Timeout::Global))),
            left => Ok(left),
        }
    }

    fn error(&self, what: &str) -> Error {
        Error::new(format!("{} {what}", self.name))
    }

    fn unreachable(&self, err: &ureq::Error) -> Error {
        error::told(&self.name, self.config, err)
    }

    /// The registry wants to know who asks, or knows and says no. Of an image that is not there many say the same.
    fn denied(&self) -> Error {
        let found = self.found();
        let (words, hint) = match found.login {
            Some(_) => {
                ("", format!("if the image is there, your login may be too old: run {}", self.name.login()))
            }
            None => (" without a login", format!("if the image is there, run {}", self.name.login())),
        };
        let err = self.error(&format!("does not let you read `{}`{words}", self.shown));
        err.or_hint(found.problem.as_deref()).or_hint(Some(&hint))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_registries_on_this_machine_may_speak_plain_http() {
        for domain in ["localhost", "localhost:5000", "127.0.0.1:5000", "127.1.2.3", "[::1]:5000", "[::1]"] {
            assert!(is_local(domain), "{domain}");
        }
        for domain in
            ["docker.io", "localhost.example.com", "10.0.0.1:5000", "[fe80::1]:5000", "127.0.0.1.nip.io"]
        {
            assert!(!is_local(domain), "{domain}");
        }
    }

    #[test]
    fn messages_call_images_as_people_do() {
        for (text, expected) in [
            ("alpine", "alpine:latest"),
            ("docker.io/library/alpine:3.19", "alpine:3.19"),
            ("org/app:1", "org/app:1"),
            ("ghcr.io/library/x:1", "library/x:1"),
        ] {
            assert_eq!(shown(&Reference::parse(text).unwrap()), expected);
        }
    }
}
