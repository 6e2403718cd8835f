//! The call around the cursor.

use crate::Script;
use crate::cursor::{Context, Cursor};
use crate::types::{Foreign, Kind, Types, doc_above};
use luakit_api::modules::Loader;
use luakit_api::render::param;
use luakit_api::{Function, Ty};
use luakit_diagnostics::TextRange;

/// The call around the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureHelp {
    pub label: String,
    pub documentation: String,
    /// The byte range of each parameter in `label`, with its documentation.
    pub parameters: Vec<(TextRange, String)>,
    pub active: Option<usize>,
}

/// Returns the call that an offset is in the arguments of.
pub fn signature_help(script: &Script, offset: usize, loader: Option<&dyn Loader>) -> Option<SignatureHelp> {
    let cursor = Cursor::new(script, offset);
    if cursor.context == Context::Comment {
        return None;
    }
    let call = cursor.enclosing_call(offset)?;
    let types = Types::infer(script, loader);
    if let Some(function) = cursor.function_ending(&types, call.callee) {
        return Some(of_function(function, call.argument));
    }
    let ty = cursor.type_ending(&types, call.callee);
    let name = cursor.text(call.callee);
    match ty.kind()? {
        Kind::Func(func) => {
            let doc = doc_above(script, script.tree.func(func).range.start);
            let result = types.result(types.result_of(ty));
            Some(written(name, types.params(func), &result, doc, call.argument))
        }
        Kind::Foreign(id) => match types.foreign.get(id)? {
            Foreign::Func { params, returns, doc, .. } => {
                let result = types.result(returns.first().copied()?);
                Some(written(name, params.clone(), &result, doc.clone(), call.argument))
            }
            Foreign::Table { .. } => None,
        },
        _ => None,
    }
}

fn of_function(function: &Function, argument: usize) -> SignatureHelp {
    let params = function.params.iter().map(param).collect();
    let result = match function.returns {
        Ty::Nil => String::new(),
        ty => format!(" -> {}", ty.display()),
    };
    let mut help = written(&function.script_name(), params, &result, function.doc.into(), argument);
    for (slot, param) in help.parameters.iter_mut().zip(function.params) {
        slot.1 = param.doc.into();
    }
    help
}

fn written(
    name: &str,
    params: Vec<String>,
    result: &str,
    documentation: String,
    argument: usize,
) -> SignatureHelp {
    let mut label = format!("{name}(");
    let mut parameters = Vec::new();
    for (i, param) in params.iter().enumerate() {
        if i > 0 {
            label.push_str(", ");
        }
        let start = label.len();
        label.push_str(param);
        parameters.push((TextRange::new(start, label.len()), String::new()));
    }
    label.push(')');
    label.push_str(result);
    let variadic = params.last().is_some_and(|param| param.starts_with('…') || param == "...");
    let active = match parameters.len() {
        0 => None,
        n if argument < n => Some(argument),
        n => variadic.then(|| n - 1),
    };
    SignatureHelp { label, documentation, parameters, active }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Files, cursor};

    /// Shows the label with the active parameter between `<` and `>`.
    #[track_caller]
    fn check(fixture: &str, expected: &str) {
        let (text, offset) = cursor(fixture);
        let (script, files) = Files::fixture(&text);
        let shown = match signature_help(&script, offset, Some(&files)) {
            None => "nothing".into(),
            Some(help) => {
                let mut label = help.label.clone();
                if let Some((range, _)) = help.active.and_then(|active| help.parameters.get(active)) {
                    label.insert(range.end, '>');
                    label.insert(range.start, '<');
                }
                label
            }
        };
        assert_eq!(shown, expected);
    }

    #[test]
    fn the_active_parameter_is_where_the_cursor_is() {
        check("bk.cache($0", "bk.cache(<dest: string>, opts?: CacheOptions) -> Mount");
        check("bk.cache('/c', $0)", "bk.cache(dest: string, <opts?: CacheOptions>) -> Mount");
        check("bk.cache('/c', { sharing = '$0' })", "bk.cache(dest: string, <opts?: CacheOptions>) -> Mount");
        check("bk.merge(a, b, $0", "bk.merge(<…: State>) -> State");
        check(
            "local s = bk.scratch()\ns:run(f(1, 2), $0",
            "state:run(cmd: Command, <opts?: RunOptions>) -> State",
        );
        check("bk.scratch()$0", "nothing");
        check("-- bk.cache($0", "nothing");
    }

    #[test]
    fn functions_of_the_script_and_its_modules_count_too() {
        check(
            "local function f(a, b) return a:run('x') end\nf(bk.scratch(), $0)",
            "f(a: State, <b>) -> State",
        );
        check(
            "local m = require('lib.m')\nm.make($0\n--- lib/m.lua\nreturn { make = function(x, ...) return bk.ssh() end }",
            "make(<x>, ...) -> Mount",
        );
    }
}
