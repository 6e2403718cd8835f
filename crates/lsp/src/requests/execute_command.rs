//! `workspace/executeCommand`: what clients without commands of their own let the server do.

use crate::capabilities::Capabilities;
use crate::outbox::Outbox;
use crate::paths;
use crate::requests::llb::{Format, rendered};
use crate::requests::{evaluate, failed, graph_diff, pin, work};
use crate::session::Shared;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::*;

pub(crate) const EVALUATE: &str = "luakit.evaluate";
pub(crate) const BUILD: &str = "luakit.build";
pub(crate) const SHOW_LLB: &str = "luakit.showLlb";
pub(crate) const SHOW_GRAPH: &str = "luakit.showGraph";
pub(crate) const SHOW_DIFF: &str = "luakit.showDiff";
pub(crate) const APPLY_EDIT: &str = "luakit.applyEdit";
pub(crate) const PIN_DIGEST: &str = "luakit.pinDigest";

/// Says which commands the server has. Those that the client has itself would be there twice.
pub(crate) fn options(client: &Capabilities) -> ExecuteCommandOptions {
    let ours = [EVALUATE, SHOW_LLB, SHOW_GRAPH, SHOW_DIFF, APPLY_EDIT, PIN_DIGEST];
    let commands =
        ours.map(str::to_owned).into_iter().filter(|name| !client.commands.contains(name)).collect();
    ExecuteCommandOptions { commands, ..ExecuteCommandOptions::default() }
}

pub(crate) async fn execute_command(shared: &Shared, params: ExecuteCommandParams) -> Result<Option<Value>> {
    let argument = params.arguments.into_iter().next().unwrap_or_default();
    match params.command.as_str() {
        EVALUATE => evaluate::evaluate(shared, &document(&argument)?).await.map(Some),
        SHOW_LLB => {
            let (url, target) = result(&argument)?;
            let text = rendered(shared, &url, Format::Text, target.clone()).await?;
            show(shared, &url, target, text, ".llb").await
        }
        SHOW_GRAPH => {
            let (url, target) = result(&argument)?;
            let text = rendered(shared, &url, Format::Dot, target.clone()).await?;
            show(shared, &url, target, text, ".dot").await
        }
        SHOW_DIFF => {
            let (url, target) = result(&argument)?;
            let text = graph_diff::since_before(shared, url.clone(), target.clone()).await?;
            show(shared, &url, target, text, ".diff").await
        }
        APPLY_EDIT => {
            let edit =
                serde_json::from_value(argument).map_err(|err| Error::invalid_params(err.to_string()))?;
            apply(&shared.lock().outbox, edit);
            Ok(None)
        }
        PIN_DIGEST => pin::command(shared, &argument).await,
        other => Err(Error::invalid_params(format!("there is no command `{other}`"))),
    }
}

/// Reads a document's URI, bare or as the parameters of our own requests have it.
fn document(argument: &Value) -> Result<Url> {
    let uri = argument.get("uri").unwrap_or(argument).as_str();
    let url = uri.and_then(|uri| uri.parse().ok());
    url.ok_or_else(|| Error::invalid_params("expected the URI of a script"))
}

/// Reads a script, and which of its results is meant, if one is.
fn result(argument: &Value) -> Result<(Url, Option<String>)> {
    let target = argument.get("target").and_then(Value::as_str).map(str::to_owned);
    Ok((document(argument)?, target))
}

/// Changes a document in the client. Its answer is not waited for: it could not be read meanwhile.
pub(super) fn apply(outbox: &Outbox, edit: WorkspaceEdit) {
    let outbox = outbox.clone();
    tokio::spawn(async move {
        let answer = outbox.client().apply_edit(edit).await;
        if !answer.is_ok_and(|answer| answer.applied) {
            outbox.log(MessageType::WARNING, "the client did not apply the edit");
        }
    });
}

/// Answers what is told of a script's result, and shows it as a file to clients that can be shown one.
async fn show(
    shared: &Shared,
    url: &Url,
    target: Option<String>,
    text: String,
    suffix: &str,
) -> Result<Option<Value>> {
    // A name that is none of the script has led to an error before.
    let name = target.map_or_else(|| suffix.to_owned(), |target| format!(".{target}{suffix}"));
    let (outbox, can_show) = {
        let session = shared.lock();
        (session.outbox.clone(), session.capabilities.show_document)
    };
    if can_show {
        let (written, script) = (text.clone(), paths::path_of(url));
        let file = work(move || write(script.as_deref(), &name, &written)).await?;
        let file = file.map_err(|err| failed(format!("cannot write the graph: {err}")))?;
        let uri = Url::from_file_path(file).map_err(|()| Error::internal_error())?;
        let params = ShowDocumentParams { uri, external: None, take_focus: Some(true), selection: None };
        tokio::spawn(async move { outbox.client().show_document(params).await });
    }
    Ok(Some(json!(text)))
}

/// Writes a text beside the script's LLB; that of a script without a file goes where temporary files are.
fn write(script: Option<&Path>, suffix: &str, text: &str) -> std::io::Result<PathBuf> {
    let folder = match script.and_then(Path::parent) {
        Some(folder) => crate::llb_file::folder_in(folder)?,
        None => std::env::temp_dir(),
    };
    let name = script.and_then(Path::file_name).map_or("untitled".into(), |name| name.to_string_lossy());
    let path = folder.join(format!("{name}{suffix}"));
    std::fs::write(&path, text)?;
    Ok(path)
}
