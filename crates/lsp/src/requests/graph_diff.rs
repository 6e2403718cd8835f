//! `luakit/graphDiff` {uri, base, target?}: what the edits since the last save, or since a revision of git, do to the
//! graph, and what BuildKit runs again for them.

use crate::dry_run::Base;
use crate::requests::evaluate;
use crate::requests::graph::Known;
use crate::requests::{failed, work};
use crate::session::Shared;
use crate::worker;
use crate::worker::CancelOnDrop;
use luakit_check::DryRun;
use luakit_check::llb::diff::{self, Files};
use luakit_check::llb::{Definition, Source};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::Url;

/// How long a run may go on after its time is up.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Deserialize)]
pub(crate) struct Params {
    uri: Url,
    /// `saved`, `before`, or what git takes for a revision.
    #[serde(default = "saved")]
    base: String,
    /// The result that is compared; without it the one that is shown.
    target: Option<String>,
}

/// What the lens compares with: the last good run of saved texts that was another one, else what is saved.
const BEFORE: &str = "before";

fn saved() -> String {
    "saved".to_owned()
}

/// Returns what the lens counts, as text.
pub(crate) async fn since_before(shared: &Shared, uri: Url, target: Option<String>) -> Result<String> {
    let answer = graph_diff(shared, Params { uri, base: BEFORE.to_owned(), target }).await?;
    Ok(answer["text"].as_str().unwrap_or_default().to_owned())
}

pub(crate) async fn graph_diff(shared: &Shared, params: Params) -> Result<Value> {
    let known = current(shared, &params.uri).await?;
    let remembered = known.graph.rebuilds.as_ref().filter(|_| params.base == BEFORE);
    let before = match remembered.map(|rebuilds| rebuilds.before.clone()) {
        Some(before) => before,
        None => Arc::new(evaluated(shared, &known.entry, &params.base).await?),
    };
    work(move || answer(&known, &before, &params)).await?
}

/// Evaluates the script as it was.
async fn evaluated(shared: &Shared, entry: &Url, base: &str) -> Result<DryRun> {
    let revision = if base == BEFORE { saved() } else { base.to_owned() };
    let cancel = Arc::default();
    let _guard = CancelOnDrop(Arc::clone(&cancel));
    let (base, time) = {
        let session = shared.lock();
        (Base::of(&session, entry, cancel), session.settings.timeout + PATIENCE)
    };
    let base =
        base.ok_or_else(|| failed("the script was never saved, so that there is nothing to compare with"))?;
    let evaluated = timeout(time, worker::run(move || base.evaluate(&revision))).await;
    let evaluated = evaluated.map_err(|_| failed("the evaluation of the base does not stop"))?;
    evaluated.map_err(|_| Error::internal_error())?.map_err(failed)
}

/// Returns the graph of the script as it stands, evaluated anew if it was edited.
async fn current(shared: &Shared, url: &Url) -> Result<Known> {
    let known = Known::of(shared, url).await?;
    if !known.stale {
        return Ok(known);
    }
    let report = evaluate::run(shared, &known.entry).await?;
    if !report.is_ok() {
        return Err(failed(report.why_no_result()));
    }
    Known::of(shared, &known.entry).await
}

fn answer(known: &Known, before: &DryRun, params: &Params) -> Result<Value> {
    let target = params.target.as_deref();
    let after = known
        .graph
        .output(target)
        .ok_or_else(|| failed(format!("the script has no target `{}`", target.unwrap_or_default())))?;
    // A result that is new is compared with nothing.
    let nothing = Definition::default();
    let name = after.target();
    let old = before.outputs.iter().find(|output| output.target() == name);
    let old = old.map_or(&nothing, |output| &output.definition);
    let difference = diff::compare(old, &after.definition);
    let old_files = Files { definition: old, name: &|source| shown_name(before, source) };
    let new_files =
        Files { definition: &after.definition, name: &|source| shown_name(&known.graph.run, source) };
    let mut answer = diff::json::value(&difference, &old_files, &new_files);
    add_ranges(&mut answer, known);
    answer["uri"] = json!(known.entry);
    answer["version"] = json!(known.version);
    answer["base"] = json!(params.base);
    answer["target"] = json!(name);
    answer["text"] = json!(diff::text::render(&difference, &old_files, &new_files));
    Ok(answer)
}

/// Adds the places of ops in the documents as they stand.
fn add_ranges(answer: &mut Value, known: &Known) {
    let ops = known.graph.run.ops.iter().zip(known.graph.made.iter());
    let made: HashMap<&str, _> = ops.map(|(op, made)| (op.digest.as_str(), made)).collect();
    for op in answer["ops"].as_array_mut().into_iter().flatten() {
        let made = op["digest"].as_str().and_then(|digest| made.get(digest));
        op["ranges"] = made.map_or_else(Vec::new, |made| known.locations(&made.calls)).into();
    }
}

/// Names a file as it is called in findings.
fn shown_name(run: &DryRun, source: &Source) -> String {
    let same = |file: &&Arc<luakit_diagnostics::SourceFile>| {
        file.name.ends_with(&source.filename) && file.text.as_bytes() == &*source.data
    };
    run.files.iter().find(same).map_or_else(|| source.filename.clone(), |file| file.name.clone())
}
