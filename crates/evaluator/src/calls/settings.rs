//! `with_env` and its like, `requires`, `mount`.

use super::{Calling, run};
use crate::failure::Failure;
use luakit_api::Step;
use luakit_api::calls::{MountOf, Requires, WithCwd, WithEnv, WithNetwork, WithPlatform, WithUser};
use luakit_diagnostics::Code;
use luakit_llb::State;

/// The id of the op that waits: nobody needs to tell two of them apart.
const REQUIRES: &str = "requires";

pub(super) fn with_env(calling: &Calling<'_>, call: WithEnv) -> State {
    let set = |state: State, (name, value): (String, String)| state.with_env(name, value);
    call.env.0.into_iter().fold(calling.receiver.clone(), set)
}

pub(super) fn with_cwd(calling: &Calling<'_>, call: &WithCwd) -> State {
    calling.receiver.with_dir(&call.path.0)
}

pub(super) fn with_user(calling: &Calling<'_>, call: WithUser) -> State {
    calling.receiver.with_user(call.user.0)
}

pub(super) fn with_platform(calling: &Calling<'_>, call: &WithPlatform) -> State {
    calling.receiver.with_platform(&calling.platform(&call.platform))
}

pub(super) fn with_network(calling: &Calling<'_>, call: &WithNetwork) -> State {
    calling.receiver.with_network(run::network(call.network))
}

pub(super) fn requires(calling: &Calling<'_>, call: &Requires) -> Result<State, Failure> {
    let others: Vec<State> = call.states.iter().map(|id| calling.run.state(*id)).collect();
    let graph = &calling.run.graph;
    graph.borrow_mut().requires(&calling.receiver, REQUIRES, &others).map_err(|err| calling.refused(&err))
}

pub(super) fn mount(calling: &Calling<'_>, call: &MountOf) -> Result<State, Failure> {
    let runs = calling.run.runs.borrow();
    let Some(ran) = calling.receiver_id.and_then(|id| runs.get(&id)) else {
        let mut failure =
            calling.fail(Code::INVALID_OP, "the state is no result of a run, so it has no mounts");
        for diagnostic in &mut failure.diagnostics {
            diagnostic.hints.push(
                "keep what `run` returns, and ask that: `local ran = state:run(…)`, `ran:mount(…)`".into(),
            );
        }
        return Err(failure);
    };
    let argument = || vec![Step::Arg(0)];
    let state = ran.mount(&call.dest.0).map_err(|err| {
        let hint = "what a command writes is kept on a `bk.bind` with `readonly = false`, not on a cache, tmpfs, \
                    secret or ssh mount, and not with `no_output`";
        calling.fail_at(argument(), Code::INVALID_OP, &err.message, Some(hint))
    })?;
    if state.output().is_none_or(|output| output.vertex != ran.vertex) {
        let what = "nothing can depend on the command: the mount is read-only, so what is there is the state before it";
        let hint = "add `readonly = false` to the mount";
        calling.tell(argument(), Code::UNUSED_STATE, what, Some(hint));
    }
    Ok(state)
}
