//! What the calls of the API do, a file for each group.

mod args;
mod export;
mod files;
mod graph;
mod mounts;
mod run;
mod settings;
mod sources;

use crate::collect::guarded;
use crate::failure::Failure;
use crate::frames::{Frame, capture, capture_near};
use crate::objects;
use crate::run::Run;
use crate::view::{Budget, LuaView};
use luakit_api::calls::FilesOf;
use luakit_api::values::PlatformSpec;
use luakit_api::{Call, Cx, Focus, Function, FunctionId, Kind, Object, Problem, Receiver, Step, View, words};
use luakit_diagnostics::Code;
use luakit_llb::{Platform, State};
use mlua::{Lua, MultiValue, Value};
use std::rc::Rc;

/// A call that is being carried out.
pub(crate) struct Calling<'a> {
    pub(crate) lua: &'a Lua,
    pub(crate) run: &'a Rc<Run>,
    /// The name as it was called.
    pub(crate) called: &'a str,
    /// What messages begin with, such as `bk.run`.
    pub(crate) name: String,
    /// The state a method was called on.
    pub(crate) receiver: State,
    /// Its number.
    pub(crate) receiver_id: Option<u32>,
}

/// Checks the arguments of a call and carries it out. In a collecting pass an error is noted and a stand-in given.
pub(crate) fn call(
    lua: &Lua,
    run: &Rc<Run>,
    function: &'static Function,
    called: &str,
    receiver: Option<u32>,
    args: &MultiValue,
) -> mlua::Result<Value> {
    let done = carry_out(lua, run, function, called, receiver, args);
    if !run.config.collect {
        return done;
    }
    let of_stand_in = function.receiver == Receiver::State && run.is_stand_in(receiver);
    match done {
        Ok(value) => {
            if of_stand_in {
                run.add_stand_in(&value);
            }
            Ok(value)
        }
        // What the graph says of a stand-in, it says of nothing that the script wrote.
        Err(error) if of_stand_in && is_about_graph(&error) && !guarded(lua, run) => {
            run.stand_in(lua, &function.returns)
        }
        Err(error) => {
            run.note(lua, error)?;
            if [FunctionId::Export, FunctionId::Target].contains(&function.id) {
                export::failed(run, &capture(lua, run));
            }
            match (function.receiver, receiver) {
                (Receiver::Files, Some(id)) => {
                    if let Some(list) = run.files_lists.borrow_mut().get_mut(id as usize) {
                        list.failed = true;
                    }
                    objects::files(lua, id)
                }
                _ => run.stand_in(lua, &function.returns),
            }
        }
    }
}

fn is_about_graph(error: &mlua::Error) -> bool {
    let about = |failure: &Failure| failure.diagnostics.iter().all(|found| found.code == Code::INVALID_OP);
    error.downcast_ref::<Failure>().is_some_and(about)
}

fn carry_out(
    lua: &Lua,
    run: &Rc<Run>,
    function: &'static Function,
    called: &str,
    receiver: Option<u32>,
    args: &MultiValue,
) -> mlua::Result<Value> {
    let near = capture_near(lua, run);
    let name = function.error_name(called);
    if function.receiver == Receiver::Bk && args.front().is_some_and(is_bk) && colon(run, &near) {
        return Err(run
            .failure(Code::DOT_CALL, words::colon_call(called).message, &capture(lua, run))
            .into());
    }
    let room = run.config.limits.data.saturating_sub(run.data.get());
    let budget = Budget::new(room);
    let mut views: Vec<LuaView> = args.iter().cloned().map(|value| LuaView::new(value, &budget)).collect();
    // A nil past the last parameter is no argument: `f(g())` passes whatever g returned.
    while views.len() > function.params.len()
        && !function.params.iter().any(|param| param.variadic)
        && views.last().is_some_and(|view| view.kind() == Kind::Nil)
    {
        views.pop();
    }
    let mut cx = Cx::new(name.clone());
    let checked = luakit_api::check(function.id, &views, &mut cx);
    let mut errors = Vec::new();
    if !cx.problems.is_empty() {
        let findings = run.findings(cx.problems, called, &capture(lua, run));
        let (wrong, warnings) = findings.into_iter().partition(|finding| finding.is_error());
        errors = wrong;
        warn(run, warnings);
    }
    let Some(checked) = checked else {
        return Err(match over_data(run, &budget, &name, &capture(lua, run)) {
            Some(failure) => failure.into(),
            None => Failure { diagnostics: errors }.into(),
        });
    };
    // The graph keeps most of what was read, and Lua's own limit does not see it.
    run.data.set(run.data.get() + (room - budget.bytes.get()));
    let receiver_id = receiver;
    let receiver = match (receiver, function.receiver) {
        (Some(id), Receiver::Files) => run.files_base(id),
        (Some(id), _) => run.state(luakit_api::values::State(id)),
        (None, _) => State::scratch(),
    };
    let (locations, trace) = run.locations(&near);
    run.graph.borrow_mut().at(locations, trace);
    let calling = Calling { lua, run, called, name, receiver, receiver_id };
    let value = handle(&calling, checked)?;
    calling.within_limits()?;
    Ok(value)
}

/// Ends a `files` whose function has returned.
pub(crate) fn end_files(lua: &Lua, run: &Rc<Run>, list: &Value) -> mlua::Result<Value> {
    let Value::UserData(data) = list else { return Ok(Value::Nil) };
    let Some((Object::Files, id)) = objects::id(data) else { return Ok(Value::Nil) };
    let function = &FilesOf::FUNCTION;
    let (locations, trace) = run.locations(&capture_near(lua, run));
    run.graph.borrow_mut().at(locations, trace);
    let calling = Calling {
        lua,
        run,
        called: function.name,
        name: function.error_name(function.name),
        receiver: run.files_base(id),
        receiver_id: Some(id),
    };
    let state = match files::end(&calling, id) {
        Ok(state) => state,
        Err(failure) => {
            run.note(lua, failure.into())?;
            return run.stand_in(lua, &function.returns);
        }
    };
    calling.within_limits()?;
    objects::state(lua, run.add_state(state))
}

/// Makes the error for arguments that are more than the graph has room for.
fn over_data(run: &Run, budget: &Budget, name: &str, frames: &[Frame]) -> Option<Failure> {
    let limit = run.config.limits.data >> 20;
    let message = format!("{name}: the graph holds too much data (the limit is {limit} MB)");
    (budget.bytes.get() == 0).then(|| run.stop(run.failure(Code::LIMIT, message, frames)))
}

/// Reports warnings once for each place: a loop makes no list of them.
fn warn(run: &Run, warnings: Vec<luakit_diagnostics::Diagnostic>) {
    for warning in warnings {
        let place = &warning.place;
        let key = (place.file.name.clone(), place.range, warning.message.clone());
        if run.warned.borrow_mut().insert(key) {
            run.diagnostics.borrow_mut().push(warning);
        }
    }
}

fn handle(calling: &Calling<'_>, call: Call) -> mlua::Result<Value> {
    let state = match call {
        Call::Image(call) => sources::image(calling, call)?,
        Call::Scratch(_) => State::scratch(),
        Call::Local(call) => sources::local(calling, call)?,
        Call::Git(call) => sources::git(calling, call)?,
        Call::Http(call) => sources::http(calling, call)?,
        Call::OciLayout(call) => sources::oci_layout(calling, call)?,
        Call::ImageBlob(call) => sources::image_blob(calling, call)?,
        Call::SourceOf(call) => sources::source(calling, call)?,
        Call::Run(call) => return ran(calling, run::run(calling, call)?),
        Call::WithEnv(call) => settings::with_env(calling, call),
        Call::WithCwd(call) => settings::with_cwd(calling, &call),
        Call::WithUser(call) => settings::with_user(calling, call),
        Call::WithPlatform(call) => settings::with_platform(calling, &call),
        Call::WithNetwork(call) => settings::with_network(calling, &call),
        Call::Requires(call) => settings::requires(calling, &call)?,
        Call::MountOf(call) => settings::mount(calling, &call)?,
        Call::Build(call) => graph::build(calling, call)?,
        Call::Copy(call) => files::file(calling, files::copy(calling, call)?)?,
        Call::Mkdir(call) => files::file(calling, files::mkdir(calling, call)?)?,
        Call::Mkfile(call) => files::file(calling, files::mkfile(calling, call)?)?,
        Call::Rm(call) => files::file(calling, files::rm(call))?,
        Call::Symlink(call) => files::file(calling, files::symlink(calling, call)?)?,
        Call::FilesOf(_) => return files::begin(calling),
        Call::CopyAction(call) => return files::add(calling, files::copy(calling, call.0)?),
        Call::MkdirAction(call) => return files::add(calling, files::mkdir(calling, call.0)?),
        Call::MkfileAction(call) => return files::add(calling, files::mkfile(calling, call.0)?),
        Call::RmAction(call) => return files::add(calling, files::rm(call.0)),
        Call::SymlinkAction(call) => return files::add(calling, files::symlink(calling, call.0)?),
        Call::WithMetadata(call) => return graph::with_metadata(calling, call),
        Call::Merge(call) => graph::merge(calling, &call),
        Call::Diff(call) => graph::diff(calling, &call),
        Call::Cache(call) => return mounts::cache(calling, call),
        Call::Secret(call) => return mounts::secret(calling, call),
        Call::Ssh(call) => return mounts::ssh(calling, call),
        Call::Tmpfs(call) => return mounts::tmpfs(calling, &call),
        Call::Bind(call) => return mounts::bind(calling, call),
        Call::PlatformOf(call) => return graph::platform(calling, &call),
        Call::ArgOf(call) => return args::arg(calling, call),
        Call::Getenv(call) => return args::getenv(calling, &call),
        Call::Export(call) => return export::export(calling, &call),
        Call::Target(call) => return export::target(calling, call),
    };
    objects::state(calling.lua, calling.run.add_state(state))
}

/// Tells whether the innermost call is written with `:`.
fn colon(run: &Run, frames: &[Frame]) -> bool {
    let site = |frame: &Frame| run.loaded(*frame)?.site(frame.line).map(|site| site.callee.contains(':'));
    frames.first().and_then(site).unwrap_or(false)
}

/// Makes the state that a command left, and keeps what else it left.
pub(super) fn ran(calling: &Calling<'_>, ran: luakit_llb::Run) -> mlua::Result<Value> {
    let id = calling.run.add_state(ran.root.clone());
    calling.run.runs.borrow_mut().insert(id, ran);
    objects::state(calling.lua, id)
}

/// Tells whether a value is the `bk` table itself.
fn is_bk(value: &Value) -> bool {
    let Value::Table(table) = value else { return false };
    let named = |meta: mlua::Table| meta.raw_get::<String>("__metatable").is_ok_and(|name| name == "bk");
    table.metatable().is_some_and(named)
}

/// Makes the error for a method that was called with `.`.
pub(crate) fn dot_call(lua: &Lua, run: &Run, function: &Function) -> Failure {
    let frames = capture(lua, run);
    let receiver = frames.first().and_then(|frame| {
        let loaded = run.loaded(*frame)?;
        let callee = loaded.site(frame.line)?.callee.clone();
        callee.rsplit_once(['.', ':']).map(|(receiver, _)| receiver.to_owned())
    });
    let misnomer = words::dot_call(function.name, receiver.as_deref().unwrap_or(""));
    run.failure(Code::DOT_CALL, misnomer.message, &frames)
}

impl Calling<'_> {
    /// Returns the stack, for what is told of the call.
    pub(crate) fn frames(&self) -> Vec<Frame> {
        capture(self.lua, self.run)
    }

    /// Makes the error for something wrong with the call as a whole.
    pub(crate) fn fail(&self, code: Code, what: impl AsRef<str>) -> Failure {
        self.run.failure(code, format!("{}: {}", self.name, what.as_ref()), &self.frames())
    }

    /// Makes the error for something wrong with the value at a path in the arguments.
    pub(crate) fn fail_at(
        &self,
        path: Vec<Step>,
        code: Code,
        what: impl AsRef<str>,
        hint: Option<&str>,
    ) -> Failure {
        let problem = Problem {
            code,
            message: format!("{}: {}", self.name, what.as_ref()),
            hints: hint.map(str::to_owned).into_iter().collect(),
            path,
            focus: Focus::Value,
            replacement: None,
        };
        Failure { diagnostics: self.run.findings(vec![problem], self.called, &self.frames()) }
    }

    /// Makes the error for what the graph refused.
    pub(crate) fn refused(&self, error: &luakit_llb::Error) -> Failure {
        self.fail_at(vec![Step::Arg(0)], Code::INVALID_OP, &error.message, None)
    }

    /// Says something that does not stop the script.
    pub(crate) fn tell(&self, path: Vec<Step>, code: Code, what: &str, hint: Option<&str>) {
        warn(self.run, self.fail_at(path, code, what, hint).diagnostics);
    }

    /// Returns the platform that was given, in its normal form.
    pub(crate) fn platform(&self, spec: &PlatformSpec) -> Platform {
        match spec {
            PlatformSpec::Object(id) => {
                self.run.platforms.borrow().get(id.0 as usize).cloned().unwrap_or_default()
            }
            PlatformSpec::Parts { os, arch, variant, os_version, os_features } => Platform {
                variant: variant.clone(),
                os_version: os_version.clone(),
                os_features: os_features.clone(),
                ..Platform::new(os, arch)
            }
            .normalize(),
        }
    }

    fn within_limits(&self) -> Result<(), Failure> {
        let limits = &self.run.config.limits;
        if self.run.graph.borrow().vertices().len() > limits.ops {
            let what = format!("the graph has too many operations (the limit is {})", limits.ops);
            return Err(self.run.stop(self.fail(Code::LIMIT, what)));
        }
        // Objects that become no operation take room as well: a loop of `bk.scratch()` must end, too.
        let objects = limits.ops.saturating_mul(4);
        if self.run.objects() > objects {
            let what = format!("the script made too many objects (the limit is {objects})");
            return Err(self.run.stop(self.fail(Code::LIMIT, what)));
        }
        Ok(())
    }
}

/// The path to an option of the argument at `arg`.
pub(crate) fn option(arg: usize, name: &str) -> Vec<Step> {
    vec![Step::Arg(arg), Step::Key(name.to_owned())]
}
