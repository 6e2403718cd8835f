//! Scripts in `suite/<topic>/<case>.lua` with what must come of them beside them: the graph as `.llb`, or the findings
//! as `.stderr`. `UPDATE_EXPECT=1` writes the files.
//!
//! A case that begins with `-- locations` shows where each op was made, too.

use crate::support::{graph, options, rendered, run_with};
use expect_test::expect_file;
use luakit_check::llb::text::{TextOptions, render};
use std::path::{Path, PathBuf};

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite")
}

/// Returns the paths and texts of all cases.
pub(crate) fn cases() -> Vec<(PathBuf, String)> {
    let mut paths = Vec::new();
    for topic in std::fs::read_dir(folder()).unwrap() {
        for case in std::fs::read_dir(topic.unwrap().path()).unwrap() {
            let path = case.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "lua") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    let text = |path: &PathBuf| std::fs::read_to_string(path).unwrap();
    paths.iter().map(|path| (path.clone(), text(path))).collect()
}

#[test]
fn every_case_gives_what_stands_beside_it() {
    let mut options = options();
    options.args.insert("VERSION".into(), "1.2.3".into());
    for (path, text) in cases() {
        let run = run_with(&text, &options);
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let (llb, stderr) = (path.with_extension("llb"), path.with_extension("stderr"));
        assert!(run.definition().is_some() || !run.diagnostics.is_empty(), "{name}: nothing came of it");
        if let Some(definition) = run.definition() {
            let mut expected = graph(&run);
            if text.starts_with("-- locations") {
                expected = render(definition, &TextOptions { locations: true, ..TextOptions::default() });
            }
            expect_file![&llb].assert_eq(&expected);
        } else {
            assert!(!llb.exists(), "{name}: it has a graph no more:\n{}", rendered(&run));
        }
        if run.diagnostics.is_empty() {
            assert!(!stderr.exists(), "{name}: it has findings no more");
        } else {
            expect_file![&stderr].assert_eq(&rendered(&run));
        }
    }
}
