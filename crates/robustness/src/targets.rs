//! What fuzzers and their tests call: bytes go in, and a panic is a finding.

use crate::asking::{ask_all, places};
use crate::session::{Session, framed, split, uri};
use crate::{Dice, edits, scripts, streams};
use luakit_api::modules::{LoadError, Loader};
use luakit_check::{Limits, Lints, Options, dry_run, worker};
use luakit_diagnostics::{Code, SourceFile};
use luakit_lsp::in_process::InProcess;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Undoes what libFuzzer does about panics: it would end the process at those that we catch, as of the parser. Those
/// that we do not catch end the target, which it notices.
pub fn let_panics_be_caught() {
    std::panic::set_hook(Box::new(|panic| {
        // Workers hand their panics on; whoever gets one judges it.
        if std::thread::current().name() != Some("luakit-worker") {
            eprintln!("{panic}\n{}", std::backtrace::Backtrace::force_capture());
        }
    }));
}

/// Serves bytes as they are, from the first one.
pub fn json_rpc(bytes: &[u8]) {
    let mut server = InProcess::start().expect("a server starts");
    server.write(bytes.to_vec());
    server.close();
    let mut output = Vec::new();
    while let Ok(bytes) = server.output.recv_timeout(PATIENCE) {
        output.extend(bytes);
    }
    server.end().expect("the server does not panic");
    while let Some((message, length)) = split(&output) {
        judge(&message);
        output.drain(..length);
    }
}

/// Serves a conversation made from bytes, with noise on the line or without.
pub fn conversation(bytes: &[u8]) {
    let mut dice = Dice::new(bytes);
    if dice.one_in(2) {
        json_rpc(&streams::noisy(&mut dice));
    } else {
        exact(&streams::messages(&mut dice));
    }
}

/// Serves messages that arrive as they were sent: each request is answered once, whatever else is said.
fn exact(messages: &[Value]) {
    let is_exit = |message: &&Value| message["method"] == "exit";
    let messages: Vec<&Value> = messages.iter().take_while(|it| !is_exit(it)).collect();
    let mut waiting: Vec<&Value> = messages.iter().filter_map(|it| it.get("id")).collect();
    let mut server = InProcess::start().expect("a server starts");
    // All of it is there at once.
    server.write(messages.iter().flat_map(|it| framed(&edits::wire(it))).collect());
    let mut output = Vec::new();
    while !waiting.is_empty() {
        let bytes = server.output.recv_timeout(PATIENCE);
        output.extend(bytes.unwrap_or_else(|err| panic!("no answers to {waiting:?}: {err}")));
        while let Some((message, length)) = split(&output) {
            output.drain(..length);
            judge(&message);
            if message.get("method").is_none() {
                let place = waiting.iter().position(|it| **it == message["id"]);
                waiting.swap_remove(place.unwrap_or_else(|| panic!("an answer too many: {message}")));
            }
        }
    }
    server.close();
    server.end().expect("the server does not panic");
}

/// Fails if the server says that it failed.
fn judge(message: &Value) {
    let failed = message["error"]["code"] == -32603 || message["error"].to_string().contains("luakit failed");
    let complaint = message["method"] == "window/logMessage" && message["params"]["type"] == 1;
    assert!(!failed && !complaint, "{message}");
}

/// Runs a script made from bytes through everything: parser, analysis, formatter, and the evaluator.
pub fn mutated_script(bytes: &[u8]) {
    script(&scripts::script(&mut Dice::new(bytes)));
}

/// Runs a script through everything.
pub fn script(text: &str) {
    analyse(text);
    format(text);
    evaluate(text);
}

/// Asks everything that a client can ask about a script. The server is the same for all scripts of a thread.
pub fn analyse(text: &str) {
    thread_local! {
        static SESSION: RefCell<Option<Session>> = const { RefCell::new(None) };
    }
    let folder = scripts::repository().join("examples");
    let uri = format!("{}/mutated.lua", uri(&folder));
    SESSION.with_borrow_mut(|session| {
        let session = session.get_or_insert_with(|| Session::start(&folder));
        session.open(&uri, 1, text);
        let middle = places(text, &mut Dice::new(text.as_bytes()), 2);
        ask_all(session, &uri, text, &middle);
        // An edit, for whatever is kept from one text to the next.
        let start = json!({ "line": 0, "character": 0 });
        let range = json!({ "start": start, "end": start });
        session.change(&uri, 2, json!([{ "range": range, "text": "local x = 1\n" }]));
        session.request("textDocument/diagnostic", json!({ "textDocument": { "uri": uri } })).ok();
        session.close(&uri);
        assert_eq!(session.complaints(), Vec::<String>::new());
    });
}

/// Formats a text, and then what came of it.
pub fn format(text: &str) {
    let config = luakit_format::Config::default();
    if let Ok(formatted) = luakit_format::format(text, &config, None) {
        let again = luakit_format::format(&formatted, &config, None);
        // It has a limit of time, which a busy machine may reach.
        let is_fine = matches!(again, Ok(_) | Err(luakit_format::Error::TooSlow(_)));
        assert!(is_fine, "its own output is refused: {again:?}\n{formatted}");
    }
}

/// Evaluates a script with small limits.
pub fn evaluate(text: &str) {
    let file = Arc::new(SourceFile::new("build.lua", text));
    let options = Options {
        timeout: Duration::from_millis(300),
        limits: Limits { memory: 64 << 20, ops: 1000, data: 16 << 20, output: 64 << 10, ..Limits::default() },
        lints: Lints::All,
        ..Options::default()
    };
    let run = worker::run(|| dry_run(&file, &Nothing, &options)).expect("the dry run does not panic");
    let internal = run.diagnostics.iter().find(|it| it.code == Code::INTERNAL);
    assert!(internal.is_none(), "{internal:?}");
    for finding in &run.diagnostics {
        let range = finding.place.range;
        let file = &finding.place.file.text;
        assert!(file.get(range.start..range.end).is_some(), "{range:?} is not in the script: {finding:?}");
    }
}

struct Nothing;

impl Loader for Nothing {
    fn load(&self, _: &str) -> Result<Arc<SourceFile>, LoadError> {
        Err(LoadError::NotFound)
    }
}
