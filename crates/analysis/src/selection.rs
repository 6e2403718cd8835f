//! What a selection grows to: the token, what is in the string, the argument, the call, its link of a chain, the
//! statement, the block, the function, the file.

use crate::Script;
use crate::blocks::{BlockKind, Blocks};
use crate::tokens::{Token, TokenKind};
use crate::tree::{self, Entry, ExprKind};
use luakit_diagnostics::TextRange;

/// How many ranges are kept around a cursor: those nearest to it, and those nearest to the file.
const NEAREST: usize = 80;
const OUTERMOST: usize = 20;

/// Returns for each offset the ranges around it, each strictly in the next.
pub fn selection_ranges(script: &Script, offsets: &[usize]) -> Vec<Vec<TextRange>> {
    let mut ranges = ranges(script);
    ranges.sort_by_key(|range| (range.end - range.start, range.start));
    ranges.dedup();
    offsets.iter().map(|offset| around(script, &ranges, *offset)).collect()
}

fn around(script: &Script, ranges: &[TextRange], offset: usize) -> Vec<TextRange> {
    let offset = offset.min(script.masked.len());
    let mut chain = Vec::new();
    let mut inner = TextRange::new(offset, offset);
    if let Some(token) = token_at(script, offset) {
        if let Some(content) = content(script, token).filter(|content| content.touches(offset)) {
            chain.push(content);
        }
        chain.push(token.range);
        inner = token.range;
    }
    for range in ranges {
        if range.covers(inner) && *range != inner {
            chain.push(*range);
            inner = *range;
        }
    }
    if chain.is_empty() {
        chain.push(inner);
    }
    if chain.len() > NEAREST + OUTERMOST {
        chain.drain(NEAREST..chain.len() - OUTERMOST);
    }
    chain
}

/// Returns the token at an offset; between two, the one that is a word.
fn token_at(script: &Script, offset: usize) -> Option<Token> {
    let end = script.tokens.partition_point(|token| token.range.start <= offset);
    let near = script.tokens.iter().take(end).rev().take(2);
    let mut touching: Vec<Token> = near.filter(|token| token.range.touches(offset)).copied().collect();
    touching.sort_by_key(|token| token.kind == TokenKind::Symbol);
    touching.into_iter().next()
}

/// Returns what is between the quotes of a string.
fn content(script: &Script, token: Token) -> Option<TextRange> {
    if token.kind != TokenKind::String {
        return None;
    }
    let text = script.text(token.range);
    let quote = match text.strip_prefix('[') {
        Some(rest) => 2 + rest.len() - rest.trim_start_matches('=').len(),
        None => 1,
    };
    let closed = text.len() >= 2 * quote && text.ends_with(['"', '\'', ']']);
    let range = TextRange::new(token.range.start + quote, token.range.end - if closed { quote } else { 0 });
    (!range.is_empty() && range.end <= token.range.end).then_some(range)
}

/// Returns every range that a selection may grow to, but for tokens.
fn ranges(script: &Script) -> Vec<TextRange> {
    let mut ranges = vec![TextRange::new(0, script.masked.len())];
    expressions(script, &mut ranges);
    let tree = &script.tree;
    let mut open = vec![&tree.block];
    for func in &tree.funcs {
        ranges.push(func.range);
        open.push(&func.block);
    }
    while let Some(block) = open.pop() {
        ranges.extend(statements(block));
        for stmt in &block.stmts {
            ranges.push(stmt.range);
            open.extend(stmt.blocks());
        }
    }
    blocks(&Blocks::of(script), &mut ranges);
    ranges
}

fn statements(block: &tree::Block) -> Option<TextRange> {
    let (first, last) = (block.stmts.first()?, block.stmts.last()?);
    Some(TextRange::new(first.range.start, last.range.end))
}

fn expressions(script: &Script, ranges: &mut Vec<TextRange>) {
    let tree = &script.tree;
    for expr in &tree.exprs {
        ranges.push(expr.range);
        match &expr.kind {
            ExprKind::Call(call) => {
                let name = tree.called_name(call).filter(|name| expr.range.covers(*name));
                let base = tree.expr(call.callee).range;
                if let Some(name) = name.filter(|name| name.start > expr.range.start) {
                    // The call, and with its `:` the link of the chain.
                    ranges.push(TextRange::new(name.start, expr.range.end));
                    if call.method.is_some() {
                        let from = TextRange::new(base.end, name.start);
                        let gap = script.text(from);
                        let colon = base.end + gap.find(':').unwrap_or(gap.len());
                        ranges.push(TextRange::new(colon, expr.range.end));
                    }
                }
            }
            ExprKind::Table(entries) => {
                for entry in entries {
                    let (start, value) = match entry {
                        Entry::Item(_) => continue,
                        Entry::Named { key, value } => (key.start, *value),
                        Entry::Keyed { key, value } => {
                            let before = tree.expr(*key).range.start;
                            (before, *value)
                        }
                    };
                    ranges.push(TextRange::new(start, tree.expr(value).range.end));
                }
            }
            _ => {}
        }
    }
}

/// Adds what the tokens tell: what is in brackets and in blocks, and both with what encloses them.
fn blocks(blocks: &Blocks<'_>, ranges: &mut Vec<TextRange>) {
    for block in &blocks.blocks {
        let last_inside =
            if block.close == Some(block.last) { block.last.saturating_sub(1) } else { block.last };
        if last_inside > block.open && block.kind != BlockKind::Function {
            ranges.push(blocks.span(block.open + 1, last_inside));
        }
        if block.kind != BlockKind::IfValue {
            ranges.push(blocks.span(block.head, block.last));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{cursor, script};
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    #[track_caller]
    fn check(fixture: &str, expected: &Expect) {
        let (text, offset) = cursor(fixture);
        let script = script(&text);
        let shown = selection_ranges(&script, &[offset]).concat();
        let shown: Vec<String> = shown.iter().map(|it| script.text(*it).replace('\n', "⏎")).collect();
        expected.assert_eq(&(shown.join("\n") + "\n"));
    }

    #[test]
    fn a_selection_grows_along_a_chain() {
        check(
            "local function f(s)\n  return s:run('a'):copy(s, 'x$0y', { mode = 1 }):run('b')\nend",
            &expect![[r#"
                xy
                'xy'
                s, 'xy', { mode = 1 }
                (s, 'xy', { mode = 1 })
                copy(s, 'xy', { mode = 1 })
                :copy(s, 'xy', { mode = 1 })
                s:run('a'):copy(s, 'xy', { mode = 1 })
                s:run('a'):copy(s, 'xy', { mode = 1 }):run('b')
                return s:run('a'):copy(s, 'xy', { mode = 1 }):run('b')
                local function f(s)⏎  return s:run('a'):copy(s, 'xy', { mode = 1 }):run('b')⏎end
            "#]],
        );
    }

    #[test]
    fn a_selection_grows_through_tables_and_arms() {
        check(
            "x()\nif a then\n  f({ mounts = { bk.ca$0che('/c') } })\nelse\n  b()\nend",
            &expect![[r#"
                cache
                bk.cache
                bk.cache('/c')
                { bk.cache('/c') }
                mounts = { bk.cache('/c') }
                { mounts = { bk.cache('/c') } }
                ({ mounts = { bk.cache('/c') } })
                f({ mounts = { bk.cache('/c') } })
                if a then⏎  f({ mounts = { bk.cache('/c') } })
                if a then⏎  f({ mounts = { bk.cache('/c') } })⏎else⏎  b()⏎end
                x()⏎if a then⏎  f({ mounts = { bk.cache('/c') } })⏎else⏎  b()⏎end
            "#]],
        );
    }

    #[test]
    fn a_selection_grows_where_the_text_is_half_typed() {
        check(
            "local function f()\n  foo.\n  bar(x, ba$0z\nend\ny()",
            &expect![[r#"
                baz
                x, baz
                (x, baz
                bar(x, baz
                foo.⏎  bar(x, baz
                local function f()⏎  foo.⏎  bar(x, baz⏎end
                local function f()⏎  foo.⏎  bar(x, baz⏎end⏎y()
            "#]],
        );
        let empty = script("");
        assert_eq!(selection_ranges(&empty, &[0, 9]), [[TextRange::default()], [TextRange::default()]]);
    }

    proptest! {
        #[test]
        fn every_range_lies_strictly_in_the_next(text in "([a-z(){}\\[\\]:.,='\"\n -]|function|end |if |then |local )*", at in 0usize..50) {
            let script = script(&text);
            for chain in selection_ranges(&script, &[at.min(text.len())]) {
                for pair in chain.windows(2) {
                    prop_assert!(pair[1].covers(pair[0]) && pair[0] != pair[1]);
                }
            }
        }
    }
}
