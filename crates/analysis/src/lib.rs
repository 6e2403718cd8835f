//! What can be said of a script's text without running it: plain data with byte ranges.
//!
//! [`Script::parse`] makes a script of a text, whatever its state; each question about it is a function of its own.
//! Parsing needs a large stack (see [`Script::parse`]), so callers run it on a worker.

mod asked;
mod blocks;
mod calls;
mod cancel;
mod caught;
mod chunks;
mod complete;
mod cursor;
mod diagnostics;
mod document_links;
mod document_symbol;
mod folding;
mod hover;
mod image_names;
mod inlay_hint;
mod lower;
mod lua_library;
mod mask;
mod mend;
mod navigation;
mod nesting;
mod observe;
mod on_enter;
mod options_read;
mod parse;
mod prepare;
pub mod project;
mod receiver;
mod references;
mod rename;
mod rename_files;
mod results;
mod runtime_name;
mod scope;
mod seen;
mod selection;
mod semantic_tokens;
mod signature_help;
mod slot;
mod state_at;
mod strings;
mod surroundings;
mod syntax;
#[cfg(test)]
mod testing;
mod tokens;
mod tree;
mod types;
mod view;
mod workspace_symbols;

pub use asked::{AskedArguments, asked_arguments};
pub use calls::{CallItem, CallKind, Calls, call_items, incoming_calls, outgoing_calls};
pub use cancel::{cancel_token, cancellable, end_if_cancelled};
pub use caught::caught;
pub use complete::{
    CompletionItem, CompletionKind, Completions, Documentation, completions, completions_in, documentation,
};
pub use diagnostics::diagnostics;
pub use document_links::{DocumentLink, LinkTarget, document_links};
pub use document_symbol::{DocumentSymbol, SymbolKind, document_symbols};
pub use folding::{FoldKind, FoldingRange, folding_ranges};
pub use hover::{Hover, hover, hover_in};
pub use image_names::{ImageName, image_names};
pub use inlay_hint::{InlayHint, InlayHintKind, InlayHints, images_without_platform, inlay_hints};
use luakit_api::Prepared;
use luakit_diagnostics::{Diagnostic, SourceFile, TextRange};
pub use navigation::{Navigation, NavigationTarget, definition, implementation, is_local, type_definition};
pub use observe::value_places;
pub use on_enter::on_enter;
use parse::ParseError;
pub use references::{Highlight, highlights, references};
pub use rename::{Replacement, check_new_name, prepare_rename, rename};
pub use rename_files::{Move, rename_files};
pub use results::{ScriptResult, function_names, results};
pub use runtime_name::explain_operand;
use scope::Scopes;
pub use selection::selection_ranges;
pub use semantic_tokens::{SemanticKind, SemanticModifier, SemanticToken, semantic_tokens};
pub use signature_help::{SignatureHelp, signature_help};
pub use state_at::state_at;
use std::sync::Arc;
pub use surroundings::{Folders, ListedFile, Listing, Normal, Surroundings};
use tokens::{Token, TokenKind};
use tree::{ExprId, ExprKind, Tree};
pub use workspace_symbols::{WorkspaceSymbol, WorkspaceSymbolKind, workspace_symbols};

/// A text with what was made of it.
pub struct Script {
    pub file: Arc<SourceFile>,
    /// The text with the same offsets that lexer, parser and engine read.
    pub(crate) masked: String,
    pub(crate) tokens: Vec<Token>,
    pub(crate) tree: Tree,
    pub(crate) scopes: Scopes,
    pub(crate) errors: Vec<ParseError>,
    /// What the text was parsed in, for the next edit.
    pieces: Vec<parse::Piece>,
    inferred: types::Remembered,
}

impl Script {
    /// Parses a text, broken or not. Needs a stack of 64 MB.
    pub fn parse(file: Arc<SourceFile>) -> Script {
        Self::of(file, None)
    }

    /// Parses a text that came of another by an edit: what the edit did not touch is taken from there.
    ///
    /// The result is the same as that of [`Script::parse`], which a test insists on.
    pub fn reparse(file: Arc<SourceFile>, before: &Script) -> Script {
        Self::of(file, Some(before))
    }

    /// Parses a text that nobody edits here: what only an edit would need is let go.
    pub fn parse_once(file: Arc<SourceFile>) -> Script {
        Script { pieces: Vec::new(), ..Self::of(file, None) }
    }

    /// Makes the script of a text that is larger than `limit`, in bytes: nothing is known of it but that.
    pub fn too_large(file: Arc<SourceFile>, limit: usize) -> Script {
        let error =
            parse::ParseError { range: TextRange::default(), kind: parse::ParseErrorKind::TooLarge(limit) };
        let nothing = Self::parse(Arc::new(SourceFile::new(file.name.clone(), "")));
        let masked = mask::mask(&file.text);
        Script { file, masked, errors: vec![error], ..nothing }
    }

    /// Tells whether the text was not looked at, for its size.
    pub fn is_too_large(&self) -> bool {
        self.errors.iter().any(|error| matches!(error.kind, parse::ParseErrorKind::TooLarge(_)))
    }

    fn of(file: Arc<SourceFile>, before: Option<&Script>) -> Script {
        end_if_cancelled();
        let masked = mask::mask(&file.text);
        let before = before.map(|script| (script.masked.as_str(), script.pieces.as_slice()));
        let parse::Parsed { tokens, tree, errors, pieces } = parse::parse(&masked, before);
        let scopes = scope::resolve(&masked, &tree);
        Script { file, masked, tokens, tree, scopes, errors, pieces, inferred: types::Remembered::default() }
    }

    /// Returns the text for the engine, with a line for each call and the map back.
    ///
    /// If the text does not parse, it is left as it is, for the engine to say so.
    pub fn prepare(&self) -> Prepared {
        prepare::prepare(self, None)
    }

    /// Does the same, with code that tells the values of names to [`OBSERVER`](luakit_api::OBSERVER). The names are
    /// numbered from `first` on, so that those of several files are different.
    pub fn prepare_observed(&self, first: usize) -> Prepared {
        prepare::prepare(self, Some(first))
    }

    /// Tells whether the file calls `bk.export` (or `bk.target`) at its top level, so that it is an entry.
    pub fn is_entry(&self) -> bool {
        diagnostics::is_entry(self)
    }

    /// Returns the comments, in their order.
    pub fn comments(&self) -> impl Iterator<Item = TextRange> {
        self.tokens.iter().filter(|token| token.kind == TokenKind::Comment).map(|token| token.range)
    }

    /// Tells whether an offset lies inside a token or a comment, where nothing new can begin.
    pub fn is_inside_token(&self, offset: usize) -> bool {
        let end = self.tokens.partition_point(|token| token.range.start < offset);
        end.checked_sub(1).and_then(|last| self.tokens.get(last)).is_some_and(|it| offset < it.range.end)
    }

    /// Tells whether the script has the name `bk` anywhere, so that it has to do with luakit at all.
    pub fn mentions_bk(&self) -> bool {
        self.tokens.iter().any(|token| token.kind == TokenKind::Name && self.text(token.range) == "bk")
    }

    /// Returns the modules that the script requires by a name that is written out.
    pub fn required_modules(&self) -> Vec<String> {
        self.tree.calls().filter_map(|(_, call)| types::required(self, call)).collect()
    }

    /// Tells whether the file returns a value at its top level, as modules do.
    pub fn is_module(&self) -> bool {
        self.tree
            .block
            .stmts
            .iter()
            .any(|stmt| matches!(&stmt.kind, tree::StmtKind::Return(values) if !values.is_empty()))
    }

    /// Returns what keeps the text from being Lua; such a script is not evaluated.
    pub fn syntax_errors(&self) -> Vec<Diagnostic> {
        syntax::syntax_errors(self)
    }

    /// Returns `os.execute` for a path of names that begins with a global which the script does not declare.
    pub(crate) fn global_path(&self, id: ExprId) -> Option<String> {
        let expr = self.tree.expr(self.tree.inner(id));
        match &expr.kind {
            ExprKind::Name => match self.scopes.names.get(self.tree.inner(id)) {
                Some(None) => Some(self.text(expr.range).to_owned()),
                _ => None,
            },
            ExprKind::Field { base, name } => {
                Some(format!("{}.{}", self.global_path(*base)?, self.text(*name)))
            }
            _ => None,
        }
    }

    /// Tells whether an expression can give more or fewer values than one.
    pub(crate) fn gives_many(&self, id: ExprId) -> bool {
        matches!(self.tree.expr(id).kind, ExprKind::Call(_) | ExprKind::Vararg)
    }

    /// Returns the text at a range, as the parser read it.
    pub(crate) fn text(&self, range: TextRange) -> &str {
        self.masked.get(range.start..range.end).unwrap_or("")
    }

    /// Returns the name that a local is used by: that of a method's `self` is not written.
    pub(crate) fn name_of(&self, local: &scope::Local) -> &str {
        if local.kind == scope::LocalKind::Itself { "self" } else { self.text(local.name) }
    }

    /// Returns what a name means at an offset, if anything declares it.
    pub(crate) fn visible(&self, name: &str, offset: usize) -> Option<(scope::LocalId, &scope::Local)> {
        self.scopes.visible_at(offset).find(|(_, local)| self.name_of(local) == name)
    }

    /// Returns the tokens that lie in a range, without comments.
    pub(crate) fn tokens_in(&self, range: TextRange) -> impl Iterator<Item = &Token> {
        let first = self.tokens.partition_point(|token| token.range.start < range.start);
        let inside = move |token: &&Token| token.range.end <= range.end;
        self.tokens.iter().skip(first).take_while(inside).filter(|token| token.kind != TokenKind::Comment)
    }

    /// Returns the tokens that end at or before an offset, the last one first, without comments.
    pub(crate) fn tokens_before(&self, offset: usize) -> impl Iterator<Item = &Token> {
        let end = self.tokens.partition_point(|token| token.range.end <= offset);
        self.tokens.iter().take(end).rev().filter(|token| token.kind != TokenKind::Comment)
    }
}
