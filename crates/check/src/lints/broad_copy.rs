//! A copy of everything before an installation of dependencies: each edit of any file installs them again.

use super::{Linter, arg, below, command};
use luakit_diagnostics::{Code, Related};
use luakit_llb::pb::file_action::Action;
use luakit_llb::{ExecOp, MountKind, Op, Vertex, VertexId};

/// What is known of a file system by the steps that made it.
#[derive(Clone, Copy, Default)]
struct Past {
    /// The copy of everything that is in it.
    broad: Option<VertexId>,
    /// Whether dependencies were installed before that: then a later installation is a further step, not the first.
    installed: bool,
}

pub(super) fn check(linter: &mut Linter<'_>) {
    let reached = linter.reached();
    let mut pasts = vec![Past::default(); linter.graph.vertices().len()];
    let mut found = Vec::new();
    // A vertex is made after all that it depends on, so one pass is enough.
    for (id, vertex) in reached {
        let mut past = below(vertex)
            .first()
            .and_then(|output| pasts.get(output.vertex.index()))
            .copied()
            .unwrap_or_default();
        if past.broad.is_none() && !past.installed && copies_all(linter, vertex) {
            past.broad = Some(id);
        }
        if let Op::Exec(exec) = &vertex.op
            && let Some(install) = installation(exec)
        {
            if let Some(copy) =
                past.broad.filter(|_| !past.installed).and_then(|copy| linter.graph.vertex(copy))
            {
                let message =
                    format!("bk.copy: everything is copied before `{install}`, so each edit repeats it");
                let finding = linter.finding(Code::BROAD_COPY, copy, &arg(1), message).map(|mut finding| {
                    let place = linter.places.of(vertex, &arg(0));
                    finding
                        .related
                        .extend(place.map(|place| Related { place, message: "installed at".into() }));
                    finding
                        .with_hint("copy what names the dependencies first, install them, then copy the rest")
                });
                found.push(finding);
            }
            past.installed = true;
        }
        if let Some(slot) = pasts.get_mut(id.index()) {
            *slot = past;
        }
    }
    found.into_iter().for_each(|finding| linter.say(finding));
}

/// Tells whether a vertex copies a whole folder of the client.
fn copies_all(linter: &Linter<'_>, vertex: &Vertex) -> bool {
    let Op::File(file) = &vertex.op else { return false };
    file.actions().any(|(action, from)| {
        let Action::Copy(copy) = action else { return false };
        let whole = matches!(copy.src.as_str(), "." | "/" | "/*" | "/.") && copy.include_patterns.is_empty();
        let from = from.and_then(|from| linter.graph.vertex(from.vertex));
        whole && from.is_some_and(is_whole_folder)
    })
}

fn is_whole_folder(vertex: &Vertex) -> bool {
    match &vertex.op {
        Op::Source(source) => {
            source.identifier.starts_with("local://") && !source.attrs.contains_key("local.includepattern")
        }
        _ => false,
    }
}

/// Returns the command that installs dependencies by what the project's files name.
fn installation(exec: &ExecOp) -> Option<String> {
    let cached = exec.mounts.iter().any(|mount| matches!(mount.kind, MountKind::Cache { .. }));
    let is_installation = |words: &[String]| {
        let (program, words) = words.split_first()?;
        let mut plain = words.iter().filter(|word| !word.starts_with('-')).map(String::as_str);
        let (first, second) = (plain.next(), plain.next());
        let has = |option: &str| words.iter().any(|word| word == option);
        let installs = match program.rsplit('/').next()? {
            // With a package's name it is a tool that is installed.
            "npm" => first == Some("ci") || (matches!(first, Some("install" | "i")) && second.is_none()),
            "pnpm" | "yarn" | "bun" => matches!(first, Some("install" | "i")) && second.is_none(),
            "pip" | "pip3" => first == Some("install") && (has("-r") || has("--requirement")),
            "poetry" | "bundle" | "composer" => first == Some("install"),
            "uv" => first == Some("sync"),
            // With a cache these download nothing twice.
            "go" => !cached && first == Some("mod") && second == Some("download"),
            "cargo" => !cached && first == Some("fetch"),
            "mvn" => !cached && first.is_some_and(|goal| goal.starts_with("dependency:")),
            _ => false,
        };
        let shown = [Some(program.as_str()), first, second.filter(|_| first == Some("mod"))];
        installs.then(|| shown.into_iter().flatten().collect::<Vec<_>>().join(" "))
    };
    command::commands(exec).iter().find_map(|words| is_installation(words))
}
