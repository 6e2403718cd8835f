//! The text as the lexer, the parser and the engine read it.
//!
//! A script may begin with a byte order mark and with `# syntax=…` or `#!…`, which are not Lua. They are written over
//! in place, so that every offset stays what it is.

/// Returns the text with everything that is not Lua overwritten, byte for byte.
pub(crate) fn mask(text: &str) -> String {
    let mut out = text.as_bytes().to_vec();
    let mut start = 0;
    if text.starts_with('\u{feff}') {
        blank(&mut out, 0, '\u{feff}'.len_utf8());
        start = '\u{feff}'.len_utf8();
    }
    if out.get(start) == Some(&b'#') {
        let end = line_end(&out, start);
        blank(&mut out, start, end);
    }
    // A lone CR ends a line in editors and in the engine's comments, but not in the parser: make it an LF for all.
    for i in 0..out.len() {
        if out.get(i) == Some(&b'\r')
            && out.get(i + 1) != Some(&b'\n')
            && let Some(byte) = out.get_mut(i)
        {
            *byte = b'\n';
        }
    }
    blank_directives(&mut out, start);
    // Only whole characters were overwritten, by ASCII.
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

/// Turns `--!` into `-- ` before the first statement: `--!optimize 2` would make the engine inline helpers, whose
/// frames are then missing from call traces.
fn blank_directives(out: &mut [u8], start: usize) {
    let mut i = start;
    loop {
        while out.get(i).is_some_and(u8::is_ascii_whitespace) {
            i += 1;
        }
        if out.get(i..i + 2) != Some(b"--") {
            return;
        }
        if out.get(i + 2) == Some(&b'!') {
            blank(out, i + 2, i + 3);
        }
        i = match long_comment_end(out, i + 2) {
            Some(end) => end,
            None => line_end(out, i),
        };
    }
}

/// Returns the end of a long comment whose `[` is at `open`.
fn long_comment_end(bytes: &[u8], open: usize) -> Option<usize> {
    if bytes.get(open) != Some(&b'[') {
        return None;
    }
    let level = bytes.get(open + 1..)?.iter().take_while(|byte| **byte == b'=').count();
    if bytes.get(open + 1 + level) != Some(&b'[') {
        return None;
    }
    let close = [b"]".as_slice(), &b"=".repeat(level), b"]"].concat();
    let body = open + level + 2;
    let rest = bytes.get(body..)?;
    let found = rest.windows(close.len()).position(|window| window == close);
    Some(found.map_or(bytes.len(), |at| body + at + close.len()))
}

fn line_end(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).map_or(bytes.len(), |at| start + at)
}

fn blank(out: &mut [u8], start: usize, end: usize) {
    for byte in out.iter_mut().take(end).skip(start) {
        *byte = b' ';
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let masked = mask(text);
        assert_eq!(masked, expected);
        assert_eq!(masked.len(), text.len(), "no offset may change");
    }

    #[test]
    fn the_first_line_and_the_mark_become_spaces() {
        check("# syntax=x\nlocal a", "          \nlocal a");
        check("\u{feff}#!/bin/lua\r\nlocal a", "             \r\nlocal a");
        check("# é\n#x", "    \n#x");
        check("local n = #t", "local n = #t");
        check("#", " ");
    }

    #[test]
    fn directives_lose_their_mark_only_in_the_header() {
        check(
            "--!strict\n--[[ x ]] --!optimize 2\nlocal a --!x",
            "-- strict\n--[[ x ]] -- optimize 2\nlocal a --!x",
        );
        check("--[==[ ]] --!x ]==]\n--!y", "--[==[ ]] --!x ]==]\n-- y");
        check("--[[ never closed --!x", "--[[ never closed --!x");
    }

    #[test]
    fn a_lone_cr_ends_a_line() {
        check("-- a\rlocal b\r\nc\r", "-- a\nlocal b\r\nc\n");
    }
}
