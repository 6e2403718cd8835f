//! Test files: scripts that assert on graphs. They run as build scripts do, in the same sandbox and limits, and find
//! `test`, `expect` and their like beside `bk`.
//!
//! Each test runs in a machine of its own: the file is run from its beginning, and then the function of that one test.

use crate::failure::Failure;
use crate::frames::capture;
use crate::objects;
use crate::run::Run;
use crate::{Config, Evaluation, Prepare, engine};
use luakit_api::modules::Loader;
use luakit_api::{EXPECTATIONS, nearest};
use luakit_diagnostics::{Code, Place, SourceFile};
use luakit_llb::{Constraints, Definition, json, text};
use mlua::chunk::ChunkMode;
use mlua::{Function, Lua, Scope, Table, Value};
use serde_json::Value as Json;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

/// What a test file is run for, and what it may ask of its surroundings.
pub struct Harness<'a> {
    /// The number of the test to run; without one the file is only asked for its tests.
    pub only: Option<usize>,
    /// Evaluates another script, `luakit.evaluate(path, options)`, or says why it cannot.
    pub evaluate: &'a dyn Fn(&str, &Json) -> Result<Json, String>,
    /// The value of `local.unique` in the graphs that tests look at.
    pub local_unique: &'a str,
}

/// What came of running a test file.
#[derive(Debug, Default)]
pub struct TestRun {
    /// Its findings are those of the test: it passed if none of them is an error.
    pub evaluation: Evaluation,
    /// The tests in the order of their declaration.
    pub tests: Vec<DeclaredTest>,
    /// The two sides of the expectation that failed.
    pub difference: Difference,
}

/// A test of a file.
#[derive(Debug, Clone)]
pub struct DeclaredTest {
    /// Its name, after those of the groups that it is in.
    pub name: String,
    pub place: Option<Place>,
    pub skipped: bool,
}

/// What was expected and what was there, as far as an expectation can show it.
#[derive(Debug, Clone, Default)]
pub struct Difference {
    pub expected: Option<String>,
    pub actual: Option<String>,
}

/// Runs a test file, for the list of its tests or for one of them. The thread needs the stack that [`crate::evaluate`]
/// needs.
pub fn run_test(
    script: &Arc<SourceFile>,
    loader: &dyn Loader,
    prepare: &Prepare<'_>,
    config: &Config,
    harness: &Harness<'_>,
) -> TestRun {
    let recorder = Recorder { harness, tests: RefCell::default(), difference: RefCell::default() };
    let evaluation = engine::evaluate(script, loader, prepare, config, Some(&recorder));
    TestRun { evaluation, tests: recorder.tests.take(), difference: recorder.difference.take() }
}

/// What a run of a test file leaves beside its findings.
pub(crate) struct Recorder<'a> {
    harness: &'a Harness<'a>,
    tests: RefCell<Vec<DeclaredTest>>,
    difference: RefCell<Difference>,
}

/// Installs what test files find, and returns the function that runs the file and the test that is wanted.
pub(crate) fn install<'scope, 'env: 'scope>(
    lua: &Lua,
    scope: &'scope Scope<'scope, 'env>,
    run: &Rc<Run>,
    recorder: &'env Recorder<'env>,
    main: Function,
) -> mlua::Result<Function> {
    let host = lua.create_table()?;
    let seen = run.clone();
    host.set(
        "declare",
        scope.create_function(move |lua, (name, skipped): (String, bool)| {
            let place = capture(lua, &seen).first().and_then(|frame| seen.place(*frame));
            let mut tests = recorder.tests.borrow_mut();
            tests.push(DeclaredTest { name, place, skipped });
            Ok(recorder.harness.only == Some(tests.len() - 1))
        })?,
    )?;
    let seen = run.clone();
    host.set(
        "fail",
        scope.create_function(
            move |lua,
                  (message, expected, actual): (String, Option<String>, Option<String>)|
                  -> mlua::Result<()> {
                recorder.difference.replace(Difference { expected, actual });
                Err(failed(lua, &seen, message).into())
            },
        )?,
    )?;
    let seen = run.clone();
    host.set(
        "unknown",
        lua.create_function(move |lua, name: String| -> mlua::Result<()> {
            let near = nearest(&name, EXPECTATIONS.iter().map(|it| it.name));
            let meant = near.map_or(String::new(), |near| format!(", did you mean `{near}`?"));
            Err(failed(lua, &seen, format!("unknown expectation `{name}`{meant}")).into())
        })?,
    )?;
    let seen = run.clone();
    host.set(
        "evaluate",
        scope.create_function(move |lua, (path, options): (String, Option<Table>)| {
            let fail = |message| failed(lua, &seen, format!("luakit.evaluate: {message}"));
            let options = options.map_or(Ok(Json::Null), |table| to_json(&Value::Table(table), 0));
            let evaluated = options.and_then(|options| (recorder.harness.evaluate)(&path, &options));
            to_lua(lua, &evaluated.map_err(fail)?)
        })?,
    )?;
    graph_functions(lua, run, recorder.harness.local_unique, &host)?;
    let chunk = lua.load(include_str!("testing.luau")).set_name("=[luakit]").set_mode(ChunkMode::Text);
    let wrap: Function = chunk.into_function()?.call(host)?;
    wrap.call(main)
}

/// Adds the functions that look at a State of the test itself.
fn graph_functions(lua: &Lua, run: &Rc<Run>, local_unique: &str, host: &Table) -> mlua::Result<()> {
    type Look = fn(&Lua, &Definition) -> mlua::Result<Value>;
    let looks: [(&str, Look); 3] = [
        ("ops", |lua, definition| to_lua(lua, &json::value(definition)["ops"])),
        ("digest", |lua, definition| {
            let digest = definition.head().map_or("scratch", |digest| digest.as_str());
            lua.create_string(digest).map(Value::String)
        }),
        ("text", |lua, definition| {
            let shown = text::render(definition, &text::TextOptions::default());
            lua.create_string(shown.trim_end()).map(Value::String)
        }),
    ];
    for (name, look) in looks {
        let (seen, unique) = (run.clone(), local_unique.to_owned());
        let function = lua.create_function(move |lua, value: Value| {
            let state =
                value.as_userdata().and_then(objects::id).map(|(_, id)| luakit_api::values::State(id));
            let Some(state) = state else { return Err(failed(lua, &seen, "expected a State".into()).into()) };
            let constraints = Constraints::new(seen.config.platform.clone(), unique.clone());
            let definition = seen.graph.borrow().marshal(&seen.state(state), &constraints);
            look(lua, &definition.map_err(|err| failed(lua, &seen, err.to_string()))?)
        })?;
        host.set(name, function)?;
    }
    Ok(())
}

fn failed(lua: &Lua, run: &Run, message: String) -> Failure {
    run.failure(Code::FAILED_TEST, message, &capture(lua, run))
}

/// Makes a Lua value of JSON. What is null is not there.
fn to_lua(lua: &Lua, json: &Json) -> mlua::Result<Value> {
    Ok(match json {
        Json::Null => Value::Nil,
        Json::Bool(it) => Value::Boolean(*it),
        Json::Number(it) => Value::Number(it.as_f64().unwrap_or(f64::NAN)),
        Json::String(it) => Value::String(lua.create_string(it)?),
        Json::Array(items) => {
            let table = lua.create_table_with_capacity(items.len(), 0)?;
            for item in items {
                table.raw_push(to_lua(lua, item)?)?;
            }
            Value::Table(table)
        }
        Json::Object(map) => {
            let table = lua.create_table_with_capacity(0, map.len())?;
            for (key, value) in map {
                table.raw_set(key.as_str(), to_lua(lua, value)?)?;
            }
            Value::Table(table)
        }
    })
}

/// Makes JSON of a table of options.
fn to_json(value: &Value, depth: usize) -> Result<Json, String> {
    match value {
        Value::Nil => Ok(Json::Null),
        Value::Boolean(it) => Ok(Json::Bool(*it)),
        Value::Integer(it) => Ok(Json::from(*it)),
        Value::Number(it) => Ok(Json::from(*it)),
        Value::String(it) => Ok(Json::String(it.to_string_lossy())),
        Value::Table(table) if depth < 8 => {
            let mut map = serde_json::Map::new();
            for pair in table.pairs::<Value, Value>() {
                let (key, value) = pair.map_err(|err| err.to_string())?;
                let key = key.to_string().map_err(|err| err.to_string())?;
                map.insert(key, to_json(&value, depth + 1)?);
            }
            Ok(Json::Object(map))
        }
        Value::UserData(data) if objects::id(data).is_some() => {
            value.to_string().map(Json::String).map_err(|err| err.to_string())
        }
        other => Err(format!("options cannot hold a {}", other.type_name())),
    }
}
