//! One script looked at as a whole: the static findings and the dry run together, for the editor and the command line.
//!
//! Analysis and evaluator know nothing of each other; here they meet. Both run on a [`worker`].

mod disk;
mod dry_run;
mod git;
mod join;
mod lints;
mod ops;
mod testing;
mod verify;
pub mod worker;

pub use disk::{DiskLoader, read_text, stdlib_of_environment};
pub use dry_run::{DryRun, Options, Output, SHOWN_UNIQUE, dry_run, dry_run_parsed};
pub use git::{GitLoader, split_revision};
pub use join::join;
pub use lints::Lints;
pub use luakit_evaluator::{Limits, Observed};
pub use luakit_llb as llb;
pub use ops::MadeOp;
pub use testing::{TestFile, TestOutcome, test_loader};

use luakit_analysis::Script;
use luakit_api::modules::Loader;
use luakit_diagnostics::Diagnostic;
use std::sync::Arc;

/// Returns the findings of both layers, and the dry run. Call it on a [`worker`].
pub fn check(script: &Arc<Script>, loader: &dyn Loader, options: &Options) -> (Vec<Diagnostic>, DryRun) {
    let static_findings = luakit_analysis::diagnostics(script, Some(loader));
    let lints = if options.lints == Lints::None { Lints::Usual } else { options.lints };
    let dry_run = dry_run_parsed(script, loader, &Options { lints, ..options.clone() });
    let findings = join(static_findings, &dry_run.diagnostics);
    (findings, dry_run)
}
