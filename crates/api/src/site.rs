//! Where a call and its arguments are written, so that a problem can be underlined exactly.

use crate::{Focus, Problem, Step};
use luakit_diagnostics::TextRange;

/// A call in a script's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallSite {
    /// From the first token of the callee to the end of the arguments.
    pub call: TextRange,
    /// The name that is called: `run` in `base:run("x")`.
    pub name: TextRange,
    /// The callee as it is written, such as `bk.image` or `base:run`; empty if it has no name.
    pub callee: String,
    pub args: Vec<ArgSite>,
}

/// An argument, or a value inside one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ArgSite {
    pub range: TextRange,
    pub fields: Vec<FieldSite>,
    pub items: Vec<ArgSite>,
}

/// A `key = value` of a table constructor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldSite {
    pub name: String,
    pub key: TextRange,
    pub value: ArgSite,
}

impl CallSite {
    /// Tells whether what is called here has this name, whatever it is called on.
    pub fn calls(&self, name: &str) -> bool {
        self.callee.rsplit(['.', ':']).next() == Some(name)
    }

    /// Returns the range a problem is about: the argument or key where it is written out in the call, else the
    /// nearest thing around it.
    pub fn locate(&self, problem: &Problem) -> TextRange {
        let mut steps = problem.path.iter();
        let mut arg = match steps.next() {
            Some(Step::Arg(index)) => match self.args.get(*index) {
                Some(arg) => arg,
                None => return self.name,
            },
            _ => return if problem.focus == Focus::Call { self.call } else { self.name },
        };
        let mut range = arg.range;
        for step in steps {
            let next = match step {
                Step::Key(name) => {
                    let Some(field) = arg.fields.iter().rev().find(|field| field.name == *name) else {
                        break;
                    };
                    range = if problem.focus == Focus::Key { field.key } else { field.value.range };
                    &field.value
                }
                Step::Index(index) => {
                    let Some(item) = arg.items.get(*index) else { break };
                    range = item.range;
                    item
                }
                Step::Arg(_) => break,
            };
            arg = next;
        }
        range
    }
}

/// A script's text made ready for the engine: each call has a line of its own, and a map leads back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prepared {
    /// The text with a line break in front of the name of each call.
    pub text: String,
    /// For each line of `text`, from the first: where it begins in the original, and the call whose name begins it.
    pub lines: Vec<PreparedLine>,
    pub calls: Vec<CallSite>,
    /// The names whose values the running text tells [`OBSERVER`], if that was wanted.
    pub observed: Vec<TextRange>,
    /// What the first of them is called by; the others count from there.
    pub first_observed: usize,
}

/// The global function that a text tells the values of its variables: `__luakit_observe(number, value)`.
pub const OBSERVER: &str = "__luakit_observe";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PreparedLine {
    /// The byte offset in the original text.
    pub start: usize,
    /// The index in [`Prepared::calls`].
    pub call: Option<usize>,
}
