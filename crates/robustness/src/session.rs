//! A client of a server in this process. It panics if the server falls silent, for it is made for tests.

use luakit_lsp::in_process::InProcess;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The result, or code and message of the error.
pub type Answer = Result<Value, (i64, String)>;

/// What a client says that can do everything.
const VS_CODE: &str = include_str!("../../../tests/lsp/data/vscode-initialize.json");

pub struct Session {
    server: InProcess,
    received: Vec<u8>,
    next_id: i64,
    answers: BTreeMap<i64, Answer>,
    /// What the server said unasked and called an error.
    complaints: Vec<String>,
    /// What the server says it can do.
    pub capabilities: Value,
}

impl Session {
    /// Starts a session as VS Code does, in a folder. Nothing is evaluated unless asked, and no registry is asked for
    /// what noise names.
    pub fn start(folder: &Path) -> Session {
        let mut recorded: Value = serde_json::from_str(VS_CODE).expect("the recorded request is JSON");
        let params = &mut recorded["params"];
        params["processId"] = Value::Null;
        params["rootPath"] = json!(folder);
        params["rootUri"] = json!(uri(folder));
        params["workspaceFolders"] = json!([{ "uri": uri(folder), "name": "folder" }]);
        params["initializationOptions"] = json!({ "dryRun": "manual", "timeoutMs": 2000, "network": false });
        let server = InProcess::start().expect("a server starts");
        let mut session = Session {
            server,
            received: Vec::new(),
            next_id: 0,
            answers: BTreeMap::new(),
            complaints: Vec::new(),
            capabilities: Value::Null,
        };
        let answer = session.request("initialize", params.clone());
        session.capabilities = answer.expect("the server takes VS Code's request")["capabilities"].clone();
        session.notify("initialized", json!({}));
        session
    }

    /// Asks and waits for the answer.
    pub fn request(&mut self, method: &str, params: Value) -> Answer {
        let id = self.ask(method, params);
        self.answer(id)
    }

    /// Asks and does not wait.
    pub fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.next_id += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": self.next_id, "method": method, "params": params }));
        self.next_id
    }

    pub fn answer(&mut self, id: i64) -> Answer {
        loop {
            if let Some(answer) = self.answers.remove(&id) {
                return answer;
            }
            self.receive();
        }
    }

    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    pub fn open(&mut self, uri: &str, version: i64, text: &str) {
        let item = json!({ "uri": uri, "languageId": "lua", "version": version, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": item }));
    }

    pub fn change(&mut self, uri: &str, version: i64, changes: Value) {
        let document = json!({ "uri": uri, "version": version });
        self.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    pub fn close(&mut self, uri: &str) {
        self.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    }

    pub fn send(&mut self, message: &Value) {
        self.server.write(framed(&crate::edits::wire(message)));
    }

    /// Returns what the server called an error since the last time.
    pub fn complaints(&mut self) -> Vec<String> {
        std::mem::take(&mut self.complaints)
    }

    /// Shuts the server down. Whatever was not answered by then never will be.
    pub fn end(mut self) {
        let answer = self.request("shutdown", Value::Null);
        assert_eq!(answer, Ok(Value::Null));
        assert!(self.answers.is_empty(), "answers that nobody asked for: {:?}", self.answers);
        assert_eq!(self.complaints, Vec::<String>::new());
        self.notify("exit", Value::Null);
        let code = self.server.end().expect("the server does not panic");
        assert_eq!(code, std::process::ExitCode::SUCCESS);
    }

    fn receive(&mut self) {
        let message = loop {
            match split(&self.received) {
                Some((message, length)) => {
                    self.received.drain(..length);
                    break message;
                }
                None => {
                    let bytes = self.server.output.recv_timeout(PATIENCE);
                    self.received.extend(bytes.expect("the server goes on talking"));
                }
            }
        };
        match (message["method"].as_str(), message.get("id")) {
            (None, id) => {
                let id = id.and_then(Value::as_i64).unwrap_or_else(|| panic!("{message}"));
                let error = message.get("error");
                let answer = match error {
                    None => Ok(message["result"].clone()),
                    Some(error) => Err((
                        error["code"].as_i64().unwrap_or_default(),
                        error["message"].as_str().unwrap_or_default().to_owned(),
                    )),
                };
                let known = self.answers.insert(id, answer).is_some() || id > self.next_id || id < 1;
                assert!(!known, "an answer too many: {message}");
            }
            (Some(method), Some(id)) => {
                let nothing = if method == "workspace/configuration" { json!([null]) } else { Value::Null };
                self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": nothing }));
            }
            (Some("window/logMessage"), None) if message["params"]["type"] == 1 => {
                self.complaints.push(message["params"]["message"].to_string());
            }
            _ => {}
        }
    }
}

/// Returns the file URI of a path.
pub fn uri(path: &Path) -> String {
    let mut uri = "file://".to_owned();
    for byte in path.to_string_lossy().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => uri.push(byte as char),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

pub fn framed(body: &[u8]) -> Vec<u8> {
    [format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
}

/// Returns the message that `bytes` begin with and how many of them it takes, if it is there as a whole.
///
/// # Panics
/// If what the server wrote is no message.
pub fn split(bytes: &[u8]) -> Option<(Value, usize)> {
    let end = bytes.windows(4).position(|it| it == b"\r\n\r\n")?;
    let headers = std::str::from_utf8(&bytes[..end]).expect("headers are text");
    let length =
        headers.lines().find_map(|line| line.strip_prefix("Content-Length: ")?.parse::<usize>().ok());
    let length = length.unwrap_or_else(|| panic!("no length in {headers:?}"));
    let body = bytes.get(end + 4..end + 4 + length)?;
    Some((serde_json::from_slice(body).expect("the server writes JSON"), end + 4 + length))
}
