//! What each name is, for editors that colour by meaning: the names of the API, of modules, of parameters, and the
//! strings that are one of a few choices.
//!
//! The tree tells it. Where it has left out what is half-typed, the tokens tell as much as they can, so that a
//! function does not lose its colours while a dot is typed in it.

mod half_typed;

use crate::Script;
use crate::scope::{LocalId, LocalKind};
use crate::slot::map_value;
use crate::strings::decode;
use crate::tokens::TokenKind;
use crate::tree::{Call, Entry, ExprId, ExprKind, StmtKind};
use crate::types::{Kind, Type, Types, builtin};
use luakit_api::modules::Loader;
use luakit_api::{GLOBALS, Ty, properties_of};
use luakit_diagnostics::TextRange;
use std::collections::HashMap;

/// A token that is more than its characters tell. None spans lines, and none overlaps another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SemanticToken {
    pub range: TextRange,
    pub kind: SemanticKind,
    /// Bits of [`SemanticModifier`].
    pub modifiers: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SemanticKind {
    /// `bk`, Lua's libraries, and what `require` gives.
    Namespace,
    Function,
    Method,
    Parameter,
    Variable,
    /// A field, or a key of a table.
    Property,
    /// A string that is one of a few choices.
    EnumMember,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SemanticModifier {
    /// It is declared here.
    Declaration,
    /// It is never assigned again.
    Readonly,
    /// It is part of `bk` or of Lua.
    DefaultLibrary,
    /// It is assigned here.
    Modification,
}

impl SemanticModifier {
    pub const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// Returns the tokens of a script, in their order.
pub fn semantic_tokens(script: &Script, loader: Option<&dyn Loader>) -> Vec<SemanticToken> {
    let types = Types::infer(script, loader);
    let mut painter = Painter { script, types: &types, found: HashMap::new() };
    painter.declarations();
    painter.expressions();
    painter.writes();
    let Painter { mut found, .. } = painter;
    half_typed::fill(script, &mut found);
    // In the order of the tokens, and nothing that is not one.
    let tokens = script.tokens.iter().filter(|token| token.kind != TokenKind::Comment);
    let painted = tokens.filter_map(|token| {
        let (kind, modifiers) = found.get(&token.range.start).copied()?;
        let is_line = !script.text(token.range).contains(['\n', '\r']);
        is_line.then_some(SemanticToken { range: token.range, kind, modifiers })
    });
    painted.collect()
}

/// What is known of the tokens, by where they begin.
type Found = HashMap<usize, (SemanticKind, u32)>;

const DECLARATION: u32 = SemanticModifier::Declaration.bit();
const READONLY: u32 = SemanticModifier::Readonly.bit();
const LIBRARY: u32 = SemanticModifier::DefaultLibrary.bit();
const MODIFICATION: u32 = SemanticModifier::Modification.bit();

struct Painter<'t, 'a> {
    script: &'a Script,
    types: &'t Types<'a>,
    found: Found,
}

impl Painter<'_, '_> {
    fn paint(&mut self, at: TextRange, kind: SemanticKind, modifiers: u32) {
        if !at.is_empty() {
            self.found.insert(at.start, (kind, modifiers));
        }
    }

    /// Paints the names where they are declared.
    fn declarations(&mut self) {
        for (id, local) in self.script.scopes.locals.iter().enumerate() {
            if !matches!(local.kind, LocalKind::Itself | LocalKind::Global) {
                let (kind, modifiers) = self.local(id);
                self.paint(local.name, kind, modifiers | DECLARATION);
            }
        }
    }

    fn local(&self, id: LocalId) -> (SemanticKind, u32) {
        let Some(local) = self.script.scopes.locals.get(id) else { return (SemanticKind::Variable, 0) };
        let readonly = if local.writes == 0 { READONLY } else { 0 };
        let ty = self.types.local(id);
        match local.kind {
            LocalKind::Function(_) => (SemanticKind::Function, 0),
            LocalKind::Param(..) | LocalKind::Itself => (SemanticKind::Parameter, 0),
            _ if self.types.is_function(ty) => (SemanticKind::Function, 0),
            _ if self.is_module(ty) => (SemanticKind::Namespace, 0),
            LocalKind::Variable => (SemanticKind::Variable, readonly),
            LocalKind::Loop | LocalKind::Global => (SemanticKind::Variable, 0),
        }
    }

    fn is_module(&self, ty: Type) -> bool {
        match ty.kind() {
            Some(Kind::Bk) => true,
            Some(Kind::Foreign(id)) => self.types.is_foreign_table(id),
            _ => false,
        }
    }

    fn expressions(&mut self) {
        let tree = &self.script.tree;
        for (id, expr) in tree.exprs.iter().enumerate() {
            match &expr.kind {
                ExprKind::Name => self.name(id, expr.range),
                ExprKind::Field { base, name } => {
                    let (kind, modifiers) = self.field(*base, id, self.script.text(*name));
                    self.paint(*name, kind, modifiers);
                }
                ExprKind::Table(entries) => {
                    for entry in entries {
                        if let Entry::Named { key, value } = entry {
                            let is_function = self.types.is_function(self.types.of(*value));
                            let kind =
                                if is_function { SemanticKind::Function } else { SemanticKind::Property };
                            self.paint(*key, kind, 0);
                        }
                    }
                }
                _ => {}
            }
        }
        for (_, call) in tree.calls() {
            self.call(call);
        }
    }

    fn name(&mut self, id: ExprId, range: TextRange) {
        let text = self.script.text(range);
        let (kind, modifiers) = match self.script.scopes.names.get(id).copied().flatten() {
            Some(local) => self.local(local),
            None if !GLOBALS.contains(&text) => (SemanticKind::Variable, 0),
            None => (library(text), LIBRARY),
        };
        self.paint(range, kind, modifiers);
    }

    fn field(&self, base: ExprId, id: ExprId, name: &str) -> (SemanticKind, u32) {
        let owner = self.types.of(base);
        let of_bk = matches!(owner.kind(), Some(Kind::Bk));
        let of_lua = self.script.global_path(base).is_some_and(|path| GLOBALS.contains(&path.as_str()));
        let of_object =
            owner.object().is_some_and(|object| properties_of(object).iter().any(|it| it.name == name));
        let library = if of_bk || of_lua || of_object { LIBRARY } else { 0 };
        let is_known = luakit_api::bk_function(name).is_some();
        let ty = self.types.of(id);
        match () {
            () if self.types.is_function(ty) => {
                (SemanticKind::Function, if of_bk && !is_known { 0 } else { library })
            }
            () if of_lua && !of_bk => (SemanticKind::Function, library),
            () if of_bk && ty.object().is_some() => (SemanticKind::Property, library | READONLY),
            () => (SemanticKind::Property, if of_bk { 0 } else { library }),
        }
    }

    fn call(&mut self, call: &Call) {
        let tree = &self.script.tree;
        let mut function = match self.types.of(call.callee).kind() {
            Some(Kind::Builtin(id)) if call.method.is_none() => builtin(id),
            _ => None,
        };
        match call.method {
            Some(name) => {
                let object = self.types.of(call.callee).object();
                function = object.and_then(|object| luakit_api::method(object, self.script.text(name)));
                self.paint(name, SemanticKind::Method, if function.is_some() { LIBRARY } else { 0 });
            }
            // What is called is a function, whatever else is known of it.
            None => {
                if let ExprKind::Field { name, .. } = tree.expr(call.callee).kind
                    && let Some((kind, _)) = self.found.get_mut(&name.start)
                {
                    *kind = SemanticKind::Function;
                }
            }
        }
        let Some(function) = function else { return };
        for (i, arg) in call.args.iter().enumerate() {
            let last = function.params.last().filter(|param| param.variadic);
            if let Some(param) = function.params.get(i).or(last) {
                self.choices(*arg, &param.ty);
            }
        }
    }

    /// Paints the strings of a value that are choices.
    fn choices(&mut self, value: ExprId, ty: &Ty) {
        let expr = self.script.tree.expr(value);
        match &expr.kind {
            ExprKind::String => {
                let text = decode(self.script.text(expr.range)).unwrap_or_default();
                let mut values = ty.choices().into_iter().flat_map(|choice| choice.values);
                if values.any(|value| value.name.as_bytes() == text) {
                    self.paint(expr.range, SemanticKind::EnumMember, LIBRARY);
                }
            }
            ExprKind::Table(entries) => {
                for entry in entries {
                    match entry {
                        Entry::Item(item) => {
                            if let Some(ty) = ty.item() {
                                self.choices(*item, &ty);
                            }
                        }
                        Entry::Named { key, value } => {
                            let name = self.script.text(*key);
                            let field = ty.options().iter().find_map(|options| options.field(name));
                            if let Some(ty) = field.map(|field| field.ty).or_else(|| map_value(ty)) {
                                self.choices(*value, &ty);
                            }
                        }
                        Entry::Keyed { .. } => {}
                    }
                }
            }
            _ => {}
        }
    }

    /// Marks what is assigned where it is, and the functions that are declared by their path.
    fn writes(&mut self) {
        let tree = &self.script.tree;
        for stmt in tree.stmts() {
            match &stmt.kind {
                StmtKind::Assign { targets, .. } => {
                    targets.iter().for_each(|target| self.modify(*target, MODIFICATION, None));
                }
                StmtKind::Compound { target, .. } => self.modify(*target, MODIFICATION, None),
                StmtKind::Function { target, func } => {
                    let method = tree.func(*func).method;
                    let kind = if method { SemanticKind::Method } else { SemanticKind::Function };
                    self.modify(*target, DECLARATION, Some(kind));
                }
                _ => {}
            }
        }
    }

    fn modify(&mut self, target: ExprId, modifier: u32, as_kind: Option<SemanticKind>) {
        let expr = self.script.tree.expr(target);
        let name = match expr.kind {
            ExprKind::Field { name, .. } => name,
            ExprKind::Name => expr.range,
            _ => return,
        };
        if let Some((kind, modifiers)) = self.found.get_mut(&name.start) {
            *modifiers |= modifier;
            *kind = as_kind.unwrap_or(*kind);
        }
    }
}

/// Returns what a name is that scripts find without declaring it.
fn library(name: &str) -> SemanticKind {
    match name {
        "bk" | "string" | "table" | "math" | "os" | "io" | "bit32" | "utf8" | "coroutine" | "buffer"
        | "vector" | "debug" | "package" => SemanticKind::Namespace,
        "_G" | "_VERSION" => SemanticKind::Variable,
        _ => SemanticKind::Function,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Files;
    use expect_test::{Expect, expect};

    /// Shows each token with what it is, a line of the script for each line.
    #[track_caller]
    fn check(text: &str, expected: &Expect) {
        let (script, files) = Files::fixture(text);
        let mut shown = String::new();
        let mut line = 1;
        let mut before = 0;
        for token in semantic_tokens(&script, Some(&files)) {
            assert!(token.range.start >= before, "{token:?} overlaps the one before");
            before = token.range.end;
            let at = script.file.lines.line(token.range.start);
            shown.push_str(if at == line { "" } else { "\n" });
            line = at;
            let kind = format!("{:?}", token.kind).to_lowercase();
            let has = |modifier: SemanticModifier| token.modifiers & modifier.bit() != 0;
            let mut marks = String::new();
            for (modifier, mark) in [
                (SemanticModifier::Declaration, "+"),
                (SemanticModifier::Readonly, "!"),
                (SemanticModifier::DefaultLibrary, "*"),
                (SemanticModifier::Modification, "="),
            ] {
                marks.push_str(if has(modifier) { mark } else { "" });
            }
            shown.push_str(&format!("{}:{kind}{marks} ", script.text(token.range)));
        }
        let lines: Vec<&str> = shown.lines().map(str::trim_end).collect();
        expected.assert_eq(&(lines.join("\n") + "\n"));
    }

    #[test]
    fn names_of_the_api_are_told_from_others() {
        check(
            "local c = bk.cache('/c', { sharing = 'locked', id = 'locked' })\nlocal s = bk.image('x'):run('y', { mounts = { c } })\n\
             bk.nothing()\nprint(s.x, bk.target_platform.os, string.format('x'))",
            &expect![[r#"
                c:variable+! bk:namespace* cache:function* sharing:property 'locked':enummember* id:property
                s:variable+! bk:namespace* image:function* run:method* mounts:property c:variable!
                bk:namespace* nothing:function
                print:function* s:variable! x:property bk:namespace* target_platform:property!* os:property* string:namespace* format:function*
            "#]],
        );
    }

    #[test]
    fn functions_parameters_and_modules_are_told_apart() {
        check(
            "local m = require('lib.m')\nlocal function f(a, b)\n  a = b\n  return m.make(a)\nend\nlocal t = { g = f }\n\
             function t.h(x) return x end\nfunction t:i() return self end\nn = 1\nn += t.h(f)\n--- lib/m.lua\nreturn { make = function() end }",
            &expect![[r#"
                m:namespace+ require:function*
                f:function+ a:parameter+ b:parameter+
                a:parameter= b:parameter
                m:namespace make:function a:parameter
                t:variable+! g:function f:function
                t:variable! h:function+ x:parameter+ x:parameter
                t:variable! i:method+ self:parameter
                n:variable=
                n:variable= t:variable! h:function f:function
            "#]],
        );
    }

    #[test]
    fn what_is_half_typed_keeps_its_colours() {
        check(
            "local function f(base, n)\n  local s = bk.image('x'):run(n, { network = 'none' })\n  for i, v in t do g(v) end\n  s.\nend\n\
             local function g(x) return f(x) end",
            &expect![[r#"
                f:function+ base:parameter+ n:parameter+
                s:variable+! bk:namespace* image:function* run:method* n:parameter network:property 'none':enummember*
                i:variable+ v:variable+ t:variable g:variable v:variable
                s:variable
                g:function+ x:parameter+ f:function x:parameter
            "#]],
        );
    }
}
