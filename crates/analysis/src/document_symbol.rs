//! What an outline shows of a script: functions, the States it makes, and what it exports.
//!
//! The names come from tokens, so that they stay while something else is half-typed; what they are comes from the tree.

use crate::Script;
use crate::blocks::{Block, BlockKind, Blocks};
use crate::results::results;
use crate::scope::{LocalId, LocalKind};
use crate::tokens::TokenKind;
use crate::tree::{Call, Entry, ExprId, ExprKind, FuncId, StmtKind};
use crate::types::{Kind, Type, Types};
use luakit_api::Object;
use luakit_api::modules::Loader;
use luakit_diagnostics::TextRange;
use std::collections::{HashMap, HashSet};

/// A thing in an outline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentSymbol {
    pub name: String,
    /// What it is: a signature, or a type with the op that made it.
    pub detail: String,
    pub kind: SymbolKind,
    /// All of it.
    pub range: TextRange,
    /// Its name.
    pub selection: TextRange,
    pub children: Vec<DocumentSymbol>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SymbolKind {
    Function,
    Method,
    Variable,
    /// A variable that holds a table of functions.
    Table,
    /// An entry of a table.
    Field,
    /// A call of `bk.export` or `bk.target`.
    Export,
}

/// How deep an outline goes; what lies deeper is shown at this depth.
const DEPTH: usize = 32;

/// Returns the outline of a script.
pub fn document_symbols(script: &Script, loader: Option<&dyn Loader>) -> Vec<DocumentSymbol> {
    let types = Types::infer(script, loader);
    let blocks = Blocks::of(script);
    let mut outline = Outline {
        in_function: in_function(&blocks),
        blocks,
        known: Known::of(script),
        script,
        types: &types,
        owners: HashSet::new(),
        found: Vec::new(),
    };
    outline.functions();
    outline.locals();
    outline.assigned();
    outline.exports();
    nest(outline.found)
}

/// What the tree knows, by the offsets where the tokens are.
struct Known<'a> {
    funcs: HashMap<usize, FuncId>,
    /// By where their names are.
    locals: HashMap<usize, LocalId>,
    calls: HashMap<usize, &'a Call>,
    statements: HashMap<usize, TextRange>,
}

impl<'a> Known<'a> {
    fn of(script: &'a Script) -> Known<'a> {
        let tree = &script.tree;
        let mut statements = HashMap::new();
        for stmt in tree.stmts() {
            statements.insert(stmt.range.start, stmt.range);
        }
        let locals = script.scopes.locals.iter().enumerate();
        Known {
            funcs: tree.funcs.iter().enumerate().map(|(id, func)| (func.range.start, id)).collect(),
            locals: locals
                .filter(|(_, local)| local.kind != LocalKind::Itself)
                .map(|(id, local)| (local.name.start, id))
                .collect(),
            calls: tree.calls().filter_map(|(_, call)| Some((tree.called_name(call)?.start, call))).collect(),
            statements,
        }
    }
}

struct Outline<'t, 'a> {
    script: &'a Script,
    types: &'t Types<'a>,
    blocks: Blocks<'a>,
    known: Known<'a>,
    /// For each token, whether it is in a function.
    in_function: Vec<bool>,
    /// The names that functions are put into, `M` for `function M.f()`.
    owners: HashSet<&'a str>,
    found: Vec<DocumentSymbol>,
}

fn in_function(blocks: &Blocks<'_>) -> Vec<bool> {
    let mut inside = vec![false; blocks.tokens.len()];
    let mut known = 0;
    // They come in the order in which they open, so what is inside of another is known already.
    for block in blocks.blocks.iter().filter(|block| block.kind == BlockKind::Function) {
        let first = block.open.max(known);
        inside.iter_mut().take(block.last + 1).skip(first).for_each(|token| *token = true);
        known = known.max(block.last + 1);
    }
    inside
}

impl Outline<'_, '_> {
    fn add(&mut self, kind: SymbolKind, range: TextRange, selection: TextRange, detail: String) {
        let name = self.script.text(selection).to_owned();
        if !name.is_empty() && range.covers(selection) {
            self.found.push(DocumentSymbol { name, detail, kind, range, selection, children: Vec::new() });
        }
    }

    /// Finds the functions that have a name, or are assigned to one.
    fn functions(&mut self) {
        for index in 0..self.blocks.blocks.len() {
            let Some(block) = self.blocks.blocks.get(index).copied() else { return };
            if block.kind != BlockKind::Function {
                continue;
            }
            let Some((first, name)) = self.function_name(&block) else { continue };
            let text = self.script.text(name);
            let kind = if text.contains(':') { SymbolKind::Method } else { SymbolKind::Function };
            if let Some((owner, _)) = text.split_once(['.', ':']) {
                self.owners.insert(owner);
            }
            let detail = self.signature(index, &block);
            self.add(kind, self.blocks.span(first, block.last), name, detail);
        }
    }

    /// Returns where a function's statement begins, and the path that names it.
    fn function_name(&self, block: &Block) -> Option<(usize, TextRange)> {
        let blocks = &self.blocks;
        if blocks.kind(block.open + 1) == Some(TokenKind::Name) {
            let mut last = block.open + 1;
            while matches!(blocks.text(last + 1), "." | ":") && blocks.kind(last + 2) == Some(TokenKind::Name)
            {
                last += 2;
            }
            return Some((block.head, blocks.span(block.open + 1, last)));
        }
        let last = block.open.checked_sub(2).filter(|at| blocks.text(at + 1) == "=")?;
        if blocks.kind(last) != Some(TokenKind::Name) {
            return None;
        }
        let mut first = last;
        while let Some(before) = first.checked_sub(2)
            && blocks.text(first - 1) == "."
            && blocks.kind(before) == Some(TokenKind::Name)
        {
            first = before;
        }
        let local = first.checked_sub(1).filter(|at| blocks.text(*at) == "local");
        Some((local.unwrap_or(first), blocks.span(first, last)))
    }

    fn signature(&self, index: usize, block: &Block) -> String {
        if let Some(func) = self.known.funcs.get(&self.blocks.range(block.head).start) {
            return self.types.signature(*func).trim_start_matches("function").to_owned();
        }
        self.blocks.parameters(index).map_or(String::new(), |it| {
            let text = self.script.text(self.blocks.span(it.open, it.last));
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        })
    }

    /// Finds the locals of the script, and those of its functions that hold an object of the API.
    fn locals(&mut self) {
        for at in 0..self.blocks.tokens.len() {
            if self.blocks.text(at) != "local" || self.blocks.kind(at) != Some(TokenKind::Keyword) {
                continue;
            }
            let start = self.blocks.range(at).start;
            let mut name = at + 1;
            while self.blocks.kind(name) == Some(TokenKind::Name) {
                let range = self.blocks.range(name);
                let statement = self.known.statements.get(&start).copied();
                let whole = statement.unwrap_or(TextRange::new(start, range.end));
                self.local(at, whole, range);
                if self.blocks.text(name + 1) != "," {
                    break;
                }
                name += 2;
            }
        }
    }

    fn local(&mut self, at: usize, statement: TextRange, name: TextRange) {
        let id = self.known.locals.get(&name.start).copied();
        let ty = id.map_or(Type::Unknown, |id| self.types.local(id));
        let value = id.and_then(|id| self.script.scopes.locals.get(id)).and_then(|local| local.value);
        let is_function = match value {
            Some(value) => matches!(self.script.tree.expr(value).kind, ExprKind::Function(_)),
            // `local f = function` of which no more is known.
            None => self.blocks.text(at + 3) == "function",
        };
        let in_function = self.in_function.get(at).copied().unwrap_or(false);
        if is_function || in_function && ty.object().is_none() {
            return;
        }
        let is_table = matches!(ty.kind(), Some(Kind::Table(_))) && self.has_functions(name, value);
        let kind = if is_table { SymbolKind::Table } else { SymbolKind::Variable };
        self.add(kind, statement, name, self.detail(ty, value));
        if let Some(value) = value {
            self.entries(value, 0);
        }
    }

    /// Tells whether a table gets functions, where it is made or by `function name.f()`.
    fn has_functions(&self, name: TextRange, value: Option<ExprId>) -> bool {
        let tree = &self.script.tree;
        let is_function = |entry: &Entry| match entry {
            Entry::Named { value, .. } => matches!(tree.expr(*value).kind, ExprKind::Function(_)),
            _ => false,
        };
        let written = value.is_some_and(|value| match &tree.expr(value).kind {
            ExprKind::Table(entries) => entries.iter().any(is_function),
            _ => false,
        });
        written || self.owners.contains(self.script.text(name))
    }

    /// Finds the entries of a table that are objects of the API; those that are functions have been found.
    fn entries(&mut self, table: ExprId, depth: usize) {
        let tree = &self.script.tree;
        let ExprKind::Table(entries) = &tree.expr(table).kind else { return };
        for entry in entries {
            let Entry::Named { key, value } = entry else { continue };
            let ty = self.types.of(*value);
            let range = TextRange::new(key.start, tree.expr(*value).range.end);
            if ty.object().is_some() {
                self.add(SymbolKind::Field, range, *key, self.detail(ty, Some(*value)));
            } else if depth < DEPTH {
                self.entries(*value, depth + 1);
            }
        }
    }

    /// Finds objects of the API that are assigned to globals and fields, or returned in a table.
    fn assigned(&mut self) {
        let tree = &self.script.tree;
        for stmt in tree.stmts() {
            match &stmt.kind {
                StmtKind::Assign { targets, values } => {
                    for (target, value) in targets.iter().zip(values) {
                        self.assignment(stmt.range, *target, *value);
                    }
                }
                StmtKind::Return(values) => values.iter().for_each(|value| self.entries(*value, 0)),
                _ => {}
            }
        }
    }

    fn assignment(&mut self, statement: TextRange, target: ExprId, value: ExprId) {
        let expr = self.script.tree.expr(target);
        let is_declaration = match expr.kind {
            // Only the first assignment of a global counts as one.
            ExprKind::Name => {
                let local = self.script.scopes.names.get(target).copied().flatten();
                let local = local.and_then(|local| self.script.scopes.locals.get(local));
                local.is_some_and(|local| local.name == expr.range)
            }
            ExprKind::Field { .. } => true,
            _ => false,
        };
        let ty = self.types.of(value);
        if is_declaration && ty.object().is_some() {
            self.add(SymbolKind::Variable, statement, expr.range, self.detail(ty, Some(value)));
        }
        if is_declaration {
            self.entries(value, 0);
        }
    }

    /// Finds the calls that name a result.
    fn exports(&mut self) {
        for result in results(self.script) {
            let name = match &result.target {
                Some(target) => format!("bk.target(\"{target}\")"),
                None => self.script.text(result.range).to_owned(),
            };
            // The calls are known by the names that are called.
            let path = self.script.text(result.range);
            let name_at = path.rfind(|c: char| !c.is_alphabetic()).map_or(0, |before| before + 1);
            let call = self.known.calls.get(&(result.range.start + name_at));
            let state = call.and_then(|call| {
                call.args.iter().find(|arg| self.types.of(**arg).object() == Some(Object::State)).copied()
            });
            let detail =
                state.map_or(String::new(), |state| self.detail(self.types.of(state), self.made_by(state)));
            self.found.push(DocumentSymbol {
                name,
                detail,
                kind: SymbolKind::Export,
                range: result.call,
                selection: result.range,
                children: Vec::new(),
            });
        }
    }

    /// Returns the expression that a name is declared with.
    fn made_by(&self, id: ExprId) -> Option<ExprId> {
        let local = self.script.scopes.names.get(id).copied().flatten();
        match local.and_then(|local| self.script.scopes.locals.get(local)) {
            Some(local) => local.value,
            None => Some(id),
        }
    }

    /// Says what a value is: `State · run`, a type, or the literal itself.
    fn detail(&self, ty: Type, value: Option<ExprId>) -> String {
        let shown = match ty.kind() {
            None | Some(Kind::Nil) => String::new(),
            Some(_) => self.types.display(ty),
        };
        let Some(value) = value else { return shown };
        let expr = self.script.tree.expr(value);
        match &expr.kind {
            ExprKind::String | ExprKind::Number if expr.range.end - expr.range.start <= 40 => {
                self.script.text(expr.range).lines().next().unwrap_or("").to_owned()
            }
            ExprKind::Call(_) if ty.object().is_some() => match self.op(value) {
                Some(op) => format!("{shown} · {op}"),
                None => shown,
            },
            _ => shown,
        }
    }

    /// Returns the last call of a chain that does more than set something for later ones.
    fn op(&self, mut id: ExprId) -> Option<&str> {
        let tree = &self.script.tree;
        let mut last = None;
        loop {
            let ExprKind::Call(call) = &tree.expr(id).kind else { return last };
            let name = tree.called_name(call).map(|name| self.script.text(name));
            last = last.or(name);
            match name {
                Some(name) if call.method.is_some() && name.starts_with("with_") => id = call.callee,
                name => return name.or(last),
            }
        }
    }
}

/// Puts each symbol into the one around it.
fn nest(mut found: Vec<DocumentSymbol>) -> Vec<DocumentSymbol> {
    found.sort_by_key(|it| (it.range.start, std::cmp::Reverse(it.range.end)));
    found.dedup_by(|a, b| a.selection == b.selection);
    let mut top = Vec::new();
    let mut open: Vec<DocumentSymbol> = Vec::new();
    let close = |open: &mut Vec<DocumentSymbol>, top: &mut Vec<DocumentSymbol>| {
        if let Some(done) = open.pop() {
            open.last_mut().map_or(top, |parent| &mut parent.children).push(done);
        }
    };
    for symbol in found {
        let ends = |outer: &DocumentSymbol| {
            !outer.range.covers(symbol.range)
                || outer.range == symbol.range
                || outer.kind == SymbolKind::Export
        };
        while open.last().is_some_and(ends) || open.len() >= DEPTH {
            close(&mut open, &mut top);
        }
        open.push(symbol);
    }
    while !open.is_empty() {
        close(&mut open, &mut top);
    }
    top
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Files;
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check(text: &str, expected: &Expect) {
        let (script, files) = Files::fixture(text);
        let mut shown = String::new();
        show(&script, &document_symbols(&script, Some(&files)), 0, &mut shown);
        expected.assert_eq(&shown);
    }

    fn show(script: &Script, symbols: &[DocumentSymbol], depth: usize, out: &mut String) {
        for it in symbols {
            assert!(it.range.covers(it.selection), "{it:?}");
            assert!(it.children.iter().all(|child| it.range.covers(child.range)), "{it:?}");
            let (first, last) =
                (script.file.lines.line(it.range.start), script.file.lines.line(it.range.end));
            let line = format!("{}{:?} {} {}", "  ".repeat(depth), it.kind, it.name, it.detail);
            out.push_str(&format!("{} [{first}-{last}]\n", line.trim_end()));
            show(script, &it.children, depth + 1, out);
        }
    }

    #[test]
    fn an_outline_shows_what_is_made() {
        check(
            "local version = '1.2'\nother = bk.scratch()\nother = other:run('x')\nlocal base = bk.image('alpine')\nlocal app = base:run('make'):with_cwd('/x')\napp = app\n\
             local function build(s, n)\n  local out = s:run('x')\n  local t = 1\n  return out\nend\n\
             bk.target('app', app)\nbk.export(build(app))",
            &expect![[r#"
                Variable version '1.2' [1-1]
                Variable other State · scratch [2-2]
                Variable base State · image [4-4]
                Variable app State · run [5-5]
                Function build (s: State, n) -> State [7-11]
                  Variable out State · run [8-8]
                Export bk.target("app") State · run [12-12]
                Export bk.export State · build [13-13]
            "#]],
        );
    }

    #[test]
    fn tables_of_functions_have_them_below() {
        check(
            "local M = {\n  make = function(a) return bk.scratch() end,\n  base = bk.image('x'),\n}\n\
             function M.run(s) end\nfunction M:go() end\nM.late = function() end\nM.image = bk.image('y')\nlocal f = function() end\nreturn M",
            &expect![[r#"
                Table M table [1-4]
                  Function make (a) -> State [2-2]
                  Field base State · image [3-3]
                Function M.run (s) [5-5]
                Method M:go () [6-6]
                Function M.late () [7-7]
                Variable M.image State · image [8-8]
                Function f () [9-9]
            "#]],
        );
    }

    #[test]
    fn the_rest_stays_while_something_is_half_typed() {
        let rest =
            "local function b(s)\n  return s:run('x')\nend\nlocal app = bk.image('x')\nbk.export(app)\n";
        for half in
            ["local x = bk.image(", "local s = bk.scratch():", "foo bar", "local y =", "x = 'abc", "end"]
        {
            let (script, files) = Files::fixture(&format!("{half}\n{rest}"));
            let names: Vec<_> =
                document_symbols(&script, Some(&files)).into_iter().map(|it| it.name).collect();
            assert_eq!(names[names.len() - 3..], ["b", "app", "bk.export"], "{half}");
        }
        check(
            "local function a(x)\n  foo.\nend\nfunction M.b(y)\n  if y then\nend\nlocal function c()\n  local s = bk.image(\nlocal function d() end",
            &expect![[r#"
                Function a (x) [1-3]
                Function M.b (y) [4-6]
                Function c () [7-8]
                Function d () [9-9]
            "#]],
        );
    }
}
