//! The library that `require("prelude")` gives: what its functions become, what they say of mistakes, and its manual.

// Helpers of tests are not tests to clippy.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use expect_test::expect_file;
use luakit_analysis::Script;
use luakit_api::modules::{EMBEDDED, LoadError, Loader};
use luakit_check::llb::{Platform, text};
use luakit_check::{DryRun, Options, check, worker};
use luakit_diagnostics::{Diagnostic, SourceFile, render_text};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A script's folder without modules: all that it requires is embedded.
struct Nothing;

impl Loader for Nothing {
    fn load(&self, _: &str) -> Result<Arc<SourceFile>, LoadError> {
        Err(LoadError::NotFound)
    }
}

fn checked(name: &str, script: &str) -> (Vec<Diagnostic>, DryRun) {
    let file = Arc::new(SourceFile::new(name, script));
    let options = Options { platform: Some(Platform::new("linux", "amd64")), ..Options::default() };
    worker::run(|| check(&Arc::new(Script::parse(file.clone())), &Nothing, &options)).unwrap()
}

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// Returns what there is to see of a script: what it prints, its findings, its LLB.
fn picture(name: &str, script: &str) -> String {
    let (findings, run) = checked(name, script);
    let mut picture: String = run.output.iter().map(|printed| printed.text.as_str()).collect();
    for finding in &findings {
        writeln!(picture, "{}", render_text(finding, false).trim_end()).unwrap();
    }
    if let Some(definition) = run.definition() {
        let options = text::TextOptions { metadata: true, ..text::TextOptions::default() };
        picture.push_str(&text::render(definition, &options));
    }
    picture
}

#[test]
fn each_function_becomes_what_its_picture_shows() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/prelude");
    let mut cases: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.extension().is_some_and(|extension| extension == "lua"));
    cases.sort();
    assert!(cases.len() > 10, "the cases were not found");
    for path in cases {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let script = std::fs::read_to_string(&path).unwrap();
        expect_file![path.with_extension("llb")].assert_eq(&picture(&name, &script));
    }
}

#[test]
fn the_same_script_gives_the_same_bytes() {
    let script = std::fs::read_to_string(repository("examples/go-and-node.lua")).unwrap();
    let bytes = || checked("go-and-node.lua", &script).1.definition().unwrap().encode();
    assert_eq!(bytes(), bytes());
}

#[test]
fn an_error_is_shown_where_the_script_made_it() {
    let script = "local prelude = require(\"prelude\")\nlocal function app()\n  return prelude.go_build(bk.scratch())\nend\nbk.export(app())\n";
    expect_test::expect![[r#"
        build.lua:3:18: prelude.go_build: src required (a state) [runtime-error]
         3 |   return prelude.go_build(bk.scratch())
           |                  ^^^^^^^^^^^^
          called from build.lua:5:11
    "#]]
    .assert_eq(&picture("build.lua", script));
}

#[test]
fn what_bk_refuses_is_traced_to_the_script() {
    let script = "local prelude = require(\"prelude\")\nbk.export(prelude.from_alpine(\"no tag\"))\n";
    let (findings, _) = checked("build.lua", script);
    let finding = findings.first().unwrap();
    assert_eq!(finding.place.file.name, "luakit:prelude/images");
    let callers: Vec<_> = finding.related.iter().map(|related| related.place.file.name.as_str()).collect();
    assert_eq!(callers, ["luakit:prelude/images", "build.lua"]);
}

#[test]
fn the_library_is_without_findings() {
    for (name, text) in EMBEDDED {
        let script = Script::parse(Arc::new(SourceFile::new(format!("luakit:{name}"), *text)));
        let found = luakit_analysis::diagnostics(&script, Some(&Nothing));
        assert!(found.is_empty(), "{}", found.iter().map(|f| render_text(f, false)).collect::<String>());
    }
}

/// What the library says of a function: its parameters, and whether each is described.
struct Said {
    params: String,
    described: BTreeSet<String>,
    returns: bool,
    doc: bool,
}

/// Reads the functions of the library and the comments above them.
fn declared() -> BTreeMap<String, Said> {
    let mut functions = BTreeMap::new();
    for (_, text) in EMBEDDED {
        let mut comments: Vec<&str> = Vec::new();
        for line in text.lines() {
            if let Some(comment) = line.strip_prefix("---") {
                comments.push(comment);
                continue;
            }
            if let Some((name, params)) =
                line.strip_prefix("function M.").and_then(|rest| rest.split_once('('))
                && !comments.is_empty()
            {
                let described = comments.iter().filter_map(|line| line.strip_prefix("@param "));
                let said = Said {
                    params: params.trim_end_matches(')').to_owned(),
                    described: described
                        .filter_map(|rest| rest.split(' ').next())
                        .map(str::to_owned)
                        .collect(),
                    returns: comments.iter().any(|line| line.starts_with("@return State")),
                    doc: comments.first().is_some_and(|line| line.starts_with(' ') && line.ends_with('.')),
                };
                functions.insert(name.to_owned(), said);
            }
            comments.clear();
        }
    }
    functions
}

#[test]
fn every_function_is_in_the_manual_and_the_other_way_round() {
    let manual = std::fs::read_to_string(repository("docs/prelude.md")).unwrap();
    let headings = manual.lines().filter_map(|line| line.strip_prefix("### `")?.split_once('('));
    let documented: BTreeMap<_, _> =
        headings.map(|(name, rest)| (name.to_owned(), rest.split(')').next().unwrap().to_owned())).collect();

    let script = "local names = {}\nfor name in pairs(require('prelude')) do table.insert(names, name) end\ntable.sort(names)\nprint(table.concat(names, ' '))\nbk.export(bk.scratch())\n";
    let (_, run) = checked("names.lua", script);
    let given: BTreeSet<_> = run.output[0].text.split_whitespace().map(str::to_owned).collect();
    assert_eq!(
        documented.keys().cloned().collect::<BTreeSet<_>>(),
        given,
        "docs/prelude.md against the library"
    );

    let declared = declared();
    assert_eq!(declared.keys().cloned().collect::<BTreeSet<_>>(), given, "doc comments against the library");
    for (name, said) in &declared {
        // The manual marks what may be left out, as the annotations do.
        let params: BTreeSet<_> =
            documented[name].split(", ").filter(|it| !it.is_empty()).map(str::to_owned).collect();
        assert_eq!(params, said.described, "the parameters of {name}");
        let plain: Vec<_> = documented[name].split(", ").map(|it| it.trim_end_matches('?')).collect();
        assert_eq!(plain.join(", "), said.params, "the parameters of {name}");
        assert!(said.doc && said.returns, "{name} lacks its comment");
    }
}

#[test]
fn every_script_of_the_manual_is_clean() {
    let manual = std::fs::read_to_string(repository("docs/prelude.md")).unwrap();
    let blocks: Vec<_> =
        manual.split("```lua\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(blocks.len() > 5, "the scripts were not found");
    for block in blocks {
        let (findings, run) = checked("manual.lua", block);
        let told: String = findings.iter().map(|finding| render_text(finding, false)).collect();
        assert!(findings.is_empty() && run.definition().is_some(), "{block}\n{told}");
    }
}
