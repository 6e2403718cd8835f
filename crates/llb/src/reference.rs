//! Image references: `alpine` is `docker.io/library/alpine:latest`.

use crate::{Error, ErrorKind};
use std::fmt;

const DEFAULT_DOMAIN: &str = "docker.io";
const LEGACY_DOMAIN: &str = "index.docker.io";
const MAX_NAME: usize = 255;
const MAX_TAG: usize = 128;

/// Is an image reference in its normal form, `domain/path[:tag][@digest]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The domain and path.
    pub name: String,
    /// The tag.
    pub tag: Option<String>,
    /// The digest of the image.
    pub digest: Option<String>,
}

impl Reference {
    /// Parses a reference as people write it, and adds the domain that they leave out.
    ///
    /// # Errors
    /// If it is not a reference; the message says why.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.len() == 64 && text.bytes().all(is_hex) {
            return wrong(format!(
                "invalid repository name ({text}), cannot specify 64-byte hexadecimal strings"
            ));
        }
        let (domain, remainder) = split_domain(text);
        let path = remainder.split_once(':').map_or(remainder.as_str(), |(path, _)| path);
        if path.to_lowercase() != path {
            return wrong(format!("invalid reference format: repository name ({path}) must be lowercase"));
        }
        parse_canonical(&format!("{domain}/{remainder}"))
    }

    /// Adds the tag `latest` to a reference that has neither tag nor digest.
    #[must_use]
    pub fn or_latest(mut self) -> Self {
        if self.tag.is_none() && self.digest.is_none() {
            self.tag = Some("latest".to_owned());
        }
        self
    }

    /// Adds the digest that the reference stands for, or puts it into the place of the one it has.
    ///
    /// # Errors
    /// If it is no digest.
    pub fn with_digest(mut self, digest: &str) -> Result<Self, Error> {
        check_digest(digest)?;
        self.digest = Some(digest.to_owned());
        Ok(self)
    }

    /// Returns the domain of the registry, such as `docker.io` or `localhost:5000`.
    pub fn domain(&self) -> &str {
        self.name.split_once('/').map_or(DEFAULT_DOMAIN, |(domain, _)| domain)
    }

    /// Returns what the registry calls the repository, such as `library/alpine`.
    pub fn path(&self) -> &str {
        self.name.split_once('/').map_or(&self.name, |(_, path)| path)
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

fn wrong<T>(message: impl Into<String>) -> Result<T, Error> {
    Err(Error::new(ErrorKind::Reference, message))
}

/// Splits off the domain. The first element is one if it could not be a path on Docker Hub.
fn split_domain(text: &str) -> (&str, String) {
    let (domain, remainder) = match text.split_once('/') {
        Some((first, rest))
            if first.contains(['.', ':']) || first == "localhost" || first.to_lowercase() != first =>
        {
            (first, rest)
        }
        _ => (DEFAULT_DOMAIN, text),
    };
    match if domain == LEGACY_DOMAIN { DEFAULT_DOMAIN } else { domain } {
        DEFAULT_DOMAIN if !remainder.contains('/') => (DEFAULT_DOMAIN, format!("library/{remainder}")),
        domain => (domain, remainder.to_owned()),
    }
}

fn parse_canonical(text: &str) -> Result<Reference, Error> {
    const FORMAT: &str = "invalid reference format";
    let (rest, digest) = match text.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (text, None),
    };
    // A colon before the last slash is that of a port.
    let path_start = rest.rfind('/').map_or(0, |slash| slash + 1);
    let (name, tag) = match rest.get(path_start..).and_then(|last| last.split_once(':')) {
        Some((last, tag)) => (rest.get(..path_start + last.len()).unwrap_or(rest), Some(tag)),
        None => (rest, None),
    };
    if !is_name(name) || !tag.is_none_or(is_tag) || !digest.is_none_or(looks_like_digest) {
        return wrong(FORMAT);
    }
    if name.len() > MAX_NAME {
        return wrong(format!("repository name must not be more than {MAX_NAME} characters"));
    }
    if let Some(digest) = digest {
        check_digest(digest)?;
    }
    Ok(Reference { name: name.to_owned(), tag: tag.map(str::to_owned), digest: digest.map(str::to_owned) })
}

fn is_name(name: &str) -> bool {
    let path = |path: &str| path.split('/').all(is_path_component);
    match name.split_once('/') {
        Some((domain, rest)) => (is_domain(domain) || is_path_component(domain)) && path(rest),
        None => path(name),
    }
}

fn is_domain(domain: &str) -> bool {
    let (host, port) = match domain.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, rest)) => {
            let port = rest.strip_prefix(':');
            let is_address = !address.is_empty() && address.bytes().all(|b| is_hex_any_case(b) || b == b':');
            return is_address && (rest.is_empty() || port.is_some_and(is_port));
        }
        None => domain.split_once(':').map_or((domain, None), |(host, port)| (host, Some(port))),
    };
    host.split('.').all(is_domain_component) && port.is_none_or(is_port)
}

fn is_port(port: &str) -> bool {
    !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit())
}

fn is_domain_component(part: &str) -> bool {
    !part.is_empty()
        && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !part.starts_with('-')
        && !part.ends_with('-')
}

/// Lower-case letters and digits, with `.`, `_`, `__` or any number of `-` between them.
fn is_path_component(part: &str) -> bool {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_separator = |run: &str| matches!(run, "." | "_" | "__") || run.bytes().all(|b| b == b'-');
    part.starts_with(is_word)
        && part.ends_with(is_word)
        && part.split(is_word).all(|run| run.is_empty() || is_separator(run))
}

fn is_tag(tag: &str) -> bool {
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    tag.len() <= MAX_TAG
        && tag.bytes().next().is_some_and(is_word)
        && tag.bytes().all(|b| is_word(b) || b == b'.' || b == b'-')
}

fn looks_like_digest(digest: &str) -> bool {
    let Some((algorithm, hex)) = digest.split_once(':') else { return false };
    let is_part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    algorithm.split(['-', '_', '+', '.']).all(is_part) && hex.len() >= 32 && hex.bytes().all(is_hex_any_case)
}

/// Checks a digest such as `sha256:…`.
pub(crate) fn check_digest(digest: &str) -> Result<(), Error> {
    let Some((algorithm, hex)) = digest.split_once(':') else {
        return wrong("invalid checksum digest format");
    };
    let length = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => return wrong("unsupported digest algorithm"),
    };
    if hex.len() != length {
        return wrong("invalid checksum digest length");
    }
    if !hex.bytes().all(is_hex) {
        return wrong("invalid checksum digest format");
    }
    Ok(())
}

fn is_hex(b: u8) -> bool {
    matches!(b, b'0'..=b'9' | b'a'..=b'f')
}

fn is_hex_any_case(b: u8) -> bool {
    b.is_ascii_hexdigit()
}

#[cfg(test)]
mod tests {
    use super::Reference;

    fn check(text: &str, expected: &str) {
        let found = match Reference::parse(text) {
            Ok(reference) => reference.or_latest().to_string(),
            Err(err) => err.message,
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn what_people_leave_out_is_added() {
        check("alpine", "docker.io/library/alpine:latest");
        check("a/b", "docker.io/a/b:latest");
        check("docker.io/x", "docker.io/library/x:latest");
        check("index.docker.io/x:1", "docker.io/library/x:1");
        check("localhost/x", "localhost/x:latest");
        check("localhost", "docker.io/library/localhost:latest");
        check("host:5000/a/b:t-1.2_3", "host:5000/a/b:t-1.2_3");
        check("[::1]:5000/a", "[::1]:5000/a:latest");
        check("Foo/bar", "Foo/bar:latest");
        let digest = format!("sha256:{}", "0a".repeat(32));
        check(&format!("alpine:3@{digest}"), &format!("docker.io/library/alpine:3@{digest}"));
        check(&format!("alpine@{digest}"), &format!("docker.io/library/alpine@{digest}"));
        check("a__b/c--d.e_f", "docker.io/a__b/c--d.e_f:latest");
    }

    #[test]
    fn a_reference_leads_to_a_registry() {
        for (text, domain, path) in [
            ("alpine", "docker.io", "library/alpine"),
            ("ghcr.io/a/b:1", "ghcr.io", "a/b"),
            ("localhost:5000/a", "localhost:5000", "a"),
            ("[::1]:5000/a/b", "[::1]:5000", "a/b"),
        ] {
            let reference = Reference::parse(text).unwrap();
            assert_eq!((reference.domain(), reference.path()), (domain, path));
        }
    }

    #[test]
    fn a_wrong_reference_is_told_why() {
        let format = "invalid reference format";
        check(
            "library/Alpine",
            "invalid reference format: repository name (library/Alpine) must be lowercase",
        );
        for text in [
            "",
            "docker-image://alpine",
            "a b",
            "a..b",
            "a/",
            "/a",
            "a:",
            "a:-x",
            "a@sha256:12",
            "-a",
            "a___b",
        ] {
            check(text, format);
        }
        check(
            &"a".repeat(64),
            &format!(
                "invalid repository name ({}), cannot specify 64-byte hexadecimal strings",
                "a".repeat(64)
            ),
        );
        check(&"z".repeat(256), "repository name must not be more than 255 characters");
        check(&format!("a@sha256:{}", "0".repeat(63)), "invalid checksum digest length");
        check(&format!("a@md5:{}", "0".repeat(32)), "unsupported digest algorithm");
        check(&format!("a@sha256:{}", "F".repeat(64)), "invalid checksum digest format");
    }
}
