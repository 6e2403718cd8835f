//! How the tests evaluate a script. Nothing else here knows how that is called.

use luakit_api::modules::{LoadError, Loader};
use luakit_check::llb::text::{TextOptions, render};
use luakit_check::llb::{Source, diff};
use luakit_check::{DryRun, Options, Output, dry_run, worker};
use luakit_diagnostics::{SourceFile, render_text};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Modules held in memory, by their path.
#[derive(Default, Clone)]
pub(crate) struct Files(pub(crate) BTreeMap<String, String>);

impl Files {
    /// Splits a text at `--- name` lines into files; what comes first is the script.
    pub(crate) fn split(text: &str) -> (String, Files) {
        let mut files = BTreeMap::new();
        let mut name = "build.lua".to_owned();
        let mut current = String::new();
        for line in text.split_inclusive('\n') {
            match line.strip_prefix("--- ") {
                Some(next) => {
                    files.insert(
                        std::mem::replace(&mut name, next.trim().to_owned()),
                        std::mem::take(&mut current),
                    );
                }
                None => current.push_str(line),
            }
        }
        files.insert(name, current);
        (files.remove("build.lua").unwrap_or_default(), Files(files))
    }
}

impl Loader for Files {
    fn load(&self, path: &str) -> Result<Arc<SourceFile>, LoadError> {
        let text = self.0.get(path).ok_or(LoadError::NotFound)?;
        Ok(Arc::new(SourceFile::new(path, text.as_str())))
    }
}

/// Evaluates a script, with its modules behind it as [`Files::split`] takes them.
pub(crate) fn run(text: &str) -> DryRun {
    run_with(text, &options())
}

pub(crate) fn options() -> Options {
    Options {
        platform: Some(luakit_check::llb::Platform::new("linux", "amd64")),
        timeout: Duration::from_secs(20),
        ..Options::default()
    }
}

pub(crate) fn run_with(text: &str, options: &Options) -> DryRun {
    let (script, files) = Files::split(text);
    let file = Arc::new(SourceFile::new("build.lua", script));
    worker::run(|| dry_run(&file, &files, options)).unwrap()
}

/// Evaluates an expression and returns what it is, as `print` writes it.
pub(crate) fn printed(text: &str) -> String {
    let run = run(&format!("{text}\nbk.export(bk.scratch())"));
    let mut out: String = run.output.iter().map(|printed| printed.text.as_str()).collect();
    out.push_str(&rendered(&run));
    out
}

/// Splits a text into scripts, each after its name in a line `== name`.
pub(crate) fn scripts(text: &str) -> Vec<(String, String)> {
    let mut scripts: Vec<(String, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        match (line.strip_prefix("== "), scripts.last_mut()) {
            (Some(name), _) => scripts.push((name.trim_end().to_owned(), String::new())),
            (None, Some((_, script))) => script.push_str(line),
            (None, None) => {}
        }
    }
    scripts
}

/// Renders the findings as the command line prints them.
pub(crate) fn rendered(run: &DryRun) -> String {
    let text: String = run.diagnostics.iter().map(|finding| render_text(finding, false)).collect();
    assert_readable(&text);
    text
}

/// Renders the results: the graph, the metadata and the image's configuration.
pub(crate) fn graph(run: &DryRun) -> String {
    run.outputs.iter().map(result).collect()
}

fn result(output: &Output) -> String {
    let options = TextOptions { metadata: true, ..TextOptions::default() };
    let mut text = output.name.as_ref().map_or(String::new(), |name| format!("target {name}\n"));
    text.push_str(&render(&output.definition, &options));
    let config = format!("{:#}\n", output.image_config);
    if config.contains("\"config\": {\n") || config.contains("created") || config.contains("variant") {
        text.push_str("config ");
        text.push_str(&config);
    }
    text
}

/// What must never reach a user: names of our chunks, of the host's language, addresses.
pub(crate) fn assert_readable(text: &str) {
    let forbidden = [
        "luakit#",
        "[luakit]",
        "[C]",
        "0x",
        "::",
        "StateObject",
        "MountObject",
        "PlatformObject",
        "FilesObject",
        "mlua",
        "stand-in",
    ];
    for word in forbidden.into_iter().chain(["f64", "usize", "runtime error:", "stack traceback"]) {
        let shown = text.lines().any(|line| line.contains(word) && !line.contains(" | "));
        assert!(!shown, "`{word}` reaches the user:\n{text}");
    }
}

/// Compares the graphs of two scripts, as `luakit diff` prints it.
pub(crate) fn diff(before: &str, after: &str) -> String {
    let run = |text: &str| {
        let run = run(text);
        assert!(run.definition().is_some(), "{}", rendered(&run));
        run
    };
    let (before, after) = (run(before), run(after));
    let (Some(before), Some(after)) = (before.definition(), after.definition()) else { return String::new() };
    let was = |source: &Source| format!("old:{}", source.filename);
    let is = |source: &Source| source.filename.clone();
    let files =
        [diff::Files { definition: before, name: &was }, diff::Files { definition: after, name: &is }];
    diff::text::render(&diff::compare(before, after), &files[0], &files[1])
}
