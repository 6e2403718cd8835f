//! The text for the engine: a line for each call, with a map back.
//!
//! The engine knows lines only. A line break in front of the name of every call gives each call a line of its own; it
//! is legal there everywhere, since only a `(` on a new line is ambiguous, and it changes nothing but lines.

use crate::Script;
use crate::observe::observations;
use crate::strings::decode;
use crate::tree::{Call, Entry, ExprId, ExprKind};
use luakit_api::{ArgSite, CallSite, FieldSite, OBSERVER, Prepared, PreparedLine};
use luakit_diagnostics::TextRange;

/// A callee that is longer than this is cut down to its name.
const CALLEE: usize = 80;

/// Prepares a text. With `observe`, the text also tells the values of its names, which are numbered from there on.
pub(crate) fn prepare(script: &Script, observe: Option<usize>) -> Prepared {
    let mut prepared = Prepared { first_observed: observe.unwrap_or(0), ..Prepared::default() };
    let mut cuts = Vec::new();
    // The tree of a broken text is not to be relied on, and the engine will refuse the text anyway.
    if script.errors.is_empty() {
        for (id, call) in script.tree.calls() {
            if let Some(name) = script.tree.called_name(call)
                && !name.is_empty()
            {
                cuts.push((name.start, Cut::Call(prepared.calls.len())));
            }
            prepared.calls.push(call_site(script, id, call));
        }
        for observation in observe.into_iter().flat_map(|_| observations(script)) {
            let name = script.text(observation.name);
            let number = prepared.first_observed + prepared.observed.len();
            // Between `do` and `end`, since a call would be one with a `(` that follows.
            cuts.push((observation.at, Cut::Code(format!(" do {OBSERVER}({number},{name}) end "))));
            prepared.observed.push(observation.name);
        }
        cuts.sort();
    }
    (prepared.text, prepared.lines) = split(&script.masked, &cuts);
    prepared
}

/// What is put into the text. Code ends what stands before it, so that it comes before a call at the same place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Cut {
    Code(String),
    /// A line break in front of the name of a call.
    Call(usize),
}

/// Puts the cuts into the text, in their order, and says where the lines came from.
fn split(text: &str, cuts: &[(usize, Cut)]) -> (String, Vec<PreparedLine>) {
    let mut out = String::with_capacity(text.len() + cuts.len());
    let mut lines = vec![PreparedLine { start: 0, call: None }];
    let mut from = 0;
    for (at, cut) in cuts.iter().map(|(at, cut)| (*at, Some(cut))).chain([(text.len(), None)]) {
        let piece = text.get(from..at).unwrap_or("");
        out.push_str(piece);
        let breaks = memchr(piece).map(|i| PreparedLine { start: from + i + 1, call: None });
        lines.extend(breaks);
        match cut {
            Some(Cut::Code(code)) => out.push_str(code),
            Some(Cut::Call(call)) => {
                out.push('\n');
                lines.push(PreparedLine { start: at, call: Some(*call) });
            }
            None => {}
        }
        from = at;
    }
    (out, lines)
}

fn memchr(piece: &str) -> impl Iterator<Item = usize> {
    piece.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(i, _)| i)
}

/// Describes where a call and its arguments are.
pub(crate) fn call_site(script: &Script, id: ExprId, call: &Call) -> CallSite {
    let range = script.tree.expr(id).range;
    let callee = script.tree.expr(call.callee).range;
    let name = script.tree.called_name(call);
    CallSite {
        call: range,
        name: name.unwrap_or(callee),
        callee: name.map_or(String::new(), |name| callee_text(script, callee.start, name)),
        args: call.args.iter().map(|arg| arg_site(script, *arg)).collect(),
    }
}

/// Returns what is called as it is written, without whitespace and comments.
pub(crate) fn callee_text(script: &Script, start: usize, name: TextRange) -> String {
    let tokens = script.tokens_in(TextRange::new(start, name.end));
    let mut text = String::new();
    if name.end - start <= CALLEE {
        tokens.for_each(|token| text.push_str(script.text(token.range)));
    } else {
        let last: Vec<&str> =
            script.tokens_before(name.end).take(2).map(|token| script.text(token.range)).collect();
        text = last.into_iter().rev().collect();
    }
    text
}

fn arg_site(script: &Script, id: ExprId) -> ArgSite {
    let expr = script.tree.expr(script.tree.inner(id));
    let mut site = ArgSite { range: expr.range, ..ArgSite::default() };
    if let ExprKind::Table(entries) = &expr.kind {
        for entry in entries {
            match entry {
                Entry::Item(value) => site.items.push(arg_site(script, *value)),
                Entry::Named { key, value } => site.fields.push(FieldSite {
                    name: script.text(*key).to_owned(),
                    key: *key,
                    value: arg_site(script, *value),
                }),
                Entry::Keyed { key, value } => {
                    let key = script.tree.expr(script.tree.inner(*key));
                    if matches!(key.kind, ExprKind::String)
                        && let Some(name) = decode(script.text(key.range))
                    {
                        site.fields.push(FieldSite {
                            name: String::from_utf8_lossy(&name).into_owned(),
                            key: key.range,
                            value: arg_site(script, *value),
                        });
                    }
                }
            }
        }
    }
    site
}

#[cfg(test)]
mod tests {
    use crate::testing::{cases, script};
    use crate::tokens::tokenize;
    use expect_test::{Expect, expect};

    fn check(text: &str, expected: &Expect) {
        let script = script(text);
        let prepared = script.prepare();
        let lines = prepared.text.split('\n').zip(&prepared.lines).map(|(text, line)| {
            let call = line.call.map_or("", |call| &prepared.calls[call].callee);
            format!("{}\n", format!("{:<3} {text:30}{call}", line.start).trim_end())
        });
        expected.assert_eq(&lines.collect::<String>());
    }

    #[test]
    fn each_call_has_a_line() {
        check(
            "local s = bk.image(f(1)):run { g'x' }\n  :rm [[a\nb]] -- é\nreturn (h)(1)",
            &expect![[r#"
                0   local s = bk.
                13  image(                        bk.image
                19  f(1)):                        f
                25  run {                         bk.image(f(1)):run
                31  g'x' }                        g
                38    :
                41  rm [[a                        bk.image(f(1)):run{g'x'}:rm
                48  b]] -- é
                58  return (h)(1)
            "#]],
        );
    }

    #[test]
    fn calls_in_strings_casts_and_conditions_are_split_too() {
        check(
            "local x = `a{f(`{g()}`)}b` :: string\nif a() then b() else c() end",
            &expect![[r#"
                0   local x = `a{
                13  f(`{                          f
                17  g()}`)}b` :: string           g
                37  if
                40  a() then                      a
                49  b() else                      b
                58  c() end                       c
            "#]],
        );
    }

    #[test]
    fn a_broken_text_is_left_alone() {
        check(
            "f(\ng(x)\n= 1",
            &expect![[r#"
                0   f(
                3   g(x)
                8   = 1
            "#]],
        );
    }

    #[test]
    fn values_are_told_where_names_get_them_if_that_is_wanted() {
        let script = script(
            "local a, _ = f();(g)(a) b = 1; a += 2; t.x = 1\nfor i, v in p(a) do f(v) end\n\
             local function h(x, ...) return x end\nrepeat local c = 1 until c",
        );
        let prepared = script.prepare_observed(7);
        let told = prepared.text.replace("__luakit_observe", "!");
        expect![[r#"
            local a, _ =
            f() do !(7,a) end ;(g)(a) b = 1 do !(8,b) end ; a += 2 do !(9,a) end ; t.x = 1
            for i, v in
            p(a) do  do !(10,i) end  do !(11,v) end
            f(v) end
            local function h(x, ...)  do !(12,x) end return x end
            repeat local c = 1 do !(13,c) end  until c
        "#]]
        .assert_eq(&told.lines().map(|line| format!("{}\n", line.trim_end())).collect::<String>());
        let names: Vec<&str> = prepared.observed.iter().map(|name| script.text(*name)).collect();
        assert_eq!(names, ["a", "b", "a", "i", "v", "x", "c"]);
    }

    #[test]
    fn what_tells_values_changes_no_line_and_nothing_else() {
        for (name, text) in cases() {
            let script = script(&text);
            let (plain, told) = (script.prepare(), script.prepare_observed(0));
            assert_eq!((&told.lines, &told.calls), (&plain.lines, &plain.calls), "{name}");
            let reparsed = crate::parse::parse(&told.text, None);
            assert_eq!(reparsed.errors, script.errors, "{name}\n{}", told.text);
            let mut without = told.text;
            while let Some(start) = without.find(" do __luakit_observe(") {
                let end = without[start..].find(" end ").unwrap();
                without.replace_range(start..start + end + " end ".len(), "");
            }
            assert_eq!(without, plain.text, "{name}");
        }
    }

    #[test]
    fn the_split_changes_nothing_but_lines() {
        for (name, text) in cases() {
            let script = script(&text);
            let prepared = script.prepare();
            let split: Vec<String> = texts(&prepared.text);
            assert_eq!(split, texts(&script.masked), "{name}");
            let reparsed = crate::parse::parse(&prepared.text, None);
            assert_eq!(reparsed.errors, script.errors, "{name}");
            assert_eq!(prepared.text.split('\n').count(), prepared.lines.len(), "{name}");
            for (line, info) in prepared.text.split('\n').zip(&prepared.lines) {
                assert!(script.masked[info.start..].starts_with(line), "{name}: {line}");
                if let Some(call) = info.call {
                    assert!(line.starts_with(script.text(prepared.calls[call].name)), "{name}: {line}");
                }
            }
        }
    }

    fn texts(text: &str) -> Vec<String> {
        let (tokens, _) = tokenize(text);
        tokens.iter().map(|token| text[token.range.start..token.range.end].to_owned()).collect()
    }
}
