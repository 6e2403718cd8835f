//! The server without a process around it: the same bytes go in and come out, through channels instead of pipes.
//!
//! For tests that start a server hundreds of times, and for fuzzing. All but the runtime and the pipes is what [`run`]
//! serves with: what comes in is cut into messages, mended and answered as on stdin.
//!
//! [`run`]: crate::run

use crate::server::{self, serve};
use std::io;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use tokio::io::{AsyncRead, AsyncWrite, BufReader, ReadBuf};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// A server on a thread of its own.
pub struct InProcess {
    /// What the server reads; without it, its input has ended.
    input: Option<UnboundedSender<Vec<u8>>>,
    /// What the server writes, in the pieces it writes it in.
    pub output: Receiver<Vec<u8>>,
    thread: JoinHandle<ExitCode>,
}

impl InProcess {
    /// Starts a server that waits for its first message.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn start() -> io::Result<InProcess> {
        let (input, received) = unbounded_channel();
        let (sender, output) = channel();
        let runtime = server::runtime()?;
        let thread = std::thread::Builder::new().name("luakit-server".into()).spawn(move || {
            let input = BufReader::new(Input { received, piece: Vec::new(), read: 0 });
            let code = runtime.block_on(serve(input, Output(sender)));
            runtime.shutdown_background();
            code
        })?;
        Ok(InProcess { input: Some(input), output, thread })
    }

    /// Hands the server bytes to read. If it has ended, they are lost, as in a pipe.
    pub fn write(&self, bytes: Vec<u8>) {
        if let Some(input) = &self.input {
            let _ = input.send(bytes);
        }
    }

    /// Closes the server's input.
    pub fn close(&mut self) {
        self.input = None;
    }

    /// Closes the input and waits until the server has ended.
    ///
    /// # Errors
    /// With what it panicked with.
    pub fn end(mut self) -> std::thread::Result<ExitCode> {
        self.close();
        self.thread.join()
    }
}

struct Input {
    received: UnboundedReceiver<Vec<u8>>,
    piece: Vec<u8>,
    /// How much of the piece has been read.
    read: usize,
}

impl AsyncRead for Input {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while self.read == self.piece.len() {
            match self.received.poll_recv(context) {
                Poll::Ready(Some(bytes)) => (self.piece, self.read) = (bytes, 0),
                // Nothing is put into the buffer, which means the end.
                Poll::Ready(None) => return Poll::Ready(Ok(())),
                Poll::Pending => return Poll::Pending,
            }
        }
        let rest = &self.piece[self.read..];
        let count = rest.len().min(buffer.remaining());
        buffer.put_slice(&rest[..count]);
        self.read += count;
        Poll::Ready(Ok(()))
    }
}

struct Output(Sender<Vec<u8>>);

impl AsyncWrite for Output {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let sent = self.0.send(bytes.to_vec());
        Poll::Ready(sent.map(|()| bytes.len()).map_err(|_| io::ErrorKind::BrokenPipe.into()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
