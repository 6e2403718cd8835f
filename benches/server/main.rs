//! What a keystroke costs in an editor, beside another server of Lua in the same run: `cargo bench --bench server`.
//!
//! Both servers get the same scripts and the same messages, in turn. The other one is EmmyLua's, with our stubs to know
//! `bk` by: `cargo xtask setup peer` builds it. The output is the table of docs/performance.md.

#![allow(clippy::unwrap_used, reason = "a bench that cannot start has nothing to say")]
#![allow(clippy::print_stdout, reason = "the table is what a bench is run for")]

mod client;

use client::Client;
use luakit_testkit::{script, tools};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

const SIZES: [usize; 3] = [100, 1000, 10_000];
const KEYS: usize = 60;

/// What was measured of one server with one script.
struct Figures {
    start: Duration,
    keys: Vec<Duration>,
    completion: Vec<Duration>,
    hover: Vec<Duration>,
    memory: usize,
    idle: u64,
}

fn main() {
    let ours = PathBuf::from(env!("CARGO_BIN_EXE_luakit"));
    let peer = tools::folder().join("bin/emmylua_ls");
    let peer = peer.exists().then_some(peer);
    if peer.is_none() {
        println!("emmylua_ls is not there (cargo xtask setup peer); luakit is measured alone\n");
    }
    println!("| lines | | luakit | emmylua_ls | ratio |\n| ---: | --- | ---: | ---: | ---: |");
    for lines in SIZES {
        let text = script(lines);
        let luakit = measure(|| luakit(&ours), &text);
        let other = peer.as_ref().map(|peer| measure(|| Command::new(peer), &text));
        rows(lines, &luakit, other.as_ref());
    }
}

fn luakit(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.arg("lsp");
    command
}

fn measure(command: impl Fn() -> Command, text: &str) -> Figures {
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // EmmyLua knows `bk` by the stubs; luakit has no use for them.
    let stubs = root.join("editors/luals");
    let config =
        serde_json::json!({ "workspace": { "library": [stubs] }, "runtime": { "version": "Lua5.1" } });
    std::fs::write(folder.path().join(".emmyrc.json"), config.to_string()).unwrap();
    std::fs::write(folder.path().join("build.lua"), text).unwrap();
    let initialize = std::fs::read_to_string(root.join("tests/lsp/data/vscode-initialize.json")).unwrap();
    let initialize: Value = serde_json::from_str(&initialize).unwrap();
    let initialize = initialize.get("params").unwrap_or(&initialize).clone();

    let begun = Instant::now();
    let mut client = Client::start(&mut command(), folder.path(), &initialize);
    client.open(text);
    client.diagnostics();
    let start = begun.elapsed();

    // In the middle, the method of `from:run(` becomes one that does not exist, and one that does, letter by letter.
    let (line, before) = position(text, "from:run(");
    let column = before + "from:".len();
    let mut keys = Vec::new();
    let mut counts = Vec::new();
    for key in 0..KEYS {
        let begun = Instant::now();
        match key % 2 {
            0 => client.edit(line, column + 3, column + 3, "q"),
            _ => client.edit(line, column + 3, column + 4, ""),
        }
        counts.push(client.diagnostics());
        keys.push(begun.elapsed());
    }
    assert!(counts.windows(2).all(|pair| pair[0] != pair[1]), "each key changes the findings: {counts:?}");

    let mut completion = Vec::new();
    for key in 0..KEYS {
        let begun = Instant::now();
        match key % 2 {
            0 => client.edit(line, column, column + 3, "r"),
            _ => client.edit(line, column, column + 1, "run"),
        }
        let items = client.ask("textDocument/completion", line, column + 1);
        completion.push(begun.elapsed());
        assert!(items.to_string().contains("\"run\""), "{:?}: {items}", command());
    }

    let mut hover = Vec::new();
    for _ in 0..KEYS {
        let begun = Instant::now();
        let answer = client.ask("textDocument/hover", line, column + 1);
        hover.push(begun.elapsed());
        assert!(!answer.is_null());
    }
    std::thread::sleep(Duration::from_secs(1));
    let before = client.ticks();
    std::thread::sleep(Duration::from_secs(2));
    let idle = client.ticks() - before;
    Figures { start, keys, completion, hover, memory: client.memory("VmRSS"), idle }
}

/// Returns the line and the column of a text's first occurrence in the second half.
fn position(text: &str, wanted: &str) -> (usize, usize) {
    let lines: Vec<&str> = text.lines().collect();
    let behind = |(line, text): (usize, &&str)| Some((line, text.find(wanted)?));
    lines.iter().enumerate().skip(lines.len() / 2).find_map(behind).unwrap()
}

fn rows(lines: usize, ours: &Figures, other: Option<&Figures>) {
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let row = |name: &str, unit: &str, of: &dyn Fn(&Figures) -> f64| {
        let (a, b) = (of(ours), other.map(of));
        let shown = |value: f64| format!("{value:.1} {unit}");
        let ratio = b.filter(|b| *b > 0.0).map_or(String::new(), |b| format!("{:.2}", a / b));
        println!("| {lines} | {name} | {} | {} | {ratio} |", shown(a), b.map(shown).unwrap_or_default());
    };
    row("key to findings, median", "ms", &|it| ms(percentile(&it.keys, 50)));
    row("key to findings, 99 %", "ms", &|it| ms(percentile(&it.keys, 99)));
    row("key to completion, median", "ms", &|it| ms(percentile(&it.completion, 50)));
    row("key to completion, 99 %", "ms", &|it| ms(percentile(&it.completion, 99)));
    row("hover, median", "ms", &|it| ms(percentile(&it.hover, 50)));
    row("start to first findings", "ms", &|it| ms(it.start));
    row("memory", "MB", &|it| it.memory as f64 / 1024.0);
    row("idle for two seconds, processor", "ms", &|it| it.idle as f64 * 10.0);
}

fn percentile(times: &[Duration], percent: usize) -> Duration {
    let mut times = times.to_vec();
    times.sort();
    times.get((times.len() * percent / 100).min(times.len() - 1)).copied().unwrap_or_default()
}
