//! Operations that no export depends on: the result of a call was not kept, or another one was exported.

use super::Linter;
use luakit_diagnostics::{Code, Severity, SourceFile};
use luakit_llb::{Location, Vertex};
use std::collections::HashSet;
use std::sync::Arc;

/// Reports, of what is never built, what nothing else was made from: the rest is explained by it.
///
/// A place that makes several operations is fine if one of them is built: the last of a loop, or one branch of a
/// helper. What a module makes is told at the script's call of it; what a module makes by being required is its own
/// affair, since other scripts may use it.
pub(super) fn check(linter: &mut Linter<'_>) {
    let Some(entry) = linter.run.files.first() else { return };
    let frame = |vertex: &Vertex| -> Option<Location> {
        let mut frames = vertex.locations.iter().chain(&vertex.trace);
        frames.find(|location| linter.places.is_in(location, entry)).copied()
    };
    let vertices = linter.graph.vertices();
    let built = |vertex: &&Vertex, reached: bool| reached.then(|| frame(vertex)).flatten();
    let mut fine: HashSet<Location> = vertices
        .iter()
        .zip(&linter.reached)
        .filter_map(|(vertex, reached)| built(&vertex, *reached))
        .collect();
    let used = vertices.iter().flat_map(|vertex| &vertex.inputs);
    fine.extend(used.filter_map(|output| frame(linter.graph.vertex(output.vertex)?)));

    // An equal op that is built is built for this call as well.
    let ops = linter.run.outputs.iter().flat_map(|output| &output.definition.ops);
    let built: HashSet<&Location> = ops.flat_map(|op| &op.locations).collect();

    // With other arguments, or for another platform, it may be built.
    let asks =
        |file: &Arc<SourceFile>| linter.places.can_change(file) && file.text.contains("target_platform");
    let may_differ = !linter.run.args_read.is_empty() || linter.run.files.iter().any(asks);
    let mut found = Vec::new();
    for (vertex, reached) in vertices.iter().zip(&linter.reached) {
        let Some(frame) = frame(vertex).filter(|frame| !*reached && fine.insert(*frame)) else { continue };
        if vertex.locations.iter().any(|location| built.contains(location)) {
            continue;
        }
        let (Some(site), Some(place)) = (linter.places.site(&frame), linter.places.place(&frame)) else {
            continue;
        };
        let told = linter.told.iter().any(|told| {
            told.code == Code::UNUSED_STATE
                && told.place.file == place.file
                && site.call.covers(told.place.range)
        });
        if site.calls("require") || told {
            continue;
        }
        let name = place.file.slice(place.range);
        let message = format!("no export depends on what `{name}` makes");
        let mut finding = linter
            .at(Code::UNREACHED_OP, place, message)
            .with_hint("a state never changes: use what the call returns, or take the call out");
        if may_differ {
            finding.severity = Severity::Note;
        }
        found.push(Some(finding));
    }
    found.into_iter().for_each(|finding| linter.say(finding));
}
