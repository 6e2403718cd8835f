//! Environment variables: where each was said, and `$NAME` in a value, which BuildKit takes as it stands.

use super::{Linter, option};
use luakit_api::{CallSite, Step};
use luakit_diagnostics::{Code, Place, SourceFile};
use luakit_evaluator::Export;
use luakit_llb::Vertex;
use std::collections::HashSet;
use std::sync::Arc;

/// Where a variable got its value.
#[derive(Clone)]
pub(super) struct Said {
    pub(super) place: Place,
    pub(super) function: &'static str,
}

pub(super) fn check(linter: &mut Linter<'_>) {
    let judge = |name: &str, value: &str| expected(name, value).map(str::to_owned);
    for (said, name, variable) in variables(linter, judge) {
        let message =
            format!("{}: `${variable}` in env `{name}` stays as it is, nothing replaces it", said.function);
        let finding = linter
            .at(Code::UNEXPANDED_VARIABLE, said.place, message)
            .with_hint("write the whole value, or set the variable in the command, where a shell reads it");
        linter.say(Some(finding));
    }
}

/// Judges each variable of a command or of the image's config once, and returns those there is something to say of.
pub(super) fn variables<T>(
    linter: &Linter<'_>,
    judge: impl Fn(&str, &str) -> Option<T>,
) -> Vec<(Said, String, T)> {
    let mut seen = HashSet::new();
    let mut variables = Vec::new();
    for (vertex, exec) in linter.commands() {
        for (name, value) in exec.env.iter().filter(|variable| seen.insert(*variable)) {
            let Some(judged) = judge(name, value) else { continue };
            variables.extend(said(linter, vertex, name).map(|said| (said, name.to_owned(), judged)));
        }
    }
    for export in linter.exports {
        let Some(env) = export.config["config"]["Env"].as_array() else { continue };
        for (name, value) in env.iter().filter_map(|text| text.as_str()?.split_once('=')) {
            let Some(judged) = judge(name, value) else { continue };
            let place = export_place(linter, export, &option(1, &["env", name]));
            variables.push((Said { place, function: "bk.export" }, name.to_owned(), judged));
        }
    }
    variables
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
    match linter.places.variable(name) {
        Some(place) => Some(Said { place, function: "bk.with_env" }),
        None => Some(at_call),
    }
}

/// Returns the place of an argument of a call of `bk.export`.
pub(super) fn export_place(linter: &Linter<'_>, export: &Export, path: &[Step]) -> Place {
    let is_it = |file: &Arc<SourceFile>, site: &CallSite| {
        Arc::ptr_eq(file, &export.place.file) && site.name == export.place.range
    };
    let call = ["export", "target"].iter().find_map(|name| linter.places.find_call(name, &is_it));
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
