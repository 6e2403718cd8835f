//! What scripts find in their environment: Lua less everything that touches the host, and `bk`.

use crate::failure::Failure;
use crate::frames::{capture, own};
use crate::run::{Resumed, Run};
use crate::{Printed, calls, collect, objects, observe};
use luakit_api::calls::FilesOf;
use luakit_api::{BK_PLATFORMS, BLOCKED, FUNCTIONS, Object, Receiver, Ty, words};
use luakit_diagnostics::Code;
use luakit_llb::Platform;
use mlua::chunk::{ChunkMode, Compiler};
use mlua::{Function, Lua, LuaString, Table, Value};
use std::rc::Rc;
use std::sync::OnceLock;

/// Installs everything and returns the function that runs a script: `guarded(main, failed)`.
///
/// `host` already has what `require` needs.
pub(crate) fn install(lua: &Lua, run: &Rc<Run>, host: Table) -> mlua::Result<Function> {
    let seen = run.clone();
    host.set("caught", lua.create_function(move |lua, value: Value| seen.caught(lua, value))?)?;
    let seen = run.clone();
    host.set(
        "enter",
        lua.create_function(move |lua, catches: bool| {
            let guarded = catches || seen.config.collect && collect::catches(lua);
            seen.resumed.borrow_mut().push(Resumed { frames: own(lua), guarded });
            Ok(())
        })?,
    )?;
    let seen = run.clone();
    host.set(
        "leave",
        lua.create_function(move |_, ()| {
            seen.resumed.borrow_mut().pop();
            Ok(())
        })?,
    )?;
    let seen = run.clone();
    host.set(
        "write",
        lua.create_function(move |lua, text: LuaString| write(lua, &seen, &text.to_string_lossy()))?,
    )?;
    host.set(
        "files",
        lua.create_function(|lua, files: Function| lua.set_named_registry_value(objects::FILES, files))?,
    )?;
    let seen = run.clone();
    host.set(
        "begin_files",
        lua.create_function(move |lua, args: mlua::MultiValue| {
            let list = objects::method(lua, &seen, Object::State, &FilesOf::FUNCTION, args)?;
            // After an error the collecting pass has a State in its place.
            let over = !matches!(&list, Value::UserData(data) if matches!(objects::id(data), Some((Object::Files, _))));
            Ok((list, over))
        })?,
    )?;
    let seen = run.clone();
    host.set("end_files", lua.create_function(move |lua, list: Value| calls::end_files(lua, &seen, &list))?)?;
    host.set("find", lua.create_function(find)?)?;
    host.set(
        "plain",
        lua.create_function(|_, pattern: LuaString| {
            Ok(!pattern.as_bytes().iter().any(|byte| b"^$*+?.([%-".contains(byte)))
        })?,
    )?;
    if run.config.observe {
        host.set("observe", observe::observer(lua, run)?)?;
    }
    host.set("loadstring", lua.create_function(loadstring)?)?;
    host.set("split", lua.create_function(split)?)?;
    host.set("now", now(run))?;

    let guarded: Function =
        lua.load(prelude()?).set_name("=[luakit]").set_mode(ChunkMode::Binary).into_function()?.call(host)?;
    block(lua, run)?;
    lua.globals().set("bk", bk(lua, run)?)?;
    Ok(guarded)
}

/// Returns the prelude compiled, which takes longer than to make the machine that it runs in.
fn prelude() -> mlua::Result<&'static [u8]> {
    static COMPILED: OnceLock<Vec<u8>> = OnceLock::new();
    if let Some(compiled) = COMPILED.get() {
        return Ok(compiled);
    }
    let compiled = Compiler::new().set_debug_level(1).compile(include_str!("prelude.luau"))?;
    Ok(COMPILED.get_or_init(|| compiled))
}

/// The moment that scripts take for now: `SOURCE_DATE_EPOCH`, else the beginning of 1970.
fn now(run: &Run) -> f64 {
    const NAME: &str = "SOURCE_DATE_EPOCH";
    let Some(text) = run.argument(NAME) else { return 0.0 };
    run.args_read.borrow_mut().insert(NAME.into());
    text.trim().parse::<u32>().map_or(0.0, f64::from)
}

fn write(lua: &Lua, run: &Rc<Run>, text: &str) -> mlua::Result<()> {
    let frames = own(lua);
    let printed = run.printed.get() + text.len();
    run.printed.set(printed);
    let limit = run.config.limits.output;
    if printed > limit {
        let message = format!("script printed too much (the limit is {} KB)", limit >> 10);
        return Err(run.stop(run.failure(Code::LIMIT, message, &frames)).into());
    }
    if let Some(print) = run.config.print {
        print(text);
    }
    let place = frames.first().and_then(|frame| run.place(*frame));
    run.output.borrow_mut().push(Printed { text: text.to_owned(), place });
    Ok(())
}

/// `string.find` without patterns, in time that grows with the lengths' sum rather than their product.
fn find(
    _: &Lua,
    (text, part, init): (LuaString, LuaString, f64),
) -> mlua::Result<(Option<usize>, Option<usize>)> {
    let (text, part) = (text.as_bytes(), part.as_bytes());
    // A float becomes an integer towards zero, here and in Lua.
    let start = match init.trunc() {
        init if init >= 1.0 => init as usize - 1,
        init if init < 0.0 => text.len().saturating_sub(-init as usize),
        _ => 0,
    };
    let found = text.get(start..).and_then(|rest| memchr::memmem::find(rest, &part));
    Ok(match found {
        Some(at) => (Some(start + at + 1), Some(start + at + part.len())),
        None => (None, None),
    })
}

/// Compiles a text, and only text; its frames are not shown, since nobody has it before them.
fn loadstring(lua: &Lua, source: LuaString) -> mlua::Result<(Option<Function>, Option<String>)> {
    let source = source.as_bytes();
    match lua.load(&*source).set_name("=loadstring").set_mode(ChunkMode::Text).into_function() {
        Ok(function) => Ok((Some(function), None)),
        Err(mlua::Error::SyntaxError { message, .. }) => Ok((None, Some(message))),
        Err(err) => Err(err),
    }
}

/// `string.split` at a separator that is not empty, in time that grows with the lengths' sum.
fn split(lua: &Lua, (text, separator): (LuaString, LuaString)) -> mlua::Result<Table> {
    let (text, separator) = (text.as_bytes(), separator.as_bytes());
    let parts = lua.create_table()?;
    let mut from = 0;
    for at in memchr::memmem::find_iter(&text, &separator) {
        parts.raw_push(lua.create_string(text.get(from..at).unwrap_or_default())?)?;
        from = at + separator.len();
    }
    parts.raw_push(lua.create_string(text.get(from..).unwrap_or_default())?)?;
    Ok(parts)
}

/// Puts functions that explain themselves in the place of what scripts do not have.
fn block(lua: &Lua, run: &Rc<Run>) -> mlua::Result<()> {
    let globals = lua.globals();
    for blocked in BLOCKED {
        let seen = run.clone();
        let stub = lua.create_function(move |lua, _: mlua::MultiValue| {
            let frames = capture(lua, &seen);
            let place = frames.first().and_then(|frame| seen.callee_place(*frame));
            let mut failure = seen.failure_at(Code::SANDBOXED, blocked.message(), place, &frames);
            for diagnostic in &mut failure.diagnostics {
                diagnostic.hints.push(blocked.hint.into());
            }
            seen.note(lua, failure.into())?;
            seen.stand_in(lua, &Ty::Any)
        })?;
        match blocked.name.split_once('.') {
            Some((library, name)) => {
                let table = globals.get::<Option<Table>>(library)?;
                if let Some(table) = table {
                    table.raw_set(name, stub)?;
                }
            }
            None => globals.raw_set(blocked.name, stub)?,
        }
    }
    Ok(())
}

/// Makes the `bk` table, and `os.getenv`.
fn bk(lua: &Lua, run: &Rc<Run>) -> mlua::Result<Table> {
    let bk = lua.create_table()?;
    let os: Table = lua.globals().get("os")?;
    for function in FUNCTIONS.iter().copied().filter(|function| !function.is_method()) {
        for name in std::iter::once(&function.name).chain(function.aliases) {
            let seen = run.clone();
            let callable = lua.create_function(move |lua, args: mlua::MultiValue| {
                calls::call(lua, &seen, function, name, None, &args)
            })?;
            let table = if function.receiver == Receiver::Os { &os } else { &bk };
            table.raw_set(*name, callable)?;
        }
    }
    for (property, platform) in BK_PLATFORMS.iter().zip([run.config.platform.clone(), Platform::host()]) {
        bk.raw_set(property.name, objects::platform(lua, run.add_platform(platform))?)?;
    }
    let meta = lua.create_table()?;
    let seen = run.clone();
    meta.set(
        "__index",
        lua.create_function(move |lua, (_, key): (Value, Value)| {
            let name = key_name(&key);
            let misnomer = words::unknown_function(&name);
            let meant = misnomer.meant.as_deref().and_then(luakit_api::bk_function);
            let platform = meant.is_none() && misnomer.meant.is_some();
            let mut failure = misnamed(lua, &seen, Code::UNKNOWN_FUNCTION, misnomer);
            // The engine looks a name up at the line of its `bk`, which is a line above that of the name.
            let place = own(lua).first().and_then(|frame| {
                let called = seen.call_place(*frame, &format!("bk.{name}"));
                called.or_else(|| seen.field_place(*frame, "bk", &name))
            });
            for (diagnostic, place) in failure.diagnostics.iter_mut().zip(place) {
                diagnostic.place = place;
            }
            seen.note(lua, failure.into())?;
            if platform {
                return seen.stand_in(lua, &Ty::Object(Object::Platform));
            }
            callable(lua, meant.map_or(Ty::Object(Object::State), |meant| meant.returns))
        })?,
    )?;
    meta.set("__metatable", "bk")?;
    bk.set_metatable(Some(meta))?;
    Ok(bk)
}

/// Makes a function that gives a stand-in, for one that does not exist.
pub(crate) fn callable(lua: &Lua, returns: Ty) -> mlua::Result<Value> {
    let function =
        lua.create_function(move |lua, _: mlua::MultiValue| Run::of(lua)?.stand_in(lua, &returns))?;
    Ok(Value::Function(function))
}

/// Writes what stood between `[` and `]`, or after the dot. Nothing but a string or a number says more than its type.
pub(crate) fn key_name(key: &Value) -> String {
    match key {
        Value::String(name) => name.to_string_lossy(),
        Value::Integer(number) => format!("[{number}]"),
        Value::Number(number) => format!("[{}]", luakit_api::values::lua_number_text(*number)),
        other => format!("[{}]", other.type_name()),
    }
}

/// Makes the error for a name that does not exist.
pub(crate) fn misnamed(lua: &Lua, run: &Run, code: Code, misnomer: words::Misnomer) -> Failure {
    let mut failure = run.failure(code, misnomer.message, &capture(lua, run));
    for diagnostic in &mut failure.diagnostics {
        diagnostic.hints.extend(misnomer.hint.clone());
    }
    failure
}
