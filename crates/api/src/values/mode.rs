//! File modes: octal strings, numbers that can only mean one thing, symbolic changes.

use super::quote;
use crate::arg::{integer, text};
use crate::{Arg, Cx, Known, Replacement, Special, Ty, View};
use luakit_diagnostics::Code;

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
