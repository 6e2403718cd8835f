//! Operations on files that need no command.

use crate::values::{Bytes, CopyMode, Mode, NonEmpty, Owner, State, Strings, Time};
use crate::{Arg, Call, Cx, Function, FunctionId, Kind, Known, Object, Options, Receiver, Ty, View};

/// Copies files from another state.
#[derive(Debug, Call)]
#[call(name = "copy", on = State, returns = Object(Object::State), llb = "FileOp copy",
    example = r#"bk.image("alpine:3.19"):copy(bk.local_("context"), "src", "/app/src", { owner = "1000:1000" })"#)]
pub struct Copy {
    /// The state that the files come from.
    #[arg(label = "first argument")]
    pub from: CopySource,
    /// The path in that state.
    pub src: NonEmpty,
    /// The path in this state; with a `/` at its end it is a directory.
    pub dest: NonEmpty,
    /// What is copied and how.
    #[arg(optional)]
    pub opts: CopyOptions,
}

/// The state that a copy takes files from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CopySource(pub State);

impl Arg for CopySource {
    const TY: Ty = Ty::Object(Object::State);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        match value.known() {
            Known::Object(Object::State, id) => id.map(|id| Self(State(id))),
            other => {
                let kind = other.kind();
                cx.wrong_type::<()>(&Self::TY, kind);
                if !matches!(kind, Kind::Unknown) {
                    cx.hint("the order is `state:copy(from, src, dest)`: the state first, then the paths");
                }
                None
            }
        }
    }
}

/// What is copied and how.
#[derive(Debug, Options)]
pub struct CopyOptions {
    /// The permissions of what is copied.
    #[option(shown = "those of the source")]
    pub mode: Option<CopyMode>,
    /// The owner of what is copied.
    #[option(shown = "root")]
    pub owner: Option<Owner>,
    /// Whether a symlink at src is followed.
    #[option(default = false)]
    pub follow_symlink: bool,
    /// Whether missing parents of dest are made.
    #[option(default = true)]
    pub create_dest_path: bool,
    /// Whether src is a pattern.
    #[option(default = false)]
    pub allow_wildcard: bool,
    /// Whether a pattern may match nothing.
    #[option(default = false)]
    pub allow_empty_wildcard: bool,
    /// Whether a directory's content is copied rather than the directory.
    #[option(default = false)]
    pub contents_only: bool,
    /// Whether an archive is unpacked.
    #[option(default = false)]
    pub unpack: bool,
    /// Whether a file replaces a directory of its name and the other way round.
    #[option(default = false)]
    pub replace_existing: bool,
    /// Patterns of files to take.
    pub include: Option<Strings>,
    /// Patterns of files to leave out.
    pub exclude: Option<Strings>,
    /// Paths that must be there.
    pub required_paths: Option<Strings>,
    /// The time the files get: seconds since 1970, or RFC 3339.
    #[option(shown = "that of the source")]
    pub timestamp: Option<Time>,
}

/// Makes a directory.
#[derive(Debug, Call)]
#[call(name = "mkdir", on = State, returns = Object(Object::State), llb = "FileOp mkdir",
    example = r#"bk.image("alpine:3.19"):mkdir("/srv/app", { make_parents = true })"#)]
pub struct Mkdir {
    /// The path.
    pub path: NonEmpty,
    /// How it is made.
    #[arg(optional)]
    pub opts: MkdirOptions,
}

/// How a directory is made.
#[derive(Debug, Options)]
pub struct MkdirOptions {
    /// The permissions.
    #[option(default = "0755")]
    pub mode: Mode,
    /// Whether missing parents are made, and an existing directory is no error.
    #[option(default = false)]
    pub make_parents: bool,
    /// The owner.
    #[option(shown = "root")]
    pub owner: Option<Owner>,
    /// The time it gets: seconds since 1970, or RFC 3339.
    #[option(shown = "when it is made")]
    pub timestamp: Option<Time>,
}

/// Writes a file.
#[derive(Debug, Call)]
#[call(name = "mkfile", on = State, returns = Object(Object::State), llb = "FileOp mkfile",
    example = r#"bk.scratch():mkfile("/etc/motd", "welcome\n", { mode = "0600" })"#)]
pub struct Mkfile {
    /// The path.
    pub path: NonEmpty,
    /// The content, byte for byte.
    pub data: Bytes,
    /// How it is made.
    #[arg(optional)]
    pub opts: MkfileOptions,
}

/// How a file is made.
#[derive(Debug, Options)]
pub struct MkfileOptions {
    /// The permissions.
    #[option(default = "0644")]
    pub mode: Mode,
    /// The owner.
    #[option(shown = "root")]
    pub owner: Option<Owner>,
    /// The time it gets: seconds since 1970, or RFC 3339.
    #[option(shown = "when it is made")]
    pub timestamp: Option<Time>,
}

/// Removes a file or a directory.
#[derive(Debug, Call)]
#[call(name = "rm", on = State, returns = Object(Object::State), llb = "FileOp rm",
    example = r#"bk.image("alpine:3.19"):rm("/var/cache/apk/*", { allow_wildcard = true })"#)]
pub struct Rm {
    /// The path.
    pub path: NonEmpty,
    /// What is allowed.
    #[arg(optional)]
    pub opts: RmOptions,
}

/// What a removal allows.
#[derive(Debug, Options)]
pub struct RmOptions {
    /// Whether the path may be missing.
    #[option(default = false)]
    pub allow_not_found: bool,
    /// Whether the path is a pattern.
    #[option(default = false)]
    pub allow_wildcard: bool,
}

/// Makes a symbolic link.
#[derive(Debug, Call)]
#[call(name = "symlink", on = State, returns = Object(Object::State), llb = "FileOp symlink",
    example = r#"bk.image("alpine:3.19"):symlink("/usr/bin/python3", "/usr/bin/python")"#)]
pub struct Symlink {
    /// What the link points to; it is written as given.
    pub oldpath: NonEmpty,
    /// The path of the link.
    pub newpath: NonEmpty,
    /// How it is made.
    #[arg(optional)]
    pub opts: SymlinkOptions,
}

/// How a symbolic link is made.
#[derive(Debug, Options)]
pub struct SymlinkOptions {
    /// The owner.
    #[option(shown = "root")]
    pub owner: Option<Owner>,
    /// The time it gets: seconds since 1970, or RFC 3339.
    #[option(shown = "when it is made")]
    pub timestamp: Option<Time>,
}

/// Does several file operations as one: they are one step of the build, cached and shown as one.
///
/// The function is called once, at once, with an object that has `copy`, `mkdir`, `mkfile`, `rm` and `symlink`; each
/// works on what those before it left. Outside the function the object is of no use.
#[derive(Debug, Call)]
#[call(name = "files", on = State, returns = Object(Object::State), llb = "FileOp with several actions",
    example = r#"bk.scratch():files(function(f) f:mkdir("/etc"):mkfile("/etc/motd", "welcome\n") end)"#)]
pub struct FilesOf {
    /// Says what is done.
    #[arg(label = "argument")]
    pub body: FilesBody,
}

/// The function that `files` calls; the evaluator has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilesBody;

impl Arg for FilesBody {
    const TY: Ty = Ty::Callback(Object::Files);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        match value.known() {
            Known::Function => Some(Self),
            other => {
                let kind = other.kind();
                cx.wrong_type::<()>(&Self::TY, kind);
                if !matches!(kind, Kind::Unknown) {
                    cx.hint("write it as `state:files(function(f) f:copy(…) f:mkdir(…) end)`");
                }
                None
            }
        }
    }
}

/// Makes the actions of `files` out of the methods of a State: the same arguments, the same documentation.
macro_rules! actions {
    ($($action:ident = $method:ident, $example:literal;)+) => {$(
        #[doc = concat!("The same as [`", stringify!($method), "`], as one action among those of `files`.")]
        #[derive(Debug)]
        pub struct $action(pub $method);

        impl $action {
            pub const FUNCTION: Function = Function {
                id: FunctionId::$action,
                receiver: Receiver::Files,
                returns: Ty::Object(Object::Files),
                example: $example,
                ..$method::FUNCTION
            };

            /// Checks the arguments of a call, as the method's own check does.
            pub fn check<V: View>(args: &[V], cx: &mut Cx) -> Option<Self> {
                $method::check(args, cx).map(Self)
            }
        }
    )+};
}

actions! {
    CopyAction = Copy, r#"f:copy(bk.local_("context"), "src", "/app/src")"#;
    MkdirAction = Mkdir, r#"f:mkdir("/srv/app", { make_parents = true })"#;
    MkfileAction = Mkfile, r#"f:mkfile("/etc/motd", "welcome\n")"#;
    RmAction = Rm, r#"f:rm("/var/cache/apk/*", { allow_wildcard = true })"#;
    SymlinkAction = Symlink, r#"f:symlink("/usr/bin/python3", "/usr/bin/python")"#;
}
