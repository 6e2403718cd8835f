//! What a hover shows.

mod keys;
mod values;

use crate::Script;
use crate::cursor::{CallAt, Context, Cursor, Place};
use crate::lua_library::{library_doc, lua_name, string_method};
use crate::scope::{Local, LocalKind};
use crate::slot::Slot;
use crate::surroundings::Surroundings;
use crate::tokens::{Token, TokenKind};
use crate::tree::ExprKind;
use crate::types::{Kind, Type, Types, builtin, comments_of, doc_above, param_doc, required};
use luakit_api::modules::{Found, Loader, candidates, find, is_test_name};
use luakit_api::render::function_markdown;
use luakit_api::{BK_PLATFORMS, EXPECTATIONS, TEST_FUNCTIONS, TestName, blocked, properties_of};
use luakit_diagnostics::TextRange;

/// What a hover shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    pub range: TextRange,
    pub markdown: String,
}

/// Returns what is known of the token at an offset.
pub fn hover(script: &Script, offset: usize, loader: Option<&dyn Loader>) -> Option<Hover> {
    hover_in(script, offset, &Surroundings::of(loader))
}

/// Returns what is known of the token at an offset, by all that is known around the script.
pub fn hover_in(script: &Script, offset: usize, surroundings: &Surroundings<'_>) -> Option<Hover> {
    let token = token_at(script, offset)?;
    let types = Types::infer(script, surroundings.loader);
    let cursor = Cursor::new(script, token.range.start + 1);
    let hovering = Hovering { script, types: &types, cursor: &cursor, surroundings };
    let markdown = match token.kind {
        TokenKind::String => hovering.string(token)?,
        TokenKind::Number => hovering.number(token)?,
        TokenKind::Name => hovering.name(token)?,
        _ => return None,
    };
    Some(Hover { range: token.range, markdown })
}

/// Returns the name or literal that an offset is in or at the end of.
pub(crate) fn token_at(script: &Script, offset: usize) -> Option<Token> {
    let end = script.tokens.partition_point(|token| token.range.start <= offset);
    let near = script.tokens.iter().take(end).rev().take(2);
    let mut touching = near.filter(|token| {
        token.range.touches(offset)
            && matches!(token.kind, TokenKind::Name | TokenKind::String | TokenKind::Number)
    });
    touching.next().copied()
}

struct Hovering<'h, 'a> {
    script: &'a Script,
    types: &'h Types<'a>,
    cursor: &'h Cursor<'a>,
    surroundings: &'h Surroundings<'h>,
}

impl<'a> Hovering<'_, 'a> {
    fn slot(&self, call: &CallAt, path: &[crate::cursor::Step]) -> Option<Slot> {
        let function = self.cursor.function_ending(self.types, call.callee)?;
        Slot::of(function, self.cursor.argument(function, call), path)
    }

    fn string(&self, token: Token) -> Option<String> {
        let script = self.script;
        for (_, call) in script.tree.calls() {
            let is_arg = call.args.first().is_some_and(|arg| script.tree.expr(*arg).range == token.range);
            if is_arg && let Some(name) = required(script, call) {
                return Some(module(&name, self.surroundings.loader));
            }
        }
        let text = script.text(token.range);
        let place = match &self.cursor.context {
            Context::InString { place, .. } => place.clone(),
            // In long brackets there is nothing to complete, but something to tell.
            _ => self.cursor.place_of(token),
        };
        let value = values::Written::of(text)?;
        match &place {
            Place::Argument { call, path } => self.value(&self.slot(call, path)?, &value),
            Place::Key { call, path, .. } => self.value(&self.slot(call, path)?.item()?, &value),
            Place::Unknown => None,
        }
    }

    fn number(&self, token: Token) -> Option<String> {
        let value = values::Written::number(self.script.text(token.range))?;
        let slot = match self.cursor.place_of(token) {
            Place::Argument { call, path } => self.slot(&call, &path),
            Place::Key { call, path, .. } => self.slot(&call, &path).and_then(Slot::item),
            Place::Unknown => None,
        };
        let told = slot.and_then(|slot| self.value(&slot, &value));
        told.or_else(|| values::number_markdown(self.script.text(token.range)))
    }

    fn name(&self, token: Token) -> Option<String> {
        let text = self.script.text(token.range);
        match &self.cursor.context {
            Context::Member { receiver, .. } => self.member(*receiver, text),
            Context::Expression(Place::Key { call, path, .. }) if is_key(self.script, token) => {
                self.key(call, path, text)
            }
            _ => self.variable(token),
        }
    }

    fn member(&self, receiver: usize, name: &str) -> Option<String> {
        let (types, cursor) = (self.types, self.cursor);
        let base = cursor.type_ending(types, receiver);
        if base.kind() == Some(Kind::Bk)
            && let Some(platform) = BK_PLATFORMS.iter().find(|platform| platform.name == name)
        {
            return Some(format!("```lua\nbk.{name}: Platform\n```\n\n{}", platform.doc));
        }
        if let Some(object) = base.object()
            && let Some(property) = properties_of(object).iter().find(|property| property.name == name)
        {
            return Some(format!(
                "```lua\n{}.{name}: string\n```\n\n{}",
                object.name().to_lowercase(),
                property.doc
            ));
        }
        if base.kind() == Some(Kind::String) && cursor.text(receiver + 1) == ":" {
            return string_method(name).map(|found| found.markdown());
        }
        if base.kind().is_none()
            && let Some(told) = self.library_or_test(receiver, name)
        {
            return Some(told);
        }
        let ty = match types.member(base, name) {
            // `x:run` of something unknown: most likely a state.
            Type::Unknown | Type::Bottom => cursor.type_ending(types, receiver + 2),
            ty => ty,
        };
        match ty.kind() {
            Some(Kind::Builtin(id)) => {
                let function = builtin(id).filter(|f| f.name == name || f.aliases.contains(&name))?;
                Some(function_markdown(function))
            }
            Some(_) => {
                let shown = format!("```lua\n{name}: {}\n```", types.display(ty));
                Some(format!("{shown}\n\n{}", types.documentation(ty)).trim_end().to_owned())
            }
            None => None,
        }
    }

    /// Tells of a member of Lua's libraries, or of what test files have.
    fn library_or_test(&self, receiver: usize, name: &str) -> Option<String> {
        let library = self.cursor.text(receiver);
        let path = format!("{library}.{name}");
        if is_test_name(&self.script.file.name) {
            if let Some(found) = TEST_FUNCTIONS.iter().find(|it| it.name == path) {
                return Some(test_name(found));
            }
            if library == ")" && self.cursor.called_before(receiver) == Some("expect") {
                return EXPECTATIONS.iter().find(|it| it.name == name).map(test_name);
            }
        }
        if path == "os.getenv" {
            return luakit_api::function_named(luakit_api::Receiver::Os, name).map(function_markdown);
        }
        if let Some(blocked) = blocked(&path) {
            return Some(format!("{}\n\n{}", blocked.message(), blocked.hint));
        }
        lua_name(&path).map(|found| found.markdown())
    }

    fn variable(&self, token: Token) -> Option<String> {
        let (script, types) = (self.script, self.types);
        let text = script.text(token.range);
        let Some(id) = local_at(script, token) else { return self.global(text) };
        let local = script.scopes.locals.get(id)?;
        Some(self.local_markdown(local, types.local(id), text))
    }

    fn global(&self, text: &str) -> Option<String> {
        if text == "bk" {
            return Some(
                "```lua\nbk\n```\n\nThe build API: sources, mounts, merging and `bk.export`.".into(),
            );
        }
        if is_test_name(&self.script.file.name)
            && let Some(found) = TEST_FUNCTIONS.iter().find(|it| it.name == text)
        {
            return Some(test_name(found));
        }
        if let Some(blocked) = blocked(text) {
            return Some(format!("{}\n\n{}", blocked.message(), blocked.hint));
        }
        if let Some(doc) = library_doc(text) {
            return Some(format!("```lua\n{text}\n```\n\n{doc}"));
        }
        lua_name(text).map(|found| found.markdown())
    }

    fn local_markdown(&self, local: &Local, ty: Type, name: &str) -> String {
        let (script, types) = (self.script, self.types);
        let mut out = match (local.kind, ty.kind()) {
            (_, Some(Kind::Func(func))) => {
                let params = types.params(func).join(", ");
                let result = types.result(types.result_of(ty));
                let scope = if local.kind == LocalKind::Global { "" } else { "local " };
                format!("```lua\n{scope}function {name}({params}){result}\n```")
            }
            (LocalKind::Param(..), None) => format!("```lua\n(parameter) {name}\n```"),
            (LocalKind::Param(..), Some(_)) => {
                format!("```lua\n(parameter) {name}: {}\n```", types.display(ty))
            }
            (LocalKind::Global, _) => format!("```lua\n{name}: {}\n```", types.display(ty)),
            _ => format!("```lua\nlocal {name}: {}\n```", types.display(ty)),
        };
        let doc = match (local.kind, ty.kind()) {
            (_, Some(Kind::Func(func))) => doc_above(script, script.tree.func(func).range.start),
            (LocalKind::Param(func, _), _) => {
                param_doc(script, script.tree.func(func).range.start, name).unwrap_or_default()
            }
            (LocalKind::Variable, _) => {
                let own = comments_of(script, local.name.start);
                if own.is_empty() { types.documentation(ty) } else { own }
            }
            _ => types.documentation(ty),
        };
        if !doc.is_empty() {
            out.push_str(&format!("\n\n{doc}"));
        }
        if let Some(value) = local.value
            && (ty.object().is_some() || is_literal(script, value))
        {
            let value = short(script.text(script.tree.expr(value).range));
            out.push_str(&format!("\n\n```lua\n{value}\n```"));
        }
        out
    }
}

/// Returns the local that a name declares or means.
pub(crate) fn local_at(script: &Script, token: Token) -> Option<usize> {
    let declared = script.scopes.locals.iter().position(|local| {
        local.name == token.range && !matches!(local.kind, LocalKind::Global | LocalKind::Itself)
    });
    declared.or_else(|| {
        let is_it =
            |expr: &crate::tree::Expr| matches!(expr.kind, ExprKind::Name) && expr.range == token.range;
        match script.tree.exprs.iter().position(is_it) {
            Some(id) => script.scopes.names.get(id).copied().flatten(),
            // A name alone is no statement, and not in the tree.
            None if !script.errors.is_empty() && !is_key(script, token) => {
                script.visible(script.text(token.range), token.range.start).map(|(id, _)| id)
            }
            None => None,
        }
    })
}

/// Tells whether a name stands before a `=` that is not a comparison.
fn is_key(script: &Script, token: Token) -> bool {
    let next = script.tokens.partition_point(|other| other.range.start < token.range.end);
    script.tokens.get(next).is_some_and(|token| script.text(token.range) == "=")
}

fn is_literal(script: &Script, value: usize) -> bool {
    matches!(script.tree.expr(value).kind, ExprKind::Number | ExprKind::String | ExprKind::Bool(_))
}

fn test_name(found: &TestName) -> String {
    let params: Vec<String> = found.params.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
    let returns = if found.returns.is_empty() { String::new() } else { format!(" -> {}", found.returns) };
    format!("```lua\n{}({}){returns}\n```\n\n{}", found.name, params.join(", "), found.doc)
}

fn module(name: &str, loader: Option<&dyn Loader>) -> String {
    let Some(loader) = loader else { return format!("module `{name}`") };
    match find(name, loader) {
        Found::File(path, file) => {
            let lines = file.text.lines().take_while(|line| line.starts_with("--"));
            let doc: Vec<&str> = lines.map(|line| line.trim_start_matches('-').trim()).collect();
            let exports = crate::types::exported(&file);
            let list: String = exports
                .iter()
                .take(EXPORTS)
                .map(|export| {
                    let shown = export.detail.strip_prefix("function").filter(|it| it.starts_with('('));
                    match shown {
                        Some(signature) => format!("\n{}{signature}", export.name),
                        None => format!("\n{}: {}", export.name, export.detail),
                    }
                })
                .collect();
            let more = if exports.len() > EXPORTS { "\n…" } else { "" };
            let exports = if list.is_empty() { list } else { format!("\n\n```lua{list}{more}\n```") };
            format!("module `{path}`\n\n{}{exports}", doc.join("\n")).trim_end().to_owned()
        }
        _ => match candidates(name) {
            Ok(tried) => format!("module `{name}` not found, tried {}", tried.join(", ")),
            Err(message) => message,
        },
    }
}

/// How many names of a module are listed.
const EXPORTS: usize = 24;

/// Cuts a text of many lines down to what fits.
fn short(text: &str) -> String {
    const LINES: usize = 6;
    let mut lines: Vec<&str> = text.lines().take(LINES).collect();
    if text.lines().count() > LINES {
        lines.push("…");
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests;
