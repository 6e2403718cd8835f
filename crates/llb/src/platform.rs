//! Platforms, and the many spellings of them.

use crate::{Error, ErrorKind};

pub use crate::pb::Platform;

const SYSTEMS: &[&str] = &[
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "linux",
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "windows",
    "zos",
];

const ARCHITECTURES: &[&str] = &[
    "386",
    "amd64",
    "amd64p32",
    "arm",
    "armbe",
    "arm64",
    "arm64be",
    "loong64",
    "mips",
    "mipsle",
    "mips64",
    "mips64le",
    "mips64p32",
    "mips64p32le",
    "ppc",
    "ppc64",
    "ppc64le",
    "riscv",
    "riscv64",
    "s390",
    "s390x",
    "sparc",
    "sparc64",
    "wasm",
];

impl Platform {
    /// Makes a platform as it is spelled.
    pub fn new(os: impl Into<String>, architecture: impl Into<String>) -> Self {
        Self { os: os.into(), architecture: architecture.into(), ..Self::default() }
    }

    /// Parses `os/arch[/variant]` into its normal form: `linux/arm` is `linux/arm/v7`.
    ///
    /// # Errors
    /// If a part is missing, unknown or in the place of another.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let wrong =
            |why: String| Err(Error::new(ErrorKind::Platform, format!("invalid platform `{text}`: {why}")));
        let mut parts = text.split('/');
        let (os, arch, variant) = match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(os), Some(arch), variant, None) => (os, arch, variant),
            _ => return wrong("expected os/arch or os/arch/variant".to_owned()),
        };
        let platform = Self { variant: variant.unwrap_or("").to_owned(), ..Self::new(os, arch) }.normalize();
        let known = |list: &[&str], part: &str| list.contains(&part);
        if known(SYSTEMS, &normal_architecture(arch, "").0) || known(ARCHITECTURES, &os.to_lowercase()) {
            return wrong(format!("the operating system comes first, as in {arch}/{os}"));
        }
        if !known(SYSTEMS, &platform.os) {
            return wrong(format!("unknown operating system `{os}`"));
        }
        if !known(ARCHITECTURES, &platform.architecture) {
            return wrong(format!("unknown architecture `{arch}`"));
        }
        if variant
            .is_some_and(|it| it.is_empty() || !it.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.'))
        {
            return wrong("the variant must be letters and digits".to_owned());
        }
        Ok(platform)
    }

    /// Returns the platform in its normal form: `aarch64/v8` is `arm64`, `armhf` is `arm/v7`.
    #[must_use]
    pub fn normalize(&self) -> Self {
        let os = match self.os.to_lowercase().as_str() {
            "macos" => "darwin".to_owned(),
            os => os.to_owned(),
        };
        let (architecture, variant) = normal_architecture(&self.architecture, &self.variant);
        Self { os, architecture, variant, ..self.clone() }
    }

    /// Returns the platform of this machine's containers: its processor, and Linux unless it runs Windows.
    pub fn host() -> Self {
        let os = if cfg!(windows) { "windows" } else { "linux" };
        Self::new(os, std::env::consts::ARCH).normalize()
    }

    /// Writes the platform as `os/arch[/variant]`, leaving out what is empty.
    pub fn name(&self) -> String {
        let parts = [&self.os, &self.architecture, &self.variant];
        parts.iter().filter(|it| !it.is_empty()).map(|it| it.as_str()).collect::<Vec<_>>().join("/")
    }
}

fn normal_architecture(architecture: &str, variant: &str) -> (String, String) {
    let (architecture, variant) = (architecture.to_lowercase(), variant.to_lowercase());
    let (architecture, variant) = match (architecture.as_str(), variant.as_str()) {
        ("i386" | "x86", _) => ("386", ""),
        ("x86_64" | "x86-64" | "amd64", "v1") => ("amd64", ""),
        ("x86_64" | "x86-64" | "amd64", variant) => ("amd64", variant),
        ("aarch64" | "arm64", "8" | "v8" | "v8.0") => ("arm64", ""),
        ("aarch64" | "arm64", "9" | "9.0" | "v9.0") => ("arm64", "v9"),
        ("aarch64" | "arm64", variant) => ("arm64", variant),
        ("armhf", _) => ("arm", "v7"),
        ("armel", _) => ("arm", "v6"),
        ("arm", "" | "7") => ("arm", "v7"),
        ("arm", "5") => ("arm", "v5"),
        ("arm", "6") => ("arm", "v6"),
        ("arm", "8") => ("arm", "v8"),
        other => other,
    };
    (architecture.to_owned(), variant.to_owned())
}

#[cfg(test)]
mod tests {
    use super::Platform;

    #[test]
    fn spellings_come_to_one_form() {
        for (text, normal) in [
            ("linux/amd64", "linux/amd64"),
            ("linux/x86_64", "linux/amd64"),
            ("linux/amd64/v1", "linux/amd64"),
            ("linux/amd64/v3", "linux/amd64/v3"),
            ("linux/aarch64", "linux/arm64"),
            ("linux/arm64/v8", "linux/arm64"),
            ("linux/arm64/v9.0", "linux/arm64/v9"),
            ("linux/arm", "linux/arm/v7"),
            ("linux/armhf", "linux/arm/v7"),
            ("linux/armel", "linux/arm/v6"),
            ("linux/arm/6", "linux/arm/v6"),
            ("Linux/i386", "linux/386"),
            ("macos/arm64", "darwin/arm64"),
        ] {
            assert_eq!(Platform::parse(text).unwrap().name(), normal, "{text}");
        }
    }

    #[test]
    fn a_wrong_platform_is_told_why() {
        for (text, why) in [
            ("linux", "invalid platform `linux`: expected os/arch or os/arch/variant"),
            ("linux/arm/v7/x", "invalid platform `linux/arm/v7/x`: expected os/arch or os/arch/variant"),
            (
                "amd64/linux",
                "invalid platform `amd64/linux`: the operating system comes first, as in linux/amd64",
            ),
            ("linx/amd64", "invalid platform `linx/amd64`: unknown operating system `linx`"),
            ("linux/amd46", "invalid platform `linux/amd46`: unknown architecture `amd46`"),
            ("linux/arm/", "invalid platform `linux/arm/`: the variant must be letters and digits"),
        ] {
            assert_eq!(Platform::parse(text).unwrap_err().message, why);
        }
    }
}
