//! The collecting pass: after an error of the API the script goes on with a stand-in, so that one run finds several.
//!
//! Inside `pcall` an error is raised as in a build: the script asked for it. What only follows from a stand-in is not
//! told. The graph of such a run is of no use.

use crate::failure::Failure;
use crate::objects;
use crate::run::Run;
use luakit_api::{Object, Ty};
use luakit_diagnostics::{Code, Diagnostic, TextRange};
use luakit_llb::{Mount, State};
use mlua::{Lua, Value};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

/// What a collecting pass knows.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    /// The errors so far, by place and code: a loop makes no list of one.
    seen: RefCell<BTreeSet<(String, TextRange, Code)>>,
    /// The states that stand in for another, or come of one that does.
    states: RefCell<BTreeSet<u32>>,
    /// Whether anything but a state was stood in for: what Lua says of it later may be no mistake of the script.
    other: Cell<bool>,
}

/// Tells whether a script that ended with such an error may have more of them.
pub(crate) fn may_have_more(code: Code) -> bool {
    ![
        Code::SYNTAX,
        Code::NOT_UTF8,
        Code::LIMIT,
        Code::RUNTIME_ERROR,
        Code::MISSING_EXPORT,
        Code::UNRESOLVED_REQUIRE,
        Code::REQUIRE_CYCLE,
        Code::INTERNAL,
    ]
    .contains(&code)
}

impl Run {
    /// Notes an error if the script may go on after it.
    ///
    /// # Errors
    /// The error itself, where it is to be raised as in a build.
    pub(crate) fn note(&self, lua: &Lua, error: mlua::Error) -> mlua::Result<()> {
        if !self.config.collect || self.stopped.borrow().is_some() {
            return Err(error);
        }
        let Some(failure) = error.downcast_ref::<Failure>().cloned() else { return Err(error) };
        if !failure.diagnostics.iter().all(|diagnostic| may_have_more(diagnostic.code)) || guarded(lua, self)
        {
            return Err(error);
        }
        self.tell_new(failure.diagnostics);
        Ok(())
    }

    /// Adds the errors that were not told before. One call may have several at one place.
    fn tell_new(&self, diagnostics: Vec<Diagnostic>) {
        let key = |diagnostic: &Diagnostic| {
            (diagnostic.place.file.name.clone(), diagnostic.place.range, diagnostic.code)
        };
        let mut seen = self.collected.seen.borrow_mut();
        let new: Vec<Diagnostic> =
            diagnostics.into_iter().filter(|diagnostic| !seen.contains(&key(diagnostic))).collect();
        seen.extend(new.iter().map(key));
        self.diagnostics.borrow_mut().extend(new);
    }

    /// Tells what ended a run, unless it is a consequence of a stand-in.
    pub(crate) fn tell_end(&self, failure: Failure) {
        let noted = !self.collected.seen.borrow().is_empty();
        if !noted {
            self.diagnostics.borrow_mut().extend(failure.diagnostics);
            return;
        }
        let consequence = |code: Code| match code {
            Code::LIMIT => true,
            Code::RUNTIME_ERROR => self.collected.other.get(),
            // It may have been the export that was misspelt. If none was written at all, the text shows it.
            Code::MISSING_EXPORT => self.noted(Code::UNKNOWN_FUNCTION),
            _ => false,
        };
        let diagnostics = failure.diagnostics.into_iter();
        self.tell_new(diagnostics.filter(|diagnostic| !consequence(diagnostic.code)).collect());
    }

    fn noted(&self, code: Code) -> bool {
        self.collected.seen.borrow().iter().any(|(_, _, seen)| *seen == code)
    }

    /// Tells whether a state stands in for another.
    pub(crate) fn is_stand_in(&self, state: Option<u32>) -> bool {
        state.is_some_and(|state| self.collected.states.borrow().contains(&state))
    }

    pub(crate) fn add_stand_in(&self, state: &Value) {
        if let Value::UserData(data) = state
            && let Some((Object::State, id)) = objects::id(data)
        {
            self.collected.states.borrow_mut().insert(id);
        }
    }

    /// Makes a value of a type that a call should have given.
    pub(crate) fn stand_in(&self, lua: &Lua, ty: &Ty) -> mlua::Result<Value> {
        match ty {
            Ty::Object(Object::State) => {
                // Not scratch, which has limits of its own.
                let made = self.graph.borrow_mut().source("stand-in://", BTreeMap::new());
                let value = objects::state(lua, self.add_state(made.unwrap_or_else(|_| State::scratch())))?;
                self.add_stand_in(&value);
                Ok(value)
            }
            Ty::Object(Object::Mount) => {
                let dest = format!("/stand-in/{}", self.mounts.borrow().len());
                objects::mount(lua, self.add_mount(Mount::tmpfs(dest.as_str())), dest)
            }
            Ty::Object(Object::Platform) => {
                objects::platform(lua, self.add_platform(self.config.platform.clone()))
            }
            _ => {
                self.collected.other.set(true);
                Ok(Value::Nil)
            }
        }
    }
}

/// Tells whether an error raised now would be caught by the script.
pub(crate) fn guarded(lua: &Lua, run: &Run) -> bool {
    run.resumed.borrow().iter().any(|resumed| resumed.guarded) || catches(lua)
}

/// Tells whether `pcall` or `xpcall` is on the stack of the running coroutine.
pub(crate) fn catches(lua: &Lua) -> bool {
    for level in 0.. {
        let found = lua.inspect_stack(level, |debug| {
            let ours = debug.source().source.is_some_and(|source| source.ends_with("[luakit]"));
            ours && debug.names().name.is_some_and(|name| name == "pcall" || name == "xpcall")
        });
        match found {
            Some(true) => return true,
            Some(false) => {}
            None => return false,
        }
    }
    false
}
