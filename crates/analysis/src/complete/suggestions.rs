//! Strings that are often meant where a value has a form of its own: modes, sizes, durations, platforms, users.

use crate::slot::Slot;
use luakit_api::{FunctionId, Ty};

/// A text and what it means.
type Suggestion = (&'static str, &'static str);

const MODES: &[Suggestion] = &[
    ("0755", "rwxr-xr-x: programs and directories"),
    ("0644", "rw-r--r--: files"),
    ("0600", "rw-------: what only the owner reads"),
    ("0700", "rwx------: what only the owner enters"),
    ("0400", "r--------: secrets"),
    ("0444", "r--r--r--: files that nobody writes"),
    ("0555", "r-xr-xr-x: programs that nobody writes"),
    ("0664", "rw-rw-r--: files that a group writes"),
    ("0775", "rwxrwxr-x: directories that a group writes"),
    ("0777", "rwxrwxrwx: what everyone writes"),
];
const COPY_MODES: &[Suggestion] = &[
    ("+x", "makes files executable"),
    ("a+rX", "everyone reads, and enters directories"),
    ("u+rwX,go+rX,go-w", "the owner writes, the others read"),
    ("go-w", "only the owner writes"),
    ("1777", "rwxrwxrwt: a directory such as /tmp"),
];
const OWNERS: &[Suggestion] = &[
    ("root:root", "user and group 0"),
    ("1000:1000", "the first user that most images make"),
    ("65532:65532", "nonroot of distroless images"),
    ("65534:65534", "nobody"),
    ("nobody", "by name, looked up in the image"),
    ("node", "the user of node images"),
];
const USERS: &[Suggestion] = &[
    ("root", "user 0"),
    ("nobody", "by name, looked up in the image"),
    ("nonroot", "the user of distroless images"),
    ("1000:1000", "the first user that most images make, and its group"),
    ("65532:65532", "nonroot of distroless images"),
    ("65534:65534", "nobody"),
    ("node", "the user of node images"),
];
const SIZES: &[Suggestion] = &[
    ("64m", "64 MB"),
    ("128m", "128 MB"),
    ("256m", "256 MB"),
    ("512m", "512 MB"),
    ("1g", "1 GB"),
    ("2g", "2 GB"),
    ("4g", "4 GB"),
];
const DURATIONS: &[Suggestion] = &[
    ("5s", "five seconds"),
    ("10s", "ten seconds"),
    ("30s", "half a minute"),
    ("1m", "a minute"),
    ("5m", "five minutes"),
    ("500ms", "half a second"),
];
pub(super) const PLATFORMS: &[Suggestion] = &[
    ("linux/amd64", "x86-64"),
    ("linux/arm64", "ARM, 64 bits: Apple silicon, Graviton"),
    ("linux/arm/v7", "ARM, 32 bits"),
    ("linux/arm/v6", "ARM, 32 bits: the first Raspberry Pi"),
    ("linux/386", "x86, 32 bits"),
    ("linux/riscv64", "RISC-V"),
    ("linux/ppc64le", "POWER"),
    ("linux/s390x", "IBM Z"),
    ("linux/loong64", "LoongArch"),
    ("windows/amd64", "Windows on x86-64"),
];
const SYSTEMS: &[Suggestion] =
    &[("linux", "Linux"), ("windows", "Windows"), ("darwin", "macOS"), ("freebsd", "FreeBSD")];
const ARCHITECTURES: &[Suggestion] = &[
    ("amd64", "x86-64"),
    ("arm64", "ARM, 64 bits"),
    ("arm", "ARM, 32 bits"),
    ("386", "x86, 32 bits"),
    ("riscv64", "RISC-V"),
    ("ppc64le", "POWER"),
    ("s390x", "IBM Z"),
    ("loong64", "LoongArch"),
];
const VARIANTS: &[Suggestion] =
    &[("v6", "of arm"), ("v7", "of arm"), ("v8", "of arm64"), ("v2", "of amd64"), ("v3", "of amd64")];
const PORTS: &[Suggestion] = &[
    ("80", "http"),
    ("443", "https"),
    ("3000", "web programs, often in development"),
    ("5432", "PostgreSQL"),
    ("6379", "Redis"),
    ("8080", "http without root"),
    ("8443", "https without root"),
    ("53/udp", "DNS"),
];
const SIGNALS: &[Suggestion] = &[
    ("SIGTERM", "asks the program to end; the usual one"),
    ("SIGINT", "as Ctrl-C does"),
    ("SIGQUIT", "as nginx and PHP want it, to finish first"),
    ("SIGKILL", "ends it at once"),
    ("SIGHUP", "the terminal is gone"),
    ("SIGUSR1", "of the program's own"),
    ("SIGWINCH", "as Apache wants it, to finish first"),
];
const IMAGES: &[Suggestion] = &[
    ("alpine", "a small Linux"),
    ("debian", "Debian"),
    ("ubuntu", "Ubuntu"),
    ("busybox", "a shell and little else"),
    ("golang", "Go"),
    ("node", "Node.js"),
    ("python", "Python"),
    ("rust", "Rust"),
    ("gcc", "C and C++"),
    ("eclipse-temurin", "Java"),
    ("ruby", "Ruby"),
    ("php", "PHP"),
    ("nginx", "a web server"),
    ("postgres", "PostgreSQL"),
    ("redis", "Redis"),
    ("gcr.io/distroless/static-debian12", "nothing but certificates and users"),
    ("gcr.io/distroless/base-debian12", "glibc and OpenSSL"),
];
const CACHES: &[Suggestion] = &[
    ("/root/.cache/go-build", "Go: what was compiled"),
    ("/go/pkg/mod", "Go: modules"),
    ("/root/.npm", "npm"),
    ("/root/.yarn", "Yarn"),
    ("/root/.local/share/pnpm/store", "pnpm"),
    ("/root/.cache/pip", "pip"),
    ("/root/.cache/uv", "uv"),
    ("/usr/local/cargo/registry", "Cargo: crates"),
    ("/var/cache/apt", "apt; with sharing = \"locked\""),
    ("/var/lib/apt/lists", "apt; with sharing = \"locked\""),
    ("/var/cache/apk", "apk"),
    ("/root/.m2", "Maven"),
    ("/root/.gradle", "Gradle"),
    ("/root/.cache/ccache", "ccache"),
];
const SECRETS: &[Suggestion] = &[
    ("/run/secrets/token", "where programs look for secrets"),
    ("/root/.npmrc", "npm"),
    ("/root/.netrc", "git and curl"),
    ("/root/.aws/credentials", "AWS"),
    ("/root/.docker/config.json", "registries"),
];
const EXCLUDED: &[Suggestion] = &[
    (".git", "the history"),
    ("node_modules", "what npm installed"),
    ("**/*.md", "documents"),
    ("dist", "what was built"),
    ("target", "what was built"),
];
const EXIT_CODES: &[Suggestion] = &[("0..255", "any")];
const PATTERNS: &[Suggestion] = &[("**/*", "all files, however deep")];

/// Keys of maps that BuildKit or the image format knows.
const ULIMITS: &[Suggestion] = &[
    ("nofile", "open files"),
    ("nproc", "processes"),
    ("core", "the size of core files"),
    ("memlock", "locked memory"),
    ("stack", "the stack"),
    ("cpu", "seconds of time"),
    ("fsize", "the size of files"),
];
const HEADERS: &[Suggestion] = &[("Accept", "which formats are wanted"), ("User-Agent", "who asks")];
const LABELS: &[Suggestion] = &[
    ("org.opencontainers.image.title", "the name for people"),
    ("org.opencontainers.image.description", "what it is"),
    ("org.opencontainers.image.version", "the version of what is in it"),
    ("org.opencontainers.image.revision", "the commit that it was built from"),
    ("org.opencontainers.image.source", "where its source is"),
    ("org.opencontainers.image.url", "where to read about it"),
    ("org.opencontainers.image.licenses", "licenses, as SPDX writes them"),
    ("org.opencontainers.image.authors", "who made it"),
    ("org.opencontainers.image.vendor", "who gives it out"),
    ("org.opencontainers.image.created", "when it was made, as RFC 3339 writes it"),
];
const VARIABLES: &[Suggestion] = &[
    ("PATH", "where programs are looked for"),
    ("HOME", "the home of the user"),
    ("CGO_ENABLED", "Go: whether C is used"),
    ("GOOS", "Go: the system that is built for"),
    ("GOARCH", "Go: the architecture that is built for"),
    ("NODE_ENV", "Node.js: `production` or `development`"),
    ("DEBIAN_FRONTEND", "apt: `noninteractive` asks nothing"),
    ("PYTHONUNBUFFERED", "Python: output is not held back"),
    ("CARGO_HOME", "Cargo: where crates are kept"),
];

/// Returns what is often meant at a place.
pub(super) fn suggestions(slot: &Slot) -> Vec<Suggestion> {
    let special = special_names(&slot.ty);
    let has = |name: &str| special.contains(&name);
    let mut lists: Vec<&[Suggestion]> = Vec::new();
    if has("Mode") || has("CopyMode") {
        lists.push(MODES);
    }
    for (name, list) in [
        ("CopyMode", COPY_MODES),
        ("Owner", OWNERS),
        ("Size", SIZES),
        ("Duration", DURATIONS),
        ("PlatformSpec", PLATFORMS),
        ("Port", PORTS),
        ("ExitCodes", EXIT_CODES),
    ] {
        if has(name) {
            lists.push(list);
        }
    }
    let options = slot.field.map_or("", |(options, _)| options.name);
    let by_name = match (slot.function.id, options, slot.name()) {
        (_, "PlatformOptions", "os") | (_, "ExportOptions", "os") => SYSTEMS,
        (_, "PlatformOptions", "arch") | (_, "ExportOptions", "arch") => ARCHITECTURES,
        (_, "PlatformOptions", "variant") | (_, "ExportOptions", "variant") => VARIANTS,
        (_, "ExportOptions", "stop_signal") => SIGNALS,
        (FunctionId::Run | FunctionId::WithUser | FunctionId::Export | FunctionId::Target, _, "user") => {
            USERS
        }
        (FunctionId::Image, "", "identifier") => IMAGES,
        (FunctionId::Cache, "", "dest") => CACHES,
        (FunctionId::Secret, "", "dest") => SECRETS,
        (FunctionId::Local, "", "name") => {
            &[("context", "the folder of the build script, unless told otherwise")]
        }
        (_, _, "exclude") => EXCLUDED,
        (_, _, "include") => PATTERNS,
        _ => &[],
    };
    lists.push(by_name);
    lists.concat()
}

/// Returns keys that a map often has.
pub(super) fn map_keys(slot: &Slot) -> &'static [Suggestion] {
    match slot.name() {
        "ulimits" => ULIMITS,
        "headers" => HEADERS,
        "labels" | "annotations" => LABELS,
        "env" => VARIABLES,
        _ => &[],
    }
}

fn special_names(ty: &Ty) -> Vec<&'static str> {
    match ty {
        Ty::Special(special) => vec![special.name],
        Ty::Union(types) => types.iter().flat_map(special_names).collect(),
        _ => Vec::new(),
    }
}
