//! What of a text leads somewhere: required modules, images in registries, addresses.

use crate::Script;
use crate::project::inside_quotes;
use crate::strings::decode;
use crate::tree::{ExprId, ExprKind};
use crate::types::required;
use luakit_diagnostics::TextRange;

/// A text that leads somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentLink {
    /// Inside the quotes.
    pub range: TextRange,
    pub target: LinkTarget,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkTarget {
    /// The name of a module, for the loader to find.
    Module(String),
    Url(String),
}

/// Returns the links of a script, in their order.
pub fn document_links(script: &Script) -> Vec<DocumentLink> {
    let mut links: Vec<DocumentLink> = Vec::new();
    for (_, call) in script.tree.calls() {
        let Some(range) = call.args.first().and_then(|arg| inside(script, *arg)) else { continue };
        let target = match required(script, call) {
            Some(name) => Some(LinkTarget::Module(name)),
            None if call.method.is_none() => script.global_path(call.callee).and_then(|path| {
                let text =
                    String::from_utf8(decode(script.text(outside(script, *call.args.first()?)?))?).ok()?;
                url(&path, &text).map(LinkTarget::Url)
            }),
            None => None,
        };
        links.extend(target.map(|target| DocumentLink { range, target }));
    }
    links.sort_by_key(|link| link.range);
    links
}

fn outside(script: &Script, arg: ExprId) -> Option<TextRange> {
    let expr = script.tree.expr(script.tree.inner(arg));
    matches!(expr.kind, ExprKind::String).then_some(expr.range)
}

/// Returns what a string says, without its quotes or brackets.
fn inside(script: &Script, arg: ExprId) -> Option<TextRange> {
    let range = inside_quotes(script.text(outside(script, arg)?), outside(script, arg)?);
    (!range.is_empty()).then_some(range)
}

/// Returns the page about what a source of the API names.
fn url(path: &str, text: &str) -> Option<String> {
    match path {
        "bk.image" => image_page(text),
        "bk.git" | "bk.http" | "bk.https" => web_address(text),
        _ => None,
    }
}

/// Returns the page of an image in its registry.
fn image_page(reference: &str) -> Option<String> {
    let text = reference.strip_prefix("docker-image://").unwrap_or(reference);
    let name = text.split('@').next()?;
    let tag = name.rfind(':').filter(|colon| !name.get(*colon..).is_some_and(|rest| rest.contains('/')));
    let name = tag.map_or(name, |colon| name.get(..colon).unwrap_or(name));
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | ':');
    if name.is_empty() || !name.chars().all(plain) {
        return None;
    }
    let (registry, path) = match name.split_once('/') {
        Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => (first, rest),
        _ => ("docker.io", name),
    };
    if path.is_empty() || path.split('/').any(str::is_empty) {
        return None;
    }
    match registry {
        "docker.io" | "index.docker.io" | "registry-1.docker.io" => {
            let path = path.strip_prefix("library/").unwrap_or(path);
            match path.split('/').count() {
                1 => Some(format!("https://hub.docker.com/_/{path}")),
                2 => Some(format!("https://hub.docker.com/r/{path}")),
                _ => None,
            }
        }
        "quay.io" => Some(format!("https://quay.io/repository/{path}")),
        "public.ecr.aws" => Some(format!("https://gallery.ecr.aws/{path}")),
        "mcr.microsoft.com" => Some(format!("https://mcr.microsoft.com/artifact/mar/{path}")),
        // Other registries show a page, or lead to one, under the image's own name.
        _ if registry == "localhost" || registry.contains(':') => None,
        _ => Some(format!("https://{registry}/{path}")),
    }
}

/// Returns the address of something on the web, without what a fragment means to BuildKit only.
fn web_address(text: &str) -> Option<String> {
    let address = text.split('#').next()?;
    let plain = |c: char| !c.is_whitespace() && !c.is_control();
    let host =
        |rest: &str| rest.split('/').next().is_some_and(|host| host.contains('.') || host.contains(':'));
    for scheme in ["https://", "http://"] {
        if let Some(rest) = address.strip_prefix(scheme) {
            return (host(rest) && address.chars().all(plain)).then(|| address.to_owned());
        }
    }
    // `git@github.com:org/repo.git` and `github.com/org/repo`.
    let (host_part, path) = match address.strip_prefix("git@") {
        Some(rest) => rest.split_once(':')?,
        None => address.strip_prefix("ssh://git@").unwrap_or(address).split_once('/')?,
    };
    let known = matches!(host_part, "github.com" | "gitlab.com" | "bitbucket.org" | "codeberg.org");
    (known && !path.is_empty() && path.chars().all(plain)).then(|| format!("https://{host_part}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::script;
    use expect_test::expect;

    #[test]
    fn modules_images_and_addresses_are_links() {
        let script = script(
            "local m = require('lib.m')\nlocal n = require \"n\"\nlocal o = require([[o]])\nrequire(name)\n\
             bk.image('alpine:3.19@sha256:0123')\nbk.image('org/app')\nbk.image('docker.io/library/golang:1')\n\
             bk.image('quay.io/org/app:v1')\nbk.image('ghcr.io/org/app')\nbk.image('gcr.io/distroless/static')\n\
             bk.image('localhost:5000/x')\nbk.image('')\nbk.image('a b')\n\
             bk.git('https://github.com/moby/buildkit.git#v0.12')\nbk.git('git@github.com:org/repo.git')\n\
             bk.git('github.com/org/repo')\nbk.http('https://example.com/a.tgz')\nbk.http('x')\nbk.image('broken",
        );
        let shown: String = document_links(&script)
            .into_iter()
            .map(|link| format!("{} -> {:?}\n", script.text(link.range), link.target))
            .collect();
        expect![[r#"
            lib.m -> Module("lib.m")
            n -> Module("n")
            o -> Module("o")
            alpine:3.19@sha256:0123 -> Url("https://hub.docker.com/_/alpine")
            org/app -> Url("https://hub.docker.com/r/org/app")
            docker.io/library/golang:1 -> Url("https://hub.docker.com/_/golang")
            quay.io/org/app:v1 -> Url("https://quay.io/repository/org/app")
            ghcr.io/org/app -> Url("https://ghcr.io/org/app")
            gcr.io/distroless/static -> Url("https://gcr.io/distroless/static")
            https://github.com/moby/buildkit.git#v0.12 -> Url("https://github.com/moby/buildkit.git")
            git@github.com:org/repo.git -> Url("https://github.com/org/repo.git")
            github.com/org/repo -> Url("https://github.com/org/repo")
            https://example.com/a.tgz -> Url("https://example.com/a.tgz")
        "#]]
        .assert_eq(&shown);
    }
}
