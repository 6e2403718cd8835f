//! The LLB of the last good run, as a file beside the script: `.luakit/build.lua.pb` for `build.lua`.

use crate::dry_run::Status;
use crate::outbox::{Message, Outbox};
use luakit_check::llb::Definition;
use luakit_project::write_whole;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tower_lsp::lsp_types::MessageType;

/// A definition to write, and what the client is told when it is there.
pub(crate) struct Write {
    pub(crate) script: PathBuf,
    pub(crate) definition: Arc<Definition>,
    pub(crate) status: Status,
}

/// Writes files one after the other, in the order the runs ended, and never where a message is handled.
#[derive(Clone)]
pub(crate) struct Writer(UnboundedSender<Write>);

impl Writer {
    pub(crate) fn start(outbox: Outbox) -> Writer {
        let (sender, receiver) = unbounded_channel();
        let thread = std::thread::Builder::new().name("luakit-writer".into());
        if let Err(err) = thread.spawn(move || work(&outbox, receiver)) {
            crate::tell!("luakit: cannot start a thread: {err}");
        }
        Writer(sender)
    }

    /// Writes the definition, then tells the client that the run has ended, so that who is told finds the file.
    pub(crate) fn write(&self, write: Write) {
        // The receiver only ends with the process.
        let _ = self.0.send(write);
    }
}

fn work(outbox: &Outbox, mut receiver: UnboundedReceiver<Write>) {
    while let Some(Write { script, definition, mut status }) = receiver.blocking_recv() {
        if let Err(err) = write_file(&script, &definition.encode()) {
            let message = format!("could not write the LLB of {}: {err}", script.display());
            outbox.log(MessageType::WARNING, message.as_str());
            status.message = format!("{}; {message}", status.message);
        }
        outbox.send(Message::Status(status));
    }
}

/// Makes the folder for what is made of the scripts in `folder`.
pub(crate) fn folder_in(folder: &Path) -> io::Result<PathBuf> {
    let folder = folder.join(".luakit");
    std::fs::create_dir_all(&folder)?;
    // What is made here is nobody's source.
    let ignore = folder.join(".gitignore");
    if !ignore.exists() {
        std::fs::write(&ignore, "*\n")?;
    }
    Ok(folder)
}

fn write_file(script: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder_in(script.parent().unwrap_or(Path::new("")))?;
    let mut name = OsString::from(script.file_name().unwrap_or_default());
    name.push(".pb");
    write_whole(&folder.join(name), bytes)
}
