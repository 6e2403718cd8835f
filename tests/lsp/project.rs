//! luakit.toml and ignore comments mean the same to the editor as to `luakit check`.

use crate::lsp::{Client, check};
use expect_test::expect;
use std::process::Command;

#[test]
fn check_and_server_say_the_same_of_a_project() {
    let mut client = Client::start(
        "--- luakit.toml\n[args]\nREF = \"alpine\"\n[rules]\noctal-mode = \"error\"\n\
         --- build.lua\nlocal s = bk.image(os.getenv('REF') or '')\ns:run('x') -- luakit: ignore[unused-state]\n\
         s = s:mkdir('/x', { mode = 0755 })\ns:run('y') -- luakit: ignore[unused-stat]\nbk.export(s)\n",
    );
    client.open("build.lua");
    client.save("build.lua");
    check(
        &mut client,
        expect![[r#"
        findings of build.lua v1:
          3:28-3:32 error octal-mode: bk.mkdir: mode 755 is taken as "0755"; Lua numbers are decimal, write a string
          4:3-4:6 warning unused-state: the state that `state:run` returns is not used
            hint: a state never changes: each method returns a new one
          4:30-4:41 warning unknown-rule: unknown rule `unused-stat`, did you mean `unused-state`?
        findings of build.lua v1:
          3:28-3:32 error octal-mode: bk.mkdir: mode 755 is taken as "0755"; Lua numbers are decimal, write a string
          4:3-4:6 warning unused-state: the state that `state:run` returns is not used
            hint: a state never changes: each method returns a new one
          4:30-4:41 warning unknown-rule: unknown rule `unused-stat`, did you mean `unused-state`?
        build.lua ended error: build.lua:3:28: bk.mkdir: mode 755 is taken as "0755"; Lua numbers are decimal, write a string
    "#]],
    );
    let mut luakit = Command::new(env!("CARGO_BIN_EXE_luakit"));
    let output = luakit.args(["check", "--format", "github"]).current_dir(client.path("")).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let shown: String = text.lines().map(|line| format!("{}\n", line.trim_start_matches("::"))).collect();
    expect![[r#"
        error file=build.lua,line=3,endLine=3,col=28,endColumn=32,title=octal-mode::bk.mkdir: mode 755 is taken as "0755"; Lua numbers are decimal, write a string
        warning file=build.lua,line=4,endLine=4,col=3,endColumn=6,title=unused-state::the state that `state:run` returns is not used%0Ahint: a state never changes: each method returns a new one
        warning file=build.lua,line=4,endLine=4,col=30,endColumn=41,title=unknown-rule::unknown rule `unused-stat`, did you mean `unused-state`?
    "#]].assert_eq(&shown);
}

#[test]
fn an_argument_of_luakit_toml_that_no_script_reads_is_shown_there() {
    let mut client = Client::start(
        "--- luakit.toml\n[args]\nVERSION = \"1\"\nVERSOIN = \"2\"\nOTHER = \"3\"\n\
         --- build.lua\nbk.export(bk.image(\"a:\" .. bk.arg(\"VERSION\")))\n\
         --- other.lua\nbk.export(bk.image(\"a:\" .. bk.arg(\"OTHER\")))\n",
    );
    client.open("build.lua");
    client.save("build.lua");
    check(
        &mut client,
        expect![[r#"
            findings of build.lua v1: none
            findings of build.lua v1: none
            findings of luakit.toml:
              3:1-3:8 warning unused-argument: no script reads the argument `VERSOIN`, did you mean `VERSION`?
            build.lua ended ok: 1 op
        "#]],
    );
    client.edit("build.lua", "\"VERSION\"", "\"VERSOIN\"");
    client.save("build.lua");
    check(
        &mut client,
        expect![[r#"
        findings of build.lua v2: none
        findings of build.lua v2: none
        findings of luakit.toml:
          2:1-2:8 warning unused-argument: no script reads the argument `VERSION`, did you mean `VERSOIN`?
        findings of luakit.toml:
          2:1-2:8 warning unused-argument: no script reads the argument `VERSION`, did you mean `VERSOIN`?
        build.lua ended ok: 1 op
    "#]],
    );
    client.edit("build.lua", "a:", "a:\" .. bk.arg(\"VERSION\") .. \"");
    client.save("build.lua");
    check(
        &mut client,
        expect![[r#"
        findings of build.lua v3: none
        findings of build.lua v3: none
        findings of luakit.toml: none
        build.lua ended ok: 1 op
    "#]],
    );
}
