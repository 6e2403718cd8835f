//! Changes to files: what a script says about them.

use crate::{FileOp, Graph, Op, Output, State, graph};

/// Is one step of a file operation. Relative paths begin in the working directory of the state.
#[derive(Clone, Debug)]
pub enum FileAction {
    /// Copies files.
    Copy(Copy),
    /// Makes a directory.
    Mkdir(Mkdir),
    /// Writes a file.
    Mkfile(Mkfile),
    /// Removes files.
    Rm(Rm),
    /// Makes a symbolic link.
    Symlink(Symlink),
}

/// Copies files.
#[derive(Clone, Debug)]
pub struct Copy {
    /// Where the files come from.
    pub from: CopyFrom,
    /// The path there.
    pub src: String,
    /// Whether `.` in a root is written as it is, where BuildKit's client writes `/`. The daemon takes both for
    /// the root.
    pub keep_dot: bool,
    /// The path here; with `/` or `/.` at its end it is a directory.
    pub dest: String,
    /// The permissions; `None` keeps those of the source.
    pub mode: Option<CopyMode>,
    /// Who owns the copy; `None` is root.
    pub owner: Option<Owner>,
    /// Whether a symbolic link is followed.
    pub follow_symlink: bool,
    /// Whether the contents of a directory are copied instead of the directory.
    pub contents_only: bool,
    /// Whether an archive is unpacked.
    pub unpack: bool,
    /// Whether the directories above the destination are made.
    pub create_dest_path: bool,
    /// Whether `src` may have wildcards.
    pub allow_wildcard: bool,
    /// Whether a wildcard may match nothing.
    pub allow_empty_wildcard: bool,
    /// Whether what is in the way is replaced, even a directory by a file.
    pub replace_existing: bool,
    /// The patterns of what is copied; everything if there are none.
    pub include: Vec<String>,
    /// The patterns of what is not copied.
    pub exclude: Vec<String>,
    /// The paths that must be there.
    pub required_paths: Vec<String>,
    /// The time of the copy, in nanoseconds since the epoch; `None` keeps that of the source.
    pub timestamp: Option<i64>,
}

/// Is where the files of a copy come from.
#[derive(Clone, Debug)]
pub enum CopyFrom {
    /// A state.
    State(State),
    /// What actions on a state make of it, in the same operation.
    Actions(State, Vec<FileAction>),
}

/// Is the permissions of a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CopyMode {
    /// The bits, setuid and sticky among them.
    Octal(u32),
    /// A change, such as `u+rwX,go-w`.
    Symbolic(String),
}

/// Makes a directory.
#[derive(Clone, Debug, Default)]
pub struct Mkdir {
    /// The path.
    pub path: String,
    /// The permissions; bits beyond 0777 are dropped.
    pub mode: u32,
    /// Whether the directories above are made too.
    pub make_parents: bool,
    /// Who owns it; `None` is root.
    pub owner: Option<Owner>,
    /// Its time, in nanoseconds since the epoch; `None` is that of the build.
    pub timestamp: Option<i64>,
}

/// Writes a file.
#[derive(Clone, Debug, Default)]
pub struct Mkfile {
    /// The path.
    pub path: String,
    /// The permissions; bits beyond 0777 are dropped.
    pub mode: u32,
    /// What is in it.
    pub data: Vec<u8>,
    /// Who owns it; `None` is root.
    pub owner: Option<Owner>,
    /// Its time, in nanoseconds since the epoch; `None` is that of the build.
    pub timestamp: Option<i64>,
}

/// Removes files.
#[derive(Clone, Debug, Default)]
pub struct Rm {
    /// The path.
    pub path: String,
    /// Whether there may be nothing to remove.
    pub allow_not_found: bool,
    /// Whether the path may have wildcards.
    pub allow_wildcard: bool,
}

/// Makes a symbolic link. Its paths are taken as they are; a relative new path begins in `/`.
#[derive(Clone, Debug, Default)]
pub struct Symlink {
    /// What the link says.
    pub oldpath: String,
    /// Where the link is.
    pub newpath: String,
    /// Who owns it; `None` is root.
    pub owner: Option<Owner>,
    /// Its time, in nanoseconds since the epoch; `None` is that of the build.
    pub timestamp: Option<i64>,
}

/// Says who owns a file. Names are looked up in the state that is written to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    /// The user.
    pub user: Option<UserId>,
    /// The group.
    pub group: Option<UserId>,
}

/// Names a user or a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserId {
    /// By name.
    Name(String),
    /// By number.
    Id(u32),
}

impl Graph {
    /// Tells whether an action can be done on a state.
    ///
    /// # Errors
    /// What [`Graph::file`] would say of it.
    pub fn check_action(state: &State, action: &FileAction) -> Result<(), crate::Error> {
        FileOp::new(state, std::slice::from_ref(action)).map(drop)
    }

    /// Adds one operation of several steps on a state.
    ///
    /// # Errors
    /// If there are no steps.
    pub fn file(&mut self, state: &State, actions: Vec<FileAction>) -> Result<State, crate::Error> {
        let (op, inputs) = FileOp::new(state, &actions)?;
        let vertex = self.add(Op::File(op), graph::unique(inputs), None);
        Ok(state.with_output(Output::first(vertex), None))
    }
}

impl Copy {
    /// Copies as BuildKit's client does unless told: no wildcards, no links followed, nothing made on the way.
    pub fn new(from: impl Into<CopyFrom>, src: impl Into<String>, dest: impl Into<String>) -> Self {
        Self {
            from: from.into(),
            src: src.into(),
            keep_dot: false,
            dest: dest.into(),
            mode: None,
            owner: None,
            follow_symlink: false,
            contents_only: false,
            unpack: false,
            create_dest_path: false,
            allow_wildcard: false,
            allow_empty_wildcard: false,
            replace_existing: false,
            include: Vec::new(),
            exclude: Vec::new(),
            required_paths: Vec::new(),
            timestamp: None,
        }
    }
}

impl Owner {
    /// Reads `user[:group]`; nothing after the colon is no group.
    pub fn parse(text: &str) -> Self {
        let (user, group) = text.split_once(':').unwrap_or((text, ""));
        let given = |part: &str| (!part.is_empty()).then(|| UserId::parse(part));
        Self { user: given(user), group: given(group) }
    }
}

impl UserId {
    /// Reads a number or a name; `root` is 0 whatever `/etc/passwd` says.
    pub fn parse(text: &str) -> Self {
        match text.parse::<i32>().ok().and_then(|id| u32::try_from(id).ok()) {
            Some(id) => Self::Id(id),
            None if text == "root" => Self::Id(0),
            None => Self::Name(text.to_owned()),
        }
    }
}

impl From<State> for CopyFrom {
    fn from(state: State) -> Self {
        Self::State(state)
    }
}

impl From<&State> for CopyFrom {
    fn from(state: &State) -> Self {
        Self::State(state.clone())
    }
}

macro_rules! action {
    ($($name:ident)*) => {
        $(impl From<$name> for FileAction {
            fn from(action: $name) -> Self {
                Self::$name(action)
            }
        })*
    };
}

action! { Copy Mkdir Mkfile Rm Symlink }
