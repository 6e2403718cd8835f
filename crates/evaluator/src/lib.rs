//! Runs a build script in a sandbox and gives the graph that it denotes.
//!
//! [`evaluate`] takes a script and answers with an [`Evaluation`], whatever happened: the graph as far as it came,
//! the exports, and findings with exact places. It sees no syntax tree; what it needs of the text comes as
//! [`Prepared`]. It does no IO but through the [`Loader`] it is given.

mod calls;
mod collect;
mod config;
mod engine;
mod failure;
mod frames;
mod image_config;
mod objects;
mod observe;
mod require;
mod run;
mod sandbox;
mod testing;
mod view;

pub use config::{Config, Limits};
pub use observe::Observed;
pub use testing::{DeclaredTest, Difference, Harness, TestRun, run_test};

use luakit_api::Prepared;
use luakit_api::modules::Loader;
use luakit_diagnostics::{Diagnostic, Place, SourceFile};
use luakit_llb::{Graph, State};
use std::sync::Arc;

/// What came of running a script.
#[derive(Debug, Default)]
pub struct Evaluation {
    pub graph: Graph,
    pub exports: Vec<Export>,
    pub diagnostics: Vec<Diagnostic>,
    /// Every file that was read, the script first.
    pub files: Vec<Arc<SourceFile>>,
    /// What the script printed, with the place of the call.
    pub output: Vec<Printed>,
    /// The names of the arguments that the script asked for.
    pub args_read: std::collections::BTreeSet<String>,
    /// The values that names had, where the texts tell them.
    pub observed: Vec<Observed>,
    /// Whether the evaluation was given up because nobody wants it any more.
    pub cancelled: bool,
    pub memory: Memory,
}

/// Keeps the memory of an evaluation. While it is there, no other evaluation has an object at the same address, so
/// that a second run shows what depends on addresses.
#[derive(Debug, Default)]
pub struct Memory {
    _vm: Option<mlua::Lua>,
}

/// A result that the script named.
#[derive(Debug, Clone)]
pub struct Export {
    /// The name that `bk.target` gave it; `bk.export` gives none.
    pub name: Option<String>,
    pub state: State,
    /// The image's configuration as JSON.
    pub config: serde_json::Value,
    pub place: Place,
}

/// A text that the script printed.
#[derive(Debug, Clone, PartialEq)]
pub struct Printed {
    pub text: String,
    pub place: Option<Place>,
}

/// Tells whether a script that ended with such an error may have more, which a collecting pass would find.
pub fn may_have_more(code: luakit_diagnostics::Code) -> bool {
    collect::may_have_more(code)
}

/// Makes a file ready for the engine, or tells its syntax errors.
pub type Prepare<'a> = dyn Fn(&Arc<SourceFile>) -> Result<Prepared, Vec<Diagnostic>> + 'a;

/// Runs a script. The caller's thread needs a large stack, 64 MB for scripts of any depth.
pub fn evaluate(
    script: &Arc<SourceFile>,
    loader: &dyn Loader,
    prepare: &Prepare<'_>,
    config: &Config,
) -> Evaluation {
    engine::evaluate(script, loader, prepare, config, None)
}
