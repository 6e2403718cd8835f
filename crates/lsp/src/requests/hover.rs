//! `textDocument/hover`: what the text tells, then what the last good run showed of the op.

use crate::dry_run::{Observed, observed_markdown, op_markdown};
use crate::requests::work;
use crate::session::{View, as_loader};
use crate::to_lsp::markup;
use luakit_analysis::{Normal, Surroundings};
use luakit_check::llb::{Platform, Reference};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{Hover, HoverContents, Position};

pub(crate) async fn hover(view: View, observed: Vec<Observed>, position: Position) -> Result<Option<Hover>> {
    work(move || {
        let script = view.snapshot.script();
        let offset = view.offset(position);
        let loader = view.loader();
        let surroundings = Surroundings { normal: normal(), ..Surroundings::of(as_loader(&loader)) };
        let mut hover = luakit_analysis::hover_in(&script, offset, &surroundings)?;
        let places = luakit_analysis::value_places(&script, offset);
        let values = observed_markdown(&observed, &places);
        for fact in values.into_iter().chain(facts(&view, offset)) {
            hover.markdown = format!("{}\n\n---\n\n{fact}", hover.markdown.trim_end());
        }
        Some(Hover {
            contents: HoverContents::Markup(markup(view.capabilities.hover_markdown, hover.markdown)),
            range: Some(view.range(hover.range)),
        })
    })
    .await
}

/// Returns what a run showed of the op that is meant at an offset.
fn facts(view: &View, offset: usize) -> Option<String> {
    if view.graphs.is_empty() {
        return None;
    }
    let script = view.snapshot.script();
    let call = luakit_analysis::state_at(&script, offset, as_loader(&view.loader()))?;
    view.graphs.iter().find_map(|graph| op_markdown(graph, &view.snapshot.url, call))
}

/// Values as the build will see them.
fn normal() -> Normal {
    Normal {
        image: Some(|text| Reference::parse(text).ok().map(|it| it.or_latest().to_string())),
        platform: Some(|text| Platform::parse(text).ok().map(|it| it.normalize().name())),
    }
}
