//! Errors on their way through Lua, and what is told of them in the end.

use crate::frames::{CHUNK, Frame, PRELUDE, capture, split_position};
use crate::run::{Loaded, Run};
use luakit_api::{Problem, Replacement};
use luakit_diagnostics::{Code, Diagnostic, Layer, Place};
use mlua::{Lua, Value};
use std::fmt;
use std::rc::Rc;

/// An error with everything that is told of it: at least one finding.
///
/// It travels through Lua as mlua's error object. What Lua code sees of it, through `pcall`, is its text.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(first) = self.diagnostics.first() else { return f.write_str("error") };
        let at = first.place.file.line_column(first.place.range.start);
        write!(f, "{}:{}:{}: {}", first.place.file.name, at.line, at.column, first.message)
    }
}

impl std::error::Error for Failure {}

impl From<Failure> for mlua::Error {
    fn from(failure: Failure) -> Self {
        mlua::Error::external(failure)
    }
}

impl Run {
    /// Makes the error for something wrong at the innermost frame.
    pub(crate) fn failure(&self, code: Code, message: impl Into<String>, frames: &[Frame]) -> Failure {
        let place = frames.first().and_then(|frame| self.place(*frame));
        self.failure_at(code, message, place, frames)
    }

    pub(crate) fn failure_at(
        &self,
        code: Code,
        message: impl Into<String>,
        place: Option<Place>,
        frames: &[Frame],
    ) -> Failure {
        let Some(place) = place.or_else(|| self.end_of_script()) else {
            return Failure { diagnostics: Vec::new() };
        };
        let mut diagnostic = Diagnostic::new(code, Layer::DryRun, place, printable(message.into()));
        diagnostic.related = self.trace(frames);
        Failure { diagnostics: vec![diagnostic] }
    }

    /// Makes findings of the problems that the validator found in a call.
    pub(crate) fn findings(
        &self,
        problems: Vec<Problem>,
        function: &str,
        frames: &[Frame],
    ) -> Vec<Diagnostic> {
        let finding = |problem: Problem| {
            let place = self.problem_place(frames, function, &problem).or_else(|| self.end_of_script())?;
            let mut diagnostic =
                Diagnostic::new(problem.code, Layer::DryRun, place, printable(problem.message));
            diagnostic.hints = problem.hints;
            diagnostic.related = self.trace(frames);
            if let Some(replacement) = problem.replacement {
                let text = match replacement {
                    Replacement::Name(name) => name,
                    Replacement::String(text) => format!("\"{text}\""),
                };
                let range = diagnostic.place.range;
                diagnostic = diagnostic.with_fix(format!("Write `{text}`"), range, text);
            }
            Some(diagnostic)
        };
        problems.into_iter().filter_map(finding).collect()
    }

    /// Makes a failure of whatever Lua raised, where `frames` is the stack at that moment.
    pub(crate) fn raised(&self, value: &Value, frames: &[Frame]) -> Failure {
        if let Some(stopped) = self.stopped.borrow().clone() {
            return stopped;
        }
        match value {
            Value::Error(error) => self.mlua_error(error, frames),
            Value::String(text) => self.lua_message(&text.to_string_lossy(), frames),
            other => {
                let message = match (other, other.to_string()) {
                    // An address says nothing and differs in every run.
                    (Value::Table(_) | Value::UserData(_), Ok(text))
                        if !text.is_empty() && !text.contains(": 0x") =>
                    {
                        text
                    }
                    (Value::Nil | Value::Boolean(_), Ok(text)) => format!("error raised with {text}"),
                    _ => format!("error raised with a {}", other.type_name()),
                };
                self.failure(Code::RUNTIME_ERROR, message, frames)
            }
        }
    }

    pub(crate) fn mlua_error(&self, error: &mlua::Error, frames: &[Frame]) -> Failure {
        if let Some(stopped) = self.stopped.borrow().clone() {
            return stopped;
        }
        match error {
            mlua::Error::CallbackError { cause, .. } => self.mlua_error(cause, frames),
            mlua::Error::WithContext { cause, .. } => self.mlua_error(cause, frames),
            mlua::Error::ExternalError(external) => match external.downcast_ref::<Failure>() {
                Some(failure) => failure.clone(),
                None => self.failure(Code::INTERNAL, external.to_string(), frames),
            },
            mlua::Error::MemoryError(_) => self.out_of_memory(frames),
            mlua::Error::StackError => self.failure(Code::LIMIT, STACK_OVERFLOW, frames),
            mlua::Error::RuntimeError(text) | mlua::Error::SyntaxError { message: text, .. } => {
                self.lua_message(text, frames)
            }
            other => self.failure(Code::RUNTIME_ERROR, other.to_string(), frames),
        }
    }

    /// Returns what `pcall` and its like hand to the script for an error, and remembers the error by it, so that
    /// raising it again does not lose its place.
    pub(crate) fn caught(&self, lua: &Lua, value: Value) -> mlua::Result<Value> {
        let (text, failure) = match &value {
            Value::Error(_) => {
                let failure = self.raised(&value, &capture(lua, self));
                (failure.to_string(), failure)
            }
            Value::String(text) => {
                let raw = text.to_string_lossy();
                // Without a position it is whatever a script passed to `error`, which may be anything.
                let Some(own) = own_words(&raw) else { return Ok(value) };
                (self.readable(own), self.lua_message(&raw, &capture(lua, self)))
            }
            _ => return Ok(value),
        };
        let mut caught = self.caught.borrow_mut();
        if caught.len() >= CAUGHT {
            caught.clear();
        }
        let handed = lua.create_string(&text)?;
        caught.insert(text, failure);
        Ok(Value::String(handed))
    }

    pub(crate) fn out_of_memory(&self, frames: &[Frame]) -> Failure {
        let limit = self.config.limits.memory >> 20;
        self.failure(Code::LIMIT, format!("script ran out of memory (the limit is {limit} MB)"), frames)
    }

    /// Makes a failure of a message in Lua's form, `chunk:line: text`.
    fn lua_message(&self, text: &str, frames: &[Frame]) -> Failure {
        let text = text.split("\nstack traceback:").next().unwrap_or(text);
        let text = text.strip_prefix("runtime error: ").unwrap_or(text);
        let text = own_words(text).unwrap_or(text);
        // Raised again: `error(message, 0)`, or with the place of the second `error` in front.
        let said = split_position(text).map_or(text, |(_, said)| said);
        if let Some(failure) = self.caught.borrow().get(said) {
            return failure.clone();
        }
        // A handler of ours fails for want of stack only.
        if text.contains("stack overflow") || text == "error in error handling" {
            return self.failure(Code::LIMIT, STACK_OVERFLOW, frames);
        }
        if text.ends_with("not enough memory") {
            return self.out_of_memory(frames);
        }
        let Some((frame, message)) = split_position(text) else {
            return self.failure(Code::RUNTIME_ERROR, self.readable(text), frames);
        };
        // The frames above the one that is named belong to what it called.
        let depth = frames.iter().position(|other| *other == frame);
        let rest = match depth {
            Some(depth) => frames.get(depth..).unwrap_or(&[]).to_vec(),
            None => std::iter::once(frame).chain(frames.iter().copied()).collect(),
        };
        let mut message = self.readable(message);
        let site = |loaded: &Rc<Loaded>| loaded.site(frame.line).cloned();
        let site = self.loaded(frame).as_ref().and_then(site);
        let mut about_call = false;
        if let Some(site) = site.filter(|site| !site.callee.is_empty()) {
            let of_call = message.starts_with("attempt to call");
            about_call = of_call
                || ["error", "assert"].contains(&site.callee.as_str())
                || complaint_of(&message).is_some_and(|name| site.calls(name));
            if of_call && !message.contains('\'') {
                let result = self.loaded(frame).is_some_and(|loaded| loaded.calls_result_of(&site));
                let what = if result { " or what it returned" } else { "" };
                message = format!("{message}: `{}`{what}", site.callee);
            }
        }
        let place = if about_call { self.place(frame) } else { self.text_place(frame) };
        self.failure_at(Code::RUNTIME_ERROR, message, place, &rest)
    }

    /// Replaces the names of chunks in a text by places that people know.
    pub(crate) fn readable(&self, text: &str) -> String {
        let Some(start) = text.find(crate::frames::CHUNK) else { return text.to_owned() };
        let (before, rest) = text.split_at(start);
        match split_position(rest).and_then(|(frame, message)| Some((self.place(frame)?, message))) {
            Some((place, message)) => {
                let line = place.file.line_column(place.range.start).line;
                format!("{before}{}:{line}: {}", place.file.name, self.readable(message))
            }
            None => text.to_owned(),
        }
    }
}

/// Returns the function that a message of Lua's library is about: `concat` in "invalid value … for 'concat'".
fn complaint_of(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once(" to '").or_else(|| message.split_once(" for '"))?;
    rest.split_once('\'').map(|(name, _)| name)
}

/// Replaces what a terminal would take for a command.
fn printable(text: String) -> String {
    let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    if text.contains(odd) { text.replace(odd, "\u{fffd}") } else { text }
}

/// Returns a message that Lua gave a position, without the position if it is in a chunk that nobody has seen.
fn own_words(text: &str) -> Option<&str> {
    match text.strip_prefix(PRELUDE) {
        Some(rest) => rest.split_once(": ").map(|(_, message)| message),
        None => text.starts_with(CHUNK).then_some(text),
    }
}

/// The most errors that are remembered after they were caught.
const CAUGHT: usize = 1000;

const STACK_OVERFLOW: &str = "stack overflow: the recursion does not end or goes too deep";
