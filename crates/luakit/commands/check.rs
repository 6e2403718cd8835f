//! `luakit check`: the findings of the editor, for pre-commit and CI.

use crate::cli::{CheckArgs, CheckFormat};
use crate::output::tell;
use crate::{output, script};
use luakit_api::nearest;
use luakit_check::Options;
use luakit_diagnostics::{CODES, Code, Diagnostic, Severity, render_text, to_github, to_json, to_sarif};
use luakit_project::{Checked, Fixed, Request};
use std::io::{self, IsTerminal};
use std::process::ExitCode;

/// How often fixes are applied: one may bring another to light, but never for ever.
const ROUNDS: usize = 10;

pub(crate) fn run(args: &CheckArgs) -> ExitCode {
    let unusable = |message: String| {
        tell!("luakit: {message}");
        ExitCode::from(script::UNUSABLE)
    };
    if let Some(code) = &args.explain {
        return explain(code).map_or_else(unusable, |()| ExitCode::SUCCESS);
    }
    let (checked, fixed) = match check(args) {
        Ok(checked) => checked,
        Err(message) => return unusable(message),
    };
    for folder in &checked.empty {
        tell!("luakit: no build.lua or *.build.lua in `{}`", if folder.is_empty() { "." } else { folder });
    }
    for failure in &checked.failures {
        tell!("luakit: {failure}");
    }
    let findings = &checked.findings;
    let report = match args.format {
        CheckFormat::Text => text(&checked, fixed),
        CheckFormat::Json => format!("{:#}\n", to_json(findings)),
        CheckFormat::Sarif => format!("{:#}\n", to_sarif(findings, env!("CARGO_PKG_VERSION"))),
        CheckFormat::Github => to_github(findings),
    };
    if let Err(message) = output::write(None, report.as_bytes()) {
        return unusable(message);
    }
    // Notes are information; they stop nobody.
    let stops = findings.iter().any(|finding| finding.severity <= Severity::Warning);
    match (checked.failures.is_empty(), stops) {
        (false, _) => ExitCode::from(script::UNUSABLE),
        (true, true) => ExitCode::from(script::FINDINGS),
        (true, false) => ExitCode::SUCCESS,
    }
}

fn check(args: &CheckArgs) -> Result<(Checked, Fixed), String> {
    let given = script::given(&args.eval)?;
    let options = Options { print: None, platform: None, ..script::with_given(&args.eval, &given) };
    let request = Request {
        paths: args.paths.clone(),
        names: script::names()?,
        options,
        given: given.into_iter().map(|(given, _)| given).collect(),
        platforms: args.eval.platform.clone(),
        no_eval: args.no_eval,
        stdlib: luakit_check::stdlib_of_environment(),
        overdue: |name| {
            tell!("luakit: {name}: script evaluation timed out and could not be stopped");
            std::process::exit(i32::from(script::FINDINGS));
        },
    };
    let mut checked = luakit_project::check(&request)?;
    let mut total = Fixed::default();
    for _ in 0..if args.fix { ROUNDS } else { 0 } {
        let fixed = luakit_project::apply(&checked.findings, &request.names);
        total.failures = fixed.failures;
        if fixed.findings == 0 {
            break;
        }
        total.findings += fixed.findings;
        total.files = total.files.max(fixed.files);
        checked = luakit_project::check(&request)?;
    }
    checked.failures.append(&mut total.failures);
    Ok((checked, total))
}

fn text(checked: &Checked, fixed: Fixed) -> String {
    let color = output::use_color(io::stdout().is_terminal());
    let findings = &checked.findings;
    let mut out: String = findings.iter().map(|finding| render_text(finding, color)).collect();
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let plural = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let scripts = plural(checked.scripts, "script");
    let fixed = match fixed.findings {
        0 => String::new(),
        n => format!(", {} fixed", plural(n, "finding")),
    };
    let advice = count(Severity::Note) + count(Severity::Hint);
    out.push_str(&match (count(Severity::Error), count(Severity::Warning), advice) {
        (0, 0, 0) if fixed.is_empty() => format!("{scripts} checked, no findings\n"),
        (0, 0, 0) => format!("{scripts} checked{fixed}, no findings left\n"),
        (errors, warnings, notes) => {
            let notes = if notes == 0 { String::new() } else { format!(", {}", plural(notes, "note")) };
            let (errors, warnings) = (plural(errors, "error"), plural(warnings, "warning"));
            format!("{scripts} checked{fixed}: {errors}, {warnings}{notes}\n")
        }
    });
    let safe = |it: &&Diagnostic| it.fixes.iter().any(|fix| fix.safe);
    match findings.iter().filter(safe).count() {
        0 => {}
        n => out.push_str(&format!("{} can be fixed with `--fix`\n", plural(n, "finding"))),
    }
    out
}

/// Prints the page of a code.
fn explain(name: &str) -> Result<(), String> {
    let Some(code) = Code::from_name(name) else {
        let near = nearest(name, CODES.iter().map(|code| code.name()));
        let meant = near.map_or(String::new(), |near| format!(", did you mean `{near}`?"));
        return Err(format!("unknown code `{name}`{meant}"));
    };
    let level = if code.is_off_by_default() { "off" } else { code.severity().name() };
    let meaning = code.meaning().trim().lines().map(str::trim).collect::<Vec<_>>().join(" ");
    output::write(None, format!("{code} ({level})\n\n{meaning}\n\n{}\n", code.page().trim()).as_bytes())
}
