//! What a run executes, and which exit codes are success.

use super::{Word, quote};
use crate::arg::text;
use crate::{Arg, Cx, Known, Special, Step, Ty, View};

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
