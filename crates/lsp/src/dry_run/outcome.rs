//! How a run ended, for the client and for whoever asked for it.

use luakit_check::llb::Definition;
use luakit_diagnostics::{Code, Diagnostic};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tower_lsp::lsp_types::Url;

/// How a run ended: what `luakit/status` tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Status {
    pub(crate) url: Url,
    /// `ok`, `error`, `limit`, `failed`, `cancelled` or `outdated`.
    pub(crate) state: &'static str,
    pub(crate) message: String,
    pub(crate) ops: Option<usize>,
    pub(crate) took: Duration,
}

impl Status {
    pub(crate) fn to_json(&self) -> Value {
        let ms = u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX);
        json!({
            "uri": self.url, "entry": self.url, "state": self.state, "message": self.message, "ops": self.ops,
            "ms": ms, "outdated": self.state == "outdated",
        })
    }
}

/// What a run gave to those who asked for it.
pub(crate) enum Outcome {
    Done(Arc<Report>),
    Cancelled,
    /// A newer run, or an edit, made the result worthless.
    Superseded,
    Failed(String),
}

/// What a finished run found.
pub(crate) struct Report {
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// What kept the script from giving a result, also if a comment or a rule's level silences it.
    pub(crate) failure: Option<Diagnostic>,
    pub(crate) definition: Option<Arc<Definition>>,
    /// How many ops the results need, all of them together.
    pub(crate) ops: Option<usize>,
}

impl Report {
    pub(crate) fn is_ok(&self) -> bool {
        self.error().is_none()
    }

    fn error(&self) -> Option<&Diagnostic> {
        self.diagnostics.iter().find(|it| it.is_error()).or(self.failure.as_ref())
    }

    /// Says why there is no definition.
    pub(crate) fn why_no_result(&self) -> String {
        self.error().map_or("the script exports nothing".to_owned(), place_and_message)
    }
}

/// Returns how a finished run ended, in words.
pub(super) fn ended(url: &Url, report: &Report) -> Status {
    let limit = report.diagnostics.iter().find(|it| it.code == Code::LIMIT);
    let (state, message) = match (limit, report.error()) {
        (Some(limit), _) => ("limit", place_and_message(limit)),
        (None, Some(error)) => ("error", place_and_message(error)),
        (None, None) => {
            let ops = report.ops.unwrap_or_default();
            ("ok", if ops == 1 { "1 op".into() } else { format!("{ops} ops") })
        }
    };
    Status { url: url.clone(), state, message, ops: None, took: Duration::ZERO }
}

fn place_and_message(diagnostic: &Diagnostic) -> String {
    let place = &diagnostic.place;
    let at = place.file.line_column(place.range.start);
    format!("{}:{}:{}: {}", place.file.name, at.line, at.column, diagnostic.message)
}
