//! Environment variables: where each was said, and `$NAME` in a value, which BuildKit takes as it stands.

use super::{Linter, option};
use luakit_api::Step;
use luakit_diagnostics::{Code, Place};
use luakit_evaluator::Export;
use luakit_llb::Vertex;
use std::collections::HashSet;

/// Where a variable got its value.
#[derive(Clone)]
pub(super) struct Said {
    pub(super) place: Place,
    pub(super) function: &'static str,
}

pub(super) fn check(linter: &mut Linter<'_>) {
    for (said, name, value) in variables(linter) {
        let Some(variable) = expected(&name, &value) else { continue };
        let message =
            format!("{}: `${variable}` in env `{name}` stays as it is, nothing replaces it", said.function);
        let finding = linter
            .at(Code::UNEXPANDED_VARIABLE, said.place, message)
            .with_hint("write the whole value, or set the variable in the command, where a shell reads it");
        linter.say(Some(finding));
    }
}

/// Returns each variable of a command or of the image's config once, with its value.
pub(super) fn variables(linter: &Linter<'_>) -> Vec<(Said, String, String)> {
    let mut seen = HashSet::new();
    let mut variables = Vec::new();
    for (vertex, exec) in linter.commands() {
        for (name, value) in exec.env.iter().filter(|it| seen.insert((it.0.to_owned(), it.1.to_owned()))) {
            // Most are of no interest, and finding a place is the dearer part.
            if let Some(said) = is_suspect(name, value).then(|| said(linter, vertex, name)).flatten() {
                variables.push((said, name.to_owned(), value.to_owned()));
            }
        }
    }
    for export in linter.exports {
        let Some(env) = export.config["config"]["Env"].as_array() else { continue };
        for (name, value) in env.iter().filter_map(|text| text.as_str()?.split_once('=')) {
            let place = export_place(linter, export, &option(1, &["env", name]));
            variables.push((Said { place, function: "bk.export" }, name.to_owned(), value.to_owned()));
        }
    }
    variables
}

fn is_suspect(name: &str, value: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    value.contains('$')
        || value.len() >= 16
        || ["TOKEN", "PASS", "SECRET", "KEY"].iter().any(|word| upper.contains(word))
}

/// Returns where a command's variable was said: in its own call, in the one `with_env` that names it, else by the call.
fn said(linter: &Linter<'_>, vertex: &Vertex, name: &str) -> Option<Said> {
    let path = option(1, &["env", name]);
    let own = linter.places.of(vertex, &path)?;
    let written =
        vertex.locations.first().and_then(|location| linter.places.site(location)).is_some_and(|site| {
            site.args.get(1).is_some_and(|opts| {
                opts.fields.iter().any(|field| {
                    field.name == "env"
                        && (field.value.fields.is_empty()
                            || field.value.fields.iter().any(|it| it.name == name))
                })
            })
        });
    let at_call = Said { place: own, function: "bk.run" };
    if written {
        return Some(at_call);
    }
    let mut calls = linter.places.calls_of("with_env").into_iter().filter_map(|(file, site)| {
        let range = site.args.first()?.fields.iter().find(|field| field.name == name)?.value.range;
        Some(Said { place: Place { file, range }, function: "bk.with_env" })
    });
    match (calls.next(), calls.next()) {
        (Some(said), None) => Some(said),
        _ => Some(at_call),
    }
}

/// Returns the place of an argument of a call of `bk.export`.
pub(super) fn export_place(linter: &Linter<'_>, export: &Export, path: &[Step]) -> Place {
    let mut calls = linter.places.calls_of("export").into_iter().chain(linter.places.calls_of("target"));
    let call = calls.find(|(file, site)| *file == export.place.file && site.name == export.place.range);
    match call {
        Some((file, site)) => Place { file, range: super::places::locate(&site, path) },
        None => export.place.clone(),
    }
}

/// Returns the variable that a value was most likely meant to hold: itself, as in `PATH=/x:$PATH`, or a well-known one.
///
/// Others may be meant for a shell that reads the value later.
fn expected<'v>(name: &str, value: &'v str) -> Option<&'v str> {
    const KNOWN: &[&str] = &["PATH", "HOME", "PWD", "LD_LIBRARY_PATH", "PYTHONPATH", "GOPATH", "NODE_PATH"];
    let for_shells = ["PS1", "PS2", "PS4", "PROMPT_COMMAND", "ENV", "BASH_ENV"].contains(&name);
    references(value)
        .into_iter()
        .find(|variable| !for_shells && (*variable == name || KNOWN.contains(variable)))
}

/// Returns the names in `$NAME` and `${NAME}` of a text.
pub(super) fn references(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for (at, _) in text.match_indices('$') {
        let rest = &text[at + 1..];
        let (rest, braced) = rest.strip_prefix('{').map_or((rest, false), |rest| (rest, true));
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let name = &rest[..end];
        let closed = !braced || rest[end..].starts_with('}');
        if closed && name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_') {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::expected;

    #[test]
    fn only_what_was_surely_meant_to_be_replaced_is_named() {
        for (name, value, found) in [
            ("PATH", "/x/bin:$PATH", Some("PATH")),
            ("PATH", "/x/bin:${PATH}", Some("PATH")),
            ("CARGO_HOME", "$HOME/.cargo", Some("HOME")),
            ("PS1", "$PWD> ", None),
            ("PRICE", "$5 and $x", None),
            ("FORMAT", "$REMOTE_ADDR", None),
            ("LATE", "${PATH:-/bin}", None),
        ] {
            assert_eq!(expected(name, value), found, "{name}={value}");
        }
    }
}
