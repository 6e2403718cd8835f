//! `luakit/opsAt` {uri, position} and back, `luakit/rangesOf` {uri, digest}: what keeps a cursor and a graph together.
//!
//! A line can make many ops, in a loop or through a helper, and an op can be made in many places. Both questions are
//! asked as a cursor moves, so that nothing is evaluated for them: without a graph nothing is there.

use crate::dry_run::Spot;
use crate::requests::graph::Known;
use crate::requests::work;
use crate::session::{Shared, View};
use luakit_diagnostics::TextRange;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{Position, Url};

#[derive(Deserialize)]
pub(crate) struct At {
    uri: Url,
    position: Position,
}

#[derive(Deserialize)]
pub(crate) struct Of {
    uri: Url,
    digest: String,
}

pub(crate) async fn ops_at(shared: &Shared, params: At) -> Result<Value> {
    let (view, known) = {
        let session = shared.lock();
        (session.view(&params.uri), Known::all(&session, &params.uri))
    };
    let Some(view) = view else { return Ok(Value::Null) };
    work(move || {
        let offset = view.offset(params.position);
        let line = line_around(&view, offset);
        let own = |spot: &Spot| *spot.url == params.uri && !spot.is_gone();
        let spots = || known.iter().flat_map(|known| known.graph.spots.iter()).filter(|spot| own(spot));
        let call = spots().map(|spot| spot.range).filter(|range| holds(*range, offset));
        // The innermost is the shortest. Without one, what begins on the line.
        let call = call.min_by_key(|range| range.end - range.start);
        let is_meant = |spot: &Spot| {
            own(spot)
                && match call {
                    Some(call) => spot.range == call,
                    None => holds(line, spot.range.start),
                }
        };
        let mut ops = Vec::new();
        for known in &known {
            let meant: BTreeSet<usize> = (0..)
                .zip(known.graph.spots.iter())
                .filter(|(_, spot)| is_meant(spot))
                .map(|(i, _)| i)
                .collect();
            for (op, made) in known.graph.run.ops.iter().zip(known.graph.made.iter()) {
                if made.calls.iter().chain(&made.callers).any(|spot| meant.contains(spot)) {
                    ops.push(json!({
                        "entry": known.entry, "digest": op.digest, "kind": op.kind, "label": op.label,
                        "reached": op.reached,
                    }));
                }
            }
        }
        json!({
            "uri": params.uri,
            "version": view.snapshot.version,
            "stale": known.iter().any(|known| known.stale),
            "range": view.range(call.unwrap_or(line)),
            "ops": ops,
        })
    })
    .await
}

pub(crate) async fn ranges_of(shared: &Shared, params: Of) -> Result<Value> {
    let known = Known::all(&shared.lock(), &params.uri);
    work(move || {
        let mut answer =
            json!({ "uri": params.uri, "version": null, "stale": false, "ranges": [], "callers": [] });
        for known in &known {
            let mut ops = known.graph.run.ops.iter().zip(known.graph.made.iter());
            let Some((_, made)) = ops.find(|(op, _)| op.digest == params.digest) else { continue };
            // Where two scripts make it, the first one tells.
            answer = json!({
                "uri": known.entry,
                "version": known.version,
                "stale": known.stale,
                "ranges": known.locations(&made.calls),
                "callers": known.locations(&made.callers),
            });
            break;
        }
        answer
    })
    .await
}

fn holds(range: TextRange, offset: usize) -> bool {
    range.start <= offset && offset <= range.end
}

/// Returns the line of an offset, without its indentation and its end.
fn line_around(view: &View, offset: usize) -> TextRange {
    let file = &view.snapshot.file;
    file.line_range(file.line_column(offset).line)
}
