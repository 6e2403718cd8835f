//! A step that fails is shown in the script: BuildKit finds the line by the op's digest, so these fail when a byte is wrong.

use expect_test::expect;

use super::project::Project;

/// The lines of the script that buildctl prints around the place.
fn snippet(error: &str) -> String {
    let is_place = |line: &&str| line.contains(".lua:") && !line.starts_with('#') && !line.contains(' ');
    let from: Vec<_> = error.lines().skip_while(|line| !is_place(line)).collect();
    let Some(end) = from.iter().rposition(|line| line.starts_with("-----")) else {
        panic!("no line of the script is shown:\n{error}");
    };
    from[..=end].iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

#[test]
fn a_failing_command_is_shown_in_its_line() {
    let project = Project::new(
        r#"
--- build.lua
local base = bk.image("alpine:3.19")
local fine = base:run("true")
local broken = fine:run("exit 7")
bk.export(broken)
"#,
    );
    let error = project.build().error();
    expect![[r#"
        build.lua:3
        --------------------
           1 |     local base = bk.image("alpine:3.19")
           2 |     local fine = base:run("true")
           3 | >>> local broken = fine:run("exit 7")
           4 |     bk.export(broken)
           5 |
        --------------------
    "#]]
    .assert_eq(&snippet(&error));
    assert!(error.contains("exit code: 7"), "{error}");
}

#[test]
fn in_a_chain_the_line_is_that_of_the_call() {
    let project = Project::new(
        r#"
--- build.lua
bk.export(bk.image("alpine:3.19")
  :run("true")
  :run("exit 7")
  :run("true"))
"#,
    );
    expect![[r#"
        build.lua:3
        --------------------
           1 |     bk.export(bk.image("alpine:3.19")
           2 |       :run("true")
           3 | >>>   :run("exit 7")
           4 |       :run("true"))
           5 |
        --------------------
    "#]]
    .assert_eq(&snippet(&project.build().error()));
}

#[test]
fn a_failing_file_operation_is_shown() {
    let project = Project::new(
        r#"
--- build.lua
local source = bk.scratch():mkfile("/a", "")
bk.export(bk.scratch():copy(source, "/missing", "/"))
"#,
    );
    expect![[r#"
        build.lua:2
        --------------------
           1 |     local source = bk.scratch():mkfile("/a", "")
           2 | >>> bk.export(bk.scratch():copy(source, "/missing", "/"))
           3 |
        --------------------
    "#]]
    .assert_eq(&snippet(&project.build().error()));
}

#[test]
fn a_module_is_shown_with_its_own_name_and_line() {
    let project = Project::new(
        r#"
--- build.lua
local steps = require("lib.steps")
bk.export(steps.test(bk.image("alpine:3.19")))
--- lib/steps.lua
local M = {}
function M.test(state)
  return state:run("exit 7")
end
return M
"#,
    );
    let error = project.build().error();
    assert!(error.contains("lib/steps.lua:3"), "{error}");
    assert!(error.contains(r#"3 | >>>   return state:run("exit 7")"#), "{error}");
}
