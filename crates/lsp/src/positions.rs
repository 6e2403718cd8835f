//! Positions: LSP counts lines and columns, everything below this crate counts bytes.
//!
//! Lines end at LF, CRLF and CR only, as LSP says; ropey is built without its other line breaks for that reason.
//! A position past the end of its line, or past the last line, means that end.

use luakit_diagnostics::TextRange;
use ropey::{Rope, RopeSlice};
use tower_lsp::lsp_types::{Position, PositionEncodingKind, Range};

/// What a column counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Encoding {
    Utf8,
    #[default]
    Utf16,
    Utf32,
}

impl Encoding {
    /// Takes the first encoding in the client's list that we know.
    pub(crate) fn negotiate(offered: Option<&[PositionEncodingKind]>) -> Encoding {
        offered.unwrap_or_default().iter().find_map(Encoding::from_kind).unwrap_or_default()
    }

    fn from_kind(kind: &PositionEncodingKind) -> Option<Encoding> {
        [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32].into_iter().find(|it| it.kind() == *kind)
    }

    pub(crate) fn kind(self) -> PositionEncodingKind {
        match self {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
            Encoding::Utf32 => PositionEncodingKind::UTF32,
        }
    }
}

/// Returns the index of the character that a position stands before. Half a character counts as its beginning.
pub(crate) fn char_at(text: &Rope, position: Position, encoding: Encoding) -> usize {
    let line = position.line as usize;
    if line >= text.len_lines() {
        return text.len_chars();
    }
    let content = without_break(text.line(line));
    let column = position.character as usize;
    let chars = match encoding {
        Encoding::Utf8 => content.byte_to_char(column.min(content.len_bytes())),
        Encoding::Utf16 => content.utf16_cu_to_char(column.min(content.len_utf16_cu())),
        Encoding::Utf32 => column.min(content.len_chars()),
    };
    text.line_to_char(line) + chars
}

/// Returns the byte offset of a position.
pub(crate) fn offset(text: &Rope, position: Position, encoding: Encoding) -> usize {
    text.char_to_byte(char_at(text, position, encoding))
}

/// Returns the position of a byte offset; past the end, the end.
pub(crate) fn position(text: &Rope, offset: usize, encoding: Encoding) -> Position {
    let char = text.byte_to_char(offset.min(text.len_bytes()));
    let line = text.char_to_line(char);
    let content = without_break(text.line(line));
    let column = (char - text.line_to_char(line)).min(content.len_chars());
    let column = match encoding {
        Encoding::Utf8 => content.char_to_byte(column),
        Encoding::Utf16 => content.char_to_utf16_cu(column),
        Encoding::Utf32 => column,
    };
    Position::new(number(line), number(column))
}

pub(crate) fn range(text: &Rope, range: TextRange, encoding: Encoding) -> Range {
    Range::new(position(text, range.start, encoding), position(text, range.end, encoding))
}

/// LSP's numbers end at 2³¹-1.
fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(i32::MAX as u32)
}

fn without_break(line: RopeSlice<'_>) -> RopeSlice<'_> {
    let mut end = line.len_chars();
    if end > 0 && line.char(end - 1) == '\n' {
        end -= 1;
    }
    if end > 0 && line.char(end - 1) == '\r' {
        end -= 1;
    }
    line.slice(..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clients_first_known_encoding_is_taken() {
        let of = |names: &[&'static str]| {
            let kinds: Vec<_> = names.iter().map(|name| PositionEncodingKind::new(name)).collect();
            Encoding::negotiate(Some(&kinds))
        };
        assert_eq!(of(&["utf-7", "utf-32", "utf-8"]), Encoding::Utf32);
        assert_eq!(of(&["ebcdic"]), Encoding::Utf16);
        assert_eq!(Encoding::negotiate(None), Encoding::Utf16);
    }

    #[test]
    fn columns_behind_an_emoji_differ_by_encoding() {
        let text = Rope::from_str("é😀x\r\ny");
        for (encoding, column) in [(Encoding::Utf8, 6), (Encoding::Utf16, 3), (Encoding::Utf32, 2)] {
            assert_eq!(position(&text, 6, encoding), Position::new(0, column));
            assert_eq!(offset(&text, Position::new(0, column), encoding), 6);
        }
        assert_eq!(offset(&text, Position::new(0, 2), Encoding::Utf16), 2, "half an emoji is its beginning");
    }

    #[test]
    fn a_position_past_an_end_means_that_end() {
        let text = Rope::from_str("ab\r\nc\rd\u{2028}e\n");
        let at = |line, column| offset(&text, Position::new(line, column), Encoding::Utf16);
        assert_eq!(at(0, 99), 2);
        assert_eq!(at(1, 99), 5);
        assert_eq!(at(2, 99), 11, "a line separator ends no line");
        assert_eq!(at(3, 7), 12);
        assert_eq!(at(u32::MAX, u32::MAX), 12);
        assert_eq!(
            position(&text, 3, Encoding::Utf16),
            Position::new(0, 2),
            "between CR and LF is the line's end"
        );
        assert_eq!(position(&text, 999, Encoding::Utf16), Position::new(3, 0));
    }
}
