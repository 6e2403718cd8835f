//! `textDocument/inlayHint`: what the text tells, and what the last run showed.

use crate::dry_run::{Fact, FactKind};
use crate::project;
use crate::requests::work;
use crate::session::{View, as_loader};
use luakit_analysis::InlayHintKind as Kind;
use luakit_diagnostics::TextRange;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::*;

pub(crate) async fn inlay_hint(view: View, range: Range) -> Result<Option<Vec<InlayHint>>> {
    work(move || {
        let within = TextRange::new(view.offset(range.start), view.offset(range.end));
        let mut hints = written(&view, within);
        hints.extend(shown(&view, within));
        hints.extend(platforms(&view, within));
        Some(hints)
    })
    .await
}

fn written(view: &View, within: TextRange) -> Vec<InlayHint> {
    let script = view.snapshot.script();
    let wanted = luakit_analysis::InlayHints {
        parameter_names: view.inlay_hints.parameter_names,
        types: view.inlay_hints.types,
    };
    let hints = luakit_analysis::inlay_hints(&script, within, wanted, as_loader(&view.loader()));
    let hint = |it: luakit_analysis::InlayHint| match it.kind {
        Kind::Parameter => {
            let hint = hint(view, it.offset, it.label, Some(InlayHintKind::PARAMETER));
            InlayHint { padding_right: Some(true), padding_left: None, ..hint }
        }
        Kind::Type => {
            InlayHint { padding_left: None, ..hint(view, it.offset, it.label, Some(InlayHintKind::TYPE)) }
        }
    };
    hints.into_iter().map(hint).collect()
}

/// What the runs counted and printed.
fn shown(view: &View, within: TextRange) -> Vec<InlayHint> {
    let hint_of = |fact: &Fact| {
        let (offset, label) = match &fact.kind {
            FactKind::Made(count) if view.inlay_hints.counts => {
                (fact.range.end, format!("made {count} times"))
            }
            FactKind::Printed(text, count) if view.inlay_hints.output => {
                let times = if *count > 1 { format!(" ({count} times)") } else { String::new() };
                (line_end(view, fact.range.end), format!("→ {text}{times}"))
            }
            _ => return None,
        };
        // What was there has been taken away since.
        let is_there = !fact.range.is_empty() && within.touches(offset);
        is_there.then(|| hint(view, offset, label, None))
    };
    view.facts.iter().filter_map(hint_of).collect()
}

fn line_end(view: &View, offset: usize) -> usize {
    let file = &view.snapshot.file;
    let line = file.lines.line(offset);
    file.lines.start(line) + file.lines.text(&file.text, line).trim_end().len()
}

/// The platforms of images that name none, where platforms matter: for most scripts it is that of the machine.
fn platforms(view: &View, within: TextRange) -> Vec<InlayHint> {
    let known: Vec<(usize, &String)> = view
        .facts
        .iter()
        .filter_map(|fact| match &fact.kind {
            FactKind::Platform(platform) => Some((fact.range.start, platform)),
            _ => None,
        })
        .collect();
    let matters = || {
        view.snapshot.file.text.contains("target_platform")
            || !project::config_of(view.path.as_deref()).platforms.is_empty()
    };
    if !view.inlay_hints.platforms || known.is_empty() || !matters() {
        return Vec::new();
    }
    let script = view.snapshot.script();
    let images = luakit_analysis::images_without_platform(&script, as_loader(&view.loader()));
    let hint = |(name, end): (TextRange, usize)| {
        let (_, platform) = known.iter().find(|(start, _)| *start == name.start)?;
        within.touches(end).then(|| hint(view, end, (*platform).clone(), None))
    };
    images.into_iter().filter_map(hint).collect()
}

fn hint(view: &View, offset: usize, label: String, kind: Option<InlayHintKind>) -> InlayHint {
    InlayHint {
        position: view.range(TextRange::new(offset, offset)).start,
        label: InlayHintLabel::String(label),
        kind,
        text_edits: None,
        tooltip: None,
        padding_left: Some(true),
        padding_right: None,
        data: None,
    }
}
