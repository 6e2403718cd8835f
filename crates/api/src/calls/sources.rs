//! Where files come from: images, the client's folders, git, http, nothing.

use crate::values::{Digest, Mode, NonEmpty, PlatformSpec, quote};
use crate::{Arg, Call, Choice, Cx, Object, Options, View};
use std::collections::BTreeMap;

/// Starts from an image.
///
/// The reference is normalised as Docker does: `alpine` is `docker.io/library/alpine:latest`.
#[derive(Debug, Call)]
#[call(name = "image", returns = Object(Object::State), llb = "SourceOp docker-image://…",
    example = r#"bk.image("alpine:3.19", { platform = "linux/arm64" })"#)]
pub struct Image {
    /// The image's reference, such as `golang:1.22`, `ghcr.io/owner/name:tag` or `name@sha256:…`.
    #[arg(label = "identifier")]
    pub identifier: ImageName,
    /// How the image is chosen and found.
    #[arg(optional)]
    pub opts: ImageOptions,
}

/// The reference of an image, as a script writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageName(pub String);

impl Arg for ImageName {
    const TY: crate::Ty = crate::Ty::String;
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let NonEmpty(name) = NonEmpty::read(value, cx)?;
        // No registry has an image of that name: Docker reserves it for a Dockerfile's `FROM scratch`.
        let short = name.strip_prefix("docker.io/").unwrap_or(&name);
        let short = short.strip_prefix("library/").unwrap_or(short);
        if short.split([':', '@']).next() == Some("scratch") {
            let shown = quote(&name);
            cx.invalid::<()>(&format!("must be an image, which {shown} is not"));
            cx.hint("start from nothing with `bk.scratch()`");
            return None;
        }
        Some(Self(name))
    }
}

/// How an image is chosen and found.
#[derive(Debug, Options)]
pub struct ImageOptions {
    /// The platform of the image; it stays for later runs.
    #[option(shown = "the target platform")]
    pub platform: Option<PlatformSpec>,
    /// When the registry is asked which image the reference means.
    #[option(default = "default")]
    pub resolve: Resolve,
    /// Whether the reference is pinned to its digest, where a resolver is at hand.
    #[option(default = false)]
    pub resolve_digest: bool,
    /// The digest that the image must have.
    pub checksum: Option<Digest>,
    /// The number of layers to take, from the lowest.
    pub layer_limit: Option<Positive>,
}

/// When the registry is asked which image a reference means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub enum Resolve {
    /// As the daemon is configured.
    Default,
    /// Always, even where the image is at hand.
    Always,
    /// Never: the image must be at hand.
    Never,
}

/// An integer above zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Positive(pub i64);

impl Arg for Positive {
    const TY: crate::Ty = crate::Ty::Integer;
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let number = i64::read(value, cx)?;
        if (1..=i64::from(u32::MAX)).contains(&number) {
            Some(Self(number))
        } else {
            cx.invalid(&format!("must be from 1 to {}, got {number}", u32::MAX))
        }
    }
}

/// Starts from nothing: an empty file system.
#[derive(Debug, Call)]
#[call(name = "scratch", returns = Object(Object::State), llb = "no op; input -1",
    example = r#"bk.scratch():mkfile("/hello", "hi\n")"#)]
pub struct Scratch {}

/// Takes files from the client that runs the build.
///
/// The name is given to the build, as in `buildctl build --local NAME=DIR`; it is no path.
#[derive(Debug, Call)]
#[call(name = "local_", returns = Object(Object::State), llb = "SourceOp local://…",
    example = r#"bk.local_("context", { exclude = { ".git", "node_modules" } })"#)]
pub struct Local {
    /// The name under which the client gives the folder.
    #[arg(label = "name")]
    pub name: LocalName,
    /// Which of the files are taken.
    #[arg(optional)]
    pub opts: LocalOptions,
}

/// The name of a folder of the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalName(pub String);

impl Arg for LocalName {
    const TY: crate::Ty = crate::Ty::String;
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let NonEmpty(name) = NonEmpty::read(value, cx)?;
        if name.starts_with(['.', '/', '~', '\\']) {
            let shown = quote(&name);
            cx.invalid::<()>(&format!("must not be a path, got {shown}"));
            cx.hint(format!(
                "use a name such as \"context\"; the build says which folder it is: `--local context={name}`"
            ));
            return None;
        }
        Some(Self(name))
    }
}

/// Which files of a folder are taken.
#[derive(Debug, Options)]
pub struct LocalOptions {
    /// Patterns of files to take; without any, all are.
    pub include: Option<crate::values::Strings>,
    /// Patterns of files to leave out, as in `.dockerignore`.
    pub exclude: Option<crate::values::Strings>,
    /// Paths whose symlinks are followed, so that their targets are taken too.
    pub follow_paths: Option<crate::values::Strings>,
    /// A hint that lets builds share what was sent before.
    pub shared_key_hint: Option<String>,
    /// How changed files are found.
    pub differ: Option<Differ>,
    /// Whether only names and attributes are sent; a list names the files whose content is sent all the same.
    pub metadata_only: Option<crate::values::Either<bool, Vec<String>>>,
}

/// How changed files are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub enum Differ {
    /// Every file is sent.
    None,
    /// By their size, time and mode.
    Metadata,
}

/// Takes files from a git repository.
///
/// A fragment in the URL is read as Docker reads it: `https://host/repo.git#ref:subdir`.
#[derive(Debug, Call)]
#[call(name = "git", returns = Object(Object::State), llb = "SourceOp git://…",
    example = r#"bk.git("https://github.com/moby/buildkit.git", { ref = "v0.17.0" })"#)]
pub struct Git {
    /// Where the repository is: https, http, git, ssh, or `user@host:path`.
    #[arg(label = "URL")]
    pub url: Url,
    /// What is taken of the repository and how it is reached.
    #[arg(optional)]
    pub opts: GitOptions,
}

/// A URL that holds no password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url(pub String);

impl Arg for Url {
    const TY: crate::Ty = crate::Ty::String;
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let NonEmpty(url) = NonEmpty::read(value, cx)?;
        let authority = url.split_once("://").and_then(|(_, rest)| rest.split(['/', '?', '#']).next());
        let login = authority.and_then(|authority| authority.rsplit_once('@')).map(|(login, _)| login);
        if login.is_some_and(|login| login.contains(':')) {
            cx.invalid::<()>("must not hold a password: it would be written into the definition in clear");
            cx.hint("put it into a secret and name that in `auth_header_secret`");
            return None;
        }
        if url.contains(|c: char| c.is_whitespace() || c.is_control()) {
            let shown = quote(&url);
            return cx.invalid(&format!("must not contain spaces, got {shown}"));
        }
        Some(Self(url))
    }
}

/// What is taken of a repository and how it is reached.
#[derive(Debug, Options)]
pub struct GitOptions {
    /// The branch, tag or commit.
    #[option(shown = "the repository's default branch")]
    pub r#ref: Option<NonEmpty>,
    /// The folder of the repository that becomes the root.
    pub subdir: Option<NonEmpty>,
    /// Whether `.git` is kept.
    #[option(default = false)]
    pub keep_git_dir: bool,
    /// The commit that the ref must be.
    pub checksum: Option<NonEmpty>,
    /// Whether submodules are fetched.
    #[option(default = true)]
    pub submodules: bool,
    /// Which time the files get.
    pub mtime: Option<GitMtime>,
    /// Whether the commit itself is fetched rather than a ref that holds it.
    #[option(default = false)]
    pub fetch_by_commit: bool,
    /// The id of the secret that holds a token for https.
    #[option(shown = "GIT_AUTH_TOKEN")]
    pub auth_token_secret: Option<String>,
    /// The id of the secret that holds a whole Authorization header.
    #[option(shown = "GIT_AUTH_HEADER")]
    pub auth_header_secret: Option<String>,
    /// The host keys that ssh accepts, a line each.
    pub known_ssh_hosts: Option<String>,
    /// The id of the ssh agent socket.
    #[option(shown = "default, for ssh URLs")]
    pub ssh_socket: Option<String>,
    /// Whether git's advice is printed.
    #[option(default = false)]
    pub advice: bool,
}

/// Which time files from git get.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub enum GitMtime {
    /// When they were checked out.
    Checkout,
    /// When their commit was made.
    Commit,
}

/// Downloads a file.
#[derive(Debug, Call)]
#[call(name = "http", alias = "https", returns = Object(Object::State), llb = "SourceOp https://…",
    example = r#"bk.http("https://example.com/tool.tar.gz", { filename = "tool.tar.gz" })"#)]
pub struct Http {
    /// Where the file is.
    #[arg(label = "URL")]
    pub url: Url,
    /// What the file becomes and how it is checked.
    #[arg(optional)]
    pub opts: HttpOptions,
}

/// What a downloaded file becomes and how it is checked.
#[derive(Debug, Options)]
pub struct HttpOptions {
    /// The digest that the file must have, such as `sha256:…`.
    pub checksum: Option<Digest>,
    /// The name the file gets.
    #[option(shown = "the last part of the URL")]
    pub filename: Option<NonEmpty>,
    /// The permissions the file gets.
    #[option(shown = "\"0600\"")]
    pub chmod: Option<Mode>,
    /// The user the file belongs to.
    pub uid: Option<u32>,
    /// The group the file belongs to.
    pub gid: Option<u32>,
    /// Request headers; BuildKit sends `Accept` and `User-Agent` only.
    pub headers: Option<Headers>,
    /// The id of the secret that holds the Authorization header.
    pub auth_header_secret: Option<NonEmpty>,
    /// The PGP signature that the file must have.
    pub signature: Option<SignatureOptions>,
    /// Not sent: a password must never enter a definition.
    pub username: Option<Refused>,
    /// Not sent: a password must never enter a definition.
    pub password: Option<Refused>,
}

/// A PGP signature and the key it is checked with.
#[derive(Debug, Options)]
pub struct SignatureOptions {
    /// The public key, armored.
    pub pubkey: NonEmpty,
    /// The signature, armored.
    pub signature: NonEmpty,
}

/// Request headers that BuildKit sends.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Headers {
    pub accept: Option<String>,
    pub user_agent: Option<String>,
}

impl Headers {
    fn set(&mut self, name: &str, value: String, cx: &mut Cx) -> Option<()> {
        let wrong = |what: String, cx: &mut Cx| {
            cx.problem::<()>(luakit_diagnostics::Code::INVALID_VALUE, what);
            cx.focus(crate::Focus::Key);
        };
        let header = match name.to_ascii_lowercase().as_str() {
            "accept" => &mut self.accept,
            "user-agent" => &mut self.user_agent,
            _ => {
                let what =
                    format!("header `{name}` is not sent: BuildKit sends `Accept` and `User-Agent` only");
                wrong(what, cx);
                cx.hint("for a login, put the whole Authorization header into a secret and name it in `auth_header_secret`");
                return None;
            }
        };
        if header.is_some() {
            wrong(format!("header `{name}` is given twice: case makes no difference"), cx);
            return None;
        }
        if value.contains(|c: char| c.is_control() && c != '\t') {
            return cx.invalid("must be a single line");
        }
        *header = Some(value);
        Some(())
    }
}

impl Arg for Headers {
    const TY: crate::Ty = crate::Ty::Map(&crate::Ty::String);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let map = <BTreeMap<String, String>>::read(value, cx)?;
        let mut headers = Headers::default();
        for (name, value) in map {
            let read = cx.at(crate::Step::Key(name.clone()), |cx| headers.set(&name, value, cx));
            read?;
        }
        Some(headers)
    }
}

/// An option that the original had and that luakit refuses, whatever its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {}

impl Arg for Refused {
    const TY: crate::Ty = crate::Ty::Nil;
    fn read<V: View>(_: &V, cx: &mut Cx) -> Option<Self> {
        cx.invalid::<()>("would be written into the definition in clear, where everyone can read it");
        cx.focus(crate::Focus::Key);
        cx.hint("put the whole Authorization header into a secret and name it in `auth_header_secret`");
        None
    }
}

/// Starts from an image in an OCI layout on the client's disk.
#[derive(Debug, Call)]
#[call(name = "oci_layout", returns = Object(Object::State), llb = "SourceOp oci-layout://…",
    example = r#"bk.oci_layout("app@sha256:9834876dcfb05cb167a5c24953eba58c4ac89b1adf57f28f2f9d09af107ee8f0", { store = "layouts" })"#)]
pub struct OciLayout {
    /// The image, as `name@digest`.
    #[arg(label = "reference")]
    pub reference: NonEmpty,
    /// Where the layout is and what is taken of it.
    #[arg(optional)]
    pub opts: OciLayoutOptions,
}

/// Where an OCI layout is and what is taken of it.
#[derive(Debug, Options)]
pub struct OciLayoutOptions {
    /// The platform of the image; it stays for later runs.
    #[option(shown = "the target platform")]
    pub platform: Option<PlatformSpec>,
    /// The number of layers to take, from the lowest.
    pub layer_limit: Option<Positive>,
    /// The name under which the client gives the layout, as in `buildctl build --oci-layout NAME=DIR`.
    pub store: Option<NonEmpty>,
}

/// Takes a single blob of a registry as a file.
#[derive(Debug, Call)]
#[call(name = "image_blob", returns = Object(Object::State), llb = "SourceOp docker-image+blob://…",
    example = r#"bk.image_blob("library/alpine@sha256:9834876dcfb05cb167a5c24953eba58c4ac89b1adf57f28f2f9d09af107ee8f0", { filename = "layer.tar" })"#)]
pub struct ImageBlob {
    /// The blob, as `name@digest`; a tag is not allowed.
    #[arg(label = "reference")]
    pub reference: NonEmpty,
    /// What the file becomes.
    #[arg(optional)]
    pub opts: BlobOptions,
}

/// What the file of a blob becomes.
#[derive(Debug, Options)]
pub struct BlobOptions {
    /// The name the file gets.
    pub filename: Option<NonEmpty>,
    /// The permissions the file gets.
    pub chmod: Option<Mode>,
    /// The user the file belongs to.
    pub uid: Option<u32>,
    /// The group the file belongs to.
    pub gid: Option<u32>,
}

/// Takes whatever a daemon knows by its identifier: for schemes and attributes that no other call has.
///
/// It adds no capabilities, so an older daemon ignores attributes that it does not know.
#[derive(Debug, Call)]
#[call(name = "source", returns = Object(Object::State), llb = "SourceOp",
    example = r#"bk.source("docker-image://docker.io/library/alpine:3.19", { ["image.recordtype"] = "internal" })"#)]
pub struct SourceOf {
    /// The identifier, as `scheme://…`.
    #[arg(label = "identifier")]
    pub identifier: NonEmpty,
    /// The attributes, as BuildKit names them.
    pub attrs: Option<BTreeMap<String, crate::values::Scalar>>,
}
