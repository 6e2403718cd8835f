//! `bk.arg` and `os.getenv`.

use super::{Calling, option};
use crate::failure::Failure;
use luakit_api::calls::{ArgOf, ArgType, ArgValue, Getenv};
use luakit_diagnostics::Code;
use mlua::Value;

/// Looks an argument up, and remembers that it was asked for.
fn given(calling: &Calling<'_>, name: &str) -> Option<String> {
    let run = calling.run;
    run.args_read.borrow_mut().insert(name.to_owned());
    run.argument(name)
}

pub(super) fn getenv(calling: &Calling<'_>, call: &Getenv) -> mlua::Result<Value> {
    match given(calling, &call.name.0) {
        Some(value) => calling.lua.create_string(value).map(Value::String),
        None => Ok(Value::Nil),
    }
}

pub(super) fn arg(calling: &Calling<'_>, call: ArgOf) -> mlua::Result<Value> {
    let ArgOf { name, default, opts } = call;
    let name = name.0;
    let ty = match (opts.r#type, &default) {
        (Some(ty), Some(default)) if ty != default.ty() => {
            let what =
                format!("default must be a {}, as `type` says, got {}", ty.name(), default.ty().name());
            return Err(calling.fail_at(vec![luakit_api::Step::Arg(1)], Code::WRONG_TYPE, what, None).into());
        }
        (Some(ty), _) => ty,
        (None, Some(default)) => default.ty(),
        (None, None) => ArgType::String,
    };
    let value = match given(calling, &name) {
        Some(text) => Some(ArgValue::parse(&text, ty).ok_or_else(|| {
            calling.fail(
                Code::INVALID_VALUE,
                format!("argument `{name}` must be a {}, got \"{text}\"", ty.name()),
            )
        })?),
        None if opts.required => return Err(missing(calling, &name, opts.description.as_deref()).into()),
        None => default,
    };
    if let (Some(value), Some(choices)) = (&value, &opts.choices)
        && !choices.iter().any(|choice| choice.0 == value.text())
    {
        let list = choices.iter().map(|choice| format!("\"{}\"", choice.0)).collect::<Vec<_>>().join(", ");
        let near = luakit_api::nearest(&value.text(), choices.iter().map(|choice| choice.0.as_str()))
            .map_or(String::new(), |near| format!(", did you mean \"{near}\"?"));
        let what = format!("argument `{name}` must be one of {list}, got \"{}\"{near}", value.text());
        return Err(calling.fail_at(option(2, "choices"), Code::NOT_A_CHOICE, what, None).into());
    }
    match value {
        Some(ArgValue::String(text)) => calling.lua.create_string(text).map(Value::String),
        Some(ArgValue::Number(number)) => Ok(Value::Number(number)),
        Some(ArgValue::Boolean(value)) => Ok(Value::Boolean(value)),
        None => Ok(Value::Nil),
    }
}

fn missing(calling: &Calling<'_>, name: &str, description: Option<&str>) -> Failure {
    let what = format!("argument `{name}` is required");
    let mut failure = calling.fail(Code::MISSING_ARGUMENT, what);
    for diagnostic in &mut failure.diagnostics {
        let what_for = description.map_or(String::new(), |text| format!(": {text}"));
        diagnostic.hints.push(format!("give it with `--arg {name}=VALUE`{what_for}"));
    }
    failure
}
