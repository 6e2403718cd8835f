//! What a keystroke costs in a script of a thousand lines: `cargo bench -p luakit-analysis`.
//!
//! Each line of the table is one keystroke: the text is parsed anew, and the editor asks its usual questions.

#![allow(clippy::unwrap_used, reason = "a bench that cannot start has nothing to say")]
#![allow(clippy::print_stdout, reason = "the table is what a bench is run for")]

use luakit_analysis::{Script, completions, diagnostics};
use luakit_diagnostics::SourceFile;
use std::sync::Arc;
use std::time::Instant;

const STACK: usize = 64 << 20;

fn main() {
    std::thread::Builder::new().stack_size(STACK).spawn(table).unwrap().join().unwrap();
}

fn table() {
    let line = "s = s:run(\"make \" .. name, { cwd = \"/src\", env = { A = 1 } })\n";
    let text = format!("local s, name = bk.image(\"x\"), \"y\"\n{}s:", line.repeat(1000));
    let file = Arc::new(SourceFile::new("build.lua", text.clone()));
    println!("{:>12} {:>12} {:>12} {:>12}", "parse", "findings", "completion", "prepare");
    for _ in 0..10 {
        let start = Instant::now();
        let script = Script::parse(file.clone());
        let parsed = start.elapsed();
        std::hint::black_box(diagnostics(&script, None));
        let checked = start.elapsed();
        std::hint::black_box(completions(&script, text.len(), None));
        let completed = start.elapsed();
        std::hint::black_box(script.prepare());
        let prepared = start.elapsed();
        let shown = |time: std::time::Duration| format!("{:.2} ms", time.as_secs_f64() * 1e3);
        println!(
            "{:>12} {:>12} {:>12} {:>12}",
            shown(parsed),
            shown(checked - parsed),
            shown(completed - checked),
            shown(prepared - completed)
        );
    }
}
