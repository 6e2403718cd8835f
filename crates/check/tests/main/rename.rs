//! Renaming leaves what a script does as it was, and can be taken back.

use crate::suite;
use crate::support::{Files, graph, options};
use luakit_analysis::project::{Entry, FileId, Parser, Project};
use luakit_analysis::{Replacement, Script, rename};
use luakit_check::{dry_run, worker};
use luakit_diagnostics::SourceFile;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The texts of a script and its modules, by their paths.
type Texts = BTreeMap<String, String>;

/// How many names that the script has already are tried for each thing.
const OTHERS: usize = 3;

struct Parsing;

impl Parser for Parsing {
    fn parse(&self, files: Vec<(String, Arc<SourceFile>)>) -> Vec<Arc<Script>> {
        files.into_iter().map(|(_, file)| Arc::new(Script::parse(file))).collect()
    }
}

fn project(texts: &Texts) -> Project {
    let files = Files(texts.clone());
    let entry = Entry {
        root: String::new(),
        key: "build.lua".into(),
        script: Arc::new(Script::parse(Arc::new(SourceFile::new("build.lua", texts["build.lua"].as_str())))),
        loader: Some(&files),
    };
    Project::new(vec![entry], &Parsing)
}

/// Evaluates a script; one with mistakes gives nothing.
fn evaluate(texts: &Texts) -> Option<String> {
    let mut options = options();
    options.args.insert("VERSION".into(), "1.2.3".into());
    let file = Arc::new(SourceFile::new("build.lua", texts["build.lua"].as_str()));
    let run = dry_run(&file, &Files(texts.clone()), &options);
    run.definition().is_some().then(|| {
        let printed: String = run.output.iter().map(|printed| printed.text.as_str()).collect();
        graph(&run) + &printed
    })
}

fn apply(project: &Project, texts: &Texts, edits: &[Replacement]) -> Texts {
    let mut texts = texts.clone();
    for edit in edits.iter().rev() {
        let text = texts.get_mut(project.key(edit.at.file)).unwrap();
        text.replace_range(edit.at.range.start..edit.at.range.end, &edit.text);
    }
    texts
}

/// Returns where each name in a text begins, also where it is one of a comment.
fn names(text: &str) -> Vec<(usize, &str)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut found = Vec::new();
    let mut at = 0;
    for word in text.split_inclusive(|c| !is_part(c)) {
        let name = word.trim_end_matches(|c| !is_part(c));
        if name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            found.push((at, name));
        }
        at += word.len();
    }
    found
}

/// Renames each thing of a project to something new and to some of its other names. Returns how often that was done.
fn try_all(name: &str, texts: &Texts) -> usize {
    let Some(expected) = evaluate(texts) else { return 0 };
    let project = project(texts);
    let mut done: BTreeSet<(FileId, usize, String)> = BTreeSet::new();
    for file in 0..project.len() {
        let Some(text) = texts.get(project.key(file)) else { continue };
        let known: BTreeSet<&str> = names(text).into_iter().map(|(_, name)| name).collect();
        for (i, (offset, old)) in names(text).into_iter().enumerate() {
            let others = known.iter().copied().cycle().skip(i * 7 % known.len()).take(OTHERS);
            for new in std::iter::once("renamed_1").chain(others) {
                let Ok(edits) = rename(&project, file, offset, new) else { continue };
                let Some(first) = edits.first() else { continue };
                if !done.insert((first.at.file, first.at.range.start, new.to_owned())) {
                    continue;
                }
                let renamed = apply(&project, texts, &edits);
                let shown = || format!("{name}: `{old}` at {offset} to `{new}`:\n{renamed:#?}");
                assert_eq!(evaluate(&renamed).as_ref(), Some(&expected), "{}", shown());
                let after = self::project(&renamed);
                let back_file = after.file(project.key(first.at.file)).unwrap();
                let back = rename(&after, back_file, first.at.range.start, old);
                let back = back.unwrap_or_else(|message| panic!("{message}\n{}", shown()));
                assert_eq!(&apply(&after, &renamed, &back), texts, "{}", shown());
            }
        }
    }
    done.len()
}

/// Returns the scripts of the suite and the examples, with their modules.
fn projects() -> Vec<(String, Texts)> {
    let suite = suite::cases().into_iter().map(|(path, text)| {
        let (script, Files(mut files)) = Files::split(&text);
        files.insert("build.lua".into(), script);
        (path.display().to_string(), files)
    });
    let mut found: Vec<(String, Texts)> = suite.collect();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    for entry in std::fs::read_dir(examples).unwrap() {
        let path = entry.unwrap().path();
        let name = path.display().to_string();
        if path.join("build.lua").is_file() {
            let mut texts = Texts::new();
            lua_files(&path, &path, &mut texts);
            found.push((name, texts));
        } else if name.ends_with(".lua") {
            let text = std::fs::read_to_string(path).unwrap();
            found.push((name, Texts::from([("build.lua".into(), text)])));
        }
    }
    found.sort();
    found
}

fn lua_files(root: &Path, folder: &PathBuf, texts: &mut Texts) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            lua_files(root, &path, texts);
        } else if path.extension().is_some_and(|extension| extension == "lua") {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            texts.insert(name, std::fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn the_graph_stays_the_same_and_the_way_back_is_open() {
    let done: usize =
        worker::run(|| projects().iter().map(|(name, texts)| try_all(name, texts)).sum()).unwrap();
    assert!(done > 300, "only {done} things were renamed");
}

#[test]
fn fields_and_methods_keep_their_meaning_across_modules() {
    let texts = Texts::from([
        (
            "build.lua".to_owned(),
            "local tools = require('lib.tools')\nlocal base = tools.base('alpine')\nlocal b = tools.Builder.new(base)\n\
             b:step('one'):step('two')\nfor _, name in ipairs(tools.names) do b:step(name) end\n\
             local run = tools['finish']\nlocal opts = { base = b, last = 'x' }\nbk.export(run(opts))\n"
                .to_owned(),
        ),
        (
            "lib/tools.lua".to_owned(),
            "local M = { names = { 'a', 'b' } }\nlocal Builder = {}\nBuilder.__index = Builder\n\
             ---@param state State\nfunction Builder.new(state)\n  return setmetatable({ state = state }, Builder)\nend\n\
             function Builder:step(name)\n  self.state = self.state:run(name)\n  return self\nend\nM.Builder = Builder\n\
             function M.base(image) return bk.image(image) end\n\
             M.finish = function(opts)\n  local state = opts.base.state\n  return state:run(opts.last)\nend\nreturn M\n"
                .to_owned(),
        ),
    ]);
    let done = worker::run(|| try_all("tools", &texts)).unwrap();
    assert!(done > 40, "only {done} things were renamed");
}
