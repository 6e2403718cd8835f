//! `luakit/llb` {uri, format?, target?}: what a script builds, as text, DOT, Mermaid, SVG, JSON, or the bytes that BuildKit is given.

use crate::dry_run::Graph;
use crate::requests::graph::Known;
use crate::requests::{evaluate, failed, work};
use crate::session::Shared;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use luakit_check::llb::{Definition, View, dot, json, mermaid, svg, text};
use serde::Deserialize;
use serde_json::Value;
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
pub(crate) enum Format {
    #[default]
    Text,
    Dot,
    Mermaid,
    /// A drawing, whose boxes have the digests of their ops.
    Svg,
    Json,
    /// The protobuf message, in base64.
    Pb,
}

pub(crate) async fn llb(shared: &Shared, params: Params) -> Result<Value> {
    rendered(shared, &params.uri, params.format, params.target).await.map(Value::from)
}

/// Returns what a script builds, evaluated anew if it was edited.
pub(crate) async fn rendered(
    shared: &Shared,
    url: &Url,
    format: Format,
    target: Option<String>,
) -> Result<String> {
    let graph = match current(shared, url) {
        Some(graph) => graph,
        None => {
            let report = evaluate::run(shared, url).await?;
            // The run is over, so that it is there unless the script has errors, or changes faster than it runs.
            current(shared, url).ok_or_else(|| failed(report.why_no_result()))?
        }
    };
    work(move || {
        let name = target.as_deref();
        let missing = || failed(format!("the script has no target `{}`", name.unwrap_or("default")));
        Ok(render(&graph.output(name).ok_or_else(missing)?.definition, format))
    })
    .await?
}

/// Returns the graph of a script as it stands, if it was evaluated.
fn current(shared: &Shared, url: &Url) -> Option<Graph> {
    let known = Known::all(&shared.lock(), url).into_iter();
    known.filter(|known| !known.stale).map(|known| known.graph).next()
}

fn render(definition: &Definition, format: Format) -> String {
    match format {
        Format::Text => text::render(definition, &text::TextOptions::default()),
        Format::Dot => dot::render(definition),
        Format::Mermaid => mermaid::render(&View::whole(definition)),
        Format::Svg => svg::render(&View::whole(definition)),
        Format::Json => json::render(definition),
        Format::Pb => STANDARD.encode(definition.encode()),
    }
}
