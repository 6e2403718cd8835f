//! A client that talks to any language server, as fast as it can.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Longer than any server takes.
const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) struct Client {
    process: Child,
    stdin: ChildStdin,
    incoming: Receiver<Value>,
    next_id: i64,
    version: i64,
    uri: String,
    text: String,
    /// It takes nothing but whole texts.
    whole: bool,
}

impl Client {
    /// Starts a server for a folder. Its first words are those of a client that can do what VS Code can.
    pub(crate) fn start(command: &mut Command, folder: &Path, initialize: &Value) -> Client {
        let mut process = command
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let (sender, incoming) = channel();
        std::thread::spawn(move || {
            while let Some(message) = read(&mut stdout) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let root = format!("file://{}", folder.display());
        let stdin = process.stdin.take().unwrap();
        let mut client = Client {
            process,
            stdin,
            incoming,
            next_id: 0,
            version: 1,
            uri: format!("{root}/build.lua"),
            text: String::new(),
            whole: false,
        };
        let mut params = initialize.clone();
        params["processId"] = Value::Null;
        params["rootUri"] = json!(root);
        params["workspaceFolders"] = json!([{ "uri": root, "name": "bench" }]);
        let answer = client.request("initialize", params);
        let sync = &answer["capabilities"]["textDocumentSync"];
        client.whole = *sync == 1 || sync["change"] == 1;
        client.notify("initialized", json!({}));
        client
    }

    pub(crate) fn open(&mut self, text: &str) {
        self.text = text.to_owned();
        let document = json!({ "uri": self.uri, "languageId": "lua", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Replaces what stands between two columns of a line. The texts are ASCII.
    pub(crate) fn edit(&mut self, line: usize, from: usize, to: usize, text: &str) {
        self.version += 1;
        let start: usize = self.text.split_inclusive('\n').take(line).map(str::len).sum();
        self.text.replace_range(start + from..start + to, text);
        let change = if self.whole {
            json!({ "text": self.text })
        } else {
            let position = |character: usize| json!({ "line": line, "character": character });
            json!({ "range": { "start": position(from), "end": position(to) }, "text": text })
        };
        let document = json!({ "uri": self.uri, "version": self.version });
        self.notify(
            "textDocument/didChange",
            json!({ "textDocument": document, "contentChanges": [change] }),
        );
    }

    /// Asks about a position.
    pub(crate) fn ask(&mut self, method: &str, line: usize, character: usize) -> Value {
        let params = json!({
            "textDocument": { "uri": self.uri },
            "position": { "line": line, "character": character },
        });
        self.request(method, params)
    }

    /// Pulls the diagnostics, and returns how many there are.
    pub(crate) fn diagnostics(&mut self) -> usize {
        let report = self.request("textDocument/diagnostic", json!({ "textDocument": { "uri": self.uri } }));
        report["items"].as_array().map_or(0, Vec::len)
    }

    pub(crate) fn request(&mut self, method: &str, params: Value) -> Value {
        self.next_id += 1;
        let id = self.next_id;
        self.send(json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.incoming.recv_timeout(PATIENCE).unwrap();
            let asks = message.get("method").is_some();
            if let (true, Some(id)) = (asks, message.get("id")) {
                // Settings are asked for by section; nobody here has any.
                let items = message["params"]["items"].as_array().map(|items| vec![Value::Null; items.len()]);
                self.send(json!({ "jsonrpc": "2.0", "id": id, "result": items }));
            } else if !asks && message["id"] == id {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].clone();
            }
        }
    }

    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        self.send(json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn send(&mut self, message: Value) {
        let body = message.to_string();
        write!(self.stdin, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        self.stdin.flush().unwrap();
    }

    /// Returns a figure of the process in KB: `VmRSS` or `VmHWM`; 0 where the system does not tell.
    pub(crate) fn memory(&self, figure: &str) -> usize {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(figure)?.strip_prefix(':'));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
    }

    /// Returns the processor time that the process has used, in ticks of the system.
    pub(crate) fn ticks(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap_or_default();
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or("").split(' ').collect();
        let field = |n: usize| fields.get(n).and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
        // The 14th and 15th field, counted behind the name.
        field(11) + field(12)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // Whether it would end by itself is not what is measured here.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn read(stdout: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if stdout.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.parse().ok()?
            }
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    stdout.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}
