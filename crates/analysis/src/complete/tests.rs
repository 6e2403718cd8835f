//! What is offered where: a cursor `$0`, then the first items with what each makes of its line.

use super::*;
use crate::testing::{Files, cursor};
use expect_test::{Expect, expect};

/// Shows the first items that begin with what is typed, with what they insert.
fn check(fixture: &str, expected: &Expect) {
    let (text, offset) = cursor(fixture);
    let (script, files) = Files::fixture(&text);
    let items = completions(&script, offset, Some(&files));
    let mut items: Vec<&CompletionItem> = items
        .iter()
        .filter(|item| {
            let typed = script.text(TextRange::new(item.range.start, offset));
            let label = item.kind == CompletionKind::Snippet;
            item.label.starts_with(typed) || !label && item.insert.starts_with(typed)
        })
        .collect();
    items.sort_by_key(|item| (&item.sort, &item.label));
    let shown = items.iter().take(8).map(|item| {
        let mut after = text.clone();
        after.replace_range(item.range.start..item.range.end, &item.insert);
        let line = after[..item.range.start].matches('\n').count();
        let line = after.lines().nth(line).unwrap_or("");
        format!("{:16} {:9} {} → {}\n", item.label, format!("{:?}", item.kind), item.detail, line.trim())
    });
    expected.assert_eq(&shown.collect::<String>());
}

#[test]
fn members_of_bk_and_methods_of_states() {
    check(
        "local s = bk.im$0",
        &expect![[r#"
            image            Function  bk.image(identifier: string, opts?: ImageOptions) -> State → local s = bk.image
            image_blob       Function  bk.image_blob(reference: string, opts?: BlobOptions) -> State → local s = bk.image_blob
        "#]],
    );
    check(
        "local s = bk.$0\nbk.export(s)",
        &expect![[r#"
            image            Function  bk.image(identifier: string, opts?: ImageOptions) -> State → local s = bk.image
            scratch          Function  bk.scratch() -> State → local s = bk.scratch
            local_           Function  bk.local_(name: string, opts?: LocalOptions) -> State → local s = bk.local_
            git              Function  bk.git(url: string, opts?: GitOptions) -> State → local s = bk.git
            http             Function  bk.http(url: string, opts?: HttpOptions) -> State → local s = bk.http
            https            Function  bk.http(url: string, opts?: HttpOptions) -> State → local s = bk.https
            oci_layout       Function  bk.oci_layout(reference: string, opts?: OciLayoutOptions) -> State → local s = bk.oci_layout
            image_blob       Function  bk.image_blob(reference: string, opts?: BlobOptions) -> State → local s = bk.image_blob
        "#]],
    );
    check(
        "local p = bk.target_p$0",
        &expect![[r#"
            target_platform  Property  Platform → local p = bk.target_platform
        "#]],
    );
    check(
        "local s = bk.image('x')\ns:$0",
        &expect![[r#"
            run              Method    state:run(cmd: Command, opts?: RunOptions) -> State → s:run
            copy             Method    state:copy(from: State, src: string, dest: string, opts?: CopyOptions) -> State → s:copy
            mkdir            Method    state:mkdir(path: string, opts?: MkdirOptions) -> State → s:mkdir
            mkfile           Method    state:mkfile(path: string, data: string, opts?: MkfileOptions) -> State → s:mkfile
            rm               Method    state:rm(path: string, opts?: RmOptions) -> State → s:rm
            symlink          Method    state:symlink(oldpath: string, newpath: string, opts?: SymlinkOptions) -> State → s:symlink
            files            Method    state:files(body: function(f: Files)) -> State → s:files
            with_env         Method    state:with_env(env: Env) -> State → s:with_env
        "#]],
    );
    check(
        "local s = bk.image('x')\n  :run('a')\n  :mk$0\nbk.export(s)",
        &expect![[r#"
        mkdir            Method    state:mkdir(path: string, opts?: MkdirOptions) -> State → :mkdir
        mkfile           Method    state:mkfile(path: string, data: string, opts?: MkfileOptions) -> State → :mkfile
    "#]],
    );
    check(
        "local function f(b)\n  b:ru$0\nend\nf(bk.scratch())",
        &expect![[r#"
        run              Method    state:run(cmd: Command, opts?: RunOptions) -> State → b:run
    "#]],
    );
    check(
        "local p = bk.platform('linux/arm64')\nprint(p.$0)",
        &expect![[r#"
        arch             Property  string → print(p.arch)
        os               Property  string → print(p.os)
        variant          Property  string → print(p.variant)
    "#]],
    );
    check(
        "local m = require('lib.m')\nm.make():wi$0\n--- lib/m.lua\nlocal M = {}\nfunction M.make(s) return s:run('x') end\nreturn M",
        &expect![[r#"
            with_env         Method    state:with_env(env: Env) -> State → m.make():with_env
            with_cwd         Method    state:with_cwd(path: string) -> State → m.make():with_cwd
            with_user        Method    state:with_user(user: string | integer) -> State → m.make():with_user
            with_platform    Method    state:with_platform(platform: PlatformSpec) -> State → m.make():with_platform
            with_network     Method    state:with_network(network: "sandbox" | "host" | "none") -> State → m.make():with_network
            with_metadata    Method    state:with_metadata(metadata: MetadataOptions) -> State → m.make():with_metadata
        "#]],
    );
    check(
        "local m = require('lib.m')\nm.$0\n--- lib/m.lua\nlocal M = { v = 1 }\nfunction M.make(s) return bk.scratch() end\nreturn M",
        &expect![[r#"
            make             Function  function(s) -> State → m.make
            v                Property  number → m.v
        "#]],
    );
    check(
        "for _, s in ipairs({ bk.scratch() }) do s:sy$0 end",
        &expect![[r#"
        symlink          Method    state:symlink(oldpath: string, newpath: string, opts?: SymlinkOptions) -> State → for _, s in ipairs({ bk.scratch() }) do s:symlink end
    "#]],
    );
}

#[test]
fn keys_and_values_of_options() {
    check(
        "bk.cache('/c', { $0 })",
        &expect![[r#"
        id               Option    string → bk.cache('/c', { id =  })
        sharing          Option    "shared" | "private" | "locked" → bk.cache('/c', { sharing =  })
        source           Option    State → bk.cache('/c', { source =  })
        readonly         Option    boolean → bk.cache('/c', { readonly =  })
        uid              Option    integer → bk.cache('/c', { uid =  })
        gid              Option    integer → bk.cache('/c', { gid =  })
        mode             Option    Mode → bk.cache('/c', { mode =  })
    "#]],
    );
    check(
        "bk.cache('/c', { id = 'x', sha$0 })",
        &expect![[r#"
        sharing          Option    "shared" | "private" | "locked" → bk.cache('/c', { id = 'x', sharing =  })
    "#]],
    );
    check(
        "bk.cache('/c', { sha$0",
        &expect![[r#"
        sharing          Option    "shared" | "private" | "locked" → bk.cache('/c', { sharing =
    "#]],
    );
    check(
        "bk.cache('/c', { sharing = $0 })",
        &expect![[r#"
            shared           Value     Sharing → bk.cache('/c', { sharing = "shared" })
            private          Value     Sharing → bk.cache('/c', { sharing = "private" })
            locked           Value     Sharing → bk.cache('/c', { sharing = "locked" })
            bk               Module     → bk.cache('/c', { sharing = bk })
            _G               Property  _G: table → bk.cache('/c', { sharing = _G })
            _VERSION         Property  _VERSION: string → bk.cache('/c', { sharing = _VERSION })
            assert           Function  assert(value: any, message?: string) -> any → bk.cache('/c', { sharing = assert })
            bit32            Module     → bk.cache('/c', { sharing = bit32 })
        "#]],
    );
    check(
        "bk.cache('/c', { sharing = \"$0\" })",
        &expect![[r#"
        shared           Value     Sharing → bk.cache('/c', { sharing = "shared" })
        private          Value     Sharing → bk.cache('/c', { sharing = "private" })
        locked           Value     Sharing → bk.cache('/c', { sharing = "locked" })
    "#]],
    );
    check(
        "bk.cache('/c', { sharing = 'lo$0",
        &expect![[r#"
        locked           Value     Sharing → bk.cache('/c', { sharing = 'locked
    "#]],
    );
    check(
        "local s = bk.scratch()\ns:run('x', { mounts = { bk.cache('/c', { sha$0",
        &expect![[r#"
        sharing          Option    "shared" | "private" | "locked" → s:run('x', { mounts = { bk.cache('/c', { sharing =
    "#]],
    );
    check(
        "local s = bk.scratch()\ns:run('x', { mounts = { $0 } })",
        &expect![[r#"
            bk.cache         Function  bk.cache(dest: string, opts?: CacheOptions) -> Mount → s:run('x', { mounts = { bk.cache } })
            bk.secret        Function  bk.secret(dest: string, opts?: SecretOptions) -> Mount → s:run('x', { mounts = { bk.secret } })
            bk.ssh           Function  bk.ssh(opts?: SshOptions) -> Mount → s:run('x', { mounts = { bk.ssh } })
            bk.tmpfs         Function  bk.tmpfs(dest: string, opts?: TmpfsOptions) -> Mount → s:run('x', { mounts = { bk.tmpfs } })
            bk.bind          Function  bk.bind(state: State, dest: string, opts?: BindOptions) -> Mount → s:run('x', { mounts = { bk.bind } })
            bk               Module     → s:run('x', { mounts = { bk } })
            s                Variable  State → s:run('x', { mounts = { s } })
            _G               Property  _G: table → s:run('x', { mounts = { _G } })
        "#]],
    );
    check(
        "bk.http('x', { signature = { $0 } })",
        &expect![[r#"
        pubkey           Option    string → bk.http('x', { signature = { pubkey =  } })
        signature        Option    string → bk.http('x', { signature = { signature =  } })
    "#]],
    );
    check(
        "bk.scratch():mkdir('/x', { owner = { us$0 } })",
        &expect![[r#"
        user             Option    string | integer → bk.scratch():mkdir('/x', { owner = { user =  } })
    "#]],
    );
    check(
        "bk.ssh { op$0 }",
        &expect![[r#"
        optional         Option    boolean → bk.ssh { optional =  }
    "#]],
    );
    check(
        "bk.scratch():run('x', { readonly_rootfs = $0 })",
        &expect![[r#"
            true             Value      → bk.scratch():run('x', { readonly_rootfs = true })
            false            Value      → bk.scratch():run('x', { readonly_rootfs = false })
            bk               Module     → bk.scratch():run('x', { readonly_rootfs = bk })
            _G               Property  _G: table → bk.scratch():run('x', { readonly_rootfs = _G })
            _VERSION         Property  _VERSION: string → bk.scratch():run('x', { readonly_rootfs = _VERSION })
            assert           Function  assert(value: any, message?: string) -> any → bk.scratch():run('x', { readonly_rootfs = assert })
            bit32            Module     → bk.scratch():run('x', { readonly_rootfs = bit32 })
            buffer           Module     → bk.scratch():run('x', { readonly_rootfs = buffer })
        "#]],
    );
    check(
        "bk.scratch():run('x', {\n  cwd = '/',\n  net$0\n  env = {},\n})",
        &expect![[r#"
        network          Option    "sandbox" | "host" | "none" → network =
    "#]],
    );
}

#[test]
fn modules_and_names() {
    check(
        "local go = require('$0')\n--- lib/go.lua\nreturn 1\n--- lib/n/init.lua\nreturn 1",
        &expect![[r#"
            lib.go           Module    lib/go.lua → local go = require('lib.go')
            lib.n            Module    lib/n/init.lua → local go = require('lib.n')
            prelude          Module    part of luakit → local go = require('prelude')
            prelude.args     Module    part of luakit → local go = require('prelude.args')
            prelude.compose  Module    part of luakit → local go = require('prelude.compose')
            prelude.go       Module    part of luakit → local go = require('prelude.go')
            prelude.images   Module    part of luakit → local go = require('prelude.images')
            prelude.node     Module    part of luakit → local go = require('prelude.node')
        "#]],
    );
    check(
        "local go = require \"lib/$0\n--- lib/go.lua\nreturn 1",
        &expect![[r#"
        lib/go           Module    lib/go.lua → local go = require "lib/go
    "#]],
    );
    check(
        "local base = bk.scratch()\nbk.export(ba$0)",
        &expect![[r#"
        base             Variable  State → bk.export(base)
    "#]],
    );
    check(
        "local base = bk.scratch()\nb$0",
        &expect![[r#"
            base             Variable  State → base
            bk               Module     → bk
            bit32            Module     → bit32
            buffer           Module     → buffer
        "#]],
    );
    check(
        "local x = string.fo$0",
        &expect![[r#"
            format           Function  string.format(format: string, ...: any) -> string → local x = string.format
        "#]],
    );
}

#[test]
fn nothing_where_nothing_can_be_meant() {
    for fixture in [
        "-- bk.$0",
        "--[[ bk.$0 ]]",
        "local s$0",
        "local function f(a, b$0) end",
        "local x = 1.$0",
        "print('bk.$0')",
        "for i, v$0",
        "local x: St$0",
    ] {
        let (text, offset) = cursor(fixture);
        let items = completions(&crate::testing::script(&text), offset, None);
        let labels: Vec<&str> = items.iter().map(|item| item.label.as_str()).collect();
        assert!(labels.is_empty(), "{fixture}: {labels:?}");
    }
}

#[test]
fn the_function_given_to_files_has_the_actions() {
    check(
        "bk.scratch():files(function(f) f:mkdir('/a'):m$0 end)",
        &expect![[r#"
        mkdir            Method    f:mkdir(path: string, opts?: MkdirOptions) -> Files → bk.scratch():files(function(f) f:mkdir('/a'):mkdir end)
        mkfile           Method    f:mkfile(path: string, data: string, opts?: MkfileOptions) -> Files → bk.scratch():files(function(f) f:mkdir('/a'):mkfile end)
    "#]],
    );
}

#[test]
fn a_table_has_the_keys_of_what_it_is_given_to() {
    check(
        "local opts = { cw$0 }\nlocal s = bk.image('x'):run('make', opts)",
        &expect![[r#"
            cwd              Option    string → local opts = { cwd =  }
        "#]],
    );
    check(
        "local opts = { mounts = {}, net$0 }\nlocal s = bk.image('x'):run('make', opts)",
        &expect![[r#"
            network          Option    "sandbox" | "host" | "none" → local opts = { mounts = {}, network =  }
        "#]],
    );
    check(
        "local health = { ti$0 }\nbk.export(bk.scratch(), { healthcheck = health })",
        &expect![[r#"
            timeout          Option    Duration → local health = { timeout =  }
        "#]],
    );
}

#[test]
fn options_of_the_script_s_own_functions_are_what_they_read() {
    check(
        "local function build(name, opts)\n  opts = opts or {}\n  return bk.image('go:' .. (opts.version or '1.22')):run(opts.command)\nend\nbuild('x', { $0 })",
        &expect![[r#"
            command          Option     → build('x', { command =  })
            version          Option    = '1.22' → build('x', { version =  })
        "#]],
    );
    check(
        "---@class Opts\n---@field version? string which Go\n---@param opts Opts\nlocal function build(opts) end\nbuild { v$0 }",
        &expect![[r#"
            version          Option    string? → build { version =  }
        "#]],
    );
    check(
        "local m = require('lib.m')\nm.make({ tag = 'x', $0 })\n--- lib/m.lua\nlocal M = {}\nlocal function base(o) return bk.image(o.image or 'alpine', { platform = o.platform }) end\nfunction M.make(opts) return base(opts):run(opts.tag) end\nreturn M",
        &expect![[r#"
            image            Option    = 'alpine' → m.make({ tag = 'x', image =  })
            platform         Option     → m.make({ tag = 'x', platform =  })
        "#]],
    );
}

#[test]
fn strings_with_a_form_of_their_own_are_suggested() {
    check(
        "bk.scratch():mkdir('/x', { mode = '07$0' })",
        &expect![[r#"
        0755             Value     rwxr-xr-x: programs and directories → bk.scratch():mkdir('/x', { mode = '0755' })
        0700             Value     rwx------: what only the owner enters → bk.scratch():mkdir('/x', { mode = '0700' })
        0775             Value     rwxrwxr-x: directories that a group writes → bk.scratch():mkdir('/x', { mode = '0775' })
        0777             Value     rwxrwxrwx: what everyone writes → bk.scratch():mkdir('/x', { mode = '0777' })
    "#]],
    );
    check(
        "bk.scratch():mkdir('/x', { mode = $0 })",
        &expect![[r#"
        0755             Value     rwxr-xr-x: programs and directories → bk.scratch():mkdir('/x', { mode = "0755" })
        0644             Value     rw-r--r--: files → bk.scratch():mkdir('/x', { mode = "0644" })
        0600             Value     rw-------: what only the owner reads → bk.scratch():mkdir('/x', { mode = "0600" })
        0700             Value     rwx------: what only the owner enters → bk.scratch():mkdir('/x', { mode = "0700" })
        0400             Value     r--------: secrets → bk.scratch():mkdir('/x', { mode = "0400" })
        0444             Value     r--r--r--: files that nobody writes → bk.scratch():mkdir('/x', { mode = "0444" })
        0555             Value     r-xr-xr-x: programs that nobody writes → bk.scratch():mkdir('/x', { mode = "0555" })
        0664             Value     rw-rw-r--: files that a group writes → bk.scratch():mkdir('/x', { mode = "0664" })
    "#]],
    );
    check(
        "bk.scratch():mkdir('/x', { owner = 'r$0' })",
        &expect![[r#"
        root:root        Value     user and group 0 → bk.scratch():mkdir('/x', { owner = 'root:root' })
    "#]],
    );
    check(
        "bk.scratch():run('x', { resources = { memory = '5$0' } })",
        &expect![[r#"
        512m             Value     512 MB → bk.scratch():run('x', { resources = { memory = '512m' } })
    "#]],
    );
    check(
        "bk.export(s, { healthcheck = { test = 'x', interval = '3$0' } })",
        &expect![[r#"
        30s              Value     half a minute → bk.export(s, { healthcheck = { test = 'x', interval = '30s' } })
    "#]],
    );
    check(
        "bk.image('x', { platform = 'linux/a$0' })",
        &expect![[r#"
        linux/amd64      Value     x86-64 → bk.image('x', { platform = 'linux/amd64' })
        linux/arm64      Value     ARM, 64 bits: Apple silicon, Graviton → bk.image('x', { platform = 'linux/arm64' })
        linux/arm/v7     Value     ARM, 32 bits → bk.image('x', { platform = 'linux/arm/v7' })
        linux/arm/v6     Value     ARM, 32 bits: the first Raspberry Pi → bk.image('x', { platform = 'linux/arm/v6' })
    "#]],
    );
    check(
        "bk.image('x', { platform = { os = 'l$0' } })",
        &expect![[r#"
        linux            Value     Linux → bk.image('x', { platform = { os = 'linux' } })
    "#]],
    );
    check(
        "bk.export(s, { expose = { '80$0' } })",
        &expect![[r#"
        80               Value     http → bk.export(s, { expose = { '80' } })
        8080             Value     http without root → bk.export(s, { expose = { '8080' } })
    "#]],
    );
    check(
        "bk.export(s, { labels = { $0 } })",
        &expect![[r#"
        org.opencontainers.image.title Option    the name for people → bk.export(s, { labels = { ["org.opencontainers.image.title"] =  } })
        org.opencontainers.image.description Option    what it is → bk.export(s, { labels = { ["org.opencontainers.image.description"] =  } })
        org.opencontainers.image.version Option    the version of what is in it → bk.export(s, { labels = { ["org.opencontainers.image.version"] =  } })
        org.opencontainers.image.revision Option    the commit that it was built from → bk.export(s, { labels = { ["org.opencontainers.image.revision"] =  } })
        org.opencontainers.image.source Option    where its source is → bk.export(s, { labels = { ["org.opencontainers.image.source"] =  } })
        org.opencontainers.image.url Option    where to read about it → bk.export(s, { labels = { ["org.opencontainers.image.url"] =  } })
        org.opencontainers.image.licenses Option    licenses, as SPDX writes them → bk.export(s, { labels = { ["org.opencontainers.image.licenses"] =  } })
        org.opencontainers.image.authors Option    who made it → bk.export(s, { labels = { ["org.opencontainers.image.authors"] =  } })
    "#]],
    );
    check(
        "bk.scratch():run('x', { ulimits = { no$0 } })",
        &expect![[r#"
        nofile           Option    open files → bk.scratch():run('x', { ulimits = { nofile =  } })
    "#]],
    );
}

#[test]
fn what_is_written_elsewhere_is_offered_again() {
    check(
        "local a = bk.image('golang:1.22-alpine')\nlocal b = bk.image('go$0')\nlocal c = bk.image('golang:1.22-alpine')",
        &expect![[r#"
            golang:1.22-alpine Value     in build.lua → local b = bk.image('golang:1.22-alpine')
            golang           Value     Go → local b = bk.image('golang')
        "#]],
    );
    check(
        "local m = require('lib.m')\nlocal b = bk.image(\"gh$0\n--- lib/m.lua\nreturn { base = bk.image('ghcr.io/owner/name:1') }",
        &expect![[r#"
            ghcr.io/owner/name:1 Value     in lib/m.lua → local b = bk.image("ghcr.io/owner/name:1
        "#]],
    );
    check(
        "local v = bk.arg('VERSION', 'dev')\nlocal w = os.getenv('V$0')",
        &expect![[r#"
        VERSION          Text      in build.lua → local w = os.getenv('VERSION')
    "#]],
    );
    check(
        "local v = bk.cache('/c', { id = 'go-mod' })\nlocal w = bk.cache('/c', { id = '$0' })",
        &expect![[r#"
        go-mod           Text      in build.lua → local w = bk.cache('/c', { id = 'go-mod' })
    "#]],
    );
    check(
        "local s = bk.scratch():run('x', { cwd = '/src' }):with_cwd('/s$0')",
        &expect![[r#"
        /src             Text      in build.lua → local s = bk.scratch():run('x', { cwd = '/src' }):with_cwd('/src')
    "#]],
    );
    check(
        "local c = { sharing = 1, id = 2 }\nprint(c['$0'])",
        &expect![[r#"
        id               Property  number → print(c['id'])
        sharing          Property  number → print(c['sharing'])
    "#]],
    );
}

#[test]
fn a_quote_that_is_not_closed_in_time_takes_nothing_away() {
    check(
        "bk.cache('/c', { sharing = \"lo$0, id = \"x\" })",
        &expect![[r#"
        locked           Value     Sharing → bk.cache('/c', { sharing = "locked, id = "x" })
    "#]],
    );
    check(
        "bk.cache('/c', { sharing = \"lo$0 })",
        &expect![[r#"
        locked           Value     Sharing → bk.cache('/c', { sharing = "locked })
    "#]],
    );
    check(
        "bk.cache('/c', { sharing = \"$0private\" })",
        &expect![[r#"
        shared           Value     Sharing → bk.cache('/c', { sharing = "shared" })
        private          Value     Sharing → bk.cache('/c', { sharing = "private" })
        locked           Value     Sharing → bk.cache('/c', { sharing = "locked" })
    "#]],
    );
    check(
        "bk.cache('/c', { sharing = lo$0 })",
        &expect![[r#"
            locked           Value     Sharing → bk.cache('/c', { sharing = "locked" })
            load             Module     → bk.cache('/c', { sharing = load })
            loadstring       Function  loadstring(text: string, name?: string) -> function?, string? → bk.cache('/c', { sharing = loadstring })
        "#]],
    );
}

#[test]
fn modules_that_are_not_required_yet_bring_their_require() {
    let modules = "--- lib/go.lua\nlocal go = {}\n-- Builds it.\n---@param src State\nfunction go.build(src, tags) return src:run('x') end\nreturn go";
    check(
        &format!("-- The build.\nlocal a = bk.scratch()\na:run(g$0)\n{modules}"),
        &expect![[r#"
            gcinfo           Function  gcinfo() -> number → a:run(gcinfo)
            getfenv          Function  getfenv(target?: number | function) -> table → a:run(getfenv)
            getmetatable     Function  getmetatable(value: any) -> table? → a:run(getmetatable)
            go               Module    require("lib.go") → a:run(go)
            go_base          Function  function(version?: string) -> State → a:run(prelude.go_base)
            go_binary_app    Function  function(version?: string, src: State, opts?: table) -> State → a:run(prelude.go_binary_app)
            go_build         Function  function(builder: State, src: State, opts?: table) -> State → a:run(prelude.go_build)
            go_runtime       Function  function(version?: string) -> State → a:run(prelude.go_runtime)
        "#]],
    );
    check(
        &format!("local web = require('lib.web')\n\nlocal b = bui$0\n{modules}"),
        &expect![[r#"
        build            Function  function(src: State, tags) -> State → local b = go.build
    "#]],
    );
    check(
        &format!("local b = go.$0\n{modules}"),
        &expect![[r#"
        build            Function  function(src: State, tags) -> State → local b = go.build
    "#]],
    );
    check(
        &format!("go$0\n{modules}"),
        &expect![[r#"
            go               Module    require("lib.go") → local go = require("lib.go")
            go_base          Function  function(version?: string) -> State → local prelude = require("prelude")
            go_binary_app    Function  function(version?: string, src: State, opts?: table) -> State → local prelude = require("prelude")
            go_build         Function  function(builder: State, src: State, opts?: table) -> State → local prelude = require("prelude")
            go_runtime       Function  function(version?: string) -> State → local prelude = require("prelude")
        "#]],
    );
    check(
        &format!("local go = require('lib.go')\nlocal b = go$0\n{modules}"),
        &expect![[r#"
            go               Variable  table → local b = go
            go_base          Function  function(version?: string) -> State → local b = prelude.go_base
            go_binary_app    Function  function(version?: string, src: State, opts?: table) -> State → local b = prelude.go_binary_app
            go_build         Function  function(builder: State, src: State, opts?: table) -> State → local b = prelude.go_build
            go_runtime       Function  function(version?: string) -> State → local b = prelude.go_runtime
        "#]],
    );
    check(
        "local a = prelud$0",
        &expect![[r#"
        prelude          Module    require("prelude") → local a = prelude
    "#]],
    );
}

#[test]
fn comments_have_tags_and_types() {
    check(
        "---@pa$0\nlocal function f(base, opts) end",
        &expect![[r#"
        param            Keyword   declares the type of a parameter: `---@param base State` → ---@param
    "#]],
    );
    check(
        "---@param $0\nlocal function f(base, opts) end",
        &expect![[r#"
        base             Variable  a parameter → ---@param base
        opts             Variable  a parameter → ---@param opts
    "#]],
    );
    check(
        "---@param base St$0\nlocal function f(base, opts) end",
        &expect![[r#"
        State            Type      a file system that is built → ---@param base State
        State[]          Type      a list of them → ---@param base State[]
    "#]],
    );
    check(
        "---@return M$0\nlocal function f() end",
        &expect![[r#"
        Mount            Type      what a command finds mounted → ---@return Mount
        Mount[]          Type      a list of them → ---@return Mount[]
    "#]],
    );
    check(
        "---@class Opts\n\n---@type O$0\nlocal x = {}",
        &expect![[r#"
        Opts             Type      of this file → ---@type Opts
    "#]],
    );
    check(
        "-- luakit: ignore[unused-s$0",
        &expect![[r#"
        unused-state     Value      → -- luakit: ignore[unused-state
    "#]],
    );
    check("-- @ param x $0", &expect![[r#""#]]);
    check("-- a word $0", &expect![[r#""#]]);
}

/// Lists the keywords that are offered.
fn words(fixture: &str) -> String {
    let (text, offset) = cursor(fixture);
    let items = completions(&crate::testing::script(&text), offset, None);
    let words = items.iter().filter(|item| item.kind == CompletionKind::Keyword);
    words.map(|item| item.label.as_str()).collect::<Vec<_>>().join(" ")
}

#[test]
fn keywords_are_those_that_can_stand_there() {
    for (fixture, expected) in [
        ("$0", expect!["local function if for while repeat do return"]),
        ("local x = $0", expect!["function nil not true false if"]),
        ("local x = a $0", expect!["and or local function if for while repeat do return"]),
        ("local $0", expect!["function"]),
        ("if x $0", expect!["then and or"]),
        ("if x then $0", expect!["local function if for while repeat do return else elseif end"]),
        ("if x then f() else $0", expect!["local function if for while repeat do return end"]),
        ("for i = 1, 3 $0", expect!["do and or"]),
        ("for _, x $0", expect!["in and or"]),
        ("for _, x in ipairs(l) $0", expect!["do and or"]),
        ("while true do\n  $0", expect!["local function if for while repeat do return break continue end"]),
        ("local function f()\n  $0\nend", expect!["local function if for while repeat do return end"]),
        ("repeat $0", expect!["local function if for while repeat do return break continue until"]),
        ("f($0)", expect!["function nil not true false if"]),
    ] {
        expected.assert_eq(&words(fixture));
    }
}

#[test]
fn members_of_libraries_and_strings() {
    check(
        "local x = table.con$0",
        &expect![[r#"
        concat           Function  table.concat(list: table, separator?: string, from?: number, to?: number) -> string → local x = table.concat
    "#]],
    );
    check(
        "local x = ('a'):up$0",
        &expect![[r#"
        upper            Method    string.upper(text: string) -> string → local x = ('a'):upper
    "#]],
    );
    check(
        "local x = os.$0",
        &expect![[r#"
        getenv           Function  os.getenv(name: string) -> string | nil → local x = os.getenv
        clock            Function  os.clock() -> number → local x = os.clock
        date             Function  os.date(format?: string, time?: number) -> string | table → local x = os.date
        time             Function  os.time(parts?: table) -> number → local x = os.time
    "#]],
    );
    check("local x = io.$0", &expect![[r#""#]]);
}

#[test]
fn what_is_wanted_comes_first() {
    check(
        "local n, s = 'x', bk.scratch()\nlocal t = bk.merge($0)",
        &expect![[r#"
        s                Variable  State → local t = bk.merge(s)
        bk               Module     → local t = bk.merge(bk)
        n                Variable  string → local t = bk.merge(n)
        bk.image         Function  bk.image(identifier: string, opts?: ImageOptions) -> State → local t = bk.merge(bk.image)
        bk.scratch       Function  bk.scratch() -> State → local t = bk.merge(bk.scratch)
        bk.local_        Function  bk.local_(name: string, opts?: LocalOptions) -> State → local t = bk.merge(bk.local_)
        bk.git           Function  bk.git(url: string, opts?: GitOptions) -> State → local t = bk.merge(bk.git)
        bk.http          Function  bk.http(url: string, opts?: HttpOptions) -> State → local t = bk.merge(bk.http)
    "#]],
    );
    check(
        "local n, s = 'x', bk.scratch()\nlocal t = s:copy($0)",
        &expect![[r#"
        s                Variable  State → local t = s:copy(s)
        bk               Module     → local t = s:copy(bk)
        n                Variable  string → local t = s:copy(n)
        bk.image         Function  bk.image(identifier: string, opts?: ImageOptions) -> State → local t = s:copy(bk.image)
        bk.scratch       Function  bk.scratch() -> State → local t = s:copy(bk.scratch)
        bk.local_        Function  bk.local_(name: string, opts?: LocalOptions) -> State → local t = s:copy(bk.local_)
        bk.git           Function  bk.git(url: string, opts?: GitOptions) -> State → local t = s:copy(bk.git)
        bk.http          Function  bk.http(url: string, opts?: HttpOptions) -> State → local t = s:copy(bk.http)
    "#]],
    );
}

/// A context with a few files, whatever its name; the name is in front of each path.
struct Context;

impl crate::Folders for Context {
    fn list(&self, name: &str, folder: &str) -> Option<crate::Listing> {
        let paths =
            ["context/go.mod", "context/src/", "context/.git/", "context/src/main.go", "docs/index.md"];
        let folder = format!("{name}/{folder}");
        let below =
            paths.iter().filter_map(|path| path.strip_prefix(&folder)).filter(|rest| !rest.is_empty());
        let own = below.filter(|rest| !rest.trim_end_matches('/').contains('/'));
        let files = own.map(|rest| crate::ListedFile {
            name: rest.trim_end_matches('/').to_owned(),
            is_folder: rest.ends_with('/'),
            ignored: rest.starts_with('.'),
        });
        Some(crate::Listing { files: files.collect(), cut: false })
    }
}

/// Lists the files and folders that are offered, and the line with the first of them.
fn check_paths(fixture: &str, expected: &Expect) {
    let (text, offset) = cursor(fixture);
    let script = crate::testing::script(&text);
    let surroundings = crate::Surroundings { folders: Some(&Context), ..crate::Surroundings::default() };
    let mut items = completions_in(&script, offset, &surroundings).items;
    items.retain(|item| matches!(item.kind, CompletionKind::File | CompletionKind::Folder));
    items.sort_by_key(|item| (item.sort.clone(), item.label.clone()));
    let labels: Vec<&str> = items.iter().map(|item| item.label.as_str()).collect();
    let mut shown = labels.join(" ");
    if let Some(first) = items.first() {
        let mut after = text.clone();
        after.replace_range(first.range.start..first.range.end, &first.insert);
        let line = after.lines().nth(after[..first.range.start].matches('\n').count()).unwrap_or("");
        shown.push_str(&format!("\n{line}"));
    }
    expected.assert_eq(&shown);
}

#[test]
fn paths_are_those_of_the_context_that_a_state_is() {
    check_paths(
        "bk.scratch():copy(bk.local_('context'), '$0', '/x')",
        &expect![[r#"
        go.mod src/ .git/
        bk.scratch():copy(bk.local_('context'), 'go.mod', '/x')"#]],
    );
    check_paths(
        "local src = bk.local_('context')\nbk.scratch():copy(src, 'src/$0', '/x')",
        &expect![[r#"
        main.go
        bk.scratch():copy(src, 'src/main.go', '/x')"#]],
    );
    check_paths(
        "local src = bk.local_('context')\nbk.scratch():copy(src, './src/m$0ain', '/x')",
        &expect![[r#"
        main.go
        bk.scratch():copy(src, './src/main.go', '/x')"#]],
    );
    check_paths(
        "local src = bk.local_('docs')\nlocal a = bk.scratch()\na:copy(src, \"$0",
        &expect![[r#"
        index.md
        a:copy(src, "index.md"#]],
    );
    check_paths(
        "local s = { docs = bk.local_('docs') }\nbk.scratch():copy(s.docs, '$0', '/x')",
        &expect![[r#"
        index.md
        bk.scratch():copy(s.docs, 'index.md', '/x')"#]],
    );
    check_paths(
        "local function ship(from)\n  return bk.scratch():copy(from, 'g$0', '/x')\nend\nship(bk.local_('context'))",
        &expect![[r#"
            go.mod src/ .git/
              return bk.scratch():copy(from, 'go.mod', '/x')"#]],
    );
    check_paths(
        "local s = bk.local_('context', { include = { 'go.mod', '$0' } })",
        &expect![[r#"
        go.mod src/ .git/
        local s = bk.local_('context', { include = { 'go.mod', 'go.mod' } })"#]],
    );
    check_paths(
        "local s = bk.local_('context', { exclude = { $0 } })",
        &expect![[r#"
        go.mod src/ .git/
        local s = bk.local_('context', { exclude = { "go.mod" } })"#]],
    );
    check_paths("local b = bk.image('x')\nbk.scratch():copy(b, '$0', '/x')", &expect![[r#""#]]);
    check_paths("bk.scratch():copy(bk.local_('context'), '../$0', '/x')", &expect![[r#""#]]);
    check_paths("bk.scratch():copy(bk.local_('context'), 'src', '$0')", &expect![[r#""#]]);
}

/// Shows what an item inserts with places to fill, or what it inserts without.
fn inserted(fixture: &str, label: &str) -> String {
    let (text, offset) = cursor(fixture);
    let (script, files) = Files::fixture(&text);
    let items = completions(&script, offset, Some(&files));
    let found = items.into_iter().find(|item| item.label == label);
    found.map_or("nothing".into(), |item| item.snippet.unwrap_or(item.insert))
}

#[test]
fn functions_of_the_project_are_called_with_a_place_for_each_parameter() {
    let module = "\n--- lib/go.lua\nlocal M = {}\n---@param base State\n---@param name? string\nfunction M.build(base, name) end\nfunction M.clean() end\nfunction M:add(x) end\nreturn M";
    let required = format!("local go = require('lib.go')\ngo.$0{module}");
    assert_eq!(inserted(&required, "build"), "build(${1:base})$0");
    assert_eq!(inserted(&required, "clean"), "clean()$0");
    assert_eq!(inserted(&format!("local go = require('lib.go')\ngo:$0{module}"), "add"), "add(${1:x})$0");
    assert_eq!(inserted("local function f(a, ...) end\nf$0", "f"), "f(${1:a})$0");
    assert_eq!(inserted("local function f(...) end\nf$0", "f"), "f($1)$0");
    // The require comes along, in one edit where both are at one place.
    let unrequired = format!("bui$0{module}");
    assert_eq!(inserted(&unrequired, "build"), "local go = require(\"lib.go\")\n\ngo.build(${1:base})$0");
    // What is called already keeps its arguments, and what is wanted as a value is none.
    assert_eq!(inserted("local function f(a) end\nf$0(1)", "f"), "f");
    assert_eq!(inserted("local function f(a) end\nf$0 'x'", "f"), "f");
    assert_eq!(inserted("local function f(a) end\nbk.scratch():files(f$0)", "f"), "f");
    assert_eq!(inserted("bk.im$0 'x'", "image"), "image");
}

#[test]
fn a_function_that_is_being_typed_has_its_parameters() {
    for fixture in [
        "local function f(path)\n  pat$0\nend",
        "local function f(path) pat$0 end",
        "for _, path in ipairs({}) do\n  pat$0\nend",
        "local function f(path)\n  if path then\n    pat$0\n  end\nend",
        "local function f(path)\n  pat$0\n  local other = 1\n  other.\nend",
    ] {
        assert_eq!(inserted(fixture, "path"), "path", "{fixture}");
    }
    check(
        "bk.scratch():files(function(f)\n  f:mk$0\nend)",
        &expect![[r#"
            mkdir            Method    f:mkdir(path: string, opts?: MkdirOptions) -> Files → f:mkdir
            mkfile           Method    f:mkfile(path: string, data: string, opts?: MkfileOptions) -> Files → f:mkfile
        "#]],
    );
    check(
        "local t = { path = 'x' }\nfunction t:m()\n  self.$0\nend",
        &expect![[r#"
        m                Function  function() → self.m
        path             Property  string → self.path
    "#]],
    );
}

#[test]
fn a_name_is_not_known_in_its_own_value() {
    for fixture in ["local path = pa$0", "local path = $0", "local path = 1 .. $0", "local path = f(1, $0"] {
        assert_eq!(inserted(fixture, "path"), "nothing", "{fixture}");
    }
    assert_eq!(inserted("local path = 1\nf($0", "path"), "path");
    assert_eq!(inserted("local path = 1\nlocal path = pa$0", "path"), "path");
}

#[test]
fn a_string_that_is_called_with_is_an_argument() {
    check(
        "bk.image 'alp$0",
        &expect![[r#"
        alpine           Value     a small Linux → bk.image 'alpine
    "#]],
    );
    check(
        "local s = bk.scratch():with_network \"ho$0\"",
        &expect![[r#"
        host             Value     Network → local s = bk.scratch():with_network "host"
    "#]],
    );
}

#[test]
fn nothing_is_offered_in_long_brackets_that_are_not_closed() {
    for fixture in
        ["bk.image [[al$0", "local s = [==[ bk.$0\nlocal x", "--[[ bk.$0", "local x = 1 --[==[\nbk.$0\n"]
    {
        let (text, offset) = cursor(fixture);
        let items = completions(&crate::testing::script(&text), offset, None);
        assert_eq!(items.first().map(|item| item.label.as_str()), None, "{fixture}");
    }
    // An index is none.
    assert_eq!(inserted("local t = {}\nt[t$0", "t"), "t");
}
