//! The declaration as a manual, in Markdown.

use crate::{Choice, FUNCTIONS, Function, Options, Receiver, Ty, render};
use std::collections::BTreeMap;

/// Writes the whole API as a page of the manual.
pub fn manual() -> String {
    let mut text =
        "# API reference\n\nWhat a build script can call, and what each call becomes in LLB.\n".to_owned();
    for (title, receiver) in [
        ("Functions of `bk`", Receiver::Bk),
        ("Methods of a State", Receiver::State),
        ("Actions in `files`", Receiver::Files),
        ("Arguments", Receiver::Os),
    ] {
        text.push_str(&format!("\n## {title}\n"));
        for function in FUNCTIONS.iter().filter(|function| function.receiver == receiver) {
            text.push_str(&call(function));
        }
    }
    text.push_str("\n## Kinds of values\n\nWhere an option says one of these names, it takes any of the forms told here.\n\n");
    for (name, doc) in specials() {
        text.push_str(&format!("- **{name}**: {doc}\n"));
    }
    text
}

fn call(function: &Function) -> String {
    let mut text = format!("\n### `{}`\n\n{}\n", function.script_name(), function.doc);
    text.push_str(&format!("\n```lua\n{}\n```\n", function.example));
    text.push_str(&format!("\n`{}`\n", render::signature(function)));
    for alias in function.aliases {
        text.push_str(&format!("\nAlso called `bk.{alias}`.\n"));
    }
    if !function.params.is_empty() {
        text.push('\n');
    }
    for param in function.params {
        text.push_str(&format!("- `{}`: {}\n", param.name, param.doc));
    }
    for options in function.params.iter().flat_map(|param| param.ty.options()) {
        text.push_str(&table(options));
    }
    text.push_str(&format!("\nLLB: {}\n", function.llb));
    text
}

fn table(options: &Options) -> String {
    let mut text = format!(
        "\n**{}**\n\n| option | type | default | meaning |\n| --- | --- | --- | --- |\n",
        options.name
    );
    let mut nested = String::new();
    for field in options.fields {
        let default = match (field.default, field.required) {
            (Some(default), _) => format!("`{default}`"),
            (None, true) => "required".to_owned(),
            (None, false) => String::new(),
        };
        let mut doc = field.doc.replace('\n', " ");
        for choice in field.ty.choices() {
            doc.push_str(&values(choice));
        }
        let ty = field.ty.display().replace('|', "\\|");
        text.push_str(&format!("| `{}` | `{ty}` | {default} | {doc} |\n", field.name));
        for options in field.ty.options() {
            nested.push_str(&table(options));
        }
    }
    text + &nested
}

fn values(choice: &Choice) -> String {
    choice.values.iter().map(|value| format!(" `\"{}\"`: {}", value.name, value.doc)).collect()
}

/// Returns the kinds of values with rules of their own, each once, by name.
fn specials() -> BTreeMap<&'static str, &'static str> {
    fn collect(ty: &Ty, found: &mut BTreeMap<&'static str, &'static str>) {
        match ty {
            Ty::Special(special) => {
                found.insert(special.name, special.doc);
                special.written.iter().for_each(|ty| collect(ty, found));
            }
            Ty::Options(options) => options.fields.iter().for_each(|field| collect(&field.ty, found)),
            Ty::List(item) | Ty::Map(item) => collect(item, found),
            Ty::Union(types) => types.iter().for_each(|ty| collect(ty, found)),
            _ => {}
        }
    }
    let mut found = BTreeMap::new();
    for param in FUNCTIONS.iter().flat_map(|function| function.params) {
        collect(&param.ty, &mut found);
    }
    found
}
