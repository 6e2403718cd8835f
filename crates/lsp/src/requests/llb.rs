//! `luakit/llb` {uri, format}: the graph of a script, as text, DOT or JSON.

use crate::requests::{evaluate, failed};
use crate::session::Shared;
use luakit_check::llb::{Definition, dot, json, text};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::Url;

#[derive(Deserialize)]
pub(crate) struct Params {
    uri: Url,
    #[serde(default)]
    format: Format,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    #[default]
    Text,
    Dot,
    Json,
}

pub(crate) async fn llb(shared: &Shared, params: Params) -> Result<Value> {
    Ok(json!(rendered(shared, &params.uri, params.format).await?))
}

/// Returns the graph of a script as it stands, in the form that is asked for.
pub(crate) async fn rendered(shared: &Shared, url: &Url, format: Format) -> Result<String> {
    let known = {
        let session = shared.lock();
        session.entries.get(url).and_then(|entry| entry.current_definition(&session))
    };
    let definition = match known {
        Some(definition) => definition,
        None => evaluate_now(shared, url).await?,
    };
    Ok(render(&definition, format))
}

async fn evaluate_now(shared: &Shared, url: &Url) -> Result<Arc<Definition>> {
    let report = evaluate::run(shared, url).await?;
    report.definition.clone().ok_or_else(|| {
        let error = report.diagnostics.iter().find(|it| it.is_error());
        failed(error.map_or("the script exports nothing".to_owned(), |it| it.message.clone()))
    })
}

fn render(definition: &Definition, format: Format) -> String {
    match format {
        Format::Text => text::render(definition, &text::TextOptions::default()),
        Format::Dot => dot::render(definition),
        Format::Json => json::render(definition),
    }
}
