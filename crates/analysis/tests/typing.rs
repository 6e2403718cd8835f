//! The examples, typed character by character: nothing panics, and what comes next is offered where a member, option,
//! choice or name begins.

// A test that cannot go on should say so with a panic.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use luakit_analysis::{Script, completions, diagnostics, hover, signature_help};
use luakit_api::modules::{LoadError, Loader};
use luakit_api::{BK_PLATFORMS, EXPECTATIONS, FUNCTIONS, GLOBALS, Object, TEST_GLOBALS, Ty, properties_of};
use luakit_diagnostics::SourceFile;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is not offered although it comes next, and why.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("node/build.lua: 6: miss typed `mounts`", "what the table is for is written on the lines below"),
    (
        "testing/build_test.lua: 18: miss",
        "the shape that an op is compared with is JSON, not an option of the API",
    ),
    (
        "testing/build_test.lua: 25: miss",
        "the shape that an op is compared with is JSON, not an option of the API",
    ),
];

fn examples() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

fn scripts_below(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            scripts_below(&path, found);
        } else if path.extension().is_some_and(|it| it == "lua") {
            found.push(path);
        }
    }
}

/// The modules beside a script; a script in `lib` is required from the folder above.
struct Beside(PathBuf);

impl Loader for Beside {
    fn load(&self, path: &str) -> Result<Arc<SourceFile>, LoadError> {
        let text = std::fs::read_to_string(self.0.join(path)).map_err(|_| LoadError::NotFound)?;
        Ok(Arc::new(SourceFile::new(path, text)))
    }
}

fn loader_of(path: &Path) -> Beside {
    let folder = path.parent().unwrap();
    let root = if folder.ends_with("lib") { folder.parent().unwrap() } else { folder };
    Beside(root.to_owned())
}

/// Runs `work` on each example, on two threads with the stack that callers give.
fn on_examples(work: fn(&str, &str, &Beside) -> Vec<String>) -> Vec<String> {
    let mut paths = Vec::new();
    scripts_below(&examples(), &mut paths);
    assert!(paths.len() > 10, "{paths:?}");
    let threads = (0..2).map(|half| {
        let paths: Vec<PathBuf> = paths.iter().skip(half).step_by(2).cloned().collect();
        let work = move || {
            let told = paths.iter().flat_map(|path| {
                let text = std::fs::read_to_string(path).unwrap();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                let told = work(&name, &text, &loader_of(path));
                let shown = path.strip_prefix(examples()).unwrap().display().to_string();
                told.into_iter().map(move |it| format!("{shown}: {it}"))
            });
            told.collect::<Vec<_>>()
        };
        std::thread::Builder::new().stack_size(64 << 20).spawn(work).unwrap()
    });
    let threads: Vec<_> = threads.collect();
    threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
}

fn script(name: &str, text: &str) -> Script {
    Script::parse(Arc::new(SourceFile::new(name, text)))
}

#[test]
fn nothing_panics_at_any_prefix() {
    on_examples(|name, text, loader| {
        // A debug build is slow, so of words every second letter does.
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == ' ';
        let places = text.char_indices().enumerate().filter(|(i, (_, c))| i % 2 == 0 || !is_word(*c));
        for (_, (offset, _)) in places {
            let script = script(name, &text[..offset]);
            diagnostics(&script, Some(loader));
            for item in completions(&script, offset, Some(loader)) {
                assert!(item.range.touches(offset), "{item:?} at {offset}");
            }
            hover(&script, offset, Some(loader));
            signature_help(&script, offset, Some(loader));
        }
        Vec::new()
    });
}

/// What the API knows of the text behind a trigger.
struct Known {
    members: BTreeSet<&'static str>,
    options: BTreeSet<&'static str>,
    choices: BTreeSet<&'static str>,
}

impl Known {
    fn all() -> Known {
        let mut known =
            Known { members: BTreeSet::new(), options: BTreeSet::new(), choices: BTreeSet::new() };
        let mut types: Vec<Ty> = Vec::new();
        for function in FUNCTIONS {
            known.members.insert(function.name);
            known.members.extend(function.aliases);
            types.extend(function.params.iter().map(|param| param.ty));
        }
        known.members.extend(properties_of(Object::Platform).iter().chain(BK_PLATFORMS).map(|it| it.name));
        known.members.extend(EXPECTATIONS.iter().map(|it| it.name));
        known.members.extend(["concat", "insert", "format", "gsub", "ops", "digest", "evaluate", "findings"]);
        while let Some(ty) = types.pop() {
            known.choices.extend(ty.choices().iter().flat_map(|it| it.values).map(|value| value.name));
            types.extend(ty.item());
            for options in ty.options() {
                for field in options.fields {
                    if known.options.insert(field.name) {
                        types.push(field.ty);
                    }
                }
            }
        }
        known
    }
}

/// Tells of each byte whether it is in code; the quotes around a string are.
fn code(script: &Script, text: &str) -> Vec<bool> {
    let mut code = vec![true; text.len()];
    for range in script.comments() {
        code[range.start..range.end].fill(false);
    }
    let mut at = 0;
    while at < text.len() {
        if code[at] && text.as_bytes()[at] == b'"' {
            let mut end = at + 1;
            while text.as_bytes()[end] != b'"' {
                end += if text.as_bytes()[end] == b'\\' { 2 } else { 1 };
            }
            code[at + 1..end].fill(false);
            at = end;
        }
        at += 1;
    }
    code
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

/// Returns what should be offered behind a trigger, if the API or the script knows what comes next.
fn expected<'t>(known: &Known, names: &BTreeSet<&str>, trigger: char, rest: &'t str) -> Option<&'t str> {
    let next = rest.trim_start();
    let name = word(next);
    match trigger {
        '.' | ':' => known.members.contains(name).then_some(name),
        '{' => {
            let is_key = next[name.len()..].trim_start().starts_with('=');
            let is_name = names.contains(name) || GLOBALS.contains(&name);
            (is_key && known.options.contains(name) || !is_key && is_name).then_some(name)
        }
        '(' => (names.contains(name) || GLOBALS.contains(&name)).then_some(name),
        _ => {
            let content = rest.split('"').next().unwrap();
            known.choices.contains(content).then_some(content)
        }
    }
}

#[test]
fn what_comes_next_is_offered() {
    let told = on_examples(|name, text, loader| {
        let known = Known::all();
        let whole = script(name, text);
        let code = code(&whole, text);
        let mut told = Vec::new();
        let mut quoted = false;
        for (at, trigger) in text.char_indices().filter(|(at, _)| code[*at]) {
            if trigger == '"' {
                quoted = !quoted;
            }
            let opens = matches!(trigger, '.' | ':' | '{' | '(') || trigger == '"' && quoted;
            if !opens {
                continue;
            }
            let (before, rest) = text.split_at(at + 1);
            // Names that are declared on lines above are in scope, in these scripts.
            let above = &before[..before.rfind('\n').map_or(0, |line| line + 1)];
            let locals = above.lines().filter_map(|line| line.strip_prefix("local "));
            let mut names: BTreeSet<&str> =
                locals.map(|line| word(line.strip_prefix("function ").unwrap_or(line))).collect();
            if name.ends_with("_test.lua") {
                names.extend(TEST_GLOBALS);
            }
            // Names are made up there.
            if matches!(trigger, '.' | '(')
                && before.lines().next_back().is_some_and(|line| line.contains("function "))
            {
                continue;
            }
            let Some(next) = expected(&known, &names, trigger, rest) else { continue };
            let blank = rest.len() - rest.trim_start().len();
            let blank = if trigger == '"' { 0 } else { blank };
            // As it is typed, and with a hole in the finished text.
            let typed = format!("{before}{}", &rest[..blank]);
            let hole = format!("{typed}{}", &rest[blank + next.len()..]);
            for (how, text) in [("typed", &typed), ("hole", &hole)] {
                let items = completions(&script(name, text), typed.len(), Some(loader));
                let hit = items.iter().any(|item| item.label == next || item.insert == next);
                let line = before.matches('\n').count() + 1;
                let verdict = if hit { "hit" } else { "miss" };
                told.push(format!("{line}: {verdict} {how} `{next}` after `{trigger}`"));
            }
        }
        told
    });
    let misses: Vec<&String> = told
        .iter()
        .filter(|it| it.contains(": miss ") && !EXCEPTIONS.iter().any(|(place, _)| it.starts_with(place)))
        .collect();
    assert!(misses.is_empty(), "{} of {} are not offered:\n{misses:#?}", misses.len(), told.len());
    assert!(told.len() > 600, "only {} places were looked at", told.len());
}
