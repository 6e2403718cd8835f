//! `textDocument/codeLens`: what can be done with each result of a script, and how often functions are used.

use crate::dry_run::{Fact, FactKind};
use crate::requests::execute_command::{BUILD, SHOW_GRAPH, SHOW_LLB};
use crate::requests::work;
use crate::session::View;
use luakit_diagnostics::TextRange;
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
            for (name, _) in luakit_analysis::local_functions(&script) {
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

/// Counts the uses of the function that a lens is above.
pub(crate) async fn resolve(view: Option<View>, mut lens: CodeLens) -> Result<CodeLens> {
    let position = lens.data.as_ref().and_then(|data| data.get("position").cloned());
    let position: Option<Position> = position.and_then(|it| serde_json::from_value(it).ok());
    let (Some(view), Some(position)) = (view, position) else { return Ok(lens) };
    let uses = work(move || {
        let offset = view.offset(position);
        let functions = luakit_analysis::local_functions(&view.snapshot.script());
        functions.into_iter().find(|(name, _)| name.start == offset).map(|(_, uses)| uses)
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

fn of_result(view: &View, result: &luakit_analysis::ScriptResult) -> Vec<CodeLens> {
    let range = view.range(result.range);
    let argument = json!({ "uri": view.snapshot.url, "target": result.target });
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
    let ops = match ops(view, result.call) {
        None => String::new(),
        Some(1) => " · 1 op".into(),
        Some(ops) => format!(" · {ops} ops"),
    };
    let rebuilds = rebuilds(view, result).map_or(String::new(), |ops| format!(" · rebuilds {ops}"));
    lenses.push(lens(format!("LLB{ops}{rebuilds}"), SHOW_LLB));
    lenses
}

/// Returns how many ops the last good run made of a result.
fn ops(view: &View, call: TextRange) -> Option<usize> {
    let of_fact = |fact: &Fact| match fact.kind {
        FactKind::Result(ops) if call.touches(fact.range.start) => Some(ops),
        _ => None,
    };
    view.facts.iter().find_map(of_fact)
}

/// Returns how many ops of a result the edits since the last save change, if that is known.
fn rebuilds(_view: &View, _result: &luakit_analysis::ScriptResult) -> Option<usize> {
    None
}
