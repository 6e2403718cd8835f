//! `luakit doctor`: looks whether everything that luakit works with is there, and says what to do where it is not.

mod look;
mod tools;

use crate::cli::{DoctorArgs, DoctorFormat};
use crate::output::tell;
use crate::{output, script};
use serde_json::json;
use std::io::{self, IsTerminal};
use std::process::ExitCode;

/// What was found out about one thing.
struct Line {
    /// What was looked at.
    subject: &'static str,
    level: Level,
    /// What is the case.
    text: String,
    /// What to do, if there is something to do.
    advice: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Ok,
    /// Something is missing that luakit can do without.
    Warn,
    /// Something is broken that was asked for.
    Fail,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Level::Ok => "ok",
            Level::Warn => "warn",
            Level::Fail => "fail",
        }
    }
}

impl Line {
    fn ok(subject: &'static str, text: impl Into<String>) -> Self {
        Self { subject, level: Level::Ok, text: text.into(), advice: None }
    }

    fn warn(subject: &'static str, text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { subject, level: Level::Warn, text: text.into(), advice: Some(advice.into()) }
    }

    fn fail(subject: &'static str, text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { subject, level: Level::Fail, text: text.into(), advice: Some(advice.into()) }
    }
}

pub(crate) fn run(args: &DoctorArgs) -> ExitCode {
    if !args.path.is_dir() {
        tell!("luakit: `{}` is no folder", args.path.display());
        return ExitCode::from(script::UNUSABLE);
    }
    let mut lines = vec![look::version(), look::platform()];
    lines.extend(look::project(&args.path));
    lines.push(look::stdlib());
    lines.extend(tools::builders());
    lines.push(tools::daemon());
    lines.extend(tools::editors());
    lines.push(look::terminal());
    let text = match args.format {
        DoctorFormat::Text => text(&lines),
        DoctorFormat::Json => json(&lines),
    };
    if let Err(message) = output::write(None, text.as_bytes()) {
        tell!("luakit: {message}");
        return ExitCode::from(script::UNUSABLE);
    }
    let broken = lines.iter().any(|line| line.level == Level::Fail);
    if broken { ExitCode::from(script::FINDINGS) } else { ExitCode::SUCCESS }
}

fn text(lines: &[Line]) -> String {
    let color = output::use_color(io::stdout().is_terminal());
    let paint = |code: &str, text: &str| {
        if color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    };
    let width = lines.iter().map(|line| line.subject.len()).max().unwrap_or(0);
    let mut out = String::new();
    for line in lines {
        let code = match line.level {
            Level::Ok => "32",
            Level::Warn => "33",
            Level::Fail => "31;1",
        };
        let level = paint(code, &format!("{:<4}", line.level.name()));
        out.push_str(&format!("{level}  {:<width$}  {}\n", line.subject, line.text));
        if let Some(advice) = &line.advice {
            out.push_str(&format!("      {:<width$}  {} {advice}\n", "", paint("36;1", "hint:")));
        }
    }
    out
}

fn json(lines: &[Line]) -> String {
    let listed: Vec<_> = lines
        .iter()
        .map(|line| {
            json!({ "subject": line.subject, "level": line.level.name(), "text": line.text, "advice": line.advice })
        })
        .collect();
    let count = |level| lines.iter().filter(|line| line.level == level).count();
    let (warnings, failures) = (count(Level::Warn), count(Level::Fail));
    format!("{:#}\n", json!({ "lines": listed, "warnings": warnings, "failures": failures }))
}
