//! Text that a script writes: names, bytes, words, lists.

use crate::arg::{number_text, text};
use crate::{Arg, Cx, Known, Ty, View};
use std::net::IpAddr;

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

/// The address of a host, as BuildKit's client writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(pub String);

impl Arg for Address {
    const TY: Ty = Ty::String;
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let NonEmpty(text) = NonEmpty::read(value, cx)?;
        match text.parse::<IpAddr>() {
            Ok(address) => Some(Self(address.to_canonical().to_string())),
            Err(_) => {
                let shown = quote(&text);
                cx.invalid(&format!("must be an IP address like \"10.0.0.1\", got {shown}"))
            }
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

/// Writes text in quotes for a message, shortened where it is long.
pub fn quote(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    let dots = if short.len() < text.len() { "…" } else { "" };
    format!("\"{}{dots}\"", short.escape_debug())
}
