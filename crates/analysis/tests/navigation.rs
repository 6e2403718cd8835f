//! Questions about whole projects: whatever the text, nothing panics, every range lies in its file, and none takes
//! time that grows with the square of the text.

// A test that cannot go on should say so with a panic.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use luakit_analysis::project::Project;
use luakit_analysis::{
    CallKind, Script, call_items, definition, document_links, highlights, implementation, incoming_calls,
    outgoing_calls, prepare_rename, references, rename, type_definition, workspace_symbols,
};
use luakit_diagnostics::{SourceFile, TextRange};
use proptest::prelude::*;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Runs `work` with the stack that callers give.
fn on_large_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(work).unwrap();
    thread.join().unwrap();
}

fn project(text: &str) -> Project {
    Project::alone("build.lua", &Arc::new(Script::parse(Arc::new(SourceFile::new("build.lua", text)))))
}

/// Asks everything that can be asked of a project at an offset.
fn ask(project: &Project, text: &str, offset: usize) {
    let inside = |range: TextRange| {
        assert!(text.get(range.start..range.end).is_some(), "{range:?} is not in {text:?}");
    };
    for navigation in [
        definition(project, 0, offset),
        type_definition(project, 0, offset),
        implementation(project, 0, offset),
    ] {
        for target in navigation.into_iter().flat_map(|it| it.targets) {
            inside(target.full);
            inside(target.focus.range);
            assert!(target.full.covers(target.focus.range), "{target:?}");
        }
    }
    references(project, 0, offset, true).into_iter().flatten().for_each(|at| inside(at.range));
    highlights(project, 0, offset).into_iter().flatten().for_each(|it| inside(it.range));
    for item in call_items(project, 0, offset) {
        assert!(item.full.covers(item.focus), "{item:?}");
        for calls in [
            incoming_calls(project, 0, item.focus.start, item.kind),
            outgoing_calls(project, 0, item.focus.start, item.kind),
        ] {
            calls.iter().flat_map(|it| &it.from).for_each(|range| inside(*range));
        }
    }
    if let Ok(range) = prepare_rename(project, 0, offset) {
        inside(range);
        assert!(range.touches(offset));
        let old = text.get(range.start..range.end).unwrap();
        for edit in rename(project, 0, offset, "other").unwrap_or_default() {
            assert_eq!(text.get(edit.at.range.start..edit.at.range.end), Some(old), "in {text:?}");
        }
    }
}

fn ask_everywhere(text: &str) {
    let project = project(text);
    for (offset, _) in text.char_indices() {
        ask(&project, text, offset);
    }
    ask(&project, text, text.len());
    workspace_symbols(&project, "a");
    outgoing_calls(&project, 0, 0, CallKind::File);
    document_links(&Script::parse(Arc::new(SourceFile::new("build.lua", text))));
}

fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "local ",
        "a",
        "b",
        "M",
        ".",
        ":",
        "f",
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        "=",
        ",",
        "\"a\"",
        "'b",
        "function ",
        "end ",
        "return ",
        "self",
        "for ",
        "in ",
        "pairs",
        "ipairs",
        "do ",
        "if ",
        "then ",
        "require",
        "\n",
        "\r\n",
        "---@param a State\n",
        "-- a\n",
        "`{a}`",
        "`{",
        "😀",
        "é",
        "bk",
        "image",
        "setmetatable",
        "__index",
        "nil ",
        "local M = {}\n",
        "function M.f(a) end\n",
        "M.f(a)\n",
        "return M\n",
        "[[",
        "]]",
        "..",
        "+= 1 ",
        "1",
        " ",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn any_text_has_answers(pieces in prop::collection::vec(piece(), 0..40)) {
        let text = pieces.concat();
        on_large_stack(move || ask_everywhere(&text));
    }
}

/// Asks about the last name of a long text, and tells how long that took.
fn time(text: &str, mark: &str) -> Duration {
    let (text, mark) = (text.to_owned(), mark.to_owned());
    let (send, receive) = std::sync::mpsc::channel();
    on_large_stack(move || {
        let project = project(&text);
        let begun = Instant::now();
        ask(&project, &text, text.rfind(&mark).unwrap());
        workspace_symbols(&project, "f");
        send.send(begun.elapsed()).unwrap();
    });
    receive.recv().unwrap()
}

#[test]
fn ten_thousand_lines_take_no_time_that_grows_with_their_square() {
    let repeat = |line: &str| -> String {
        (0..10_000).map(|i| line.replace('#', &i.to_string()) + "\n").collect::<Vec<_>>().concat()
    };
    let scripts = [
        (format!("local x = 1\n{}", repeat("x = x + #")), "x ="),
        (format!("local M = {{}}\n{}M.f1()", repeat("function M.f#(a) return M.f1(a) end")), "f1()"),
        (format!("local t = {{}}\n{}print(t.a1)", repeat("t.a# = { name = '#' } print(t[x], t.a1)")), "a1)"),
        (
            format!(
                "local l = {{\n{}}}\nfor _, it in ipairs(l) do print(it.name) end",
                repeat("{ name = '#' },")
            ),
            "name)",
        ),
        (
            format!(
                "local f = {{\n{}}}\nfor k, g in pairs(f) do g() end",
                repeat("f# = function(a) return f.f1(a) end,")
            ),
            "g()",
        ),
        (format!("{}x.", repeat("local x# = x")), "x."),
        (format!("local x = 1\n{}", repeat("x.y:")), "y"),
        (repeat("---@param a State"), "a"),
    ];
    for (text, mark) in scripts {
        let took = time(&text, mark);
        assert!(took < Duration::from_secs(4), "{took:?} for\n{}", text.get(..200).unwrap_or(&text));
    }
}
