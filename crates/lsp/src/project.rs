//! What the project decided for a document: the nearest `luakit.toml`, and the comments that silence findings.
//!
//! The file is read anew each time: a few failed lookups cost less than keeping up with the disk.

use luakit_analysis::Script;
use luakit_diagnostics::Diagnostic;
use luakit_project::{Config, Configs, Ignores, Names, Seen};
use std::path::Path;
use std::sync::Arc;

/// Returns the configuration of a document. One that cannot be read counts as none: `luakit check` tells why.
pub(crate) fn config_of(path: Option<&Path>) -> Arc<Config> {
    let Some(path) = path else { return Arc::default() };
    let folder = path.parent().unwrap_or(path).to_owned();
    Configs::new(Names::new(folder)).of_file(path).unwrap_or_default()
}

/// Makes of what the text tells what people are shown.
pub(crate) fn settle(findings: Vec<Diagnostic>, script: &Script, path: Option<&Path>) -> Vec<Diagnostic> {
    let ignores = Some((Ignores::of(script), Seen::Text));
    luakit_project::settle(findings, ignores, &config_of(path), path.unwrap_or(Path::new("")))
}

/// Tells whether people are shown a finding of a run in this file, and at which level.
pub(crate) fn settle_one(
    finding: Diagnostic,
    script: &Script,
    config: &Config,
    path: &Path,
) -> Option<Diagnostic> {
    let mut findings = vec![finding];
    Ignores::of(script).silence(&mut findings);
    findings.pop().and_then(|finding| config.judge(path, finding))
}
