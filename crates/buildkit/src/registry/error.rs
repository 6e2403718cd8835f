//! What kept us from an answer, in words for somebody amid their work.

use super::{Config, host};
use std::{fmt, io};
use ureq::Timeout;

/// Why a registry gave no digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// In lower case, without a final stop.
    pub message: String,
    /// What could be done about it.
    pub hint: Option<String>,
}

impl Error {
    pub(super) fn new(message: impl Into<String>) -> Error {
        Error { message: message.into(), hint: None }
    }

    /// Adds a hint unless there is one.
    pub(super) fn or_hint(mut self, hint: Option<&str>) -> Error {
        self.hint = self.hint.or_else(|| hint.map(str::to_owned));
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

/// A registry by its domain, as messages call it.
pub(super) struct RegistryName<'a>(pub(super) &'a str);

impl RegistryName<'_> {
    /// Returns the command that logs in to it.
    pub(super) fn login(&self) -> String {
        match self.0 {
            "docker.io" => "`docker login`".into(),
            domain => format!("`docker login {domain}`"),
        }
    }
}

impl fmt::Display for RegistryName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "registry `{}`", self.0)
    }
}

/// Tells why a request came to nothing.
pub(super) fn told(name: &RegistryName<'_>, config: &Config, err: &ureq::Error) -> Error {
    let host = host(name.0);
    match err {
        ureq::Error::Timeout(Timeout::Connect) => {
            Error::new(format!("{name} cannot be reached within {} s", config.connect.as_secs_f32()))
                .or_hint(Some("is there a network, and does it need a proxy (`HTTPS_PROXY`)?"))
        }
        ureq::Error::Timeout(_) => {
            Error::new(format!("{name} did not answer within {} s", config.total.as_secs_f32()))
        }
        _ if is_unknown_host(err) => Error::new(format!("{name} cannot be found: nobody knows `{host}`"))
            .or_hint(Some("is the name right, and is there a network?")),
        _ if is_distrust(err) => Error::new(format!("{name} cannot be trusted: {}", reason(err)))
            .or_hint(Some("does this machine know who signed its certificate?")),
        ureq::Error::ConnectionFailed | ureq::Error::Io(_) => {
            Error::new(format!("{name} cannot be reached: {}", reason(err)))
        }
        ureq::Error::RequireHttpsOnly(_) => Error::new(format!("{name} leads to where nothing is encrypted")),
        ureq::Error::BodyExceedsLimit(_) | ureq::Error::LargeResponseHeader(..) => {
            Error::new(format!("{name} answered more than any image needs"))
        }
        ureq::Error::InvalidProxyUrl | ureq::Error::ConnectProxyFailed(_) => {
            Error::new(format!("{name} cannot be reached through the proxy: {}", reason(err)))
        }
        _ => Error::new(format!("{name} answered what nobody understands: {}", reason(err))),
    }
}

fn is_unknown_host(err: &ureq::Error) -> bool {
    match err {
        ureq::Error::HostNotFound => true,
        // The standard library has no kind for it.
        ureq::Error::Io(err) => err.to_string().starts_with("failed to lookup address"),
        _ => false,
    }
}

/// Tells whether it went wrong with the certificate or the encryption.
fn is_distrust(err: &ureq::Error) -> bool {
    match err {
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => true,
        // What comes up during the handshake arrives as an error of reading.
        ureq::Error::Io(err) => err.kind() == io::ErrorKind::InvalidData,
        _ => false,
    }
}

/// What a library says, in the form of our messages.
fn reason(err: &ureq::Error) -> String {
    let text = match err {
        ureq::Error::Io(err) if err.kind() == io::ErrorKind::InvalidData => err.to_string(),
        ureq::Error::Io(err) => err.kind().to_string(),
        err => err.to_string(),
    };
    text.trim_start_matches("io: ").trim_end_matches('.').to_owned()
}
