//! A definition as text for people and tests: a line for each op, and a line for everything it says.
//!
//! Ops are numbered in the order of the definition, so a digest never shows; defaults are unsaid; fields have
//! the names of `ops.proto`. What a host makes up, `local.unique` and `local.session`, is left out.
//!
//! ```text
//! %0 = source docker-image://docker.io/library/alpine:3.19  [linux/amd64]
//! %1 = exec /bin/sh -c 'make all'  [linux/amd64]
//!      cwd /src
//!      mount / bind %0 -> %1.0
//! return %1
//! ```

mod exec;
mod file;
mod said;
mod word;

use crate::numbers::Numbers;
use crate::{Definition, MarshalledOp, View, pb};
use word::word;

/// Says what is shown besides the ops.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextOptions {
    /// What is said about an op without changing its digest.
    pub metadata: bool,
    /// The capabilities that an op needs.
    pub caps: bool,
    /// Where the op was made.
    pub locations: bool,
}

/// Renders a definition, with the result on the last line.
pub fn render(definition: &Definition, options: &TextOptions) -> String {
    render_view(&View::whole(definition), options)
}

/// Renders what is shown of a definition. Ops keep their numbers, and inputs are named also where they are not shown.
pub fn render_view(view: &View<'_>, options: &TextOptions) -> String {
    let definition = view.definition;
    let numbers = Numbers::of(definition);
    let mut text = Text { numbers: &numbers, text: String::new() };
    let shown = |it: &(usize, &MarshalledOp)| view.shows(it.0) || it.1.op.op.is_none();
    for (index, op) in definition.ops.iter().enumerate().filter(shown) {
        text.op(index, &op.op);
        said::said(&mut text, definition, op, options);
    }
    if definition.ops.last().is_none_or(is_scratch) {
        text.text.push_str("return scratch\n");
    }
    text.text
}

/// Renders each op of a definition by itself, as [`render`] does.
pub fn ops(definition: &Definition, options: &TextOptions) -> Vec<String> {
    let numbers = Numbers::of(definition);
    let one = |(index, op): (usize, &MarshalledOp)| {
        let mut text = Text { numbers: &numbers, text: String::new() };
        text.op(index, &op.op);
        said::said(&mut text, definition, op, options);
        text.text
    };
    definition.ops.iter().enumerate().map(one).collect()
}

fn is_scratch(op: &MarshalledOp) -> bool {
    op.op.op.is_none() && op.op.inputs.is_empty()
}

struct Text<'a> {
    numbers: &'a Numbers<'a>,
    text: String,
}

impl Text<'_> {
    /// Writes what an op says of itself.
    fn line(&mut self, text: impl AsRef<str>) {
        self.text.push_str("     ");
        self.text.push_str(text.as_ref());
        self.text.push('\n');
    }

    /// Writes a field unless it is empty.
    fn field(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.line(format!("{name} {}", word(value)));
        }
    }

    fn head(&mut self, index: usize, words: &[&str], platform: Option<&pb::Platform>) {
        let platform = platform.map(|it| format!("  [{}]", platform_name(it))).unwrap_or_default();
        self.text.push_str(&format!("%{index} = {}{platform}\n", words.join(" ")));
    }

    fn op(&mut self, index: usize, op: &pb::Op) {
        let platform = op.platform.as_ref();
        let inputs: Vec<String> = op.inputs.iter().map(|it| self.numbers.output(it)).collect();
        match &op.op {
            None => {
                if let Some(result) = inputs.first() {
                    self.text.push_str(&format!("return {result}\n"));
                }
            }
            Some(pb::op::Op::Source(it)) => {
                self.head(index, &["source", &word(&it.identifier)], platform);
                self.attrs(&it.attrs);
            }
            Some(pb::op::Op::Exec(it)) => exec::exec(self, index, op, it),
            Some(pb::op::Op::File(it)) => file::file(self, index, op, it),
            Some(pb::op::Op::Merge(it)) => {
                let inputs: Vec<String> =
                    it.inputs.iter().map(|it| self.numbers.input(op, it.input)).collect();
                self.head(index, &["merge", &inputs.join(" ")], platform);
            }
            Some(pb::op::Op::Diff(it)) => {
                let lower = self.numbers.input(op, it.lower.as_ref().map_or(-1, |it| it.input));
                let upper = self.numbers.input(op, it.upper.as_ref().map_or(-1, |it| it.input));
                self.head(index, &["diff", &lower, &upper], platform);
            }
            Some(pb::op::Op::Build(it)) => {
                self.head(index, &["build", &inputs.join(" ")], platform);
                self.attrs(&it.attrs);
            }
            Some(pb::op::Op::Passthrough(it)) => {
                self.head(index, &["passthrough", &word(&it.id), &inputs.join(" ")], platform);
                if it.outputs != [0] {
                    self.line(format!("outputs {:?}", it.outputs));
                }
            }
        }
        for filter in op.constraints.iter().flat_map(|it| &it.filter) {
            self.field("constraints", filter);
        }
    }

    fn attrs(&mut self, attrs: &[pb::StringEntry]) {
        for (name, value) in attrs.iter().map(pb::StringEntry::pair) {
            if name != "local.unique" && name != "local.session" {
                self.line(format!("{name} {}", word::value(&value)));
            }
        }
    }
}

/// `os[(version)]/arch[/variant]`, with features behind it.
fn platform_name(platform: &pb::Platform) -> String {
    let mut named = platform.clone();
    if !named.os_version.is_empty() {
        named.os = format!("{}({})", named.os, named.os_version);
    }
    let features: String = named.os_features.iter().map(|it| format!(" +{it}")).collect();
    named.name() + &features
}
