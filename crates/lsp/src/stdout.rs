//! What goes out, while somebody listens.
//!
//! tower-lsp panics when it cannot write. Here the first failure is told, and what is written after it is lost.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::io::AsyncWrite;
use tokio::sync::Notify;

/// An output that never fails.
pub(crate) struct Output<W> {
    inner: W,
    /// Told when nobody listens any more.
    deaf: Arc<Notify>,
}

impl<W> Output<W> {
    pub(crate) fn new(inner: W) -> (Output<W>, Arc<Notify>) {
        let deaf = Arc::<Notify>::default();
        (Output { inner, deaf: deaf.clone() }, deaf)
    }
}

impl<W: AsyncWrite + Unpin> AsyncWrite for Output<W> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.inner).poll_write(context, bytes));
        Poll::Ready(Ok(written.unwrap_or_else(|_| {
            self.deaf.notify_one();
            bytes.len()
        })))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = ready!(Pin::new(&mut self.inner).poll_flush(context));
        if flushed.is_err() {
            self.deaf.notify_one();
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let _ = ready!(Pin::new(&mut self.inner).poll_shutdown(context));
        Poll::Ready(Ok(()))
    }
}
