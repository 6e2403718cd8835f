//! What the declaration looks like as data: functions, parameters, options, choices and types.

use crate::{FunctionId, Object};

/// A function or method that scripts may call.
#[derive(Debug)]
pub struct Function {
    pub id: FunctionId,
    pub receiver: Receiver,
    pub name: &'static str,
    /// Further names of the same function.
    pub aliases: &'static [&'static str],
    pub params: &'static [Param],
    pub returns: Ty,
    pub doc: &'static str,
    /// What the call becomes in LLB.
    pub llb: &'static str,
    /// A complete call, as it may stand in a script.
    pub example: &'static str,
}

impl Function {
    /// Returns the name errors begin with; methods are named as if they were functions of `bk`.
    pub fn error_name(&self, called: &str) -> String {
        match self.receiver {
            Receiver::Bk | Receiver::State | Receiver::Files => format!("bk.{called}"),
            Receiver::Os => format!("os.{called}"),
        }
    }

    /// Returns the name as a script writes it, such as `bk.image`, `state:run` or `os.getenv`.
    pub fn script_name(&self) -> String {
        match self.receiver {
            Receiver::Bk => format!("bk.{}", self.name),
            Receiver::State => format!("state:{}", self.name),
            Receiver::Files => format!("f:{}", self.name),
            Receiver::Os => format!("os.{}", self.name),
        }
    }

    pub fn is_method(&self) -> bool {
        self.receiver.object().is_some()
    }
}

/// What a function is called on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Receiver {
    Bk,
    State,
    Os,
    /// What the function given to `files` gets.
    Files,
}

impl Receiver {
    /// Returns the object whose methods these are.
    pub fn object(self) -> Option<Object> {
        match self {
            Receiver::State => Some(Object::State),
            Receiver::Files => Some(Object::Files),
            Receiver::Bk | Receiver::Os => None,
        }
    }
}

#[derive(Debug)]
pub struct Param {
    pub name: &'static str,
    /// How messages call it, such as `identifier`.
    pub label: &'static str,
    pub ty: Ty,
    pub optional: bool,
    pub variadic: bool,
    pub doc: &'static str,
}

/// A table of options with string keys.
#[derive(Debug)]
pub struct Options {
    pub name: &'static str,
    pub doc: &'static str,
    pub fields: &'static [Field],
}

impl Options {
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    pub ty: Ty,
    pub required: bool,
    /// The default as a script would write it, or in words.
    pub default: Option<&'static str>,
    pub doc: &'static str,
}

/// An enumeration of strings.
#[derive(Debug)]
pub struct Choice {
    pub name: &'static str,
    pub doc: &'static str,
    pub values: &'static [ChoiceValue],
}

#[derive(Debug)]
pub struct ChoiceValue {
    pub name: &'static str,
    pub doc: &'static str,
}

/// The type of a parameter, an option or a result.
#[derive(Debug, Clone, Copy)]
pub enum Ty {
    Any,
    Nil,
    Boolean,
    Integer,
    Number,
    String,
    /// A function of the script, called with such an object.
    Callback(Object),
    Object(Object),
    Options(&'static Options),
    Choice(&'static Choice),
    List(&'static Ty),
    Map(&'static Ty),
    Union(&'static [Ty]),
    /// A kind of value with rules of its own, such as a file mode.
    Special(&'static Special),
}

/// A kind of value with rules of its own.
#[derive(Debug)]
pub struct Special {
    pub name: &'static str,
    /// The Lua types it is written as.
    pub written: &'static [Ty],
    pub doc: &'static str,
}

impl Ty {
    /// Returns the type as signatures show it.
    pub fn display(&self) -> String {
        match self {
            Ty::Any => "any".into(),
            Ty::Nil => "nil".into(),
            Ty::Boolean => "boolean".into(),
            Ty::Integer => "integer".into(),
            Ty::Number => "number".into(),
            Ty::String => "string".into(),
            Ty::Callback(object) => format!("function(f: {})", object.name()),
            Ty::Object(object) => object.name().into(),
            Ty::Options(options) => options.name.into(),
            Ty::Choice(choice) => {
                choice.values.iter().map(|v| format!("\"{}\"", v.name)).collect::<Vec<_>>().join(" | ")
            }
            Ty::List(item) => match item {
                Ty::Union(_) | Ty::Choice(_) => format!("({})[]", item.display()),
                _ => format!("{}[]", item.display()),
            },
            Ty::Map(value) => format!("{{ [string]: {} }}", value.display()),
            Ty::Union(types) => types.iter().map(Ty::display).collect::<Vec<_>>().join(" | "),
            Ty::Special(special) => special.name.into(),
        }
    }

    /// Returns the type in a sentence, such as "a string".
    pub fn noun(&self) -> String {
        match self {
            Ty::Any => "a value".into(),
            Ty::Nil => "nil".into(),
            Ty::Boolean => "a boolean".into(),
            Ty::Integer => "an integer".into(),
            Ty::Number => "a number".into(),
            Ty::String => "a string".into(),
            Ty::Callback(_) => "a function".into(),
            Ty::Object(object) => object.noun().into(),
            Ty::Options(_) | Ty::Map(_) => "a table".into(),
            Ty::Choice(choice) => format!("one of {}", choice.list()),
            Ty::List(Ty::String) => "a list of strings".into(),
            Ty::List(Ty::Integer) => "a list of integers".into(),
            Ty::List(Ty::Object(object)) => format!("a list of {}s", object.name().to_lowercase()),
            Ty::List(_) => "a list".into(),
            Ty::Union(types) => {
                let nouns: Vec<String> = types.iter().map(Ty::noun).collect();
                match nouns.split_last() {
                    Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
                    _ => nouns.concat(),
                }
            }
            Ty::Special(special) => Ty::Union(special.written).noun(),
        }
    }

    /// Returns the option tables a value of this type may be.
    pub fn options(&self) -> Vec<&'static Options> {
        match self {
            Ty::Options(options) => vec![options],
            Ty::Union(types) => types.iter().flat_map(Ty::options).collect(),
            Ty::Special(special) => special.written.iter().flat_map(Ty::options).collect(),
            _ => Vec::new(),
        }
    }

    /// Returns the enumerations a value of this type may be from.
    pub fn choices(&self) -> Vec<&'static Choice> {
        match self {
            Ty::Choice(choice) => vec![choice],
            Ty::Union(types) => types.iter().flat_map(Ty::choices).collect(),
            Ty::Special(special) => special.written.iter().flat_map(Ty::choices).collect(),
            _ => Vec::new(),
        }
    }

    /// Returns the type of the elements of a list of this type.
    pub fn item(&self) -> Option<Ty> {
        match self {
            Ty::List(item) => Some(**item),
            Ty::Union(types) => types.iter().find_map(Ty::item),
            Ty::Special(special) => special.written.iter().find_map(Ty::item),
            _ => None,
        }
    }
}

impl Choice {
    /// Returns the allowed values as a sentence lists them.
    pub fn list(&self) -> String {
        self.values.iter().map(|v| format!("\"{}\"", v.name)).collect::<Vec<_>>().join(", ")
    }
}
