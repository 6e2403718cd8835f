//! The mistakes people make, and what they are told.

use super::Fault;
use super::recognizer::{Recognizer, Word};
use crate::Script;
use crate::tokens::TokenKind;
use luakit_api::bk_function;
use luakit_diagnostics::TextRange;

/// Keywords of other languages, and ours.
const FOREIGN: &[(&str, &str)] = &[
    ("let", "local"),
    ("var", "local"),
    ("val", "local"),
    ("def", "function"),
    ("func", "function"),
    ("fn", "function"),
    ("elif", "elseif"),
    ("elsif", "elseif"),
];

const ENDS: &str = "the file ends at";
const OPENS: &str = "opened at";

fn found(word: Word<'_>) -> String {
    match word.text {
        "" => "the end of the file".into(),
        text if text.contains('\n') || text.chars().count() > 30 => {
            format!("`{}…`", text.lines().next().unwrap_or("").chars().take(20).collect::<String>())
        }
        text => format!("`{text}`"),
    }
}

/// A message that is dropped: it follows from one before it.
pub(super) fn cascade() -> Fault {
    Fault::new(TextRange::default(), "")
}

pub(super) fn expected(recognizer: &Recognizer<'_>, what: &str) -> Fault {
    let word = recognizer.word();
    if let Some(fault) = bad_word(word) {
        return fault;
    }
    // At the end of a line the reader looks at what is there, not at what comes next.
    let range = match recognizer.previous() {
        Some(previous) if word.first && what != "a statement" => previous.range,
        _ => word.range,
    };
    Fault::new(range, format!("expected {what}, found {}", found(word)))
}

/// Says what is wrong with a word that is no token.
fn bad_word(word: Word<'_>) -> Option<Fault> {
    if word.kind.is_some() || word.text.is_empty() {
        return None;
    }
    Some(Fault::new(word.range, format!("unexpected character `{}`", word.text)))
}

pub(super) fn unexpected(recognizer: &Recognizer<'_>) -> Fault {
    let word = recognizer.word();
    bad_word(word).unwrap_or_else(|| Fault::new(word.range, format!("unexpected {}", found(word))))
}

pub(super) fn name_expected(recognizer: &Recognizer<'_>, after: &str) -> Fault {
    let word = recognizer.word();
    let same_line = !word.first;
    if word.kind == Some(TokenKind::Keyword) && same_line {
        return reserved(recognizer, word);
    }
    expected(recognizer, &format!("a name after {after}"))
}

fn reserved(recognizer: &Recognizer<'_>, word: Word<'_>) -> Fault {
    let text = word.text;
    let after_bk = recognizer.at >= 2 && {
        let before = recognizer.script.tokens_before(word.range.start);
        let texts: Vec<&str> = before.take(2).map(|token| recognizer.script.text(token.range)).collect();
        texts == [".", "bk"]
    };
    let near = format!("{text}_");
    if after_bk && bk_function(&near).is_some() {
        return Fault::new(word.range, format!("`{text}` is a reserved word, did you mean `{near}`?"))
            .fix(word.range, near);
    }
    Fault::new(word.range, format!("`{text}` is a reserved word and cannot be a name"))
}

pub(super) fn reserved_key(word: Word<'_>) -> Fault {
    let quoted = format!("[\"{}\"]", word.text);
    Fault::new(word.range, format!("`{}` is a reserved word, write `{quoted}` as a key", word.text))
        .fix(word.range, quoted)
}

pub(super) fn colon_in_table(recognizer: &Recognizer<'_>) -> Fault {
    let (key, colon) = (recognizer.word(), recognizer.ahead(1));
    if key.kind == Some(TokenKind::String) {
        let text = format!("[{}]", key.text);
        return Fault::new(colon.range, format!("expected `=` after a key, found `:`: write `{text} = …`"))
            .fix(TextRange::new(key.range.start, colon.range.end), format!("{text} ="));
    }
    Fault::new(colon.range, format!("expected `=` after `{}`, found `:`", key.text)).fix(colon.range, " =")
}

/// Reports an open bracket, at the word where it should have been closed or, at the end of the file, where it opens.
pub(super) fn unclosed_bracket(recognizer: &Recognizer<'_>, open: Word<'_>, what: &str) -> Fault {
    let closer = match open.text {
        "(" => ")",
        "{" => "}",
        "<" => ">",
        _ => "]",
    };
    let word = recognizer.word();
    if let Some(fault) = bad_word(word) {
        return fault;
    }
    let line = recognizer.line(open.range);
    if word.text.is_empty() {
        let message = format!("expected `{closer}` to close {what}, found the end of the file");
        return Fault::new(open.range, message).related(word.range, ENDS);
    }
    let same_line = line == recognizer.line(word.range);
    let place = if same_line { String::new() } else { format!(" on line {line}") };
    let message = format!("expected `{closer}` to close {what}{place}, found {}", found(word));
    let fault = Fault::new(word.range, message);
    if same_line { fault } else { fault.related(open.range, OPENS) }
}

/// Reports a list that goes on without a comma, or is not closed.
pub(super) fn unclosed_list(recognizer: &Recognizer<'_>, open: Word<'_>, what: &str, items: &str) -> Fault {
    let word = recognizer.word();
    let begins_value = matches!(
        word.kind,
        Some(TokenKind::Name | TokenKind::String | TokenKind::Number | TokenKind::Interpolated { .. })
    ) || matches!(word.text, "{" | "function" | "true" | "false" | "nil" | "not" | "[");
    // On a new line a name may begin the next statement; in a table `name =` goes on with the table.
    let goes_on = if word.first {
        open.text == "{"
            && (recognizer.ahead(1).text == "=" || word.kind != Some(TokenKind::Name) && begins_value)
    } else {
        begins_value
    };
    if !goes_on {
        return unclosed_bracket(recognizer, open, what);
    }
    let fault = Fault::new(word.range, format!("expected `,` between {items}, found {}", found(word)));
    match recognizer.previous() {
        Some(previous) => fault.fix(TextRange::new(previous.range.end, previous.range.end), ","),
        None => fault,
    }
}

pub(super) fn unclosed_block(recognizer: &Recognizer<'_>, opener: Word<'_>, closer: &str) -> Fault {
    let word = recognizer.word();
    let line = recognizer.line(opener.range);
    if let (Some(range), "if") = (recognizer.else_if, opener.text) {
        return Fault::new(
            range,
            format!("`else if` opens another `if`, so an `end` is missing for line {line}"),
        )
        .hint("write `elseif`")
        .fix(range, "elseif");
    }
    let message =
        format!("expected `{closer}` to close `{}` on line {line}, found {}", opener.text, found(word));
    // At the end of the file there is nothing to look at.
    if word.text.is_empty() {
        return Fault::new(opener.range, message).related(word.range, ENDS);
    }
    Fault::new(word.range, message).related(opener.range, OPENS)
}

pub(super) fn then_expected(recognizer: &Recognizer<'_>) -> Fault {
    let fault = expected(recognizer, "`then` after the condition");
    match recognizer.previous() {
        Some(previous) => fault.fix(TextRange::new(previous.range.end, previous.range.end), " then"),
        None => fault,
    }
}

pub(super) fn arguments_expected(recognizer: &Recognizer<'_>) -> Fault {
    let Some(name) = recognizer.previous() else { return expected(recognizer, "`(`") };
    Fault::new(
        name.range,
        format!("expected `(` after the method `{}`, found {}", name.text, found(recognizer.word())),
    )
}

/// Reports a statement that begins like one of another language.
pub(super) fn foreign_statement(recognizer: &Recognizer<'_>) -> Option<Fault> {
    let (word, next) = (recognizer.word(), recognizer.ahead(1));
    if matches!(word.text, "//" | "/") && word.first {
        return Some(
            Fault::new(word.range, "comments begin with `--`")
                .hint("a comment of several lines is `--[[ … ]]`"),
        );
    }
    if word.text == "goto" && next.kind == Some(TokenKind::Name) {
        return Some(Fault::new(word.range, "`goto` is not in Luau").hint("use `continue` or `break`"));
    }
    let named = next.kind == Some(TokenKind::Name) && !next.first;
    let (_, ours) = FOREIGN.iter().find(|(other, _)| *other == word.text && named)?;
    let message = format!("`{}` is not a word of Lua, did you mean `{ours}`?", word.text);
    Some(Fault::new(word.range, message).fix(word.range, *ours))
}

/// Recognises an operator of another language after an operand. Returns how many words it has.
pub(super) fn foreign_operator(recognizer: &Recognizer<'_>) -> Option<(Fault, usize)> {
    let (word, next) = (recognizer.word(), recognizer.ahead(1));
    let touches = word.range.end == next.range.start;
    let pair = |ours: &str| {
        let range = TextRange::new(word.range.start, next.range.end);
        let text = recognizer.script.text(range);
        Fault::new(range, format!("`{text}` is not an operator of Lua, did you mean `{ours}`?"))
            .fix(range, ours)
    };
    let bits = |function: &str| {
        let range = if touches { TextRange::new(word.range.start, next.range.end) } else { word.range };
        let range = if next.text == word.text { range } else { word.range };
        let text = recognizer.script.text(range);
        Fault::new(range, format!("`{text}` is not an operator of Luau"))
            .hint(format!("use `bit32.{function}(a, b)`"))
    };
    match (word.text, next.text) {
        ("!", "=") if touches => Some((pair("~="), 2)),
        ("!", "==") if touches => Some((pair("~="), 2)),
        ("&", "&") if touches => Some((pair("and"), 2)),
        ("|", "|") if touches => Some((pair("or"), 2)),
        ("&&" | "||" | "!=", _) => {
            let ours = match word.text {
                "&&" => "and",
                "||" => "or",
                _ => "~=",
            };
            let message = format!("`{}` is not an operator of Lua, did you mean `{ours}`?", word.text);
            Some((Fault::new(word.range, message).fix(word.range, ours), 1))
        }
        ("<", "<") if touches => Some((bits("lshift"), 2)),
        (">", ">") if touches => Some((bits("rshift"), 2)),
        ("&", _) => Some((bits("band"), 1)),
        ("|", _) => Some((bits("bor"), 1)),
        ("~", _) => Some((bits("bxor"), 1)),
        _ => None,
    }
}

/// Reports a `!` in front of an operand. Tells whether there was one.
pub(super) fn foreign_not(recognizer: &mut Recognizer<'_>) -> bool {
    let word = recognizer.word();
    if word.text != "!" {
        return false;
    }
    recognizer.report(
        Fault::new(word.range, "`!` is not an operator of Lua, did you mean `not`?").fix(word.range, "not "),
    );
    true
}

/// Reports an expression that stands where a statement must.
pub(super) fn no_statement(recognizer: &Recognizer<'_>, start: Word<'_>) -> Fault {
    let (word, next) = (recognizer.word(), recognizer.ahead(1));
    let end = recognizer.previous().map_or(start.range.end, |previous| previous.range.end);
    let whole = TextRange::new(start.range.start, end);
    let target = recognizer.script.text(whole);
    if matches!(word.text, "+" | "-") && next.text == word.text && word.range.end == next.range.start {
        let range = TextRange::new(word.range.start, next.range.end);
        let ours = format!("{}= 1", word.text);
        let text = recognizer.script.text(range);
        return Fault::new(
            range,
            format!("`{text}` is not an operator of Lua, did you mean `{target} {ours}`?"),
        )
        .fix(range, format!(" {ours}"));
    }
    if word.text == "==" && !word.first {
        return Fault::new(word.range, "`==` compares, did you mean `=`?").fix(word.range, "=");
    }
    if word.text == ":=" || (word.text == ":" && next.text == "=") {
        return Fault::new(word.range, format!("expected `=` after `{target}`, found `:=`"));
    }
    if word.kind.is_none() && !word.text.is_empty() && !word.first {
        return unexpected(recognizer);
    }
    let shown = if target.contains('\n') || target.len() > 40 { "this" } else { target };
    let shown = if shown == "this" { shown.to_owned() } else { format!("`{shown}`") };
    Fault::new(whole, format!("{shown} is no statement: expected a call or an assignment"))
}

/// Reports a word that cannot follow a statement.
pub(super) fn after_statement(recognizer: &Recognizer<'_>) -> Option<Fault> {
    let word = recognizer.word();
    if recognizer.ended() || word.text == ";" {
        return None;
    }
    if word.text == "?" {
        return Some(
            Fault::new(word.range, "`?` is not an operator of Lua").hint("write `if a then b else c`"),
        );
    }
    let begins =
        matches!(word.kind, Some(TokenKind::Name | TokenKind::Keyword)) || matches!(word.text, "(" | "@");
    if begins && !matches!(word.text, "then" | "in" | "and" | "or" | "not") {
        return None;
    }
    if word.text == "=" && !word.first {
        return Some(Fault::new(word.range, "only one `=` can stand in a statement, did you mean `==`?"));
    }
    Some(unexpected(recognizer))
}

pub(super) fn unclosed_string(script: &Script, range: TextRange) -> Fault {
    let text = script.text(range);
    let quote = match text.as_bytes().first() {
        Some(b'[') => {
            let level = text.bytes().skip(1).take_while(|byte| *byte == b'=').count();
            let open = TextRange::new(range.start, range.start + level + 2);
            return Fault::new(open, format!("unclosed string, expected `]{}]`", "=".repeat(level)));
        }
        Some(b'\'') => "'",
        Some(b'`') => "`",
        _ => "\"",
    };
    let line = text.lines().next().unwrap_or("").len();
    let shown = if quote == "`" { "a backtick".to_owned() } else { format!("`{quote}`") };
    Fault::new(
        TextRange::new(range.start, range.start + line),
        format!("unclosed string, expected {shown} at its end"),
    )
}

pub(super) fn unclosed_comment(script: &Script, range: TextRange) -> Fault {
    let text = script.text(range);
    let level = text.bytes().skip(3).take_while(|byte| *byte == b'=').count();
    let open = TextRange::new(range.start, range.start + level + 4);
    Fault::new(open, format!("unclosed comment, expected `]{}]`", "=".repeat(level)))
}
