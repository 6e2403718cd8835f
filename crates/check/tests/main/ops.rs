//! Every op with the calls that made it, as editors draw it.

use crate::support::{options, run_with};
use expect_test::{Expect, expect};
use luakit_check::Options;
use luakit_diagnostics::Place;

/// Shows a line for each op, below it its calls, and behind `<` who called them.
fn check(script: &str, expected: &Expect) {
    let run = run_with(script, &Options { ops: true, ..options() });
    let number = |digest: &str| run.ops.iter().position(|op| op.digest == digest).unwrap();
    let place = |place: &Place| {
        let at = place.file.line_column(place.range.start);
        let text = place.file.slice(place.range).replace('\n', "↵");
        format!("{}:{} {text}", place.file.name, at.line)
    };
    let mut shown = String::new();
    for (index, op) in run.ops.iter().enumerate() {
        let inputs: Vec<_> = op.inputs.iter().map(|(digest, _)| format!(" %{}", number(digest))).collect();
        let unreached = if op.reached { "" } else { " (unreached)" };
        let made = if op.made == 1 { String::new() } else { format!(" ×{}", op.made) };
        shown += &format!("%{index} {} {}{}{made}{unreached}\n", op.kind, op.label, inputs.concat());
        for call in &op.calls {
            shown += &format!("    {}\n", place(call));
        }
        for caller in &op.callers {
            shown += &format!("  < {}\n", place(caller));
        }
    }
    expected.assert_eq(&shown);
}

#[test]
fn a_helper_makes_ops_for_each_of_its_callers() {
    check(
        r#"local function install(base, name)
  return base:run("apk add " .. name)
end
local base = bk.image("alpine")
bk.export(bk.merge(
  install(base, "git"),
  install(base, "curl")
))
"#,
        &expect![[r#"
            %0 source docker-image://docker.io/library/alpine:latest
                build.lua:4 image("alpine")
            %1 exec /bin/sh -c apk add git %0
                build.lua:2 run("apk add " .. name)
              < build.lua:6 install(base, "git")
            %2 exec /bin/sh -c apk add curl %0
                build.lua:2 run("apk add " .. name)
              < build.lua:7 install(base, "curl")
            %3 merge merge (/bin/sh -c apk add git, /bin/sh -c apk add curl) %1 %2
                build.lua:5 merge(↵  install(base, "git"),↵  install(base, "curl")↵)
        "#]],
    );
}

#[test]
fn equal_ops_are_one_and_what_no_result_needs_is_told() {
    check(
        r#"local go = require("lib.go")
for i = 1, 3 do bk.image("golang") end
local s = go.build(bk.image("golang"))
s:run("make test")
bk.export(s)
--- lib/go.lua
return { build = function(base) return base:run("go build") end }
"#,
        &expect![[r#"
            %0 source docker-image://docker.io/library/golang:latest ×4
                build.lua:2 image("golang")
                build.lua:3 image("golang")
            %1 exec /bin/sh -c go build %0
                lib/go.lua:1 run("go build")
              < build.lua:3 build(bk.image("golang"))
            %2 exec /bin/sh -c make test %1 (unreached)
                build.lua:4 run("make test")
        "#]],
    );
}

#[test]
fn an_op_has_the_digest_of_the_definition() {
    let script = "local a = bk.image('a'):run('x')\nbk.target('one', a)\nbk.target('two', a:mkdir('/d'))\n";
    let run = run_with(script, &Options { ops: true, ..options() });
    for output in &run.outputs {
        for op in output.definition.ops.iter().filter(|op| op.op.op.is_some()) {
            assert!(run.ops.iter().any(|made| made.digest == op.digest.as_str() && made.reached));
        }
    }
    assert_eq!(run.ops[1].detail, "%1 = exec /bin/sh -c x  [linux/amd64]\n     mount / bind %0 -> %1.0\n");
}
