//! What the validator carries with it: where it is in the arguments, and what it found.

use crate::{Choice, Key, Kind, Known, Object, Options, Table, Ty, View, nearest, only_near};
use luakit_diagnostics::Code;

/// A mistake in a call's arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    pub code: Code,
    /// The whole message, beginning with the name of the function.
    pub message: String,
    pub hints: Vec<String>,
    /// Where in the arguments it is.
    pub path: Vec<Step>,
    pub focus: Focus,
    /// What could stand there instead.
    pub replacement: Option<Replacement>,
}

impl Problem {
    pub fn is_error(&self) -> bool {
        self.code.severity() == luakit_diagnostics::Severity::Error
    }
}

/// A step from a call to a value inside its arguments; all count from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Arg(usize),
    Key(String),
    Index(usize),
}

/// Whether a problem is about the value at its path, its key, or the whole call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    Value,
    Key,
    Call,
}

/// Text that resolves a problem, as it would be written at the place of the problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replacement {
    /// A bare name, such as an option's key.
    Name(String),
    /// The content of a string.
    String(String),
}

/// The state of one check.
#[derive(Debug)]
pub struct Cx {
    function: String,
    path: Vec<Step>,
    labels: Vec<&'static str>,
    pub problems: Vec<Problem>,
    /// The problem reported last was one too many.
    dropped: bool,
}

/// The most problems that are told of one call: nobody reads more, and a list has room for a million.
const MOST: usize = 20;

impl Cx {
    /// Begins the check of a call; `function` is the name its messages begin with.
    pub fn new(function: impl Into<String>) -> Self {
        Self {
            function: function.into(),
            path: Vec::new(),
            labels: Vec::new(),
            problems: Vec::new(),
            dropped: false,
        }
    }

    /// Goes one step into the arguments for the time of `inside`.
    pub fn at<R>(&mut self, step: Step, inside: impl FnOnce(&mut Self) -> R) -> R {
        self.path.push(step);
        let result = inside(self);
        self.path.pop();
        result
    }

    pub(crate) fn at_arg<R>(
        &mut self,
        index: usize,
        label: &'static str,
        inside: impl FnOnce(&mut Self) -> R,
    ) -> R {
        self.labels.push(label);
        let result = self.at(Step::Arg(index), inside);
        self.labels.pop();
        result
    }

    /// Returns how a message names the value: the argument's label, or the path to it such as `mounts[2]`.
    pub fn subject(&self) -> String {
        let mut text = String::new();
        for step in self.path.iter().skip(1) {
            match step {
                Step::Key(name) if text.is_empty() => text.push_str(name),
                Step::Key(name) => {
                    text.push('.');
                    text.push_str(name);
                }
                Step::Index(index) => text.push_str(&format!("[{}]", index + 1)),
                Step::Arg(_) => {}
            }
        }
        let label = self.labels.last().copied().unwrap_or("argument");
        if text.is_empty() || text.starts_with('[') { format!("{label}{text}") } else { text }
    }

    /// Reports a problem of the value at hand. Returns `None`, for what could not be read.
    pub fn problem<T>(&mut self, code: Code, what: impl AsRef<str>) -> Option<T> {
        let problem = Problem {
            code,
            message: format!("{}: {}", self.function, what.as_ref()),
            hints: Vec::new(),
            path: self.path.clone(),
            focus: Focus::Value,
            replacement: None,
        };
        // Errors and warnings are counted apart, so that no number of warnings hides an error.
        let alike = self.problems.iter().filter(|other| other.is_error() == problem.is_error()).count();
        self.dropped = alike >= MOST;
        if !self.dropped {
            self.problems.push(problem);
        }
        None
    }

    /// Returns the problem reported last.
    fn last(&mut self) -> Option<&mut Problem> {
        self.problems.last_mut().filter(|_| !self.dropped)
    }

    /// Adds advice to the problem reported last.
    pub fn hint(&mut self, hint: impl Into<String>) {
        if let Some(problem) = self.last() {
            problem.hints.push(hint.into());
        }
    }

    /// Says what could stand in the place of the problem reported last.
    pub fn replacement(&mut self, replacement: Replacement) {
        if let Some(problem) = self.last() {
            problem.replacement = Some(replacement);
        }
    }

    /// Takes back the problem reported last if it has this code.
    pub(crate) fn retract(&mut self, code: Code) {
        if self.problems.last().is_some_and(|problem| problem.code == code) {
            self.problems.pop();
        }
    }

    pub fn focus(&mut self, focus: Focus) {
        if let Some(problem) = self.last() {
            problem.focus = focus;
        }
    }

    /// Reports a value of another type than `ty`, unless nothing is known of it.
    pub fn wrong_type<T>(&mut self, ty: &Ty, kind: Kind) -> Option<T> {
        self.expected(&ty.noun(), kind)
    }

    /// Reports that `expected` (with its article) must stand where a value of `kind` is.
    pub fn expected<T>(&mut self, expected: &str, kind: Kind) -> Option<T> {
        if kind == Kind::Unknown {
            return None;
        }
        let subject = self.subject();
        if kind == Kind::Nil && self.path.len() == 1 {
            // A call without its arguments is one mistake.
            if self.problems.iter().any(|other| other.code == Code::MISSING_ARGUMENT && other.path.len() == 1)
            {
                self.dropped = true;
                return None;
            }
            return self.problem(Code::MISSING_ARGUMENT, format!("{subject} required ({expected})"));
        }
        self.problem(Code::WRONG_TYPE, format!("{subject} must be {expected}, got {}", kind.name()))
    }

    /// Advises to write a lone value as a list, if it could stand in one.
    pub(crate) fn as_list<V>(&mut self, value: &Known<V>, item: &Ty) {
        let shown = match (value, item) {
            (Known::String(Some(text)), _) => crate::values::quote(&String::from_utf8_lossy(text)),
            (Known::Number(Some(number)), Ty::Integer | Ty::Special(_)) => {
                crate::values::lua_number_text(*number)
            }
            (Known::Object(Object::State, _), Ty::Object(Object::Mount)) => "bk.bind(state, dest)".to_owned(),
            (Known::Object(given, _), Ty::Object(object)) if given == object => "…".to_owned(),
            _ => return,
        };
        self.hint(format!("write it as a list: `{{ {shown} }}`"));
    }

    /// Reports a value that is of the right type but not allowed; `rule` follows the name of the value.
    pub fn invalid<T>(&mut self, rule: &str) -> Option<T> {
        let subject = self.subject();
        self.problem(Code::INVALID_VALUE, format!("{subject} {rule}"))
    }

    /// Reads the name of a choice.
    pub fn choice<V: View>(&mut self, value: &V, choice: &'static Choice) -> Option<usize> {
        let text = match value.known() {
            Known::String(Some(text)) => String::from_utf8_lossy(&text).into_owned(),
            Known::String(None) => return None,
            other => return self.wrong_type(&Ty::Choice(choice), other.kind()),
        };
        let found = choice.values.iter().position(|v| v.name == text);
        if found.is_none() {
            let near = nearest(&text, choice.values.iter().map(|v| v.name));
            let meant = near.map_or(String::new(), |near| format!(", did you mean \"{near}\"?"));
            let subject = self.subject();
            self.problem::<()>(
                Code::NOT_A_CHOICE,
                format!("{subject} must be one of {}, got \"{text}\"{meant}", choice.list()),
            );
            if let Some(near) = only_near(&text, choice.values.iter().map(|v| v.name)) {
                self.replacement(Replacement::String(near.into()));
            }
        }
        found
    }

    /// Reads a table of options, reporting keys that it does not have.
    pub fn options<V: View>(&mut self, value: &V, options: &'static Options) -> Option<OptionsTable<V>> {
        let table = match value.known() {
            Known::Table(table) => table,
            other => return self.wrong_type(&Ty::Options(options), other.kind()),
        };
        // Lists and maps are read as `pairs` reads them; an option is looked up, and would be found there.
        if table.inherits {
            self.invalid::<()>(
                "must be a plain table: options that its metatable's `__index` gives are not read",
            );
            self.hint("copy them into the table itself");
        }
        if let Some(item) = table.items.first() {
            let kind = item.kind();
            self.at(Step::Index(0), |cx| {
                cx.problem::<()>(
                    Code::UNKNOWN_OPTION,
                    format!("`{}` takes named options, got a {} at position 1", options.name, kind.name()),
                );
            });
        }
        for (key, _) in &table.fields {
            if options.field(key.text()).is_none() || matches!(key, Key::Other(_)) {
                self.unknown_option(key.text(), options);
            }
        }
        Some(OptionsTable { table })
    }

    fn unknown_option(&mut self, key: &str, options: &'static Options) {
        let near = nearest(key, options.fields.iter().map(|field| field.name));
        let meant = near.map_or(String::new(), |near| format!(", did you mean `{near}`?"));
        self.at(Step::Key(key.into()), |cx| {
            cx.problem::<()>(
                Code::UNKNOWN_OPTION,
                format!("unknown option `{key}` in `{}`{meant}", options.name),
            );
            cx.focus(Focus::Key);
            match near {
                Some(_) => {
                    if let Some(near) = only_near(key, options.fields.iter().map(|field| field.name)) {
                        cx.replacement(Replacement::Name(near.into()));
                    }
                }
                None => {
                    let names: Vec<_> =
                        options.fields.iter().map(|field| format!("`{}`", field.name)).collect();
                    cx.hint(format!("`{}` has {}", options.name, names.join(", ")));
                }
            }
        });
    }

    /// Reports a required option that is missing.
    pub fn missing_option<T>(&mut self, name: &str, options: &'static Options) -> Option<T> {
        let misspelt = Some(Replacement::Name(name.to_owned()));
        if self.problems.iter().any(|other| other.replacement == misspelt) {
            return None;
        }
        self.problem(Code::MISSING_ARGUMENT, format!("option `{name}` of `{}` is required", options.name))
    }

    /// Reports arguments past the last one that the call takes.
    pub fn surplus(&mut self, given: usize, taken: usize) {
        let what = match taken {
            0 => "accepts no arguments".to_owned(),
            1 => format!("accepts 1 argument, got {given}"),
            n => format!("accepts {n} arguments, got {given}"),
        };
        self.at(Step::Arg(taken), |cx| cx.problem::<()>(Code::SURPLUS_ARGUMENT, what));
    }
}

/// A table of options whose keys have been checked.
#[derive(Debug)]
pub struct OptionsTable<V> {
    table: Table<V>,
}

impl<V: View> OptionsTable<V> {
    /// Returns the value of an option. `Ok(None)` if it is known to be absent, `Err` if nothing is known.
    pub fn get(&self, name: &str) -> Result<Option<&V>, Unknown> {
        let found = self.table.fields.iter().rev().find(|(key, _)| matches!(key, Key::Name(n) if n == name));
        match found {
            Some((_, value)) if value.kind() == Kind::Nil => Ok(None),
            Some((_, value)) => Ok(Some(value)),
            None if self.table.complete => Ok(None),
            None => Err(Unknown),
        }
    }
}

/// Nothing is known of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unknown;

/// What the derive macros call.
impl Cx {
    pub fn errors_since(&self, before: usize) -> bool {
        self.problems.iter().skip(before).any(Problem::is_error)
    }

    /// Tells whether there are as many arguments as a call needs at least, and reports it otherwise.
    pub fn at_least(&mut self, given: usize, min: usize, label: &str) -> bool {
        if given < min {
            self.problem::<()>(
                Code::MISSING_ARGUMENT,
                format!("requires at least {min} {label}, got {given}"),
            );
        }
        given >= min
    }

    /// Reads one of a variable number of arguments.
    pub fn argument<V: View, T: crate::Arg>(
        &mut self,
        index: usize,
        label: &'static str,
        value: &V,
    ) -> Option<T> {
        const NUMBERED: [&str; 6] =
            ["argument 1", "argument 2", "argument 3", "argument 4", "argument 5", "argument 6"];
        let label = if label.is_empty() { NUMBERED.get(index).copied().unwrap_or("argument") } else { label };
        // A nil among several arguments is a wrong one, not a missing one.
        self.at_arg(index, label, |cx| match value.kind() {
            Kind::Nil => cx.problem(Code::WRONG_TYPE, format!("{label} must be {}, got nil", T::TY.noun())),
            Kind::Table => {
                let read = T::read(value, cx);
                if read.is_none() {
                    cx.hint("what a list holds is given as `unpack(list)`");
                }
                read
            }
            _ => T::read(value, cx),
        })
    }

    pub fn required_argument<V: View, T: crate::Arg>(
        &mut self,
        index: usize,
        label: &'static str,
        args: &[V],
    ) -> Option<T> {
        self.at_arg(index, label, |cx| match args.get(index) {
            Some(value) => T::read(value, cx),
            None => T::read(&crate::Literal::Nil, cx),
        })
    }

    pub fn optional_argument<V: View, T: crate::Arg>(
        &mut self,
        index: usize,
        label: &'static str,
        args: &[V],
    ) -> Option<Option<T>> {
        match args.get(index) {
            None => Some(None),
            Some(value) if value.kind() == Kind::Nil => Some(None),
            Some(value) => self.at_arg(index, label, |cx| T::read(value, cx)).map(Some),
        }
    }

    /// Reads a table of options that may be left out, which is the same as an empty one.
    pub fn options_argument<V: View, T: crate::Arg>(
        &mut self,
        index: usize,
        label: &'static str,
        args: &[V],
    ) -> Option<T> {
        self.at_arg(index, label, |cx| match args.get(index) {
            None => T::read(&crate::Literal::EmptyTable, cx),
            Some(value) if value.kind() == Kind::Nil => T::read(&crate::Literal::EmptyTable, cx),
            Some(value) => T::read(value, cx),
        })
    }

    pub fn optional_option<V: View, T: crate::Arg>(
        &mut self,
        table: &OptionsTable<V>,
        key: &'static str,
    ) -> Option<Option<T>> {
        match table.get(key) {
            Ok(None) => Some(None),
            Ok(Some(value)) => self.at(Step::Key(key.into()), |cx| T::read(value, cx)).map(Some),
            Err(Unknown) => None,
        }
    }

    pub fn default_option<V: View, T: crate::Arg>(
        &mut self,
        table: &OptionsTable<V>,
        key: &'static str,
        default: crate::Literal,
    ) -> Option<T> {
        self.at(Step::Key(key.into()), |cx| match table.get(key) {
            Ok(Some(value)) => T::read(value, cx),
            Ok(None) => T::read(&default, cx),
            Err(Unknown) => None,
        })
    }

    pub fn required_option<V: View, T: crate::Arg>(
        &mut self,
        table: &OptionsTable<V>,
        key: &'static str,
        options: &'static Options,
    ) -> Option<T> {
        match table.get(key) {
            Ok(Some(value)) => self.at(Step::Key(key.into()), |cx| T::read(value, cx)),
            Ok(None) => self.missing_option(key, options),
            Err(Unknown) => None,
        }
    }
}
