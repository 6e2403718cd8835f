//! Scripts: the repository's own, and what becomes of them when they are mutilated.

use crate::Dice;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// A script of the repository.
pub struct Sample {
    pub path: PathBuf,
    pub text: String,
}

/// Returns every script in `examples/`, in the same order everywhere.
pub fn examples() -> &'static [Sample] {
    static SAMPLES: OnceLock<Vec<Sample>> = OnceLock::new();
    SAMPLES.get_or_init(|| {
        let mut samples = Vec::new();
        collect(&repository().join("examples"), &mut samples);
        samples.sort_by(|a, b| a.path.cmp(&b.path));
        assert!(samples.len() > 10, "the examples are not where they were");
        samples
    })
}

pub fn repository() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}

fn collect(folder: &Path, samples: &mut Vec<Sample>) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, samples);
        } else if path.extension().is_some_and(|it| it == "lua") {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            samples.push(Sample { path, text });
        }
    }
}

/// What scripts are put together from: the syntax, the API, and what editors and parsers stumble over.
pub const PIECES: &[&str] = &[
    " ",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "",
    "bk.",
    "bk.image(\"alpine:3.19\")",
    "bk.scratch()",
    "bk.local_(\"context\", { include = { \"*.go\" } })",
    "bk.cache(\"/c\", { sharing = \"locked\" })",
    "bk.export(s, { entrypoint = { \"/app\" } })",
    "bk.target(\"t\", s)",
    "bk.merge({ a, s })",
    "bk.diff(a, s)",
    "bk.platform(\"linux/arm64\")",
    ":run(\"make\", { cwd = \"/src\", env = { A = \"1\" }, mounts = {",
    ":run(",
    ":copy(s, \"/a\", \"/b\", { mode = \"0755\" })",
    ":mkfile(\"/f\", \"0644\", \"x\")",
    ":",
    ".",
    "..",
    "...",
    "local s = ",
    "local function f(a, ...)\n",
    "---@param a State\n",
    "---@return Mount\n",
    "-- luakit: ignore\n",
    "--[[ ",
    "]]",
    "[==[",
    "-- ",
    "# syntax=x\n",
    "--!optimize 2\n",
    "require(\"lib.go\")",
    "require('",
    "for i, v in ipairs({ 1, 2 }) do ",
    "for i = 1, 3 do ",
    "while true do ",
    "repeat ",
    "until x",
    "if a then ",
    "elseif b then ",
    "else ",
    " end\n",
    "function ",
    "function(x) return x end",
    "return ",
    "goto x",
    "::x::",
    "break",
    "continue",
    "local ",
    "type T = { a: string? }\n",
    "export type T<U...> = (U...) -> ()\n",
    "`a{s}b`",
    "`{",
    "a",
    "s",
    "f",
    "t[1]",
    "t.k",
    "nil",
    "true",
    "0x1p4",
    "1e",
    "1_000",
    "\"",
    "'",
    "\"\\z \\u{1F600} \\x41\"",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    ",",
    ";",
    "=",
    "==",
    "+=",
    "//",
    "#",
    "-",
    "not ",
    " and ",
    "<<",
    "::",
    "->",
    "?",
    "|",
    "@",
    "@native ",
    "é",
    "😀",
    "\u{feff}",
    "\u{2028}",
    "\0",
    "pcall(function() ",
    "error(\"x\")",
    "setmetatable({}, { __index = function(t, k) return t[k] end })",
    "string.rep(\"x\", 1e9)",
    "coroutine.wrap(function() ",
    "os.getenv(\"A\")",
    "print(s)",
    "select(\"#\", ...)",
];

/// Makes a script: a sample with some damage, or a soup of pieces.
pub fn script(dice: &mut Dice) -> String {
    let mut text = if dice.one_in(3) { soup(dice) } else { dice.pick(examples()).text.clone() };
    for _ in 0..dice.below(6) {
        mutilate(dice, &mut text);
    }
    text
}

fn soup(dice: &mut Dice) -> String {
    let mut text = String::new();
    for _ in 0..dice.below(60) {
        text.push_str(dice.pick::<&str>(PIECES));
    }
    text
}

/// Does what a user in the middle of something, or a bad merge, does to a text.
fn mutilate(dice: &mut Dice, text: &mut String) {
    let at = boundary(dice, text);
    match dice.below(7) {
        0 => text.truncate(at),
        1 => text.insert_str(at, dice.pick::<&str>(PIECES)),
        2 => {
            let end = ceil(text, at + 1 + dice.below(40));
            text.replace_range(at..end, "");
        }
        3 => {
            let end = ceil(text, at + 1 + dice.below(8));
            text.replace_range(at..end, dice.pick::<&str>(PIECES));
        }
        4 => {
            let copied = text[at..ceil(text, at + dice.below(200))].to_owned();
            let to = boundary(dice, text);
            text.insert_str(to, &copied);
        }
        5 => *text = text.replace('\n', dice.pick::<&str>(&["\r\n", "\r", " ", "\n\n"])),
        _ => text.insert_str(at, &dice.pick::<&str>(PIECES).repeat(dice.below(300))),
    }
    // What grows with every step is another test's.
    let end = ceil(text, 20_000);
    text.truncate(end);
}

fn boundary(dice: &mut Dice, text: &str) -> usize {
    ceil(text, dice.below(text.len() + 1))
}

/// Returns the first boundary of a character at or behind `offset`.
pub fn ceil(text: &str, offset: usize) -> usize {
    (offset..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}
