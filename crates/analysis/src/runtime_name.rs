//! Which expression of a line an error of the engine is about.
//!
//! Luau says "attempt to concatenate nil with string" and the line; the text tells what was nil, where only one
//! expression can have been.

use crate::Script;
use crate::strings::decode;
use crate::tree::{ExprId, ExprKind};
use crate::types::{Kind, Types};
use luakit_diagnostics::TextRange;

/// A source text longer than this names nothing.
const LONGEST: usize = 60;

/// Finds the expression that the engine's `message` about a line can only mean, with its source text.
pub fn explain_operand(script: &Script, line: TextRange, message: &str) -> Option<(TextRange, String)> {
    let lines = &script.file.lines;
    let number = lines.line(line.start);
    let end = script.file.text.len();
    let next = if number < lines.line_count() { lines.start(number + 1) } else { end };
    let whole = TextRange::new(lines.start(number), next.max(line.end));
    let types = Types::infer(script, None);
    let finder = Finder { script, types: &types, line: whole };
    let mut found = finder.candidates(message)?;
    found.sort_unstable_by_key(|id| script.tree.expr(*id).range);
    found.dedup_by_key(|id| script.text(script.tree.expr(*id).range));
    let [only] = found.as_slice() else { return None };
    let range = script.tree.expr(script.tree.inner(*only)).range;
    let text = script.text(range);
    let short = text.len() <= LONGEST && !text.contains('\n') && !text.is_empty();
    short.then(|| (range, text.to_owned()))
}

struct Finder<'t, 'a> {
    script: &'a Script,
    types: &'t Types<'a>,
    line: TextRange,
}

impl Finder<'_, '_> {
    fn candidates(&self, message: &str) -> Option<Vec<ExprId>> {
        let rest = message.split_once("attempt to ")?.1;
        if let Some(rest) = rest.strip_prefix("concatenate ") {
            let (left, right) = rest.split_once(" with ")?;
            return Some(self.operands(&[".."], is_nil(left), is_nil(right)));
        }
        if let Some(rest) = rest.strip_prefix("perform arithmetic (") {
            let (name, kinds) = rest.split_once(") on ")?;
            if name == "unm" {
                return Some(self.unary("-"));
            }
            let op =
                ["add", "sub", "mul", "div", "idiv", "mod", "pow"].iter().position(|other| *other == name)?;
            let op = ["+", "-", "*", "/", "//", "%", "^"].get(op)?;
            // Both are of one kind where only one is named.
            let (left, right) = kinds.split_once(" and ").unwrap_or((kinds, kinds));
            return Some(self.operands(&[op], is_nil(left), is_nil(right)));
        }
        if let Some(kinds) = rest.strip_prefix("compare ") {
            // `a > b` is run as `b < a`, so that the order tells nothing.
            return kinds.contains("nil").then(|| self.operands(&["<", "<=", ">", ">="], true, true));
        }
        if let Some(rest) = rest.strip_prefix("index nil with ") {
            let key = rest.trim().trim_matches('\'');
            return Some(self.indexed(key));
        }
        if rest.starts_with("call a nil value") {
            return Some(self.called());
        }
        if rest.starts_with("get length of a nil") {
            return Some(self.unary("#"));
        }
        None
    }

    fn here(&self, range: TextRange) -> bool {
        self.line.contains(range.start)
    }

    /// Tells whether an expression can be nil.
    fn can_be_nil(&self, id: ExprId) -> bool {
        let literal = match &self.script.tree.expr(self.script.tree.inner(id)).kind {
            ExprKind::Nil | ExprKind::Name | ExprKind::Field { .. } | ExprKind::Index { .. } => false,
            ExprKind::Call(_) | ExprKind::Vararg | ExprKind::If { .. } => false,
            ExprKind::Binary { op, .. } => !matches!(self.script.text(*op), "and" | "or"),
            _ => true,
        };
        let sure = matches!(self.types.of(id).certain(), Some(kind) if kind != Kind::Nil);
        !literal && !sure
    }

    /// Returns the operands of operators in the line that can be nil, on the sides where one was.
    fn operands(&self, ops: &[&str], on_left: bool, on_right: bool) -> Vec<ExprId> {
        let mut found = Vec::new();
        for expr in &self.script.tree.exprs {
            let ExprKind::Binary { op, left, right } = expr.kind else { continue };
            if !self.here(op) || !ops.contains(&self.script.text(op)) {
                continue;
            }
            for (operand, side) in [(left, on_left), (right, on_right)] {
                if side && self.can_be_nil(operand) {
                    found.push(operand);
                }
            }
        }
        found
    }

    fn unary(&self, wanted: &str) -> Vec<ExprId> {
        let exprs = self.script.tree.exprs.iter();
        exprs
            .filter_map(|expr| match expr.kind {
                ExprKind::Unary { op, value } if self.here(op) && self.script.text(op) == wanted => {
                    Some(value)
                }
                _ => None,
            })
            .filter(|id| self.can_be_nil(*id))
            .collect()
    }

    /// Returns what is asked for a member of this name.
    fn indexed(&self, key: &str) -> Vec<ExprId> {
        let mut found = Vec::new();
        for expr in &self.script.tree.exprs {
            let base = match &expr.kind {
                ExprKind::Field { base, name } if self.here(*name) && self.script.text(*name) == key => *base,
                ExprKind::Call(call)
                    if call.method.is_some_and(|name| self.here(name) && self.script.text(name) == key) =>
                {
                    call.callee
                }
                ExprKind::Index { base, key: index } => {
                    let index = self.script.tree.expr(*index);
                    let matches = match index.kind {
                        ExprKind::String => {
                            decode(self.script.text(index.range)).is_some_and(|text| text == key.as_bytes())
                        }
                        _ => true,
                    };
                    if !self.here(index.range) || !matches {
                        continue;
                    }
                    *base
                }
                _ => continue,
            };
            if self.can_be_nil(base) {
                found.push(base);
            }
        }
        found
    }

    fn called(&self) -> Vec<ExprId> {
        let calls = self.script.tree.calls().filter(|(_, call)| {
            let name = self.script.tree.called_name(call);
            call.method.is_none() && name.is_some_and(|name| self.here(name))
        });
        let known = |id: &ExprId| {
            let path = self.script.global_path(*id);
            path.is_some_and(|path| {
                let first = path.split('.').next().unwrap_or("");
                luakit_api::GLOBALS.contains(&first)
            })
        };
        calls.map(|(_, call)| call.callee).filter(|id| self.can_be_nil(*id) && !known(id)).collect()
    }
}

fn is_nil(kind: &str) -> bool {
    kind.trim() == "nil"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::script;

    #[track_caller]
    fn check(line: &str, message: &str, expected: Option<&str>) {
        let text = format!("local version = os.getenv('V')\n{line}\n");
        let script = script(&text);
        let start = text.find('\n').map_or(0, |at| at + 1);
        let range = TextRange::new(start, start + line.len());
        let found = explain_operand(&script, range, message).map(|(_, name)| name);
        assert_eq!(found.as_deref(), expected, "{line}");
    }

    #[test]
    fn the_only_operand_that_can_be_nil_is_named() {
        let concat = "attempt to concatenate nil with string";
        check("s:run('echo v' .. version .. ' > /v')", concat, Some("version"));
        check("s:run('echo v' .. (opts.version) .. ' > /v')", concat, Some("opts.version"));
        check("s:run('a' .. x .. y .. 'b')", concat, None);
        check("s:run('echo ' .. version)", "attempt to concatenate string with nil", Some("version"));
        check("x = n + 1", "attempt to perform arithmetic (add) on nil and number", Some("n"));
        check("x = n - 1 + m", "attempt to perform arithmetic (sub) on nil and number", Some("n"));
        check("if n < 1 then end", "attempt to compare nil < number", Some("n"));
        check("x = #list", "attempt to get length of a nil value", Some("list"));
    }

    #[test]
    fn what_is_indexed_or_called_is_named() {
        check("x = cfg.name .. cfg.other", "attempt to index nil with 'name'", Some("cfg"));
        check("s = s:run('x')", "attempt to index nil with 'run'", Some("s"));
        check("x = print(foo(1))", "attempt to call a nil value", Some("foo"));
        check("x = foo(bar(1))", "attempt to call a nil value", None);
        check("x = 1", "something else", None);
    }
}
