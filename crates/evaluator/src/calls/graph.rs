//! `bk.merge`, `bk.diff`, `state:with_metadata`, `bk.platform`, `os.getenv`.

use super::Calling;
use crate::failure::Failure;
use crate::objects;
use luakit_api::Cx;
use luakit_api::calls::{Diff, Getenv, Merge, PlatformOf, ProgressGroupOptions, WithMetadata};
use luakit_api::values::Either;
use luakit_llb::{Metadata, ProgressGroup, State};
use mlua::Value;

pub(super) fn merge(calling: &Calling<'_>, call: &Merge) -> State {
    let states: Vec<State> = call.states.iter().map(|id| calling.run.state(*id)).collect();
    calling.run.graph.borrow_mut().merge(&states)
}

pub(super) fn diff(calling: &Calling<'_>, call: &Diff) -> State {
    let (lower, upper) = (calling.run.state(call.lower.0), calling.run.state(call.upper.0));
    calling.run.graph.borrow_mut().diff(&lower, &upper)
}

pub(super) fn with_metadata(calling: &Calling<'_>, call: WithMetadata) -> State {
    let said = call.metadata;
    let mut metadata = said.description.map(|text| Metadata::named(text.0)).unwrap_or_default();
    metadata.ignore_cache = said.ignore_cache.unwrap_or(false);
    metadata.export_cache = said.export_cache;
    metadata.progress_group = said.progress_group.map(|group| match group {
        Either::First(name) => ProgressGroup { id: name.0.clone(), name: name.0, weak: false },
        Either::Second(ProgressGroupOptions { id, name, weak }) => {
            ProgressGroup { name: name.map_or_else(|| id.0.clone(), |name| name.0), id: id.0, weak }
        }
    });
    calling.run.graph.borrow_mut().with_metadata(&calling.receiver, metadata)
}

pub(super) fn platform(calling: &Calling<'_>, call: &PlatformOf) -> mlua::Result<Value> {
    let mut cx = Cx::new(calling.name.clone());
    let Some(spec) = call.spec(&mut cx) else {
        let diagnostics = calling.run.findings(cx.problems, calling.called, calling.frames);
        return Err(Failure { diagnostics }.into());
    };
    let platform = calling.platform(&spec);
    objects::platform(calling.lua, calling.run.add_platform(platform))
}

pub(super) fn getenv(calling: &Calling<'_>, call: &Getenv) -> mlua::Result<Value> {
    let run = calling.run;
    run.args_read.borrow_mut().insert(call.name.0.clone());
    let given = run.config.args.get(&call.name.0).cloned();
    match given.or_else(|| run.config.env.and_then(|env| env(&call.name.0))) {
        Some(value) => calling.lua.create_string(value).map(Value::String),
        None => Ok(Value::Nil),
    }
}
