//! `luakit/llb` {uri, format?, target?}: what a script builds, as text, DOT, JSON, or the bytes that BuildKit is given.

use crate::dry_run::Graph;
use crate::requests::{evaluate, failed, work};
use crate::session::Shared;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use luakit_check::llb::{Definition, dot, json, text};
use serde::Deserialize;
use serde_json::{Value, json};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::Url;

#[derive(Deserialize)]
pub(crate) struct Params {
    uri: Url,
    #[serde(default)]
    format: Format,
    /// The name of a result, as `--target` takes it.
    target: Option<String>,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Text,
    Dot,
    Json,
    /// The protobuf message, in base64.
    Pb,
}

pub(crate) async fn llb(shared: &Shared, params: Params) -> Result<Value> {
    let Params { uri, format, target } = params;
    let graph = match current(shared, &uri) {
        Some(graph) => graph,
        None => {
            let report = evaluate::run(shared, &uri).await?;
            // The run is over, so that it is there unless the script has errors, or changes faster than it runs.
            current(shared, &uri).ok_or_else(|| failed(report.why_no_result()))?
        }
    };
    work(move || {
        let output = graph.output(target.as_deref());
        let missing =
            || failed(format!("the script has no target `{}`", target.as_deref().unwrap_or("default")));
        Ok(json!(render(&output.ok_or_else(missing)?.definition, format)))
    })
    .await?
}

/// Returns the graph of a script as it stands, if it was evaluated.
fn current(shared: &Shared, url: &Url) -> Option<Graph> {
    let session = shared.lock();
    let entry = session.entries.get(url)?;
    entry.graph.clone().filter(|graph| !graph.is_stale(&session))
}

fn render(definition: &Definition, format: Format) -> String {
    match format {
        Format::Text => text::render(definition, &text::TextOptions::default()),
        Format::Dot => dot::render(definition),
        Format::Json => json::render(definition),
        Format::Pb => STANDARD.encode(definition.encode()),
    }
}
