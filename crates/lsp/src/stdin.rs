//! What comes in is mended before tower-lsp's codec sees it.
//!
//! The codec gives up the whole session at the first message it cannot read, and serde_json refuses a message with
//! half a surrogate pair in it, as editors send when a user deletes half an emoji. So the input is cut into messages
//! here, each is made readable, and one that is beyond repair becomes a request for [`UNREADABLE`], which the server
//! answers with the error that JSON-RPC wants. The codec only ever sees messages it accepts.

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tower_lsp::jsonrpc::{Error, ErrorCode, Id, Request, Response};
use tower_lsp::lsp_types::{ClientCapabilities, InitializeParams, TraceValue};

/// The method that stands for a message nobody can read. Its params hold the error code of the answer.
pub(crate) const UNREADABLE: &str = "luakit/unreadable";

/// A header line longer than this is noise.
const HEADER_LIMIT: u64 = 64 << 10;

/// Copies messages from `input` to `output` until the input ends.
///
/// # Errors
/// When reading or writing fails, which for the server is the same as the end of input.
pub(crate) async fn mend<R, W>(mut input: R, mut output: W) -> std::io::Result<()>
where
    R: AsyncBufRead + Unpin,
    W: AsyncWrite + Unpin,
{
    loop {
        let message = match read_headers(&mut input).await? {
            Headers::End => return Ok(()),
            Headers::Noise => Some(unreadable(Value::Null, ErrorCode::ParseError)),
            Headers::Length(length) => {
                let mut body = Vec::new();
                // Reads no more than what arrives, so that a lying length allocates nothing.
                if (&mut input).take(length).read_to_end(&mut body).await? as u64 != length {
                    return Ok(());
                }
                mend_message(&body)
            }
        };
        if let Some(message) = message {
            let header = format!("Content-Length: {}\r\n\r\n", message.len());
            output.write_all(header.as_bytes()).await?;
            output.write_all(message.as_bytes()).await?;
            output.flush().await?;
        }
    }
}

/// Returns the answer to a request for [`UNREADABLE`].
pub(crate) fn answer(request: Request) -> Option<Response> {
    let (_, id, params) = request.into_parts();
    let code = params.as_ref().and_then(|params| params["code"].as_i64()).unwrap_or(-32600);
    Some(Response::from_error(id.unwrap_or(Id::Null), Error::new(ErrorCode::from(code))))
}

enum Headers {
    /// The length of the body that follows.
    Length(u64),
    /// Lines that are no headers, or headers without a usable length.
    Noise,
    End,
}

async fn read_headers<R: AsyncBufRead + Unpin>(input: &mut R) -> std::io::Result<Headers> {
    let mut length = None;
    let mut noise = false;
    let mut lines = 0;
    loop {
        let mut line = Vec::new();
        if (&mut *input).take(HEADER_LIMIT).read_until(b'\n', &mut line).await? == 0 {
            return Ok(Headers::End);
        }
        let line = String::from_utf8_lossy(&line);
        // Noise may stand before a message on the same line; the next header found begins anew.
        let (before, header) = match line.find("Content-Length") {
            Some(start) => line.split_at(start),
            None => ("", &*line),
        };
        noise |= !before.is_empty();
        match header.trim_end_matches(['\r', '\n']).split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("Content-Length") => {
                length = value.trim().parse().ok();
            }
            Some((name, _)) if name.eq_ignore_ascii_case("Content-Type") => {}
            None if header.trim().is_empty() => match length {
                Some(length) => return Ok(Headers::Length(length)),
                None if lines == 0 => continue,
                None => return Ok(Headers::Noise),
            },
            _ => noise = true,
        }
        lines += 1;
        if noise && lines > 1000 {
            return Ok(Headers::Noise);
        }
    }
}

/// Returns the message as the codec can read it, or nothing for an answer that nobody can use.
fn mend_message(body: &[u8]) -> Option<String> {
    let mut bytes = String::from_utf8_lossy(body).into_owned().into_bytes();
    mend_surrogates(&mut bytes);
    // Escapes are replaced by escapes of the same length, so this is still UTF-8.
    let text = String::from_utf8(bytes).unwrap_or_default();
    let Ok(mut message) = serde_json::from_str::<Value>(&text) else {
        return Some(unreadable(Value::Null, ErrorCode::ParseError));
    };
    let mended = mend_params(&mut message);
    let is_call = message.get("method").is_some();
    if is_call && Request::deserialize(&message).is_ok() || Response::deserialize(&message).is_ok() {
        return Some(if mended { message.to_string() } else { text });
    }
    let is_answer = !is_call && (message.get("result").is_some() || message.get("error").is_some());
    if is_answer {
        crate::tell!("luakit: the client sent an answer that is none: {text}");
        return None;
    }
    let id = message.get("id").filter(|id| id.is_i64() || id.is_string()).cloned();
    Some(unreadable(id.unwrap_or_default(), ErrorCode::InvalidRequest))
}

fn unreadable(id: Value, code: ErrorCode) -> String {
    json!({ "jsonrpc": "2.0", "id": id, "method": UNREADABLE, "params": { "code": code.code() } }).to_string()
}

/// Mends what tower-lsp and lsp-types 0.94 take too strictly, and tells whether it did anything.
fn mend_params(message: &mut Value) -> bool {
    let Some(object) = message.as_object_mut() else { return false };
    let method = object.get("method").and_then(Value::as_str).unwrap_or_default();
    match method {
        // tower-lsp refuses any params here, and some clients send `null` or `{}`.
        "shutdown" | "exit" => object.remove("params").is_some(),
        "initialized" if !object.get("params").is_some_and(Value::is_object) => {
            object.insert("params".into(), json!({}));
            true
        }
        // Older clients give none or null, and the edit would be lost with it.
        "textDocument/didChange" => {
            let id = object.get_mut("params").and_then(|it| it.pointer_mut("/textDocument"));
            let Some(id) = id.and_then(Value::as_object_mut) else { return false };
            let lacks = id.get("version").is_none_or(Value::is_null);
            if lacks {
                id.insert("version".into(), json!(0));
            }
            lacks
        }
        "initialize" => {
            let Some(params) = object.get_mut("params") else { return false };
            // Both have to be done.
            rename_diagnostics(params) | drop_unreadable(params)
        }
        _ => false,
    }
}

/// The specification says `diagnostics`, lsp-types 0.94 reads `diagnostic`.
fn rename_diagnostics(params: &mut Value) -> bool {
    let workspace = params.pointer_mut("/capabilities/workspace").and_then(Value::as_object_mut);
    let Some(workspace) = workspace.filter(|it| !it.contains_key("diagnostic")) else { return false };
    let Some(support) = workspace.get("diagnostics").cloned() else { return false };
    workspace.insert("diagnostic".into(), support);
    true
}

/// Drops capabilities that lsp-types 0.94 cannot read, such as a value that a later specification adds to a list. It
/// would refuse the whole request, and the session with it.
fn drop_unreadable(params: &mut Value) -> bool {
    if InitializeParams::deserialize(&*params).is_ok() {
        return false;
    }
    if params.get("trace").is_some_and(|it| TraceValue::deserialize(it).is_err()) {
        params["trace"] = Value::Null;
    }
    let capabilities = params.get_mut("capabilities").and_then(Value::as_object_mut);
    for (section, content) in capabilities.into_iter().flatten() {
        if let Some(content) = content.as_object_mut() {
            content.retain(|key, value| {
                ClientCapabilities::deserialize(json!({ section: { key: value.clone() } })).is_ok()
            });
        }
    }
    true
}

/// Replaces each `\uD800`–`\uDFFF` that is not part of a pair by `\ufffd`, which counts as one UTF-16 unit as well.
fn mend_surrogates(json: &mut [u8]) {
    let mut i = 0;
    while i + 1 < json.len() {
        if json[i] != b'\\' {
            i += 1;
            continue;
        }
        match unit(json, i) {
            Some(0xd800..=0xdbff) if matches!(unit(json, i + 6), Some(0xdc00..=0xdfff)) => i += 12,
            Some(0xd800..=0xdfff) => {
                json[i + 2..i + 6].copy_from_slice(b"fffd");
                i += 6;
            }
            _ => i += 2,
        }
    }
}

/// Reads the `\uXXXX` at `i`.
fn unit(json: &[u8], i: usize) -> Option<u32> {
    let escape = json.get(i..i + 6)?;
    let digits = escape.strip_prefix(b"\\u")?;
    digits.iter().try_fold(0, |value, digit| Some(value << 4 | (*digit as char).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    /// Feeds raw input and shows the messages that come out, one a line.
    fn check(input: &[u8], expect: Expect) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut output = Vec::new();
        runtime.block_on(mend(input, &mut output)).unwrap();
        let output = String::from_utf8(output).unwrap();
        let mut shown = String::new();
        for message in output.split("Content-Length: ").skip(1) {
            let (length, body) = message.split_once("\r\n\r\n").unwrap();
            assert_eq!(length.parse::<usize>().unwrap(), body.len());
            shown.push_str(body);
            shown.push('\n');
        }
        expect.assert_eq(&shown);
    }

    fn framed(body: &str) -> Vec<u8> {
        format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
    }

    #[test]
    fn half_a_surrogate_pair_becomes_a_replacement_character() {
        check(
            &framed(
                r#"{"jsonrpc":"2.0","method":"x","params":["\ud83d\ude00 \ud83d \uDE00 \\ud83d \ud83dA"]}"#,
            ),
            expect![[r#"
                {"jsonrpc":"2.0","method":"x","params":["\ud83d\ude00 \ufffd \ufffd \\ud83d \ufffdA"]}
            "#]],
        );
    }

    #[test]
    fn shutdown_takes_any_params() {
        check(
            &framed(r#"{"jsonrpc":"2.0","id":1,"method":"shutdown","params":null}"#),
            expect![[r#"
                {"id":1,"jsonrpc":"2.0","method":"shutdown"}
            "#]],
        );
    }

    #[test]
    fn an_edit_without_a_version_is_no_less_of_an_edit() {
        check(
            &framed(
                r#"{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"a","version":null}}}"#,
            ),
            expect![[r#"
                {"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"a","version":0}}}
            "#]],
        );
    }

    #[test]
    fn a_capability_from_the_future_costs_only_itself() {
        check(
            &framed(
                r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"trace":"compact","capabilities":
                {"workspace":{"diagnostics":{"refreshSupport":true},"workspaceEdit":{"failureHandling":"prayer"}},
                "window":{"workDoneProgress":true}}}}"#,
            ),
            expect![[r#"
                {"id":1,"jsonrpc":"2.0","method":"initialize","params":{"capabilities":{"window":{"workDoneProgress":true},"workspace":{"diagnostic":{"refreshSupport":true},"diagnostics":{"refreshSupport":true}}},"trace":null}}
            "#]],
        );
    }

    #[test]
    fn what_is_no_message_is_answered_and_the_next_one_gets_through() {
        let next = r#"{"jsonrpc":"2.0","id":9,"method":"next"}"#;
        for (noise, expect) in [
            (
                framed("{]"),
                expect![[r#"
                {"id":null,"jsonrpc":"2.0","method":"luakit/unreadable","params":{"code":-32700}}
                {"jsonrpc":"2.0","id":9,"method":"next"}
            "#]],
            ),
            (
                framed("[1]"),
                expect![[r#"
                {"id":null,"jsonrpc":"2.0","method":"luakit/unreadable","params":{"code":-32600}}
                {"jsonrpc":"2.0","id":9,"method":"next"}
            "#]],
            ),
            (
                framed(r#"{"id":3,"method":7}"#),
                expect![[r#"
                {"id":3,"jsonrpc":"2.0","method":"luakit/unreadable","params":{"code":-32600}}
                {"jsonrpc":"2.0","id":9,"method":"next"}
            "#]],
            ),
            (
                framed(""),
                expect![[r#"
                {"id":null,"jsonrpc":"2.0","method":"luakit/unreadable","params":{"code":-32700}}
                {"jsonrpc":"2.0","id":9,"method":"next"}
            "#]],
            ),
            (
                b"Content-Type: x\r\n\r\n".to_vec(),
                expect![[r#"
                {"id":null,"jsonrpc":"2.0","method":"luakit/unreadable","params":{"code":-32700}}
                {"jsonrpc":"2.0","id":9,"method":"next"}
            "#]],
            ),
            (
                b"hello\r\nhello".to_vec(),
                expect![[r#"
                {"jsonrpc":"2.0","id":9,"method":"next"}
            "#]],
            ),
            (
                framed(r#"{"jsonrpc":"2.0","id":1,"error":{"code":1}}"#),
                expect![[r#"
                {"jsonrpc":"2.0","id":9,"method":"next"}
            "#]],
            ),
        ] {
            check(&[noise, framed(next)].concat(), expect);
        }
    }

    #[test]
    fn headers_are_read_as_other_servers_read_them() {
        check(
            b"content-type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length: 33\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"next\"}",
            expect![[r#"
                {"jsonrpc":"2.0","method":"next"}
            "#]],
        );
    }

    #[test]
    fn bytes_that_are_no_utf8_become_replacement_characters() {
        let mut message = b"Content-Length: 47\r\n\r\n".to_vec();
        message.extend(b"{\"jsonrpc\":\"2.0\",\"method\":\"x\",\"params\":[\"\xff\xfe\xfd\"]}");
        let text_length = message.len() - 22;
        let message =
            [format!("Content-Length: {text_length}\r\n\r\n").into_bytes(), message[22..].to_vec()].concat();
        check(
            &message,
            expect![[r#"
                {"jsonrpc":"2.0","method":"x","params":["���"]}
            "#]],
        );
    }
}
