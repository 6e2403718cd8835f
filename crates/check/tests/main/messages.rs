//! What is said of each mistake, word for word.

use crate::support::{rendered, run};
use expect_test::{Expect, expect};
use std::fmt::Write;

/// Evaluates each line on its own, with some states at hand, and shows what is said of it.
fn check(lines: &str, expected: &Expect) {
    let before = "local base, src, x = bk.image(\"alpine\"), bk.local_(\"context\"), bk.image(\"x\") ";
    let mut out = String::new();
    for line in lines.trim().lines() {
        let run = run(&format!("{before}{line}\nif not done then bk.export(base) end"));
        rendered(&run);
        writeln!(out, "{line}").unwrap();
        for finding in &run.diagnostics {
            let place = finding.place.file.slice(finding.place.range);
            writeln!(out, "    {} [{}] at `{place}`", finding.message, finding.code).unwrap();
            for hint in &finding.hints {
                writeln!(out, "    hint: {hint}").unwrap();
            }
        }
    }
    expected.assert_eq(&out);
}

#[test]
fn images() {
    check(
        r#"
bk.image()
bk.image("")
bk.image("  ")
bk.image(nil)
bk.image(42)
bk.image("a", "b")
bk.image("a", {}, 3)
bk.image("a", { 1 })
bk.image("a", { platfrm = "linux/arm64" })
bk.image("a", { nothing = 1 })
bk.image("a", { Platform = "linux/arm64" })
bk.image("Alpine")
bk.image("alpine:")
bk.image("alpine:a b")
bk.image("alpine@sha256:1")
bk.image("alpine@md5:00000000000000000000000000000000")
bk.image("https://docker.io/alpine")
bk.image("0123456789012345678901234567890123456789012345678901234567890123")
bk.image("a", { platform = "arm64" })
bk.image("a", { platform = "linux" })
bk.image("a", { platform = "amd64/linux" })
bk.image("a", { platform = "linux/amd65" })
bk.image("a", { platform = "linx/amd64" })
bk.image("a", { platform = "linux/arm/seven" })
bk.image("a", { platform = "linux/arm/v7/x" })
bk.image("a", { platform = { arch = 5 } })
bk.image("a", { platform = { os = "linux" } })
bk.image("a", { platform = { archi = "arm64" } })
bk.image("a", { platform = 5 })
bk.image("a", { resolve = "alway" })
bk.image("a", { resolve = "pull" })
bk.image("a", { resolve = true })
bk.image("a", { layer_limit = 0 })
bk.image("a", { layer_limit = 1.5 })
bk.image("a", { layer_limit = 2 ^ 40 })
bk.image("a", { resolve_digest = "yes" })
bk.image("a", { checksum = "abc" })
bk.image("a", setmetatable({}, { __index = { platform = "linux/arm64" } }))
bk.image("scratch")
bk.image("docker.io/library/scratch:latest")
bk.image { "a" }
bk:image("a")
bk.from("a")
bk.imgae("a")
bk.run("x")
bk["image "]("a")
"#,
        &expect![[r#"
            bk.image()
                bk.image: identifier required (a string) [missing-argument] at `image`
            bk.image("")
                bk.image: identifier must not be empty [invalid-value] at `""`
            bk.image("  ")
                bk.image: identifier must not be empty [invalid-value] at `"  "`
            bk.image(nil)
                bk.image: identifier required (a string) [missing-argument] at `nil`
            bk.image(42)
                bk.image: identifier must be a string, got number [wrong-type] at `42`
            bk.image("a", "b")
                bk.image: opts must be a table, got string [wrong-type] at `"b"`
            bk.image("a", {}, 3)
                bk.image: accepts 2 arguments, got 3 [surplus-argument] at `3`
            bk.image("a", { 1 })
                bk.image: `ImageOptions` takes named options, got a number at position 1 [unknown-option] at `1`
            bk.image("a", { platfrm = "linux/arm64" })
                bk.image: unknown option `platfrm` in `ImageOptions`, did you mean `platform`? [unknown-option] at `platfrm`
            bk.image("a", { nothing = 1 })
                bk.image: unknown option `nothing` in `ImageOptions` [unknown-option] at `nothing`
                hint: `ImageOptions` has `platform`, `resolve`, `resolve_digest`, `checksum`, `layer_limit`
            bk.image("a", { Platform = "linux/arm64" })
                bk.image: unknown option `Platform` in `ImageOptions`, did you mean `platform`? [unknown-option] at `Platform`
            bk.image("Alpine")
                bk.image: invalid reference format: repository name (library/Alpine) must be lowercase [invalid-op] at `"Alpine"`
            bk.image("alpine:")
                bk.image: invalid reference format [invalid-op] at `"alpine:"`
            bk.image("alpine:a b")
                bk.image: invalid reference format [invalid-op] at `"alpine:a b"`
            bk.image("alpine@sha256:1")
                bk.image: invalid reference format [invalid-op] at `"alpine@sha256:1"`
            bk.image("alpine@md5:00000000000000000000000000000000")
                bk.image: unsupported digest algorithm [invalid-op] at `"alpine@md5:00000000000000000000000000000000"`
            bk.image("https://docker.io/alpine")
                bk.image: invalid reference format [invalid-op] at `"https://docker.io/alpine"`
            bk.image("0123456789012345678901234567890123456789012345678901234567890123")
                bk.image: invalid repository name (0123456789012345678901234567890123456789012345678901234567890123), cannot specify 64-byte hexadecimal strings [invalid-op] at `"0123456789012345678901234567890123456789012345678901234567890123"`
            bk.image("a", { platform = "arm64" })
                bk.image: platform must be "os/arch[/variant]", got "arm64" [invalid-value] at `"arm64"`
                hint: did you mean "linux/arm64"?
            bk.image("a", { platform = "linux" })
                bk.image: platform must be "os/arch[/variant]", got "linux" [invalid-value] at `"linux"`
            bk.image("a", { platform = "amd64/linux" })
                bk.image: platform has its parts swapped, did you mean "linux/amd64"? [invalid-value] at `"amd64/linux"`
            bk.image("a", { platform = "linux/amd65" })
                bk.image: platform names an unknown architecture "amd65", did you mean "amd64"? [invalid-value] at `"linux/amd65"`
            bk.image("a", { platform = "linx/amd64" })
                bk.image: platform names an unknown operating system "linx", did you mean "linux"? [invalid-value] at `"linx/amd64"`
            bk.image("a", { platform = "linux/arm/seven" })
                bk.image: platform names an unknown variant "seven" [invalid-value] at `"linux/arm/seven"`
            bk.image("a", { platform = "linux/arm/v7/x" })
                bk.image: platform must be "os/arch[/variant]", got "linux/arm/v7/x" [invalid-value] at `"linux/arm/v7/x"`
            bk.image("a", { platform = { arch = 5 } })
                bk.image: platform.arch must be a string, got number [wrong-type] at `5`
            bk.image("a", { platform = { os = "linux" } })
                bk.image: option `arch` of `PlatformOptions` is required [missing-argument] at `{ os = "linux" }`
            bk.image("a", { platform = { archi = "arm64" } })
                bk.image: unknown option `archi` in `PlatformOptions`, did you mean `arch`? [unknown-option] at `archi`
            bk.image("a", { platform = 5 })
                bk.image: platform must be a string, a table or a platform, got number [wrong-type] at `5`
            bk.image("a", { resolve = "alway" })
                bk.image: resolve must be one of "default", "always", "never", got "alway", did you mean "always"? [not-a-choice] at `"alway"`
            bk.image("a", { resolve = "pull" })
                bk.image: resolve must be one of "default", "always", "never", got "pull" [not-a-choice] at `"pull"`
            bk.image("a", { resolve = true })
                bk.image: resolve must be one of "default", "always", "never", got boolean [wrong-type] at `true`
            bk.image("a", { layer_limit = 0 })
                bk.image: layer_limit must be from 1 to 4294967295, got 0 [invalid-value] at `0`
            bk.image("a", { layer_limit = 1.5 })
                bk.image: layer_limit must be an integer, got 1.5 [invalid-value] at `1.5`
            bk.image("a", { layer_limit = 2 ^ 40 })
                bk.image: layer_limit must be from 1 to 4294967295, got 1099511627776 [invalid-value] at `2 ^ 40`
            bk.image("a", { resolve_digest = "yes" })
                bk.image: resolve_digest must be a boolean, got string [wrong-type] at `"yes"`
            bk.image("a", { checksum = "abc" })
                bk.image: checksum must be a digest like "sha256:…" with its hexadecimal digits, got "abc" [invalid-value] at `"abc"`
            bk.image("a", setmetatable({}, { __index = { platform = "linux/arm64" } }))
                bk.image: opts must be a plain table: options that its metatable's `__index` gives are not read [invalid-value] at `setmetatable({}, { __index = { platform = "linux/arm64" } })`
                hint: copy them into the table itself
            bk.image("scratch")
                bk.image: identifier must be an image, which "scratch" is not [invalid-value] at `"scratch"`
                hint: start from nothing with `bk.scratch()`
            bk.image("docker.io/library/scratch:latest")
                bk.image: identifier must be an image, which "docker.io/library/scratch:latest" is not [invalid-value] at `"docker.io/library/scratch:latest"`
                hint: start from nothing with `bk.scratch()`
            bk.image { "a" }
                bk.image: identifier must be a string, got table [wrong-type] at `{ "a" }`
            bk:image("a")
                bk.image: `image` is no method, call it with `.` as in `bk.image(…)` [dot-call] at `image`
            bk.from("a")
                unknown function `bk.from`, did you mean `image`? [unknown-function] at `from`
            bk.imgae("a")
                unknown function `bk.imgae`, did you mean `image`? [unknown-function] at `imgae`
            bk.run("x")
                unknown function `bk.run`: `run` is a method of a state [unknown-function] at `run`
                hint: call it on a state, as in `bk.image("golang:1.22"):run("go build ./...", { cwd = "/src", env = { CGO_ENABLED = "0" } })`
            bk["image "]("a")
                unknown function `bk.image `, did you mean `image`? [unknown-function] at `image`
        "#]],
    );
}

#[test]
fn other_sources() {
    check(
        r#"
bk.scratch(1)
bk.scratch({})
bk.local_()
bk.local_("")
bk.local_("./src")
bk.local_("/src")
bk.local_("..")
bk.local_("src", { include = "*.go" })
bk.local_("src", { include = { 1 } })
bk.local_("src", { include = { a = "b" } })
bk.local_("src", { differ = "size" })
bk.local_("src", { metadata_only = "x" })
bk.local_("src", { shared_key_hint = 1 })
bk.local("src")
bk.git()
bk.git("")
bk.git("https://github.com/a/b?x=1")
bk.git("https://github.com/a/b#main", { ref = "v1" })
bk.git("https://github.com/a/b#:sub", { subdir = "x" })
bk.git("https://github.com/a/b#main", { subdir = "x" })
bk.git("ftp://x/y")
bk.git("just words")
bk.git("https://github.com/a/b", { mtime = "now" })
bk.git("https://github.com/a/b", { checksum = "xyz" })
bk.git("https://github.com/a/b", { keep_git = true })
bk.git("https://github.com/a/b", { ssh_socket = "x" })
bk.git("https://user:password@github.com/a/b")
bk.http()
bk.http("")
bk.http("ftp://x")
bk.http("example.com/x")
bk.https("http://x/y", { chmod = "9" })
bk.http("http://x", { chmod = 1000 })
bk.http("http://x", { username = "me", password = "secret" })
bk.http("http://x", { password = nil })
bk.http("http://x", { headers = { Authorization = "Bearer x" } })
bk.http("http://x", { headers = { accept = 1 } })
bk.http("http://x", { signature = { pubkey = "x" } })
bk.http("http://x", { signature = "x" })
bk.http("http://x", { uid = -1 })
bk.http("http://x", { checksum = "md5:1" })
bk.http("http://user:password@x/y")
bk.http("https://")
bk.http("https:///x")
bk.http("http://x", { headers = { Accept = "a", accept = "b" } })
bk.http("http://x", { headers = { Accept = "a\nX: y" } })
bk.https("")
"#,
        &expect![[r#"
            bk.scratch(1)
                bk.scratch: accepts no arguments [surplus-argument] at `1`
            bk.scratch({})
                bk.scratch: accepts no arguments [surplus-argument] at `{}`
            bk.local_()
                bk.local_: name required (a string) [missing-argument] at `local_`
            bk.local_("")
                bk.local_: name must not be empty [invalid-value] at `""`
            bk.local_("./src")
                bk.local_: name must not be a path, got "./src" [invalid-value] at `"./src"`
                hint: use a name such as "context"; the build says which folder it is: `--local context=./src`
            bk.local_("/src")
                bk.local_: name must not be a path, got "/src" [invalid-value] at `"/src"`
                hint: use a name such as "context"; the build says which folder it is: `--local context=/src`
            bk.local_("..")
                bk.local_: name must not be a path, got ".." [invalid-value] at `".."`
                hint: use a name such as "context"; the build says which folder it is: `--local context=..`
            bk.local_("src", { include = "*.go" })
                bk.local_: include must be a list of strings, got string [wrong-type] at `"*.go"`
                hint: write it as a list: `{ "*.go" }`
            bk.local_("src", { include = { 1 } })
                bk.local_: include[1] must be a string, got number [wrong-type] at `1`
            bk.local_("src", { include = { a = "b" } })
                bk.local_: a list takes no named entries, got `a` [wrong-type] at `a`
            bk.local_("src", { differ = "size" })
                bk.local_: differ must be one of "none", "metadata", got "size" [not-a-choice] at `"size"`
            bk.local_("src", { metadata_only = "x" })
                bk.local_: metadata_only must be a boolean or a list of strings, got string [wrong-type] at `"x"`
            bk.local_("src", { shared_key_hint = 1 })
                bk.local_: shared_key_hint must be a string, got number [wrong-type] at `1`
            bk.local("src")
                `local` is a reserved word, did you mean `local_`? [syntax] at `local`
            bk.git()
                bk.git: URL required (a string) [missing-argument] at `git`
            bk.git("")
                bk.git: URL must not be empty [invalid-value] at `""`
            bk.git("https://github.com/a/b?x=1")
                bk.git: URL must not have a query [invalid-value] at `"https://github.com/a/b?x=1"`
                hint: say what is taken in the options: `ref`, `subdir`, `checksum` …
            bk.git("https://github.com/a/b#main", { ref = "v1" })
                bk.git: `ref` is given in the URL and in the options [invalid-value] at `"v1"`
            bk.git("https://github.com/a/b#:sub", { subdir = "x" })
                bk.git: `subdir` is given in the URL and in the options [invalid-value] at `"x"`
            bk.git("https://github.com/a/b#main", { subdir = "x" })
                bk.git: `subdir` is given in the URL and in the options [invalid-value] at `"x"`
            bk.git("ftp://x/y")
                bk.git: invalid git URL `ftp://x/y`: unknown protocol `ftp` [invalid-op] at `"ftp://x/y"`
            bk.git("just words")
                bk.git: URL must not contain spaces, got "just words" [invalid-value] at `"just words"`
            bk.git("https://github.com/a/b", { mtime = "now" })
                bk.git: mtime must be one of "checkout", "commit", got "now" [not-a-choice] at `"now"`
            bk.git("https://github.com/a/b", { checksum = "xyz" })
                bk.git: checksum must be the hexadecimal hash of a commit, got "xyz" [invalid-value] at `"xyz"`
            bk.git("https://github.com/a/b", { keep_git = true })
                bk.git: unknown option `keep_git` in `GitOptions`, did you mean `keep_git_dir`? [unknown-option] at `keep_git`
            bk.git("https://github.com/a/b", { ssh_socket = "x" })
                bk.git: ssh_socket has no effect: the repository is not reached by ssh [invalid-value] at `"x"`
            bk.git("https://user:password@github.com/a/b")
                bk.git: URL must not hold a password: it would be written into the definition in clear [invalid-value] at `"https://user:password@github.com/a/b"`
                hint: put it into a secret and name that in `auth_header_secret`
            bk.http()
                bk.http: URL required (a string) [missing-argument] at `http`
            bk.http("")
                bk.http: URL must not be empty [invalid-value] at `""`
            bk.http("ftp://x")
                bk.http: invalid URL `ftp://x`: expected http:// or https:// [invalid-op] at `"ftp://x"`
            bk.http("example.com/x")
                bk.http: invalid URL `example.com/x`: expected http:// or https:// [invalid-op] at `"example.com/x"`
            bk.https("http://x/y", { chmod = "9" })
                bk.https: chmod must be an octal string like "0755", got "9" [invalid-value] at `"9"`
            bk.http("http://x", { chmod = 1000 })
                bk.http: chmod must not exceed 0777, got 1000 [invalid-value] at `1000`
                hint: BuildKit keeps nine bits here; set the others with `state:run("chmod …")`
            bk.http("http://x", { username = "me", password = "secret" })
                bk.http: username would be written into the definition in clear, where everyone can read it [invalid-value] at `username`
                hint: put the whole Authorization header into a secret and name it in `auth_header_secret`
                bk.http: password would be written into the definition in clear, where everyone can read it [invalid-value] at `password`
                hint: put the whole Authorization header into a secret and name it in `auth_header_secret`
            bk.http("http://x", { password = nil })
            bk.http("http://x", { headers = { Authorization = "Bearer x" } })
                bk.http: header `Authorization` is not sent: BuildKit sends `Accept` and `User-Agent` only [invalid-value] at `Authorization`
                hint: for a login, put the whole Authorization header into a secret and name it in `auth_header_secret`
            bk.http("http://x", { headers = { accept = 1 } })
                bk.http: headers.accept must be a string, got number [wrong-type] at `1`
            bk.http("http://x", { signature = { pubkey = "x" } })
                bk.http: option `signature` of `SignatureOptions` is required [missing-argument] at `{ pubkey = "x" }`
            bk.http("http://x", { signature = "x" })
                bk.http: signature must be a table, got string [wrong-type] at `"x"`
            bk.http("http://x", { uid = -1 })
                bk.http: uid must be from 0 to 4294967295, got -1 [invalid-value] at `-1`
            bk.http("http://x", { checksum = "md5:1" })
                bk.http: checksum must be a digest like "sha256:…" with its hexadecimal digits, got "md5:1" [invalid-value] at `"md5:1"`
            bk.http("http://user:password@x/y")
                bk.http: URL must not hold a password: it would be written into the definition in clear [invalid-value] at `"http://user:password@x/y"`
                hint: put it into a secret and name that in `auth_header_secret`
            bk.http("https://")
                bk.http: invalid URL `https://`: there is no host [invalid-op] at `"https://"`
            bk.http("https:///x")
                bk.http: invalid URL `https:///x`: there is no host [invalid-op] at `"https:///x"`
            bk.http("http://x", { headers = { Accept = "a", accept = "b" } })
                bk.http: header `accept` is given twice: case makes no difference [invalid-value] at `accept`
            bk.http("http://x", { headers = { Accept = "a\nX: y" } })
                bk.http: headers.Accept must be a single line [invalid-value] at `"a\nX: y"`
            bk.https("")
                bk.https: URL must not be empty [invalid-value] at `""`
        "#]],
    );
}

#[test]
fn commands() {
    check(
        r#"
base:run()
base:run(nil)
base:run(5)
base:run("")
base:run("  ")
base:run({})
base:run({ "" })
base:run({ "a", {} })
base:run({ "a", true })
base:run({ cmd = "a" })
base:run({ "a", env = {} })
base:run("a", "b")
base:run("a", { "b" })
base:run("a", { netwrk = "host" })
base:run("a", { network = "None" })
base:run("a", { network = false })
base:run("a", { security = "privileged" })
base:run("a", { env = "A=1" })
base:run("a", { env = { "A" } })
base:run("a", { env = { "=1" } })
base:run("a", { env = { A = {} } })
base:run("a", { env = { ["A=B"] = "1" } })
base:run("a", { env = { A = base } })
base:run("a", { cwd = "" })
base:run("a", { cwd = 5 })
base:run("a", { user = "" })
base:run("a", { user = 1.5 })
base:run("a", { user = -1 })
base:run("a", { user = ":" })
base:run("a", { user = "a:b:c" })
base:run("a", { valid_exit_codes = 256 })
base:run("a", { valid_exit_codes = -1 })
base:run("a", { valid_exit_codes = {} })
base:run("a", { valid_exit_codes = { 0, 300 } })
base:run("a", { valid_exit_codes = { a = 1 } })
base:run("a", { valid_exit_codes = "5..1" })
base:run("a", { valid_exit_codes = "0..256" })
base:run("a", { valid_exit_codes = "x" })
base:run("a", { valid_exit_codes = 1.5 })
base:run("a", { valid_exit_codes = true })
base:run("a", { extra_hosts = { "a" } })
base:run("a", { extra_hosts = { a = "" } })
base:run("a", { extra_hosts = { a = "registry" } })
base:run("a", { extra_hosts = { a = "10.0.0.256" } })
base:run("a", { ulimits = { nofiles = 1 } })
base:run("a", { ulimits = { nofile = -2 } })
base:run("a", { ulimits = { nofile = { soft = 2, hard = 1 } } })
base:run("a", { ulimits = { nofile = { soft = 2 } } })
base:run("a", { ulimits = { nofile = "1" } })
base:run("a", { proxy = { htp = "x" } })
base:run("a", { proxy = "http://x" })
base:run("a", { secret_env = { A = 5 } })
base:run("a", { secret_env = { A = {} } })
base:run("a", { secret_env = { A = "" } })
base:run("a", { secret_env = { ["A=B"] = "x" } })
base:run("a", { devices = "x" })
base:run("a", { resources = { memory = "1x" } })
base:run("a", { resources = { memory = -1 } })
base:run("a", { resources = { memory_swap = -2 } })
base:run("a", { resources = { cpus = 0 } })
base:run("a", { resources = { cpus = 1e-9 } })
base:run("a", { resources = { cpus = 1e300 } })
base:run("a", { resources = { cpus = 1, cpu_quota = 5 } })
base:run("a", { resources = { cpus = "1.5" } })
base:run("a", { resources = { cpu_shares = -1 } })
base:run("a", { shell = "/bin/bash" })
base:run("a", { shell = {} })
base:run({ "a" }, { shell = { "/bin/bash" } })
base:run("a", { readonly_rootfs = 1 })
base:run("a", { readonly_rootfs = true })
base:run("a", { platform = "linux/arm65" })
base:run("a", { ignore_cache = "true" })
base:run("a", { hostname = "" })
bk.scratch():run("a")
bk.scratch():run("a", { mounts = { bk.cache("/c") } })
base.run("a")
base.run(base, "a")
base:exec("a")
base:rn("a")
base:run("a"):env("A", "1")
"#,
        &expect![[r#"
            base:run()
                bk.run: command argument required (string or table) [missing-argument] at `run`
            base:run(nil)
                bk.run: command argument required (string or table) [missing-argument] at `nil`
            base:run(5)
                bk.run: command argument must be string or table, got number [wrong-type] at `5`
            base:run("")
                bk.run: command argument must not be empty [invalid-value] at `""`
            base:run("  ")
                bk.run: command argument must not be empty [invalid-value] at `"  "`
            base:run({})
                bk.run: command argument must not be empty [invalid-value] at `{}`
            base:run({ "" })
                bk.run: command argument must not be empty: the program to run has no name [invalid-value] at `{ "" }`
            base:run({ "a", {} })
                bk.run: command argument[2] must be a string or a number, got table [wrong-type] at `{}`
            base:run({ "a", true })
                bk.run: command argument[2] must be a string or a number, got boolean [wrong-type] at `true`
            base:run({ cmd = "a" })
                bk.run: a list takes no named entries, got `cmd` [wrong-type] at `cmd`
            base:run({ "a", env = {} })
                bk.run: a list takes no named entries, got `env` [wrong-type] at `env`
            base:run("a", "b")
                bk.run: opts must be a table, got string [wrong-type] at `"b"`
            base:run("a", { "b" })
                bk.run: `RunOptions` takes named options, got a string at position 1 [unknown-option] at `"b"`
            base:run("a", { netwrk = "host" })
                bk.run: unknown option `netwrk` in `RunOptions`, did you mean `network`? [unknown-option] at `netwrk`
            base:run("a", { network = "None" })
                bk.run: network must be one of "sandbox", "host", "none", got "None", did you mean "none"? [not-a-choice] at `"None"`
            base:run("a", { network = false })
                bk.run: network must be one of "sandbox", "host", "none", got boolean [wrong-type] at `false`
            base:run("a", { security = "privileged" })
                bk.run: security must be one of "sandbox", "insecure", got "privileged" [not-a-choice] at `"privileged"`
            base:run("a", { env = "A=1" })
                bk.run: env must be a table or a list of strings, got string [wrong-type] at `"A=1"`
            base:run("a", { env = { "A" } })
                bk.run: env[1] must be "NAME=value", got "A" [invalid-value] at `"A"`
            base:run("a", { env = { "=1" } })
                bk.run: env[1] must be "NAME=value", got "=1" [invalid-value] at `"=1"`
            base:run("a", { env = { A = {} } })
                bk.run: env.A must be a string, a number or a boolean, got table [wrong-type] at `{}`
            base:run("a", { env = { ["A=B"] = "1" } })
                bk.run: env.A=B is not a name of an environment variable [invalid-value] at `"A=B"`
            base:run("a", { env = { A = base } })
                bk.run: env.A must be a string, a number or a boolean, got state [wrong-type] at `base`
            base:run("a", { cwd = "" })
                bk.run: cwd must not be empty [invalid-value] at `""`
            base:run("a", { cwd = 5 })
                bk.run: cwd must be a string, got number [wrong-type] at `5`
            base:run("a", { user = "" })
                bk.run: user must not be empty [invalid-value] at `""`
            base:run("a", { user = 1.5 })
                bk.run: user must be an integer, got 1.5 [invalid-value] at `1.5`
            base:run("a", { user = -1 })
                bk.run: user must be from 0 to 4294967295, got -1 [invalid-value] at `-1`
            base:run("a", { user = ":" })
                bk.run: user must be "user" or "user:group", got ":" [invalid-value] at `":"`
            base:run("a", { user = "a:b:c" })
                bk.run: user must be "user" or "user:group", got "a:b:c" [invalid-value] at `"a:b:c"`
            base:run("a", { valid_exit_codes = 256 })
                bk.run: valid_exit_codes must be from 0 to 255, got 256 [invalid-value] at `256`
            base:run("a", { valid_exit_codes = -1 })
                bk.run: valid_exit_codes must be from 0 to 255, got -1 [invalid-value] at `-1`
            base:run("a", { valid_exit_codes = {} })
                bk.run: valid_exit_codes must not be empty [invalid-value] at `{}`
            base:run("a", { valid_exit_codes = { 0, 300 } })
                bk.run: valid_exit_codes[2] must be from 0 to 255, got 300 [invalid-value] at `300`
            base:run("a", { valid_exit_codes = { a = 1 } })
                bk.run: valid_exit_codes must be a list of codes, got an entry `a` [invalid-value] at `{ a = 1 }`
            base:run("a", { valid_exit_codes = "5..1" })
                bk.run: valid_exit_codes must be a range like "0..5" within 0 to 255, got "5..1" [invalid-value] at `"5..1"`
            base:run("a", { valid_exit_codes = "0..256" })
                bk.run: valid_exit_codes must be a range like "0..5" within 0 to 255, got "0..256" [invalid-value] at `"0..256"`
            base:run("a", { valid_exit_codes = "x" })
                bk.run: valid_exit_codes must be a range like "0..5" within 0 to 255, got "x" [invalid-value] at `"x"`
            base:run("a", { valid_exit_codes = 1.5 })
                bk.run: valid_exit_codes must be an integer, got 1.5 [invalid-value] at `1.5`
            base:run("a", { valid_exit_codes = true })
                bk.run: valid_exit_codes must be an integer, a list of integers or a string, got boolean [wrong-type] at `true`
            base:run("a", { extra_hosts = { "a" } })
                bk.run: a map takes named entries, got a value without a name [wrong-type] at `"a"`
            base:run("a", { extra_hosts = { a = "" } })
                bk.run: extra_hosts.a must not be empty [invalid-value] at `""`
            base:run("a", { extra_hosts = { a = "registry" } })
                bk.run: extra_hosts.a must be an IP address like "10.0.0.1", got "registry" [invalid-value] at `"registry"`
            base:run("a", { extra_hosts = { a = "10.0.0.256" } })
                bk.run: extra_hosts.a must be an IP address like "10.0.0.1", got "10.0.0.256" [invalid-value] at `"10.0.0.256"`
            base:run("a", { ulimits = { nofiles = 1 } })
                bk.run: ulimits.nofiles is not a limit: unknown name `nofiles`, did you mean `nofile`? [invalid-value] at `nofiles`
            base:run("a", { ulimits = { nofile = -2 } })
                bk.run: ulimits.nofile must be -1 (unlimited) or more [invalid-value] at `-2`
            base:run("a", { ulimits = { nofile = { soft = 2, hard = 1 } } })
                bk.run: ulimits.nofile must not have a soft limit above its hard limit [invalid-value] at `{ soft = 2, hard = 1 }`
            base:run("a", { ulimits = { nofile = { soft = 2 } } })
                bk.run: option `hard` of `UlimitOptions` is required [missing-argument] at `{ soft = 2 }`
            base:run("a", { ulimits = { nofile = "1" } })
                bk.run: ulimits.nofile must be an integer or a table, got string [wrong-type] at `"1"`
            base:run("a", { proxy = { htp = "x" } })
                bk.run: unknown option `htp` in `ProxyOptions`, did you mean `http`? [unknown-option] at `htp`
            base:run("a", { proxy = "http://x" })
                bk.run: proxy must be a table, got string [wrong-type] at `"http://x"`
            base:run("a", { secret_env = { A = 5 } })
                bk.run: secret_env.A must be a string or a table, got number [wrong-type] at `5`
            base:run("a", { secret_env = { A = {} } })
                bk.run: option `id` of `SecretEnvOptions` is required [missing-argument] at `{}`
            base:run("a", { secret_env = { A = "" } })
                bk.run: secret_env.A must not be empty [invalid-value] at `""`
            base:run("a", { secret_env = { ["A=B"] = "x" } })
                bk.run: secret_env.A=B is not a name of an environment variable [invalid-value] at `"A=B"`
            base:run("a", { devices = "x" })
                bk.run: devices must be a list, got string [wrong-type] at `"x"`
                hint: write it as a list: `{ "x" }`
            base:run("a", { resources = { memory = "1x" } })
                bk.run: resources.memory must be a size like "512m", got "1x" [invalid-value] at `"1x"`
            base:run("a", { resources = { memory = -1 } })
                bk.run: resources.memory must not be negative [invalid-value] at `-1`
            base:run("a", { resources = { memory_swap = -2 } })
                bk.run: resources.memory_swap must not be negative [invalid-value] at `-2`
            base:run("a", { resources = { cpus = 0 } })
                bk.run: resources.cpus must be from 0.01 to 100000, got 0 [invalid-value] at `0`
            base:run("a", { resources = { cpus = 1e-9 } })
                bk.run: resources.cpus must be from 0.01 to 100000, got 1e-09 [invalid-value] at `1e-9`
            base:run("a", { resources = { cpus = 1e300 } })
                bk.run: resources.cpus must be from 0.01 to 100000, got 1e+300 [invalid-value] at `1e300`
            base:run("a", { resources = { cpus = 1, cpu_quota = 5 } })
                bk.run: resources.cpus cannot stand beside `cpu_period` or `cpu_quota`, which it is a short form of [invalid-value] at `1`
            base:run("a", { resources = { cpus = "1.5" } })
                bk.run: resources.cpus must be a number, got string [wrong-type] at `"1.5"`
            base:run("a", { resources = { cpu_shares = -1 } })
                bk.run: resources.cpu_shares must not be negative, got -1 [invalid-value] at `-1`
            base:run("a", { shell = "/bin/bash" })
                bk.run: shell must be a list of strings, got string [wrong-type] at `"/bin/bash"`
                hint: write it as a list: `{ "/bin/bash" }`
            base:run("a", { shell = {} })
                bk.run: shell must not be empty: without a shell, give the command as a list [invalid-value] at `{}`
            base:run({ "a" }, { shell = { "/bin/bash" } })
                bk.run: shell has no effect on a list: a list is run without a shell [invalid-value] at `{ "/bin/bash" }`
            base:run("a", { readonly_rootfs = 1 })
                bk.run: readonly_rootfs must be a boolean, got number [wrong-type] at `1`
            base:run("a", { readonly_rootfs = true })
                bk.run: nothing can depend on the command: with `readonly_rootfs` the result is the state before it [unused-state] at `true`
            base:run("a", { platform = "linux/arm65" })
                bk.run: platform names an unknown architecture "arm65", did you mean "arm64"? [invalid-value] at `"linux/arm65"`
            base:run("a", { ignore_cache = "true" })
                bk.run: ignore_cache must be a boolean, got string [wrong-type] at `"true"`
            base:run("a", { hostname = "" })
                bk.run: hostname must not be empty [invalid-value] at `""`
            bk.scratch():run("a")
                bk.run: cannot run a command on scratch: it has no files, so no shell or program [invalid-op] at `run`
                hint: start from `bk.image(…)`, or mount a static program with `bk.bind`
            bk.scratch():run("a", { mounts = { bk.cache("/c") } })
                bk.run: cannot run a command on scratch: it has no files, so no shell or program [invalid-op] at `run`
                hint: start from `bk.image(…)`, or mount a static program with `bk.bind`
            base.run("a")
                bk.run: `run` is a method, call it with `:` as in `base:run(…)` [dot-call] at `run`
            base.run(base, "a")
            base:exec("a")
                unknown method `exec` of State, did you mean `run`? [unknown-method] at `exec`
            base:rn("a")
                unknown method `rn` of State, did you mean `run`? [unknown-method] at `rn`
            base:run("a"):env("A", "1")
                unknown method `env` of State [unknown-method] at `env`
                hint: State has `run`, `copy`, `mkdir`, `mkfile`, `rm`, `symlink`, `files`, `with_env`, `with_cwd`, `with_user`, `with_platform`, `with_network`, `requires`, `mount`, `with_metadata`
        "#]],
    );
}

#[test]
fn mounts() {
    check(
        r#"
x:run("a", { mounts = "/x" })
x:run("a", { mounts = { "/x" } })
x:run("a", { mounts = { bk.cache("/a"), "cache" } })
x:run("a", { mounts = { src } })
x:run("a", { mounts = src })
x:run("a", { mounts = bk.cache("/a") })
x:run("a", { mounts = { bk.cache("/a"), nil, bk.cache("/b") } })
x:run("a", { mounts = { ["/src"] = src } })
x:run("a", { mounts = { bk.cache("/") } })
x:run("a", { mounts = { bk.bind(src, "//") } })
x:run("a", { mounts = { bk.bind(src, ".") } })
x:run("a", { mounts = { bk.cache("/a") } }):mount("/a")
x:run("a", { mounts = { bk.bind(src, "/a") } }):mount("/a")
x:run("a", { mounts = { bk.bind(src, "/a/", { readonly = false }) } }):mount("/a")
x:run("a"):mount("/a")
x:run("a", { mounts = { bk.cache("/a"), bk.tmpfs("/a") } })
x:run("a", { mounts = { bk.cache("/a"), bk.tmpfs("/a/") } })
x:run("a", { mounts = { bk.ssh(), bk.ssh({ id = "other" }) } })
bk.cache()
bk.cache("")
bk.cache({ dest = "/a" })
bk.cache("/a", { sharing = "lock" })
bk.cache("/a", { sharng = "locked" })
bk.cache("/a", { id = "" })
bk.cache("/a", { mode = "1777" })
bk.cache("/a", { mode = 755 })
bk.cache("/a", { mode = 1777 })
bk.cache("/a", { uid = "root" })
bk.cache("/a", { source = "context" })
bk.cache("/a", { source = src, uid = 5 })
bk.secret()
bk.secret("/")
bk.secret("/run/secrets/x", { id = 5 })
bk.secret("/x", { mode = 400 })
bk.secret("/x", { mode = 444 })
bk.secret("/x", { required = true })
bk.ssh("default")
bk.ssh({ "default" })
bk.ssh({ dest = "" })
bk.tmpfs()
bk.tmpfs("/x", "512m")
bk.tmpfs("/x", { size = "512 mb" })
bk.tmpfs("/x", { size = "12q" })
bk.tmpfs("/x", { size = 1.5 })
bk.bind("/src", "/dest")
bk.bind(src)
bk.bind(src, "/dest", true)
bk.bind(src, "/dest", { readonly = "no" })
bk.bind(src, "/dest", { rw = true })
bk.bind(bk.scratch(), "/dest")
bk.bind(src, "/dest", { content_cache = "maybe" })
bk.bind(src, "/dest", { content_cache = "on", selector = "a", readonly = false })
bk.bind(src, "/dest", { content_cache = "on", selector = "/a/..", readonly = false })
bk.bind(src, "/dest", { no_output = true })
bk.mount(src, "/dest")
bk.bind(src, "/dest"):run("x")
"#,
        &expect![[r#"
            x:run("a", { mounts = "/x" })
                bk.run: mounts must be a list of mounts, got string [wrong-type] at `"/x"`
                hint: write it as a list: `{ "/x" }`
            x:run("a", { mounts = { "/x" } })
                bk.run: mounts[1] must be a mount object, got string [wrong-type] at `"/x"`
                hint: mounts are made by `bk.cache`, `bk.bind`, `bk.secret`, `bk.ssh` and `bk.tmpfs`
            x:run("a", { mounts = { bk.cache("/a"), "cache" } })
                bk.run: mounts[2] must be a mount object, got string [wrong-type] at `"cache"`
                hint: mounts are made by `bk.cache`, `bk.bind`, `bk.secret`, `bk.ssh` and `bk.tmpfs`
            x:run("a", { mounts = { src } })
                bk.run: mounts[1] must be a mount object, got state [wrong-type] at `src`
                hint: did you mean `bk.bind(state, dest)`?
            x:run("a", { mounts = src })
                bk.run: mounts must be a list of mounts, got state [wrong-type] at `src`
                hint: write it as a list: `{ bk.bind(state, dest) }`
            x:run("a", { mounts = bk.cache("/a") })
                bk.run: mounts must be a list of mounts, got mount [wrong-type] at `bk.cache("/a")`
                hint: write it as a list: `{ … }`
            x:run("a", { mounts = { bk.cache("/a"), nil, bk.cache("/b") } })
                bk.run: a list must have no gaps, got an entry at 3 [wrong-type] at `mounts`
            x:run("a", { mounts = { ["/src"] = src } })
                bk.run: a list takes no named entries, got `/src` [wrong-type] at `"/src"`
            x:run("a", { mounts = { bk.cache("/") } })
                bk.run: mounts[1] must not be mounted at `/`, where the state itself is [invalid-value] at `bk.cache("/")`
            x:run("a", { mounts = { bk.bind(src, "//") } })
                bk.run: mounts[1] must not be mounted at `/`, where the state itself is [invalid-value] at `bk.bind(src, "//")`
            x:run("a", { mounts = { bk.bind(src, ".") } })
                bk.run: mounts[1] must not be mounted at `/`, where the state itself is [invalid-value] at `bk.bind(src, ".")`
            x:run("a", { mounts = { bk.cache("/a") } }):mount("/a")
                bk.mount: invalid mount: /a [invalid-op] at `"/a"`
                hint: what a command writes is kept on a `bk.bind` with `readonly = false`, not on a cache, tmpfs, secret or ssh mount, and not with `no_output`
            x:run("a", { mounts = { bk.bind(src, "/a") } }):mount("/a")
                bk.mount: nothing can depend on the command: the mount is read-only, so what is there is the state before it [unused-state] at `"/a"`
                hint: add `readonly = false` to the mount
            x:run("a", { mounts = { bk.bind(src, "/a/", { readonly = false }) } }):mount("/a")
            x:run("a"):mount("/a")
                bk.mount: no mount at `/a` [invalid-op] at `"/a"`
                hint: what a command writes is kept on a `bk.bind` with `readonly = false`, not on a cache, tmpfs, secret or ssh mount, and not with `no_output`
            x:run("a", { mounts = { bk.cache("/a"), bk.tmpfs("/a") } })
                bk.run: mounts[1] and mounts[2] are both mounted at `/a` [invalid-value] at `bk.tmpfs("/a")`
            x:run("a", { mounts = { bk.cache("/a"), bk.tmpfs("/a/") } })
                bk.run: mounts[1] and mounts[2] are both mounted at `/a/` [invalid-value] at `bk.tmpfs("/a/")`
            x:run("a", { mounts = { bk.ssh(), bk.ssh({ id = "other" }) } })
                bk.run: mounts[1] and mounts[2] are both mounted at `/run/ssh` [invalid-value] at `bk.ssh({ id = "other" })`
            bk.cache()
                bk.cache: dest required (a string) [missing-argument] at `cache`
            bk.cache("")
                bk.cache: dest must not be empty [invalid-value] at `""`
            bk.cache({ dest = "/a" })
                bk.cache: dest must be a string, got table [wrong-type] at `{ dest = "/a" }`
            bk.cache("/a", { sharing = "lock" })
                bk.cache: sharing must be one of "shared", "private", "locked", got "lock", did you mean "locked"? [not-a-choice] at `"lock"`
            bk.cache("/a", { sharng = "locked" })
                bk.cache: unknown option `sharng` in `CacheOptions`, did you mean `sharing`? [unknown-option] at `sharng`
            bk.cache("/a", { id = "" })
                bk.cache: id must not be empty [invalid-value] at `""`
            bk.cache("/a", { mode = "1777" })
                bk.cache: mode must not exceed 0777, got 1777 [invalid-value] at `"1777"`
                hint: BuildKit keeps nine bits here; set the others with `state:run("chmod …")`
            bk.cache("/a", { mode = 755 })
                bk.cache: mode 755 is taken as "0755"; Lua numbers are decimal, write a string [octal-mode] at `755`
            bk.cache("/a", { mode = 1777 })
                bk.cache: mode must not exceed 0777, got 1777 [invalid-value] at `1777`
                hint: BuildKit keeps nine bits here; set the others with `state:run("chmod …")`
            bk.cache("/a", { uid = "root" })
                bk.cache: uid must be an integer, got string [wrong-type] at `"root"`
            bk.cache("/a", { source = "context" })
                bk.cache: source must be a state, got string [wrong-type] at `"context"`
            bk.cache("/a", { source = src, uid = 5 })
                bk.cache: source cannot stand beside `uid`, `gid` or `mode`: those describe a cache that starts empty [invalid-value] at `src`
            bk.secret()
                bk.secret: dest required (a string) [missing-argument] at `secret`
            bk.secret("/")
                bk.secret: dest has no last part to take the id from [invalid-value] at `"/"`
                hint: give an `id`
            bk.secret("/run/secrets/x", { id = 5 })
                bk.secret: id must be a string, got number [wrong-type] at `5`
            bk.secret("/x", { mode = 400 })
                bk.secret: mode 400 could be octal or decimal, write a string like "0400" [invalid-value] at `400`
                hint: "0400" if octal is meant; 400 in decimal is "0620"
            bk.secret("/x", { mode = 444 })
                bk.secret: mode 444 could be octal or decimal, write a string like "0444" [invalid-value] at `444`
                hint: "0444" if octal is meant; 444 in decimal is "0674"
            bk.secret("/x", { required = true })
                bk.secret: unknown option `required` in `SecretOptions` [unknown-option] at `required`
                hint: `SecretOptions` has `id`, `uid`, `gid`, `mode`, `optional`
            bk.ssh("default")
                bk.ssh: opts must be a table, got string [wrong-type] at `"default"`
            bk.ssh({ "default" })
                bk.ssh: `SshOptions` takes named options, got a string at position 1 [unknown-option] at `"default"`
            bk.ssh({ dest = "" })
                bk.ssh: dest must not be empty [invalid-value] at `""`
            bk.tmpfs()
                bk.tmpfs: dest required (a string) [missing-argument] at `tmpfs`
            bk.tmpfs("/x", "512m")
                bk.tmpfs: opts must be a table, got string [wrong-type] at `"512m"`
            bk.tmpfs("/x", { size = "512 mb" })
            bk.tmpfs("/x", { size = "12q" })
                bk.tmpfs: size must be a size like "512m", got "12q" [invalid-value] at `"12q"`
            bk.tmpfs("/x", { size = 1.5 })
                bk.tmpfs: size must be an integer, got 1.5 [invalid-value] at `1.5`
            bk.bind("/src", "/dest")
                bk.bind: state must be a state, got string [wrong-type] at `"/src"`
            bk.bind(src)
                bk.bind: dest required (a string) [missing-argument] at `bind`
            bk.bind(src, "/dest", true)
                bk.bind: opts must be a table, got boolean [wrong-type] at `true`
            bk.bind(src, "/dest", { readonly = "no" })
                bk.bind: readonly must be a boolean, got string [wrong-type] at `"no"`
            bk.bind(src, "/dest", { rw = true })
                bk.bind: unknown option `rw` in `BindOptions` [unknown-option] at `rw`
                hint: `BindOptions` has `selector`, `readonly`, `no_output`, `content_cache`
            bk.bind(bk.scratch(), "/dest")
                bk.bind: scratch cannot be mounted read-only: it is empty, and BuildKit refuses it [invalid-op] at `bk.scratch()`
                hint: add `readonly = false`
            bk.bind(src, "/dest", { content_cache = "maybe" })
                bk.bind: content_cache must be one of "default", "on", "off", got "maybe" [not-a-choice] at `"maybe"`
            bk.bind(src, "/dest", { content_cache = "on", selector = "a", readonly = false })
                bk.bind: content_cache must not be "on" for a part of a state that is kept after writing to it [invalid-value] at `"on"`
                hint: add `no_output = true`, or leave `selector` out
            bk.bind(src, "/dest", { content_cache = "on", selector = "/a/..", readonly = false })
            bk.bind(src, "/dest", { no_output = true })
            bk.mount(src, "/dest")
                unknown function `bk.mount`: `mount` is a method of a state [unknown-function] at `mount`
                hint: call it on a state, as in `bk.image("alpine:3.19"):run("make > /out/log", { mounts = { bk.bind(bk.scratch(), "/out", { readonly = false }) } }):mount("/out")`
            bk.bind(src, "/dest"):run("x")
                unknown method `run` of Mount [unknown-method] at `run`
        "#]],
    );
}

#[test]
fn files() {
    check(
        r#"
x:copy()
x:copy("a", "b")
x:copy("src", "a", "b")
x:copy(src, "a")
x:copy(src, "a", "")
x:copy(src, { "a", "b" }, "c")
x:copy(src, "a", "b", { chown = "a:b" })
x:copy(src, "a", "b", { mode = "u+q" })
x:copy(src, "a", "b", { mode = "0999" })
x:copy(src, "a", "b", { mode = 755 })
x:copy(src, "a", "b", { mode = 644 })
x:copy(src, "a", "b", { mode = 420 })
x:copy(src, "a", "b", { mode = 493.5 })
x:copy(src, "a", "b", { mode = -1 })
x:copy(src, "a", "b", { mode = 800 })
x:copy(src, "a", "b", { mode = 10000 })
x:copy(src, "a", "b", { mode = true })
x:copy(src, "a", "b", { owner = 1000 })
x:copy(src, "a", "b", { owner = "" })
x:copy(src, "a", "b", { owner = ":" })
x:copy(src, "a", "b", { owner = "a:b:c" })
x:copy(src, "a", "b", { owner = "a b" })
x:copy(src, "a", "b", { owner = "4294967296" })
x:copy(src, "a", "b", { owner = {} })
x:copy(src, "a", "b", { owner = { uid = 5 } })
x:copy(src, "a", "b", { owner = { user = "a:b" } })
x:copy(src, "a", "b", { owner = { user = 1.5 } })
x:copy(src, "a", "b", { include = "*.go" })
x:copy(src, "a", "b", { timestamp = "yesterday" })
x:copy(src, "a", "b", { timestamp = "2024-13-01T00:00:00Z" })
x:copy(src, "a", "b", { timestamp = "2024-05-01" })
x:copy(src, "a", "b", { timestamp = "2024-05-01-02T00:00:00Z" })
x:copy(src, "a", "b", { timestamp = "2024-05-01T00:00:00+99:00" })
x:copy(src, "a", "b", { timestamp = 1e12 })
x:copy(src, "a", "b", { timestamp = true })
x:copy(src, "a", "b", { allow_empty_wildcard = true })
bk.scratch():copy(src, "a", "b", { owner = "app" })
x:mkdir()
x:mkdir("/a", "0755")
x:mkdir("/a", { mode = "1777" })
x:mkdir("/a", { mode = 2755 })
x:mkdir("/a", { mode = "u+x" })
x:mkdir("/a", { parents = true })
x:mkdir("/a", { mode = "" })
x:mkfile("/a")
x:mkfile("/a", nil)
x:mkfile("/a", 5)
x:mkfile("/a", { "x" })
x:mkfile("/a", "x", { mode = 400 })
x:mkfile("", "x")
x:mkfile("/", "x")
x:rm()
x:rm("/a", true)
x:rm("/a", { force = true })
x:rm("/")
x:symlink("/a")
x:symlink("", "/b")
x:symlink("/a", "/b", { mode = "0755" })
x:add("/a")
x:chmod("/a")
"#,
        &expect![[r#"
            x:copy()
                bk.copy: first argument required (a state) [missing-argument] at `copy`
                hint: the order is `state:copy(from, src, dest)`: the state first, then the paths
            x:copy("a", "b")
                bk.copy: first argument must be a state, got string [wrong-type] at `"a"`
                hint: the order is `state:copy(from, src, dest)`: the state first, then the paths
                bk.copy: dest required (a string) [missing-argument] at `copy`
            x:copy("src", "a", "b")
                bk.copy: first argument must be a state, got string [wrong-type] at `"src"`
                hint: the order is `state:copy(from, src, dest)`: the state first, then the paths
            x:copy(src, "a")
                bk.copy: dest required (a string) [missing-argument] at `copy`
            x:copy(src, "a", "")
                bk.copy: dest must not be empty [invalid-value] at `""`
            x:copy(src, { "a", "b" }, "c")
                bk.copy: src must be a string, got table [wrong-type] at `{ "a", "b" }`
            x:copy(src, "a", "b", { chown = "a:b" })
                bk.copy: unknown option `chown` in `CopyOptions` [unknown-option] at `chown`
                hint: `CopyOptions` has `mode`, `owner`, `follow_symlink`, `create_dest_path`, `allow_wildcard`, `allow_empty_wildcard`, `contents_only`, `unpack`, `replace_existing`, `include`, `exclude`, `required_paths`, `timestamp`
            x:copy(src, "a", "b", { mode = "u+q" })
                bk.copy: mode must be an octal string like "0755" or symbolic like "u+rwX,go-w", got "u+q" [invalid-value] at `"u+q"`
            x:copy(src, "a", "b", { mode = "0999" })
                bk.copy: mode must be an octal string like "0755" or symbolic like "u+rwX,go-w", got "0999" [invalid-value] at `"0999"`
            x:copy(src, "a", "b", { mode = 755 })
                bk.copy: mode 755 is taken as "0755"; Lua numbers are decimal, write a string [octal-mode] at `755`
            x:copy(src, "a", "b", { mode = 644 })
                bk.copy: mode 644 is taken as "0644"; Lua numbers are decimal, write a string [octal-mode] at `644`
            x:copy(src, "a", "b", { mode = 420 })
                bk.copy: mode 420 could be octal or decimal, write a string like "0420" [invalid-value] at `420`
                hint: "0420" if octal is meant; 420 in decimal is "0644"
            x:copy(src, "a", "b", { mode = 493.5 })
                bk.copy: mode must be an integer, got 493.5 [invalid-value] at `493.5`
            x:copy(src, "a", "b", { mode = -1 })
                bk.copy: mode must be an octal string like "0755", got -1 [invalid-value] at `-1`
            x:copy(src, "a", "b", { mode = 800 })
                bk.copy: mode must be an octal string like "0755", got 800 [invalid-value] at `800`
            x:copy(src, "a", "b", { mode = 10000 })
                bk.copy: mode must be an octal string like "0755", got 10000 [invalid-value] at `10000`
            x:copy(src, "a", "b", { mode = true })
                bk.copy: mode must be an octal string like "0755", got boolean [wrong-type] at `true`
            x:copy(src, "a", "b", { owner = 1000 })
                bk.copy: owner must be a string or a table, got number [wrong-type] at `1000`
            x:copy(src, "a", "b", { owner = "" })
                bk.copy: owner must be "user", "user:group" or ":group", got "" [invalid-value] at `""`
            x:copy(src, "a", "b", { owner = ":" })
                bk.copy: owner must be "user", "user:group" or ":group", got ":" [invalid-value] at `":"`
            x:copy(src, "a", "b", { owner = "a:b:c" })
                bk.copy: owner must be "user", "user:group" or ":group", got "a:b:c" [invalid-value] at `"a:b:c"`
            x:copy(src, "a", "b", { owner = "a b" })
                bk.copy: owner must be a name or a number, got "a b" [invalid-value] at `"a b"`
            x:copy(src, "a", "b", { owner = "4294967296" })
                bk.copy: owner must be from 0 to 4294967295, got 4294967296 [invalid-value] at `"4294967296"`
            x:copy(src, "a", "b", { owner = {} })
                bk.copy: owner must name a `user` or a `group` [invalid-value] at `{}`
            x:copy(src, "a", "b", { owner = { uid = 5 } })
                bk.copy: unknown option `uid` in `OwnerOptions` [unknown-option] at `uid`
                hint: `OwnerOptions` has `user`, `group`
            x:copy(src, "a", "b", { owner = { user = "a:b" } })
                bk.copy: owner.user must be a name or a number, got "a:b" [invalid-value] at `"a:b"`
            x:copy(src, "a", "b", { owner = { user = 1.5 } })
                bk.copy: owner.user must be an integer, got 1.5 [invalid-value] at `1.5`
            x:copy(src, "a", "b", { include = "*.go" })
                bk.copy: include must be a list of strings, got string [wrong-type] at `"*.go"`
                hint: write it as a list: `{ "*.go" }`
            x:copy(src, "a", "b", { timestamp = "yesterday" })
                bk.copy: timestamp must be RFC 3339 like "2024-05-01T12:00:00Z", got "yesterday" [invalid-value] at `"yesterday"`
            x:copy(src, "a", "b", { timestamp = "2024-13-01T00:00:00Z" })
                bk.copy: timestamp must be RFC 3339 like "2024-05-01T12:00:00Z", got "2024-13-01T00:00:00Z" [invalid-value] at `"2024-13-01T00:00:00Z"`
            x:copy(src, "a", "b", { timestamp = "2024-05-01" })
                bk.copy: timestamp must be RFC 3339 like "2024-05-01T12:00:00Z", got "2024-05-01" [invalid-value] at `"2024-05-01"`
            x:copy(src, "a", "b", { timestamp = "2024-05-01-02T00:00:00Z" })
                bk.copy: timestamp must be RFC 3339 like "2024-05-01T12:00:00Z", got "2024-05-01-02T00:00:00Z" [invalid-value] at `"2024-05-01-02T00:00:00Z"`
            x:copy(src, "a", "b", { timestamp = "2024-05-01T00:00:00+99:00" })
                bk.copy: timestamp must be RFC 3339 like "2024-05-01T12:00:00Z", got "2024-05-01T00:00:00+99:00" [invalid-value] at `"2024-05-01T00:00:00+99:00"`
            x:copy(src, "a", "b", { timestamp = 1e12 })
                bk.copy: timestamp is out of range [invalid-value] at `1e12`
            x:copy(src, "a", "b", { timestamp = true })
                bk.copy: timestamp must be seconds since 1970 or RFC 3339 text, got boolean [wrong-type] at `true`
            x:copy(src, "a", "b", { allow_empty_wildcard = true })
            bk.scratch():copy(src, "a", "b", { owner = "app" })
                bk.copy: owner `app` cannot be looked up: scratch has no /etc/passwd and no /etc/group [invalid-op] at `"app"`
                hint: give the owner by number, as in `{ user = 1000 }`
            x:mkdir()
                bk.mkdir: path required (a string) [missing-argument] at `mkdir`
            x:mkdir("/a", "0755")
                bk.mkdir: opts must be a table, got string [wrong-type] at `"0755"`
            x:mkdir("/a", { mode = "1777" })
                bk.mkdir: mode must not exceed 0777, got 1777 [invalid-value] at `"1777"`
                hint: BuildKit keeps nine bits here; set the others with `state:run("chmod …")`
            x:mkdir("/a", { mode = 2755 })
                bk.mkdir: mode must not exceed 0777, got 2755 [invalid-value] at `2755`
                hint: BuildKit keeps nine bits here; set the others with `state:run("chmod …")`
            x:mkdir("/a", { mode = "u+x" })
                bk.mkdir: mode must be an octal string like "0755", got "u+x" [invalid-value] at `"u+x"`
            x:mkdir("/a", { parents = true })
                bk.mkdir: unknown option `parents` in `MkdirOptions` [unknown-option] at `parents`
                hint: `MkdirOptions` has `mode`, `make_parents`, `owner`, `timestamp`
            x:mkdir("/a", { mode = "" })
                bk.mkdir: mode must be an octal string like "0755", got "" [invalid-value] at `""`
            x:mkfile("/a")
                bk.mkfile: data required (a string) [missing-argument] at `mkfile`
            x:mkfile("/a", nil)
                bk.mkfile: data required (a string) [missing-argument] at `nil`
            x:mkfile("/a", 5)
                bk.mkfile: data must be a string, got number [wrong-type] at `5`
            x:mkfile("/a", { "x" })
                bk.mkfile: data must be a string, got table [wrong-type] at `{ "x" }`
            x:mkfile("/a", "x", { mode = 400 })
                bk.mkfile: mode 400 could be octal or decimal, write a string like "0400" [invalid-value] at `400`
                hint: "0400" if octal is meant; 400 in decimal is "0620"
            x:mkfile("", "x")
                bk.mkfile: path must not be empty [invalid-value] at `""`
            x:mkfile("/", "x")
            x:rm()
                bk.rm: path required (a string) [missing-argument] at `rm`
            x:rm("/a", true)
                bk.rm: opts must be a table, got boolean [wrong-type] at `true`
            x:rm("/a", { force = true })
                bk.rm: unknown option `force` in `RmOptions` [unknown-option] at `force`
                hint: `RmOptions` has `allow_not_found`, `allow_wildcard`
            x:rm("/")
            x:symlink("/a")
                bk.symlink: newpath required (a string) [missing-argument] at `symlink`
            x:symlink("", "/b")
                bk.symlink: oldpath must not be empty [invalid-value] at `""`
            x:symlink("/a", "/b", { mode = "0755" })
                bk.symlink: unknown option `mode` in `SymlinkOptions` [unknown-option] at `mode`
                hint: `SymlinkOptions` has `owner`, `timestamp`
            x:add("/a")
                unknown method `add` of State, did you mean `copy`? [unknown-method] at `add`
            x:chmod("/a")
                unknown method `chmod` of State [unknown-method] at `chmod`
                hint: State has `run`, `copy`, `mkdir`, `mkfile`, `rm`, `symlink`, `files`, `with_env`, `with_cwd`, `with_user`, `with_platform`, `with_network`, `requires`, `mount`, `with_metadata`
        "#]],
    );
}

#[test]
fn graphs() {
    check(
        r#"
bk.merge()
bk.merge(base)
bk.merge({ base, src })
bk.merge(base, nil)
bk.merge(base, "x")
bk.merge(base, src, {})
bk.diff()
bk.diff(base)
bk.diff(base, "x")
bk.diff(base, src, base)
x:with_metadata()
x:with_metadata("name")
x:with_metadata({ name = "x" })
x:with_metadata({ description = "" })
x:with_metadata({ progress_group = {} })
x:with_metadata({ progress_group = { name = "x" } })
x:with_metadata({ progress_group = 5 })
bk.platform()
bk.platform("linux")
bk.platform("linux", "arm64", "v8", "x")
bk.platform("linux", nil, "v7")
bk.platform("linux/amd64", "arm64")
bk.platform("arm64", "linux")
bk.platform("linux", "arm", "seven")
bk.platform({ os = "linux" })
bk.platform("linux/amd64").architecture()
os.getenv()
os.getenv("")
os.getenv("A", "default")
os.getenv({})
os.setenv("A", "b")
"#,
        &expect![[r#"
            bk.merge()
                bk.merge: requires at least 2 states, got 0 [missing-argument] at `merge`
            bk.merge(base)
                bk.merge: requires at least 2 states, got 1 [missing-argument] at `merge`
            bk.merge({ base, src })
                bk.merge: argument 1 must be a state, got table [wrong-type] at `{ base, src }`
                hint: what a list holds is given as `unpack(list)`
            bk.merge(base, nil)
                bk.merge: argument 2 must be a state, got nil [wrong-type] at `nil`
            bk.merge(base, "x")
                bk.merge: argument 2 must be a state, got string [wrong-type] at `"x"`
            bk.merge(base, src, {})
                bk.merge: argument 3 must be a state, got table [wrong-type] at `{}`
                hint: what a list holds is given as `unpack(list)`
            bk.diff()
                bk.diff: arguments must be state objects, got nil [missing-argument] at `diff`
            bk.diff(base)
                bk.diff: arguments must be state objects, got nil [missing-argument] at `diff`
            bk.diff(base, "x")
                bk.diff: arguments must be state objects, got string [wrong-type] at `"x"`
            bk.diff(base, src, base)
                bk.diff: accepts 2 arguments, got 3 [surplus-argument] at `base`
            x:with_metadata()
                bk.with_metadata: metadata required (a table) [missing-argument] at `with_metadata`
            x:with_metadata("name")
                bk.with_metadata: metadata must be a table, got string [wrong-type] at `"name"`
            x:with_metadata({ name = "x" })
                bk.with_metadata: unknown option `name` in `MetadataOptions` [unknown-option] at `name`
                hint: `MetadataOptions` has `description`, `progress_group`, `ignore_cache`, `export_cache`
            x:with_metadata({ description = "" })
                bk.with_metadata: description must not be empty [invalid-value] at `""`
            x:with_metadata({ progress_group = {} })
                bk.with_metadata: option `id` of `ProgressGroupOptions` is required [missing-argument] at `{}`
            x:with_metadata({ progress_group = { name = "x" } })
                bk.with_metadata: option `id` of `ProgressGroupOptions` is required [missing-argument] at `{ name = "x" }`
            x:with_metadata({ progress_group = 5 })
                bk.with_metadata: progress_group must be a string or a table, got number [wrong-type] at `5`
            bk.platform()
                bk.platform: os required (a string) [missing-argument] at `platform`
            bk.platform("linux")
                bk.platform: platform must be "os/arch[/variant]", got "linux" [invalid-value] at `"linux"`
            bk.platform("linux", "arm64", "v8", "x")
                bk.platform: accepts 3 arguments, got 4 [surplus-argument] at `"x"`
            bk.platform("linux", nil, "v7")
                bk.platform: a variant needs an architecture before it, as in `bk.platform("linux", "arm", "v7")` [missing-argument] at `"linux"`
            bk.platform("linux/amd64", "arm64")
                bk.platform: platform names an unknown operating system "linux/amd64", did you mean "linux"? [invalid-value] at `"linux/amd64"`
            bk.platform("arm64", "linux")
                bk.platform: platform has its parts swapped, did you mean "linux/arm64"? [invalid-value] at `"arm64"`
            bk.platform("linux", "arm", "seven")
                bk.platform: platform names an unknown variant "seven" [invalid-value] at `"linux"`
            bk.platform({ os = "linux" })
                bk.platform: os must be a string, got table [wrong-type] at `{ os = "linux" }`
            bk.platform("linux/amd64").architecture()
                unknown field `architecture` of Platform, did you mean `arch`? [unknown-method] at `architecture`
            os.getenv()
                os.getenv: name required (a string) [missing-argument] at `getenv`
            os.getenv("")
                os.getenv: name must not be empty [invalid-value] at `""`
            os.getenv("A", "default")
                os.getenv: accepts 1 argument, got 2 [surplus-argument] at `"default"`
            os.getenv({})
                os.getenv: name must be a string, got table [wrong-type] at `{}`
            os.setenv("A", "b")
                attempt to call a nil value: `os.setenv` [runtime-error] at `setenv`
        "#]],
    );
}

#[test]
fn exports() {
    check(
        r#"
bk.export()
bk.export("x")
bk.export({ base })
bk.export(base, "x")
bk.export(base, { "x" })
bk.export(base, { entrypoint = "/bin/sh" })
bk.export(base, { cmd = "sh -c x" })
bk.export(base, { cmd = { 1 } })
bk.export(base, { expose = 8080 })
bk.export(base, { expose = { 0 } })
bk.export(base, { expose = { "80/icmp" } })
bk.export(base, { expose = { "http" } })
bk.export(base, { expose = { "90-80" } })
bk.export(base, { labels = { "x" } })
bk.export(base, { labels = { a = {} } })
bk.export(base, { working_dir = "/x" })
bk.export(base, { workdir = 5 })
bk.export(base, { os = "lunix" })
bk.export(base, { arch = "armm64" })
bk.export(base, { healthcheck = "x" })
bk.export(base, { healthcheck = {} })
bk.export(base, { healthcheck = { test = 5 } })
bk.export(base, { healthcheck = { test = { "curl", "x" } } })
bk.export(base, { healthcheck = { test = { "CMD" } } })
bk.export(base, { healthcheck = { test = { "NONE", "x" } } })
bk.export(base, { healthcheck = { test = "x", interval = "5" } }) done = true
bk.export(base, { healthcheck = { test = "x", interval = "5 minutes" } })
bk.export(base, { healthcheck = { test = "x", interval = -1 } })
bk.export(base, { healthcheck = { test = "x", interval = 1e300 } })
bk.export(base, { healthcheck = { test = "x", retries = -1 } })
bk.export(base, { created = "now" })
bk.export(base, { created = "9999-01-01T00:00:00Z" })
bk.export(base, { annotations = { a = "b" } }) done = true
bk.export(base) bk.export(base)
done = true
"#,
        &expect![[r#"
            bk.export()
                bk.export: first argument required (a state) [missing-argument] at `export`
            bk.export("x")
                bk.export: first argument must be a state, got string [wrong-type] at `"x"`
            bk.export({ base })
                bk.export: first argument must be a state, got table [wrong-type] at `{ base }`
            bk.export(base, "x")
                bk.export: config must be a table, got string [wrong-type] at `"x"`
            bk.export(base, { "x" })
                bk.export: `ExportOptions` takes named options, got a string at position 1 [unknown-option] at `"x"`
            bk.export(base, { entrypoint = "/bin/sh" })
                bk.export: entrypoint must be a list of strings, got string [wrong-type] at `"/bin/sh"`
                hint: write it as a list: `{ "/bin/sh" }`
            bk.export(base, { cmd = "sh -c x" })
                bk.export: cmd must be a list of strings, got string [wrong-type] at `"sh -c x"`
                hint: write it as a list: `{ "sh -c x" }`
            bk.export(base, { cmd = { 1 } })
                bk.export: cmd[1] must be a string, got number [wrong-type] at `1`
            bk.export(base, { expose = 8080 })
                bk.export: expose must be a list, got number [wrong-type] at `8080`
                hint: write it as a list: `{ 8080 }`
            bk.export(base, { expose = { 0 } })
                bk.export: expose[1] must be a port like "8080" or "53/udp", got "0" [invalid-value] at `0`
            bk.export(base, { expose = { "80/icmp" } })
                bk.export: expose[1] must be a port like "8080" or "53/udp", got "80/icmp" [invalid-value] at `"80/icmp"`
            bk.export(base, { expose = { "http" } })
                bk.export: expose[1] must be a port like "8080" or "53/udp", got "http" [invalid-value] at `"http"`
            bk.export(base, { expose = { "90-80" } })
                bk.export: expose[1] must be a port like "8080" or "53/udp", got "90-80" [invalid-value] at `"90-80"`
            bk.export(base, { labels = { "x" } })
                bk.export: a map takes named entries, got a value without a name [wrong-type] at `"x"`
            bk.export(base, { labels = { a = {} } })
                bk.export: labels.a must be a string, a number or a boolean, got table [wrong-type] at `{}`
            bk.export(base, { working_dir = "/x" })
                bk.export: unknown option `working_dir` in `ExportOptions`, did you mean `workdir`? [unknown-option] at `working_dir`
            bk.export(base, { workdir = 5 })
                bk.export: workdir must be a string, got number [wrong-type] at `5`
            bk.export(base, { os = "lunix" })
                bk.export: os names an unknown operating system "lunix", did you mean "linux"? [invalid-value] at `"lunix"`
            bk.export(base, { arch = "armm64" })
                bk.export: arch names an unknown architecture "armm64", did you mean "arm64"? [invalid-value] at `"armm64"`
            bk.export(base, { healthcheck = "x" })
                bk.export: healthcheck must be a table, got string [wrong-type] at `"x"`
            bk.export(base, { healthcheck = {} })
                bk.export: option `test` of `HealthcheckOptions` is required [missing-argument] at `{}`
            bk.export(base, { healthcheck = { test = 5 } })
                bk.export: healthcheck.test must be a string or a list of strings, got number [wrong-type] at `5`
            bk.export(base, { healthcheck = { test = { "curl", "x" } } })
                bk.export: healthcheck.test must begin with "CMD", "CMD-SHELL" or "NONE", got "curl" [invalid-value] at `{ "curl", "x" }`
                hint: write `{ "CMD", "curl", … }`, or a shell line as a string
            bk.export(base, { healthcheck = { test = { "CMD" } } })
                bk.export: healthcheck.test must have a command after "CMD" [invalid-value] at `{ "CMD" }`
                hint: as in `{ "CMD", "curl", "-f", … }`
            bk.export(base, { healthcheck = { test = { "NONE", "x" } } })
                bk.export: healthcheck.test must have nothing after "NONE" [invalid-value] at `{ "NONE", "x" }`
                hint: `{ "NONE" }` turns the check off
            bk.export(base, { healthcheck = { test = "x", interval = "5" } }) done = true
            bk.export(base, { healthcheck = { test = "x", interval = "5 minutes" } })
                bk.export: healthcheck.interval must be a duration like "1m30s", got "5 minutes" [invalid-value] at `"5 minutes"`
            bk.export(base, { healthcheck = { test = "x", interval = -1 } })
                bk.export: healthcheck.interval must not be negative [invalid-value] at `-1`
            bk.export(base, { healthcheck = { test = "x", interval = 1e300 } })
                bk.export: healthcheck.interval is out of range [invalid-value] at `1e300`
            bk.export(base, { healthcheck = { test = "x", retries = -1 } })
                bk.export: healthcheck.retries must be from 0 to 4294967295, got -1 [invalid-value] at `-1`
            bk.export(base, { created = "now" })
                bk.export: created must be RFC 3339 like "2024-05-01T12:00:00Z", got "now" [invalid-value] at `"now"`
            bk.export(base, { created = "9999-01-01T00:00:00Z" })
                bk.export: created is out of range [invalid-value] at `"9999-01-01T00:00:00Z"`
            bk.export(base, { annotations = { a = "b" } }) done = true
                bk.export: annotations are those of a manifest, which the exporter writes: they are not in the image's config [note] at `{ a = "b" }`
                hint: give them to the build, as in `--output type=image,annotation.NAME=VALUE`
            bk.export(base) bk.export(base)
                bk.export: already called once, at build.lua:1 [duplicate-export] at `export`
                hint: join states with `bk.merge` and export the result, or name several results with `bk.target`
                bk.export: already called once, at build.lua:1 [duplicate-export] at `export`
                hint: join states with `bk.merge` and export the result, or name several results with `bk.target`
            done = true
                no bk.export() call — nothing to build [missing-export] at `if not done then bk.export(base) end`
                hint: end the script with `bk.export(state)`, where `state` is what is to be built
        "#]],
    );
}

#[test]
fn settings_that_a_dockerfile_would_refuse_or_that_do_nothing() {
    check(
        r#"
bk.export(base, { stop_signal = "SIGFOO" }) done = true
bk.export(base, { stop_signal = "SIGTREM" }) done = true
bk.export(base, { stop_signal = "SIGRTMIN+3" }) done = true
bk.export(base, { stop_signal = "quit" }) done = true
bk.export(base, { healthcheck = { test = "x", interval = "1us" } }) done = true
bk.export(base, { healthcheck = { test = "x", timeout = 0.0001, start_period = "999us" } }) done = true
bk.export(base, { healthcheck = { test = "x", interval = 0, timeout = "1ms" } }) done = true
base:run("x", { mounts = { bk.tmpfs("/t", { size = "0.5" }) } })
base:run("x", { mounts = { bk.tmpfs("/t", { size = "1e3" }) } })
base:run("x", { mounts = { bk.tmpfs("/t", { size = "+5m" }) } })
base:run("x", { mounts = { bk.tmpfs("/t", { size = "1.5g" }) } })
bk.build(base, { filename = "/a", attrs = { ["llbbuild.filename"] = "/b" } })
bk.build(base, { filename = "/a", attrs = { other = "/b" } })
bk.scratch():with_metadata({ description = "nothing" })
bk.scratch():mkfile("/a", ""):with_metadata({ description = "something" })
"#,
        &expect![[r#"
            bk.export(base, { stop_signal = "SIGFOO" }) done = true
                bk.export: stop_signal must be a signal like "SIGTERM", got "SIGFOO" [invalid-value] at `"SIGFOO"`
            bk.export(base, { stop_signal = "SIGTREM" }) done = true
                bk.export: stop_signal must be a signal like "SIGTERM", got "SIGTREM", did you mean "SIGTERM"? [invalid-value] at `"SIGTREM"`
            bk.export(base, { stop_signal = "SIGRTMIN+3" }) done = true
            bk.export(base, { stop_signal = "quit" }) done = true
            bk.export(base, { healthcheck = { test = "x", interval = "1us" } }) done = true
                bk.export: healthcheck.interval must not be less than a millisecond [invalid-value] at `"1us"`
            bk.export(base, { healthcheck = { test = "x", timeout = 0.0001, start_period = "999us" } }) done = true
                bk.export: healthcheck.timeout must not be less than a millisecond [invalid-value] at `0.0001`
                bk.export: healthcheck.start_period must not be less than a millisecond [invalid-value] at `"999us"`
            bk.export(base, { healthcheck = { test = "x", interval = 0, timeout = "1ms" } }) done = true
            base:run("x", { mounts = { bk.tmpfs("/t", { size = "0.5" }) } })
                bk.tmpfs: size must be a size like "512m", got "0.5" [invalid-value] at `"0.5"`
            base:run("x", { mounts = { bk.tmpfs("/t", { size = "1e3" }) } })
                bk.tmpfs: size must be a size like "512m", got "1e3" [invalid-value] at `"1e3"`
            base:run("x", { mounts = { bk.tmpfs("/t", { size = "+5m" }) } })
                bk.tmpfs: size must be a size like "512m", got "+5m" [invalid-value] at `"+5m"`
            base:run("x", { mounts = { bk.tmpfs("/t", { size = "1.5g" }) } })
            bk.build(base, { filename = "/a", attrs = { ["llbbuild.filename"] = "/b" } })
                bk.build: `filename` and `attrs["llbbuild.filename"]` say the same thing, give one of them [invalid-value] at `"/a"`
            bk.build(base, { filename = "/a", attrs = { other = "/b" } })
            bk.scratch():with_metadata({ description = "nothing" })
                bk.with_metadata: this is said of no step: the state is scratch, which nothing makes [note] at `{ description = "nothing" }`
            bk.scratch():mkfile("/a", ""):with_metadata({ description = "something" })
        "#]],
    );
}
