//! Cache mounts that share an id but not how they are used.

use super::{Linter, option};
use luakit_api::CallSite;
use luakit_diagnostics::{Code, Place, Related, Severity, SourceFile};
use luakit_llb::{CacheSharing, MountKind, Vertex};
use std::collections::HashMap;
use std::sync::Arc;

/// Reports the later of two mounts that have one id.
///
/// Different sharing is most likely a mistake: the stricter one holds nobody off. Different places may be on purpose,
/// as when the users of two images have other homes.
pub(super) fn check(linter: &mut Linter<'_>) {
    let mut first: HashMap<&str, (&str, CacheSharing, &Vertex)> = HashMap::new();
    let mut found = Vec::new();
    for (vertex, exec) in linter.commands() {
        for mount in &exec.mounts {
            let MountKind::Cache { id, sharing } = &mount.kind else { continue };
            let (dest, other, earlier) = *first.entry(id).or_insert((&mount.dest, *sharing, vertex));
            let (what, severity) = if other != *sharing {
                let (was, is) = (name(other), name(*sharing));
                (format!("cache `{id}` is \"{is}\" here and \"{was}\" elsewhere"), Severity::Warning)
            } else if dest != mount.dest {
                (
                    format!("cache `{id}` is mounted at `{}` here and at `{dest}` elsewhere", mount.dest),
                    Severity::Note,
                )
            } else {
                continue;
            };
            let Some(place) = mount_place(linter, vertex, &mount.dest) else { continue };
            let mut finding = linter.at(Code::CACHE_CONFLICT, place, format!("bk.cache: {what}"));
            finding.severity = severity;
            finding.hints.push("give each cache its own `id`, or both the same options".into());
            if let Some(place) = mount_place(linter, earlier, dest) {
                finding.related.push(Related { place, message: "first used at".into() });
            }
            found.push(finding);
        }
    }
    found.into_iter().for_each(|finding| linter.say(Some(finding)));
}

/// Returns the call that makes a mount, where it is written out in the run, else the run's mounts.
fn mount_place(linter: &Linter<'_>, vertex: &Vertex, dest: &str) -> Option<Place> {
    let around = linter.places.of(vertex, &option(1, &["mounts"]))?;
    let is_it = |file: &Arc<SourceFile>, site: &CallSite| {
        let written = site.args.first().map(|arg| file.slice(arg.range).trim_matches(['"', '\'']));
        Arc::ptr_eq(file, &around.file) && around.range.covers(site.call) && written == Some(dest)
    };
    let call = linter.places.find_call("cache", &is_it);
    Some(call.map(|(file, site)| Place { file, range: site.call }).unwrap_or(around))
}

fn name(sharing: CacheSharing) -> &'static str {
    match sharing {
        CacheSharing::Shared => "shared",
        CacheSharing::Private => "private",
        CacheSharing::Locked => "locked",
    }
}
