//! Names in scope.

use super::members::parts;
use super::{Completer, CompletionItem, CompletionKind, Documentation};
use crate::lua_library::{is_library, library_doc, lua_name};
use crate::scope::{Local, LocalKind};
use crate::tokens::{Token, TokenKind};
use crate::types::{Kind, Type};
use luakit_api::modules::is_test_name;
use luakit_api::{GLOBALS, TEST_FUNCTIONS, TEST_GLOBALS, Ty, blocked};
use luakit_diagnostics::TextRange;
use std::collections::HashSet;

impl Completer<'_, '_> {
    /// Returns the names that can be used here; those of the type that is wanted come first.
    pub(super) fn names(&self, wanted: Option<&Ty>) -> Vec<CompletionItem> {
        let script = self.cursor.script;
        let mut seen: HashSet<&str> = HashSet::new();
        let mut items = Vec::new();
        for (id, local) in script.scopes.visible_at(self.offset) {
            let name = script.name_of(local);
            // What is being typed may itself be taken for a name that is assigned.
            if self.is_in_own_value(local)
                || local.name.touches(self.offset)
                || name.is_empty()
                || !seen.insert(name)
            {
                continue;
            }
            let ty = self.types.local(id);
            let function = self.types.is_function(ty);
            let kind = if function { CompletionKind::Function } else { CompletionKind::Variable };
            let detail = self.types.display(ty);
            let (parameters, remark) = parts(&detail);
            // Where a function is wanted it is given and not called.
            let called = function && !matches!(wanted, Some(Ty::Callback(_)));
            items.push(CompletionItem {
                snippet: self.call_snippet(called, name, &parameters),
                parameters,
                remark,
                detail,
                documentation: Documentation::Text(self.types.documentation(ty)),
                deprecated: self.types.deprecation(ty).is_some(),
                sort: if wanted.is_some_and(|wanted| fits(ty, wanted)) { "1".into() } else { "2".into() },
                commit: if function { &["("] } else { &[] },
                ..self.item(name, kind)
            });
        }
        let globals = GLOBALS.iter().filter(|name| blocked(name).is_none());
        items.extend(globals.filter(|name| !seen.contains(**name)).map(|name| self.global(name)));
        if is_test_name(&script.file.name) {
            for name in TEST_GLOBALS.iter().filter(|name| !seen.contains(**name)) {
                let known = TEST_FUNCTIONS.iter().find(|it| it.name == *name);
                items.push(match known {
                    Some(known) => self.test_name(known, name, CompletionKind::Function),
                    None => CompletionItem { sort: "2".into(), ..self.item(*name, CompletionKind::Module) },
                });
            }
        }
        items
    }

    /// Tells whether the cursor is in the value that a local is declared with, where it is not known yet.
    fn is_in_own_value(&self, local: &Local) -> bool {
        if !matches!(local.kind, LocalKind::Variable | LocalKind::Function(_)) {
            return false;
        }
        let start = self.cursor.word.start;
        // The parser ends a value where it dangles.
        let between = TextRange::new(local.visible.start, start);
        let symbols = |token: &Token| token.kind == TokenKind::Symbol;
        start < local.visible.start
            || self.cursor.is_after_operator() && self.cursor.script.tokens_in(between).all(symbols)
    }

    fn global(&self, name: &str) -> CompletionItem {
        if name == "bk" {
            let doc = "The build API: sources, mounts, merging and `bk.export`.";
            return CompletionItem {
                sort: "2".into(),
                documentation: doc.into(),
                commit: &["."],
                ..self.item(name, CompletionKind::Module)
            };
        }
        let base = match lua_name(name) {
            Some(found) => self.lua(found, false),
            None if is_library(name) => CompletionItem {
                documentation: library_doc(name).unwrap_or_default().into(),
                commit: &["."],
                ..self.item(name, CompletionKind::Module)
            },
            None => self.item(name, CompletionKind::Module),
        };
        CompletionItem { sort: "4".into(), ..base }
    }
}

/// Tells whether a value of this type is one that is wanted.
fn fits(ty: Type, wanted: &Ty) -> bool {
    let Some(kind) = ty.kind() else { return false };
    match (wanted, kind) {
        (Ty::Object(wanted), Kind::Object(object)) => *wanted == object,
        (Ty::List(Ty::Object(wanted)), Kind::List(object)) => *wanted == object,
        (Ty::List(_) | Ty::Map(_) | Ty::Options(_), Kind::Table(_)) => true,
        (Ty::String | Ty::Choice(_), Kind::String)
        | (Ty::Integer | Ty::Number, Kind::Number)
        | (Ty::Boolean, Kind::Boolean)
        | (Ty::Callback(_), Kind::Func(_)) => true,
        (Ty::Union(types), _) => types.iter().any(|wanted| fits(ty, wanted)),
        (Ty::Special(special), _) => special.written.iter().any(|wanted| fits(ty, wanted)),
        _ => false,
    }
}
