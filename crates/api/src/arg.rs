//! How a value becomes an argument: the trait and the plain types.

use crate::{Cx, Key, Known, Object, Step, Ty, View};
use std::collections::BTreeMap;

/// A type that arguments and options can have.
pub trait Arg: Sized {
    const TY: Ty;

    /// Reads a value. Returns `None` if it is wrong, which has then been reported, or if it is not known.
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self>;
}

impl Arg for bool {
    const TY: Ty = Ty::Boolean;
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        match value.known() {
            Known::Boolean(value) => value,
            other => cx.wrong_type(&Self::TY, other.kind()),
        }
    }
}

impl Arg for f64 {
    const TY: Ty = Ty::Number;
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        match value.known() {
            Known::Number(Some(value)) if !value.is_finite() => cx.invalid("must be a finite number"),
            Known::Number(value) => value,
            other => cx.wrong_type(&Self::TY, other.kind()),
        }
    }
}

impl Arg for i64 {
    const TY: Ty = Ty::Integer;
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        match value.known() {
            Known::Number(Some(value)) => integer(value, cx),
            Known::Number(None) => None,
            other => cx.wrong_type(&Self::TY, other.kind()),
        }
    }
}

impl Arg for u32 {
    const TY: Ty = Ty::Integer;
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let number = i64::read(value, cx)?;
        u32::try_from(number)
            .ok()
            .or_else(|| cx.invalid(&format!("must be from 0 to {}, got {number}", u32::MAX)))
    }
}

impl Arg for u64 {
    const TY: Ty = Ty::Integer;
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let number = i64::read(value, cx)?;
        u64::try_from(number).ok().or_else(|| cx.invalid(&format!("must not be negative, got {number}")))
    }
}

/// The largest integer that a Lua number holds exactly.
const EXACT: f64 = 9_007_199_254_740_992.0;

pub(crate) fn integer(value: f64, cx: &mut Cx) -> Option<i64> {
    if value.fract() == 0.0 && value.abs() <= EXACT {
        return Some(value as i64);
    }
    let shown = number_text(value);
    if value.fract() == 0.0 {
        return cx.invalid(&format!("is too large: numbers are exact up to {EXACT}, got {shown}"));
    }
    cx.invalid(&format!("must be an integer, got {shown}"))
}

/// Writes a number as Lua prints it.
pub fn number_text(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        format!("{}", value as i64)
    } else if value.is_nan() {
        "nan".into()
    } else if value.is_infinite() {
        if value > 0.0 { "inf".into() } else { "-inf".into() }
    } else {
        let scientific = format!("{value:e}");
        match scientific.split_once('e').and_then(|(digits, e)| Some((digits, e.parse::<i32>().ok()?))) {
            Some((digits, e)) if !(-6..21).contains(&e) => format!("{digits}e{e:+03}"),
            _ => format!("{value}"),
        }
    }
}

impl Arg for String {
    const TY: Ty = Ty::String;
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        match value.known() {
            Known::String(Some(bytes)) => text(bytes, cx),
            Known::String(None) => None,
            other => cx.wrong_type(&Self::TY, other.kind()),
        }
    }
}

/// Protobuf strings are UTF-8 without exception, and no path, name or command may hold a NUL.
pub(crate) fn text(bytes: Vec<u8>, cx: &mut Cx) -> Option<String> {
    match String::from_utf8(bytes) {
        Ok(text) if text.contains('\0') => cx.invalid("must not contain a NUL byte"),
        Ok(text) => Some(text),
        Err(_) => cx.invalid("must be valid UTF-8"),
    }
}

macro_rules! object {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl Arg for $name {
            const TY: Ty = Ty::Object(Object::$name);
            fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
                match value.known() {
                    Known::Object(Object::$name, id) => id.map(Self),
                    other => cx.wrong_type(&Self::TY, other.kind()),
                }
            }
        }
    };
}

pub(crate) mod object {
    //! Which object of the API an argument is; the number is the evaluator's own.
    use super::*;

    object! {
        /// A State, the file system that a script builds on.
        State
    }
    object! {
        /// A Platform made by `bk.platform`.
        Platform
    }

    /// A Mount made by `bk.cache` and its like.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub struct Mount(pub u32);

    impl Arg for Mount {
        const TY: Ty = Ty::Object(Object::Mount);
        fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
            match value.known() {
                Known::Object(Object::Mount, id) => id.map(Self),
                other => {
                    let kind = other.kind();
                    cx.wrong_type::<()>(&Self::TY, kind);
                    if kind == crate::Kind::Object(Object::State) {
                        cx.hint("did you mean `bk.bind(state, dest)`?");
                    } else if kind == crate::Kind::String {
                        cx.hint(
                            "mounts are made by `bk.cache`, `bk.bind`, `bk.secret`, `bk.ssh` and `bk.tmpfs`",
                        );
                    }
                    None
                }
            }
        }
    }
}

impl<T: Arg> Arg for Vec<T> {
    const TY: Ty = Ty::List(&T::TY);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let table = match value.known() {
            Known::Table(table) => table,
            other => {
                cx.wrong_type::<()>(&Self::TY, other.kind());
                cx.as_list(&other, &T::TY);
                return None;
            }
        };
        let mut all = Vec::with_capacity(table.items.len());
        let mut known = table.complete;
        for (index, item) in table.items.iter().enumerate() {
            match cx.at(Step::Index(index), |cx| T::read(item, cx)) {
                Some(item) => all.push(item),
                None => known = false,
            }
        }
        for (key, _) in &table.fields {
            cx.at(Step::Key(key.text().into()), |cx| list_key(key, cx));
            known = false;
        }
        known.then_some(all)
    }
}

/// Checks the key of a map's entry: it becomes text, which must say what the script said.
fn map_key(key: &Key, cx: &mut Cx) -> Option<()> {
    let what = match key {
        Key::Other(key) => format!("a map takes strings for names, got {key}"),
        Key::Name(name) if name.is_empty() => "a map takes no empty name".to_owned(),
        Key::Name(name) if name.contains('\0') => "a name must not contain a NUL byte".to_owned(),
        Key::Name(_) => return Some(()),
    };
    cx.problem::<()>(luakit_diagnostics::Code::WRONG_TYPE, what);
    cx.focus(crate::Focus::Key);
    None
}

fn list_key(key: &Key, cx: &mut Cx) {
    cx.problem::<()>(
        luakit_diagnostics::Code::WRONG_TYPE,
        match key {
            Key::Name(name) => format!("a list takes no named entries, got `{name}`"),
            Key::Other(key) => format!("a list must have no gaps, got an entry at {key}"),
        },
    );
    cx.focus(crate::Focus::Key);
}

impl<T: Arg> Arg for BTreeMap<String, T> {
    const TY: Ty = Ty::Map(&T::TY);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let table = match value.known() {
            Known::Table(table) => table,
            other => return cx.wrong_type(&Self::TY, other.kind()),
        };
        let mut all = BTreeMap::new();
        let mut known = table.complete;
        if !table.items.is_empty() {
            known = false;
            cx.at(Step::Index(0), |cx| {
                cx.problem::<()>(
                    luakit_diagnostics::Code::WRONG_TYPE,
                    "a map takes named entries, got a value without a name",
                )
            });
        }
        for (key, value) in &table.fields {
            let read =
                cx.at(Step::Key(key.text().into()), |cx| map_key(key, cx).and_then(|()| T::read(value, cx)));
            match read {
                Some(value) => {
                    all.insert(key.text().to_owned(), value);
                }
                None => known = false,
            }
        }
        known.then_some(all)
    }
}
