//! `bk.merge`, `bk.diff`, `bk.build`, `state:with_metadata`, `bk.platform`.

use super::{Calling, option};
use crate::failure::Failure;
use crate::objects;
use luakit_api::calls::{Build, Diff, Merge, PlatformOf, ProgressGroupOptions, WithMetadata};
use luakit_api::values::Either;
use luakit_api::{Cx, Step};
use luakit_diagnostics::Code;
use luakit_llb::{BuildOptions, Metadata, ProgressGroup, State};
use mlua::Value;

/// The attribute that the option `filename` sets.
const FILENAME: &str = "llbbuild.filename";

pub(super) fn merge(calling: &Calling<'_>, call: &Merge) -> State {
    let states: Vec<State> = call.states.iter().map(|id| calling.run.state(*id)).collect();
    calling.run.graph.borrow_mut().merge(&states)
}

pub(super) fn diff(calling: &Calling<'_>, call: &Diff) -> State {
    let (lower, upper) = (calling.run.state(call.lower.0), calling.run.state(call.upper.0));
    calling.run.graph.borrow_mut().diff(&lower, &upper)
}

pub(super) fn with_metadata(calling: &Calling<'_>, call: WithMetadata) -> mlua::Result<Value> {
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
    let graph = &calling.run.graph;
    if calling.receiver.output().is_none() {
        let what = "this is said of no step: the state is scratch, which nothing makes";
        calling.tell(vec![Step::Arg(0)], Code::NOTE, what, None);
    }
    // What a command left on its mounts is named along with its root.
    let ran = calling.receiver_id.and_then(|id| calling.run.runs.borrow().get(&id).cloned());
    if let Some(ran) = ran {
        let named = graph.borrow_mut().run_with_metadata(&ran, metadata);
        return super::ran(calling, named);
    }
    let state = graph.borrow_mut().with_metadata(&calling.receiver, metadata);
    objects::state(calling.lua, calling.run.add_state(state))
}

pub(super) fn build(calling: &Calling<'_>, call: Build) -> Result<State, Failure> {
    let state = calling.run.state(call.state);
    let attrs = call.opts.attrs.unwrap_or_default();
    if call.opts.filename.is_some() && attrs.contains_key(FILENAME) {
        let what = format!("`filename` and `attrs[\"{FILENAME}\"]` say the same thing, give one of them");
        return Err(calling.fail_at(option(1, "filename"), Code::INVALID_VALUE, what, None));
    }
    let attrs = attrs.into_iter().map(|(key, value)| (key, value.0));
    let options = BuildOptions { filename: call.opts.filename.map(|name| name.0), attrs: attrs.collect() };
    calling.run.graph.borrow_mut().build(&state, &options).map_err(|err| calling.refused(&err))
}

pub(super) fn platform(calling: &Calling<'_>, call: &PlatformOf) -> mlua::Result<Value> {
    let mut cx = Cx::new(calling.name.clone());
    let Some(spec) = call.spec(&mut cx) else {
        let diagnostics = calling.run.findings(cx.problems, calling.called, &calling.frames());
        return Err(Failure { diagnostics }.into());
    };
    let platform = calling.platform(&spec);
    objects::platform(calling.lua, calling.run.add_platform(platform))
}
