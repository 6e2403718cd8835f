//! A client that talks to a real `luakit lsp` over its stdin and stdout, and writes down what it hears.
//!
//! It waits for named things and never sleeps. When it is dropped it shuts the server down, and fails the test if
//! that does not end cleanly or if something was said that nobody read.

use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a client says of itself; by default it can do as little as the protocol allows.
#[derive(Default)]
pub(crate) struct Setup {
    pub(crate) capabilities: Value,
    pub(crate) options: Value,
    /// What it answers when it is asked for the section `luakit`.
    pub(crate) configuration: Value,
    /// It opens a file without a folder.
    pub(crate) no_folder: bool,
    /// It answers every request of the server with an error.
    pub(crate) refuses: bool,
}

pub(crate) struct Client {
    process: Child,
    stdin: Option<ChildStdin>,
    incoming: Receiver<Value>,
    folder: TempDir,
    configuration: Value,
    refuses: bool,
    unread: VecDeque<Value>,
    /// What was heard while something else was waited for.
    heard: Vec<Value>,
    transcript: Vec<String>,
    documents: BTreeMap<String, (i32, String)>,
    next_id: i64,
    ended: bool,
}

impl Client {
    /// Starts a server in a folder with the files of `fixture`, where each begins with `--- name`.
    pub(crate) fn start(fixture: &str) -> Client {
        Client::with(fixture, Setup::default())
    }

    pub(crate) fn with(fixture: &str, setup: Setup) -> Client {
        let mut client = Client::spawn(fixture);
        let folder = if setup.no_folder { Value::Null } else { json!(client.uri("")) };
        client.configuration = setup.configuration;
        client.refuses = setup.refuses;
        let capabilities = if setup.capabilities.is_null() { json!({}) } else { setup.capabilities };
        client.initialize(json!({
            "processId": null,
            "rootUri": folder,
            "capabilities": capabilities,
            "initializationOptions": setup.options,
        }));
        client
    }

    /// Starts a server and says nothing yet.
    pub(crate) fn spawn(fixture: &str) -> Client {
        let folder = tempfile::tempdir().unwrap();
        write_fixture(folder.path(), fixture);
        let mut process = Command::new(env!("CARGO_BIN_EXE_luakit"))
            .arg("lsp")
            .current_dir(folder.path())
            .env("XDG_CACHE_HOME", folder.path().join(".cache"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let (sender, incoming) = channel();
        std::thread::spawn(move || {
            while let Some(message) = read_message(&mut stdout) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        Client {
            stdin: process.stdin.take(),
            process,
            incoming,
            folder,
            configuration: Value::Null,
            refuses: false,
            unread: VecDeque::new(),
            heard: Vec::new(),
            transcript: Vec::new(),
            documents: BTreeMap::new(),
            next_id: 0,
            ended: false,
        }
    }

    pub(crate) fn initialize(&mut self, params: Value) -> Value {
        let answer = self.request("initialize", params);
        self.notify("initialized", json!({}));
        answer
    }

    /// The process, for what only the system knows of it.
    pub(crate) fn process_id(&self) -> u32 {
        self.process.id()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn uri(&self, name: &str) -> String {
        if name.starts_with("untitled:") {
            return name.to_owned();
        }
        let path = self.path(name);
        let mut uri = "file://".to_owned();
        for byte in path.to_str().unwrap().bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => uri.push(byte as char),
                _ => uri.push_str(&format!("%{byte:02X}")),
            }
        }
        uri.trim_end_matches('/').to_owned()
    }

    /// Opens a file with the text it has on disk, and waits for its findings.
    pub(crate) fn open(&mut self, name: &str) {
        let text = std::fs::read_to_string(self.path(name)).unwrap_or_default();
        self.open_with(name, &text);
        self.wait_for_findings(name);
    }

    /// Opens a document and waits for nothing.
    pub(crate) fn open_with(&mut self, name: &str, text: &str) {
        self.documents.insert(name.into(), (1, text.into()));
        let item = json!({ "uri": self.uri(name), "languageId": "lua", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": item }));
    }

    /// Replaces the only occurrence of `old`, and waits for the findings of the new version.
    pub(crate) fn edit(&mut self, name: &str, old: &str, new: &str) {
        self.type_over(name, old, new);
        self.wait_for_findings(name);
    }

    /// Replaces the only occurrence of `old` and waits for nothing. Columns are UTF-16 units.
    pub(crate) fn type_over(&mut self, name: &str, old: &str, new: &str) {
        let text = self.documents[name].1.clone();
        assert_eq!(text.matches(old).count(), 1, "{old:?} has to be there once");
        let start = text.find(old).unwrap();
        let range = json!({ "start": position(&text, start), "end": position(&text, start + old.len()) });
        let changed = text.replacen(old, new, 1);
        self.change(name, json!([{ "range": range, "text": new }]), changed);
    }

    /// Sends changes that lead to `text`.
    pub(crate) fn change(&mut self, name: &str, changes: Value, text: String) {
        let uri = self.uri(name);
        let document = self.documents.get_mut(name).unwrap();
        *document = (document.0 + 1, text);
        let id = json!({ "uri": uri, "version": document.0 });
        self.notify("textDocument/didChange", json!({ "textDocument": id, "contentChanges": changes }));
    }

    /// Saves the document, to disk as well, and waits for its dry run to end.
    pub(crate) fn save(&mut self, name: &str) {
        self.save_only(name);
        self.wait_for_status(name);
    }

    pub(crate) fn save_only(&mut self, name: &str) {
        if !name.starts_with("untitled:") {
            std::fs::write(self.path(name), &self.documents[name].1).unwrap();
        }
        self.notify("textDocument/didSave", json!({ "textDocument": { "uri": self.uri(name) } }));
    }

    pub(crate) fn close(&mut self, name: &str) {
        self.notify("textDocument/didClose", json!({ "textDocument": { "uri": self.uri(name) } }));
    }

    /// The parameters of a question about the place right before the only occurrence of `mark`.
    pub(crate) fn at(&self, name: &str, mark: &str) -> Value {
        let text = &self.documents[name].1;
        assert_eq!(text.matches(mark).count(), 1, "{mark:?} has to be there once");
        let position = position(text, text.find(mark).unwrap());
        json!({ "textDocument": { "uri": self.uri(name) }, "position": position })
    }

    pub(crate) fn wait_for_findings(&mut self, name: &str) {
        let (uri, version) = (self.uri(name), self.documents[name].0);
        self.wait(&format!("findings of {name} v{version}"), |message| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri.as_str()
                && message["params"]["version"] == version
        });
    }

    pub(crate) fn wait_for_status(&mut self, name: &str) -> Value {
        let uri = self.uri(name);
        self.wait(&format!("end of the dry run of {name}"), |message| {
            message["method"] == "luakit/status" && message["params"]["uri"] == uri.as_str()
        })["params"]
            .clone()
    }

    /// Waits until the dry run of a document that was asked for has begun.
    pub(crate) fn wait_until_running(&mut self, name: &str) {
        let status = self.request("luakit/status", json!({ "uri": self.uri(name) }));
        assert_eq!(status["state"], "running");
    }

    /// Asks and returns the answer: the result, or `{"error": …}`.
    pub(crate) fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        self.answer(id)
    }

    /// Asks and does not wait for the answer.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    pub(crate) fn answer(&mut self, id: impl Into<Value>) -> Value {
        let id = id.into();
        let is_it = |message: &Value| message.get("method").is_none() && message["id"] == id;
        let message = self.wait(&format!("answer to {id}"), is_it);
        match message.get("error") {
            Some(error) => json!({ "error": error }),
            None => message["result"].clone(),
        }
    }

    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    pub(crate) fn send(&mut self, message: &Value) {
        self.send_raw(&message.to_string());
    }

    pub(crate) fn send_raw(&mut self, body: &str) {
        let stdin = self.stdin.as_mut().unwrap();
        // A server that has ended is noticed by whoever waits for it.
        let _ = write!(stdin, "Content-Length: {}\r\n\r\n{body}", body.len()).and_then(|()| stdin.flush());
    }

    /// Sends messages in one write, so that the server finds them all at once.
    pub(crate) fn send_burst(&mut self, messages: &[Value]) {
        let framed = |message: &Value| {
            let body = message.to_string();
            format!("Content-Length: {}\r\n\r\n{body}", body.len())
        };
        self.send_bytes(messages.iter().map(framed).collect::<String>().as_bytes());
    }

    /// Sends bytes that may be no message, or only a piece of one.
    pub(crate) fn send_bytes(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().unwrap();
        let _ = stdin.write_all(bytes).and_then(|()| stdin.flush());
    }

    /// Returns an identifier for a request that is sent by other means than [`Client::ask`].
    pub(crate) fn new_id(&mut self) -> i64 {
        self.next_id += 1;
        self.next_id
    }

    /// Returns the answers that were heard but that nobody waited for.
    pub(crate) fn other_answers(&self) -> Vec<&Value> {
        self.heard.iter().filter(|message| message.get("method").is_none()).collect()
    }

    pub(crate) fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// Waits until the server has ended by itself.
    pub(crate) fn wait_for_exit(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        self.ended = true;
        // Its stdout closes with it.
        loop {
            match self.incoming.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(message) => self.unread.push_back(message),
                Err(RecvTimeoutError::Disconnected) => return self.process.wait().unwrap(),
                Err(RecvTimeoutError::Timeout) => self.fail("the server does not end"),
            }
        }
    }

    /// Waits for a message; those before it go to the transcript, and so does it.
    pub(crate) fn wait(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        if let Some(i) = self.heard.iter().position(&is_it) {
            return self.heard.remove(i);
        }
        let deadline = Instant::now() + PATIENCE;
        loop {
            let message = match self.unread.pop_front() {
                Some(message) => message,
                None => {
                    match self.incoming.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                        Ok(message) => message,
                        Err(err) => self.fail(&format!("no {what}: {err}")),
                    }
                }
            };
            self.write_down(&message);
            if message.get("method").is_some() && message.get("id").is_some() {
                self.reply(&message);
            }
            if is_it(&message) {
                return message;
            }
            self.heard.push(message);
        }
    }

    fn reply(&mut self, request: &Value) {
        if self.refuses {
            let error = json!({ "code": -32601, "message": "this client does nothing for servers" });
            return self.send(&json!({ "jsonrpc": "2.0", "id": request["id"], "error": error }));
        }
        let result = match request["method"].as_str() {
            Some("workspace/configuration") => json!([self.configuration]),
            _ => Value::Null,
        };
        self.send(&json!({ "jsonrpc": "2.0", "id": request["id"], "result": result }));
    }

    /// Takes what was heard since the last time, a line for each message, answers left out.
    pub(crate) fn transcript(&mut self) -> String {
        self.heard.clear();
        self.transcript.drain(..).map(|line| line + "\n").collect()
    }

    fn write_down(&mut self, message: &Value) {
        let folder = self.uri("");
        let name = |uri: &Value| uri.as_str().unwrap_or("?").replace(&format!("{folder}/"), "");
        let params = &message["params"];
        match message["method"].as_str() {
            None => {}
            Some("textDocument/publishDiagnostics") => {
                let version =
                    params["version"].as_i64().map_or(String::new(), |version| format!(" v{version}"));
                let findings = show_diagnostics(&params["diagnostics"], &folder);
                self.transcript.push(format!("findings of {}{version}:{findings}", name(&params["uri"])));
            }
            Some("luakit/status") => {
                let message = params["message"].as_str().unwrap_or("?");
                let ended = params["state"].as_str().unwrap_or("?");
                self.transcript.push(format!("{} ended {ended}: {message}", name(&params["uri"])));
            }
            Some("window/logMessage") => {
                self.transcript.push(format!("log: {}", params["message"].as_str().unwrap_or("?")));
            }
            Some(method) => self.transcript.push(method.to_owned()),
        }
    }

    /// Says goodbye and returns how the server ended.
    pub(crate) fn shut_down(&mut self) -> ExitStatus {
        self.request("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        self.wait_for_exit()
    }

    /// Says goodbye, where it does not matter what else was said.
    pub(crate) fn leave(&mut self) {
        let status = self.shut_down();
        assert!(status.success(), "the server ended with {status}");
        self.unread.clear();
        self.transcript();
    }

    fn fail(&mut self, what: &str) -> ! {
        let transcript = self.transcript.join("\n");
        panic!("{what}\nheard so far:\n{transcript}");
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let _ = self.process.kill();
            let _ = self.process.wait();
            return;
        }
        if !self.ended {
            let status = self.shut_down();
            assert!(status.success(), "the server ended with {status}");
        }
        let unread: Vec<_> = self.unread.iter().map(Value::to_string).collect();
        assert!(self.transcript.is_empty() && unread.is_empty(), "unread:\n{}{unread:?}", self.transcript());
    }
}

/// Shows diagnostics a line each, with lines and columns from 1.
pub(crate) fn show_diagnostics(diagnostics: &Value, folder: &str) -> String {
    let mut shown = String::new();
    for diagnostic in diagnostics.as_array().into_iter().flatten() {
        let severity =
            ["error", "warning", "note", "hint"][diagnostic["severity"].as_u64().unwrap() as usize - 1];
        let message = diagnostic["message"].as_str().unwrap().replace('\n', "\n    ");
        let (range, code) = (show_range(&diagnostic["range"]), diagnostic["code"].as_str().unwrap());
        shown.push_str(&format!("\n  {range} {severity} {code}: {message}"));
        for tag in diagnostic["tags"].as_array().into_iter().flatten() {
            shown.push_str(["", " (faded)", " (struck through)"][tag.as_u64().unwrap() as usize]);
        }
        for related in diagnostic["relatedInformation"].as_array().into_iter().flatten() {
            let location = &related["location"];
            let name = location["uri"].as_str().unwrap().replace(&format!("{folder}/"), "");
            let message = related["message"].as_str().unwrap();
            shown.push_str(&format!("\n    {message} {name} {}", show_range(&location["range"])));
        }
    }
    if shown.is_empty() { " none".into() } else { shown }
}

pub(crate) fn show_range(range: &Value) -> String {
    let show = |at: &Value| {
        format!("{}:{}", at["line"].as_u64().unwrap() + 1, at["character"].as_u64().unwrap() + 1)
    };
    format!("{}-{}", show(&range["start"]), show(&range["end"]))
}

/// The position of a byte offset, in UTF-16 units; the texts of the tests have no lone CR.
pub(crate) fn position(text: &str, offset: usize) -> Value {
    let before = &text[..offset];
    let line = before.matches('\n').count();
    let column = before.rsplit('\n').next().unwrap().encode_utf16().count();
    json!({ "line": line, "character": column })
}

fn write_fixture(folder: &Path, fixture: &str) {
    let mut files: HashMap<&str, String> = HashMap::new();
    let mut current = None;
    for line in fixture.trim_start_matches('\n').split_inclusive('\n') {
        match line.strip_prefix("--- ") {
            Some(name) => current = Some(name.trim()),
            None => files.entry(current.unwrap_or("build.lua")).or_default().push_str(line),
        }
    }
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

fn read_message(stdout: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if stdout.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim().split_once(": ") {
            Some(("Content-Length", value)) => length = value.parse().unwrap(),
            None if line.trim().is_empty() => break,
            _ => panic!("the server wrote {line:?} to its stdout"),
        }
    }
    let mut body = vec![0; length];
    stdout.read_exact(&mut body).ok()?;
    Some(serde_json::from_slice(&body).unwrap())
}
