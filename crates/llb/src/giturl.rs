//! The URLs of git: those with a scheme, and `user@host:path`.

use crate::{Error, ErrorKind, paths};

/// Is the URL of a repository, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitUrl {
    /// What git is given: the URL without fragment and query.
    pub remote: String,
    /// `https`, `http`, `git` or `ssh`; the last also for `user@host:path`.
    pub scheme: String,
    /// The host, with its port.
    pub host: String,
    /// The path on the host, beginning with `/`.
    pub path: String,
    /// What followed `#`: a reference, and after a colon a directory.
    pub fragment: Option<String>,
    /// What followed `?`.
    pub query: Option<String>,
}

impl GitUrl {
    /// Parses a URL; one without a scheme is of https.
    ///
    /// # Errors
    /// If the protocol is not one of git's, or there is no host.
    pub fn parse(url: &str) -> Result<Self, Error> {
        let (rest, fragment) = split(url, '#');
        let (rest, query) = split(rest, '?');
        let (scheme, rest) = match rest.split_once("://") {
            Some((scheme, rest)) => (scheme.to_lowercase(), rest),
            None => match scp(rest) {
                Some((host, path)) => {
                    let (remote, path) = (rest.to_owned(), rooted(path));
                    return Ok(Self { remote, scheme: "ssh".to_owned(), host, path, fragment, query });
                }
                None => ("https".to_owned(), rest),
            },
        };
        if !["http", "https", "ssh", "git"].contains(&scheme.as_str()) {
            return Err(wrong(url, &format!("unknown protocol `{scheme}`")));
        }
        let (authority, path) = match rest.find('/') {
            Some(slash) => rest.split_at(slash),
            None => (rest, ""),
        };
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        if host.is_empty() {
            return Err(wrong(url, "there is no host"));
        }
        let (remote, path) = (format!("{scheme}://{rest}"), rooted(&unescape(path)));
        Ok(Self { remote, scheme, host: host.to_owned(), path, fragment, query })
    }

    /// Says whether the repository is reached by ssh.
    pub fn is_ssh(&self) -> bool {
        self.scheme == "ssh"
    }

    /// Returns the reference and the directory that the fragment names; both may be empty.
    pub fn reference_and_subdir(&self) -> Option<(&str, &str)> {
        let fragment = self.fragment.as_deref()?;
        Some(fragment.split_once(':').unwrap_or((fragment, "")))
    }

    /// The part of the identifier that names the repository.
    pub(crate) fn id(&self) -> String {
        format!("{}{}", self.host, self.path)
    }
}

fn wrong(url: &str, why: &str) -> Error {
    Error::new(ErrorKind::Source, format!("invalid git URL `{url}`: {why}"))
}

fn split(text: &str, at: char) -> (&str, Option<String>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after.to_owned())))
}

fn rooted(path: &str) -> String {
    paths::clean(&format!("/{path}"))
}

/// Splits `user@host:path`; without the user it could be anything.
fn scp(text: &str) -> Option<(String, &str)> {
    let (user, rest) = text.split_once('@')?;
    let (host, path) = rest.split_once(':')?;
    let is_word = |text: &str, more: &[u8]| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || more.contains(&b))
    };
    (is_word(user, b"-_") && is_word(host, b"-.")).then(|| (host.to_owned(), path))
}

/// Resolves `%20` and the like; what is not an escape stays.
fn unescape(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = |b: &u8| char::from(*b).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        match (first, after) {
            (b'%', [high, low, after @ ..]) if hex(high).is_some() && hex(low).is_some() => {
                bytes.push(hex(high).unwrap_or(0) * 16 + hex(low).unwrap_or(0));
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::GitUrl;
    use expect_test::{Expect, expect};

    fn check(url: &str, expected: &Expect) {
        let shown = match GitUrl::parse(url) {
            Ok(it) => format!("{} {} {:?} {:?}", it.remote, it.id(), it.reference_and_subdir(), it.query),
            Err(err) => err.message,
        };
        expected.assert_eq(&shown);
    }

    #[test]
    fn every_spelling_names_host_and_path() {
        check("https://h/a.git", &expect!["https://h/a.git h/a.git None None"]);
        check("h/a#main:sub/dir", &expect![[r#"https://h/a h/a Some(("main", "sub/dir")) None"#]]);
        check(
            "HTTPS://u:p@h:8/a%20b/?x=y#r",
            &expect![[r#"https://u:p@h:8/a%20b/ h:8/a b Some(("r", "")) Some("x=y")"#]],
        );
        check(
            "git@github.com:a/b.git#:d",
            &expect![[r#"git@github.com:a/b.git github.com/a/b.git Some(("", "d")) None"#]],
        );
        check("ssh://git@h:2222/x", &expect!["ssh://git@h:2222/x h:2222/x None None"]);
        check("ftp://h/a", &expect!["invalid git URL `ftp://h/a`: unknown protocol `ftp`"]);
        check("https:///a", &expect!["invalid git URL `https:///a`: there is no host"]);
    }
}
