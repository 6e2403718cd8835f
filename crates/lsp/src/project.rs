//! What the project decided for a document: the nearest `luakit.toml`, and the comments that silence findings.
//!
//! The file is read anew each time: a few failed lookups cost less than keeping up with the disk.

use crate::documents::Snapshot;
use luakit_analysis::Script;
use luakit_check::DryRun;
use luakit_diagnostics::{Code, Diagnostic, Layer, Place, SourceFile};
use luakit_project::{CONFIG_FILE, Config, Configs, Ignores, Names, Seen};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Returns the configuration of a document. One that cannot be read counts as none: `luakit check` tells why.
pub(crate) fn config_of(path: Option<&Path>) -> Arc<Config> {
    let Some(path) = path else { return Arc::default() };
    let folder = path.parent().unwrap_or(path).to_owned();
    Configs::new(Names::new(folder)).of_file(path).unwrap_or_default()
}

/// Returns what is wrong with the nearest `luakit.toml` of a document, and where that is.
pub(crate) fn problems_of(path: Option<&Path>) -> Option<(PathBuf, Vec<Diagnostic>)> {
    let own = path?.parent()?;
    let folder = own.ancestors().find(|folder| folder.join(CONFIG_FILE).is_file())?;
    let path = folder.join(CONFIG_FILE);
    let file = Arc::new(SourceFile::new(CONFIG_FILE, luakit_check::read_text(&path).ok()?));
    let findings = match Config::parse(&file, folder) {
        Ok(config) => config.findings,
        Err(message) => vec![unreadable(&file, &message)],
    };
    Some((path, findings))
}

/// Makes a finding of a message that begins with its place.
fn unreadable(file: &Arc<SourceFile>, message: &str) -> Diagnostic {
    let mut parts = message.splitn(4, ':').skip(1);
    let line = parts.next().and_then(|line| line.parse().ok()).unwrap_or(1);
    let message = parts.nth(1).unwrap_or(message).trim();
    let place = Place { file: file.clone(), range: file.line_range(line) };
    Diagnostic::new(Code::INVALID_SETTING, Layer::Static, place, message)
        .with_hint("as long as it is like this, none of it counts")
}

/// Returns the arguments of the project that no script reads, as its rules judge them. They stand in its `luakit.toml`.
/// `None` after a run with an error, which tells nothing of them.
pub(crate) fn unread_arguments(
    config: &Config,
    runs: &[Arc<DryRun>],
    files: &[Arc<SourceFile>],
    open: &[(PathBuf, Arc<Snapshot>)],
) -> Option<Vec<Diagnostic>> {
    let is_over = |run: &Arc<DryRun>| !run.cancelled && !run.diagnostics.iter().any(Diagnostic::is_error);
    if !config.is_written() || !runs.iter().all(is_over) {
        return None;
    }
    let text = |path: &Path| {
        let snapshot = open.iter().find(|(open, _)| open == path).map(|(_, snapshot)| snapshot);
        snapshot.map(|snapshot| snapshot.script().file.text.clone())
    };
    let read = runs.iter().flat_map(|run| run.args_read.iter().cloned()).collect();
    let found = luakit_project::unread_by_project(config, &read, files, &text);
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
