//! `luakit/graph` {uri, target?}: the ops of a script, with the calls that made them.
//!
//! Told is the last run without errors, over the text as it stands: places have moved along with what was typed since,
//! and `stale` tells that something was.

use crate::contexts::Contexts;
use crate::dry_run::{Graph, Spot};
use crate::paths;
use crate::requests::{evaluate, failed, work};
use crate::session::{Session, Shared};
use crate::to_lsp::Texts;
use luakit_check::MadeOp;
use luakit_check::llb::shortened;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::Url;

#[derive(Deserialize)]
pub(crate) struct Params {
    uri: Url,
    /// The result whose ops are wanted; without it those of all, and those that no result needs.
    target: Option<String>,
}

/// The graph of an entry, and what its places are counted in.
pub(crate) struct Known {
    pub(crate) entry: Url,
    pub(crate) graph: Graph,
    pub(crate) stale: bool,
    pub(crate) version: Option<i32>,
    texts: Texts,
    encoding: crate::positions::Encoding,
}

impl Known {
    /// Returns the graphs that a document is part of: its own, else those of the scripts that read it.
    pub(crate) fn all(session: &Session, url: &Url) -> Vec<Known> {
        let own = session.entries.get_key_value(url).filter(|(_, entry)| entry.graph.is_some());
        let reads = session.entries.iter().filter(|(_, entry)| entry.names.values().any(|it| it == url));
        let entries = match own {
            Some(own) => vec![own],
            None => reads.collect(),
        };
        let known = entries.into_iter().filter_map(|(entry, known)| {
            let graph = known.graph.clone()?;
            Some(Known {
                stale: graph.is_stale(session),
                version: session.documents.get(entry).map(|document| document.version),
                texts: Texts::of(session),
                encoding: session.capabilities.encoding,
                entry: entry.clone(),
                graph,
            })
        });
        known.collect()
    }

    /// Returns the graph of a script. One that was never made is made now.
    pub(crate) async fn of(shared: &Shared, url: &Url) -> Result<Known> {
        let find = || Known::all(&shared.lock(), url).into_iter().next();
        if let Some(known) = find() {
            return Ok(known);
        }
        let report = evaluate::run(shared, url).await?;
        find().ok_or_else(|| failed(report.why_no_result()))
    }

    pub(crate) fn location(&self, spot: &Spot) -> Value {
        json!({ "uri": *spot.url, "range": self.texts.range(&spot.url, &spot.place(), self.encoding) })
    }

    pub(crate) fn locations(&self, spots: &[usize]) -> Vec<Value> {
        self.graph.spots(spots).map(|spot| self.location(spot)).collect()
    }
}

pub(crate) async fn graph(shared: &Shared, params: Params) -> Result<Value> {
    let known = Known::of(shared, &params.uri).await?;
    work(move || answer(&known, params.target.as_deref())).await?
}

fn answer(known: &Known, target: Option<&str>) -> Result<Value> {
    let graph = &known.graph;
    let wanted = match target {
        Some(target) => {
            let output = graph.output(Some(target));
            let output = output.ok_or_else(|| failed(format!("the script has no target `{target}`")))?;
            Some(Graph::reached_by(&output.definition))
        }
        None => None,
    };
    let is_wanted = |op: &MadeOp| wanted.as_ref().is_none_or(|wanted| wanted.contains(op.digest.as_str()));
    let ops = graph.run.ops.iter().zip(graph.made.iter()).filter(|(op, _)| is_wanted(op));
    let edges = graph.run.ops.iter().filter(|op| is_wanted(op)).flat_map(|op| {
        let edge =
            |(from, output): &(String, i64)| json!({ "from": from, "to": op.digest, "output": output });
        op.inputs.iter().map(edge)
    });
    let edges: Vec<Value> = edges.collect();
    let rebuild = |op: &MadeOp| {
        let rebuilds = graph.rebuilds.as_ref()?;
        Some(rebuilds.ops.get(&op.digest)?.name())
    };
    let ops: Vec<Value> = ops
        .map(|(op, made)| {
            let input = |(digest, index): &(String, i64)| json!({ "digest": digest, "index": index });
            json!({
                "digest": op.digest,
                "kind": op.kind,
                "label": shortened(&op.label),
                "detail": op.detail,
                "platform": op.platform,
                "inputs": op.inputs.iter().map(input).collect::<Vec<_>>(),
                "reached": op.reached,
                "rebuild": rebuild(op),
                "made": op.made,
                "ranges": known.locations(&made.calls),
                "callers": known.locations(&made.callers),
            })
        })
        .collect();
    let contexts = contexts(known, graph.run.ops.iter().filter(|op| is_wanted(op)));
    Ok(json!({
        "uri": known.entry,
        "version": known.version,
        "stale": known.stale,
        "ops": ops,
        "edges": edges,
        "exports": exports(known, target),
        "contexts": contexts,
    }))
}

/// Returns the folders that a client of BuildKit has to give, by the names that the script asks for them with.
fn contexts<'a>(known: &Known, ops: impl Iterator<Item = &'a MadeOp>) -> BTreeMap<String, PathBuf> {
    let folder = paths::path_of(&known.entry).and_then(|path| path.parent().map(Path::to_owned));
    let Some(contexts) = folder.map(|folder| Contexts::new(&folder)) else { return BTreeMap::new() };
    let names = ops.filter_map(|op| op.label.strip_prefix("local://"));
    names.map(|name| (name.to_owned(), contexts.folder(name).to_owned())).collect()
}

fn exports(known: &Known, target: Option<&str>) -> Vec<Value> {
    let graph = &known.graph;
    let outputs = graph.run.outputs.iter().zip(graph.named.iter()).enumerate();
    let wanted = outputs.filter(|(_, (output, _))| target.is_none_or(|target| output.target() == target));
    wanted
        .map(|(index, (output, named))| {
            let result = output.definition.ops.last().and_then(|op| op.op.inputs.first());
            json!({
                "name": output.name,
                "target": output.target(),
                "default": graph.run.default == Some(index),
                // Scratch has none.
                "digest": output.definition.head().map(|digest| digest.as_str()),
                "index": result.map_or(0, |input| input.index),
                "ranges": known.locations(named.as_slice()),
            })
        })
        .collect()
}
