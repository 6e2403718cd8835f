//! `luakit check`: the findings of the editor, for pre-commit and CI.

use crate::cli::{CheckArgs, CheckFormat};
use crate::{output, script};
use luakit_analysis::Script;
use luakit_api::modules;
use luakit_check::{Options, worker};
use luakit_diagnostics::{Diagnostic, Severity, render_text, sort, to_github, to_json, to_sarif};
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

pub(crate) fn run(args: &CheckArgs) -> ExitCode {
    let found = collect(args);
    let (findings, checked) = match found {
        Ok(found) => found,
        Err(message) => {
            eprintln!("luakit: {message}");
            return ExitCode::from(script::UNUSABLE);
        }
    };
    let told = match args.format {
        CheckFormat::Text => text(&findings, checked),
        CheckFormat::Json => output::write(None, format!("{:#}\n", to_json(&findings)).as_bytes()),
        CheckFormat::Sarif => {
            let log = to_sarif(&findings, env!("CARGO_PKG_VERSION"));
            output::write(None, format!("{log:#}\n").as_bytes())
        }
        CheckFormat::Github => output::write(None, to_github(&findings).as_bytes()),
    };
    if let Err(message) = told {
        eprintln!("luakit: {message}");
        return ExitCode::from(script::UNUSABLE);
    }
    // Notes are information; they stop nobody.
    let stops = findings.iter().any(|finding| finding.severity <= Severity::Warning);
    if stops { ExitCode::from(script::FINDINGS) } else { ExitCode::SUCCESS }
}

fn collect(args: &CheckArgs) -> Result<(Vec<Diagnostic>, usize), String> {
    let options = Options { print: None, ..script::options(&args.eval)? };
    let mut findings = Vec::new();
    let scripts = scripts(&args.paths)?;
    for path in &scripts {
        for finding in check_one(path, &options, args.no_eval)? {
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
    }
    sort(&mut findings);
    Ok((findings, scripts.len()))
}

fn check_one(path: &Path, options: &Options, no_eval: bool) -> Result<Vec<Diagnostic>, String> {
    let file = script::read(path)?;
    // Tests are run by `luakit test`; of a file of tests the text is checked.
    let is_test = modules::is_test_name(&file.name);
    let stdlib = luakit_check::stdlib_of_environment();
    let loader = if is_test { luakit_check::test_loader(path, stdlib) } else { script::loader(path) };
    worker::run(|| {
        let parsed = Arc::new(Script::parse(file.clone()));
        if no_eval || is_test || !is_entry(path, &parsed) {
            return luakit_check::join(luakit_analysis::diagnostics(&parsed, Some(&loader)), &[]);
        }
        luakit_check::check(&parsed, &loader, options).0
    })
}

/// A module returns a value to the script that requires it; what returns nothing is run for its effect.
fn is_entry(path: &Path, script: &Script) -> bool {
    is_entry_name(path) || script.is_entry() || !script.is_module()
}

fn is_entry_name(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(modules::is_entry_name)
}

/// Returns the scripts that are named, and those found in the folders that are.
fn scripts(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut scripts = Vec::new();
    for path in paths {
        if !path.is_dir() {
            scripts.push(path.clone());
            continue;
        }
        let mut found = Vec::new();
        for entry in ignore::WalkBuilder::new(path).require_git(false).build() {
            let entry = entry.map_err(|err| err.to_string())?;
            if entry.file_type().is_some_and(|kind| !kind.is_dir()) && is_entry_name(entry.path()) {
                let path = entry.into_path();
                found.push(path.strip_prefix(".").map(Path::to_owned).unwrap_or(path));
            }
        }
        if found.is_empty() {
            eprintln!("luakit: no build.lua or *.build.lua in `{}`", path.display());
        }
        found.sort();
        scripts.extend(found);
    }
    Ok(scripts)
}

fn text(findings: &[Diagnostic], checked: usize) -> Result<(), String> {
    let color = output::use_color(io::stdout().is_terminal());
    let mut out: String = findings.iter().map(|finding| render_text(finding, color)).collect();
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let plural = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let scripts = plural(checked, "script");
    out.push_str(&match (count(Severity::Error), count(Severity::Warning)) {
        (0, 0) => format!("{scripts} checked, no findings\n"),
        (errors, warnings) => {
            format!("{scripts} checked: {}, {}\n", plural(errors, "error"), plural(warnings, "warning"))
        }
    });
    output::write(None, out.as_bytes())
}
