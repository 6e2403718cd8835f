//! Images that are named by a tag, which can be moved.

use super::{Linter, arg};
use luakit_diagnostics::Code;
use luakit_llb::Op;

/// Reports images without a digest. It is off unless asked for: most projects follow a tag on purpose.
pub(super) fn check(linter: &mut Linter<'_>) {
    for (_, vertex) in linter.reached() {
        let Op::Source(source) = &vertex.op else { continue };
        let Some(name) = source.identifier.strip_prefix("docker-image://") else { continue };
        if name.contains('@') || source.attrs.contains_key("image.checksum") {
            continue;
        }
        let short = name.strip_prefix("docker.io/").unwrap_or(name);
        let short = short.strip_prefix("library/").unwrap_or(short);
        let message = match short.strip_suffix(":latest") {
            Some(plain) => {
                format!("bk.image: `{plain}` has neither tag nor digest, `latest` is whatever came last")
            }
            None => format!("bk.image: `{short}` has no digest, its tag can be moved"),
        };
        let finding = linter.finding(Code::UNPINNED_IMAGE, vertex, &arg(0), message);
        linter.say(finding.map(|it| it.with_hint("`luakit pin` adds the digest, as in `NAME:TAG@sha256:…`")));
    }
}
