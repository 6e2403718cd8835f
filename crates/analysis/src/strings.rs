//! What a string literal stands for.

/// Decodes a string as it is written, with its quotes. Returns `None` if it is not a whole string.
pub(crate) fn decode(literal: &str) -> Option<Vec<u8>> {
    match literal.as_bytes().first()? {
        b'[' => decode_long(literal),
        quote @ (b'"' | b'\'') => {
            let inner = literal.get(1..literal.len() - 1).filter(|_| literal.len() >= 2)?;
            (literal.as_bytes().last() == Some(quote)).then_some(())?;
            decode_escapes(inner)
        }
        b'`' => {
            let inner = literal.get(1..literal.len() - 1).filter(|_| literal.len() >= 2)?;
            decode_escapes(inner)
        }
        _ => None,
    }
}

/// A first line break does not count, and CRLF is LF.
fn decode_long(literal: &str) -> Option<Vec<u8>> {
    let level = literal.bytes().skip(1).take_while(|byte| *byte == b'=').count();
    let width = level + 2;
    let inner = literal.get(width..literal.len().checked_sub(width)?)?;
    let inner = inner.strip_prefix("\r\n").or_else(|| inner.strip_prefix('\n')).unwrap_or(inner);
    Some(inner.replace("\r\n", "\n").into_bytes())
}

fn decode_escapes(inner: &str) -> Option<Vec<u8>> {
    let bytes = inner.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while let Some(&byte) = bytes.get(i) {
        i += 1;
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let escape = *bytes.get(i)?;
        i += 1;
        match escape {
            b'a' => out.push(7),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'v' => out.push(11),
            b'\r' => {
                out.push(b'\n');
                i += usize::from(bytes.get(i) == Some(&b'\n'));
            }
            b'z' => {
                i += bytes.get(i..)?.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            }
            b'x' => {
                out.push(u8::from_str_radix(inner.get(i..i + 2)?, 16).ok()?);
                i += 2;
            }
            b'u' => {
                let close = i + bytes.get(i..)?.iter().position(|byte| *byte == b'}')?;
                let code = u32::from_str_radix(inner.get(i + 1..close)?, 16).ok()?;
                out.extend(char::from_u32(code)?.to_string().bytes());
                i = close + 1;
            }
            b'0'..=b'9' => {
                let digits = bytes.get(i - 1..)?.iter().take(3).take_while(|b| b.is_ascii_digit()).count();
                out.push(inner.get(i - 1..i - 1 + digits)?.parse().ok()?);
                i += digits - 1;
            }
            // `"\."` is `.` in Luau, as in Lua 5.1.
            other => out.push(other),
        }
    }
    Some(out)
}

/// Returns the value of a number as it is written.
pub(crate) fn number(literal: &str) -> Option<f64> {
    let text = literal.replace('_', "");
    let lower = text.to_ascii_lowercase();
    if let Some(digits) = lower.strip_prefix("0x") {
        return u64::from_str_radix(digits, 16).ok().map(|n| n as f64);
    }
    if let Some(digits) = lower.strip_prefix("0b") {
        return u64::from_str_radix(digits, 2).ok().map(|n| n as f64);
    }
    lower.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(literal: &str, expected: &[u8]) {
        assert_eq!(decode(literal).as_deref(), Some(expected), "{literal}");
    }

    #[test]
    fn escapes_are_those_of_luau() {
        check(r#""a\n\t\"b""#, b"a\n\t\"b");
        check(r"'\065\10x\x41\u{e9}\.'", "A\nxAé.".as_bytes());
        check("\"a\\z  \n  b\"", b"ab");
        check("\"a\\\nb\"", b"a\nb");
        check("[==[\nx]]\\n]==]", b"x]]\\n");
        assert_eq!(decode("\"half"), None);
        assert_eq!(decode("\""), None);
        assert_eq!(decode(r#""\400""#), None);
    }

    #[test]
    fn numbers_are_read_as_the_engine_reads_them() {
        for (text, value) in
            [("0644", 644.0), ("0x1F", 31.0), ("0b101", 5.0), ("1_000", 1000.0), ("1e3", 1000.0), (".5", 0.5)]
        {
            assert_eq!(number(text), Some(value), "{text}");
        }
    }
}
