//! `luakit test`: runs the tests of scripts.

mod report;

use crate::cli::{TestArgs, TestFormat};
use crate::output::tell;
use crate::{output, script};
use luakit_api::modules::is_test_name;
use luakit_check::{TestFile, TestOutcome, stdlib_of_environment, test_loader};
use luakit_diagnostics::Place;
use luakit_project::walk;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A test and what came of it.
struct Tested {
    file: String,
    name: String,
    place: Option<Place>,
    /// None if it was skipped.
    outcome: Option<TestOutcome>,
}

impl Tested {
    fn failed(&self) -> bool {
        self.outcome.as_ref().is_some_and(|outcome| !outcome.passed())
    }
}

/// What stands in the place of a test's name when the file itself has errors.
const LOADING: &str = "(the file itself)";

pub(crate) fn run(args: &TestArgs) -> ExitCode {
    match run_all(args) {
        Ok(code) => code,
        Err(message) => {
            tell!("luakit: {message}");
            ExitCode::from(script::UNUSABLE)
        }
    }
}

fn run_all(args: &TestArgs) -> Result<ExitCode, String> {
    let (files, unread) = test_files(&args.paths)?;
    if files.is_empty() {
        return Err("no *_test.lua or *.test.lua was found".into());
    }
    let mut tested = Vec::new();
    for path in &files {
        let before = tested.len();
        run_file(path, args, &mut tested)?;
        if args.format == TestFormat::Text {
            let done = tested.get(before..).unwrap_or_default();
            output::write(None, report::file(done).as_bytes())?;
        }
    }
    if tested.is_empty() {
        return Err(match &args.filter {
            Some(filter) => format!("no test's name holds `{filter}`"),
            None => "the files declare no tests".into(),
        });
    }
    let text = match args.format {
        TestFormat::Text => report::summary(&tested),
        TestFormat::Json => report::json(&tested),
        TestFormat::Junit => report::junit(&tested),
    };
    output::write(None, text.as_bytes())?;
    let failed = tested.iter().any(Tested::failed);
    Ok(match (unread, failed) {
        (0, false) => ExitCode::SUCCESS,
        (0, true) => ExitCode::from(script::FINDINGS),
        _ => ExitCode::from(script::UNUSABLE),
    })
}

fn run_file(path: &Path, args: &TestArgs, tested: &mut Vec<Tested>) -> Result<(), String> {
    let file = script::read(path)?;
    let name = file.name.clone();
    let tests = TestFile::new(file, test_loader(path, stdlib_of_environment()), args.timeout);
    let listed = tests.run(None);
    if !listed.passed() {
        let name = LOADING.to_owned();
        tested.push(Tested { file: tests.file.name.clone(), name, place: None, outcome: Some(listed) });
        return Ok(());
    }
    for (number, test) in listed.tests.into_iter().enumerate() {
        if args.filter.as_ref().is_some_and(|filter| !test.name.contains(filter)) {
            continue;
        }
        let outcome = (!test.skipped).then(|| tests.run(Some(number)));
        tested.push(Tested { file: name.clone(), name: test.name, place: test.place, outcome });
    }
    Ok(())
}

/// Returns the files that are named, and the tests in the folders that are; and how many folders could not be read.
fn test_files(paths: &[PathBuf]) -> Result<(Vec<PathBuf>, usize), String> {
    let names = script::names()?;
    let is_test = |path: &Path| path.file_name().and_then(|name| name.to_str()).is_some_and(is_test_name);
    let mut files = Vec::new();
    let mut unread = 0;
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let found = walk(path, &names, None, is_test);
        for failure in &found.failures {
            tell!("luakit: {failure}");
        }
        unread += found.failures.len();
        let shown = |path: PathBuf| path.strip_prefix(".").map(Path::to_owned).unwrap_or(path);
        files.extend(found.files.into_iter().map(shown));
    }
    Ok((files, unread))
}
