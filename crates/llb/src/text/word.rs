//! Words that end where they seem to end: quoted if they must be.

/// Writes one word so that its ends show: quoted as in a shell if it has blanks or the like, and escaped in double
/// quotes if a line cannot hold it.
pub(super) fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:=@%+,~^[]{}*!".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    if text.contains('\'') || text.chars().any(char::is_control) { quoted(text) } else { format!("'{text}'") }
}

/// Writes the rest of a line, quoted only if it is empty or would need more than one.
pub(super) fn value(text: &str) -> String {
    if text.is_empty() || text.chars().any(char::is_control) { quoted(text) } else { text.to_owned() }
}

/// Writes the contents of a file, as text if they are; the rest of a long one is told by its size.
pub(super) fn data(data: &[u8]) -> String {
    const MAX: usize = 1024;
    const START: usize = 64;
    let shown = if data.len() > MAX { data.get(..START).unwrap_or(data) } else { data };
    let mut text = match std::str::from_utf8(shown) {
        Ok(text) => quoted(text),
        Err(_) => format!("\"{}\"", shown.escape_ascii()),
    };
    if shown.len() < data.len() {
        text.push_str(&format!("… {} bytes", data.len()));
    }
    text
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '\'' => quoted.push('\''),
            c => quoted.extend(c.escape_debug()),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_only_if_it_must_be() {
        let words = ["a", "", "a b", "it's", "a\nb", "$HOME", "ünï", "A=b c"].map(word);
        assert_eq!(words, ["a", "''", "'a b'", r#""it's""#, r#""a\nb""#, "'$HOME'", "ünï", "'A=b c'"]);
    }

    #[test]
    fn contents_that_are_no_text_are_escaped_and_long_ones_cut() {
        assert_eq!(data(b"hi\n"), r#""hi\n""#);
        assert_eq!(data(&[0, 0xff]), r#""\x00\xff""#);
        assert_eq!(data(&[b'a'; 2000]), format!("\"{}\"… 2000 bytes", "a".repeat(64)));
    }
}
