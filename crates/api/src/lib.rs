//! The `bk` API, declared once.
//!
//! Each call is a struct under [`calls`]; its fields are the arguments and their `///` is the documentation. The
//! derive macros turn them into `const` tables ([`Function`], [`Options`], [`Choice`]) that the evaluator, the
//! editor and the manual read, and into [`check`], the one validator. It is generic over [`View`], "a value of
//! which something is known", so that a mistake is told in the same words while typing and while running.

extern crate self as luakit_api;

mod arg;
pub mod calls;
mod check;
mod literal;
mod lua_name;
pub mod modules;
mod names;
pub mod render;
mod site;
mod suggest;
mod table;
pub mod values;
mod view;
pub mod words;

pub use arg::Arg;
pub use calls::{Call, FUNCTIONS, FunctionId, check};
pub use check::{Cx, Focus, OptionsTable, Problem, Replacement, Step, Unknown};
pub use literal::Literal;
pub use lua_name::{KEYWORDS, is_lua_name};
pub use luakit_api_macros::{Call, Choice, Options};
pub use names::{
    BK_PLATFORMS, BLOCKED, Blocked, EVALUATE_OPTIONS, EVALUATED, EXPECTATIONS, GLOBALS, Property,
    TEST_FUNCTIONS, TEST_GLOBALS, TestName, bk_function, blocked, function_named, method, methods_of,
    properties_of,
};
pub use site::{ArgSite, CallSite, FieldSite, OBSERVER, Prepared, PreparedLine};
pub use suggest::{nearest, only_near};
pub use table::{Choice, ChoiceValue, Field, Function, Options, Param, Receiver, Special, Ty};
pub use view::{Key, Kind, Known, Object, Table, View};
