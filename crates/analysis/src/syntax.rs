//! Syntax errors, in words for someone in the middle of typing.
//!
//! The parser recovers well but its messages are about itself, and it reports cascades. So when it has found errors, a
//! [`Recognizer`](recognizer) goes over the tokens once more, with nothing in mind but what to say. Where it finds no
//! fault (it looks at types only loosely), the parser's first message is taken.

mod expressions;
mod mistakes;
mod recognizer;
mod statements;

use crate::Script;
use crate::parse::{ParseError, ParseErrorKind};
use luakit_diagnostics::{Code, Diagnostic, Layer, Place, Related, TextRange};

/// A syntax error, before it knows its file.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) range: TextRange,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    /// A title, what is replaced, and by what.
    pub(crate) fix: Option<(String, TextRange, String)>,
    /// Another place that explains it.
    pub(crate) related: Option<(TextRange, &'static str)>,
}

impl Fault {
    pub(crate) fn new(range: TextRange, message: impl Into<String>) -> Self {
        Self { range, message: message.into(), hint: None, fix: None, related: None }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn related(mut self, range: TextRange, message: &'static str) -> Self {
        self.related = Some((range, message));
        self
    }

    pub(crate) fn fix(mut self, range: TextRange, text: impl Into<String>) -> Self {
        let text = text.into();
        let title = if text.is_empty() { "Remove it".into() } else { format!("Write `{}`", text.trim()) };
        self.fix = Some((title, range, text));
        self
    }
}

/// Returns the syntax errors, the first of each line.
pub(crate) fn syntax_errors(script: &Script) -> Vec<Diagnostic> {
    if script.errors.is_empty() {
        return Vec::new();
    }
    let given_up =
        |error: &&ParseError| matches!(error.kind, ParseErrorKind::TooDeep | ParseErrorKind::TooLarge(_));
    let mut faults = match script.errors.iter().find(given_up) {
        Some(error) => vec![by_parser(script, error)],
        None => recognizer::faults(script),
    };
    if faults.is_empty() {
        faults.extend(script.errors.iter().map(|error| by_parser(script, error)).next());
    }
    faults.retain(|fault| !fault.message.is_empty());
    faults.sort_by_key(|fault| fault.range);
    let line = |fault: &Fault| script.file.lines.line(fault.range.start);
    faults.dedup_by(|later, earlier| line(later) == line(earlier));
    faults.into_iter().map(|fault| diagnostic(script, fault)).collect()
}

fn diagnostic(script: &Script, fault: Fault) -> Diagnostic {
    let end = script.file.text.len();
    let range = TextRange::new(fault.range.start.min(end), fault.range.end.min(end));
    let place = Place { file: script.file.clone(), range };
    let mut diagnostic = Diagnostic::new(Code::SYNTAX, Layer::Static, place, fault.message);
    diagnostic.hints.extend(fault.hint);
    if let Some((range, message)) = fault.related {
        let place = Place { file: script.file.clone(), range };
        diagnostic.related.push(Related { place, message: message.into() });
    }
    if let Some((title, range, text)) = fault.fix {
        diagnostic = diagnostic.with_fix(title, range, text);
    }
    diagnostic
}

fn too_large(script: &Script, limit: usize) -> Fault {
    let megabytes = |bytes: usize| bytes as f64 / f64::from(1 << 20);
    let (size, limit) = (megabytes(script.file.text.len()), megabytes(limit));
    let message =
        format!("the script is too large to be analysed ({size:.1} MB, the limit is {limit:.0} MB)");
    Fault::new(script.file.line_range(1), message).hint("generate less text, or read data with `require`")
}

/// Words an error of the parser.
fn by_parser(script: &Script, error: &ParseError) -> Fault {
    let text = script.text(error.range);
    match &error.kind {
        ParseErrorKind::UnclosedString => mistakes::unclosed_string(script, error.range),
        ParseErrorKind::UnclosedComment => mistakes::unclosed_comment(script, error.range),
        ParseErrorKind::BadNumber => Fault::new(error.range, format!("`{text}` is not a number")),
        ParseErrorKind::BadCharacter => Fault::new(error.range, format!("unexpected character `{text}`")),
        ParseErrorKind::TooDeep => Fault::new(error.range, "this is nested too deeply")
            .hint("give the inner parts names with `local`"),
        ParseErrorKind::TooLarge(limit) => too_large(script, *limit),
        ParseErrorKind::Panic => Fault::new(error.range, "this is not valid Lua"),
        ParseErrorKind::Token(message) => {
            let found = if text.is_empty() { "the end of the file".into() } else { format!("`{text}`") };
            let message = match message.split_once(',') {
                Some(("unexpected token", _)) => format!("unexpected {found}"),
                _ if message.starts_with("unexpected expression") => format!("unexpected {found}"),
                _ => message.clone(),
            };
            Fault::new(error.range, message)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{cases, script};
    use expect_test::expect;

    /// Renders the errors of each text as `range: message`.
    fn render(texts: &[&str]) -> String {
        let mut out = String::new();
        for text in texts {
            let script = script(text);
            out.push_str(&format!("{}\n", text.replace('\n', "⏎")));
            for error in syntax_errors(&script) {
                let range = error.place.range;
                let fix = error.fixes.first().map_or(String::new(), |fix| format!(" [{}]", fix.title));
                let hint = error.hints.first().map_or(String::new(), |hint| format!(" (hint: {hint})"));
                let under = script.text(range).replace('\n', "⏎");
                out.push_str(&format!(
                    "    {}..{} `{under}` {}{fix}{hint}\n",
                    range.start, range.end, error.message
                ));
            }
        }
        out
    }

    #[test]
    fn brackets_and_commas() {
        expect![[r#"
            local r = base:run("x"⏎bk.export(r)
                23..25 `bk` expected `)` to close the call on line 1, found `bk`
            local r = base:run("x"
                18..19 `(` expected `)` to close the call, found the end of the file
            local t = { a = 1 b = 2 }⏎local y = 1
                18..19 `b` expected `,` between entries, found `b` [Write `,`]
            local t = {⏎ a = 1⏎ b = 2 }
                20..21 `b` expected `,` between entries, found `b` [Write `,`]
            local t = { a = 1,⏎local y = 1
                17..18 `,` expected an expression, found `local`
            local t = { "a" "b" }
                16..19 `"b"` expected `,` between entries, found `"b"` [Write `,`]
            s:run("a" "b")
                10..13 `"b"` expected `,` between arguments, found `"b"` [Write `,`]
            s:run("a", { cwd = "/" )
                23..24 `)` expected `}` to close the table, found `)`
            s:run("a", { cwd: "/" })
                16..17 `:` expected `=` after `cwd`, found `:` [Write `=`]
            s:run("a", { "cwd": "/" })
                18..19 `:` expected `=` after a key, found `:`: write `["cwd"] = …` [Write `["cwd"] =`]
            a = {1, 2
                4..5 `{` expected `}` to close the table, found the end of the file
            f())
                3..4 `)` unexpected `)`
            s:run(,)
                6..7 `,` expected an expression, found `,`
            s:run(a,)
                7..8 `,` expected an argument after `,`, found `)` [Remove it]
            bk.export(
                9..10 `(` expected `)` to close the call, found the end of the file
            x = f{,}
                6..7 `,` expected an expression, found `,`
            x = t[1⏎y = 2
                8..9 `y` expected `]` to close the index on line 1, found `y`
            x = (1 + 2⏎y = 2
                11..12 `y` expected `)` to close the parenthesis on line 1, found `y`
        "#]]
        .assert_eq(&render(&[
            "local r = base:run(\"x\"\nbk.export(r)",
            "local r = base:run(\"x\"",
            "local t = { a = 1 b = 2 }\nlocal y = 1",
            "local t = {\n a = 1\n b = 2 }",
            "local t = { a = 1,\nlocal y = 1",
            "local t = { \"a\" \"b\" }",
            "s:run(\"a\" \"b\")",
            "s:run(\"a\", { cwd = \"/\" )",
            "s:run(\"a\", { cwd: \"/\" })",
            "s:run(\"a\", { \"cwd\": \"/\" })",
            "a = {1, 2",
            "f())",
            "s:run(,)",
            "s:run(a,)",
            "bk.export(",
            "x = f{,}",
            "x = t[1\ny = 2",
            "x = (1 + 2\ny = 2",
        ]));
    }

    #[test]
    fn words_and_operators_of_other_languages() {
        expect![[r#"
            local ctx = bk.local("context")⏎bk.export(ctx)
                15..20 `local` `local` is a reserved word, did you mean `local_`? [Write `local_`]
            if a != b then x() end⏎local y = 1
                5..7 `!=` `!=` is not an operator of Lua, did you mean `~=`? [Write `~=`]
            if a && b || !c then x() end
                5..7 `&&` `&&` is not an operator of Lua, did you mean `and`? [Write `and`]
            x++⏎local y
                1..3 `++` `++` is not an operator of Lua, did you mean `x += 1`? [Write `+= 1`]
            if a = 1 then x() end
                5..6 `=` `=` assigns, did you mean `==`? [Write `==`]
            a = b ? c : d
                6..7 `?` `?` is not an operator of Lua (hint: write `if a then b else c`)
            a = 1 & 2 | 3
                6..7 `&` `&` is not an operator of Luau (hint: use `bit32.band(a, b)`)
            a = 1 << 2
                6..8 `<<` `<<` is not an operator of Luau (hint: use `bit32.lshift(a, b)`)
            a = ~1
                4..5 `~` unexpected character `~`
            let x = 1
                0..3 `let` `let` is not a word of Lua, did you mean `local`? [Write `local`]
            def f():⏎  x
                0..3 `def` `def` is not a word of Lua, did you mean `function`? [Write `function`]
                11..12 `x` `x` is no statement: expected a call or an assignment
            if (a) { b() }
                13..14 `}` expected `then` after the condition, found the end of the file [Write `then`]
            // comment⏎local x = 1
                0..2 `//` comments begin with `--` (hint: a comment of several lines is `--[[ … ]]`)
            /* c */ local x
                0..1 `/` comments begin with `--` (hint: a comment of several lines is `--[[ … ]]`)
            local f = (x) => x + 1
                14..15 `=` only one `=` can stand in a statement, did you mean `==`?
            goto x
                0..4 `goto` `goto` is not in Luau (hint: use `continue` or `break`)
            local x <const> = 1
                8..9 `<` attributes such as `<const>` are of Lua 5.4, not of Luau (hint: leave it out, or write `const name = …`)
            x == 1
                2..4 `==` `==` compares, did you mean `=`? [Write `=`]
            x = y = 1
                6..7 `=` only one `=` can stand in a statement, did you mean `==`?
            a =+ 1
                3..4 `+` expected an expression, found `+`
            s:end()
                2..5 `end` `end` is a reserved word and cannot be a name
            local end = 1
                6..9 `end` `end` is a reserved word and cannot be a name
            x = { end = 1 }
                6..9 `end` `end` is a reserved word, write `["end"]` as a key [Write `["end"]`]
            local fn = function f() end
                20..21 `f` a function in an expression has no name (hint: write `local function name() … end`, or leave the name out)
        "#]].assert_eq(&render(&[
            "local ctx = bk.local(\"context\")\nbk.export(ctx)",
            "if a != b then x() end\nlocal y = 1",
            "if a && b || !c then x() end",
            "x++\nlocal y",
            "if a = 1 then x() end",
            "a = b ? c : d",
            "a = 1 & 2 | 3",
            "a = 1 << 2",
            "a = ~1",
            "let x = 1",
            "def f():\n  x",
            "if (a) { b() }",
            "// comment\nlocal x = 1",
            "/* c */ local x",
            "local f = (x) => x + 1",
            "goto x",
            "local x <const> = 1",
            "x == 1",
            "x = y = 1",
            "a =+ 1",
            "s:end()",
            "local end = 1",
            "x = { end = 1 }",
            "local fn = function f() end",
        ]));
    }

    #[test]
    fn blocks_and_ends() {
        expect![[r#"
            if a then⏎  x()⏎local y = 1⏎
                0..2 `if` expected `end` to close `if` on line 1, found the end of the file
            local function f()⏎  x()⏎⏎local y = 1⏎
                6..14 `function` expected `end` to close `function` on line 1, found the end of the file
            for i = 1, 2 do⏎ x()⏎
                0..3 `for` expected `end` to close `for` on line 1, found the end of the file
            if a then x() else if b then y() end⏎local z = 1
                14..21 `else if` `else if` opens another `if`, so an `end` is missing for line 1 [Write `elseif`] (hint: write `elseif`)
            end
                0..3 `end` unexpected `end`: no block is open
            if x then y() end end
                18..21 `end` unexpected `end`: no block is open
            repeat x() 
                0..6 `repeat` expected `until` to close `repeat` on line 1, found the end of the file
            elseif x then end
                0..6 `elseif` unexpected `elseif`: no `if` or `repeat` is open
            return 1⏎local y = 2
                9..14 `local` `return` must be the last statement of its block, found `local` (hint: wrap it in `do … end` to return early)
            local x = function(a) return a⏎local y = 2⏎
                31..36 `local` `return` must be the last statement of its block, found `local` (hint: wrap it in `do … end` to return early)
            if a x() end
                5..6 `x` expected `then` after the condition, found `x` [Write `then`]
            for x in y x() end
                11..12 `x` expected `do`, found `x`
            for i = 1 do end
                10..12 `do` expected `,` and the last value of the loop, found `do`
            function () end
                9..10 `(` expected a name after `function`, found `(`
            function f(a b) end
                13..14 `b` expected `)` to close the parameters, found `b`
        "#]].assert_eq(&render(&[
            "if a then\n  x()\nlocal y = 1\n",
            "local function f()\n  x()\n\nlocal y = 1\n",
            "for i = 1, 2 do\n x()\n",
            "if a then x() else if b then y() end\nlocal z = 1",
            "end",
            "if x then y() end end",
            "repeat x() ",
            "elseif x then end",
            "return 1\nlocal y = 2",
            "local x = function(a) return a\nlocal y = 2\n",
            "if a x() end",
            "for x in y x() end",
            "for i = 1 do end",
            "function () end",
            "function f(a b) end",
        ]));
    }

    #[test]
    fn half_typed() {
        expect![[r#"
            local x = 1 +⏎local y = 2
                12..13 `+` expected an expression, found `local`
            local x = ⏎local y = 2
                8..9 `=` expected an expression, found `local`
            x⏎local y = 1
                0..1 `x` `x` is no statement: expected a call or an assignment
            s.⏎local y = 1
                1..2 `.` expected a name after `.`, found `local`
            s:⏎local y = 1
                1..2 `:` expected a name after `:`, found `local`
            s:run⏎local y = 1
                2..5 `run` expected `(` after the method `run`, found `local`
            foo bar
                0..3 `foo` `foo` is no statement: expected a call or an assignment
            a.b.c
                0..5 `a.b.c` `a.b.c` is no statement: expected a call or an assignment
            local a = 0x⏎
                10..12 `0x` `0x` is not a number
            local a = #
                10..11 `#` expected an expression, found the end of the file
            x = 'a' + $
                10..11 `$` unexpected character `$`
            local a, = 1
                9..10 `=` expected a name after `,`, found `=`
            local x: = 1
                9..10 `=` expected a type, found `=`
            local = 5
                6..7 `=` expected a name after `local`, found `=`
            { a = 1 }
                0..1 `{` unexpected `{`
            "abc"
                0..5 `"abc"` unexpected `"abc"`
            a += 
                2..4 `+=` expected an expression, found the end of the file
            local x = a.1
                11..13 `.1` unexpected `.1`
        "#]]
        .assert_eq(&render(&[
            "local x = 1 +\nlocal y = 2",
            "local x = \nlocal y = 2",
            "x\nlocal y = 1",
            "s.\nlocal y = 1",
            "s:\nlocal y = 1",
            "s:run\nlocal y = 1",
            "foo bar",
            "a.b.c",
            "local a = 0x\n",
            "local a = #",
            "x = 'a' + $",
            "local a, = 1",
            "local x: = 1",
            "local = 5",
            "{ a = 1 }",
            "\"abc\"",
            "a += ",
            "local x = a.1",
        ]));
    }

    #[test]
    fn unclosed_strings_and_comments() {
        expect![[r#"
            local s = "abc⏎local y = 1
                10..14 `"abc` unclosed string, expected `"` at its end
            f('abc)⏎local y = 1
                2..7 `'abc)` unclosed string, expected `'` at its end
            local s = [==[abc⏎local y = 1
                10..14 `[==[` unclosed string, expected `]==]`
            x = 1 --[[ abc⏎local y = 1
                6..10 `--[[` unclosed comment, expected `]]`
            local x = 'a\'
                10..14 `'a\'` unclosed string, expected `'` at its end
            local x = `a{b`
                14..15 ``` unclosed string, expected a backtick at its end
            local x = `a{b⏎
                13..14 `b` expected `}`, found the end of the file
        "#]]
        .assert_eq(&render(&[
            "local s = \"abc\nlocal y = 1",
            "f('abc)\nlocal y = 1",
            "local s = [==[abc\nlocal y = 1",
            "x = 1 --[[ abc\nlocal y = 1",
            "local x = 'a\\'",
            "local x = `a{b`",
            "local x = `a{b\n",
        ]));
    }

    #[test]
    fn what_parses_has_no_errors() {
        for (name, text) in cases() {
            let script = script(&text);
            let found = !syntax_errors(&script).is_empty();
            assert_eq!(found, name.contains("syntax_") && name.contains("_err_"), "{name}");
            // The recognizer must not be stricter than the parser.
            assert_eq!(
                !recognizer::faults(&script).is_empty(),
                found,
                "{name}: {:?}",
                recognizer::faults(&script)
            );
        }
    }

    #[test]
    fn the_recognizer_knows_luau() {
        for text in [
            "local a: number?, b: { [string]: (x: T) -> ...U } = f<<number>>(1), 2 :: any",
            "type A<T> = { read x: T } | typeof(f(1)) & B.C<T>\nexport type D = (a: number, ...string) -> ()",
            "function a.b:c<T>(x: T, ...: number): (T, number) return x end",
            "a += 1 a ..= 'b' a //= 2",
            "local x = if a then b elseif c then d else e",
            "local x = `a{b}c{{1}}`",
            "for i: number = 1, 2, 3 do continue end for k, v in t do break end",
            "@native local function f() end",
            "const x = 1 const function f() end",
            "f{1, 2; a = 3, ['b'] = 4}:g'x'.y[1] = function(...) return ... end",
            "local type = type(x) type = 1",
            "if local x = f() then g(x) end",
            "x = -1 ^ - 2 .. #t",
        ] {
            let script = script(text);
            let faults = recognizer::faults(&script);
            if script.errors.is_empty() {
                assert!(faults.is_empty(), "{text}: {faults:?}");
            }
        }
    }
}
