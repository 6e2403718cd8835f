//! A value of which something is known: everything while a script runs, the literals while it is typed.

/// A value seen by the validator.
pub trait View: Clone {
    /// Tells what is known of the value.
    fn known(&self) -> Known<Self>;

    /// Tells what kind of value it is, where `known` would copy all of it.
    fn kind(&self) -> Kind {
        self.known().kind()
    }
}

/// What is known of a value. What is not known is never reported.
#[derive(Debug, Clone)]
pub enum Known<V> {
    Unknown,
    Nil,
    Boolean(Option<bool>),
    Number(Option<f64>),
    String(Option<Vec<u8>>),
    Table(Table<V>),
    Function,
    /// An object of the API and, while a script runs, which one.
    Object(Object, Option<u32>),
    /// Something no call takes, such as a coroutine.
    Other(&'static str),
}

/// The entries of a table, as far as they are known.
#[derive(Debug, Clone)]
pub struct Table<V> {
    /// The values at 1, 2, 3 …
    pub items: Vec<V>,
    /// The other entries, in the order of their keys.
    pub fields: Vec<(Key, V)>,
    /// Whether these are all entries there are.
    pub complete: bool,
    /// Whether a metatable answers for entries that are not here.
    pub inherits: bool,
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self { items: Vec::new(), fields: Vec::new(), complete: true, inherits: false }
    }
}

/// The key of a table's entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    Name(String),
    /// Any other key, as it would be printed.
    Other(String),
}

impl Key {
    pub fn text(&self) -> &str {
        match self {
            Key::Name(text) | Key::Other(text) => text,
        }
    }
}

/// The Lua type of a value, or its name in the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Unknown,
    Nil,
    Boolean,
    Number,
    String,
    Table,
    Function,
    Object(Object),
    Other(&'static str),
}

impl Kind {
    /// Returns the word for it in "got …".
    pub fn name(self) -> &'static str {
        match self {
            Kind::Unknown => "unknown",
            Kind::Nil => "nil",
            Kind::Boolean => "boolean",
            Kind::Number => "number",
            Kind::String => "string",
            Kind::Table => "table",
            Kind::Function => "function",
            Kind::Object(object) => object.got(),
            Kind::Other(name) => name,
        }
    }
}

impl<V> Known<V> {
    pub fn kind(&self) -> Kind {
        match self {
            Known::Unknown => Kind::Unknown,
            Known::Nil => Kind::Nil,
            Known::Boolean(_) => Kind::Boolean,
            Known::Number(_) => Kind::Number,
            Known::String(_) => Kind::String,
            Known::Table(_) => Kind::Table,
            Known::Function => Kind::Function,
            Known::Object(object, _) => Kind::Object(*object),
            Known::Other(name) => Kind::Other(name),
        }
    }
}

/// The kinds of objects that scripts hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Object {
    State,
    Mount,
    Platform,
    Files,
}

impl Object {
    pub const ALL: [Object; 4] = [Object::State, Object::Mount, Object::Platform, Object::Files];

    /// The name of the type, as `---@param` comments use it.
    pub fn name(self) -> &'static str {
        match self {
            Object::State => "State",
            Object::Mount => "Mount",
            Object::Platform => "Platform",
            Object::Files => "Files",
        }
    }

    pub(crate) fn noun(self) -> &'static str {
        match self {
            Object::State => "a state",
            Object::Mount => "a mount object",
            Object::Platform => "a platform",
            Object::Files => "the `f` of `files`",
        }
    }

    fn got(self) -> &'static str {
        match self {
            Object::State => "state",
            Object::Mount => "mount",
            Object::Platform => "platform",
            Object::Files => "the `f` of `files`",
        }
    }
}
