//! Pinning an image to its digest: a code action that asks a registry, but only once somebody has picked it.
//!
//! What is offered names the image and which of those with this name it is, so that it is found again in a text that has moved on.

use crate::requests::execute_command::{self, PIN_DIGEST};
use crate::requests::{code_action, failed, work};
use crate::session::{Session, Shared, View};
use crate::worker::CancelOnDrop;
use crate::{lookup, outbox::Message};
use luakit_diagnostics::TextRange;
use luakit_llb::Digest;
use luakit_project::{Pin, pins};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp::lsp_types::*;

/// How often an edit is made anew because somebody types.
const TRIES: usize = 5;

/// An image that was offered to be pinned.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Offered {
    uri: Url,
    /// What stood between the quotes.
    text: String,
    /// Which of the names that are written so it was.
    nth: usize,
}

/// Offers to pin the images in a range. Nobody is asked for anything yet.
pub(super) fn offers(view: &View, asked: TextRange) -> Vec<CodeAction> {
    let client = &view.capabilities;
    if !view.may_look_up || !(client.resolve_edits || client.apply_edit) {
        return Vec::new();
    }
    let pins = pins(&view.snapshot.script());
    let here = pins.iter().enumerate().filter(|(_, pin)| pin.name.is_at(asked));
    let action = |(i, pin): (usize, &Pin)| {
        let same = pins.iter().take(i).filter(|other| other.name.text == pin.name.text);
        let offered =
            Offered { uri: view.snapshot.url.clone(), text: pin.name.text.clone(), nth: same.count() };
        let title = pin.title();
        let data = json!(offered);
        let (data, command) = match client.resolve_edits {
            true => (Some(json!({ "pin": data })), None),
            false => {
                let command =
                    Command { title: title.clone(), command: PIN_DIGEST.into(), arguments: Some(vec![data]) };
                (None, Some(command))
            }
        };
        CodeAction {
            title,
            kind: Some(CodeActionKind::REFACTOR_REWRITE),
            data,
            command,
            ..CodeAction::default()
        }
    };
    here.map(action).collect()
}

/// `codeAction/resolve`: adds the edit. Actions of other kinds are complete.
pub(crate) async fn resolve(shared: &Shared, mut action: CodeAction) -> Result<CodeAction> {
    let Some(data) = action.data.as_ref().and_then(|data| data.get("pin")) else { return Ok(action) };
    let edit = edit(shared, read(data)?).await;
    if let Err(err) = &edit {
        // Some clients show no error of this request, VS Code among them.
        if err.code == ErrorCode::ServerError(-32803) {
            shared.lock().outbox.send(Message::Show(MessageType::ERROR, err.message.clone().into_owned()));
        }
    }
    action.edit = Some(edit?.unwrap_or_default());
    Ok(action)
}

/// `luakit.pinDigest`: the same for clients that resolve nothing. They are asked to make the edit.
pub(crate) async fn command(shared: &Shared, argument: &Value) -> Result<Option<Value>> {
    let edit = edit(shared, read(argument)?).await?;
    if let Some(edit) = edit {
        execute_command::apply(&shared.lock().outbox, edit);
    }
    Ok(None)
}

fn read(data: &Value) -> Result<Offered> {
    Offered::deserialize(data).map_err(|err| Error::invalid_params(err.to_string()))
}

/// Asks the registry and makes the edit for the text as it is then; none if the name has the digest already.
async fn edit(shared: &Shared, offered: Offered) -> Result<Option<WorkspaceEdit>> {
    may_look_up(&shared.lock())?;
    let (_, pin) = find(shared, &offered).await?;
    let digest = ask(shared, &pin).await?;
    for _ in 0..TRIES {
        let (view, pin) = find(shared, &offered).await?;
        let edit = pin.edit(&digest).map(|edit| code_action::edit(&view, &[edit]));
        let session = shared.lock();
        let now = session.documents.get(&offered.uri).map(|document| document.snapshot());
        if now.is_some_and(|now| Arc::ptr_eq(&now, &view.snapshot)) {
            if edit.is_none() {
                let text = format!("`{}` has not moved", pin.name.tagged());
                session.outbox.send(Message::Show(MessageType::INFO, text));
            }
            return Ok(edit);
        }
    }
    Err(Error::new(ErrorCode::ContentModified))
}

/// Finds an image where it is now.
async fn find(shared: &Shared, offered: &Offered) -> Result<(View, Pin)> {
    let view = shared.lock().view(&offered.uri);
    let view = view.ok_or_else(|| Error::new(ErrorCode::ContentModified))?;
    let (text, nth) = (offered.text.clone(), offered.nth);
    let found = work(move || {
        let pins = pins(&view.snapshot.script());
        let mut same = pins.into_iter().filter(|pin| pin.name.text == text);
        same.nth(nth).map(|pin| (view, pin))
    });
    found.await?.ok_or_else(|| Error::new(ErrorCode::ContentModified))
}

/// Asks a registry what an image stands for. Dropping the future, as a cancelled request does, or the progress that is
/// shown ends it.
async fn ask(shared: &Shared, pin: &Pin) -> Result<Digest> {
    let cancelled = Arc::new(AtomicBool::new(false));
    let _guard = CancelOnDrop(cancelled.clone());
    let title = format!("Looking up {}", pin.name.tagged());
    let found = lookup::look_up(shared, pin.reference.clone(), title, cancelled).await;
    found.ok_or_else(Error::request_cancelled)?.map_err(failed)
}

/// Tells why nothing is looked up here, if it is not.
fn may_look_up(session: &Session) -> Result<()> {
    match (session.trusted, session.settings.network) {
        (false, _) => {
            Err(failed("the workspace is not trusted, so that no registry is asked for what it names"))
        }
        (_, false) => Err(failed("the network is switched off\nhint: the setting is `luakit.network`")),
        (true, true) => Ok(()),
    }
}
