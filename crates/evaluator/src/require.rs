//! `require`: finds a module, runs it once, and tells cycles by their names.

use crate::frames::{Frame, capture, runs};
use crate::run::Run;
use crate::{Prepare, engine};
use luakit_api::modules::{self, Found, Loader};
use luakit_diagnostics::Code;
use luakit_diagnostics::{Place, Related};
use mlua::{Function, Lua, Scope, Table, Value};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A module by the path that it is known by.
enum Module {
    /// It was begun; whether it still runs is seen on the stack.
    Begun(usize),
    Done(Value),
}

/// Makes the table of functions that the prelude's `require` is made of: `begin` and `finish`.
///
/// The module itself is called by the prelude and not from here: a call through the host would cut the stack in two.
pub(crate) fn host<'scope, 'env: 'scope>(
    lua: &Lua,
    scope: &'scope Scope<'scope, 'env>,
    loader: &'env dyn Loader,
    prepare: &'env Prepare<'env>,
    run: &Rc<Run>,
) -> mlua::Result<Table> {
    let modules: Rc<RefCell<BTreeMap<String, Module>>> = Rc::default();
    // The script itself was begun already.
    if let Some(script) = run.files.borrow().first() {
        modules.borrow_mut().insert(loader.identity(&script.path), Module::Begun(0));
    }
    let seen = run.clone();
    let known = modules.clone();
    let begin = scope.create_function(move |lua, name: Value| {
        let frames = capture(lua, &seen);
        let fail = |message: String, hint: Option<String>| {
            let mut failure = seen.failure(Code::UNRESOLVED_REQUIRE, message, &frames);
            for diagnostic in &mut failure.diagnostics {
                if let Some(place) = argument_place(&seen, &frames) {
                    diagnostic.place = place;
                }
                diagnostic.hints.extend(hint.clone());
            }
            mlua::Error::from(failure)
        };
        let Value::String(name) = name else {
            return Err(fail(
                format!("require: module name must be a string, got {}", type_name(&name)),
                None,
            ));
        };
        let name = name.to_string_lossy();
        let (path, file) = match modules::find(&name, loader) {
            Found::File(path, file) => (path, file),
            Found::Refused(message) => return Err(fail(format!("require: {message}"), None)),
            Found::Missing(tried) => {
                let (message, hint) = modules::missing_message(&name, &tried);
                return Err(fail(format!("require: {message}"), Some(hint)));
            }
        };
        let identity = if modules::of_library(&path) { path.clone() } else { loader.identity(&path) };
        match known.borrow().get(&identity) {
            Some(Module::Done(value)) => return Ok((identity, Value::Nil, value.clone())),
            Some(Module::Begun(index)) if runs(lua, &seen, *index) => {
                let cycle = cycle(&seen, &frames, *index);
                let mut failure = seen.failure(
                    Code::REQUIRE_CYCLE,
                    format!("require: modules require each other: {cycle}"),
                    &frames,
                );
                for diagnostic in &mut failure.diagnostics {
                    diagnostic.hints.push("move what both need into a module of its own".into());
                }
                return Err(failure.into());
            }
            _ => {}
        }
        let prepared = prepare(&file).map_err(|mut diagnostics| {
            let required = frames.first().and_then(|frame| seen.place(*frame));
            let required = required.map(|place| Related { place, message: "required from".into() });
            let related: Vec<_> = required.into_iter().chain(seen.trace(&frames)).collect();
            for diagnostic in &mut diagnostics {
                diagnostic.related.extend(related.iter().cloned());
            }
            mlua::Error::from(crate::failure::Failure { diagnostics })
        })?;
        let index = seen.add_file(&file, &path, prepared);
        let chunk: Function = engine::compile(lua, &seen, index)?;
        known.borrow_mut().insert(identity.clone(), Module::Begun(index));
        Ok((identity, Value::Function(chunk), Value::Nil))
    })?;
    let finish = scope.create_function(move |_, (identity, value): (String, Value)| {
        modules.borrow_mut().insert(identity, Module::Done(value));
        Ok(())
    })?;
    let table = lua.create_table()?;
    table.set("begin", begin)?;
    table.set("finish", finish)?;
    Ok(table)
}

/// Lua has one type of number; the host's second one is nobody's business.
fn type_name(value: &Value) -> &'static str {
    if value.is_integer() { "number" } else { value.type_name() }
}

/// Returns the place of the module's name in the call.
fn argument_place(run: &Run, frames: &[Frame]) -> Option<Place> {
    let frame = *frames.first()?;
    let loaded = run.loaded(frame)?;
    let site = loaded.site(frame.line).filter(|site| site.calls("require"))?;
    Some(Place { file: loaded.file.clone(), range: site.args.first()?.range })
}

/// Names the modules of a circle in the order in which they require each other.
fn cycle(run: &Run, frames: &[Frame], first: usize) -> String {
    let mut files: Vec<usize> = Vec::new();
    for frame in frames {
        if files.last() != Some(&frame.file) {
            files.push(frame.file);
        }
        if frame.file == first {
            break;
        }
    }
    files.reverse();
    files.push(first);
    let name = |file: usize| run.files.borrow().get(file).map_or(String::new(), |loaded| loaded.path.clone());
    files.into_iter().map(name).collect::<Vec<_>>().join(" → ")
}
