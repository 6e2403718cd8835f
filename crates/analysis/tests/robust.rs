//! Whatever the text, nothing panics, and every range lies in it.

// A test that cannot go on should say so with a panic.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use luakit_analysis::{
    InlayHints, Script, completions, diagnostics, document_symbols, explain_operand, folding_ranges,
    function_names, hover, image_names, images_without_platform, inlay_hints, results, selection_ranges,
    semantic_tokens, signature_help,
};
use luakit_diagnostics::{SourceFile, TextRange};
use proptest::prelude::*;
use std::path::PathBuf;
use std::sync::Arc;

/// Runs `work` with the stack that callers give.
fn on_large_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(work).unwrap();
    thread.join().unwrap();
}

fn samples() -> Vec<(String, String)> {
    let cases = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let folders = [cases.clone(), cases.join("lib")];
    let files = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let mut samples: Vec<(String, String)> = files
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| (path.display().to_string(), std::fs::read_to_string(path).unwrap()))
        .collect();
    samples.sort();
    samples
}

/// Asks everything that can be asked with a cursor at `offset`.
fn ask(text: &str, offset: usize) {
    ask_script(&Script::parse(Arc::new(SourceFile::new("build.lua", text))), offset);
}

fn ask_script(script: &Script, offset: usize) {
    let text = script.file.text.as_str();
    let inside = |range: TextRange| {
        assert!(text.get(range.start..range.end).is_some(), "{range:?} is not in {text:?}");
    };
    for finding in diagnostics(script, None) {
        inside(finding.place.range);
        finding.fixes.iter().flat_map(|fix| &fix.edits).for_each(|edit| inside(edit.range));
        assert!(!finding.message.ends_with('.'), "{}", finding.message);
    }
    for item in completions(script, offset, None) {
        inside(item.range);
        assert!(item.range.touches(offset), "{item:?} at {offset} of {text:?}");
    }
    if let Some(hover) = hover(script, offset, None) {
        inside(hover.range);
    }
    if let Some(help) = signature_help(script, offset, None) {
        help.parameters
            .iter()
            .for_each(|(range, _)| assert!(help.label.get(range.start..range.end).is_some()));
    }
    let whole = TextRange::new(0, text.len());
    // What does not depend on the cursor need not be asked at each.
    if offset.is_multiple_of(3) {
        for name in image_names(script) {
            inside(name.range);
            inside(name.with_digest("").range);
        }
        ask_structure(script, offset, &inside);
    }
    explain_operand(script, whole, "attempt to concatenate nil with string");
    explain_operand(script, whole, "attempt to index nil with 'run'");
    let prepared = script.prepare();
    assert_eq!(prepared.text.matches('\n').count() + 1, prepared.lines.len());
}

/// Asks what is asked of a text as a whole.
fn ask_structure(script: &Script, offset: usize, inside: &impl Fn(TextRange)) {
    let text = &script.file.text;
    let mut symbols = document_symbols(script, None);
    while let Some(symbol) = symbols.pop() {
        inside(symbol.range);
        assert!(symbol.range.covers(symbol.selection) && !symbol.name.is_empty(), "{symbol:?} of {text:?}");
        assert!(symbol.children.iter().all(|child| symbol.range.covers(child.range)), "{symbol:?}");
        symbols.extend(symbol.children);
    }
    let mut end = 0;
    for token in semantic_tokens(script, None) {
        inside(token.range);
        assert!(end <= token.range.start && !token.range.is_empty(), "{token:?} of {text:?}");
        end = token.range.end;
    }
    for fold in folding_ranges(script) {
        inside(fold.range);
        assert!(fold.lines.0 < fold.lines.1 && fold.lines.1 <= script.file.lines.line_count(), "{fold:?}");
    }
    for chain in selection_ranges(script, &[offset, 0, text.len()]) {
        chain.iter().for_each(|range| inside(*range));
        assert!(chain.windows(2).all(|pair| pair[1].covers(pair[0]) && pair[0] != pair[1]), "{chain:?}");
    }
    let whole = TextRange::new(0, text.len());
    for hint in inlay_hints(script, whole, InlayHints { parameter_names: true, types: true }, None) {
        inside(TextRange::new(hint.offset, hint.offset));
    }
    images_without_platform(script, None).iter().for_each(|(name, _)| inside(*name));
    results(script).iter().for_each(|result| inside(result.call));
    function_names(script).iter().for_each(|name| inside(*name));
}

#[test]
fn every_prefix_of_every_sample() {
    on_large_stack(|| {
        for (_, text) in samples() {
            // The headers are comments: begin where the script does.
            let start = text.find("\nlocal").unwrap_or(0);
            // Every character of a short script, every third of a long one: a debug build is slow.
            let step = if text.len() - start > 500 { 3 } else { 1 };
            for (offset, _) in text.char_indices().filter(|(offset, _)| *offset >= start).step_by(step) {
                ask(&text[..offset], offset);
            }
        }
    });
}

#[test]
fn a_text_that_is_too_large_says_that_and_no_more() {
    for (_, text) in samples() {
        let script = Script::too_large(Arc::new(SourceFile::new("build.lua", text.as_str())), 0);
        let findings: Vec<String> = diagnostics(&script, None).into_iter().map(|it| it.message).collect();
        assert!(matches!(&findings[..], [one] if one.contains("too large")), "{findings:?}");
        for (offset, _) in text.char_indices().step_by(17) {
            ask_script(&script, offset);
            assert!(completions(&script, offset, None).is_empty());
        }
    }
}

#[test]
fn every_cursor_of_every_sample() {
    on_large_stack(|| {
        for (_, text) in samples() {
            for (offset, _) in text.char_indices().step_by(11) {
                ask(&text, offset);
            }
        }
    });
}

#[test]
fn hostile_texts() {
    on_large_stack(|| {
        let deep = |open: &str, close: &str| format!("x = {}{}", open.repeat(5000), close.repeat(5000));
        let texts = [
            deep("(", ")"),
            deep("{", "}"),
            deep("f(", ")"),
            deep("t[", "]"),
            deep("function() ", " end"),
            deep("`{", "}`"),
            deep("-", "1"),
            deep("not ", "1"),
            deep("a .. ", "a"),
            deep("a ^ ", "a"),
            deep("a + ", "a"),
            deep("if a then ", ""),
            deep("if a then b else ", ""),
            "if a then ".repeat(5000),
            "do ".repeat(5000),
            "x:y".repeat(5000),
            format!("x = a{}", ":b()".repeat(5000)),
            format!("x = a{}", ".b".repeat(5000)),
            format!("x = a{}", "(1)".repeat(5000)),
            format!("type T = {}", "(a) -> ".repeat(5000)),
            format!("type T = {}", "{ a: ".repeat(5000)),
            format!("type T = {}a", "a | ".repeat(5000)),
            format!("type T = a{}", "?".repeat(5000)),
            format!("type T = {}", "A<".repeat(5000)),
            format!("x = f{}", "<<a>>".repeat(2000)),
            format!("local x: {}", "typeof(".repeat(5000)),
            "@".repeat(5000),
            "x<<@ \u{1f600}".into(),
            "@a \u{1f600}".into(),
            "\u{feff}\u{feff}#\r\r\n\0`{`{`".into(),
        ];
        for text in texts {
            ask(&text, text.len());
        }
    });
}

#[test]
fn long_scripts_take_linear_time() {
    on_large_stack(|| {
        let line =
            "s = s:run(\"make \" .. name, { cwd = \"/src\", env = { A = 1 } }):copy(s, \"a\", \"b\")\n";
        let text = format!("local s, name = bk.image(\"x\"), \"y\"\n{}bk.export(s)", line.repeat(10_000));
        let start = std::time::Instant::now();
        ask(&text, text.len());
        ask_structure(&Script::parse(Arc::new(SourceFile::new("build.lua", text.as_str()))), 0, &|_| ());
        let one_line = text.replace('\n', " ");
        ask(&one_line, one_line.len());
        // A debug build on a busy machine takes about three seconds; anything quadratic takes minutes.
        assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
    });
}

#[test]
fn long_broken_scripts_take_linear_time() {
    on_large_stack(|| {
        for line in [
            "local function f(a, b)\n  foo.\nend\n",
            "local x = f(\n",
            "for i = ",
            "if a then else ",
            "function(((((",
            "]]})",
            "until ",
            "local t = { a = function() ",
            "-- region\n",
        ] {
            let text = format!("s.\n{}", line.repeat(10_000));
            let script = Script::parse(Arc::new(SourceFile::new("build.lua", text.as_str())));
            let start = std::time::Instant::now();
            ask_structure(&script, text.len() / 2, &|_| ());
            assert!(start.elapsed().as_secs() < 20, "{line:?} took {:?}", start.elapsed());
        }
    });
}

#[test]
fn long_scripts_of_one_kind_take_linear_time() {
    on_large_stack(|| {
        for line in [
            "local a# = 1 unknown#()",
            "pcall(function() f#() bk.image('x') end)",
            "local x = 1",
            "type A# = {",
            "---@class C#\n---@field a string\n---@param x C#\nlocal function g#(x) end",
            "t.f# = 1 for k, v in pairs(t) do print(v) end",
            "local m# = require('m')",
            "\"not closed #",
        ] {
            let lines = (0..10_000).map(|i| line.replace('#', &i.to_string()) + "\n");
            let text = format!("local t = {{}}\n{}", lines.collect::<String>());
            let start = std::time::Instant::now();
            let script = Script::parse(Arc::new(SourceFile::new("build.lua", text)));
            diagnostics(&script, None);
            assert!(start.elapsed().as_secs() < 10, "{line:?} took {:?}", start.elapsed());
        }
    });
}

/// Pieces that texts are put together from.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("local s = bk.image(\"x\")\n".to_owned()),
        Just("s:run('a', { mounts = { bk.cache(\"/c\", { sharing = ".to_owned()),
        "[(){}\\[\\],;.:=<>~+*/^%#&|?!@$`'\"\\\\-]{1,3}",
        "(local|function|end|if|then|else|elseif|do|for|in|while|repeat|until|return|not|and|or|nil|type|export)",
        "[a-z_]{1,3}|[0-9]{1,2}|0x|1e",
        "( |\n|\r\n|\r|\t)",
        "(--|--\\[\\[|\\]\\]|é|\u{1f600}|\u{feff}|\0)",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_soup(pieces in prop::collection::vec(piece(), 0..40)) {
        let text = pieces.join(" ");
        on_large_stack(move || ask(&text, text.len()));
    }

    #[test]
    fn any_mutation(sample in 0usize..36, cut in any::<prop::sample::Index>(), len in 0usize..12, insert in piece()) {
        let samples = samples();
        let mut text = samples[sample % samples.len()].1.clone();
        let offsets: Vec<usize> = text.char_indices().map(|(offset, _)| offset).collect();
        let at = cut.index(offsets.len());
        let end = offsets.get(at + len).copied().unwrap_or(text.len());
        text.replace_range(offsets[at]..end, &insert);
        let offset = offsets[at] + insert.len();
        on_large_stack(move || ask(&text, offset));
    }
}
