//! The process: stdin to stdout, what tower-lsp needs around it, and the end.
//!
//! tower-lsp 0.20 is guarded in four ways. Each handler is polled once as soon as its message is read, so that all up
//! to its first await happens in the order of the messages. A panic answers the request it happened in and nothing
//! else. Whatever has an id is answered. And `exit` ends the process although stdin is still open, after a moment for the last answers.

use crate::backend::Backend;
use crate::session::Shared;
use crate::stdin;
use crate::stdout::Output;
use std::future::{Future, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::io::{AsyncBufRead, AsyncWrite, BufReader};
use tokio::sync::Notify;
use tokio::time::timeout;
use tower_lsp::jsonrpc::{Error, Id, Request, Response};
use tower_lsp::{ExitedError, LspService, Server};
use tower_service::Service;

/// How many requests are answered at a time. tower-lsp's own four would let four slow ones stall all others.
const CONCURRENCY: usize = 256;

/// How long answers may still be written after `exit`.
const EXIT_GRACE: Duration = Duration::from_millis(100);

/// How long requests may still be answered after the end of stdin.
const END_GRACE: Duration = Duration::from_millis(500);

/// Serves the Language Server Protocol on stdin and stdout until the client is gone.
pub fn run() -> ExitCode {
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(err) => {
            crate::tell!("luakit: cannot start: {err}");
            return ExitCode::FAILURE;
        }
    };
    let input = BufReader::new(tokio::io::stdin());
    let code = runtime.block_on(serve(input, tokio::io::stdout()));
    // A read of stdin cannot be cancelled, and a script may not want to end; neither is waited for.
    runtime.shutdown_background();
    code
}

pub(crate) fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()
}

/// Serves one client. Exits with 0 if it asked to shut down before it left, as the protocol says.
pub(crate) async fn serve<I, O>(input: I, output: O) -> ExitCode
where
    I: AsyncBufRead + Unpin + Send + 'static,
    O: AsyncWrite + Unpin,
{
    let (mended_in, mended_out) = tokio::io::duplex(64 << 10);
    let mut reading = tokio::spawn(stdin::mend(input, mended_in));
    let (service, socket) = service();
    let session = service.inner().session().clone();
    let (output, deaf) = Output::new(output);
    let exit = Arc::new(Notify::new());
    let guarded = Guarded { inner: service, exit: exit.clone() };
    let serving = Server::new(mended_out, output, socket).concurrency_level(CONCURRENCY).serve(guarded);
    let mut serving = std::pin::pin!(serving);
    tokio::select! {
        () = &mut serving => {}
        () = exit.notified() => {
            // Either way it ends now.
            let _ = timeout(EXIT_GRACE, &mut serving).await;
        }
        // Nobody is left to answer, though stdin may be open.
        () = deaf.notified() => {}
        _ = &mut reading => {
            session.lock().stop();
            let _ = timeout(END_GRACE, &mut serving).await;
        }
    }
    let mut session = session.lock();
    session.stop();
    if session.shut_down { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn service() -> (LspService<Backend>, tower_lsp::ClientSocket) {
    let service = LspService::build(Backend::new);
    #[cfg(debug_assertions)]
    let service = service.custom_method("luakit/panic", Backend::panic);
    service
        .custom_method("window/workDoneProgress/cancel", Backend::cancel_progress)
        .custom_method("luakit/evaluate", Backend::evaluate)
        .custom_method("luakit/graph", Backend::graph)
        .custom_method("luakit/graphDiff", Backend::graph_diff)
        .custom_method("luakit/llb", Backend::llb)
        .custom_method("luakit/opsAt", Backend::ops_at)
        .custom_method("luakit/rangesOf", Backend::ranges_of)
        .custom_method("luakit/status", Backend::status)
        .custom_method("luakit/syntaxTree", Backend::syntax_tree)
        .finish()
}

struct Guarded {
    inner: LspService<Backend>,
    exit: Arc<Notify>,
}

type Answer = Result<Option<Response>, ExitedError>;

impl Service<Request> for Guarded {
    type Response = Option<Response>;
    type Error = ExitedError;
    type Future = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), ExitedError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        match request.method() {
            // tower-lsp would stop answering at once, and then wait for stdin to close.
            "exit" => {
                self.exit.notify_one();
                return Box::pin(ready(Ok(None)));
            }
            stdin::UNREADABLE => return Box::pin(ready(Ok(stdin::answer(request)))),
            _ => {}
        }
        let id = request.id().cloned();
        let method = request.method().to_owned();
        let session = self.inner.inner().session().clone();
        let mut future = self.inner.call(request);
        let mut guarded = Box::pin(std::future::poll_fn(move |context| {
            let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
            let polled = polled.unwrap_or_else(|panic| {
                let message = luakit_check::worker::panic_message(&*panic);
                report(&session, &method, &message);
                Poll::Ready(Ok(id.clone().map(|id| Response::from_error(id, Error::internal_error()))))
            });
            polled.map_ok(|answer| answer.or_else(|| unanswered(id.as_ref()?)))
        }));
        // Whoever awaits the future polls it again, with a waker that wakes.
        match guarded.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(answer) => Box::pin(ready(answer)),
            Poll::Pending => guarded,
        }
    }
}

/// Answers a request that tower-lsp takes for a notification, because of its `$/` or because it should be one. Who sent
/// it with an id waits.
fn unanswered(id: &Id) -> Option<Response> {
    Some(Response::from_error(id.clone(), Error::method_not_found()))
}

fn report(session: &Shared, method: &str, message: &str) {
    let outbox = session.lock().outbox.clone();
    outbox.log(tower_lsp::lsp_types::MessageType::ERROR, format!("{method} failed: {message}"));
}
