//! What a hover shows at a cursor `$0`: the token, then the Markdown.

use super::*;
use crate::testing::{Files, cursor};
use expect_test::{Expect, expect};

fn check(fixture: &str, expected: &Expect) {
    let (text, offset) = cursor(fixture);
    let (script, files) = Files::fixture(&text);
    let shown = hover(&script, offset, Some(&files))
        .map_or("nothing".into(), |hover| format!("`{}`\n{}\n", script.text(hover.range), hover.markdown));
    expected.assert_eq(&shown);
}

#[test]
fn the_api_explains_itself() {
    check(
        "bk.scr$0atch()",
        &expect![[r#"
        `scratch`
        ```lua
        bk.scratch() -> State
        ```

        Starts from nothing: an empty file system.

        ```lua
        bk.scratch():mkfile("/hello", "hi\n")
        ```

        _LLB: no op; input -1_

    "#]],
    );
    check(
        "bk.cache('/c', { sha$0ring = 'locked' })",
        &expect![[r#"
        `sharing`
        ```lua
        (CacheOptions) sharing?: "shared" | "private" | "locked"
        ```

        What happens when two commands use it at a time.

        Default: `"shared"`

        - `"shared"`: Both write to it.
        - `"private"`: Each gets one of its own.
        - `"locked"`: One waits for the other.
    "#]],
    );
    check(
        "bk.cache('/c', { sharing = 'loc$0ked' })",
        &expect![[r#"
        `'locked'`
        `"locked"`: One waits for the other.
    "#]],
    );
    check(
        "local p = bk.platform('linux/arm64') print(p.ar$0ch)",
        &expect![[r#"
        `arch`
        ```lua
        platform.arch: string
        ```

        The architecture, such as `arm64`.
    "#]],
    );
    check(
        "io.op$0en('x')",
        &expect![[r#"
        `open`
        io.open is not available in build scripts (sandboxed)

        scripts see no files: use `bk.local_` and `state:copy`, or `state:mkfile` to write one
    "#]],
    );
}

#[test]
fn variables_show_what_they_are() {
    check(
        "local s = bk.image('x')\n  :run('a')\nprint($0s)",
        &expect![[r#"
        `s`
        ```lua
        local s: State
        ```

        ```lua
        bk.image('x')
          :run('a')
        ```
    "#]],
    );
    check(
        "-- Builds it.\n---@param base State\nlocal function build(base, n) return base:run('x') end\nbui$0ld(1)",
        &expect![[r#"
            `build`
            ```lua
            local function build(base: State, n) -> State
            ```

            Builds it.
        "#]],
    );
    check(
        "local function f(ba$0se) return 1 end\nf(bk.scratch())",
        &expect![[r#"
        `base`
        ```lua
        (parameter) base: State
        ```
    "#]],
    );
    check(
        "local list = { bk.scratch() } print(li$0st)",
        &expect![[r#"
        `list`
        ```lua
        local list: State[]
        ```
    "#]],
    );
    check(
        "local m = require('lib.m')\nm.ma$0ke()\n--- lib/m.lua\nlocal M = {}\n-- Makes one.\nfunction M.make(s) return bk.scratch() end\nreturn M",
        &expect![[r#"
            `make`
            ```lua
            make: function(s) -> State
            ```

            Makes one.
        "#]],
    );
    check(
        "local m = require('li$0b.m')\n--- lib/m.lua\n-- What m is for.\nreturn {}",
        &expect![[r#"
        `'lib.m'`
        module `lib/m.lua`

        What m is for.
    "#]],
    );
    check("local x = 1 -- not$0hing", &expect!["nothing"]);
}

/// Shows the first lines.
fn check_short(fixture: &str, expected: &Expect) {
    let (text, offset) = cursor(fixture);
    let (script, files) = Files::fixture(&text);
    let normal = crate::Normal {
        image: Some(|text| Some(format!("docker.io/library/{text}:latest"))),
        platform: Some(|text| Some(text.replace("aarch64", "arm64"))),
    };
    let surroundings = Surroundings { normal, ..Surroundings::of(Some(&files)) };
    let markdown = hover_in(&script, offset, &surroundings).map(|hover| hover.markdown);
    let lines: Vec<String> =
        markdown.unwrap_or("nothing".into()).lines().take(7).map(str::to_owned).collect();
    expected.assert_eq(&lines.join("\n"));
}

#[test]
fn values_say_what_they_come_to() {
    check_short(
        "bk.scratch():mkdir('/x', { mode = '07$055' })",
        &expect![[r#"
        `"0755"`: `rwxr-xr-x` (`0755`): owner read, write, execute; group read, execute; others read, execute

        ```lua
        (MkdirOptions) mode?: Mode
        ```

        The permissions."#]],
    );
    check_short(
        "bk.scratch():copy(s, 'a', 'b', { mode = 'u+rwX,$0go-w' })",
        &expect![[r#"
        `"u+rwX,go-w"`: the owner: `+rwX`; the group and others: `-w`. `X` is `x` for directories and for what is executable already

        ```lua
        (CopyOptions) mode?: CopyMode
        ```

        The permissions of what is copied."#]],
    );
    check_short(
        "bk.scratch():mkdir('/x', { mode = 4$093 })",
        &expect![[r#"
        `493`: `rwxr-xr-x` (`0755`): owner read, write, execute; group read, execute; others read, execute

        ```lua
        (MkdirOptions) mode?: Mode
        ```

        The permissions."#]],
    );
    check_short(
        "bk.scratch():run('x', { resources = { memory = '512$0m' } })",
        &expect![[r#"
        `"512m"`: 512 MB (536870912 bytes)

        ```lua
        (ResourcesOptions) memory?: Size
        ```

        Memory, in bytes or as `"512m"`."#]],
    );
    check_short(
        "bk.export(s, { healthcheck = { test = 'x', interval = '1m3$00s' } })",
        &expect![[r#"
        `"1m30s"`: 1 min 30 s (90 seconds)

        ```lua
        (HealthcheckOptions) interval?: Duration
        ```

        The time between two checks."#]],
    );
    check_short(
        "bk.export(s, { created = 171456$04800 })",
        &expect![[r#"
        `1714564800`: `2024-05-01T12:00:00Z`

        ```lua
        (ExportOptions) created?: Time
        ```

        When the image was made: seconds since 1970, or RFC 3339."#]],
    );
    check_short(
        "bk.export(s, { expose = { '80$080' } })",
        &expect![[r#"
        `"8080"`: `8080/tcp`

        ```lua
        (ExportOptions) expose?: Port[]
        ```

        Ports, such as `"8080"` (tcp) or `"53/udp"`."#]],
    );
    check_short(
        "bk.image('alp$0ine')",
        &expect![[r#"
        `"alpine"`: `docker.io/library/alpine:latest`

        ```lua
        (bk.image) identifier: string
        ```

        The image's reference, such as `golang:1.22`, `ghcr.io/owner/name:tag` or `name@sha256:…`."#]],
    );
    check_short(
        "bk.image('x', { platform = 'linux/aar$0ch64' })",
        &expect![[r#"
        `"linux/aarch64"`: `linux/arm64`

        ```lua
        (ImageOptions) platform?: PlatformSpec
        ```

        The platform of the image; it stays for later runs."#]],
    );
    check_short(
        "bk.scratch():mkdir('/x', { owner = '1000:st$0aff' })",
        &expect![[r#"
        `"1000:staff"`: user number 1000; group `staff`, looked up in the state that is written to

        ```lua
        (MkdirOptions) owner?: Owner
        ```

        The owner."#]],
    );
    check_short(
        "bk.cache('/c$0')",
        &expect![[r#"
        ```lua
        (bk.cache) dest: string
        ```

        Where the cache is mounted."#]],
    );
    check_short("print(0x1$0F, 1)", &expect!["`0x1F` is the number 31 (`0x1F`, octal 37)"]);
    check_short(
        "print(07$055)",
        &expect![
            "`0755` is the number 755 (`0x2F3`, octal 1363). Lua has no octal numbers: a mode is written as a string"
        ],
    );
    check_short("print(1.$05)", &expect!["`1.5` is the number 1.5"]);
}

#[test]
fn lua_s_own_functions_are_explained() {
    check_short(
        "print(string.for$0mat('x'))",
        &expect![[r#"
        ```lua
        string.format(format: string, ...: any) -> string
        ```

        Writes values as the format says: `%s` a text, `%d` an integer, `%q` a text in quotes, `%5.2f` a number, `%%` a percent sign.

        ```lua"#]],
    );
    check_short(
        "print(('x'):upp$0er())",
        &expect![[r#"
        ```lua
        string.upper(text: string) -> string
        ```

        Returns the text in capital letters."#]],
    );
    check_short(
        "for _ in ipai$0rs({}) do end",
        &expect![[r#"
        ```lua
        ipairs(list: table) -> iterator
        ```

        Goes over a list from 1 on, to the first nil: for each element, its index and itself.

        ```lua"#]],
    );
    check_short(
        "tab$0le.insert(x)",
        &expect![[r#"
        ```lua
        table
        ```

        Functions on tables, most of them on lists."#]],
    );
    check_short(
        "print(bk.target_plat$0form)",
        &expect![[r#"
        ```lua
        bk.target_platform: Platform
        ```

        The platform that the build is for."#]],
    );
    check_short(
        "local v = os.get$0env('X')",
        &expect![[r#"
            ```lua
            os.getenv(name: string) -> string | nil
            ```

            Reads an argument of the build, given as `--arg NAME=VALUE` or in `luakit.toml`.

            On the command line an environment variable of that name serves where the argument is not given. The rest of the"#]],
    );
}

#[test]
fn comments_of_locals_parameters_and_options_are_shown() {
    check_short(
        "-- The base of all.\nlocal base = bk.image('x')\nprint(ba$0se)",
        &expect![[r#"
        ```lua
        local base: State
        ```

        The base of all.

        ```lua"#]],
    );
    check_short(
        "local version = '1.22' -- as in go.mod\nprint(vers$0ion)",
        &expect![[r#"
        ```lua
        local version: string
        ```

        as in go.mod

        ```lua"#]],
    );
    check_short(
        "---@param src State what is built\nlocal function f(s$0rc) end",
        &expect![[r#"
        ```lua
        (parameter) src: State
        ```

        what is built"#]],
    );
    check_short(
        "---@param o { tag: string }\nlocal function f(o) return o.tag, o.flag or 'x' end\nf({ ta$0g = 'x' })",
        &expect![[r#"
            ```lua
            (option) tag: string
            ```

            Read by `f`."#]],
    );
    check_short(
        "local function f(o) return o.flag or 'x' end\nf({ fl$0ag = 'x' })",
        &expect![[r#"
        ```lua
        (option) flag = 'x'
        ```

        Read by `f`."#]],
    );
    check_short(
        "bk.scratch():run('x', { env = { PA$0TH = 'x' } })",
        &expect![[r#"
        ```lua
        PATH: string | number | boolean
        ```

        ```lua
        (RunOptions) env?: Env
        ```"#]],
    );
    check_short(
        "local m = require('li$0b.m')\n--- lib/m.lua\n-- What m is for.\nlocal M = { version = '1' }\n---@param s State\nfunction M.make(s) return s end\nreturn M",
        &expect![[r#"
            module `lib/m.lua`

            What m is for.

            ```lua
            make(s: State) -> State
            version: string"#]],
    );
}

#[test]
fn a_name_that_stands_alone_while_it_is_typed_is_explained() {
    check(
        "---@param path string where\nlocal function f(path)\n  pa$0th\nend\nf()",
        &expect![[r#"
        `path`
        ```lua
        (parameter) path: string
        ```

        where
    "#]],
    );
    check(
        "for _, state in ipairs({ bk.scratch() }) do sta$0te end",
        &expect![[r#"
        `state`
        ```lua
        local state: State
        ```
    "#]],
    );
    check("local x = 1\nlocal t = { x$0 = }", &expect!["nothing"]);
}
