//! The language server: what the other crates know of a script, in an editor. The only crate that knows LSP's types.
//!
//! - [`run`] serves stdin and stdout: [`stdin`] mends what comes in, [`stdout`] what goes out, [`server`] guards
//!   tower-lsp, [`backend`] hands each message on.
//! - [`session`] is the state, with one door; [`documents`], [`positions`] and [`paths`] are what it is made of, and
//!   [`capabilities`] and [`settings`] what the client wants of it.
//! - [`static_check`] and [`dry_run`] find what is wrong, on a [`worker`]; [`publish`] joins their findings,
//!   [`llb_file`] keeps the LLB, [`progress`] shows that a run takes long, [`lookup`] asks registries, and [`outbox`] sends it all.
//! - [`index`] knows the files of the workspace, for questions about more than one; [`places`] leads to them.
//! - [`requests`] has a file for each question of the client; [`to_lsp`] translates the answers.
//! - [`in_process`] is the same server without a process around it, for tests that start it hundreds of times.

/// Tells something on stderr, which may be full or closed: that is no reason to panic, as `eprintln!` does.
macro_rules! tell {
    ($($text:tt)*) => {{
        let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("{}\n", format_args!($($text)*)));
    }};
}
pub(crate) use tell;

mod backend;
mod capabilities;
mod contexts;
mod documents;
mod dry_run;
#[doc(hidden)]
pub mod in_process;
mod index;
mod late_edits;
mod library;
mod llb_file;
mod lookup;
mod outbox;
mod paths;
mod places;
mod plain_text;
mod positions;
mod progress;
mod project;
mod publish;
mod requests;
mod server;
mod session;
mod settings;
mod static_check;
mod stdin;
mod stdout;
mod to_lsp;
mod worker;

pub use server::run;
