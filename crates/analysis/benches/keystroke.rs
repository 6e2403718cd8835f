//! What a keystroke costs, and of what: `cargo bench -p luakit-analysis`.
//!
//! Each row is a script of so many lines. A letter is typed in its middle again and again; the text is parsed with what
//! is known of the one before, and the editor asks its usual questions. The numbers are medians in milliseconds.

#![allow(clippy::unwrap_used, reason = "a bench that cannot start has nothing to say")]
#![allow(clippy::print_stdout, reason = "the table is what a bench is run for")]

use luakit_analysis::{Script, completions, diagnostics, hover};
use luakit_diagnostics::SourceFile;
use luakit_testkit::script;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

const STACK: usize = 64 << 20;
const ROUNDS: usize = 21;
const COLUMNS: [&str; 7] = ["lines", "parse", "reparse", "findings", "completion", "hover", "prepare"];

fn main() {
    std::thread::Builder::new().stack_size(STACK).spawn(table).unwrap().join().unwrap();
}

fn table() {
    println!("{}", COLUMNS.map(|column| format!("{column:>12}")).concat());
    for lines in [100, 1000, 10_000] {
        let text = script(lines);
        let row = row(&text).map(|time| format!("{:>12.2}", time.as_secs_f64() * 1e3)).concat();
        println!("{lines:>12}{row}");
    }
}

fn row(text: &str) -> [Duration; 6] {
    let middle = text.len() / 2;
    let at = middle + text.get(middle..).unwrap().find("from:run(").unwrap() + "from:".len();
    let with = |round: usize| {
        let typed = format!("{}x{round}{}", text.get(..at).unwrap(), text.get(at..).unwrap());
        Arc::new(SourceFile::new("build.lua", typed))
    };
    let mut times: [Vec<Duration>; 6] = Default::default();
    let mut previous = Script::parse(with(0));
    for round in 1..=ROUNDS {
        let file = with(round);
        let mut measure = |column: usize, work: &mut dyn FnMut()| {
            let start = Instant::now();
            work();
            times[column].push(start.elapsed());
        };
        measure(0, &mut || {
            black_box(Script::parse(file.clone()));
        });
        let mut script = None;
        measure(1, &mut || script = Some(Script::reparse(file.clone(), &previous)));
        let script = script.unwrap();
        measure(2, &mut || {
            black_box(diagnostics(&script, None));
        });
        measure(3, &mut || {
            black_box(completions(&script, at, None));
        });
        measure(4, &mut || {
            black_box(hover(&script, at + 1, None));
        });
        measure(5, &mut || {
            black_box(script.prepare());
        });
        previous = script;
    }
    times.map(|mut times| {
        times.sort();
        times.get(times.len() / 2).copied().unwrap_or_default()
    })
}
