//! What an edit does to a graph, as text for people.
//!
//! `+` is an op that was added, `-` one that is gone, `~` one that is another. Below each stands what it says
//! differently and whether it runs again; an arrow leads to the op that is the reason.

use super::{Cause, Change, Files, GraphDiff, OpDiff, OpRef, Rebuild, Status};
use crate::name::brief;

/// How many sources are named that are not looked at.
const LONGEST: usize = 4;

/// Renders everything that changed or runs again, and a summary.
pub fn render(diff: &GraphDiff, before: &Files<'_>, after: &Files<'_>) -> String {
    let mut text = String::new();
    let shown = |it: &(usize, &OpDiff)| it.1.status != Status::Unchanged || it.1.rebuild != Rebuild::Cached;
    for (number, op) in diff.ops.iter().enumerate().filter(shown) {
        let mark = match op.status {
            Status::Added => '+',
            Status::Changed => '~',
            Status::Unchanged => ' ',
        };
        text.push_str(&format!("{mark} {}\n", label(&op.op, after)));
        for change in &op.changes {
            text.push_str(&format!("    {}\n", self::change(change)));
        }
        text.push_str(&format!("    {}\n", rebuild(diff, number, op, after)));
    }
    for op in &diff.removed {
        text.push_str(&format!("- {}\n", label(op, before)));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(&summary(diff));
    if let Some(unseen) = unseen(diff) {
        text.push_str(&format!("not looked at: what is behind {unseen}\n"));
    }
    text
}

/// Names an op and its place.
fn label(op: &OpRef, files: &Files<'_>) -> String {
    let place = op.locations.first().and_then(|it| files.place(it));
    name(op) + &place.map(|it| format!(" ({it})")).unwrap_or_default()
}

fn name(op: &OpRef) -> String {
    let name = brief(&op.name);
    // The names of some kinds begin with it.
    if name.starts_with(op.kind) { name } else { format!("{} {name}", op.kind) }
}

fn change(change: &Change) -> String {
    let what = &change.what;
    match (&change.before, &change.after) {
        (Some(before), Some(after)) => format!("{what}: {before} → {after}"),
        (None, Some(after)) => format!("+ {what}: {after}"),
        (Some(before), None) => format!("- {what}: {before}"),
        (None, None) => what.clone(),
    }
}

fn rebuild(diff: &GraphDiff, number: usize, op: &OpDiff, files: &Files<'_>) -> String {
    let rebuild = op.rebuild.name();
    match op.cause {
        None | Some(Cause::Itself) => rebuild.to_owned(),
        Some(Cause::IgnoreCache) => format!("{rebuild}, always: it ignores the cache"),
        Some(Cause::LocalInput) => {
            format!("{rebuild}, always: it works on a local source itself, and not on a copy of it")
        }
        Some(Cause::Input(_)) => {
            let chain = diff.chain(number);
            let op = |it: &usize| diff.ops.get(*it).map(|it| &it.op);
            let mut reasons: Vec<String> = Vec::new();
            // Those between have reasons of their own above.
            if let [_, nearest, between @ .., _] = chain.as_slice() {
                reasons.extend(op(nearest).map(name));
                reasons.extend((!between.is_empty()).then(|| format!("{} more", between.len())));
            }
            reasons.extend(chain.last().and_then(op).map(|it| label(it, files)));
            format!("{rebuild} ← {}", reasons.join(" ← "))
        }
    }
}

fn summary(diff: &GraphDiff) -> String {
    let it = diff.summary();
    let mut text = String::new();
    let counts = [(it.changed, "changed"), (it.added, "added"), (it.removed, "removed")];
    let told: Vec<String> =
        counts.iter().filter(|it| it.0 > 0).map(|(count, what)| format!("{count} {what}")).collect();
    match (told.is_empty(), diff.result_changed) {
        (true, false) => text.push_str("no op changed"),
        (true, true) => text.push_str("the result is another one"),
        // Then so is most likely the result.
        (false, _) => text.push_str(&told.join(", ")),
    }
    let runs = match it.runs {
        0 => "no op runs".to_owned(),
        1 => "1 op runs".to_owned(),
        count => format!("{count} ops run"),
    };
    let on = match it.runs {
        0 => "content",
        1 => "it",
        _ => "them",
    };
    let depends = match it.depends {
        0 => String::new(),
        1 => format!(", 1 depends on {on}"),
        count => format!(", {count} depend on {on}"),
    };
    text.push_str(&format!("\n{runs}{depends}, {} cached\n", it.cached));
    text
}

/// Lists the sources that may be others though the graph does not tell.
fn unseen(diff: &GraphDiff) -> Option<String> {
    let mut names: Vec<String> = Vec::new();
    for name in diff.ops.iter().filter(|it| it.unseen).map(|it| brief(&it.op.name)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    match names.as_slice() {
        [] => None,
        names if names.len() <= LONGEST => Some(names.join(", ")),
        names => {
            let (shown, more) = names.split_at(LONGEST);
            Some(format!("{}, and {} more", shown.join(", "), more.len()))
        }
    }
}
