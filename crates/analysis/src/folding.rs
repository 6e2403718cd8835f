//! What can be folded away: functions, arms, tables, calls, comments and regions.

use crate::Script;
use crate::blocks::Blocks;
use crate::tokens::{Token, TokenKind};
use crate::tree::{ExprKind, Stmt, StmtKind};
use crate::types::required;
use luakit_diagnostics::TextRange;
use std::collections::BTreeMap;

/// A part of a text that can be folded away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoldingRange {
    pub kind: FoldKind,
    /// What disappears, for editors that fold characters.
    pub range: TextRange,
    /// The line (from 1) that stays, and the last one that disappears, for editors that fold lines.
    pub lines: (usize, usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoldKind {
    Code,
    Comment,
    Region,
    Requires,
}

/// Returns what can be folded, at most one fold for each line that it begins on.
pub fn folding_ranges(script: &Script) -> Vec<FoldingRange> {
    let blocks = Blocks::of(script);
    let mut folds = Folds { script, blocks, found: BTreeMap::new() };
    folds.blocks();
    folds.statements();
    folds.strings();
    folds.comments();
    folds.found.into_values().collect()
}

struct Folds<'a> {
    script: &'a Script,
    blocks: Blocks<'a>,
    /// By the line they begin on.
    found: BTreeMap<usize, FoldingRange>,
}

impl Folds<'_> {
    fn line(&self, offset: usize) -> usize {
        self.script.file.lines.line(offset)
    }

    /// Adds a fold; of those that begin on one line the longest is kept, of equal ones the one with fewer characters.
    fn add(&mut self, kind: FoldKind, range: TextRange) {
        let (first, mut last) = (self.line(range.start), self.line(range.end));
        if last > first && kind == FoldKind::Code && self.begins_with_an_end(last) {
            last -= 1;
        }
        if last <= first {
            return;
        }
        let fold = FoldingRange { kind, range, lines: (first, last) };
        let is_better = self
            .found
            .get(&first)
            .is_none_or(|other| other.lines.1 < last || other.lines.1 == last && other.range.covers(range));
        if is_better {
            self.found.insert(first, fold);
        }
    }

    /// Tells whether a line begins with what closes something, so that it had better stay.
    fn begins_with_an_end(&self, line: usize) -> bool {
        let start = self.script.file.lines.start(line);
        let first = self.blocks.tokens.partition_point(|token| token.range.start < start);
        let closes = |text| matches!(text, ")" | "]" | "}" | "end" | "until" | "else" | "elseif");
        self.blocks.tokens.get(first).is_some_and(|token| {
            self.line(token.range.start) == line
                && (closes(self.script.text(token.range))
                    || matches!(token.kind, TokenKind::Interpolated { opens: false, .. }))
        })
    }

    fn blocks(&mut self) {
        for index in 0..self.blocks.blocks.len() {
            let blocks = &self.blocks;
            let Some(block) = blocks.blocks.get(index).copied() else { return };
            let start = blocks.range(blocks.parameters(index).map_or(block.open, |it| it.last)).end;
            let end = match block.close {
                Some(close) => blocks.range(close).start,
                None => blocks.range(block.last).end,
            };
            self.add(FoldKind::Code, TextRange::new(start, end));
        }
    }

    /// Folds statements of many lines, such as chains of calls, and rows of `require`.
    fn statements(&mut self) {
        let tree = &self.script.tree;
        let mut open = vec![&tree.block];
        open.extend(tree.funcs.iter().map(|func| &func.block));
        while let Some(block) = open.pop() {
            let mut row: Option<TextRange> = None;
            for stmt in &block.stmts {
                open.extend(stmt.blocks());
                if self.is_require(stmt) {
                    let start = row.map_or(stmt.range.start, |row| row.start);
                    row = Some(TextRange::new(start, stmt.range.end));
                    continue;
                }
                self.requires(row.take());
                let is_flat = matches!(
                    stmt.kind,
                    StmtKind::Local { .. }
                        | StmtKind::Assign { .. }
                        | StmtKind::Call(_)
                        | StmtKind::Return(_)
                );
                if is_flat {
                    let first = self.line(stmt.range.start);
                    let start = self.script.file.line_range(first).end.min(stmt.range.end);
                    self.add(FoldKind::Code, TextRange::new(start.max(stmt.range.start), stmt.range.end));
                }
            }
            self.requires(row);
        }
    }

    fn is_require(&self, stmt: &Stmt) -> bool {
        let StmtKind::Local { values, .. } = &stmt.kind else { return false };
        !values.is_empty()
            && values.iter().all(|value| match &self.script.tree.expr(*value).kind {
                ExprKind::Call(call) => required(self.script, call).is_some(),
                _ => false,
            })
    }

    fn requires(&mut self, row: Option<TextRange>) {
        if let Some(row) = row {
            let start = self.script.file.line_range(self.line(row.start)).end.min(row.end);
            self.add(FoldKind::Requires, TextRange::new(start, row.end));
        }
    }

    fn strings(&mut self) {
        for index in 0..self.blocks.tokens.len() {
            if self.blocks.kind(index) == Some(TokenKind::String) {
                let range = self.blocks.range(index);
                let text = self.script.text(range);
                let open = text.find('\n').unwrap_or(text.len());
                self.add(FoldKind::Code, TextRange::new(range.start + open.min(1), range.end));
            }
        }
    }

    fn comments(&mut self) {
        let script = self.script;
        let mut row: Option<TextRange> = None;
        let mut regions: Vec<usize> = Vec::new();
        for token in script.tokens.iter().filter(|token| token.kind == TokenKind::Comment) {
            let marker = marker(script.text(token.range));
            if !self.stands_alone(token) || marker.is_some() {
                self.comment(row.take());
            } else {
                let follows = |row: &TextRange| self.line(row.end) + 1 == self.line(token.range.start);
                match row.filter(follows) {
                    Some(before) => row = Some(TextRange::new(before.start, token.range.end)),
                    None => {
                        self.comment(row.take());
                        row = Some(token.range);
                    }
                }
            }
            match marker {
                Some(true) => regions.push(token.range.end),
                Some(false) => {
                    if let Some(start) = regions.pop() {
                        self.add(FoldKind::Region, TextRange::new(start, token.range.end));
                    }
                }
                None => {}
            }
        }
        self.comment(row);
    }

    fn comment(&mut self, row: Option<TextRange>) {
        if let Some(row) = row {
            let start = self.script.file.line_range(self.line(row.start)).end.min(row.end);
            self.add(FoldKind::Comment, TextRange::new(start, row.end));
        }
    }

    fn stands_alone(&self, comment: &Token) -> bool {
        let start = self.script.file.lines.start(self.line(comment.range.start));
        let before = TextRange::new(start, comment.range.start);
        self.script.text(before).trim().is_empty()
    }
}

/// Tells whether a comment begins a region or ends one.
fn marker(comment: &str) -> Option<bool> {
    let text = comment.trim_start_matches('-').trim_start();
    let word = text.strip_prefix('#').unwrap_or(text).split(|c: char| !c.is_alphanumeric()).next()?;
    match word {
        "region" => Some(true),
        "endregion" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::script;
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check(text: &str, expected: &Expect) {
        let script = script(text);
        let mut shown = String::new();
        for fold in folding_ranges(&script) {
            let gone = script.text(fold.range).replace('\n', "⏎");
            shown.push_str(&format!("{:?} {}-{} {gone}\n", fold.kind, fold.lines.0, fold.lines.1));
        }
        expected.assert_eq(&shown);
    }

    #[test]
    fn what_closes_a_fold_stays_in_sight() {
        check(
            "local function f(a)\n  if a then\n    b()\n  elseif c then\n    d()\n  else\n    e()\n  end\nend\n\
             for i = 1, 2 do\n  f({\n    i,\n  })\nend\nrepeat\n  x()\nuntil y",
            &expect![[r#"
                Code 1-8 ⏎  if a then⏎    b()⏎  elseif c then⏎    d()⏎  else⏎    e()⏎  end⏎
                Code 2-3 ⏎    b()⏎  
                Code 4-5 ⏎    d()⏎  
                Code 6-7 ⏎    e()⏎  
                Code 10-13 ⏎  f({⏎    i,⏎  })⏎
                Code 11-12 ⏎    i,⏎  
                Code 15-16 ⏎  x()⏎
            "#]],
        );
    }

    #[test]
    fn a_chain_folds_to_its_first_line() {
        check(
            "local a = bk.image('x')\n  :run('y')\n  :run('z')\nlocal b = 1\nbk.export(a, {\n  user = 'u',\n})",
            &expect![[r#"
                Code 1-3 ⏎  :run('y')⏎  :run('z')
                Code 5-6 ⏎  user = 'u',⏎
            "#]],
        );
    }

    #[test]
    fn comments_regions_requires_and_long_strings_fold() {
        check(
            "-- One\n-- two\n\n-- three\n--[[ four\n]]\n-- #region build\nlocal a = require('a')\nlocal b = require('b')\n\
             local s = [[\nx\n]]\n--region inner\n--#endregion\n-- endregion\nlocal t = 1 -- five\n-- six",
            &expect![[r#"
                Comment 1-2 ⏎-- two
                Comment 4-6 ⏎--[[ four⏎]]
                Region 7-15 ⏎local a = require('a')⏎local b = require('b')⏎local s = [[⏎x⏎]]⏎--region inner⏎--#endregion⏎-- endregion
                Requires 8-9 ⏎local b = require('b')
                Code 10-12 ⏎x⏎]]
                Region 13-14 ⏎--#endregion
            "#]],
        );
    }

    #[test]
    fn what_is_half_typed_folds_all_the_same() {
        check(
            "local function f()\n  foo.\nend\nlocal x = f({\n  a = 1,\nlocal function g()\n  x()\nend",
            &expect![[r#"
                Code 1-2 ⏎  foo.⏎
                Code 4-5 ⏎  a = 1
                Code 6-7 ⏎  x()⏎
            "#]],
        );
    }
}
