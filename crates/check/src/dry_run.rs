//! The dry run: the script is evaluated and its LLB made, but nothing is built.

use crate::verify;
use luakit_analysis::Script;
use luakit_api::modules::Loader;
use luakit_diagnostics::{Code, Diagnostic, Layer, Place, SourceFile};
use luakit_evaluator::{Config, Evaluation, Limits, Memory, Printed, evaluate};
use luakit_llb::{Constraints, Definition, Platform};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

/// How a script is evaluated.
#[derive(Clone)]
pub struct Options {
    /// Values for `os.getenv`, from `--arg`.
    pub args: BTreeMap<String, String>,
    /// Looks an argument up that is not in `args`: the environment on the command line, nothing in an editor.
    pub env: Option<fn(&str) -> Option<String>>,
    /// The platform that images without one are taken for; the machine's own unless given.
    pub platform: Option<Platform>,
    pub timeout: Duration,
    pub limits: Limits,
    /// Trips when the result is no longer wanted.
    pub cancel: Arc<AtomicBool>,
    /// The value of `local.unique`.
    pub local_unique: String,
    /// Whether a second run looks whether the script gives the same again.
    pub verify: bool,
    /// Called with what the script prints, as it prints it.
    pub print: Option<fn(&str)>,
}

/// The value of `local.unique` wherever a graph is only shown.
pub const SHOWN_UNIQUE: &str = "luakit";

impl Default for Options {
    fn default() -> Self {
        Self {
            args: BTreeMap::new(),
            env: None,
            platform: None,
            timeout: Duration::from_secs(30),
            limits: Limits::default(),
            cancel: Arc::default(),
            local_unique: SHOWN_UNIQUE.into(),
            verify: true,
            print: None,
        }
    }
}

/// What a dry run gave.
#[derive(Debug, Default)]
pub struct DryRun {
    pub diagnostics: Vec<Diagnostic>,
    /// The LLB, where the script has an export and no error.
    pub definition: Option<Definition>,
    /// The image's configuration as JSON.
    pub image_config: Option<serde_json::Value>,
    /// Where the script exports its result.
    pub export: Option<Place>,
    /// Every file that was read, the script first.
    pub files: Vec<Arc<SourceFile>>,
    /// What the script printed, in order.
    pub output: Vec<Printed>,
    /// The names of the arguments that the script asked for.
    pub args_read: BTreeSet<String>,
    /// Whether `cancel` ended it; it then says nothing.
    pub cancelled: bool,
}

/// Evaluates a script and marshals what it exports. Call it on a [`worker`](crate::worker).
pub fn dry_run(file: &Arc<SourceFile>, loader: &dyn Loader, options: &Options) -> DryRun {
    dry_run_parsed(&Arc::new(Script::parse(file.clone())), loader, options)
}

/// Does the same for a script that was parsed already.
pub fn dry_run_parsed(script: &Arc<Script>, loader: &dyn Loader, options: &Options) -> DryRun {
    let begun = Instant::now();
    let scripts = Scripts::of(script.clone());
    let file = &script.file;
    let (mut run, _memory) = run_once(file, &scripts, loader, options);
    let left = options.timeout.saturating_sub(begun.elapsed());
    if options.verify && run.definition.is_some() && left > options.timeout / 2 {
        let again = Options { timeout: left, print: None, ..options.clone() };
        let (second, _) = run_once(file, &scripts, loader, &again);
        run.diagnostics.extend(verify::difference(&run, &second));
    }
    run
}

/// The scripts of a dry run, each parsed once: the second run reads the same files as the first.
pub(crate) struct Scripts(RefCell<Vec<Arc<Script>>>);

impl Scripts {
    pub(crate) fn of(script: Arc<Script>) -> Self {
        Self(RefCell::new(vec![script]))
    }

    pub(crate) fn parsed(&self, file: &Arc<SourceFile>) -> Arc<Script> {
        let known = self.0.borrow().iter().find(|script| script.file == *file).cloned();
        known.unwrap_or_else(|| {
            let script = Arc::new(Script::parse(file.clone()));
            self.0.borrow_mut().push(script.clone());
            script
        })
    }
}

fn run_once(
    file: &Arc<SourceFile>,
    scripts: &Scripts,
    loader: &dyn Loader,
    options: &Options,
) -> (DryRun, Memory) {
    let platform = options.platform.clone().unwrap_or_else(Platform::host);
    let config = Config {
        args: options.args.clone(),
        env: options.env,
        platform: platform.clone(),
        limits: Limits { time: options.timeout, ..options.limits },
        cancel: options.cancel.clone(),
        print: options.print,
    };
    let Evaluation { graph, exports, mut diagnostics, files, output, args_read, cancelled, memory } =
        evaluate(file, loader, &|file| prepare(&scripts.parsed(file)), &config);
    let mut run = DryRun { files, output, args_read, cancelled, ..DryRun::default() };
    if cancelled {
        return (run, memory);
    }
    name_operands(&mut diagnostics, scripts);
    if let Some(export) = exports.first() {
        run.export = Some(export.place.clone());
    }
    if let (Some(export), false) = (exports.first(), diagnostics.iter().any(Diagnostic::is_error)) {
        let constraints = Constraints::new(platform, options.local_unique.clone());
        match graph.marshal(&export.state, &constraints) {
            Ok(definition) => {
                run.definition = Some(definition);
                run.image_config = Some(export.config.clone());
            }
            Err(error) => {
                let message = format!("bk.export: {error}");
                diagnostics.push(Diagnostic::new(
                    Code::INVALID_OP,
                    Layer::DryRun,
                    export.place.clone(),
                    message,
                ));
            }
        }
    }
    run.diagnostics = diagnostics;
    (run, memory)
}

/// Makes a file ready for the engine. What the parser refuses is told in its words, which are better than the engine's.
pub(crate) fn prepare(script: &Script) -> Result<luakit_api::Prepared, Vec<Diagnostic>> {
    let errors: Vec<Diagnostic> = script
        .syntax_errors()
        .into_iter()
        .map(|error| Diagnostic { layer: Layer::DryRun, ..error })
        .collect();
    if errors.is_empty() { Ok(script.prepare()) } else { Err(errors) }
}

/// Luau says "attempt to concatenate nil with string" and a line; the text tells which name was nil.
pub(crate) fn name_operands(diagnostics: &mut [Diagnostic], scripts: &Scripts) {
    for diagnostic in diagnostics.iter_mut().filter(|diagnostic| diagnostic.code == Code::RUNTIME_ERROR) {
        let script = scripts.parsed(&diagnostic.place.file);
        let found = luakit_analysis::explain_operand(&script, diagnostic.place.range, &diagnostic.message);
        if let Some((range, name)) = found {
            diagnostic.place.range = range;
            if !diagnostic.message.contains('`') {
                diagnostic.message = format!("{}: `{name}`", diagnostic.message);
            }
        }
    }
}
