//! Errors on their way through Lua, and what is told of them in the end.

use crate::frames::{Frame, split_position};
use crate::run::Run;
use luakit_api::{Problem, Replacement};
use luakit_diagnostics::{Code, Diagnostic, Layer, Place};
use std::fmt;

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
        let mut diagnostic = Diagnostic::new(code, Layer::DryRun, place, message);
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
            let mut diagnostic = Diagnostic::new(problem.code, Layer::DryRun, place, problem.message);
            diagnostic.hints = problem.hints;
            diagnostic.related = self.trace(frames);
            if let Some(Replacement::Name(name)) = problem.replacement {
                let range = diagnostic.place.range;
                diagnostic = diagnostic.with_fix(format!("replace with `{name}`"), range, name);
            }
            Some(diagnostic)
        };
        problems.into_iter().filter_map(finding).collect()
    }

    /// Makes a failure of whatever Lua raised, where `frames` is the stack at that moment.
    pub(crate) fn raised(&self, value: &mlua::Value, frames: &[Frame]) -> Failure {
        if let Some(stopped) = self.stopped.borrow().clone() {
            return stopped;
        }
        match value {
            mlua::Value::Error(error) => self.mlua_error(error, frames),
            mlua::Value::String(text) => self.lua_message(&text.to_string_lossy(), frames),
            mlua::Value::Table(_) | mlua::Value::UserData(_) => {
                let text = value.to_string().unwrap_or_default();
                // A table without `__tostring` prints as its address, which says nothing and differs in every run.
                let shown = if text.starts_with("table: 0x") || text.is_empty() {
                    "a table".to_owned()
                } else {
                    text
                };
                self.failure(Code::RUNTIME_ERROR, format!("error raised with {shown}"), frames)
            }
            other => {
                let shown = other.to_string().unwrap_or_else(|_| other.type_name().to_owned());
                self.failure(Code::RUNTIME_ERROR, format!("error raised with {shown}"), frames)
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

    pub(crate) fn out_of_memory(&self, frames: &[Frame]) -> Failure {
        let limit = self.config.limits.memory >> 20;
        self.failure(Code::LIMIT, format!("script ran out of memory (the limit is {limit} MB)"), frames)
    }

    /// Makes a failure of a message in Lua's form, `chunk:line: text`.
    fn lua_message(&self, text: &str, frames: &[Frame]) -> Failure {
        let text = text.split("\nstack traceback:").next().unwrap_or(text);
        let text = text.strip_prefix("runtime error: ").unwrap_or(text);
        if let Some(failure) = self.caught.borrow().get(text) {
            return failure.clone();
        }
        if text.contains("stack overflow") {
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
        if message.starts_with("attempt to call a") || message.starts_with("attempt to call nil") {
            let callee =
                self.loaded(frame).and_then(|loaded| loaded.site(frame.line).map(|site| site.callee.clone()));
            if let Some(callee) = callee.filter(|callee| !callee.is_empty()) {
                message = format!("{message}: `{callee}`");
            }
        }
        let raised = self.loaded(frame).is_some_and(|loaded| {
            loaded.site(frame.line).is_some_and(|site| ["error", "assert"].contains(&site.callee.as_str()))
        });
        let about_call = message.starts_with("attempt to call") || raised;
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

const STACK_OVERFLOW: &str = "stack overflow: the recursion does not end or goes too deep";
