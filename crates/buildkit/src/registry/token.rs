//! The token that most registries want: an authority gives it out, to anybody or to who has logged in.

use super::credentials::Login;
use super::{Error, Registry, is_local};
use serde_json::Value;
use ureq::http::{StatusCode, Uri};

/// Longer than any token.
const LARGEST_ANSWER: u64 = 1 << 20;

/// What a registry wants of somebody who asks, from its header `WWW-Authenticate`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    Basic,
    Bearer(Bearer),
}

/// Where a token is had, and for what.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Bearer {
    realm: String,
    service: Option<String>,
    scope: Option<String>,
}

impl Challenge {
    /// Reads the headers; of several ways a token is preferred.
    pub(super) fn of<'h>(headers: impl Iterator<Item = &'h str>) -> Option<Challenge> {
        let mut basic = None;
        for header in headers {
            let (scheme, rest) = header.trim().split_once(' ').unwrap_or((header.trim(), ""));
            if scheme.eq_ignore_ascii_case("bearer") {
                let mut bearer = Bearer::default();
                for (name, value) in parameters(rest) {
                    match name.to_ascii_lowercase().as_str() {
                        "realm" => bearer.realm = value,
                        "service" => bearer.service = Some(value),
                        "scope" => bearer.scope = Some(value),
                        _ => {}
                    }
                }
                return Some(Challenge::Bearer(bearer));
            }
            if scheme.eq_ignore_ascii_case("basic") {
                basic = Some(Challenge::Basic);
            }
        }
        basic
    }
}

/// Reads `name="value", name=value`, where a backslash keeps a quote inside a value.
fn parameters(text: &str) -> Vec<(&str, String)> {
    let mut found = Vec::new();
    let mut rest = text.trim_start_matches([' ', ',']);
    while let Some((name, after)) = rest.split_once('=') {
        let mut value = String::new();
        rest = match after.strip_prefix('"') {
            Some(quoted) => {
                let mut chars = quoted.chars();
                loop {
                    match chars.next() {
                        None | Some('"') => break chars.as_str(),
                        Some('\\') => value.extend(chars.next()),
                        Some(other) => value.push(other),
                    }
                }
            }
            None => {
                let end = after.find(',').unwrap_or(after.len());
                let (plain, rest) = after.split_at(end);
                value.push_str(plain.trim());
                rest
            }
        };
        found.push((name.trim(), value));
        rest = rest.trim_start_matches([' ', ',']);
    }
    found
}

impl Registry<'_> {
    /// Fetches a token to read a repository.
    pub(super) fn token(
        &self,
        challenge: &Bearer,
        repository: &str,
        login: Option<&Login>,
    ) -> Result<String, Error> {
        self.check_realm(&challenge.realm)?;
        let scope = challenge.scope.clone().unwrap_or_else(|| format!("repository:{repository}:pull"));
        let mut fields = vec![("scope", scope.as_str())];
        fields.extend(challenge.service.as_deref().map(|service| ("service", service)));
        let answer = match login {
            // What `docker login` got for a password is exchanged for a token in a form.
            Some(Login::Identity(identity)) => {
                fields.extend([
                    ("grant_type", "refresh_token"),
                    ("refresh_token", identity),
                    ("client_id", "luakit"),
                ]);
                let request = self.agent.post(&challenge.realm).config();
                request.timeout_global(Some(self.left()?)).max_redirects(0).build().send_form(fields)
            }
            login => {
                let mut request = self.agent.get(&challenge.realm).query_pairs(fields);
                if let Some(value) = login.and_then(Login::basic) {
                    request = request.header("authorization", value);
                }
                request.config().timeout_global(Some(self.left()?)).max_redirects(0).build().call()
            }
        };
        let mut answer = answer.map_err(|err| self.unreachable(&err))?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::BAD_REQUEST => {
                return Err(self.denied());
            }
            status => return Err(self.error(&format!("gives no token: its authority answered {status}"))),
        }
        let body = answer.body_mut().with_config().limit(LARGEST_ANSWER).read_to_vec();
        let body = body.map_err(|err| self.unreachable(&err))?;
        let value: Value = serde_json::from_slice(&body).unwrap_or_default();
        let token = ["token", "access_token"].iter().find_map(|key| value.get(key)?.as_str());
        token
            .filter(|token| !token.is_empty())
            .map(str::to_owned)
            .ok_or_else(|| self.error("gives no token: its authority answered without one"))
    }

    /// A password goes where the registry says, as with Docker, but never over a plain line to another machine.
    fn check_realm(&self, realm: &str) -> Result<(), Error> {
        let uri: Option<Uri> = realm.parse().ok();
        let authority = uri.as_ref().and_then(Uri::authority).map(|it| it.as_str());
        let is_fine = match (uri.as_ref().and_then(Uri::scheme_str), authority) {
            (Some("https"), Some(_)) => true,
            (Some("http"), Some(authority)) => is_local(self.name.0) && is_local(authority),
            _ => false,
        };
        if is_fine {
            Ok(())
        } else {
            Err(self.error(&format!("sends for a token to `{realm}`, where no password is safe")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_read_as_registries_write_them() {
        let bearer = |headers: &[&str]| match Challenge::of(headers.iter().copied()) {
            Some(Challenge::Bearer(it)) => format!("{} {:?} {:?}", it.realm, it.service, it.scope),
            other => format!("{other:?}"),
        };
        for (headers, expected) in [
            (
                &[
                    r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push""#,
                ][..],
                r#"https://auth.docker.io/token Some("registry.docker.io") Some("repository:a/b:pull,push")"#,
            ),
            (&["bearer realm=https://a/t, service=x"], r#"https://a/t Some("x") None"#),
            (&[r#"Basic realm="r""#, r#"Bearer realm="https://a/\"t""#], "https://a/\"t None None"),
            (&["Basic"], "Some(Basic)"),
            (&["Negotiate"], "None"),
            (&[r#"Bearer realm="open"#], "open None None"),
            (&["Bearer"], " None None"),
            (&[], "None"),
        ] {
            assert_eq!(bearer(headers), expected, "{headers:?}");
        }
    }
}
