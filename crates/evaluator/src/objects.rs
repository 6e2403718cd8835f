//! The objects that scripts hold. Each is a number; what it stands for is in [`Run`].

use crate::failure::Failure;
use crate::frames::{capture, own};
use crate::run::Run;
use crate::sandbox::{key_name, misnamed};
use crate::{calls, view};
use luakit_api::{FUNCTIONS, Object, words};
use luakit_diagnostics::Code;
use mlua::{AnyUserData, Lua, MetaMethod, MultiValue, UserData, UserDataFields, UserDataMethods, Value};
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

/// Returns what an object is and its number.
pub(crate) fn id(data: &AnyUserData) -> Option<(Object, u32)> {
    if let Ok(state) = data.borrow::<StateObject>() {
        Some((Object::State, state.id))
    } else if let Ok(mount) = data.borrow::<MountObject>() {
        Some((Object::Mount, mount.id))
    } else if let Ok(platform) = data.borrow::<PlatformObject>() {
        Some((Object::Platform, platform.id))
    } else {
        None
    }
}

impl UserData for StateObject {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        fields.add_meta_field(MetaMethod::Type, Object::State.name());
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        for function in FUNCTIONS.iter().copied().filter(|function| function.is_method()) {
            methods.add_function(function.name, move |lua, mut args: MultiValue| {
                let run = Run::of(lua)?;
                let receiver = args.pop_front().unwrap_or(Value::Nil);
                match view::is_state(&receiver) {
                    Some(state) => calls::call(lua, &run, function, function.name, Some(state), &args),
                    None => Err(calls::dot_call(lua, &run, function).into()),
                }
            });
        }
        methods.add_meta_method(MetaMethod::Index, |lua, _, key: Value| -> mlua::Result<()> {
            let run = Run::of(lua)?;
            Err(unknown(lua, &run, Object::State, &key_name(&key)).into())
        });
        methods.add_meta_method(MetaMethod::NewIndex, |lua, _, set: (Value, Value)| {
            unchangeable(lua, Object::State, &set)
        });
        methods.add_meta_method(MetaMethod::ToString, |_, this, ()| Ok(format!("State {}", this.id + 1)));
    }
}

impl UserData for MountObject {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        fields.add_meta_field(MetaMethod::Type, Object::Mount.name());
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_meta_method(MetaMethod::Index, |lua, _, key: Value| -> mlua::Result<()> {
            let run = Run::of(lua)?;
            Err(unknown(lua, &run, Object::Mount, &key_name(&key)).into())
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
                "os" => Ok(platform.os),
                "arch" => Ok(platform.architecture),
                "variant" => Ok(platform.variant),
                _ => Err(unknown(lua, &run, Object::Platform, &name).into()),
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

/// Makes the error for a name that an object does not have.
fn unknown(lua: &Lua, run: &Run, object: Object, name: &str) -> Failure {
    let mut failure = misnamed(lua, run, Code::UNKNOWN_METHOD, words::unknown_method(object, name));
    let place = own(lua).first().and_then(|frame| run.field_place(*frame, "", name));
    for (diagnostic, place) in failure.diagnostics.iter_mut().zip(place) {
        diagnostic.place = place;
    }
    failure
}

/// Refuses to set a field: states, mounts and platforms never change.
fn unchangeable(lua: &Lua, object: Object, (key, _): &(Value, Value)) -> mlua::Result<()> {
    let run = Run::of(lua)?;
    let name = key_name(key);
    let message = format!("`{name}` cannot be set: a {} never changes", object.name());
    let frames = capture(lua, &run);
    let place = frames.first().and_then(|frame| run.field_place(*frame, "", &name));
    let place = place.or_else(|| frames.first().and_then(|frame| run.text_place(*frame)));
    Err(run.failure_at(Code::RUNTIME_ERROR, message, place, &frames).into())
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
