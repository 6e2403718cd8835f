//! Git repositories.

use crate::{Error, ErrorKind, GitUrl, Graph, OciStore, SourceOp, State};
use std::collections::BTreeMap;

/// Says what of a repository is checked out, and how it is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GitOptions {
    /// The branch, tag or commit; empty for the default branch.
    pub reference: String,
    /// The directory that is taken; empty for all.
    pub subdir: String,
    /// Whether the `.git` directory is kept.
    pub keep_git_dir: bool,
    /// The commit that the reference must be.
    pub checksum: Option<String>,
    /// Whether submodules are left out.
    pub skip_submodules: bool,
    /// What time the files have.
    pub mtime: Option<GitMtime>,
    /// Whether a commit is fetched by its name.
    pub fetch_by_commit: bool,
    /// The secret that holds a token; `None` is `GIT_AUTH_TOKEN`, an empty name is none at all.
    pub auth_token_secret: Option<String>,
    /// The secret that holds a header; `None` is `GIT_AUTH_HEADER`, an empty name is none at all.
    pub auth_header_secret: Option<String>,
    /// The lines of `known_hosts` for a URL of ssh. They are never looked up on the network.
    pub known_ssh_hosts: Vec<String>,
    /// The agent for a URL of ssh; `None` is `default`.
    pub ssh_socket: Option<String>,
    /// The blob of an OCI layout that holds the repository.
    pub bundle: Option<GitBundle>,
    /// Whether the repository is checked out as a bundle.
    pub checkout_bundle: bool,
    /// The signature that the reference must have.
    pub signature: Option<GitSignature>,
    /// Whether git may give advice.
    pub advice: bool,
}

/// Says what time checked out files have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GitMtime {
    /// That of the checkout.
    Checkout,
    /// That of the commit.
    Commit,
}

/// Names the blob of an OCI layout that holds a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GitBundle {
    /// The identifier of the blob, as `oci-layout+blob://name@digest`.
    pub identifier: String,
    /// Where the layout is.
    pub store: OciStore,
}

/// Says which signature a reference must have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GitSignature {
    /// The public key.
    pub pubkey: String,
    /// Whether a signature by an expired key is refused.
    pub reject_expired: bool,
    /// Whether the tag itself must be signed.
    pub require_signed_tag: bool,
}

impl Graph {
    /// Adds a repository. A fragment or query of the URL is dropped, see [`GitUrl`]; a URL of a protocol
    /// that is not git's is left to the daemon.
    ///
    /// # Errors
    /// If the URL is empty.
    pub fn git(&mut self, url: &str, options: &GitOptions) -> Result<State, Error> {
        if url.is_empty() {
            return Err(Error::new(ErrorKind::Source, "URL must not be empty"));
        }
        let parsed = GitUrl::parse(url).ok();
        let (mut id, remote) = match &parsed {
            Some(parsed) => (parsed.id(), parsed.remote.as_str()),
            None => (url.to_owned(), url),
        };
        if !options.reference.is_empty() || !options.subdir.is_empty() {
            id = format!("{id}#{}", options.reference);
        }
        if !options.subdir.is_empty() {
            id = format!("{id}:{}", options.subdir);
        }
        let mut op = SourceOp::new(format!("git://{id}"), BTreeMap::new());
        op.caps.insert("source.git");
        op.set("git.fullurl", remote, "source.git.fullurl");
        checkout(&mut op, options);
        auth(&mut op, options);
        if parsed.is_some_and(|it| it.is_ssh()) {
            ssh(&mut op, options);
        }
        bundle(&mut op, options);
        signature(&mut op, options);
        Ok(self.add_source_op(op, None))
    }
}

fn checkout(op: &mut SourceOp, options: &GitOptions) {
    if options.keep_git_dir {
        op.set("git.keepgitdir", "true", "source.git.keepgitdir");
    }
    if let Some(checksum) = options.checksum.as_deref().filter(|it| !it.is_empty()) {
        op.set("git.checksum", checksum, "source.git.checksum");
    }
    if options.skip_submodules {
        op.set("git.skipsubmodules", "true", "source.git.skipsubmodules");
    }
    match options.mtime {
        None => {}
        Some(GitMtime::Checkout) => op.set("git.mtime", "checkout", "source.git.mtime"),
        Some(GitMtime::Commit) => op.set("git.mtime", "commit", "source.git.mtime"),
    }
    if options.fetch_by_commit {
        op.set("git.fetchbycommit", "true", "source.git.fetchbycommit");
    }
    if options.advice {
        op.attr("git.advice", "true");
    }
}

fn auth(op: &mut SourceOp, options: &GitOptions) {
    for (attr, secret, default) in [
        ("git.authtokensecret", &options.auth_token_secret, "GIT_AUTH_TOKEN"),
        ("git.authheadersecret", &options.auth_header_secret, "GIT_AUTH_HEADER"),
    ] {
        match secret.as_deref() {
            None => op.attr(attr, default),
            Some("") => {}
            Some(secret) => op.set(attr, secret, "source.git.httpauth"),
        }
    }
}

fn ssh(op: &mut SourceOp, options: &GitOptions) {
    op.caps.insert("source.git.knownsshhosts");
    if !options.known_ssh_hosts.is_empty() {
        let lines = options.known_ssh_hosts.iter().map(|it| it.strip_suffix('\n').unwrap_or(it));
        op.attr("git.knownsshhosts", lines.map(|line| format!("{line}\n")).collect::<String>());
    }
    let socket = options.ssh_socket.as_deref().filter(|it| !it.is_empty()).unwrap_or("default");
    op.set("git.mountsshsock", socket, "source.git.mountsshsock");
}

fn bundle(op: &mut SourceOp, options: &GitOptions) {
    if let Some(bundle) = &options.bundle {
        op.set("git.bundle", &bundle.identifier, "source.git.bundle");
        bundle.store.set(op);
    }
    if options.checkout_bundle {
        op.set("git.checkoutbundle", "true", "source.git.checkoutbundle");
    }
}

fn signature(op: &mut SourceOp, options: &GitOptions) {
    let Some(signature) = &options.signature else { return };
    const CAP: &str = "source.git.signatureverify";
    op.set("git.sig.pubkey", &signature.pubkey, CAP);
    if signature.reject_expired {
        op.set("git.sig.rejectexpired", "true", CAP);
    }
    if signature.require_signed_tag {
        op.set("git.sig.requiresignedtag", "true", CAP);
    }
}
