//! What a command sees besides its root.

use crate::{Output, State};

pub use crate::pb::{CacheSharingOpt as CacheSharing, MountContentCache as ContentCache};

/// Is a directory or file that a command sees; an immutable value that any number of runs can use.
#[derive(Clone, Debug)]
pub struct Mount {
    /// Where the command sees it.
    pub dest: String,
    /// What is in it; scratch is an empty directory.
    pub source: State,
    /// The path in the source; empty for all of it.
    pub selector: String,
    /// Whether the command cannot write to it.
    pub readonly: bool,
    /// Whether what the command writes is thrown away.
    pub no_output: bool,
    /// Whether the cache looks at the contents of the source rather than at where they came from.
    pub content_cache: ContentCache,
    /// What kind of mount it is.
    pub kind: MountKind,
}

/// Is the kind of a [`Mount`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MountKind {
    /// The source itself.
    Bind,
    /// A directory that is kept between builds and begins as the source. Without an id it is a bind mount.
    Cache {
        /// The name that builds share it under.
        id: String,
        /// What happens if two commands use it at the same time.
        sharing: CacheSharing,
    },
    /// A directory in memory.
    Tmpfs {
        /// The size in bytes; 0 for BuildKit's default.
        size: i64,
    },
    /// A secret, as a file.
    Secret {
        /// The name of the secret; BuildKit refuses an empty one.
        id: String,
        /// The owner of the file.
        uid: u32,
        /// The group of the file.
        gid: u32,
        /// The permissions of the file.
        mode: u32,
        /// Whether the command runs without the secret.
        optional: bool,
    },
    /// The socket of an ssh agent. The first one is `SSH_AUTH_SOCK` unless that is set.
    Ssh {
        /// The name of the agent; empty is `default`.
        id: String,
        /// The owner of the socket.
        uid: u32,
        /// The group of the socket.
        gid: u32,
        /// The permissions of the socket.
        mode: u32,
        /// Whether the command runs without the agent.
        optional: bool,
    },
}

impl Mount {
    /// Mounts a state, writable and with an output.
    pub fn bind(source: &State, dest: impl Into<String>) -> Self {
        Self { source: source.clone(), ..Self::new(dest, MountKind::Bind) }
    }

    /// Mounts a shared cache directory that begins empty.
    pub fn cache(dest: impl Into<String>, id: impl Into<String>) -> Self {
        Self::new(dest, MountKind::Cache { id: id.into(), sharing: CacheSharing::Shared })
    }

    /// Mounts a directory in memory, of the default size.
    pub fn tmpfs(dest: impl Into<String>) -> Self {
        Self::new(dest, MountKind::Tmpfs { size: 0 })
    }

    /// Mounts a secret that is required, as a file of root with mode 0400.
    pub fn secret(dest: impl Into<String>, id: impl Into<String>) -> Self {
        Self::new(dest, MountKind::Secret { id: id.into(), uid: 0, gid: 0, mode: 0o400, optional: false })
    }

    /// Mounts the socket of an ssh agent that is required, as a file of root with mode 0600.
    pub fn ssh(dest: impl Into<String>, id: impl Into<String>) -> Self {
        Self::new(dest, MountKind::Ssh { id: id.into(), uid: 0, gid: 0, mode: 0o600, optional: false })
    }

    fn new(dest: impl Into<String>, kind: MountKind) -> Self {
        Self {
            dest: dest.into(),
            source: State::scratch(),
            selector: String::new(),
            readonly: false,
            no_output: false,
            content_cache: ContentCache::Default,
            kind,
        }
    }

    /// Says whether the mount is a directory, which BuildKit sorts by destination.
    pub(crate) fn is_directory(&self) -> bool {
        !matches!(self.kind, MountKind::Secret { .. } | MountKind::Ssh { .. })
    }

    pub(crate) fn is_cache(&self) -> bool {
        matches!(&self.kind, MountKind::Cache { id, .. } if !id.is_empty())
    }

    pub(crate) fn is_tmpfs(&self) -> bool {
        matches!(self.kind, MountKind::Tmpfs { .. })
    }

    /// Says whether what the command leaves on the mount is an output of the op.
    pub(crate) fn has_output(&self) -> bool {
        self.is_directory() && !(self.readonly || self.no_output || self.is_tmpfs() || self.is_cache())
    }

    /// The vertex that the mount depends on.
    pub(crate) fn input(&self) -> Option<Output> {
        if self.is_directory() { self.source.output() } else { None }
    }
}
