//! The calls of the API, a file for each group.

mod export;
mod files;
mod graph;
mod mounts;
mod run;
mod settings;
mod sources;

pub use export::*;
pub use files::*;
pub use graph::*;
pub use mounts::*;
pub use run::*;
pub use settings::*;
pub use sources::*;

use crate::{Cx, Function, View};

macro_rules! calls {
    ($($name:ident),+ $(,)?) => {
        /// A call whose arguments have been checked.
        ///
        /// The evaluator matches on it, so that a call without a handler does not compile.
        #[derive(Debug)]
        #[allow(clippy::large_enum_variant, reason = "there is one at a time, and it is taken apart at once")]
        pub enum Call { $($name($name)),+ }

        /// Which function of the API.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum FunctionId { $($name),+ }

        /// Every function and method there is, in the order of the manual.
        pub const FUNCTIONS: &[&Function] = &[$(&$name::FUNCTION),+];

        /// Checks the arguments of a call.
        ///
        /// Returns `None` if an argument is wrong, which is then in `cx`, or if one is not known.
        pub fn check<V: View>(id: FunctionId, args: &[V], cx: &mut Cx) -> Option<Call> {
            let before = cx.problems.len();
            let call = match id { $(FunctionId::$name => $name::check(args, cx).map(Call::$name)),+ };
            call.filter(|_| !cx.errors_since(before))
        }
    };
}

calls! {
    Image, Scratch, Local, Git, Http, OciLayout, ImageBlob, SourceOf,
    Run, Cache, Secret, Ssh, Tmpfs, Bind,
    Copy, Mkdir, Mkfile, Rm, Symlink, FilesOf,
    CopyAction, MkdirAction, MkfileAction, RmAction, SymlinkAction,
    WithEnv, WithCwd, WithUser, WithPlatform, WithNetwork, Requires, MountOf,
    WithMetadata, Merge, Diff, Build, PlatformOf, ArgOf, Getenv, Export, Target,
}
