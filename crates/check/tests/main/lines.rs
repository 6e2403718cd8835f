//! Each operation is known by the exact place of its own call, however calls are written.

use crate::support::{options, run};
use expect_test::{Expect, expect};
use luakit_api::modules::{LoadError, Loader};
use luakit_api::{Prepared, PreparedLine};
use luakit_check::llb::{Graph, Location, Op};
use luakit_diagnostics::SourceFile;
use luakit_evaluator::{Config, Limits, evaluate};
use proptest::prelude::*;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

struct NoModules;

impl Loader for NoModules {
    fn load(&self, _: &str) -> Result<Arc<SourceFile>, LoadError> {
        Err(LoadError::NotFound)
    }
}

/// Evaluates a script with a line for each call, or as it stands.
fn evaluated(text: &str, split: bool) -> (Arc<SourceFile>, Graph) {
    let file = Arc::new(SourceFile::new("build.lua", text));
    let prepare = |file: &Arc<SourceFile>| {
        let prepared = luakit_analysis::Script::parse(file.clone()).prepare();
        let starts = std::iter::once(0).chain(file.text.match_indices('\n').map(|(at, _)| at + 1));
        let lines = starts.map(|start| PreparedLine { start, call: None }).collect();
        Ok(if split { prepared } else { Prepared { text: file.text.clone(), lines, ..Prepared::default() } })
    };
    let config = Config {
        args: Default::default(),
        env: None,
        platform: options().platform.unwrap(),
        limits: Limits { time: Duration::from_secs(20), ..Limits::default() },
        cancel: Arc::default(),
        collect: false,
        observe: false,
        print: None,
    };
    let graph = luakit_check::worker::run(|| {
        let evaluation = evaluate(&file, &NoModules, &prepare, &config);
        let other = |code| code != luakit_diagnostics::Code::MISSING_EXPORT;
        assert!(
            !evaluation.diagnostics.iter().any(|finding| other(finding.code)),
            "{:?}",
            evaluation.diagnostics
        );
        evaluation.graph
    });
    (file, graph.unwrap())
}

/// Returns the byte range of a location.
fn range(file: &SourceFile, location: &Location) -> (usize, usize) {
    let offset = |line: i32, character: i32| {
        let text = file.lines.text(&file.text, line as usize);
        let before: usize = text.chars().take(character as usize).map(char::len_utf8).sum();
        file.lines.start(line as usize) + before
    };
    let (start, end) = (location.start, location.end);
    (offset(start.line, start.character), offset(end.line, end.character))
}

/// Lists the operations: what each is, the text of its call, and where its callers are.
fn table(text: &str) -> String {
    let (file, graph) = evaluated(text, true);
    let mut out = String::new();
    for vertex in graph.vertices() {
        let at = vertex.locations.first().unwrap();
        let (start, end) = range(&file, at);
        let call: String = file.text[start..end].chars().map(|c| if c == '\n' { '⏎' } else { c }).collect();
        let callers: String = vertex
            .trace
            .iter()
            .map(|at| {
                let (start, _) = range(&file, at);
                let name: String =
                    file.text[start..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                format!(" < {name} {}:{}", at.start.line, at.start.character + 1)
            })
            .collect();
        writeln!(out, "{} {}:{} {call}{callers}", kind(&vertex.op), at.start.line, at.start.character + 1)
            .unwrap();
    }
    out
}

fn kind(op: &Op) -> &'static str {
    match op {
        Op::Source(_) => "source",
        Op::Exec(_) => "exec",
        Op::File(_) => "file",
        Op::Merge(_) => "merge",
        Op::Diff(_) => "diff",
        Op::Build(_) | Op::Passthrough(_) => "other",
    }
}

fn check(text: &str, expected: &Expect) {
    expected.assert_eq(&table(text));
}

#[test]
fn a_chain_has_a_place_for_each_method() {
    check(
        r#"local base = bk.image("alpine")
local a = base:mkdir("/a")
  :copy(base, "x",
    "y")
  :run("c", {
    cwd = "/",
  })
  :mkdir("/b"):mkdir("/c")
bk.export(a)
"#,
        &expect![[r#"
            source 1:17 image("alpine")
            file 2:16 mkdir("/a")
            file 3:4 copy(base, "x",⏎    "y")
            exec 5:4 run("c", {⏎    cwd = "/",⏎  })
            file 8:4 mkdir("/b")
            file 8:16 mkdir("/c")
        "#]],
    );
}

#[test]
fn calls_within_calls_have_their_own_places() {
    check(
        r#"local m = bk.merge(
  bk.image("a"):run("x"), bk.image("b"):run("x"),
  bk.diff(bk.image("c"), bk.image("c"):run("x", { mounts = { bk.bind(bk.local_("src"), "/s") } }))
)
"#,
        &expect![[r#"
            source 2:6 image("a")
            exec 2:17 run("x")
            source 2:30 image("b")
            exec 2:41 run("x")
            source 3:14 image("c")
            source 3:29 image("c")
            source 3:73 local_("src")
            exec 3:40 run("x", { mounts = { bk.bind(bk.local_("src"), "/s") } })
            diff 3:6 diff(bk.image("c"), bk.image("c"):run("x", { mounts = { bk.bind(bk.local_("src"), "/s") } }))
            merge 1:14 merge(⏎  bk.image("a"):run("x"), bk.image("b"):run("x"),⏎  bk.diff(bk.image("c"), bk.image("c"):run("x", { mounts = { bk.bind(bk.local_("src"), "/s") } }))⏎)
        "#]],
    );
}

#[test]
fn strings_and_tables_as_arguments_are_calls_too() {
    check(
        "local a = bk.image \"alpine\"\nlocal b = bk.image [[golang]]\nlocal c = a:run { 'x' } :run\n{ 'y' }\nlocal d = bk\n  .image\n  'busybox'\n",
        &expect![[r#"
            source 1:14 image "alpine"
            source 2:14 image [[golang]]
            exec 3:13 run { 'x' }
            exec 3:26 run⏎{ 'y' }
            source 6:4 image⏎  'busybox'
        "#]],
    );
}

#[test]
fn helpers_keep_every_frame_also_in_tail_position() {
    check(
        r#"local function inner(s) return s:run("x") end
local function outer(s) return inner(s) end
local a = outer(bk.image("a"))
local b = outer(outer(a)) ; local c = outer(a)
"#,
        &expect![[r#"
            source 3:20 image("a")
            exec 1:34 run("x") < inner 2:32 < outer 3:11
            exec 1:34 run("x") < inner 2:32 < outer 4:17
            exec 1:34 run("x") < inner 2:32 < outer 4:11
            exec 1:34 run("x") < inner 2:32 < outer 4:39
        "#]],
    );
}

#[test]
fn coroutines_callbacks_and_pcall_keep_their_callers() {
    check(
        r#"local base = bk.image("a")
local co = coroutine.wrap(function(s)
  local t = coroutine.yield(s:run("1"))
  return t:run("2")
end)
local function go(s) return co(s) end
local one = go(base)
local two = go(one)
local ok, three = pcall(base.run, base, "3")
local ok, four = pcall(function() return base:run("4") end)
table.sort({ 2, 1 }, function(a, b) base:run("5") return a < b end)
local s = ("x"):gsub("x", function() base:run("6") end)
for step in (function() local n = 0 return function() n = n + 1 if n < 2 then return base:run("7") end end end)() do end
local t = setmetatable({}, { __index = function(_, k) return base:run(k) end })
local x = t.y
loadstring("local s = ... ; s:run('8')")(base)
"#,
        &expect![[r#"
            source 1:17 image("a")
            exec 3:31 run("1") < co 6:29 < go 7:13
            exec 4:12 run("2") < co 6:29 < go 8:13
            exec 9:19 pcall(base.run, base, "3")
            exec 10:47 run("4") < pcall 10:18
            exec 11:42 run("5") < sort 11:7
            exec 12:43 run("6") < gsub 12:17
            exec 13:91 run("7") < for 13:1
            exec 14:67 run(k) < local 15:1
            exec 16:1 loadstring("local s = ... ; s:run('8')")
        "#]],
    );
}

#[test]
fn columns_count_characters() {
    check(
        "local e = 'ü' local s = bk.image('a'):run('ö')\n",
        &expect![[r#"
        source 1:28 image('a')
        exec 1:39 run('ö')
    "#]],
    );
    check(
        "\u{feff}# syntax=x\r\nlocal s = bk.image('a')\r\n  :run('x')\r\n",
        &expect![[r#"
        source 2:14 image('a')
        exec 3:4 run('x')
    "#]],
    );
}

/// A program that is made together with what is to be found of each of its operations.
#[derive(Debug, Clone, Default)]
struct Program {
    text: String,
    /// The command of each run, in the order in which they are run, and where its name begins.
    runs: Vec<(String, usize)>,
}

#[derive(Debug, Clone)]
enum Step {
    /// A chain of runs on one line or on several.
    Chain { calls: usize, multiline: bool, table: bool },
    /// Runs nested in the arguments of others.
    Nested { depth: usize, multiline: bool },
    /// A call of the helper, several times on a line.
    Helper { times: usize },
    /// Strings and tables without parentheses.
    Sugar,
    /// Within functions, loops and conditions.
    Block,
    /// Comments and empty lines.
    Space(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1..5usize, any::<bool>(), any::<bool>()).prop_map(|(calls, multiline, table)| Step::Chain {
            calls,
            multiline,
            table
        }),
        (1..4usize, any::<bool>()).prop_map(|(depth, multiline)| Step::Nested { depth, multiline }),
        (1..4usize).prop_map(|times| Step::Helper { times }),
        Just(Step::Sugar),
        Just(Step::Block),
        (0..3usize).prop_map(Step::Space),
    ]
}

impl Program {
    fn make(steps: &[Step]) -> Program {
        let mut program = Program::default();
        program.text.push_str("local base = bk.image(\"alpine\")\nlocal function help(s, c) return s:");
        let helper = program.text.len();
        program.text.push_str("run(c) end\n");
        for step in steps {
            program.step(step, helper);
        }
        program
    }

    /// Writes `run`, which will be the next to run.
    fn run(&mut self) -> String {
        let command = format!("c{}", self.runs.len());
        self.runs.push((command.clone(), self.text.len()));
        self.text.push_str("run");
        command
    }

    fn step(&mut self, step: &Step, helper: usize) {
        match step {
            Step::Chain { calls, multiline, table } => {
                self.text.push_str("--[[é]] do local e = base");
                for _ in 0..*calls {
                    self.text.push_str(if *multiline { "\n  :" } else { ":" });
                    let command = self.run();
                    let options = if *table { ", {\n  cwd = \"/\",\n}" } else { "" };
                    self.text.push_str(&format!("(\"{command}\"{options})"));
                }
                self.text.push_str(" end\n");
            }
            Step::Nested { depth, multiline } => {
                // Arguments run before the call that they are for: the innermost is the first.
                let first = self.runs.len();
                self.text.push_str("do local n = ");
                let mut places = Vec::new();
                for level in 0..*depth {
                    let line = if *multiline { "\n" } else { "" };
                    self.text.push_str("base:");
                    places.push(self.text.len());
                    let command = format!("c{}", first + depth - level);
                    self.text.push_str(&format!("run(\"{command}\", {{ mounts = {{ bk.bind({line}"));
                }
                self.text.push_str("base:");
                places.push(self.text.len());
                self.text.push_str(&format!("run(\"c{first}\")"));
                for _ in 0..*depth {
                    self.text.push_str(", \"/m\") } })");
                }
                self.text.push_str(" end\n");
                for (index, place) in places.into_iter().rev().enumerate() {
                    self.runs.push((format!("c{}", first + index), place));
                }
            }
            Step::Helper { times } => {
                for _ in 0..*times {
                    let command = format!("c{}", self.runs.len());
                    self.runs.push((command.clone(), helper));
                    self.text.push_str(&format!("help(base, \"{command}\") "));
                }
                self.text.push('\n');
            }
            Step::Sugar => {
                self.text.push_str("local _ = base:");
                let command = self.run();
                self.text.push_str(&format!(" \"{command}\" :"));
                let command = self.run();
                self.text.push_str(&format!(" {{ \"{command}\" }}\n"));
            }
            Step::Block => {
                self.text.push_str("for _ = 1, 1 do if true then (function() base:");
                let command = self.run();
                self.text.push_str(&format!("(\"{command}\"); base:"));
                let command = self.run();
                self.text.push_str(&format!("(\"{command}\") end)() end end\n"));
            }
            Step::Space(lines) => {
                self.text.push_str("-- é run(\"x\")\n");
                self.text.push_str(&"\n".repeat(*lines));
            }
        }
    }
}

fn commands(graph: &Graph) -> Vec<(String, Location, usize)> {
    let execs = graph.vertices().iter().filter_map(|vertex| match &vertex.op {
        Op::Exec(exec) => {
            let command = exec.args.last().cloned().unwrap_or_default();
            Some((command, *vertex.locations.first().unwrap(), vertex.trace.len()))
        }
        _ => None,
    });
    execs.collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_operation_has_exactly_the_place_of_its_call(steps in prop::collection::vec(step(), 1..12)) {
        let program = Program::make(&steps);
        let (file, graph) = evaluated(&program.text, true);
        let found: Vec<(String, usize)> = commands(&graph)
            .into_iter()
            .map(|(command, at, _)| (command, range(&file, &at).0))
            .collect();
        prop_assert_eq!(&found, &program.runs, "{}", program.text);
    }

    #[test]
    fn the_split_changes_no_operation_and_no_frame(steps in prop::collection::vec(step(), 1..12)) {
        let program = Program::make(&steps);
        let (_, split) = evaluated(&program.text, true);
        let (_, plain) = evaluated(&program.text, false);
        prop_assert_eq!(commands(&split).len(), program.runs.len(), "{}", &program.text);
        let lines = |graph: &Graph| -> Vec<(String, i32, usize)> {
            commands(graph).into_iter().map(|(command, at, callers)| (command, at.start.line, callers)).collect()
        };
        prop_assert_eq!(lines(&split), lines(&plain), "{}", program.text);
    }
}

#[test]
fn the_definition_says_where_in_the_script_an_op_is() {
    let run = run("local s = bk.image('a')\n  :run('x')\nbk.export(s)\n");
    let text = luakit_check::llb::text::render(
        run.definition().unwrap(),
        &luakit_check::llb::text::TextOptions { locations: true, ..Default::default() },
    );
    expect![[r#"
        %0 = source docker-image://docker.io/library/a:latest  [linux/amd64]
             at build.lua:1:13-1:23
        %1 = exec /bin/sh -c x  [linux/amd64]
             mount / bind %0 -> %1.0
             at build.lua:2:3-2:11
        return %1
    "#]]
    .assert_eq(&text);
}
