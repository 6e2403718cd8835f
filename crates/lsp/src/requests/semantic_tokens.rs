//! `textDocument/semanticTokens`: whole, in a range, and what differs from an earlier answer.

use crate::capabilities::Capabilities;
use crate::requests::work;
use crate::session::{Shared, View, as_loader};
use luakit_analysis::{SemanticKind, SemanticModifier};
use luakit_diagnostics::TextRange;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::*;

/// Our words and LSP's, each kind with what stands in for it in clients that do not know it.
const KINDS: &[(SemanticKind, SemanticTokenType, Option<SemanticKind>)] = &[
    (SemanticKind::Namespace, SemanticTokenType::NAMESPACE, Some(SemanticKind::Variable)),
    (SemanticKind::Function, SemanticTokenType::FUNCTION, None),
    (SemanticKind::Method, SemanticTokenType::METHOD, Some(SemanticKind::Function)),
    (SemanticKind::Parameter, SemanticTokenType::PARAMETER, Some(SemanticKind::Variable)),
    (SemanticKind::Variable, SemanticTokenType::VARIABLE, None),
    (SemanticKind::Property, SemanticTokenType::PROPERTY, Some(SemanticKind::Variable)),
    (SemanticKind::EnumMember, SemanticTokenType::ENUM_MEMBER, None),
];

const MODIFIERS: &[(SemanticModifier, SemanticTokenModifier)] = &[
    (SemanticModifier::Declaration, SemanticTokenModifier::DECLARATION),
    (SemanticModifier::Readonly, SemanticTokenModifier::READONLY),
    (SemanticModifier::DefaultLibrary, SemanticTokenModifier::DEFAULT_LIBRARY),
    (SemanticModifier::Modification, SemanticTokenModifier::MODIFICATION),
];

/// How many answers are kept for each document: a client may ask for the next before it has read the last.
const KEPT: usize = 3;

/// The answers that clients may ask the differences to.
#[derive(Default)]
pub(crate) struct Sent(BTreeMap<Url, VecDeque<(String, Arc<Vec<SemanticToken>>)>>);

impl Sent {
    fn keep(&mut self, url: &Url, id: String, tokens: Arc<Vec<SemanticToken>>) {
        let answers = self.0.entry(url.clone()).or_default();
        answers.push_back((id, tokens));
        while answers.len() > KEPT {
            answers.pop_front();
        }
    }

    fn get(&self, url: &Url, id: &str) -> Option<Arc<Vec<SemanticToken>>> {
        self.0.get(url)?.iter().find(|(known, _)| known == id).map(|(_, tokens)| tokens.clone())
    }

    pub(crate) fn forget(&mut self, url: &Url) {
        self.0.remove(url);
    }
}

/// What we say of our tokens: those of our words that the client knows.
pub(crate) fn options(client: &Capabilities) -> SemanticTokensOptions {
    SemanticTokensOptions {
        legend: SemanticTokensLegend { token_types: types(client), token_modifiers: modifiers(client) },
        range: Some(true),
        full: Some(SemanticTokensFullOptions::Delta { delta: Some(true) }),
        ..SemanticTokensOptions::default()
    }
}

fn types(client: &Capabilities) -> Vec<SemanticTokenType> {
    let known = |name: &SemanticTokenType| client.token_types.is_empty() || client.token_types.contains(name);
    KINDS.iter().map(|(_, name, _)| name.clone()).filter(known).collect()
}

fn modifiers(client: &Capabilities) -> Vec<SemanticTokenModifier> {
    let all = client.token_types.is_empty();
    let known = |name: &SemanticTokenModifier| all || client.token_modifiers.contains(name);
    MODIFIERS.iter().map(|(_, name)| name.clone()).filter(known).collect()
}

pub(crate) async fn full(shared: &Shared, view: View) -> Result<Option<SemanticTokensResult>> {
    let url = view.snapshot.url.clone();
    let tokens = Arc::new(work(move || encoded(&view, None)).await?);
    let result_id = keep(shared, &url, tokens.clone());
    Ok(Some(SemanticTokens { result_id, data: tokens.to_vec() }.into()))
}

pub(crate) async fn delta(
    shared: &Shared,
    view: View,
    previous: String,
) -> Result<Option<SemanticTokensFullDeltaResult>> {
    let url = view.snapshot.url.clone();
    let before = shared.lock().semantic_tokens.get(&url, &previous);
    let tokens = Arc::new(work(move || encoded(&view, None)).await?);
    let result_id = keep(shared, &url, tokens.clone());
    Ok(Some(match before {
        Some(before) => SemanticTokensDelta { result_id, edits: difference(&before, &tokens) }.into(),
        None => SemanticTokens { result_id, data: tokens.to_vec() }.into(),
    }))
}

pub(crate) async fn range(view: View, range: Range) -> Result<Option<SemanticTokensRangeResult>> {
    let within = TextRange::new(view.offset(range.start), view.offset(range.end));
    let data = work(move || encoded(&view, Some(within))).await?;
    Ok(Some(SemanticTokensRangeResult::Tokens(SemanticTokens { result_id: None, data })))
}

/// Keeps an answer if the document is still there, and returns its name.
fn keep(shared: &Shared, url: &Url, tokens: Arc<Vec<SemanticToken>>) -> Option<String> {
    let mut session = shared.lock();
    if !session.documents.contains_key(url) {
        return None;
    }
    let id = session.next().to_string();
    session.semantic_tokens.keep(url, id.clone(), tokens);
    Some(id)
}

/// Returns the tokens as LSP counts them, each from the one before.
fn encoded(view: &View, within: Option<TextRange>) -> Vec<SemanticToken> {
    let script = view.snapshot.script();
    let tokens = luakit_analysis::semantic_tokens(&script, as_loader(&view.loader()));
    let client = &view.capabilities;
    let (types, modifiers) = (types(client), modifiers(client));
    let touches = |range: TextRange| within.is_none_or(|it| it.start < range.end && range.start < it.end);
    let mut out = Vec::with_capacity(tokens.len());
    let mut before = Position::default();
    for token in tokens.into_iter().filter(|token| touches(token.range)) {
        let Some(token_type) = type_of(token.kind, &types) else { continue };
        let range = view.range(token.range);
        let delta_line = range.start.line - before.line;
        let from = if delta_line == 0 { before.character } else { 0 };
        out.push(SemanticToken {
            delta_line,
            delta_start: range.start.character - from,
            length: range.end.character - range.start.character,
            token_type,
            token_modifiers_bitset: bits(token.modifiers, &modifiers),
        });
        before = range.start;
    }
    out
}

fn type_of(kind: SemanticKind, types: &[SemanticTokenType]) -> Option<u32> {
    let (_, name, otherwise) = KINDS.iter().find(|(it, ..)| *it == kind)?;
    let index = types.iter().position(|it| it == name);
    match (index, otherwise) {
        (Some(index), _) => u32::try_from(index).ok(),
        (None, Some(otherwise)) => type_of(*otherwise, types),
        (None, None) => None,
    }
}

fn bits(ours: u32, modifiers: &[SemanticTokenModifier]) -> u32 {
    let set = MODIFIERS.iter().filter(|(modifier, _)| ours & modifier.bit() != 0);
    set.filter_map(|(_, name)| modifiers.iter().position(|it| it == name)).fold(0, |bits, at| bits | 1 << at)
}

/// Returns the edit that leads from one answer to the next, in the numbers that travel: five for each token.
fn difference(before: &[SemanticToken], after: &[SemanticToken]) -> Vec<SemanticTokensEdit> {
    let same = |(a, b): &(&SemanticToken, &SemanticToken)| a == b;
    let prefix = before.iter().zip(after).take_while(same).count();
    let (old, new) = (before.get(prefix..).unwrap_or_default(), after.get(prefix..).unwrap_or_default());
    let suffix = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
    let (removed, added) = (old.len() - suffix, new.len() - suffix);
    if removed == 0 && added == 0 {
        return Vec::new();
    }
    let numbers = |tokens: usize| u32::try_from(tokens * 5).unwrap_or(u32::MAX);
    vec![SemanticTokensEdit {
        start: numbers(prefix),
        delete_count: numbers(removed),
        data: Some(new.iter().take(added).copied().collect()),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn numbers(tokens: &[SemanticToken]) -> Vec<u32> {
        let numbers = |it: &SemanticToken| {
            [it.delta_line, it.delta_start, it.length, it.token_type, it.token_modifiers_bitset]
        };
        tokens.iter().flat_map(numbers).collect()
    }

    fn tokens() -> impl Strategy<Value = Vec<SemanticToken>> {
        let token = (0u32..2, 0u32..3).prop_map(|(delta_line, delta_start)| SemanticToken {
            delta_line,
            delta_start,
            length: 1,
            ..SemanticToken::default()
        });
        proptest::collection::vec(token, 0..12)
    }

    proptest! {
        #[test]
        fn the_difference_leads_from_one_answer_to_the_next(before in tokens(), after in tokens()) {
            let mut data = numbers(&before);
            for edit in difference(&before, &after) {
                let (start, count) = (edit.start as usize, edit.delete_count as usize);
                data.splice(start..start + count, numbers(&edit.data.unwrap_or_default()));
            }
            prop_assert_eq!(data, numbers(&after));
        }
    }

    #[test]
    fn a_client_is_told_only_words_that_it_knows() {
        let client = Capabilities {
            token_types: vec![SemanticTokenType::VARIABLE, SemanticTokenType::FUNCTION],
            token_modifiers: vec![SemanticTokenModifier::READONLY],
            ..Capabilities::default()
        };
        let types = types(&client);
        assert_eq!(types, [SemanticTokenType::FUNCTION, SemanticTokenType::VARIABLE]);
        assert_eq!(type_of(SemanticKind::Namespace, &types), Some(1));
        assert_eq!(type_of(SemanticKind::Method, &types), Some(0));
        assert_eq!(type_of(SemanticKind::EnumMember, &types), None);
        let both = SemanticModifier::Declaration.bit() | SemanticModifier::Readonly.bit();
        assert_eq!(bits(both, &modifiers(&client)), 1);
    }

    #[test]
    fn few_answers_are_kept() {
        let url: Url = "file:///build.lua".parse().unwrap();
        let mut sent = Sent::default();
        (0..9).for_each(|id| sent.keep(&url, id.to_string(), Arc::default()));
        assert!(sent.get(&url, "5").is_none() && sent.get(&url, "6").is_some());
        sent.forget(&url);
        assert!(sent.get(&url, "8").is_none());
    }
}
