//! Durations and moments.

use super::quote;
use crate::arg::text;
use crate::{Arg, Cx, Known, Special, Ty, View};

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

/// A span of time that Docker measures: none, or at least a millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval(pub i64);

impl Arg for Interval {
    const TY: Ty = Duration::TY;
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let nanos = Duration::read(value, cx)?.0;
        match nanos {
            1..1_000_000 => cx.invalid("must not be less than a millisecond"),
            _ => Some(Self(nanos)),
        }
    }
}

/// Parses Go's form of a duration (`1h2m3.5s`) or plain seconds into nanoseconds.
pub fn parse_duration(text: &str) -> Option<i64> {
    let mut rest = text.trim();
    // Rust would read `1e3` and `infinity` as well.
    let plain = rest.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    if plain && let Ok(seconds) = rest.parse::<f64>() {
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
                let shown = quote(&text);
                match moment(&text).map(i64::try_from) {
                    Some(Ok(nanos)) => Some(Time(nanos)),
                    Some(Err(_)) => cx.invalid("is out of range"),
                    None => {
                        cx.invalid(&format!("must be RFC 3339 like \"2024-05-01T12:00:00Z\", got {shown}"))
                    }
                }
            }
            Known::String(None) => None,
            other => cx.expected("seconds since 1970 or RFC 3339 text", other.kind()),
        }
    }
}

/// Parses RFC 3339 into nanoseconds since 1970, where they fit into 64 bits.
pub fn parse_rfc3339(text: &str) -> Option<i64> {
    moment(text).and_then(|nanos| i64::try_from(nanos).ok())
}

fn moment(text: &str) -> Option<i128> {
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
    let nanos: i128 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
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
    Some(i128::from(seconds) * 1_000_000_000 + nanos)
}

#[cfg(test)]
mod tests {
    use super::parse_duration;

    #[test]
    fn durations_are_seconds_or_numbers_with_units_and_nothing_else() {
        let seconds = |text: &str| parse_duration(text).map(|nanos| nanos as f64 / 1e9);
        for (text, expected) in
            [("90", 90.0), ("1.5", 1.5), ("1m30s", 90.0), ("1h2m3.5s", 3723.5), ("5ms", 5e-3)]
        {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
        assert_eq!(seconds("-1"), Some(-1.0), "which is refused in words of its own");
        for text in ["", "1e3", "1e3s", "inf", "NaN", "+1", "1 m", "m", "1x", "1.2.3", "--1", "0x10"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
