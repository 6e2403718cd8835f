//! A definition as a graph for Graphviz.

use crate::{Definition, View, name, pb};

/// Renders a definition in the DOT language: an arrow leads from an op to those that need it.
pub fn render(definition: &Definition) -> String {
    render_view(&View::whole(definition))
}

/// Renders what is shown of a definition. A dashed arrow leads over ops that are not shown.
pub fn render_view(view: &View<'_>) -> String {
    let mut dot = String::from("digraph {\n  rankdir=LR;\n  node [shape=box, fontname=\"monospace\"];\n");
    for (index, op, name) in view.ops() {
        let shape = if matches!(op.op.op, Some(pb::op::Op::Source(_))) { ", shape=ellipse" } else { "" };
        dot.push_str(&format!("  n{index} [label={}{shape}];\n", quoted(&name::shortened(name))));
    }
    for link in view.links() {
        let style = link.is_indirect.then(|| "style=dashed".to_owned());
        let label = (!link.outputs.is_empty()).then(|| format!("label={}", quoted(&link.outputs)));
        let said: Vec<String> = label.into_iter().chain(style).collect();
        let said = if said.is_empty() { String::new() } else { format!(" [{}]", said.join(", ")) };
        dot.push_str(&format!("  n{} -> n{}{said};\n", link.from, link.to));
    }
    if let Some(head) = view.head().filter(|it| view.shows(*it)) {
        let result = view.definition.ops.len().saturating_sub(1);
        dot.push_str(&format!("  n{result} [label=\"result\", shape=doublecircle];\n"));
        let output = view.definition.ops.last().and_then(|it| it.op.inputs.first()).map_or(0, |it| it.index);
        let label = if output == 0 { String::new() } else { format!(" [label=\"{output}\"]") };
        dot.push_str(&format!("  n{head} -> n{result}{label};\n"));
    }
    dot.push_str("}\n");
    dot
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
