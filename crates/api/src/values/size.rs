//! Numbers of bytes.

use super::quote;
use crate::arg::text;
use crate::{Arg, Cx, Known, Special, Ty, View};

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
    let digits = digits.trim_end();
    // What Rust takes for a number is more than what people write: `1e3`, `+5`, `.5`, `nan`.
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    if !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let bytes = digits.parse::<f64>().ok()? * (1u64 << shift) as f64;
    // A part of a byte is nothing, unless it comes of a unit, as in `1.1k`.
    let is_whole = shift > 0 && bytes >= 1.0 || bytes.fract() == 0.0;
    (is_whole && (0.0..9e18).contains(&bytes)).then_some(bytes as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_digits_and_a_unit() {
        let sizes = [
            ("512m", 512 << 20),
            ("1.5 k", 1536),
            ("1.1k", 1126),
            ("0", 0),
            ("7b", 7),
            ("2.0", 2),
            ("1TiB", 1 << 40),
        ];
        for (text, bytes) in sizes {
            assert_eq!(parse_size(text), Some(bytes), "{text}");
        }
        for text in
            ["0.5", "1.5b", "0.0001k", "1e3", "+5m", "-5m", ".5m", "5.m", "", "m", "nan", "inf", "9999999t"]
        {
            assert_eq!(parse_size(text), None, "{text}");
        }
    }
}
