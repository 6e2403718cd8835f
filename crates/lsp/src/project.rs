//! What the project decided for a document: the nearest `luakit.toml`, and the comments that silence findings.
//!
//! The file is read anew each time: a few failed lookups cost less than keeping up with the disk.

use crate::documents::Snapshot;
use luakit_analysis::Script;
use luakit_check::DryRun;
use luakit_diagnostics::Diagnostic;
use luakit_project::{CONFIG_FILE, Config, Configs, Ignores, Names, Seen};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Returns the configuration of a document. One that cannot be read counts as none: `luakit check` tells why.
pub(crate) fn config_of(path: Option<&Path>) -> Arc<Config> {
    let Some(path) = path else { return Arc::default() };
    let folder = path.parent().unwrap_or(path).to_owned();
    Configs::new(Names::new(folder)).of_file(path).unwrap_or_default()
}

/// Returns the arguments of the project that no script reads, as its rules judge them. They stand in its `luakit.toml`.
/// `None` after a run with an error,
/// which tells nothing of them.
pub(crate) fn unread_arguments(
    config: &Config,
    run: &DryRun,
    open: &[(PathBuf, Arc<Snapshot>)],
) -> Option<Vec<Diagnostic>> {
    if run.cancelled || run.diagnostics.iter().any(Diagnostic::is_error) {
        return None;
    }
    let text = |path: &Path| {
        let snapshot = open.iter().find(|(open, _)| open == path).map(|(_, snapshot)| snapshot);
        snapshot.map(|snapshot| snapshot.script().file.text.clone())
    };
    let found = luakit_project::unread_by_project(config, &run.args_read, &run.files, &text);
    let path = config.folder.join(CONFIG_FILE);
    Some(found.into_iter().filter_map(|finding| config.judge(&path, finding)).collect())
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
