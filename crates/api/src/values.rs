//! Kinds of values with rules of their own: modes, sizes, durations, times, owners, commands, environments.

use crate::arg::{integer, number_text, object, text};
use crate::{Arg, Cx, Key, Kind, Known, Options, Replacement, Special, Step, Ty, View};
use luakit_diagnostics::Code;
use std::collections::BTreeMap;

pub use crate::arg::number_text as lua_number_text;
pub use object::{Mount, Platform, State};

/// Text that must not be empty or blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NonEmpty(pub String);

impl Arg for NonEmpty {
    const TY: Ty = Ty::String;
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let text = String::read(value, cx)?;
        if text.trim().is_empty() { cx.invalid("must not be empty") } else { Some(Self(text)) }
    }
}

/// The bytes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl Arg for Bytes {
    const TY: Ty = Ty::String;
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        match value.known() {
            Known::String(bytes) => bytes.map(Self),
            other => cx.wrong_type(&Self::TY, other.kind()),
        }
    }
}

/// A text that may also be given as a number or a boolean, as in an environment or a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar(pub String);

impl Arg for Scalar {
    const TY: Ty = Ty::Union(&[Ty::String, Ty::Number, Ty::Boolean]);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        match value.known() {
            Known::String(Some(bytes)) => text(bytes, cx).map(Self),
            Known::Number(Some(number)) => written(number, cx).map(Self),
            Known::Boolean(Some(value)) => Some(Self(value.to_string())),
            Known::String(None) | Known::Number(None) | Known::Boolean(None) => None,
            other => cx.wrong_type(&Self::TY, other.kind()),
        }
    }
}

/// Writes a number out. What `0/0` prints is not the same on every machine.
fn written(number: f64, cx: &mut Cx) -> Option<String> {
    if number.is_finite() { Some(number_text(number)) } else { cx.invalid("must be a finite number") }
}

/// A word of a command: a string, or a number that is written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word(pub String);

impl Arg for Word {
    const TY: Ty = Ty::Union(&[Ty::String, Ty::Number]);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        match value.known() {
            Known::String(Some(bytes)) => text(bytes, cx).map(Self),
            Known::Number(Some(number)) => written(number, cx).map(Self),
            Known::String(None) | Known::Number(None) => None,
            other => cx.wrong_type(&Self::TY, other.kind()),
        }
    }
}

/// What `run` executes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// A line for `/bin/sh -c`.
    Shell(String),
    /// A program and its arguments.
    Argv(Vec<String>),
}

static COMMAND: Special = Special {
    name: "Command",
    written: &[Ty::String, Ty::List(&Word::TY)],
    doc: "A string is run by `/bin/sh -c`; a list is a program and its arguments, with no shell between.",
};

impl Arg for Command {
    const TY: Ty = Ty::Special(&COMMAND);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let known = value.known();
        match known {
            Known::String(Some(bytes)) => {
                let line = text(bytes, cx)?;
                if line.trim().is_empty() {
                    cx.invalid("must not be empty")
                } else {
                    Some(Command::Shell(line))
                }
            }
            Known::String(None) => None,
            Known::Table(ref table) => {
                if table.complete && table.items.is_empty() && table.fields.is_empty() {
                    return cx.invalid("must not be empty");
                }
                let words = <Vec<Word>>::read(value, cx)?;
                if words.first().is_some_and(|word| word.0.is_empty()) {
                    return cx.invalid("must not be empty: the program to run has no name");
                }
                Some(Command::Argv(words.into_iter().map(|word| word.0).collect()))
            }
            other => cx.expected("string or table", other.kind()),
        }
    }
}

/// Environment variables in the order in which they are set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Env(pub Vec<(String, String)>);

static ENV: Special = Special {
    name: "Env",
    written: &[Ty::Map(&Scalar::TY), Ty::List(&Ty::String)],
    doc: "A map of names to values, taken in the order of the names, or a list of `\"NAME=value\"`.",
};

impl Arg for Env {
    const TY: Ty = Ty::Special(&ENV);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let table = match value.known() {
            Known::Table(table) => table,
            other => return cx.wrong_type(&Self::TY, other.kind()),
        };
        let mut env = Vec::new();
        let mut known = table.complete;
        for (index, item) in table.items.iter().enumerate() {
            match cx.at(Step::Index(index), |cx| env_entry(item, cx)) {
                Some(entry) => env.push(entry),
                None => known = false,
            }
        }
        for (key, value) in &table.fields {
            match cx.at(Step::Key(key.text().into()), |cx| env_pair(key, value, cx)) {
                Some(entry) => env.push(entry),
                None => known = false,
            }
        }
        known.then_some(Env(env))
    }
}

fn env_entry<V: View>(item: &V, cx: &mut Cx) -> Option<(String, String)> {
    let entry = String::read(item, cx)?;
    match entry.split_once('=') {
        Some((name, value)) if !name.is_empty() => Some((name.to_owned(), value.to_owned())),
        _ => {
            let shown = quote(&entry);
            cx.invalid(&format!("must be \"NAME=value\", got {shown}"))
        }
    }
}

fn env_pair<V: View>(key: &Key, value: &V, cx: &mut Cx) -> Option<(String, String)> {
    let value = Scalar::read(value, cx)?;
    match key {
        Key::Name(name) if !name.is_empty() && !name.contains(['=', '\0']) => Some((name.clone(), value.0)),
        _ => {
            cx.invalid::<()>("is not a name of an environment variable");
            cx.focus(crate::Focus::Key);
            None
        }
    }
}

/// Secrets by the names of the environment variables that hold them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SecretEnvs(pub BTreeMap<String, Either<NonEmpty, SecretEnvOptions>>);

impl Arg for SecretEnvs {
    const TY: Ty = <BTreeMap<String, Either<NonEmpty, SecretEnvOptions>> as Arg>::TY;
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let secrets = BTreeMap::read(value, cx)?;
        match secrets.keys().find(|name| name.contains('=')) {
            Some(name) => {
                cx.at(Step::Key(name.clone()), |cx| {
                    cx.invalid::<()>("is not a name of an environment variable");
                    cx.focus(crate::Focus::Key);
                });
                None
            }
            None => Some(Self(secrets)),
        }
    }
}

/// A digest such as `sha256:…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest(pub String);

impl Arg for Digest {
    const TY: Ty = Ty::String;
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let NonEmpty(text) = NonEmpty::read(value, cx)?;
        let digits = match text.split_once(':') {
            Some(("sha256", hex)) => Some((64, hex)),
            Some(("sha384", hex)) => Some((96, hex)),
            Some(("sha512", hex)) => Some((128, hex)),
            _ => None,
        };
        let lower = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        match digits {
            Some((length, hex)) if hex.len() == length && hex.bytes().all(lower) => Some(Self(text)),
            _ => {
                let shown = quote(&text);
                cx.invalid(&format!(
                    "must be a digest like \"sha256:…\" with its hexadecimal digits, got {shown}"
                ))
            }
        }
    }
}

/// A user or group: a name, or a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserName {
    Name(String),
    Id(u32),
}

impl UserName {
    fn parse(text: &str, cx: &mut Cx) -> Option<UserName> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        match text {
            "root" => Some(UserName::Id(0)),
            _ if digits => match text.parse() {
                Ok(id) => Some(UserName::Id(id)),
                Err(_) => cx.invalid(&format!("must be from 0 to {}, got {text}", u32::MAX)),
            },
            _ if text.contains([':', '/']) || text.contains(char::is_whitespace) => {
                let shown = quote(text);
                cx.invalid(&format!("must be a name or a number, got {shown}"))
            }
            _ => Some(UserName::Name(text.to_owned())),
        }
    }
}

impl Arg for UserName {
    const TY: Ty = Ty::Union(&[Ty::String, Ty::Integer]);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        match value.known() {
            Known::Number(_) => u32::read(value, cx).map(UserName::Id),
            Known::String(_) => NonEmpty::read(value, cx).and_then(|name| UserName::parse(&name.0, cx)),
            other => cx.wrong_type(&Self::TY, other.kind()),
        }
    }
}

/// The user a command runs as: `"name"`, `"uid"`, `"user:group"`, or a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunUser(pub String);

impl Arg for RunUser {
    const TY: Ty = Ty::Union(&[Ty::String, Ty::Integer]);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        match value.known() {
            Known::Number(_) => u32::read(value, cx).map(|id| Self(id.to_string())),
            Known::String(_) => NonEmpty::read(value, cx).map(|name| Self(name.0)),
            other => cx.wrong_type(&Self::TY, other.kind()),
        }
    }
}

/// The owner of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    pub user: Option<UserName>,
    pub group: Option<UserName>,
}

/// The owner of a file as a table.
#[derive(Debug, Options)]
pub struct OwnerOptions {
    /// The user, by name or number. Names are looked up in the state that is written to.
    pub user: Option<UserName>,
    /// The group, by name or number.
    pub group: Option<UserName>,
}

static OWNER: Special = Special {
    name: "Owner",
    written: &[Ty::String, <OwnerOptions as Arg>::TY],
    doc: "`\"user\"`, `\"user:group\"` or `{ user = …, group = … }`, each a name or a number. \
          Names are looked up in the state that is written to.",
};

impl Arg for Owner {
    const TY: Ty = Ty::Special(&OWNER);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        match value.known() {
            Known::String(Some(bytes)) => {
                let text = text(bytes, cx)?;
                let (user, group) = text.split_once(':').map_or((&*text, ""), |parts| parts);
                if text.is_empty() || text == ":" || group.contains(':') {
                    let shown = quote(&text);
                    return cx
                        .invalid(&format!("must be \"user\", \"user:group\" or \":group\", got {shown}"));
                }
                let mut part = |text: &str| match text {
                    "" => Some(None),
                    text => UserName::parse(text, cx).map(Some),
                };
                Some(Owner { user: part(user)?, group: part(group)? })
            }
            Known::String(None) => None,
            Known::Table(_) => {
                let OwnerOptions { user, group } = OwnerOptions::read(value, cx)?;
                if user.is_none() && group.is_none() {
                    return cx.invalid("must name a `user` or a `group`");
                }
                Some(Owner { user, group })
            }
            other => cx.wrong_type(&Self::TY, other.kind()),
        }
    }
}

/// The permissions of a new file or directory, 0 to 0777.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mode(pub u32);

/// The permissions that a copy gives: twelve bits, or a change such as `u+rwX,go-w`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CopyMode {
    Bits(u32),
    Symbolic(String),
}

static MODE: Special = Special {
    name: "Mode",
    written: &[Ty::String, Ty::Integer],
    doc: "Permissions as an octal string such as `\"0755\"`. Lua has no octal numbers: `0755` is the number 755.",
};

static COPY_MODE: Special = Special {
    name: "CopyMode",
    written: &[Ty::String, Ty::Integer],
    doc: "Permissions as an octal string such as `\"0755\"`, or symbolic such as `\"u+rwX,go-w\"`.",
};

impl Arg for Mode {
    const TY: Ty = Ty::Special(&MODE);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let bits = match value.known() {
            Known::String(Some(bytes)) => {
                let text = text(bytes, cx)?;
                match octal(&text) {
                    Some(bits) => bits,
                    None => return bad_mode(&text, "an octal string like \"0755\"", cx),
                }
            }
            Known::Number(Some(number)) => mode_number(number, cx)?,
            Known::String(None) | Known::Number(None) => return None,
            other => return cx.expected("an octal string like \"0755\"", other.kind()),
        };
        if bits > 0o777 {
            // What the number was taken for no longer matters.
            cx.retract(Code::OCTAL_MODE);
            cx.invalid::<()>(&format!("must not exceed 0777, got {bits:04o}"));
            cx.hint("BuildKit keeps nine bits here; set the others with `state:run(\"chmod …\")`");
            return None;
        }
        Some(Mode(bits))
    }
}

impl Arg for CopyMode {
    const TY: Ty = Ty::Special(&COPY_MODE);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        match value.known() {
            Known::String(Some(bytes)) => {
                let text = text(bytes, cx)?;
                match octal(&text) {
                    Some(bits) => Some(CopyMode::Bits(bits)),
                    None if symbolic(&text) => Some(CopyMode::Symbolic(text)),
                    None => {
                        bad_mode(&text, "an octal string like \"0755\" or symbolic like \"u+rwX,go-w\"", cx)
                    }
                }
            }
            Known::Number(Some(number)) => mode_number(number, cx).map(CopyMode::Bits),
            Known::String(None) | Known::Number(None) => None,
            other => cx.expected("an octal string like \"0755\"", other.kind()),
        }
    }
}

fn octal(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("0o").unwrap_or(text);
    let valid = (1..=5).contains(&digits.len()) && digits.bytes().all(|b| (b'0'..=b'7').contains(&b));
    u32::from_str_radix(digits, 8).ok().filter(|bits| valid && *bits <= 0o7777)
}

/// `[ugoa]*([-+=][rwxXst]*|[ugo])+` between commas, as in chmod.
fn symbolic(text: &str) -> bool {
    !text.is_empty()
        && text.split(',').all(|clause| {
            let ops = clause.trim_start_matches(['u', 'g', 'o', 'a']);
            ops.starts_with(['+', '-', '='])
                && ops.split(['+', '-', '=']).skip(1).all(|perms| {
                    perms.bytes().all(|b| b"rwxXst".contains(&b)) || matches!(perms, "u" | "g" | "o")
                })
        })
}

fn bad_mode<T>(text: &str, expected: &str, cx: &mut Cx) -> Option<T> {
    let shown = quote(text);
    cx.invalid(&format!("must be {expected}, got {shown}"))
}

/// A number as a mode: its value where only that can be meant, its digits where only those can, else refused.
fn mode_number(number: f64, cx: &mut Cx) -> Option<u32> {
    let value = integer(number, cx)?;
    let digits = value.to_string();
    let looks_octal = digits.bytes().all(|b| (b'0'..=b'7').contains(&b));
    match value {
        0..8 => Some(value as u32),
        8..=511 if !looks_octal => Some(value as u32),
        512..=7777 if looks_octal => {
            let bits = u32::from_str_radix(&digits, 8).ok()?;
            let subject = cx.subject();
            cx.problem::<()>(
                Code::OCTAL_MODE,
                format!(
                    "{subject} {digits} is taken as \"{bits:04o}\"; Lua numbers are decimal, write a string"
                ),
            );
            cx.replacement(Replacement::String(format!("{bits:04o}")));
            Some(bits)
        }
        8..=511 => {
            let subject = cx.subject();
            cx.problem::<()>(
                Code::INVALID_VALUE,
                format!("{subject} {digits} could be octal or decimal, write a string like \"0{digits}\""),
            );
            cx.replacement(Replacement::String(format!("0{digits}")));
            cx.hint(format!("\"0{digits}\" if octal is meant; {value} in decimal is \"{value:04o}\""));
            None
        }
        _ => cx.invalid(&format!("must be an octal string like \"0755\", got {digits}")),
    }
}

/// A number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size(pub i64);

static SIZE: Special = Special {
    name: "Size",
    written: &[Ty::Integer, Ty::String],
    doc: "Bytes, or a string with a unit such as `\"512m\"` (b, k, m, g, t; base 1024).",
};

impl Arg for Size {
    const TY: Ty = Ty::Special(&SIZE);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let bytes = match value.known() {
            Known::Number(_) => i64::read(value, cx)?,
            Known::String(Some(bytes)) => {
                let text = text(bytes, cx)?;
                match parse_size(&text) {
                    Some(size) => size,
                    None => {
                        let shown = quote(&text);
                        return cx.invalid(&format!("must be a size like \"512m\", got {shown}"));
                    }
                }
            }
            Known::String(None) => return None,
            other => return cx.expected("a number of bytes or a size like \"512m\"", other.kind()),
        };
        if bytes < 0 { cx.invalid("must not be negative") } else { Some(Size(bytes)) }
    }
}

/// A number of bytes, or -1 for no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SwapSize(pub i64);

impl Arg for SwapSize {
    const TY: Ty = Ty::Special(&SIZE);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        match value.known() {
            Known::Number(Some(-1.0)) => Some(Self(-1)),
            _ => Size::read(value, cx).map(|size| Self(size.0)),
        }
    }
}

fn parse_size(text: &str) -> Option<i64> {
    let lower = text.trim().to_ascii_lowercase();
    let digits = lower.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = &lower[digits.len()..];
    let shift = match unit {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        "t" | "tb" | "tib" => 40,
        _ => return None,
    };
    let number: f64 = digits.trim().parse().ok()?;
    let bytes = number * (1u64 << shift) as f64;
    ((0.0..9e18).contains(&bytes)).then_some(bytes as i64)
}

/// A span of time, in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duration(pub i64);

static DURATION: Special = Special {
    name: "Duration",
    written: &[Ty::Number, Ty::String],
    doc: "Seconds, or a string such as `\"1m30s\"` (ns, us, ms, s, m, h).",
};

impl Arg for Duration {
    const TY: Ty = Ty::Special(&DURATION);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let nanos = match value.known() {
            Known::Number(_) => {
                let seconds = f64::read(value, cx)?;
                if seconds.abs() > 9.2e9 {
                    return cx.invalid("is out of range");
                }
                (seconds * 1e9).round() as i64
            }
            Known::String(Some(bytes)) => {
                let text = text(bytes, cx)?;
                match parse_duration(&text) {
                    Some(nanos) => nanos,
                    None => {
                        let shown = quote(&text);
                        return cx.invalid(&format!("must be a duration like \"1m30s\", got {shown}"));
                    }
                }
            }
            Known::String(None) => return None,
            other => return cx.expected("seconds or a duration like \"1m30s\"", other.kind()),
        };
        if nanos < 0 { cx.invalid("must not be negative") } else { Some(Duration(nanos)) }
    }
}

/// Parses Go's form of a duration (`1h2m3.5s`) or plain seconds into nanoseconds.
pub fn parse_duration(text: &str) -> Option<i64> {
    let mut rest = text.trim();
    if let Ok(seconds) = rest.parse::<f64>() {
        return (seconds.is_finite() && seconds.abs() < 9e9).then_some((seconds * 1e9) as i64);
    }
    let mut total = 0.0;
    while !rest.is_empty() {
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let value: f64 = rest[..number].parse().ok()?;
        rest = &rest[number..];
        let unit = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        total += value
            * match &rest[..unit] {
                "ns" => 1.0,
                "us" | "µs" => 1e3,
                "ms" => 1e6,
                "s" => 1e9,
                "m" => 60e9,
                "h" => 3600e9,
                _ => return None,
            };
        rest = &rest[unit..];
    }
    (total < 9e18 && !text.trim().is_empty()).then_some(total as i64)
}

/// A moment, in nanoseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time(pub i64);

static TIME: Special = Special {
    name: "Time",
    written: &[Ty::Number, Ty::String],
    doc: "Seconds since 1970, or RFC 3339 such as `\"2024-05-01T12:00:00Z\"`.",
};

impl Arg for Time {
    const TY: Ty = Ty::Special(&TIME);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        match value.known() {
            Known::Number(_) => {
                let seconds = f64::read(value, cx)?;
                if seconds.abs() > 9.2e9 {
                    return cx.invalid("is out of range");
                }
                // The whole seconds exactly, the fraction as well as a double has it.
                Some(Time(seconds.trunc() as i64 * 1_000_000_000 + (seconds.fract() * 1e9).round() as i64))
            }
            Known::String(Some(bytes)) => {
                let text = text(bytes, cx)?;
                parse_rfc3339(&text).map(Time).or_else(|| {
                    let shown = quote(&text);
                    cx.invalid(&format!("must be RFC 3339 like \"2024-05-01T12:00:00Z\", got {shown}"))
                })
            }
            Known::String(None) => None,
            other => cx.expected("seconds since 1970 or RFC 3339 text", other.kind()),
        }
    }
}

/// Parses RFC 3339 into nanoseconds since 1970.
pub fn parse_rfc3339(text: &str) -> Option<i64> {
    let (date, rest) = text.split_once(['T', 't', ' '])?;
    let number = |text: &str, digits: usize| {
        (text.len() == digits && text.bytes().all(|b| b.is_ascii_digit()))
            .then(|| text.parse::<i64>().ok())?
    };
    let mut parts = date.split('-');
    let (y, m, d) = (number(parts.next()?, 4)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    if parts.next().is_some() {
        return None;
    }
    let zone = rest.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = rest.split_at(zone);
    let offset = match zone.split_at(1) {
        ("Z" | "z", "") => 0,
        (sign, hm) => {
            let (h, min) = hm.split_once(':')?;
            let (h, min) = (number(h, 2)?, number(min, 2)?);
            if h > 23 || min > 59 {
                return None;
            }
            let seconds = h * 3600 + min * 60;
            if sign == "-" { -seconds } else { seconds }
        }
    };
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let nanos: i64 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    let mut parts = clock.split(':');
    let (h, min, s) = (number(parts.next()?, 2)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
    let days = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let in_month = *days.get(usize::try_from(m - 1).ok()?)?;
    if parts.next().is_some() || !(1..=in_month).contains(&d) || h > 23 || min > 59 || s > 60 {
        return None;
    }
    // Days from the civil calendar, with years that begin in March.
    let (yy, mm) = if m <= 2 { (y - 1, m + 9) } else { (y, m - 3) };
    let era_days = 365 * yy + yy.div_euclid(4) - yy.div_euclid(100) + yy.div_euclid(400);
    let day = era_days + (153 * mm + 2) / 5 + d - 1 - 719_468;
    let seconds = day * 86_400 + h * 3600 + min * 60 + s - offset;
    seconds.checked_mul(1_000_000_000)?.checked_add(nanos)
}

/// Exit codes that count as success, in the order given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExitCodes(pub Vec<i32>);

static EXIT_CODES: Special = Special {
    name: "ExitCodes",
    written: &[Ty::Integer, Ty::List(&Ty::Integer), Ty::String],
    doc: "One code, a list of codes, or a range such as `\"0..5\"`, from 0 to 255.",
};

impl Arg for ExitCodes {
    const TY: Ty = Ty::Special(&EXIT_CODES);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        match value.known() {
            Known::Number(_) => exit_code(value, cx).map(|code| Self(vec![code])),
            Known::Table(table) => {
                let mut codes = Vec::new();
                let mut known = table.complete;
                for (index, item) in table.items.iter().enumerate() {
                    match cx.at(Step::Index(index), |cx| exit_code(item, cx)) {
                        Some(code) => codes.push(code),
                        None => known = false,
                    }
                }
                if let Some((key, _)) = table.fields.first() {
                    let key = key.text().to_owned();
                    return cx.invalid(&format!("must be a list of codes, got an entry `{key}`"));
                }
                if known && codes.is_empty() {
                    return cx.invalid("must not be empty");
                }
                known.then_some(Self(codes))
            }
            Known::String(Some(bytes)) => {
                let text = text(bytes, cx)?;
                let range = text.split_once("..").unwrap_or((&text, &text));
                let bound = |text: &str| text.trim().parse::<u8>().ok().map(i32::from);
                match (bound(range.0), bound(range.1)) {
                    (Some(first), Some(last)) if first <= last => Some(Self((first..=last).collect())),
                    _ => {
                        let shown = quote(&text);
                        cx.invalid(&format!("must be a range like \"0..5\" within 0 to 255, got {shown}"))
                    }
                }
            }
            Known::String(None) => None,
            other => cx.wrong_type(&Self::TY, other.kind()),
        }
    }
}

fn exit_code<V: View>(value: &V, cx: &mut Cx) -> Option<i32> {
    let code = i64::read(value, cx)?;
    if (0..=255).contains(&code) {
        Some(code as i32)
    } else {
        cx.invalid(&format!("must be from 0 to 255, got {code}"))
    }
}

/// A platform as it was given, its parts checked but not yet normalised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlatformSpec {
    Object(Platform),
    Parts { os: String, arch: String, variant: String },
}

/// A platform as a table.
#[derive(Debug, Options)]
pub struct PlatformOptions {
    /// The operating system, such as `linux`.
    #[option(default = "linux")]
    pub os: String,
    /// The architecture, such as `amd64`, `arm64` or `riscv64`.
    pub arch: String,
    /// The variant of the architecture, such as `v7`.
    pub variant: Option<String>,
}

static PLATFORM: Special = Special {
    name: "PlatformSpec",
    written: &[Ty::String, <PlatformOptions as Arg>::TY, Ty::Object(crate::Object::Platform)],
    doc: "`\"os/arch[/variant]\"`, `{ os = …, arch = …, variant = … }`, or a Platform.",
};

const SYSTEMS: &[&str] = &[
    "linux",
    "windows",
    "darwin",
    "freebsd",
    "netbsd",
    "openbsd",
    "dragonfly",
    "solaris",
    "illumos",
    "aix",
    "plan9",
    "wasi",
    "wasip1",
    "js",
    "android",
    "ios",
];
const ARCHITECTURES: &[&str] = &[
    "amd64", "arm64", "arm", "386", "riscv64", "ppc64le", "ppc64", "s390x", "loong64", "mips", "mipsle",
    "mips64", "mips64le", "wasm", "x86_64", "x86-64", "aarch64", "armhf", "armel", "i386", "i686",
];

impl PlatformSpec {
    /// Checks the parts of a platform: each must be known and in its place.
    pub fn parts(os: &str, arch: &str, variant: &str, cx: &mut Cx) -> Option<Self> {
        let (os, arch) = (os.trim().to_ascii_lowercase(), arch.trim().to_ascii_lowercase());
        let os = if os == "macos" { "darwin".to_owned() } else { os };
        if ARCHITECTURES.contains(&&*os) && SYSTEMS.contains(&&*arch) {
            return cx.invalid(&format!("has its parts swapped, did you mean \"{arch}/{os}\"?"));
        }
        for (part, known, what) in
            [(&os, SYSTEMS, "operating system"), (&arch, ARCHITECTURES, "architecture")]
        {
            if !known.contains(&&**part) {
                let meant = crate::nearest(part, known.iter().copied())
                    .map_or(String::new(), |near| format!(", did you mean \"{near}\"?"));
                return cx.invalid(&format!("names an unknown {what} \"{part}\"{meant}"));
            }
        }
        let variant = variant.trim().to_ascii_lowercase();
        let known_variant = variant.is_empty()
            || variant.strip_prefix('v').unwrap_or(&variant).starts_with(|c: char| c.is_ascii_digit());
        if !known_variant {
            return cx.invalid(&format!("names an unknown variant \"{variant}\""));
        }
        Some(PlatformSpec::Parts { os, arch, variant })
    }

    pub fn parse(text: &str, cx: &mut Cx) -> Option<Self> {
        let parts: Vec<&str> = text.split('/').collect();
        match parts.as_slice() {
            [os, arch] => Self::parts(os, arch, "", cx),
            [os, arch, variant] if !variant.is_empty() => Self::parts(os, arch, variant, cx),
            _ => {
                let shown = quote(text);
                cx.invalid::<()>(&format!("must be \"os/arch[/variant]\", got {shown}"));
                if ARCHITECTURES.contains(&text) {
                    cx.hint(format!("did you mean \"linux/{text}\"?"));
                    cx.replacement(Replacement::String(format!("linux/{text}")));
                }
                None
            }
        }
    }
}

impl Arg for PlatformSpec {
    const TY: Ty = Ty::Special(&PLATFORM);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        match value.known() {
            Known::String(Some(bytes)) => {
                let text = text(bytes, cx)?;
                Self::parse(&text, cx)
            }
            Known::String(None) => None,
            Known::Table(_) => {
                let PlatformOptions { os, arch, variant } = PlatformOptions::read(value, cx)?;
                Self::parts(&os, &arch, variant.as_deref().unwrap_or(""), cx)
            }
            Known::Object(crate::Object::Platform, id) => id.map(|id| Self::Object(Platform(id))),
            other => cx.wrong_type(&Self::TY, other.kind()),
        }
    }
}

/// A list of texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strings(pub Vec<String>);

impl Arg for Strings {
    const TY: Ty = Ty::List(&Ty::String);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        <Vec<String>>::read(value, cx).map(Self)
    }
}

/// Either of two types, told apart by the Lua type of the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Either<A, B> {
    First(A),
    Second(B),
}

/// A type of which the Lua types it is written as are known, so that it can stand in an [`Either`].
pub trait Shape {
    fn fits(kind: Kind) -> bool;
}

macro_rules! shape {
    ($($ty:ty: $kind:ident;)+) => {
        $(impl Shape for $ty { fn fits(kind: Kind) -> bool { kind == Kind::$kind } })+
    };
}
shape! {
    bool: Boolean;
    NonEmpty: String;
}

impl<A: Arg + Shape, B: Arg> Arg for Either<A, B> {
    const TY: Ty = Ty::Union(&[A::TY, B::TY]);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let kind = value.kind();
        if A::fits(kind) {
            return A::read(value, cx).map(Self::First);
        }
        match kind {
            Kind::Table => B::read(value, cx).map(Self::Second),
            other => cx.wrong_type(&Self::TY, other),
        }
    }
}

/// Ports that an image exposes, as `port/protocol`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port(pub String);

static PORT: Special = Special {
    name: "Port",
    written: &[Ty::String, Ty::Integer],
    doc: "A port such as `8080`, `\"8080\"` or `\"53/udp\"`; without a protocol it is tcp.",
};

impl Arg for Port {
    const TY: Ty = Ty::Special(&PORT);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let given = Word::read(value, cx)?.0;
        let (ports, protocol) = given.split_once('/').unwrap_or((&given, "tcp"));
        let protocol = protocol.to_ascii_lowercase();
        let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
        let port = |text: &str| text.parse::<u16>().ok().filter(|port| *port > 0);
        match (port(first), port(last)) {
            (Some(first), Some(last)) if first <= last && ["tcp", "udp", "sctp"].contains(&&*protocol) => {
                Some(Port(format!("{ports}/{protocol}")))
            }
            _ => {
                let shown = quote(&given);
                cx.invalid(&format!("must be a port like \"8080\" or \"53/udp\", got {shown}"))
            }
        }
    }
}

/// A limit on a resource of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ulimit {
    pub soft: i64,
    pub hard: i64,
}

/// A soft and a hard limit.
#[derive(Debug, Options)]
pub struct UlimitOptions {
    /// The limit in force; -1 is unlimited.
    pub soft: i64,
    /// The limit up to which the process may raise it; -1 is unlimited.
    pub hard: i64,
}

static ULIMIT: Special = Special {
    name: "Ulimit",
    written: &[Ty::Integer, <UlimitOptions as Arg>::TY],
    doc: "One number for both limits, or `{ soft = …, hard = … }`; -1 is unlimited.",
};

impl Arg for Ulimit {
    const TY: Ty = Ty::Special(&ULIMIT);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let limit = match value.known() {
            Known::Number(_) => {
                let both = i64::read(value, cx)?;
                Ulimit { soft: both, hard: both }
            }
            Known::Table(_) => {
                let UlimitOptions { soft, hard } = UlimitOptions::read(value, cx)?;
                Ulimit { soft, hard }
            }
            other => return cx.wrong_type(&Self::TY, other.kind()),
        };
        if limit.soft < -1 || limit.hard < -1 {
            return cx.invalid("must be -1 (unlimited) or more");
        }
        if limit.hard != -1 && (limit.soft == -1 || limit.soft > limit.hard) {
            return cx.invalid("must not have a soft limit above its hard limit");
        }
        Some(limit)
    }
}

/// Limits by name, in the order of the names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ulimits(pub BTreeMap<String, Ulimit>);

const ULIMIT_NAMES: &[&str] = &[
    "core",
    "cpu",
    "data",
    "fsize",
    "locks",
    "memlock",
    "msgqueue",
    "nice",
    "nofile",
    "nproc",
    "rss",
    "rtprio",
    "rttime",
    "sigpending",
    "stack",
];

impl Arg for Ulimits {
    const TY: Ty = Ty::Map(&Ulimit::TY);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let limits = <BTreeMap<String, Ulimit>>::read(value, cx)?;
        for name in limits.keys() {
            if !ULIMIT_NAMES.contains(&&**name) {
                let meant = crate::nearest(name, ULIMIT_NAMES.iter().copied())
                    .map_or(String::new(), |near| format!(", did you mean `{near}`?"));
                let name = name.clone();
                return cx.at(Step::Key(name.clone()), |cx| {
                    cx.invalid::<()>(&format!("is not a limit: unknown name `{name}`{meant}"));
                    cx.focus(crate::Focus::Key);
                    None
                });
            }
        }
        Some(Self(limits))
    }
}

/// A secret given to a command as an environment variable.
#[derive(Debug, Clone, PartialEq, Eq, Options)]
pub struct SecretEnvOptions {
    /// The id of the secret, as `buildctl build --secret id=…` names it.
    pub id: NonEmpty,
    /// Whether the command runs without it where the secret is not given.
    #[option(default = false)]
    pub optional: bool,
}

/// Writes text in quotes for a message, shortened where it is long.
pub fn quote(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    let dots = if short.len() < text.len() { "…" } else { "" };
    format!("\"{}{dots}\"", short.escape_debug())
}
