//! Downloads that nothing verifies.

use super::{Linter, arg};
use luakit_diagnostics::Code;
use luakit_llb::Op;

/// Reports files from the web without a checksum or signature.
pub(super) fn check(linter: &mut Linter<'_>) {
    for (_, vertex) in linter.reached() {
        let Op::Source(source) = &vertex.op else { continue };
        let is_web = source.identifier.starts_with("http://") || source.identifier.starts_with("https://");
        let verified =
            ["http.checksum", "http.sig.signature"].iter().any(|name| source.attrs.contains_key(*name));
        if is_web && !verified {
            let called = linter.places.called(vertex).unwrap_or_else(|| "http".into());
            let message = format!(
                "bk.{called}: nothing says what this file must be, so it can be another one tomorrow"
            );
            let finding = linter.finding(Code::UNVERIFIED_DOWNLOAD, vertex, &arg(0), message);
            linter.say(
                finding
                    .map(|it| it.with_hint("add `checksum = \"sha256:…\"`, as `sha256sum FILE` prints it")),
            );
        }
    }
}
