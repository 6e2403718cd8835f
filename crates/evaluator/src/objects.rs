//! The objects that scripts hold. Each is a number; what it stands for is in [`Run`].

use crate::calls;
use crate::frames::{capture, own};
use crate::run::Run;
use crate::sandbox::{callable, key_name, misnamed};
use luakit_api::{FunctionId, Object, Ty, methods_of, words};
use luakit_diagnostics::Code;
use mlua::{
    AnyUserData, Function, Lua, MetaMethod, MultiValue, UserData, UserDataFields, UserDataMethods, Value,
};
use std::rc::Rc;

struct StateObject {
    id: u32,
}

struct MountObject {
    id: u32,
    dest: String,
}

struct PlatformObject {
    id: u32,
}

struct FilesObject {
    id: u32,
}

/// Makes the Lua object for a state.
pub(crate) fn state(lua: &Lua, id: u32) -> mlua::Result<Value> {
    lua.create_userdata(StateObject { id }).map(Value::UserData)
}

/// Makes the Lua object for a mount.
pub(crate) fn mount(lua: &Lua, id: u32, dest: String) -> mlua::Result<Value> {
    lua.create_userdata(MountObject { id, dest }).map(Value::UserData)
}

/// Makes the Lua object for a platform.
pub(crate) fn platform(lua: &Lua, id: u32) -> mlua::Result<Value> {
    lua.create_userdata(PlatformObject { id }).map(Value::UserData)
}

/// Makes the Lua object for the actions of a `files`.
pub(crate) fn files(lua: &Lua, id: u32) -> mlua::Result<Value> {
    lua.create_userdata(FilesObject { id }).map(Value::UserData)
}

/// Returns what an object is and its number.
pub(crate) fn id(data: &AnyUserData) -> Option<(Object, u32)> {
    if let Ok(state) = data.borrow::<StateObject>() {
        Some((Object::State, state.id))
    } else if let Ok(mount) = data.borrow::<MountObject>() {
        Some((Object::Mount, mount.id))
    } else if let Ok(platform) = data.borrow::<PlatformObject>() {
        Some((Object::Platform, platform.id))
    } else if let Ok(files) = data.borrow::<FilesObject>() {
        Some((Object::Files, files.id))
    } else {
        None
    }
}

impl UserData for StateObject {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        fields.add_meta_field(MetaMethod::Type, Object::State.name());
        // It calls a function of the script, so it is one of Lua's: an error then sees one stack.
        fields.add_field_function_get(FILES, |lua, _| lua.named_registry_value::<Function>(FILES));
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        add_calls(methods, Object::State);
        methods.add_meta_method(MetaMethod::Index, |lua, _, key: Value| {
            let run = Run::of(lua)?;
            unknown(lua, &run, Object::State, &key_name(&key))
        });
        methods.add_meta_method(MetaMethod::NewIndex, |lua, _, set: (Value, Value)| {
            unchangeable(lua, Object::State, &set)
        });
        methods.add_meta_method(MetaMethod::ToString, |_, this, ()| Ok(format!("State {}", this.id + 1)));
    }
}

impl UserData for FilesObject {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        fields.add_meta_field(MetaMethod::Type, Object::Files.name());
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        add_calls(methods, Object::Files);
        methods.add_meta_method(MetaMethod::Index, |lua, _, key: Value| {
            let run = Run::of(lua)?;
            unknown(lua, &run, Object::Files, &key_name(&key))
        });
        methods.add_meta_method(MetaMethod::NewIndex, |lua, _, set: (Value, Value)| {
            unchangeable(lua, Object::Files, &set)
        });
        methods.add_meta_method(MetaMethod::ToString, |_, this, ()| Ok(format!("Files {}", this.id + 1)));
    }
}

impl UserData for MountObject {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        fields.add_meta_field(MetaMethod::Type, Object::Mount.name());
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_meta_method(MetaMethod::Index, |lua, _, key: Value| {
            let run = Run::of(lua)?;
            unknown(lua, &run, Object::Mount, &key_name(&key))
        });
        methods.add_meta_method(MetaMethod::NewIndex, |lua, _, set: (Value, Value)| {
            unchangeable(lua, Object::Mount, &set)
        });
        methods.add_meta_method(MetaMethod::ToString, |_, this, ()| Ok(format!("Mount {}", this.dest)));
    }
}

impl UserData for PlatformObject {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        fields.add_meta_field(MetaMethod::Type, Object::Platform.name());
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_meta_method(MetaMethod::Index, |lua, this, key: Value| {
            let run = Run::of(lua)?;
            let platforms = run.platforms.borrow();
            let platform = platforms.get(this.id as usize).cloned().unwrap_or_default();
            let name = key_name(&key);
            match name.as_str() {
                "os" => lua.create_string(platform.os).map(Value::String),
                "arch" => lua.create_string(platform.architecture).map(Value::String),
                "variant" => lua.create_string(platform.variant).map(Value::String),
                _ => {
                    drop(platforms);
                    unknown(lua, &run, Object::Platform, &name)
                }
            }
        });
        methods.add_meta_method(MetaMethod::NewIndex, |lua, _, set: (Value, Value)| {
            unchangeable(lua, Object::Platform, &set)
        });
        methods.add_meta_method(MetaMethod::ToString, |lua, this, ()| {
            let run = Run::of(lua)?;
            let platforms = run.platforms.borrow();
            Ok(platforms.get(this.id as usize).map_or(String::new(), luakit_llb::Platform::name))
        });
        methods.add_meta_method(MetaMethod::Eq, |lua, this, other: AnyUserData| {
            let Some((Object::Platform, id)) = id(&other) else { return Ok(false) };
            let run = Run::of(lua)?;
            let platforms = run.platforms.borrow();
            Ok(platforms.get(this.id as usize) == platforms.get(id as usize))
        });
    }
}

/// The name of `state:files`, and of the function of our own chunk that does it.
pub(crate) const FILES: &str = "files";

/// Adds the methods that the declaration has for an object.
fn add_calls<T, M: UserDataMethods<T>>(methods: &mut M, object: Object) {
    for function in methods_of(object).filter(|function| function.id != FunctionId::FilesOf) {
        methods.add_function(function.name, move |lua, args: MultiValue| {
            let run = Run::of(lua)?;
            method(lua, &run, object, function, args)
        });
    }
}

/// Carries out the call of a method, whose first argument is the object.
pub(crate) fn method(
    lua: &Lua,
    run: &Rc<Run>,
    object: Object,
    function: &'static luakit_api::Function,
    mut args: MultiValue,
) -> mlua::Result<Value> {
    let receiver = match args.pop_front() {
        Some(Value::UserData(data)) => id(&data),
        _ => None,
    };
    match receiver {
        Some((kind, id)) if kind == object => calls::call(lua, run, function, function.name, Some(id), &args),
        _ => {
            run.note(lua, calls::dot_call(lua, run, function).into())?;
            run.stand_in(lua, &function.returns)
        }
    }
}

/// Raises the error for a name that an object does not have; the collecting pass gets a method that does nothing.
fn unknown(lua: &Lua, run: &Run, object: Object, name: &str) -> mlua::Result<Value> {
    let misnomer = words::unknown_method(object, name);
    let meant = misnomer.meant.as_deref().and_then(|meant| luakit_api::method(object, meant));
    let mut failure = misnamed(lua, run, Code::UNKNOWN_METHOD, misnomer);
    let place = own(lua).first().and_then(|frame| run.field_place(*frame, "", name));
    for (diagnostic, place) in failure.diagnostics.iter_mut().zip(place) {
        diagnostic.place = place;
    }
    run.note(lua, failure.into())?;
    match (object, meant) {
        (Object::State | Object::Files, meant) => {
            callable(lua, meant.map_or(Ty::Object(Object::State), |meant| meant.returns))
        }
        _ => run.stand_in(lua, &Ty::Any),
    }
}

/// Refuses to set a field: states, mounts and platforms never change.
fn unchangeable(lua: &Lua, object: Object, (key, _): &(Value, Value)) -> mlua::Result<()> {
    let run = Run::of(lua)?;
    let name = key_name(key);
    let message = format!("`{name}` cannot be set: a {} never changes", object.name());
    let frames = capture(lua, &run);
    let place = frames.first().and_then(|frame| run.field_place(*frame, "", &name));
    let place = place.or_else(|| frames.first().and_then(|frame| run.text_place(*frame)));
    let failure = run.failure_at(Code::RUNTIME_ERROR, message, place, &frames);
    Err(failure.into())
}

/// The run that a VM belongs to, where a method has no other way to it.
pub(crate) struct Current(pub(crate) Rc<Run>);

impl Run {
    pub(crate) fn of(lua: &Lua) -> mlua::Result<Rc<Run>> {
        lua.app_data_ref::<Current>()
            .map(|current| current.0.clone())
            .ok_or_else(|| mlua::Error::runtime("no evaluation is running"))
    }
}
