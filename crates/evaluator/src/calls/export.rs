//! `bk.export` and `bk.target`.

use super::{Calling, option};
use crate::Export;
use crate::frames::Frame;
use crate::image_config::image_config;
use crate::run::Run;
use luakit_api::calls::{self, ExportOptions, Target};
use luakit_api::values;
use luakit_diagnostics::{Code, Place, Related};
use luakit_llb::State;
use mlua::Value;

pub(super) fn export(calling: &Calling<'_>, call: &calls::Export) -> mlua::Result<Value> {
    if let Some(first) = named(calling.run, None) {
        let hint =
            "join states with `bk.merge` and export the result, or name several results with `bk.target`";
        return Err(twice(calling, "called once", first, hint).into());
    }
    add(calling, None, call.state, &call.config, 0);
    Ok(Value::Nil)
}

pub(super) fn target(calling: &Calling<'_>, call: Target) -> mlua::Result<Value> {
    let name = call.name.0;
    if let Some(first) = named(calling.run, Some(&name)) {
        let what = format!("used for `{name}`");
        return Err(twice(calling, &what, first, "give each target a name of its own").into());
    }
    add(calling, Some(name), call.state, &call.config, 1);
    Ok(Value::Nil)
}

/// Returns where a result of this name was declared.
fn named(run: &Run, name: Option<&str>) -> Option<Place> {
    let exports = run.exports.borrow();
    exports.iter().find(|export| export.name.as_deref() == name).map(|export| export.place.clone())
}

fn twice(calling: &Calling<'_>, what: &str, first: Place, hint: &str) -> crate::failure::Failure {
    let line = first.file.line_column(first.range.start).line;
    let what = format!("already {what}, at {}:{line}", first.file.name);
    let mut failure = calling.fail(Code::DUPLICATE_EXPORT, what);
    for diagnostic in &mut failure.diagnostics {
        let message = "first called at".to_owned();
        diagnostic.related.insert(0, Related { place: first.clone(), message });
        diagnostic.hints.push(hint.into());
    }
    failure
}

/// Adds a result; the state is the argument at `arg`, the config the next one.
fn add(
    calling: &Calling<'_>,
    name: Option<String>,
    state: values::State,
    config: &ExportOptions,
    arg: usize,
) {
    let run = calling.run;
    let state = run.state(state);
    let platform = state.platform().unwrap_or(&run.config.platform).clone();
    if config.annotations.is_some() {
        let what = "annotations are those of a manifest, which the exporter writes: they are not in the image's config";
        let hint = "give them to the build, as in `--output type=image,annotation.NAME=VALUE`";
        calling.tell(option(arg + 1, "annotations"), Code::NOTE, what, Some(hint));
    }
    let config = image_config(config, &platform, state.dir());
    if let Some(place) = place(run, &calling.frames()) {
        run.exports.borrow_mut().push(Export { name, state, config, place });
    }
}

/// Notes a result whose declaration failed, so that a collecting pass does not miss it as well.
pub(super) fn failed(run: &Run, frames: &[Frame]) {
    if let Some(place) = place(run, frames) {
        let config = serde_json::Value::Null;
        run.exports.borrow_mut().push(Export {
            name: Some(String::new()),
            state: State::scratch(),
            config,
            place,
        });
    }
}

fn place(run: &Run, frames: &[Frame]) -> Option<Place> {
    frames.first().and_then(|frame| run.place(*frame)).or_else(|| run.end_of_script())
}
