//! What a command can have mounted.

use crate::values::{Mode, NonEmpty, Size, State};
use crate::{Call, Choice, Object, Options};

/// Mounts a directory that is kept between builds.
#[derive(Debug, Call)]
#[call(name = "cache", returns = Object(Object::Mount), llb = "Mount CACHE",
    example = r#"bk.cache("/root/.cache", { sharing = "locked" })"#)]
pub struct Cache {
    /// Where the cache is mounted.
    pub dest: NonEmpty,
    /// Which cache it is and who may use it.
    #[arg(optional)]
    pub opts: CacheOptions,
}

/// Which cache is mounted and who may use it.
#[derive(Debug, Options)]
pub struct CacheOptions {
    /// The name of the cache; equal names are the same cache.
    #[option(shown = "the cleaned dest")]
    pub id: Option<NonEmpty>,
    /// What happens when two commands use it at a time.
    #[option(default = "shared")]
    pub sharing: Sharing,
    /// What a new cache starts from.
    #[option(shown = "an empty directory")]
    pub source: Option<State>,
    /// Whether the command may only read it.
    #[option(default = false)]
    pub readonly: bool,
    /// The user a new cache belongs to.
    pub uid: Option<u32>,
    /// The group a new cache belongs to.
    pub gid: Option<u32>,
    /// The permissions of a new cache.
    #[option(shown = "\"0755\"")]
    pub mode: Option<Mode>,
}

/// What happens when two commands use a cache at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub enum Sharing {
    /// Both write to it.
    Shared,
    /// Each gets one of its own.
    Private,
    /// One waits for the other.
    Locked,
}

/// Mounts a secret as a file that never enters a layer.
#[derive(Debug, Call)]
#[call(name = "secret", returns = Object(Object::Mount), llb = "Mount SECRET",
    example = r#"bk.secret("/run/secrets/npmrc", { id = "npmrc" })"#)]
pub struct Secret {
    /// The path of the file.
    pub dest: NonEmpty,
    /// Which secret it is and who may read it.
    #[arg(optional)]
    pub opts: SecretOptions,
}

/// Which secret is mounted and who may read it.
#[derive(Debug, Options)]
pub struct SecretOptions {
    /// The id, as `buildctl build --secret id=…` names it.
    #[option(shown = "the last part of dest")]
    pub id: Option<NonEmpty>,
    /// The user the file belongs to.
    #[option(default = 0)]
    pub uid: u32,
    /// The group the file belongs to.
    #[option(default = 0)]
    pub gid: u32,
    /// The permissions of the file.
    #[option(default = "0400")]
    pub mode: Mode,
    /// Whether the command runs without it where the secret is not given.
    #[option(default = false)]
    pub optional: bool,
}

/// Mounts the socket of an ssh agent and sets `SSH_AUTH_SOCK`.
#[derive(Debug, Call)]
#[call(name = "ssh", returns = Object(Object::Mount), llb = "Mount SSH", example = r#"bk.ssh({ id = "default" })"#)]
pub struct Ssh {
    /// Which agent it is and where its socket is.
    #[arg(optional)]
    pub opts: SshOptions,
}

/// Which ssh agent is mounted and where.
#[derive(Debug, Options)]
pub struct SshOptions {
    /// The path of the socket; two agents need two.
    #[option(default = "/run/ssh")]
    pub dest: NonEmpty,
    /// The id, as `buildctl build --ssh ID` names it.
    #[option(default = "default")]
    pub id: NonEmpty,
    /// The user the socket belongs to.
    #[option(default = 0)]
    pub uid: u32,
    /// The group the socket belongs to.
    #[option(default = 0)]
    pub gid: u32,
    /// The permissions of the socket.
    #[option(default = "0600")]
    pub mode: Mode,
    /// Whether the command runs without it where no agent is given.
    #[option(default = false)]
    pub optional: bool,
}

/// Mounts an empty directory in memory.
#[derive(Debug, Call)]
#[call(name = "tmpfs", returns = Object(Object::Mount), llb = "Mount TMPFS",
    example = r#"bk.tmpfs("/tmp", { size = "512m" })"#)]
pub struct Tmpfs {
    /// Where it is mounted.
    pub dest: NonEmpty,
    /// How large it may be.
    #[arg(optional)]
    pub opts: TmpfsOptions,
}

/// How large a tmpfs may be.
#[derive(Debug, Options)]
pub struct TmpfsOptions {
    /// Bytes, or a string such as `"512m"`.
    #[option(shown = "no limit")]
    pub size: Option<Size>,
}

/// Mounts another state, or a part of it.
#[derive(Debug, Call)]
#[call(name = "bind", returns = Object(Object::Mount), llb = "Mount BIND",
    example = r#"bk.bind(bk.local_("context"), "/src")"#)]
pub struct Bind {
    /// What is mounted.
    pub state: State,
    /// Where it is mounted.
    pub dest: NonEmpty,
    /// Which part, and whether it may be written.
    #[arg(optional)]
    pub opts: BindOptions,
}

/// Which part of a state is mounted, and whether it may be written.
#[derive(Debug, Options)]
pub struct BindOptions {
    /// The path inside the state.
    #[option(shown = "its root")]
    pub selector: Option<NonEmpty>,
    /// Whether the command may only read it.
    #[option(default = true)]
    pub readonly: bool,
    /// Whether what is written is thrown away.
    #[option(default = false)]
    pub no_output: bool,
    /// Whether the cache looks at the content of what is mounted.
    #[option(shown = "\"default\"")]
    pub content_cache: Option<ContentCache>,
}

/// Whether the cache looks at the content of what is mounted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub enum ContentCache {
    /// Where it can.
    Default,
    /// Yes.
    On,
    /// No: by what made it.
    Off,
}
