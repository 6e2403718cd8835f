//! A long day: memory and threads stay what they were, and who waits uses no processor.

#![cfg(target_os = "linux")]

use crate::lsp::Client;
use luakit_robustness::requests::{ALL, About};
use serde_json::json;
use std::time::Duration;

/// A number from a line of `/proc/PID/status`.
fn status(client: &Client, key: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", client.process_id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':')).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

fn kilobytes(client: &Client) -> u64 {
    status(client, "VmRSS")
}

/// The processor time used so far, in ticks of 10 ms.
fn ticks(client: &Client) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", client.process_id())).unwrap();
    // The name may hold anything; what follows it does not.
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

/// Waits until the server has nothing left to do: it uses no time from one look to the next, some times in a row, for
/// on a busy machine it may only be waiting for its turn.
fn settle(client: &Client) {
    let mut before = ticks(client);
    let mut quiet = 0;
    for _ in 0..600 {
        std::thread::sleep(Duration::from_millis(100));
        let now = ticks(client);
        quiet = if now == before { quiet + 1 } else { 0 };
        if quiet == 5 {
            return;
        }
        before = now;
    }
    panic!("the server is never done");
}

/// Types a letter and takes it back, `count` times.
fn type_much(client: &mut Client, count: usize) {
    let text = "local s = bk.image('alpine')\nbk.export(s:run('make'))\n";
    for i in 0..count / 2 {
        let at = |character| json!({ "line": 1, "character": character });
        let typed = json!([{ "range": { "start": at(17), "end": at(17) }, "text": "x" }]);
        client.change("build.lua", typed, text.into());
        let taken_back = json!([{ "range": { "start": at(17), "end": at(18) }, "text": "" }]);
        client.change("build.lua", taken_back, text.into());
        if i % 50 == 0 {
            let uri = client.uri("build.lua");
            assert_eq!(client.request("luakit/syntaxTree", json!({ "uri": uri }))["text"], text);
            client.request("textDocument/completion", client.at("build.lua", "export"));
            client.transcript();
        }
        if i % 200 == 0 {
            ask_everything(client, "build.lua", text);
        }
    }
    client.wait_for_findings("build.lua");
}

/// Asks what there is to ask. What is not offered is refused, which costs nothing.
fn ask_everything(client: &mut Client, name: &str, text: &str) {
    let uri = client.uri(name);
    for request in ALL.iter().filter(|it| !matches!(it.about, About::Item { .. })) {
        client.request(request.method, request.params(&uri, text, text.len() / 2));
    }
    client.transcript();
}

fn open_and_close_much(client: &mut Client, count: usize) {
    for i in 0..count {
        let name = format!("many/{i}.build.lua");
        client.open_with(&name, "local m = require('lib')\nbk.nope()\n");
        client.request("textDocument/hover", client.at(&name, "nope"));
        if i % 50 == 0 {
            ask_everything(client, &name, "local m = require('lib')\nbk.nope()\n");
        }
        client.close(&name);
        client.transcript();
    }
}

#[test]
fn ten_thousand_edits_and_a_thousand_files_leave_nothing_behind() {
    let mut client = Client::start("local s = bk.image('alpine')\nbk.export(s:run('make'))\n");
    client.open("build.lua");
    client.save("build.lua");
    // What is made once, and what the allocator keeps, is there after a while.
    type_much(&mut client, 1000);
    open_and_close_much(&mut client, 100);
    settle(&client);
    let (before, threads) = (kilobytes(&client), status(&client, "Threads"));
    type_much(&mut client, 10_000);
    open_and_close_much(&mut client, 1000);
    client.save("build.lua");
    settle(&client);
    let (after, threads_after) = (kilobytes(&client), status(&client, "Threads"));
    eprintln!("{before} kB and {threads} threads before, {after} kB and {threads_after} after");
    // A parsed script is some 100 kB: each of the 12,000 kept would be a gigabyte.
    assert!(after < before + (64 << 10), "{before} kB became {after} kB");
    // Some of tokio's threads for files and pipes wait a while for more to do. One left by each question would be thousands.
    assert!(threads_after <= threads + 16, "{threads} threads became {threads_after}");
    client.transcript();
}

#[test]
fn who_waits_uses_no_processor() {
    let mut client = Client::start("bk.export(bk.image('alpine'))\n");
    client.open("build.lua");
    client.save("build.lua");
    settle(&client);
    // A timer or a loop would show in each of them; what was late in coming shows in one.
    let is_idle = (0..5).any(|_| {
        let before = ticks(&client);
        std::thread::sleep(Duration::from_secs(2));
        ticks(&client) == before
    });
    assert!(is_idle, "it used the processor in each of five times two idle seconds");
    client.transcript();
}
