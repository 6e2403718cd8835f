//! `bk.export`.

use super::Calling;
use crate::image_config::image_config;
use luakit_diagnostics::{Code, Related};
use mlua::Value;

pub(super) fn export(calling: &Calling<'_>, call: luakit_api::calls::Export) -> mlua::Result<Value> {
    let run = calling.run;
    if let Some(first) = run.exports.borrow().first() {
        let line = first.place.file.line_column(first.place.range.start).line;
        let what = format!("already called once, at {}:{line}", first.place.file.name);
        let mut failure = calling.fail(Code::DUPLICATE_EXPORT, what);
        for diagnostic in &mut failure.diagnostics {
            diagnostic
                .related
                .insert(0, Related { place: first.place.clone(), message: "first called at".into() });
            diagnostic.hints.push("join states with `bk.merge` and export the result".into());
        }
        return Err(failure.into());
    }
    let state = run.state(call.state);
    let platform = state.platform().unwrap_or(&run.config.platform).clone();
    if call.config.annotations.is_some() {
        let what = "annotations are those of a manifest, which the exporter writes: they are not in the image's config";
        let hint = "give them to the build, as in `--output type=image,annotation.NAME=VALUE`";
        calling.tell(super::option(1, "annotations"), Code::NOTE, what, Some(hint));
    }
    let config = image_config(&call.config, &platform);
    if let Some(place) =
        calling.frames().first().and_then(|frame| run.place(*frame)).or_else(|| run.end_of_script())
    {
        run.exports.borrow_mut().push(crate::Export { state, config, place });
    }
    Ok(Value::Nil)
}
