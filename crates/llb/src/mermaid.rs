//! A definition as a flowchart for Mermaid, which many Markdown viewers draw.

use crate::{View, name, pb};

/// Renders what is shown of a definition: an arrow leads from an op to those that need it.
pub fn render(view: &View<'_>) -> String {
    let mut text = String::from("flowchart TD\n");
    for (index, op, name) in view.ops() {
        let (open, close) = match &op.op.op {
            Some(pb::op::Op::Source(_)) => ("([", "])"),
            Some(pb::op::Op::File(_)) => ("[/", "/]"),
            Some(pb::op::Op::Merge(_) | pb::op::Op::Diff(_)) => ("{{", "}}"),
            _ => ("[", "]"),
        };
        text.push_str(&format!("  n{index}{open}\"{}\"{close}\n", escaped(&name::brief(name))));
    }
    for link in view.links() {
        let arrow = if link.is_indirect { "-.->" } else { "-->" };
        let label = if link.outputs.is_empty() { String::new() } else { format!("|\"{}\"|", link.outputs) };
        text.push_str(&format!("  n{} {arrow}{label} n{}\n", link.from, link.to));
    }
    if let Some(head) = view.head().filter(|it| view.shows(*it)) {
        text.push_str(&format!("  style n{head} stroke-width:4px\n"));
    }
    text
}

/// Escapes a text as Mermaid's own entities: it reads labels as HTML and Markdown, and `\n` as a new line.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '"' => escaped.push_str("#quot;"),
            '#' | '&' | '<' | '>' | '`' | '\\' | '*' | '_' | '~' | ';' | '[' | ']' | '{' | '}' | '('
            | ')' | '|' => {
                escaped.push_str(&format!("#{};", u32::from(c)));
            }
            c => escaped.push(c),
        }
    }
    escaped
}
