//! What the last good run showed of the op that a call made, as hovers tell it below what the text tells.

use crate::dry_run::Graph;
use luakit_check::MadeOp;
use luakit_check::llb::{self, Definition, text};
use luakit_diagnostics::TextRange;
use tower_lsp::lsp_types::Url;

/// How many ops of one call are told of, and how many lines of each.
const OPS: usize = 3;
const LINES: usize = 24;

/// Tells of the ops that the call at a range made. What a call makes whose text was changed, nobody knows before the
/// next run.
pub(crate) fn op_markdown(graph: &Graph, url: &Url, range: TextRange) -> Option<String> {
    let mut calls = graph.calls_in(url).filter(|call| call.spot.range == range && !call.spot.edited);
    let ops: Vec<&MadeOp> = calls.find(|call| !call.ops.is_empty())?.ops().collect();
    // Ops that are made in several places do not say how often in each.
    let times = ops.iter().map(|op| if op.calls.len() == 1 { op.made.max(1) } else { 1 }).sum();
    let mut out = match (times, ops.len()) {
        (1, _) => String::new(),
        (times, 1) => format!("Made {times} times, always the same op\n\n"),
        (times, ops) if times == ops => format!("Made {times} times\n\n"),
        (times, ops) => format!("Made {times} times, {ops} different ops\n\n"),
    };
    for op in ops.iter().take(OPS) {
        let (definition, index) = graph.marshalled(&op.digest)?;
        out.push_str(&one(definition, index)?);
    }
    if ops.len() > OPS {
        out.push_str(&format!("… and {} more", ops.len() - OPS));
    }
    Some(out.trim_end().to_owned())
}

/// Writes an op: its kind and digest, what it says, and what its inputs are.
fn one(definition: &Definition, index: usize) -> Option<String> {
    let op = definition.ops.get(index)?;
    let options = text::TextOptions { metadata: true, ..text::TextOptions::default() };
    let rendered = text::render(definition, &options);
    let own = lines_of(&rendered, index);
    let mut lines: Vec<&str> = own.iter().copied().take(LINES).collect();
    if own.len() > LINES {
        lines.push("     …");
    }
    let mut inputs = Vec::new();
    for input in &op.op.inputs {
        let of_input = definition.ops.iter().position(|it| it.digest.as_str() == input.digest);
        let head = of_input.and_then(|at| lines_of(&rendered, at).first().copied());
        if let Some(head) = head.filter(|head| !inputs.contains(head)) {
            inputs.push(head);
        }
    }
    lines.splice(0..0, inputs);
    Some(format!(
        "**{}** `{}`\n\n```text\n{}\n```\n\n",
        llb::kind(&op.op),
        short(op.digest.as_str()),
        lines.join("\n")
    ))
}

/// Returns the lines that a rendered definition has for an op.
fn lines_of(rendered: &str, index: usize) -> Vec<&str> {
    let head = format!("%{index} = ");
    let from = rendered.lines().skip_while(|line| !line.starts_with(&head));
    let mut lines: Vec<&str> = Vec::new();
    for line in from {
        if !lines.is_empty() && !line.starts_with(' ') {
            break;
        }
        lines.push(line);
    }
    lines
}

/// Cuts a digest to what people tell apart.
fn short(digest: &str) -> &str {
    digest.get(.."sha256:".len() + 12).unwrap_or(digest)
}
