//! A value in an argument or option: what it comes to, and what the place is for.

use super::Hovering;
use crate::slot::Slot;
use crate::strings::{decode, number};
use luakit_api::render::{field_markdown, param};
use luakit_api::values::{CopyMode, Duration, Mode, Port, Size, Time};
use luakit_api::{Arg, Cx, FunctionId, Known, Ty, View};

/// A literal as the validator of the API sees it.
#[derive(Debug, Clone)]
pub(super) enum Written {
    String(String),
    Number(f64),
}

impl View for Written {
    fn known(&self) -> Known<Self> {
        match self {
            Written::String(text) => Known::String(Some(text.clone().into_bytes())),
            Written::Number(number) => Known::Number(Some(*number)),
        }
    }
}

impl Written {
    /// Reads a string as it is written.
    pub(super) fn of(literal: &str) -> Option<Written> {
        String::from_utf8(decode(literal)?).ok().map(Written::String)
    }

    pub(super) fn number(literal: &str) -> Option<Written> {
        number(literal).map(Written::Number)
    }

    fn text(&self) -> Option<&str> {
        match self {
            Written::String(text) => Some(text),
            Written::Number(_) => None,
        }
    }

    fn shown(&self) -> String {
        match self {
            Written::String(text) => format!("\"{text}\""),
            Written::Number(number) => number.to_string(),
        }
    }
}

impl Hovering<'_, '_> {
    /// Tells what a value comes to at its place.
    pub(super) fn value(&self, slot: &Slot, value: &Written) -> Option<String> {
        if let Some(text) = value.text() {
            let mut choices = slot.ty.choices().into_iter().flat_map(|choice| choice.values);
            if let Some(found) = choices.find(|it| it.name == text) {
                return Some(format!("`\"{}\"`: {}", found.name, found.doc));
            }
        }
        let place = place_markdown(slot);
        match self.meaning(slot, value) {
            Some(meaning) => Some(format!("`{}`: {meaning}\n\n{place}", value.shown())),
            None => Some(place),
        }
    }

    fn meaning(&self, slot: &Slot, value: &Written) -> Option<String> {
        let normal = &self.surroundings.normal;
        if slot.function.id == FunctionId::Image && slot.field.is_none() {
            let full = normal.image?(value.text()?)?;
            return Some(format!("`{full}`"));
        }
        specials(&slot.ty).into_iter().find_map(|special| match special {
            "Mode" => read::<Mode>(value).map(|mode| bits(mode.0)),
            "CopyMode" => read::<CopyMode>(value).map(|mode| match mode {
                CopyMode::Bits(mode) => bits(mode),
                CopyMode::Symbolic(text) => symbolic(&text),
            }),
            "Size" => read::<Size>(value).map(|size| bytes(size.0)),
            "Duration" => read::<Duration>(value).map(|it| nanoseconds(it.0)),
            "Time" => read::<Time>(value).map(|it| moment(it.0)),
            "Port" => read::<Port>(value).map(|it| format!("`{}`", it.0)),
            "PlatformSpec" => normal.platform?(value.text()?).map(|full| format!("`{full}`")),
            "Owner" => value.text().map(owner),
            _ => None,
        })
    }
}

fn read<T: Arg>(value: &Written) -> Option<T> {
    T::read(value, &mut Cx::new(""))
}

fn specials(ty: &Ty) -> Vec<&'static str> {
    match ty {
        Ty::Special(special) => vec![special.name],
        Ty::Union(types) => types.iter().flat_map(specials).collect(),
        _ => Vec::new(),
    }
}

/// Tells what the place of a value is for.
fn place_markdown(slot: &Slot) -> String {
    match slot.field {
        Some((options, field)) => field_markdown(field, options),
        None => {
            let call = slot.function.script_name();
            let mut out = format!("```lua\n({call}) {}\n```\n\n{}", param(slot.param), slot.param.doc);
            if let Ty::Special(special) = slot.param.ty {
                out.push_str(&format!("\n\n`{}`: {}", special.name, special.doc));
            }
            out
        }
    }
}

/// Writes permissions as `ls` does: `0755` is `rwxr-xr-x`.
fn bits(mode: u32) -> String {
    let mut out = String::new();
    for (shift, special, set, unset) in [(6, 0o4000, 's', 'S'), (3, 0o2000, 's', 'S'), (0, 0o1000, 't', 'T')]
    {
        let part = mode >> shift;
        out.push(if part & 4 != 0 { 'r' } else { '-' });
        out.push(if part & 2 != 0 { 'w' } else { '-' });
        out.push(match (part & 1 != 0, mode & special != 0) {
            (true, true) => set,
            (false, true) => unset,
            (true, false) => 'x',
            (false, false) => '-',
        });
    }
    let who = ["owner", "group", "others"].iter().zip([6, 3, 0]).map(|(who, shift)| {
        let part = (mode >> shift) & 7;
        let may = [(4, "read"), (2, "write"), (1, "execute")];
        let may: Vec<&str> = may.iter().filter(|(bit, _)| part & bit != 0).map(|(_, word)| *word).collect();
        format!("{who} {}", if may.is_empty() { "nothing".to_owned() } else { may.join(", ") })
    });
    format!("`{out}` (`{mode:04o}`): {}", who.collect::<Vec<_>>().join("; "))
}

/// Tells a change of permissions in words: `u+rwX,go-w`.
fn symbolic(text: &str) -> String {
    let clauses = text.split(',').map(|clause| {
        let ops = clause.trim_start_matches(['u', 'g', 'o', 'a']);
        let who = clause.get(..clause.len() - ops.len()).unwrap_or("");
        let who: Vec<&str> = match who {
            "" | "a" => vec!["all"],
            who => who
                .chars()
                .map(|c| match c {
                    'u' => "the owner",
                    'g' => "the group",
                    'o' => "others",
                    _ => "all",
                })
                .collect(),
        };
        format!("{}: `{ops}`", who.join(" and "))
    });
    format!(
        "{}. `X` is `x` for directories and for what is executable already",
        clauses.collect::<Vec<_>>().join("; ")
    )
}

fn bytes(size: i64) -> String {
    let units = [(40, "TB"), (30, "GB"), (20, "MB"), (10, "KB")];
    let large = units.iter().find(|(shift, _)| size >= 1 << shift);
    match large {
        Some((shift, unit)) => {
            let value = size as f64 / (1i64 << shift) as f64;
            format!("{} {unit} ({size} bytes)", (value * 100.0).round() / 100.0)
        }
        None => format!("{size} bytes"),
    }
}

fn nanoseconds(nanos: i64) -> String {
    let seconds = nanos as f64 / 1e9;
    let whole = nanos / 1_000_000_000;
    let (hours, minutes, rest) = (whole / 3600, whole % 3600 / 60, whole % 60);
    match whole {
        0..60 => format!("{seconds} seconds"),
        60..3600 => format!("{minutes} min {rest} s ({seconds} seconds)"),
        _ => format!("{hours} h {minutes} min {rest} s ({seconds} seconds)"),
    }
}

/// Writes a moment as RFC 3339 does.
fn moment(nanos: i64) -> String {
    let seconds = nanos.div_euclid(1_000_000_000);
    let (days, time) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // The calendar of Howard Hinnant's days_from_civil, the other way round.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (time / 3600, time % 3600 / 60, time % 60);
    format!("`{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z`")
}

fn owner(text: &str) -> String {
    let (user, group) = text.split_once(':').unwrap_or((text, ""));
    let one = |what: &str, name: &str| match name {
        "" => None,
        name if name.bytes().all(|byte| byte.is_ascii_digit()) => Some(format!("{what} number {name}")),
        name => Some(format!("{what} `{name}`, looked up in the state that is written to")),
    };
    [one("user", user), one("group", group)].into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// Tells the value of a number in other bases.
pub(super) fn number_markdown(literal: &str) -> Option<String> {
    let value = number(literal)?;
    if value.fract() != 0.0 || value.abs() >= 9e15 {
        return Some(format!("`{literal}` is the number {value}"));
    }
    let whole = value as i64;
    let mut out = format!("`{literal}` is the number {whole}");
    if whole > 9 {
        out.push_str(&format!(" (`0x{whole:X}`, octal {whole:o})"));
    }
    // What looks octal is decimal: the mistake is common enough to be told.
    let digits =
        literal.strip_prefix('0').filter(|it| it.len() > 1 && it.bytes().all(|b| (b'0'..=b'7').contains(&b)));
    if digits.is_some() {
        out.push_str(". Lua has no octal numbers: a mode is written as a string");
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_out() {
        assert_eq!(
            bits(0o755),
            "`rwxr-xr-x` (`0755`): owner read, write, execute; group read, execute; others read, execute"
        );
        assert_eq!(bits(0o1777).get(..11), Some("`rwxrwxrwt`"));
        assert_eq!(bytes(512 << 20), "512 MB (536870912 bytes)");
        assert_eq!(bytes(1536), "1.5 KB (1536 bytes)");
        assert_eq!(nanoseconds(90_000_000_000), "1 min 30 s (90 seconds)");
        assert_eq!(nanoseconds(500_000_000), "0.5 seconds");
        assert_eq!(moment(1_714_564_800_000_000_000), "`2024-05-01T12:00:00Z`");
        assert_eq!(moment(-1_000_000_000), "`1969-12-31T23:59:59Z`");
        assert_eq!(moment(951_782_400_000_000_000), "`2000-02-29T00:00:00Z`");
    }
}
