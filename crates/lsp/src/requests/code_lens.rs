//! `textDocument/codeLens`: what can be done with each result of a script, and how often functions are used.

use crate::places::Places;
use crate::requests::execute_command::{BUILD, SHOW_DIFF, SHOW_GRAPH, SHOW_LLB};
use crate::requests::work;
use crate::session::View;
use luakit_check::llb::diff::Summary;
use serde_json::json;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::*;

pub(crate) async fn code_lens(view: View) -> Result<Option<Vec<CodeLens>>> {
    work(move || {
        let mut lenses = Vec::new();
        let script = view.snapshot.script();
        if view.code_lens.results {
            for result in luakit_analysis::results(&script) {
                lenses.extend(of_result(&view, &result));
            }
        }
        if view.code_lens.references {
            for name in luakit_analysis::function_names(&script) {
                let data = json!({ "uri": view.snapshot.url, "position": view.range(name).start });
                lenses.push(CodeLens { range: view.range(name), command: None, data: Some(data) });
            }
        }
        Some(lenses)
    })
    .await
}

/// Returns the document of a lens that has no command yet.
pub(crate) fn document(lens: &CodeLens) -> Option<Url> {
    lens.data.as_ref()?.get("uri")?.as_str()?.parse().ok()
}

/// Counts the uses of the function that a lens is above, in all files.
pub(crate) async fn resolve(view: Option<View>, mut lens: CodeLens) -> Result<CodeLens> {
    let position = lens.data.as_ref().and_then(|data| data.get("position").cloned());
    let position: Option<Position> = position.and_then(|it| serde_json::from_value(it).ok());
    let (Some(view), Some(position)) = (view, position) else { return Ok(lens) };
    let uses = work(move || {
        let offset = view.offset(position);
        let functions = luakit_analysis::function_names(&view.snapshot.script());
        functions.iter().find(|name| name.start == offset)?;
        let (places, file) = Places::at(&view, offset);
        luakit_analysis::references(&places.project, file, offset, false).map(|uses| uses.len())
    });
    let title = match uses.await? {
        // It was edited away meanwhile.
        None => "—".into(),
        Some(1) => "1 reference".into(),
        Some(uses) => format!("{uses} references"),
    };
    lens.command = Some(Command { title, command: String::new(), arguments: None });
    Ok(lens)
}

fn of_result(view: &View, written: &luakit_analysis::ScriptResult) -> Vec<CodeLens> {
    let range = view.range(written.range);
    // The text stands for the same call as long as it is there.
    let known = view.graphs.iter().find_map(|graph| {
        let (index, output) = graph.result_at(&view.snapshot.url, written.call)?;
        let rebuilt = graph.rebuilds.as_ref().and_then(|it| it.results.get(index).copied().flatten());
        Some((output, rebuilt))
    });
    let target = written.target.as_ref().or_else(|| known.and_then(|(output, _)| output.name.as_ref()));
    let argument = json!({ "uri": view.snapshot.url, "target": target });
    let lens = |title: String, command: &str| CodeLens {
        range,
        command: Some(Command { title, command: command.into(), arguments: Some(vec![argument.clone()]) }),
        data: None,
    };
    let mut lenses = Vec::new();
    // The server builds nothing: that is for clients that can.
    if view.capabilities.commands.iter().any(|name| name == BUILD) {
        lenses.push(lens("Build".into(), BUILD));
    }
    lenses.push(lens("Graph".into(), SHOW_GRAPH));
    // The last op only names the result.
    let ops = known.map(|(output, _)| output.definition.ops.len().saturating_sub(1));
    let ops = ops.map_or(String::new(), |ops| format!(" · {}", counted(ops)));
    lenses.push(lens(format!("LLB{ops}"), SHOW_LLB));
    if let Some((_, Some(summary))) = known {
        lenses.push(lens(rebuilds(summary), SHOW_DIFF));
    }
    lenses
}

/// Says how much of a result BuildKit runs again.
fn rebuilds(summary: Summary) -> String {
    let Summary { runs, depends, cached, .. } = summary;
    let all = counted(runs + depends + cached);
    match (runs, depends) {
        (0, 0) => "rebuilds nothing".into(),
        (0, depends) => format!("may rebuild {depends} of {all}"),
        (runs, 0) => format!("rebuilds {runs} of {all}"),
        (runs, depends) => format!("rebuilds {runs} of {all}, perhaps {depends} more"),
    }
}

fn counted(ops: usize) -> String {
    if ops == 1 { "1 op".into() } else { format!("{ops} ops") }
}
