//! Platforms, their parts checked.

use super::{NonEmpty, Platform, Strings, quote};
use crate::arg::text;
use crate::{Arg, Cx, Known, Options, Replacement, Special, Ty, View};

/// A platform as it was given, its parts checked but not yet normalised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlatformSpec {
    Object(Platform),
    Parts { os: String, arch: String, variant: String, os_version: String, os_features: Vec<String> },
}

/// A platform as a table.
#[derive(Debug, Options)]
pub struct PlatformOptions {
    /// The operating system, such as `linux`.
    #[option(default = "linux")]
    pub os: String,
    /// The architecture, such as `amd64`, `arm64` or `riscv64`.
    pub arch: String,
    /// The variant of the architecture, such as `v7`.
    pub variant: Option<String>,
    /// The version of the operating system, which images for Windows are chosen by, such as `10.0.20348.2527`.
    pub os_version: Option<String>,
    /// What the operating system must have, such as `win32k`.
    pub os_features: Option<Strings>,
}

static PLATFORM: Special = Special {
    name: "PlatformSpec",
    written: &[Ty::String, <PlatformOptions as Arg>::TY, Ty::Object(crate::Object::Platform)],
    doc: "`\"os/arch[/variant]\"`, `{ os = …, arch = …, variant = … }`, or a Platform.",
};

const SYSTEMS: &[&str] = &[
    "linux",
    "windows",
    "darwin",
    "freebsd",
    "netbsd",
    "openbsd",
    "dragonfly",
    "solaris",
    "illumos",
    "aix",
    "plan9",
    "wasi",
    "wasip1",
    "js",
    "android",
    "ios",
];
const ARCHITECTURES: &[&str] = &[
    "amd64", "arm64", "arm", "386", "riscv64", "ppc64le", "ppc64", "s390x", "loong64", "mips", "mipsle",
    "mips64", "mips64le", "wasm", "x86_64", "x86-64", "aarch64", "armhf", "armel", "i386", "i686",
];

/// The operating system of a platform, given by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Os(pub String);

impl Arg for Os {
    const TY: Ty = Ty::String;
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let os = system(&NonEmpty::read(value, cx)?.0);
        known_part(&os, SYSTEMS, "operating system", cx).map(|()| Self(os))
    }
}

/// The architecture of a platform, given by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arch(pub String);

impl Arg for Arch {
    const TY: Ty = Ty::String;
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let arch = NonEmpty::read(value, cx)?.0.trim().to_ascii_lowercase();
        known_part(&arch, ARCHITECTURES, "architecture", cx).map(|()| Self(arch))
    }
}

fn system(os: &str) -> String {
    match os.trim().to_ascii_lowercase() {
        os if os == "macos" => "darwin".to_owned(),
        os => os,
    }
}

fn known_part(part: &str, known: &[&str], what: &str, cx: &mut Cx) -> Option<()> {
    if known.contains(&part) {
        return Some(());
    }
    let meant = crate::nearest(part, known.iter().copied())
        .map_or(String::new(), |near| format!(", did you mean \"{near}\"?"));
    cx.invalid(&format!("names an unknown {what} \"{part}\"{meant}"))
}

impl PlatformSpec {
    /// Checks the parts of a platform: each must be known and in its place.
    pub fn parts(os: &str, arch: &str, variant: &str, cx: &mut Cx) -> Option<Self> {
        let (os, arch) = (system(os), arch.trim().to_ascii_lowercase());
        if ARCHITECTURES.contains(&&*os) && SYSTEMS.contains(&&*arch) {
            return cx.invalid(&format!("has its parts swapped, did you mean \"{arch}/{os}\"?"));
        }
        for (part, known, what) in
            [(&os, SYSTEMS, "operating system"), (&arch, ARCHITECTURES, "architecture")]
        {
            known_part(part, known, what, cx)?;
        }
        let variant = variant.trim().to_ascii_lowercase();
        let known_variant = variant.is_empty()
            || variant.strip_prefix('v').unwrap_or(&variant).starts_with(|c: char| c.is_ascii_digit());
        if !known_variant {
            return cx.invalid(&format!("names an unknown variant \"{variant}\""));
        }
        let (os_version, os_features) = (String::new(), Vec::new());
        Some(PlatformSpec::Parts { os, arch, variant, os_version, os_features })
    }

    pub fn parse(text: &str, cx: &mut Cx) -> Option<Self> {
        let parts: Vec<&str> = text.split('/').collect();
        match parts.as_slice() {
            [os, arch] => Self::parts(os, arch, "", cx),
            [os, arch, variant] if !variant.is_empty() => Self::parts(os, arch, variant, cx),
            _ => {
                let shown = quote(text);
                cx.invalid::<()>(&format!("must be \"os/arch[/variant]\", got {shown}"));
                if ARCHITECTURES.contains(&text) {
                    cx.hint(format!("did you mean \"linux/{text}\"?"));
                    cx.replacement(Replacement::String(format!("linux/{text}")));
                }
                None
            }
        }
    }
}

impl Arg for PlatformSpec {
    const TY: Ty = Ty::Special(&PLATFORM);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        match value.known() {
            Known::String(Some(bytes)) => {
                let text = text(bytes, cx)?;
                Self::parse(&text, cx)
            }
            Known::String(None) => None,
            Known::Table(_) => {
                let given = PlatformOptions::read(value, cx)?;
                let mut spec =
                    Self::parts(&given.os, &given.arch, given.variant.as_deref().unwrap_or(""), cx)?;
                if let Self::Parts { os_version, os_features, .. } = &mut spec {
                    *os_version = given.os_version.unwrap_or_default();
                    *os_features = given.os_features.map(|features| features.0).unwrap_or_default();
                }
                Some(spec)
            }
            Known::Object(crate::Object::Platform, id) => id.map(|id| Self::Object(Platform(id))),
            other => cx.wrong_type(&Self::TY, other.kind()),
        }
    }
}
