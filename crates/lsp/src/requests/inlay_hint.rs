//! `textDocument/inlayHint`: what the text tells, and what the last run showed.

use crate::project;
use crate::requests::work;
use crate::session::{View, as_loader};
use luakit_analysis::InlayHintKind as Kind;
use luakit_diagnostics::TextRange;
use std::collections::{BTreeMap, BTreeSet};
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

/// What the runs printed, counted, and build again.
fn shown(view: &View, within: TextRange) -> Vec<InlayHint> {
    let wanted = view.inlay_hints;
    let mut shown: Vec<(usize, String)> = Vec::new();
    // What was there may have been taken away since.
    for printed in view.printed.iter().filter(|it| wanted.output && !it.range.is_empty()) {
        let times = if printed.times > 1 { format!(" ({} times)", printed.times) } else { String::new() };
        shown.push((line_end(view, printed.range.end), format!("→ {}{times}", printed.text)));
    }
    let url = &view.snapshot.url;
    for graph in &view.graphs {
        for call in graph.calls_in(url).filter(|call| wanted.counts && call.ops.len() > 1) {
            shown.push((call.spot.range.end, format!("made {} times", call.ops.len())));
        }
        for spot in graph.rebuilt().filter(|spot| wanted.rebuilds && *spot.url == *url) {
            shown.push((spot.range.end, "rebuilds".into()));
        }
    }
    // Several scripts may tell the same of a module.
    let mut told = BTreeSet::new();
    shown.retain(|it| within.touches(it.0) && told.insert(it.clone()));
    shown.into_iter().map(|(offset, label)| hint(view, offset, label, None)).collect()
}

fn line_end(view: &View, offset: usize) -> usize {
    let file = &view.snapshot.file;
    let line = file.lines.line(offset);
    file.lines.start(line) + file.lines.text(&file.text, line).trim_end().len()
}

/// The platforms of images that name none, where platforms matter: for most scripts it is that of the machine.
fn platforms(view: &View, within: TextRange) -> Vec<InlayHint> {
    let calls = view.graphs.iter().flat_map(|graph| graph.calls_in(&view.snapshot.url));
    let known = calls.filter_map(|call| {
        let platform = call.ops().next().filter(|op| op.kind == "source")?.platform.as_ref()?;
        (call.ops.len() == 1).then_some((call.spot.range.start, platform))
    });
    let known: BTreeMap<usize, &String> = known.collect();
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
        let platform = known.get(&name.start)?;
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
