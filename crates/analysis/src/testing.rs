//! What the tests share: scripts, the sample cases, and cursors.

use crate::Script;
use luakit_api::modules::{LoadError, Loader};
use luakit_diagnostics::{Code, SourceFile};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) fn script(text: &str) -> Script {
    Script::parse(Arc::new(SourceFile::new("build.lua", text)))
}

/// Returns the names and texts of the sample cases.
pub(crate) fn cases() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases");
    let mut cases: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    cases.sort();
    cases
}

/// Files in memory, by their path.
pub(crate) struct Files(pub(crate) BTreeMap<String, Arc<SourceFile>>);

impl Loader for Files {
    fn load(&self, path: &str) -> Result<Arc<SourceFile>, LoadError> {
        self.0.get(path).cloned().ok_or(LoadError::NotFound)
    }

    fn modules(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }
}

impl Files {
    pub(crate) fn new(files: &[(&str, &str)]) -> Files {
        let file =
            |(name, text): &(&str, &str)| ((*name).to_owned(), Arc::new(SourceFile::new(*name, *text)));
        Files(files.iter().map(file).collect())
    }

    /// The modules beside the sample cases.
    pub(crate) fn beside_cases() -> Files {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/lib");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| {
            let path = entry.unwrap().path();
            let name = format!("lib/{}", path.file_name().unwrap().to_string_lossy());
            let text = std::fs::read_to_string(&path).unwrap();
            (name.clone(), Arc::new(SourceFile::new(name, text)))
        });
        Files(files.collect())
    }

    /// Reads a fixture: the script, then `--- name.lua` in front of each further file.
    pub(crate) fn fixture(text: &str) -> (Script, Files) {
        let mut parts = text.split("\n--- ");
        let main = script(parts.next().unwrap());
        let files = parts.map(|part| {
            let (name, text) = part.split_once('\n').unwrap();
            (name.to_owned(), Arc::new(SourceFile::new(name, text)))
        });
        (main, Files(files.collect()))
    }
}

/// Takes the cursor `$0` out of a text.
pub(crate) fn cursor(text: &str) -> (String, usize) {
    let offset = text.find("$0").expect("a fixture has a cursor");
    (text.replacen("$0", "", 1), offset)
}

/// Checks the findings of a script: below each line, `-- ^^^ code: message` says what is found in it.
///
/// Names that are never read are told only where a fixture is about them: most have some.
#[track_caller]
pub(crate) fn check_findings(fixture: &str) {
    let plain: Vec<&str> = fixture.lines().filter(|line| !is_annotation(line)).collect();
    let (script, files) = Files::fixture(&plain.join("\n"));
    let mut found = crate::diagnostics(&script, Some(&files));
    if !fixture.contains(Code::UNUSED_NAME.name()) {
        found.retain(|finding| finding.code != Code::UNUSED_NAME);
    }
    let main_lines = script.file.lines.line_count();
    let mut out = String::new();
    for (i, line) in plain.iter().enumerate() {
        out.push_str(line);
        out.push('\n');
        if i >= main_lines {
            continue;
        }
        for finding in
            found.extract_if(.., |finding| script.file.line_column(finding.place.range.start).line == i + 1)
        {
            let range = finding.place.range;
            let column = script.file.line_column(range.start).column;
            let width = script.text(range).lines().next().map_or(1, |text| text.chars().count().max(1));
            let indent = " ".repeat((column - 1).saturating_sub(2));
            out.push_str(&format!("--{indent}{} {}: {}\n", "^".repeat(width), finding.code, finding.message));
        }
    }
    assert_eq!(out.trim_end(), fixture.trim_end(), "\n{out}");
}

fn is_annotation(line: &str) -> bool {
    line.strip_prefix("--").is_some_and(|rest| rest.trim_start().starts_with('^'))
}
