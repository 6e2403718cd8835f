//! What Lua takes for a name.

/// The words that Lua keeps for itself.
pub const KEYWORDS: &[&str] = &[
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in", "local", "nil",
    "not", "or", "repeat", "return", "then", "true", "until", "while",
];

/// Tells whether a text can stand where Lua wants a name: it is a word, and none that is reserved.
pub fn is_lua_name(text: &str) -> bool {
    let begins = |c: char| c.is_ascii_alphabetic() || c == '_';
    text.starts_with(begins)
        && text.chars().all(|c| begins(c) || c.is_ascii_digit())
        && !KEYWORDS.contains(&text)
}
