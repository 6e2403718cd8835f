//! Edits as editors send them, and a model that knows by the words of the specification what they lead to.

use crate::Dice;
use crate::scripts::PIECES;
use serde_json::{Value, json};

/// Stands for half a surrogate pair, which no Rust string can hold. [`wire`] writes it, the server reads U+FFFD.
pub const HALF: &str = "\u{e000}";

/// One entry of `contentChanges`. Positions may lie anywhere, and ranges may be reversed.
#[derive(Debug, Clone)]
pub struct Change {
    pub range: Option<[(u32, u32); 2]>,
    pub text: String,
}

impl Change {
    pub fn to_json(&self) -> Value {
        let position = |(line, character)| json!({ "line": line, "character": character });
        match self.range {
            None => json!({ "text": self.text }),
            Some([start, end]) => {
                json!({ "range": { "start": position(start), "end": position(end) }, "text": self.text })
            }
        }
    }

    /// Does to `text` what the client did. Columns count UTF-16 units.
    pub fn apply(&self, text: &mut String) {
        let new = self.text.replace(HALF, "\u{fffd}");
        match self.range {
            None => *text = new,
            Some([start, end]) => {
                let (a, b) = (offset(text, start), offset(text, end));
                text.replace_range(a.min(b)..a.max(b), &new);
            }
        }
    }
}

/// Returns a message as it is sent, with halves of surrogate pairs in it.
pub fn wire(message: &Value) -> Vec<u8> {
    message.to_string().replace(HALF, "\\ud83d").into_bytes()
}

/// Returns where a position stands: behind a line's end is its end, behind the last line the end of the text, and
/// amid a character its beginning.
pub fn offset(text: &str, (line, character): (u32, u32)) -> usize {
    let mut at = (0, 0);
    let mut chars = text.char_indices().peekable();
    while let Some((offset, c)) = chars.next() {
        let is_break = c == '\n' || c == '\r';
        if at.0 == line && (is_break || at.1 + c.len_utf16() as u32 > character) {
            return offset;
        }
        at.1 += c.len_utf16() as u32;
        if is_break {
            if c == '\r' && chars.peek().is_some_and(|(_, c)| *c == '\n') {
                chars.next();
            }
            at = (at.0 + 1, 0);
        }
    }
    text.len()
}

/// Returns the position of an offset.
pub fn position(text: &str, offset: usize) -> (u32, u32) {
    let mut at = (0, 0);
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if start >= offset {
            break;
        }
        at.1 += c.len_utf16() as u32;
        match c {
            '\r' if chars.peek().is_some_and(|(_, c)| *c == '\n') => at.1 -= 1,
            '\r' | '\n' => at = (at.0 + 1, 0),
            _ => {}
        }
    }
    at
}

/// Makes a change of `text`: mostly somewhere in it and small, sometimes beyond it, reversed or all of it.
pub fn change(dice: &mut Dice, text: &str) -> Change {
    let piece = |dice: &mut Dice| match dice.below(8) {
        0 => HALF.to_owned(),
        1 => dice.pick(PIECES).repeat(3),
        2 => String::new(),
        _ => dice.pick(PIECES).to_string(),
    };
    if dice.one_in(24) {
        let mut all = text.to_owned();
        let at = crate::scripts::ceil(&all, dice.below(all.len() + 1));
        all.insert_str(at, &piece(dice));
        return Change { range: None, text: all };
    }
    let range = if dice.one_in(12) {
        let far = |dice: &mut Dice| *dice.pick(&[0, 1, 7, 99, 4000, i32::MAX as u32]);
        [(far(dice), far(dice)), (far(dice), far(dice))]
    } else {
        let start = dice.below(text.len() + 1);
        let length = *dice.pick(&[0, 0, 0, 0, 1, 1, 2, 5, 20, 90]);
        // An offset amid a character has the position of the character's end.
        let range = [position(text, start), position(text, start + length)];
        if dice.one_in(16) { [range[1], range[0]] } else { range }
    };
    Change { range: Some(range), text: piece(dice) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_lead_back_to_their_offsets() {
        let text = "aé😀\r\nb\rc\n\nd";
        for (start, c) in text.char_indices().filter(|(_, c)| *c != '\n') {
            assert_eq!(offset(text, position(text, start)), start, "{c:?}");
        }
        assert_eq!(position(text, text.len()), (4, 1));
        assert_eq!(offset(text, (0, 2)), 1 + 'é'.len_utf8(), "half an emoji is its beginning");
        assert_eq!(offset(text, (0, 99)), 7);
        assert_eq!(offset(text, (99, 0)), text.len());
    }

    #[test]
    fn a_half_pair_is_sent_as_one() {
        let change = Change { range: Some([(0, 1), (0, 0)]), text: HALF.into() };
        assert!(String::from_utf8(wire(&change.to_json())).is_ok_and(|it| it.contains(r#""text":"\ud83d""#)));
        let mut text = "ab".to_owned();
        change.apply(&mut text);
        assert_eq!(text, "\u{fffd}b");
    }
}
