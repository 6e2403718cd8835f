//! `cargo xtask daemon`: a BuildKit to try things on, the same that the tests start for themselves.

#![allow(clippy::print_stdout, reason = "a command-line tool for developers")]

use std::path::PathBuf;
use std::time::Instant;

use luakit_testkit::{Config, Daemon, Lifetime, stop, tools};

pub(crate) const USAGE: &str = "\
cargo xtask daemon             run a registry and buildkitd until Ctrl-C
cargo xtask daemon --detach    leave them running
cargo xtask daemon stop        end them";

/// The registry's usual port, so that image names stay the same from day to day. Taken by something else, another is chosen.
const PORT: u16 = 5000;

pub(crate) fn run(args: &[&str]) -> Result<(), String> {
    match args {
        [] => {
            let mut daemon = start(Lifetime::Process(folder()))?;
            println!("\nCtrl-C stops it.");
            // `cargo xtask daemon stop` from elsewhere ends it, too.
            eprintln!("{}", daemon.wait());
            Ok(())
        }
        ["--detach"] => {
            start(Lifetime::Detached(folder()))?;
            println!("\nIt keeps running; stop it with\n\n    cargo xtask daemon stop");
            Ok(())
        }
        ["stop"] => {
            let was_running = stop(&Daemon::pid_file(&folder()))?;
            println!("{}", if was_running { "stopped" } else { "no daemon was running" });
            Ok(())
        }
        _ => Err(format!("usage:\n{USAGE}")),
    }
}

/// Keeps its caches from run to run; `cargo clean` forgets them.
fn folder() -> PathBuf {
    tools::workspace().join("target/daemon")
}

fn start(lifetime: Lifetime) -> Result<Daemon, String> {
    let start = Instant::now();
    let daemon = Daemon::start(&Config { lifetime, port: Some(PORT) })?;
    println!(
        "buildkitd is ready after {:.1} s; its log is {}",
        start.elapsed().as_secs_f32(),
        daemon.log().display()
    );
    println!(
        "registry {}; docker.io/library/NAME is looked for there, and library/alpine:3.19 is in it\n",
        daemon.registry()
    );
    println!("    export BUILDKIT_HOST={}", daemon.address());
    println!("    export PATH={}:$PATH", tools::folder().join("bin").display());
    println!(
        "    target/debug/luakit build examples/hello.lua | buildctl build --local context=. --output type=local,dest=out"
    );
    Ok(daemon)
}
