//! `luakit api`: the declaration of the API, for other tools.

use crate::cli::{ApiArgs, ApiFormat};
use crate::output::tell;
use crate::{output, script};
use luakit_api::{BLOCKED, FUNCTIONS, Field, Function, Options, Receiver, Ty, render};
use serde_json::{Map, Value, json};
use std::process::ExitCode;

pub(crate) fn run(args: &ApiArgs) -> ExitCode {
    let text = match args.format {
        ApiFormat::Json => format!("{:#}\n", api()),
        ApiFormat::Luals => render::luals(),
        ApiFormat::Markdown => render::manual(),
    };
    match output::write(None, text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            tell!("luakit: {message}");
            ExitCode::from(script::UNUSABLE)
        }
    }
}

fn api() -> Value {
    let mut tables = Map::new();
    for param in FUNCTIONS.iter().flat_map(|function| function.params) {
        collect(&param.ty, &mut tables);
    }
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "functions": FUNCTIONS.iter().map(|function| call(function)).collect::<Vec<_>>(),
        "options": tables,
        "blocked": BLOCKED.iter().map(|name| json!({ "name": name.name, "hint": name.hint })).collect::<Vec<_>>(),
    })
}

fn call(function: &Function) -> Value {
    let params = function.params.iter().map(|param| {
        json!({
            "name": param.name, "type": param.ty.display(), "optional": param.optional,
            "variadic": param.variadic, "doc": param.doc,
        })
    });
    json!({
        "name": function.name,
        "aliases": function.aliases,
        "on": match function.receiver { Receiver::Bk => "bk", Receiver::State => "State", Receiver::Files => "Files", Receiver::Os => "os" },
        "signature": render::signature(function),
        "params": params.collect::<Vec<_>>(),
        "returns": function.returns.display(),
        "doc": function.doc,
        "llb": function.llb,
        "example": function.example,
    })
}

/// Collects the tables of options that a type is made of, by name.
fn collect(ty: &Ty, tables: &mut Map<String, Value>) {
    match ty {
        Ty::Options(options) => {
            options.fields.iter().for_each(|field| collect(&field.ty, tables));
            tables.insert(options.name.into(), table(options));
        }
        Ty::List(item) | Ty::Map(item) => collect(item, tables),
        Ty::Union(types) => types.iter().for_each(|ty| collect(ty, tables)),
        Ty::Special(special) => special.written.iter().for_each(|ty| collect(ty, tables)),
        _ => {}
    }
}

fn table(options: &Options) -> Value {
    json!({ "doc": options.doc, "fields": options.fields.iter().map(field).collect::<Vec<_>>() })
}

fn field(field: &Field) -> Value {
    let choices: Vec<&str> =
        field.ty.choices().iter().flat_map(|choice| choice.values).map(|v| v.name).collect();
    json!({
        "name": field.name, "type": field.ty.display(), "required": field.required,
        "default": field.default, "choices": choices, "doc": field.doc,
    })
}
