//! Files from the web.

use crate::{Error, ErrorKind, Graph, SourceOp, State, blob};
use std::collections::BTreeMap;

/// Says how a file is fetched and what becomes of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpOptions {
    /// The digest that the file must have.
    pub checksum: Option<String>,
    /// The name of the file.
    pub filename: Option<String>,
    /// The permissions of the file.
    pub chmod: Option<u32>,
    /// The owner of the file.
    pub uid: Option<u32>,
    /// The group of the file.
    pub gid: Option<u32>,
    /// The headers of the request: BuildKit sends no others than these two.
    pub headers: Option<HttpHeaders>,
    /// The secret that holds the `Authorization` header.
    pub auth_header_secret: Option<String>,
    /// The signature that the file must have.
    pub signature: Option<HttpSignature>,
}

/// Holds the headers of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpHeaders {
    /// The `Accept` header.
    pub accept: Option<String>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
}

/// Holds a PGP signature.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpSignature {
    /// The armoured public key.
    pub pubkey: String,
    /// The armoured, detached signature.
    pub signature: String,
}

impl Graph {
    /// Adds a file from the web.
    ///
    /// # Errors
    /// If the URL is not one of http or https, or has no host.
    pub fn http(&mut self, url: &str, options: &HttpOptions) -> Result<State, Error> {
        let invalid = |why: &str| Err(Error::new(ErrorKind::Source, format!("invalid URL `{url}`: {why}")));
        match ["http://", "https://"].iter().find_map(|scheme| url.strip_prefix(scheme)) {
            None => return invalid("expected http:// or https://"),
            Some(rest) if rest.is_empty() || rest.starts_with(['/', '?', '#', ':']) => {
                return invalid("there is no host");
            }
            Some(_) => {}
        }
        let mut op = SourceOp::new(url, BTreeMap::new());
        op.caps.insert("source.http");
        if let Some(checksum) = given(&options.checksum) {
            op.set("http.checksum", checksum, "source.http.checksum");
        }
        if let Some(filename) = given(&options.filename) {
            op.attr("http.filename", filename);
        }
        if let Some(perm) = blob::perm(options.chmod) {
            op.set("http.perm", perm, "source.http.perm");
        }
        for (name, id) in [("http.uid", options.uid), ("http.gid", options.gid)] {
            if let Some(id) = id.filter(|it| *it != 0) {
                // The capability is registered under this misspelt name.
                op.set(name, id.to_string(), "soruce.http.uidgid");
            }
        }
        if let Some(headers) = &options.headers {
            op.caps.insert("source.http.header");
            for (name, value) in
                [("http.header.accept", &headers.accept), ("http.header.user-agent", &headers.user_agent)]
            {
                if let Some(value) = given(value) {
                    op.attr(name, value);
                }
            }
        }
        if let Some(secret) = given(&options.auth_header_secret) {
            op.set("http.authheadersecret", secret, "source.http.auth");
        }
        if let Some(signature) = &options.signature {
            op.set("http.sig.pubkey", &signature.pubkey, "source.http.signatureverify");
            op.set("http.sig.signature", &signature.signature, "source.http.signatureverify");
        }
        Ok(self.add_source_op(op, None))
    }
}

fn given(option: &Option<String>) -> Option<&str> {
    option.as_deref().filter(|it| !it.is_empty())
}
