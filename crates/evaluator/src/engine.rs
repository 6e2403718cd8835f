//! The virtual machine: made fresh for each evaluation, bounded, stopped from outside.

use crate::config::Config;
use crate::failure::Failure;
use crate::frames::{CHUNK, capture};
use crate::run::Run;
use crate::testing::{self, Recorder};
use crate::{Evaluation, Prepare, require, sandbox};
use luakit_api::modules::Loader;
use luakit_api::words;
use luakit_diagnostics::{Code, SourceFile};
use mlua::chunk::{ChunkMode, Compiler};
use mlua::{Function, Lua, LuaOptions, StdLib, Value, VmState};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

pub(crate) fn evaluate(
    script: &Arc<SourceFile>,
    loader: &dyn Loader,
    prepare: &Prepare<'_>,
    config: &Config,
    tests: Option<&Recorder<'_>>,
) -> Evaluation {
    let run = Rc::new(Run::new(config.clone()));
    if let Err(failure) = attempt(script, loader, prepare, &run, tests) {
        run.tell_end(failure);
    }
    finish(&run)
}

fn attempt(
    script: &Arc<SourceFile>,
    loader: &dyn Loader,
    prepare: &Prepare<'_>,
    run: &Rc<Run>,
    tests: Option<&Recorder<'_>>,
) -> Result<(), Failure> {
    let name = script.name.rsplit('/').next().unwrap_or(&script.name);
    let prepared = match prepare(script) {
        Ok(prepared) => prepared,
        Err(diagnostics) => {
            // The file is known even so, since findings lead to it.
            run.add_file(script, name, luakit_api::Prepared::default());
            return Err(Failure { diagnostics });
        }
    };
    let index = run.add_file(script, name, prepared);
    let lua = new_vm(run).map_err(|err| run.mlua_error(&err, &[]))?;
    lua.set_app_data(crate::objects::Current(run.clone()));
    *run.vm.borrow_mut() = Some(lua.clone());
    let main = compile(&lua, run, index)?;
    let result = lua.scope(|scope| {
        let guarded: Function =
            sandbox::install(&lua, run, require::host(&lua, scope, loader, prepare, run)?)?;
        let main = match tests {
            Some(recorder) => testing::install(&lua, scope, run, recorder, main)?,
            None => main,
        };
        let seen = run.clone();
        let failed = lua.create_function(move |lua, value: Value| {
            let failure = seen.raised(&value, &capture(lua, &seen));
            seen.failure.borrow_mut().get_or_insert(failure);
            Ok(())
        })?;
        // Only from here on: nothing of ours is to be cut short.
        set_interrupt(&lua, run);
        let result = guarded.call::<(bool, Value)>((main, failed));
        lua.remove_interrupt();
        result
    });
    if let Some(stopped) = run.stopped.borrow_mut().take() {
        return Err(stopped);
    }
    match result {
        // A test file builds nothing.
        Ok((true, _)) if tests.is_some() => Ok(()),
        Ok((true, _)) => check_export(run),
        Ok((false, value)) => Err(run.failure.borrow_mut().take().unwrap_or_else(|| run.raised(&value, &[]))),
        Err(err) => Err(run.failure.borrow_mut().take().unwrap_or_else(|| run.mlua_error(&err, &[]))),
    }
}

fn new_vm(run: &Rc<Run>) -> mlua::Result<Lua> {
    let lua = Lua::new_with(StdLib::ALL_SAFE, LuaOptions::new().catch_rust_panics(true))?;
    lua.set_memory_limit(run.config.limits.memory)?;
    // Level 2 inlines helpers and drops their frames; debug level 1 keeps lines.
    lua.set_compiler(Compiler::new().set_optimization_level(1).set_debug_level(1));
    Ok(lua)
}

/// Compiles a file that was prepared. A syntax error is one that only the engine knows, such as too many locals.
pub(crate) fn compile(lua: &Lua, run: &Run, index: usize) -> Result<Function, Failure> {
    let Some(loaded) = run.loaded(crate::frames::Frame { file: index, line: 1 }) else {
        return Err(Failure { diagnostics: Vec::new() });
    };
    lua.load(loaded.prepared.text.as_str())
        .set_name(format!("={CHUNK}{index}"))
        .set_mode(ChunkMode::Text)
        .into_function()
        .map_err(|err| {
            let mut failure = run.mlua_error(&err, &[]);
            for diagnostic in &mut failure.diagnostics {
                diagnostic.code = Code::SYNTAX;
            }
            failure
        })
}

/// Raises an error in whatever runs once the time is over or nobody waits any more.
///
/// Luau asks at each loop, call and return, and in its pattern matcher; since the answer stays the same, no `pcall`
/// gets around it.
fn set_interrupt(lua: &Lua, run: &Rc<Run>) {
    let run = run.clone();
    let deadline = Instant::now() + run.config.limits.time;
    lua.set_interrupt(move |lua| {
        if let Some(failure) = run.stopped.borrow().clone() {
            return Err(failure.into());
        }
        let cancelled = run.config.cancel.load(Ordering::Relaxed);
        if !cancelled && Instant::now() < deadline {
            return Ok(VmState::Continue);
        }
        let time = run.config.limits.time;
        let message = if cancelled {
            "script evaluation cancelled".to_owned()
        } else {
            format!("script evaluation timed out after {time:?}")
        };
        Err(run.stop(run.failure(Code::LIMIT, message, &capture(lua, &run))).into())
    });
}

fn check_export(run: &Run) -> Result<(), Failure> {
    if !run.exports.borrow().is_empty() {
        return Ok(());
    }
    let (message, hint) = words::MISSING_EXPORT;
    let mut failure = run.failure(Code::MISSING_EXPORT, message, &[]);
    for diagnostic in &mut failure.diagnostics {
        diagnostic.hints.push(hint.into());
    }
    Err(failure)
}

fn finish(run: &Rc<Run>) -> Evaluation {
    Evaluation {
        graph: run.graph.take(),
        exports: run.exports.take(),
        diagnostics: run.diagnostics.take(),
        files: run.files.borrow().iter().map(|loaded| loaded.file.clone()).collect(),
        output: run.output.take(),
        args_read: run.args_read.take(),
        observed: crate::observe::observed(run),
        cancelled: run.config.cancel.load(Ordering::Relaxed),
        memory: crate::Memory { _vm: run.vm.take() },
    }
}
