//! What the lints say of graphs, and what they leave in peace.

use crate::support::{Files, options, rendered, run_with, scripts as split};
use expect_test::{Expect, expect};
use luakit_analysis::Script;
use luakit_check::{Lints, Options, worker};
use luakit_diagnostics::{Code, SourceFile, render_text};
use std::sync::Arc;

/// Shows what the lints that are on say of each script.
fn check(scripts: &str, expected: &Expect) {
    check_with(Lints::Usual, scripts, expected);
}

fn check_with(lints: Lints, scripts: &str, expected: &Expect) {
    let mut out = String::new();
    for (name, script) in split(scripts) {
        let run = run_with(&script, &Options { lints, ..options() });
        out.push_str(&format!("== {name}\n{}", rendered(&run)));
    }
    expected.assert_eq(&out);
}

#[test]
fn what_reaches_no_export_is_told_once_at_its_call() {
    check(
        r#"
== a state that is kept and not used
local base = bk.image("alpine:3.19")
local tools = base:run("make tools"):run("make more")
bk.export(base:run("make"))
== the last one of a chain is told, an intermediate is not
local a = bk.image("alpine:3.19"):run("one")
local b = a:run("two")
bk.export(bk.image("alpine:3.19"))
== a loop that keeps its last
local s
for i = 1, 3 do
  s = bk.image("alpine:3.19"):run("step " .. i)
end
bk.export(s)
== a helper that is used elsewhere
local function step(name) return bk.image("alpine:3.19"):run(name) end
local a = step("a")
bk.export(step("b"))
== what a module makes is told at the call
local m = require("m")
local unused = m.tools()
bk.export(m.base)
--- m.lua
local M = { base = bk.image("alpine:3.19"), other = bk.image("debian:12") }
function M.tools() return M.base:run("make tools") end
return M
== said more of it
bk.export(bk.image("alpine:3.19"):run("make"):with_metadata({ description = "made" }))
== metadata of what is not used
local a = bk.image("alpine:3.19"):run("make"):with_metadata({ description = "made" })
bk.export(bk.scratch():mkdir("/x"))
== with other arguments it may be
local debug = bk.image("debian:12")
local base = os.getenv("DEBUG") and debug or bk.image("alpine:3.19")
bk.export(base)
== for another platform it may be
local arm, other = bk.image("debian:12"), bk.image("alpine:3.19")
bk.export(bk.target_platform.arch == "arm64" and arm or other)
== a read-only root is told by the run itself
local s = bk.image("alpine:3.19")
local out = s:run("make", { readonly_rootfs = true })
bk.export(out)
== used by a mount, a merge, a diff, an order
local a, b, c, d = bk.image("a"), bk.image("b"), bk.image("c"), bk.image("d")
local run = bk.image("x"):requires(d):run("make", { mounts = { bk.bind(a, "/a") } })
bk.export(bk.merge(run, bk.diff(b, c)))
"#,
        &expect![[r#"
            == a state that is kept and not used
            build.lua:2:38: warning: no export depends on what `run` makes [unreached-op]
             2 | local tools = base:run("make tools"):run("make more")
               |                                      ^^^
            hint: a state never changes: use what the call returns, or take the call out
            == the last one of a chain is told, an intermediate is not
            build.lua:2:13: warning: no export depends on what `run` makes [unreached-op]
             2 | local b = a:run("two")
               |             ^^^
            hint: a state never changes: use what the call returns, or take the call out
            == a loop that keeps its last
            == a helper that is used elsewhere
            == what a module makes is told at the call
            build.lua:2:18: warning: no export depends on what `tools` makes [unreached-op]
             2 | local unused = m.tools()
               |                  ^^^^^
            hint: a state never changes: use what the call returns, or take the call out
            == said more of it
            == metadata of what is not used
            build.lua:1:35: warning: no export depends on what `run` makes [unreached-op]
             1 | local a = bk.image("alpine:3.19"):run("make"):with_metadata({ description = "made" })
               |                                   ^^^
            hint: a state never changes: use what the call returns, or take the call out
            == with other arguments it may be
            build.lua:1:18: note: no export depends on what `image` makes [unreached-op]
             1 | local debug = bk.image("debian:12")
               |                  ^^^^^
            hint: a state never changes: use what the call returns, or take the call out
            == for another platform it may be
            build.lua:1:23: note: no export depends on what `image` makes [unreached-op]
             1 | local arm, other = bk.image("debian:12"), bk.image("alpine:3.19")
               |                       ^^^^^
            hint: a state never changes: use what the call returns, or take the call out
            == a read-only root is told by the run itself
            build.lua:2:47: warning: bk.run: nothing can depend on the command: with `readonly_rootfs` the result is the state before it [unused-state]
             2 | local out = s:run("make", { readonly_rootfs = true })
               |                                               ^^^^
            == used by a mount, a merge, a diff, an order
        "#]],
    );
}

#[test]
fn a_script_with_an_error_gets_no_advice() {
    check(
        r#"
== unknown option
local base = bk.image("alpine:3.19"):run("make")
bk.export(bk.image("x", { platfrm = "linux/arm64" }))
"#,
        &expect![[r#"
            == unknown option
            build.lua:2:27: bk.image: unknown option `platfrm` in `ImageOptions`, did you mean `platform`? [unknown-option]
             2 | bk.export(bk.image("x", { platfrm = "linux/arm64" }))
               |                           ^^^^^^^
        "#]],
    );
}

#[test]
fn secrets_are_found_where_they_are_written_and_never_repeated() {
    check(
        r#"
== env of a run
bk.export(bk.image("x"):run("npm ci", { env = { NPM_TOKEN = "hunter2", CI = "1" } }))
== env of many runs
local s = bk.image("x"):with_env({ NPM_TOKEN = "hunter2" })
bk.export(s:run("one"):run("two"))
== env behind a name
local env = {}
env.DB_PASSWORD = "hunter2"
bk.export(bk.image("x"):run("make", { env = env }))
== config
bk.export(bk.image("x"), { env = { API_KEY = "hunter2" }, labels = { note = "https://me:hunter2@host/" } })
== a file
bk.export(bk.scratch():mkfile("/key", "-----BEGIN OPENSSH " .. "PRIVATE KEY-----\nhunter2\n"))
== a command
bk.export(bk.image("x"):run("git clone https://me:hunter2@host/x && make"))
== a list
bk.export(bk.image("x"):run({ "git", "clone", "https://me:hunter2@host/x" }))
== a source of any scheme
bk.export(bk.source("https://me:hunter2@host/x", { ["http.checksum"] = "sha256:" .. string.rep("a", 64) }))
== a token
bk.export(bk.scratch():mkfile("/x", "token = ghp_" .. string.rep("a1", 18)))
== a helper
local function build(s) return s:run("npm ci", { env = { NPM_TOKEN = "hunter2" } }) end
bk.export(build(bk.image("x")))
== what is no secret
local s = bk.image("x"):with_env({ TOKEN_FILE = "hunter2", NPM_TOKEN = "$TOKEN", DB_PASSWORD = "changeme" })
s = s:run("npm ci", { secret_env = { NPM_TOKEN = "npm" }, mounts = { bk.secret("/run/secrets/x") } })
bk.export(s:mkfile("/key.pub", "-----BEGIN PUBLIC KEY-----\n"))
"#,
        &expect![[r#"
            == env of a run
            build.lua:1:61: warning: bk.run: env `NPM_TOKEN` holds what looks like a secret, which is kept in clear [leaked-secret]
             1 | bk.export(bk.image("x"):run("npm ci", { env = { NPM_TOKEN = "hunter2", CI = "1" } }))
               |                                                             ^^^^^^^^^
            hint: give the command a secret: `secret_env = { NPM_TOKEN = "…" }`, or mount one with `bk.secret`
            == env of many runs
            build.lua:1:48: warning: bk.with_env: env `NPM_TOKEN` holds what looks like a secret, which is kept in clear [leaked-secret]
             1 | local s = bk.image("x"):with_env({ NPM_TOKEN = "hunter2" })
               |                                                ^^^^^^^^^
            hint: give the command a secret: `secret_env = { NPM_TOKEN = "…" }`, or mount one with `bk.secret`
            == env behind a name
            build.lua:3:45: warning: bk.run: env `DB_PASSWORD` holds what looks like a secret, which is kept in clear [leaked-secret]
             3 | bk.export(bk.image("x"):run("make", { env = env }))
               |                                             ^^^
            hint: give the command a secret: `secret_env = { DB_PASSWORD = "…" }`, or mount one with `bk.secret`
            == config
            build.lua:1:46: warning: bk.export: env `API_KEY` holds what looks like a secret, which is kept in clear [leaked-secret]
             1 | bk.export(bk.image("x"), { env = { API_KEY = "hunter2" }, labels = { note = "https://me:hunter2@host/" } })
               |                                              ^^^^^^^^^
            hint: give it to the container when it runs
            build.lua:1:77: warning: bk.export: label `note` holds what looks like a URL with a password, which is kept in clear [leaked-secret]
             1 | bk.export(bk.image("x"), { env = { API_KEY = "hunter2" }, labels = { note = "https://me:hunter2@host/" } })
               |                                                                             ^^^^^^^^^^^^^^^^^^^^^^^^^^
            hint: take it out: a label is for everybody
            == a file
            build.lua:1:39: warning: bk.mkfile: the file holds what looks like a private key, which is kept in clear [leaked-secret]
             1 | bk.export(bk.scratch():mkfile("/key", "-----BEGIN OPENSSH " .. "PRIVATE KEY-----\nhunter2\n"))
               |                                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
            hint: mount it with `bk.secret` where it is needed: a secret enters neither definition nor image
            == a command
            build.lua:1:29: warning: bk.run: the command holds what looks like a URL with a password, which is kept in clear [leaked-secret]
             1 | bk.export(bk.image("x"):run("git clone https://me:hunter2@host/x && make"))
               |                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
            hint: mount it with `bk.secret` where it is needed: a secret enters neither definition nor image
            == a list
            build.lua:1:47: warning: bk.run: the command holds what looks like a URL with a password, which is kept in clear [leaked-secret]
             1 | bk.export(bk.image("x"):run({ "git", "clone", "https://me:hunter2@host/x" }))
               |                                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^
            hint: mount it with `bk.secret` where it is needed: a secret enters neither definition nor image
            == a source of any scheme
            build.lua:1:21: warning: bk.source: the source holds what looks like a URL with a password, which is kept in clear [leaked-secret]
             1 | bk.export(bk.source("https://me:hunter2@host/x", { ["http.checksum"] = "sha256:" .. string.rep("a", 64) }))
               |                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^
            hint: name a secret instead, as `auth_header_secret` does
            == a token
            build.lua:1:37: warning: bk.mkfile: the file holds what looks like a GitHub token, which is kept in clear [leaked-secret]
             1 | bk.export(bk.scratch():mkfile("/x", "token = ghp_" .. string.rep("a1", 18)))
               |                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
            hint: mount it with `bk.secret` where it is needed: a secret enters neither definition nor image
            == a helper
            build.lua:1:70: warning: bk.run: env `NPM_TOKEN` holds what looks like a secret, which is kept in clear [leaked-secret]
             1 | local function build(s) return s:run("npm ci", { env = { NPM_TOKEN = "hunter2" } }) end
               |                                                                      ^^^^^^^^^
            hint: give the command a secret: `secret_env = { NPM_TOKEN = "…" }`, or mount one with `bk.secret`
            == what is no secret
        "#]],
    );
}

#[test]
fn no_rendering_repeats_a_secret() {
    let script = r#"
local s = bk.image("x"):run("curl https://me:hunter2@host/", { env = { NPM_TOKEN = "hunter2" } })
bk.export(s)
"#;
    let run = run_with(script, &Options { lints: Lints::All, ..options() });
    assert_eq!(run.diagnostics.iter().filter(|it| it.code == Code::LEAKED_SECRET).count(), 2);
    for finding in &run.diagnostics {
        assert!(!finding.message.contains("hunter2") && !finding.hints.join(" ").contains("hunter2"));
    }
}

#[test]
fn a_list_is_not_read_by_a_shell() {
    check(
        r#"
== operators
bk.export(bk.image("x"):run({ "echo", "a", "&&", "echo", "b" }))
== redirection
bk.export(bk.image("x"):run({ "echo", "a", ">", "/file" }))
== variables
bk.export(bk.image("x"):run({ "ls", "$HOME", "--prefix=${HOME}/x", "^x$", "$5" }))
== a shell reads its own
bk.export(bk.image("x"):run({ "sh", "-c", "echo $HOME | cat", "|", "$0" }):run({ "env", "A=1", "bash", "-c", "a", "&&" }))
== a string
bk.export(bk.image("x"):run("echo a && echo $HOME > /file"))
== programs with a language of their own
local s = bk.image("x"):run({ "find", ".", "-exec", "rm", "{}", ";" }):run({ "test", "a", "<", "b" })
bk.export(s:run({ "awk", "$NF" }):run({ "envsubst", "$HOME" }):run({ "grep", "|" }))
"#,
        &expect![[r#"
            == operators
            build.lua:1:44: warning: bk.run: `&&` in a list is an argument of `echo`, no shell reads it [operator-in-list]
             1 | bk.export(bk.image("x"):run({ "echo", "a", "&&", "echo", "b" }))
               |                                            ^^^^
            hint: write the command as a string: `/bin/sh -c` runs it
            == redirection
            build.lua:1:44: warning: bk.run: `>` in a list is an argument of `echo`, no shell reads it [operator-in-list]
             1 | bk.export(bk.image("x"):run({ "echo", "a", ">", "/file" }))
               |                                            ^^^
            hint: write the command as a string: `/bin/sh -c` runs it
            == variables
            build.lua:1:37: warning: bk.run: `$HOME` in a list stays as it is, no shell replaces it [unexpanded-variable]
             1 | bk.export(bk.image("x"):run({ "ls", "$HOME", "--prefix=${HOME}/x", "^x$", "$5" }))
               |                                     ^^^^^^^
            hint: write the command as a string: `/bin/sh -c` runs it
            build.lua:1:46: warning: bk.run: `$HOME` in a list stays as it is, no shell replaces it [unexpanded-variable]
             1 | bk.export(bk.image("x"):run({ "ls", "$HOME", "--prefix=${HOME}/x", "^x$", "$5" }))
               |                                              ^^^^^^^^^^^^^^^^^^^^
            hint: write the command as a string: `/bin/sh -c` runs it
            == a shell reads its own
            == a string
            == programs with a language of their own
        "#]],
    );
}

#[test]
fn a_variable_in_a_value_stays_as_it_is() {
    check(
        r#"
== with_env
local s = bk.image("x"):with_env({ PATH = "/opt/bin:$PATH" })
bk.export(s:run("one"):run("two"))
== config
bk.export(bk.image("x"), { env = { "PATH=/opt/bin:${PATH}" } })
== fine
bk.export(bk.image("x"):run("x", { env = { FORMAT = "$REMOTE_ADDR", PRICE = "$5" } }))
"#,
        &expect![[r#"
            == with_env
            build.lua:1:43: warning: bk.with_env: `$PATH` in env `PATH` stays as it is, nothing replaces it [unexpanded-variable]
             1 | local s = bk.image("x"):with_env({ PATH = "/opt/bin:$PATH" })
               |                                           ^^^^^^^^^^^^^^^^
            hint: write the whole value, or set the variable in the command, where a shell reads it
            == config
            build.lua:1:34: warning: bk.export: `$PATH` in env `PATH` stays as it is, nothing replaces it [unexpanded-variable]
             1 | bk.export(bk.image("x"), { env = { "PATH=/opt/bin:${PATH}" } })
               |                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^
            hint: write the whole value, or set the variable in the command, where a shell reads it
            == fine
        "#]],
    );
}

#[test]
fn caches_of_one_id_agree() {
    check(
        r#"
== sharing
local s = bk.image("x"):run("one", { mounts = { bk.cache("/c") } })
bk.export(s:run("two", { mounts = { bk.tmpfs("/t"), bk.cache("/c", { sharing = "locked" }) } }))
== places
local s = bk.image("x"):run("one", { mounts = { bk.cache("/root/.npm", { id = "npm" }) } })
bk.export(s:run("two", { mounts = { bk.cache("/home/me/.npm", { id = "npm" }) } }))
== fine
local s = bk.image("x"):run("one", { mounts = { bk.cache("/c", { id = "a" }) } })
bk.export(s:run("two", { mounts = { bk.cache("/c", { id = "b" }) } }):run("three", { mounts = { bk.cache("/c", { id = "b" }) } }))
"#,
        &expect![[r#"
            == sharing
            build.lua:2:53: warning: bk.cache: cache `/c` is "locked" here and "shared" elsewhere [cache-conflict]
             2 | bk.export(s:run("two", { mounts = { bk.tmpfs("/t"), bk.cache("/c", { sharing = "locked" }) } }))
               |                                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              first used at build.lua:1:49
            hint: give each cache its own `id`, or both the same options
            == places
            build.lua:2:37: note: bk.cache: cache `npm` is mounted at `/home/me/.npm` here and at `/root/.npm` elsewhere [cache-conflict]
             2 | bk.export(s:run("two", { mounts = { bk.cache("/home/me/.npm", { id = "npm" }) } }))
               |                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              first used at build.lua:1:49
            hint: give each cache its own `id`, or both the same options
            == fine
        "#]],
    );
}

#[test]
fn a_copy_of_everything_comes_after_the_dependencies() {
    check(
        r#"
== npm
local ctx = bk.local_("context", { exclude = { "node_modules" } })
local s = bk.image("node:20"):with_cwd("/app"):copy(ctx, ".", "/app")
bk.export(s:run("npm ci"):run("npm run build"))
== in a line with other commands
local s = bk.image("python:3"):copy(bk.local_("context"), "/", "/app")
bk.export(s:run("cd /app && PIP_NO_CACHE_DIR=1 pip install -r requirements.txt"))
== in two stages
local s = bk.image("go"):copy(bk.local_("context"), ".", "/src"):run("go mod download"):run("go build")
bk.export(bk.image("x"):copy(s, "/src/app", "/app"))
== the files that name them first
local ctx = bk.local_("context")
local s = bk.image("node:20"):copy(ctx, "package.json", "/app/"):run("npm ci"):copy(ctx, ".", "/app")
bk.export(s:run("npm install"))
== a part of the context
local ctx = bk.local_("context", { include = { "package*.json" } })
bk.export(bk.image("node:20"):copy(ctx, ".", "/app"):run("npm ci"))
== another kind of installation
local s = bk.image("node:20"):copy(bk.local_("context"), ".", "/app"):run("npm install -g pnpm"):run("echo npm ci")
bk.export(s:run("go mod download", { mounts = { bk.cache("/go/pkg/mod") } }))
"#,
        &expect![[r#"
            == npm
            build.lua:2:58: note: bk.copy: everything is copied before `npm ci`, so each edit repeats it [broad-copy]
             2 | local s = bk.image("node:20"):with_cwd("/app"):copy(ctx, ".", "/app")
               |                                                          ^^^
              installed at build.lua:3:17
            hint: copy what names the dependencies first, install them, then copy the rest
            == in a line with other commands
            build.lua:1:59: note: bk.copy: everything is copied before `pip install`, so each edit repeats it [broad-copy]
             1 | local s = bk.image("python:3"):copy(bk.local_("context"), "/", "/app")
               |                                                           ^^^
              installed at build.lua:2:17
            hint: copy what names the dependencies first, install them, then copy the rest
            == in two stages
            build.lua:1:53: note: bk.copy: everything is copied before `go mod download`, so each edit repeats it [broad-copy]
             1 | local s = bk.image("go"):copy(bk.local_("context"), ".", "/src"):run("go mod download"):run("go build")
               |                                                     ^^^
              installed at build.lua:1:70
            hint: copy what names the dependencies first, install them, then copy the rest
            == the files that name them first
            == a part of the context
            == another kind of installation
        "#]],
    );
}

#[test]
fn package_managers_leave_nothing_in_what_is_exported() {
    check(
        r#"
== apt
bk.export(bk.image("debian:12"):run("apt-get update && apt-get install -y curl"))
== apk
bk.export(bk.image("alpine:3.19"):run({ "apk", "add", "curl" }))
== cleaned, cached, or told not to
local s = bk.image("debian:12"):run("apt-get update && apt-get -y install curl && rm -rf /var/lib/apt/lists/*")
s = s:run("apt-get update && apt-get install -y git", { mounts = { bk.cache("/var/lib/apt"), bk.cache("/var/cache/apt") } })
s = s:run("apk add --no-cache curl"):run("apk --no-cache add curl"):run("echo apt-get install")
bk.export(s:run("apk add curl", { mounts = { bk.cache("/etc/apk/cache") } }))
== in a builder
local tools = bk.image("debian:12"):run("apt-get update && apt-get install -y gcc")
bk.export(bk.image("debian:12"):copy(tools, "/usr/bin/gcc", "/usr/bin/gcc"))
"#,
        &expect![[r#"
            == apt
            build.lua:1:37: note: bk.run: `apt-get install` leaves its package lists in the image [package-leftovers]
             1 | bk.export(bk.image("debian:12"):run("apt-get update && apt-get install -y curl"))
               |                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
            hint: end the command with `rm -rf /var/lib/apt/lists/*`, or mount `bk.cache("/var/lib/apt/lists")` and `bk.cache("/var/cache/apt")`
            == apk
            build.lua:1:39: note: bk.run: `apk add` leaves its package lists in the image [package-leftovers]
             1 | bk.export(bk.image("alpine:3.19"):run({ "apk", "add", "curl" }))
               |                                       ^^^^^^^^^^^^^^^^^^^^^^^^
            hint: write `apk add --no-cache`, or mount `bk.cache("/etc/apk/cache")`
            == cleaned, cached, or told not to
            == in a builder
        "#]],
    );
}

#[test]
fn downloads_are_verified() {
    check(
        r#"
== without
bk.export(bk.scratch():copy(bk.https("https://example.com/x.tar.gz"), "x.tar.gz", "/"))
== with
bk.export(bk.https("https://example.com/x.tar.gz", { checksum = "sha256:" .. string.rep("a", 64) }))
"#,
        &expect![[r#"
            == without
            build.lua:1:38: note: bk.https: nothing says what this file must be, so it can be another one tomorrow [unverified-download]
             1 | bk.export(bk.scratch():copy(bk.https("https://example.com/x.tar.gz"), "x.tar.gz", "/"))
               |                                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
            hint: add `checksum = "sha256:…"`, as `sha256sum FILE` prints it
            == with
        "#]],
    );
}

#[test]
fn images_are_pinned_where_that_is_asked_for() {
    let scripts = r#"
== tags
local a, b = bk.image("alpine"), bk.image("ghcr.io/me/tool:1")
bk.export(b:copy(a, "/x", "/x"))
== digest
bk.export(bk.image("alpine@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"))
"#;
    check_with(
        Lints::All,
        scripts,
        &expect![[r#"
        == tags
        build.lua:1:23: note: bk.image: `alpine` has neither tag nor digest, `latest` is whatever came last [unpinned-image]
         1 | local a, b = bk.image("alpine"), bk.image("ghcr.io/me/tool:1")
           |                       ^^^^^^^^
        hint: `luakit pin` adds the digest, as in `NAME:TAG@sha256:…`
        build.lua:1:43: note: bk.image: `ghcr.io/me/tool:1` has no digest, its tag can be moved [unpinned-image]
         1 | local a, b = bk.image("alpine"), bk.image("ghcr.io/me/tool:1")
           |                                           ^^^^^^^^^^^^^^^^^^^
        hint: `luakit pin` adds the digest, as in `NAME:TAG@sha256:…`
        == digest
    "#]],
    );
    check(
        scripts,
        &expect![[r#"
        == tags
        == digest
    "#]],
    );
}

#[test]
fn a_state_that_is_thrown_away_is_one_finding_of_both_layers() {
    let (text, files) = Files::split("local s = bk.image(\"x\")\ns:run(\"make\")\nbk.export(s)\n");
    let found = worker::run(|| {
        let script = Arc::new(Script::parse(Arc::new(SourceFile::new("build.lua", text))));
        luakit_check::check(&script, &files, &options()).0
    });
    let told: String = found.unwrap().iter().map(|finding| render_text(finding, false)).collect();
    expect![[r#"
        build.lua:2:3: warning: the state that `state:run` returns is not used [unused-state]
         2 | s:run("make")
           |   ^^^
        hint: a state never changes: each method returns a new one
    "#]]
    .assert_eq(&told);
}

#[test]
fn our_own_scripts_give_no_cause_for_advice() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples");
    for entry in std::fs::read_dir(root).unwrap().flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "lua") {
            continue;
        }
        let file = Arc::new(SourceFile::new("build.lua", std::fs::read_to_string(&path).unwrap()));
        let loader = luakit_check::DiskLoader::beside(&path);
        let found = worker::run(|| {
            let script = Arc::new(Script::parse(file));
            luakit_check::check(&script, &loader, &options()).0
        });
        let told: String = found.unwrap().iter().map(|finding| render_text(finding, false)).collect();
        assert_eq!(told, "", "{}", path.display());
    }
}

#[test]
fn a_large_graph_and_a_hostile_text_are_read_in_time() {
    let script = r#"
local s = bk.image("x"):mkfile("/t", string.rep("-npm_://:", 100000)):run({ "echo", string.rep("$A", 100000) })
for i = 1, 3000 do
  s = s:run("apt-get install x" .. string.rep("; 'a", 20), { env = { ["V" .. i .. "_TOKEN"] = "hunter" .. i } })
end
bk.export(s)
"#;
    let begun = std::time::Instant::now();
    let run = run_with(script, &Options { lints: Lints::All, verify: false, ..options() });
    assert_eq!(run.diagnostics.iter().filter(|it| it.code == Code::LEAKED_SECRET).count(), 3000);
    assert!(begun.elapsed() < std::time::Duration::from_secs(15), "it took {:?}", begun.elapsed());
}
