//! A definition as a graph for Graphviz.

use crate::numbers::Numbers;
use crate::{Definition, name, pb};

/// Renders a definition in the DOT language: an arrow leads from an op to those that need it.
pub fn render(definition: &Definition) -> String {
    let numbers = Numbers::of(definition);
    let mut dot = String::from("digraph {\n  rankdir=LR;\n  node [shape=box, fontname=\"monospace\"];\n");
    for ((index, op), name) in definition.ops.iter().enumerate().zip(name::names(definition)) {
        let shape = match &op.op.op {
            None => ", shape=doublecircle",
            Some(pb::op::Op::Source(_)) => ", shape=ellipse",
            Some(_) => "",
        };
        dot.push_str(&format!("  n{index} [label={}{shape}];\n", quoted(&name::shortened(&name))));
        for input in &op.op.inputs {
            let label =
                if input.index == 0 { String::new() } else { format!(" [label=\"{}\"]", input.index) };
            let Some(from) = numbers.get(&input.digest) else { continue };
            dot.push_str(&format!("  n{from} -> n{index}{label};\n"));
        }
    }
    dot.push_str("}\n");
    dot
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
