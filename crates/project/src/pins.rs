//! Pinning images: which names of a script can be given a digest, and what a team is told of them.

use luakit_analysis::{ImageName, Script, image_names};
use luakit_check::llb::{Digest, Reference};
use luakit_diagnostics::Edit;

/// An image that a script names by a tag, so that a registry can be asked what it stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct Pin {
    pub name: ImageName,
    /// What the registry is asked for.
    pub reference: Reference,
    /// The digest that the name has.
    pub digest: Option<String>,
}

/// Returns the images of a script that can be pinned or already are, in the order of their places.
pub fn pins(script: &Script) -> Vec<Pin> {
    image_names(script).into_iter().filter_map(Pin::of).collect()
}

impl Pin {
    fn of(name: ImageName) -> Option<Pin> {
        // What follows an `@` may be half typed; it is replaced in any case.
        let reference = Reference::parse(name.tagged()).ok()?;
        let digest = Reference::parse(&name.text).ok().and_then(|whole| whole.digest);
        let is_bare = reference.tag.is_none();
        if is_bare && digest.is_some() || reference.name == SCRATCH {
            // A digest without a tag says all there is.
            return None;
        }
        Some(Pin { name, reference: reference.or_latest(), digest })
    }

    /// Says what is done about it.
    pub fn title(&self) -> String {
        match self.digest {
            Some(_) => format!("Update the digest of `{}`", self.name.tagged()),
            None => format!("Pin `{}` to its digest", self.name.tagged()),
        }
    }

    /// Returns the edit, unless the name has this digest.
    pub fn edit(&self, digest: &Digest) -> Option<Edit> {
        (self.digest.as_deref() != Some(digest.as_str())).then(|| self.name.with_digest(digest.as_str()))
    }
}

/// No registry has it.
const SCRATCH: &str = "docker.io/library/scratch";

#[cfg(test)]
mod tests {
    use super::*;
    use luakit_diagnostics::SourceFile;
    use std::sync::Arc;

    #[test]
    fn names_without_a_digest_are_pinned_and_those_with_tag_and_digest_updated() {
        let digest = format!("sha256:{}", "0a".repeat(32));
        let text = format!(
            "bk.image('alpine')\nbk.image('alpine:3.19@')\nbk.image('alpine:3.19@{digest}')\n\
             bk.image('alpine@{digest}')\nbk.image('Alpine/x y')\nbk.image('scratch')\nbk.image('')"
        );
        let script = Script::parse(Arc::new(SourceFile::new("build.lua", text)));
        let told: Vec<String> =
            pins(&script).iter().map(|pin| format!("{} ({})", pin.title(), pin.reference)).collect();
        assert_eq!(
            told,
            [
                "Pin `alpine` to its digest (docker.io/library/alpine:latest)",
                "Pin `alpine:3.19` to its digest (docker.io/library/alpine:3.19)",
                "Update the digest of `alpine:3.19` (docker.io/library/alpine:3.19)",
            ]
        );
        let known = Digest::parse(&digest).unwrap();
        let edits: Vec<bool> = pins(&script).iter().map(|pin| pin.edit(&known).is_some()).collect();
        assert_eq!(edits, [true, true, false]);
    }
}
