//! How long a dry run takes, as a table: `cargo bench -p luakit-check`.
//!
//! Each shape comes in two or three sizes, so that what grows faster than the script shows.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "it prints its result, and runs on what it wrote itself"
)]

use luakit_api::modules::{LoadError, Loader};
use luakit_check::{Options, dry_run, worker};
use luakit_diagnostics::SourceFile;
use std::sync::Arc;
use std::time::{Duration, Instant};

struct NoModules;

impl Loader for NoModules {
    fn load(&self, _: &str) -> Result<Arc<SourceFile>, LoadError> {
        Err(LoadError::NotFound)
    }
}

type Shape = (&'static str, fn(usize) -> String, &'static [usize]);

const SHAPES: &[Shape] = &[
    ("an ordinary script, by lines", ordinary, &[30, 1_000, 10_000]),
    ("a chain in a loop, by operations", chain, &[1_000, 10_000, 50_000]),
    ("one line, by calls", one_line, &[1_000, 10_000]),
    ("operations under 150 frames", recursion, &[1_000, 10_000]),
    ("warnings at different places", warnings, &[1_000, 10_000]),
    ("errors that are caught", caught, &[1_000, 10_000]),
    ("a coroutine for each operation", coroutines, &[1_000, 10_000]),
    ("a file of bytes", bytes, &[1 << 20, 32 << 20]),
];

fn main() {
    println!("{:40}{:>10}{:>12}{:>12}{:>12}", "", "size", "once", "twice", "per unit");
    for (name, script, sizes) in SHAPES {
        for size in *sizes {
            let text = script(*size);
            let (once, twice) = (measure(&text, false), measure(&text, true));
            let unit = once.as_nanos() as f64 / *size as f64 / 1e3;
            println!("{name:40}{size:>10}{:>12}{:>12}{unit:>9.3} µs", shown(once), shown(twice));
        }
    }
}

/// Takes the best of some runs, since the others measure the machine; the worker is started only once.
fn measure(text: &str, verify: bool) -> Duration {
    let file = Arc::new(SourceFile::new("build.lua", text));
    let options = Options { verify, timeout: Duration::from_secs(120), ..Options::default() };
    worker::run(|| {
        let begun = Instant::now();
        let mut times = Vec::new();
        while times.len() < 3 || (begun.elapsed() < Duration::from_millis(300) && times.len() < 200) {
            let begun = Instant::now();
            let run = dry_run(&file, &NoModules, &options);
            times.push(begun.elapsed());
            assert!(run.definition().is_some(), "{:?}", run.diagnostics.first());
        }
        times.sort();
        times.first().copied().unwrap_or_default()
    })
    .unwrap()
}

fn shown(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

fn ordinary(lines: usize) -> String {
    let mut text =
        "local base = bk.image(\"golang:1.22\")\nlocal src = bk.local_(\"context\")\nlocal s = base\n"
            .to_owned();
    for i in 0..(lines.saturating_sub(4)) / 5 {
        text.push_str(&format!(
            "-- Step {i}: what it needs and what it makes.\n\
             s = s:run(\"go build ./cmd/{i}\", {{ cwd = \"/src\", env = {{ CGO_ENABLED = \"0\" }},\n  \
             mounts = {{ bk.cache(\"/root/.cache\"), bk.bind(src, \"/src\") }} }})\n\
             s = s:mkdir(\"/out/{i}\", {{ make_parents = true }})\n  \
             :copy(src, \"README.md\", \"/out/{i}/\")\n"
        ));
    }
    text.push_str("bk.export(s)\n");
    text
}

fn chain(ops: usize) -> String {
    format!(
        "local s = bk.image(\"alpine\")\nfor i = 1, {ops} do\n  s = s:run(\"step \" .. i)\nend\nbk.export(s)\n"
    )
}

fn one_line(calls: usize) -> String {
    let steps: String = (0..calls).map(|i| format!("s = s:run(\"step {i}\") ")).collect();
    format!("local s = bk.image(\"alpine\") {steps}bk.export(s)")
}

fn recursion(ops: usize) -> String {
    format!(
        "local s = bk.image(\"alpine\")\n\
         local function deep(n, i)\n  if n == 0 then\n    s = s:run(\"step \" .. i)\n    return 1\n  end\n  return deep(n - 1, i) + 1\nend\n\
         for i = 1, {ops} do deep(150, i) end\nbk.export(s)\n"
    )
}

fn warnings(lines: usize) -> String {
    let steps: String = (0..lines).map(|i| format!("s = s:mkdir(\"/{i}\", {{ mode = 755 }})\n")).collect();
    format!("local s = bk.image(\"alpine\")\n{steps}bk.export(s)\n")
}

fn caught(errors: usize) -> String {
    format!("for i = 1, {errors} do\n  pcall(bk.image, \"A\" .. i)\nend\nbk.export(bk.scratch())\n")
}

fn coroutines(ops: usize) -> String {
    format!(
        "local s = bk.image(\"alpine\")\nfor i = 1, {ops} do\n  \
         coroutine.wrap(function() s = s:run(\"step \" .. i) end)()\nend\nbk.export(s)\n"
    )
}

fn bytes(size: usize) -> String {
    format!("bk.export(bk.scratch():mkfile(\"/x\", (\"x\"):rep({size})))\n")
}
