//! Every request that a client may send, and what an answer may look like.
//!
//! The list is LSP 3.17's, our own requests added. What the server does not advertise has to be refused with
//! MethodNotFound, so that nothing in the list is ever passed over, and what it will advertise tomorrow is asked as well.

use crate::edits::position;
use crate::session::Answer;
use serde_json::{Map, Value, json};

/// What the parameters of a request are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// A position in a document.
    Position,
    /// A range of a document.
    Range,
    Document,
    /// Nothing in particular.
    Workspace,
    /// An item of the answer to another request; the key is where it goes.
    Item {
        of: &'static str,
        key: Option<&'static str>,
    },
    /// A document, but the script has to be evaluated, which the next such request would supersede.
    Evaluation,
}

/// A request of the protocol.
pub struct Request {
    pub method: &'static str,
    /// Where the server's capabilities say that it is answered; our own requests are in no capability.
    pub capability: Option<&'static str>,
    pub about: About,
    /// The other parameters, as JSON. For an item, one that stands in where there is none.
    pub others: &'static str,
}

const fn request(
    method: &'static str,
    capability: &'static str,
    about: About,
    others: &'static str,
) -> Request {
    Request { method, capability: Some(capability), about, others }
}

const fn own(method: &'static str, about: About) -> Request {
    Request { method, capability: None, about, others: "{}" }
}

const fn item(of: &'static str) -> About {
    About::Item { of, key: None }
}

const HIERARCHY: &str = r#"{ "item": { "name": "x", "kind": 12, "uri": "file:///x",
    "range": { "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 1 } },
    "selectionRange": { "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 1 } } } }"#;
const RANGE: &str =
    r#"{ "range": { "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 1 } } }"#;
const FORMATTING: &str = r#"{ "options": { "tabSize": 2, "insertSpaces": true } }"#;
const FILES: &str = r#"{ "files": [{ "uri": "file:///nowhere/a.lua" }] }"#;

use About::{Document, Evaluation, Item, Position, Range, Workspace};

/// Every request but `initialize` and `shutdown`.
pub const ALL: &[Request] = &[
    request("textDocument/hover", "/hoverProvider", Position, "{}"),
    request("textDocument/completion", "/completionProvider", Position, "{}"),
    request(
        "completionItem/resolve",
        "/completionProvider/resolveProvider",
        item("textDocument/completion"),
        r#"{ "label": "x" }"#,
    ),
    request("textDocument/signatureHelp", "/signatureHelpProvider", Position, "{}"),
    request("textDocument/declaration", "/declarationProvider", Position, "{}"),
    request("textDocument/definition", "/definitionProvider", Position, "{}"),
    request("textDocument/typeDefinition", "/typeDefinitionProvider", Position, "{}"),
    request("textDocument/implementation", "/implementationProvider", Position, "{}"),
    request(
        "textDocument/references",
        "/referencesProvider",
        Position,
        r#"{ "context": { "includeDeclaration": true } }"#,
    ),
    request("textDocument/documentHighlight", "/documentHighlightProvider", Position, "{}"),
    request("textDocument/prepareRename", "/renameProvider/prepareProvider", Position, "{}"),
    request("textDocument/rename", "/renameProvider", Position, r#"{ "newName": "renamed" }"#),
    request("textDocument/linkedEditingRange", "/linkedEditingRangeProvider", Position, "{}"),
    request("textDocument/moniker", "/monikerProvider", Position, "{}"),
    request("textDocument/selectionRange", "/selectionRangeProvider", Position, "{}"),
    request(
        "textDocument/onTypeFormatting",
        "/documentOnTypeFormattingProvider",
        Position,
        r#"{ "ch": "\n", "options": { "tabSize": 4, "insertSpaces": false } }"#,
    ),
    request("textDocument/prepareCallHierarchy", "/callHierarchyProvider", Position, "{}"),
    request(
        "callHierarchy/incomingCalls",
        "/callHierarchyProvider",
        Item { of: "textDocument/prepareCallHierarchy", key: Some("item") },
        HIERARCHY,
    ),
    request(
        "callHierarchy/outgoingCalls",
        "/callHierarchyProvider",
        Item { of: "textDocument/prepareCallHierarchy", key: Some("item") },
        HIERARCHY,
    ),
    request("textDocument/prepareTypeHierarchy", "/typeHierarchyProvider", Position, "{}"),
    request(
        "typeHierarchy/supertypes",
        "/typeHierarchyProvider",
        Item { of: "textDocument/prepareTypeHierarchy", key: Some("item") },
        HIERARCHY,
    ),
    request(
        "typeHierarchy/subtypes",
        "/typeHierarchyProvider",
        Item { of: "textDocument/prepareTypeHierarchy", key: Some("item") },
        HIERARCHY,
    ),
    request(
        "textDocument/codeAction",
        "/codeActionProvider",
        Range,
        r#"{ "context": { "diagnostics": [] } }"#,
    ),
    request(
        "codeAction/resolve",
        "/codeActionProvider/resolveProvider",
        item("textDocument/codeAction"),
        r#"{ "title": "x" }"#,
    ),
    request("textDocument/inlayHint", "/inlayHintProvider", Range, "{}"),
    request(
        "inlayHint/resolve",
        "/inlayHintProvider/resolveProvider",
        item("textDocument/inlayHint"),
        r#"{ "position": { "line": 0, "character": 0 }, "label": "x" }"#,
    ),
    request(
        "textDocument/inlineValue",
        "/inlineValueProvider",
        Range,
        r#"{ "context": { "frameId": 0, "stoppedLocation":
            { "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 0 } } } }"#,
    ),
    request("textDocument/rangeFormatting", "/documentRangeFormattingProvider", Range, FORMATTING),
    request("textDocument/formatting", "/documentFormattingProvider", Document, FORMATTING),
    request("textDocument/semanticTokens/range", "/semanticTokensProvider/range", Range, "{}"),
    request("textDocument/semanticTokens/full", "/semanticTokensProvider/full", Document, "{}"),
    request(
        "textDocument/semanticTokens/full/delta",
        "/semanticTokensProvider/full/delta",
        Document,
        r#"{ "previousResultId": "none" }"#,
    ),
    request("textDocument/documentSymbol", "/documentSymbolProvider", Document, "{}"),
    request("textDocument/foldingRange", "/foldingRangeProvider", Document, "{}"),
    request("textDocument/codeLens", "/codeLensProvider", Document, "{}"),
    request("codeLens/resolve", "/codeLensProvider/resolveProvider", item("textDocument/codeLens"), RANGE),
    request("textDocument/documentLink", "/documentLinkProvider", Document, "{}"),
    request(
        "documentLink/resolve",
        "/documentLinkProvider/resolveProvider",
        item("textDocument/documentLink"),
        RANGE,
    ),
    request("textDocument/documentColor", "/colorProvider", Document, "{}"),
    request(
        "textDocument/colorPresentation",
        "/colorProvider",
        Range,
        r#"{ "color": { "red": 0, "green": 0, "blue": 0, "alpha": 0 } }"#,
    ),
    request(
        "textDocument/willSaveWaitUntil",
        "/textDocumentSync/willSaveWaitUntil",
        Document,
        r#"{ "reason": 1 }"#,
    ),
    request("textDocument/diagnostic", "/diagnosticProvider", Document, "{}"),
    request(
        "workspace/diagnostic",
        "/diagnosticProvider/workspaceDiagnostics",
        Workspace,
        r#"{ "previousResultIds": [] }"#,
    ),
    request("workspace/symbol", "/workspaceSymbolProvider", Workspace, r#"{ "query": "b" }"#),
    request(
        "workspaceSymbol/resolve",
        "/workspaceSymbolProvider/resolveProvider",
        item("workspace/symbol"),
        r#"{ "name": "x", "kind": 12, "location": { "uri": "file:///x" } }"#,
    ),
    request(
        "workspace/executeCommand",
        "/executeCommandProvider",
        Workspace,
        r#"{ "command": "luakit.none", "arguments": [{}] }"#,
    ),
    request("workspace/willCreateFiles", "/workspace/fileOperations/willCreate", Workspace, FILES),
    request("workspace/willDeleteFiles", "/workspace/fileOperations/willDelete", Workspace, FILES),
    request(
        "workspace/willRenameFiles",
        "/workspace/fileOperations/willRename",
        Workspace,
        r#"{ "files": [{ "oldUri": "file:///nowhere/a.lua", "newUri": "file:///nowhere/b.lua" }] }"#,
    ),
    own("luakit/status", Document),
    own("luakit/syntaxTree", Document),
    own("luakit/opsAt", Position),
    own("luakit/rangesOf", Document),
    own("luakit/graph", Evaluation),
    own("luakit/graphDiff", Evaluation),
    own("luakit/evaluate", Evaluation),
    own("luakit/llb", Evaluation),
];

/// Keys of a server's capabilities that stand for no request.
const NO_REQUESTS: &[&str] = &["positionEncoding", "textDocumentSync", "workspace", "experimental"];

impl Request {
    pub fn is_advertised(&self, capabilities: &Value) -> bool {
        let found = self.capability.and_then(|pointer| capabilities.pointer(pointer));
        found.is_some_and(|it| !it.is_null() && *it != false)
    }

    /// Returns the parameters for a place in a document.
    pub fn params(&self, uri: &str, text: &str, at: usize) -> Value {
        let lsp = |(line, character)| json!({ "line": line, "character": character });
        let mut params: Map<String, Value> = serde_json::from_str(self.others).expect("the table is JSON");
        let position = lsp(position(text, at));
        if !matches!(self.about, Workspace | Item { .. }) {
            // Our own requests take the URI by itself.
            let document = if self.capability.is_some() { json!({ "uri": uri }) } else { json!(uri) };
            let key = if self.capability.is_some() { "textDocument" } else { "uri" };
            params.insert(key.into(), document);
        }
        match (self.method, self.about) {
            ("luakit/rangesOf", _) => {
                params.insert("digest".into(), json!("sha256:0"));
            }
            ("textDocument/selectionRange", _) => {
                params.insert("positions".into(), json!([position]));
            }
            (_, Position) => {
                params.insert("position".into(), position);
            }
            (_, Range) => {
                let end = lsp(crate::edits::position(text, at + 40));
                params.insert("range".into(), json!({ "start": position, "end": end }));
            }
            _ => {}
        }
        Value::Object(params)
    }

    /// Fails if the answer is none that a client can use.
    pub fn judge(&self, answer: &Answer, capabilities: &Value, what: &str) {
        let method = self.method;
        let Err((code, message)) = answer else {
            let known = self.capability.is_none() || self.is_advertised(capabilities);
            assert!(known, "{method} is answered but not advertised");
            return;
        };
        assert!(*code != -32603 && !message.contains("luakit failed"), "{method}: {code} {message}\n{what}");
        match self.capability {
            Some(capability) if *code == -32601 => {
                assert!(!self.is_advertised(capabilities), "{method} is advertised at {capability}");
            }
            Some(capability) => {
                assert!(
                    self.is_advertised(capabilities),
                    "{method}, without {capability}: {code} {message}, not MethodNotFound"
                );
            }
            None => {}
        }
    }
}

/// Fails if the server advertises something that is not in the list.
pub fn assert_complete(capabilities: &Value) {
    for (key, value) in capabilities.as_object().into_iter().flatten() {
        let is_listed = ALL
            .iter()
            .any(|it| it.capability.is_some_and(|pointer| pointer.split('/').nth(1) == Some(key.as_str())));
        let says_no = value.is_null() || *value == false;
        assert!(
            is_listed || says_no || NO_REQUESTS.contains(&key.as_str()),
            "no request in the list is for {key}"
        );
    }
}
