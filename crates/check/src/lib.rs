//! One script looked at as a whole: the static findings and the dry run together, for the editor and the command line.

pub mod worker;

use luakit_api::modules::Loader;
use luakit_diagnostics::{Diagnostic, SourceFile};
use luakit_llb::Definition;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// How a script is evaluated.
#[derive(Debug, Clone)]
pub struct Options {
    /// Values for `os.getenv`, from `--arg`.
    pub args: BTreeMap<String, String>,
    pub timeout: Duration,
    /// Trips when the result is no longer wanted.
    pub cancel: Arc<AtomicBool>,
    /// The value of `local.unique`.
    pub local_unique: String,
}

/// What a dry run gave.
#[derive(Debug, Default)]
pub struct DryRun {
    pub diagnostics: Vec<Diagnostic>,
    /// The LLB, where the script has an export and no error.
    pub definition: Option<Definition>,
    /// The image config as JSON.
    pub image_config: Option<serde_json::Value>,
    /// Every file that was read, the script first.
    pub files: Vec<Arc<SourceFile>>,
    /// What the script printed.
    pub output: Vec<String>,
    /// Whether `cancel` ended it; it then says nothing.
    pub cancelled: bool,
}

/// Evaluates a script. Call it on a [`worker`].
pub fn dry_run(_file: &Arc<SourceFile>, _loader: &dyn Loader, _options: &Options) -> DryRun {
    DryRun::default()
}

/// Joins the findings of both layers: a mistake that both see is one finding.
pub fn join(_static_findings: Vec<Diagnostic>, _dry_run: &[Diagnostic]) -> Vec<Diagnostic> {
    Vec::new()
}

/// Reads modules from a folder on disk, except those whose text an editor holds.
pub struct DiskLoader {
    pub root: std::path::PathBuf,
    /// What stands before a module's path where it is shown, such as `examples/`.
    pub prefix: String,
    /// Unsaved texts by their path on disk.
    pub overlay: BTreeMap<std::path::PathBuf, Arc<SourceFile>>,
}
