//! What is added when a new line begins a block: the `end` that it has not yet.

use crate::Script;
use crate::blocks::{BlockKind, Blocks};
use luakit_diagnostics::{Edit, TextRange};

/// Returns the edits that close the block which the line above the cursor has opened, if it lacks its end.
///
/// They leave the cursor where it is: nothing is put right at it.
pub fn on_enter(script: &Script, offset: usize) -> Vec<Edit> {
    close(script, offset).unwrap_or_default()
}

fn close(script: &Script, offset: usize) -> Option<Vec<Edit>> {
    // In a script that is whole, every block has its end.
    if script.errors.is_empty() || script.is_inside_token(offset) {
        return None;
    }
    let lines = &script.file.lines;
    let line = lines.line(offset);
    let next = lines.start(line + 1);
    let before = script.masked.get(lines.start(line)..offset)?;
    // On the last line there is no place that is not the cursor's.
    if next <= offset || !before.trim().is_empty() {
        return None;
    }
    let blocks = Blocks::of(script);
    let last = blocks.tokens.partition_point(|token| token.range.end <= offset).checked_sub(1)?;
    if blocks.line(last) + 1 != line {
        return None;
    }
    let index = (0..blocks.blocks.len()).find(|index| opens_with(&blocks, *index, last))?;
    let block = blocks.blocks.get(index)?;
    let word = match block.kind {
        BlockKind::Repeat => "until ",
        _ => "end",
    };
    // What an editor has closed by itself moves behind the end.
    let rest = script.masked.get(offset..next)?;
    let closers = rest.trim();
    if !closers.chars().all(|c| matches!(c, ')' | ']' | '}' | ',' | ';')) {
        return None;
    }
    let head = lines.text(&script.masked, blocks.line(block.head));
    let indent = head.get(..head.len() - head.trim_start().len())?;
    let newline = if script.file.text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut edits = Vec::new();
    if !closers.is_empty() {
        let start = offset + (rest.len() - rest.trim_start().len());
        edits.push(Edit { range: TextRange::new(start, start + closers.len()), text: String::new() });
    }
    let text = format!("{indent}{word}{closers}{newline}");
    edits.push(Edit { range: TextRange::new(next, next), text });
    Some(edits)
}

/// Tells whether the block at an index holds statements that begin right behind a token, and does not end.
fn opens_with(blocks: &Blocks<'_>, index: usize, last: usize) -> bool {
    let Some(block) = blocks.blocks.get(index).filter(|block| block.kind.holds_statements()) else {
        return false;
    };
    let opened = match block.kind {
        BlockKind::Function => blocks.parameters(index).and_then(|parameters| parameters.close),
        _ => Some(block.open),
    };
    block.close.is_none() && opened == Some(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{cursor, script};
    use expect_test::{Expect, expect};

    /// Shows the text after a line break at the cursor, as an editor writes it, and the edits.
    #[track_caller]
    fn check(fixture: &str, expected: &Expect) {
        let (text, offset) = cursor(fixture);
        let script = script(&text);
        let mut shown = text.clone();
        let edits = on_enter(&script, offset);
        for edit in edits.iter().rev() {
            assert!(edit.range.start > offset || !edit.range.is_empty(), "the cursor would move");
            shown.replace_range(edit.range.start..edit.range.end, &edit.text);
        }
        shown.insert(offset, '|');
        expected.assert_eq(if edits.is_empty() { "nothing\n" } else { &shown });
    }

    #[test]
    fn a_block_gets_its_end() {
        check(
            "if a then\n  $0\n",
            &expect![[r#"
            if a then
              |
            end
        "#]],
        );
        check(
            "local function f(a, b) -- why\n  $0\nx()\n",
            &expect![[r#"
            local function f(a, b) -- why
              |
            end
            x()
        "#]],
        );
        check(
            "function M.x:y(a)\n$0\n",
            &expect![[r#"
            function M.x:y(a)
            |
            end
        "#]],
        );
        check(
            "do\n  for i, v in t do\n    $0\nend\n",
            &expect![[r#"
            do
              for i, v in t do
                |
              end
            end
        "#]],
        );
        check(
            "repeat\n  $0\n",
            &expect![[r#"
            repeat
              |
            until 
        "#]],
        );
        check(
            "s:files(function(f)\n  $0)\n",
            &expect![[r#"
            s:files(function(f)
              |
            end)
        "#]],
        );
    }

    #[test]
    fn nothing_is_added_where_nothing_lacks() {
        for fixture in [
            "if a then\n  $0\nend\n",
            "if a then\n  $0",
            "if a then\n  b$0\n",
            "f(a)\n$0\nfoo bar\n",
            "-- then\n$0\nfoo bar\n",
            "local s = [[ then\n$0\n]] foo bar\n",
            "local x = if a then\n  $0\n",
            "local function f(\n  $0\n",
            "while a do\n\n$0\n",
        ] {
            check(fixture, &expect![["nothing\n"]]);
        }
    }
}
