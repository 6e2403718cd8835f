//! The declaration as text: signatures and documentation, and stubs for other servers.

mod luals;
mod manual;

pub use luals::luals;
pub use manual::manual;

use crate::{Field, Function, Options, Ty};

/// Writes a function as a signature: `bk.cache(dest: string, opts?: CacheOptions) -> Mount`.
pub fn signature(function: &Function) -> String {
    let params: Vec<String> = function.params.iter().map(param).collect();
    let returns = match function.returns {
        Ty::Nil => String::new(),
        ty => format!(" -> {}", ty.display()),
    };
    format!("{}({}){returns}", function.script_name(), params.join(", "))
}

/// Writes a parameter as it stands in a signature.
pub fn param(param: &crate::Param) -> String {
    let dots = if param.variadic { "…: " } else { "" };
    let optional = if param.optional { "?" } else { "" };
    if param.variadic {
        format!("{dots}{}", param.ty.display())
    } else {
        format!("{}{optional}: {}", param.name, param.ty.display())
    }
}

/// Writes the documentation of a function as Markdown.
pub fn function_markdown(function: &Function) -> String {
    let mut out = format!("```lua\n{}\n```\n\n{}\n", signature(function), function.doc);
    for param in function.params {
        out.push_str(&format!("\n- `{}`: {}", param.name, param.doc));
    }
    if !function.params.is_empty() {
        out.push('\n');
    }
    for param in function.params {
        for options in param.ty.options() {
            out.push_str(&format!("\n**{}**\n", options.name));
            out.push_str(&options_markdown(options));
        }
    }
    out.push_str(&format!("\n```lua\n{}\n```\n\n_LLB: {}_\n", function.example, function.llb));
    out
}

/// Writes a table of options as a Markdown list.
pub fn options_markdown(options: &Options) -> String {
    options.fields.iter().map(|field| format!("\n- {}", field_line(field))).collect::<String>() + "\n"
}

/// Writes an option in a line.
pub fn field_line(field: &Field) -> String {
    let required = if field.required { ", required" } else { "" };
    let default = field.default.map_or(String::new(), |text| format!(" Default: `{text}`."));
    format!("`{}`: `{}`{required}. {}{default}", field.name, field.ty.display(), field.doc)
}

/// Writes the documentation of an option as Markdown.
pub fn field_markdown(field: &Field, options: &Options) -> String {
    let mark = if field.required { "" } else { "?" };
    let mut out = format!(
        "```lua\n({}) {}{mark}: {}\n```\n\n{}",
        options.name,
        field.name,
        field.ty.display(),
        field.doc
    );
    if let Some(default) = field.default {
        out.push_str(&format!("\n\nDefault: `{default}`"));
    }
    for choice in field.ty.choices() {
        out.push('\n');
        for value in choice.values {
            out.push_str(&format!("\n- `\"{}\"`: {}", value.name, value.doc));
        }
    }
    if let Ty::Special(special) = field.ty {
        out.push_str(&format!("\n\n`{}`: {}", special.name, special.doc));
    }
    out
}
