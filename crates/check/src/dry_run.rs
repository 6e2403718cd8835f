//! The dry run: the script is evaluated and its LLB made, but nothing is built.

use crate::ops::{self, MadeOp};
use crate::{lints, verify};
use luakit_analysis::Script;
use luakit_api::calls::TargetName;
use luakit_api::modules::Loader;
use luakit_diagnostics::{Code, Diagnostic, Layer, Place, SourceFile};
use luakit_evaluator::{Config, Evaluation, Export, Limits, Memory, Observed, Printed, evaluate};
use luakit_llb::{Constraints, Definition, Graph, Platform};
use std::cell::{Cell, RefCell};
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
    /// The result that is wanted: the name of a target, or `default` for what `bk.export` exports.
    pub target: Option<String>,
    /// Whether a script with errors is run again to find more of them.
    pub collect: bool,
    /// Whether a second run looks whether the script gives the same again.
    pub verify: bool,
    /// Which advice is given on a graph that has no error. A build gives none.
    pub lints: lints::Lints,
    /// Whether every op is told with its places, for who draws them.
    pub ops: bool,
    /// Whether the second run tells the values of the script's names.
    pub observe: bool,
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
            target: None,
            collect: true,
            verify: true,
            lints: lints::Lints::None,
            ops: false,
            observe: false,
            print: None,
        }
    }
}

/// What a dry run gave.
#[derive(Debug, Default)]
pub struct DryRun {
    pub diagnostics: Vec<Diagnostic>,
    /// Every result of a script without errors, in the order it names them; with `target`, that one.
    pub outputs: Vec<Output>,
    /// Which of them is built if nobody chooses: what `bk.export` exports, or the only target.
    pub default: Option<usize>,
    /// Every op that a script without errors made, if `ops` asked for them.
    pub ops: Vec<MadeOp>,
    /// Every file that was read, the script first.
    pub files: Vec<Arc<SourceFile>>,
    /// What the script printed, in order.
    pub output: Vec<Printed>,
    /// The values that the names of the scripts had, if `observe` asked for them and there was a second run.
    pub observed: Vec<Observed>,
    /// The names of the arguments that the script asked for.
    pub args_read: BTreeSet<String>,
    /// Whether `cancel` ended it; it then says nothing.
    pub cancelled: bool,
}

/// A result of a script.
#[derive(Debug, Clone)]
pub struct Output {
    /// The name of the target; what `bk.export` exports has none.
    pub name: Option<String>,
    /// Where the script names it.
    pub place: Place,
    pub definition: Definition,
    /// The image's configuration as JSON.
    pub image_config: serde_json::Value,
}

impl Output {
    /// Returns the name that `--target` takes.
    pub fn target(&self) -> &str {
        self.name.as_deref().unwrap_or(TargetName::EXPORT)
    }
}

impl DryRun {
    /// Returns the result that is shown: what is built by default, else the first.
    pub fn shown(&self) -> Option<&Output> {
        self.outputs.get(self.default.unwrap_or(0))
    }

    /// Returns the LLB of the result that is shown.
    pub fn definition(&self) -> Option<&Definition> {
        self.shown().map(|output| &output.definition)
    }

    /// Returns the configuration of the image that is shown.
    pub fn image_config(&self) -> Option<&serde_json::Value> {
        self.shown().map(|output| &output.image_config)
    }
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
    let first = Options { observe: false, ..options.clone() };
    let (mut run, _memory) = run_once(file, &scripts, loader, &first, false);
    let left = options.timeout.saturating_sub(begun.elapsed());
    if left <= options.timeout / 2 {
        return run;
    }
    let again =
        Options { timeout: left, print: None, lints: lints::Lints::None, ops: false, ..options.clone() };
    let plain = Options { observe: false, ..again.clone() };
    if options.verify && !run.outputs.is_empty() {
        let (mut second, _) = run_once(file, &scripts, loader, &again, false);
        run.observed = std::mem::take(&mut second.observed);
        let mut difference = verify::difference(&run, &second);
        if difference.is_some() && options.observe {
            // A script may look at what tells its values, as it does with `pairs(_G)`.
            let (third, _) = run_once(file, &scripts, loader, &plain, false);
            difference = verify::difference(&run, &third);
        }
        run.diagnostics.extend(difference);
    }
    let more = |error: &Diagnostic| error.is_error() && luakit_evaluator::may_have_more(error.code);
    if options.collect && run.diagnostics.iter().any(more) {
        // What stands in may keep a loop from ending; the mistakes that are known wait no longer than for a normal run.
        let patience = Duration::from_millis(500) + begun.elapsed() * 4;
        let again = Options { timeout: left.min(patience), ..plain };
        let (collected, _) = run_once(file, &scripts, loader, &again, true);
        let same = |a: &Diagnostic, b: &Diagnostic| a.place == b.place && a.code == b.code;
        for found in collected.diagnostics {
            if !run.diagnostics.iter().any(|other| same(other, &found)) {
                run.diagnostics.push(found);
            }
        }
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
    collect: bool,
) -> (DryRun, Memory) {
    let platform = options.platform.clone().unwrap_or_else(Platform::host);
    let config = Config {
        args: options.args.clone(),
        env: options.env,
        platform: platform.clone(),
        limits: Limits { time: options.timeout, ..options.limits },
        cancel: options.cancel.clone(),
        collect,
        observe: options.observe,
        print: options.print,
    };
    let observed = Cell::new(0);
    let prepare = |file: &Arc<SourceFile>| {
        let script = scripts.parsed(file);
        if !options.observe {
            return prepare(&script);
        }
        let prepared = parsed(&script)?.prepare_observed(observed.get());
        observed.set(observed.get() + prepared.observed.len());
        Ok(prepared)
    };
    let evaluation = evaluate(file, loader, &prepare, &config);
    let Evaluation { graph, exports, mut diagnostics, files, output, args_read, cancelled, .. } = evaluation;
    let (memory, observed) = (evaluation.memory, evaluation.observed);
    let mut run = DryRun { files, output, observed, args_read, cancelled, ..DryRun::default() };
    if cancelled {
        return (run, memory);
    }
    name_operands(&mut diagnostics, scripts);
    if !diagnostics.iter().any(Diagnostic::is_error) {
        let constraints = Constraints::new(platform, options.local_unique.clone());
        match wanted(&exports, options.target.as_deref()) {
            Ok(wanted) => {
                let mut ops = 0;
                for export in wanted {
                    // Each has a definition of its own, and of a thousand large ones nobody knows the end.
                    let most = options.limits.ops.saturating_mul(2);
                    if ops > most {
                        let message =
                            format!("the targets have too many operations together (the limit is {most})");
                        let place = export.place.clone();
                        diagnostics.push(Diagnostic::new(Code::LIMIT, Layer::DryRun, place, message));
                        run.outputs.clear();
                        break;
                    }
                    match marshal(&graph, export, &constraints) {
                        Ok(output) => {
                            ops += output.definition.ops.len();
                            run.outputs.push(output);
                        }
                        Err(finding) => diagnostics.push(*finding),
                    }
                }
            }
            Err(finding) => diagnostics.push(*finding),
        }
        let exported = run.outputs.iter().position(|output| output.name.is_none());
        if options.ops && !run.outputs.is_empty() {
            run.ops = ops::of(&graph, &run, &constraints);
        }
        run.default = exported.or((run.outputs.len() == 1).then_some(0));
    }
    if !run.outputs.is_empty() {
        let made = lints::Made { graph: &graph, exports: &exports, run: &run, told: &diagnostics };
        diagnostics.extend(lints::findings(options.lints, &made, &|file| scripts.parsed(file)));
    }
    run.diagnostics = diagnostics;
    (run, memory)
}

/// Returns the results that are to be marshalled.
fn wanted<'e>(exports: &'e [Export], target: Option<&str>) -> Result<Vec<&'e Export>, Box<Diagnostic>> {
    let Some(target) = target else { return Ok(exports.iter().collect()) };
    let name = |export: &'e Export| export.name.as_deref().unwrap_or(TargetName::EXPORT);
    if let Some(export) = exports.iter().find(|export| name(export) == target) {
        return Ok(vec![export]);
    }
    let names: Vec<&str> = exports.iter().map(name).collect();
    let near = luakit_api::nearest(target, names.iter().copied());
    let near = near.map_or(String::new(), |near| format!(", did you mean `{near}`?"));
    let list: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    // A script without results has failed before.
    let Some(last) = exports.last() else { return Ok(Vec::new()) };
    let message = format!("the script has no target `{target}`{near}");
    let finding = Diagnostic::new(Code::UNKNOWN_TARGET, Layer::DryRun, last.place.clone(), message);
    Err(Box::new(finding.with_hint(format!("it has {}", list.join(", ")))))
}

fn marshal(graph: &Graph, export: &Export, constraints: &Constraints) -> Result<Output, Box<Diagnostic>> {
    let place = export.place.clone();
    match graph.marshal(&export.state, constraints) {
        Ok(definition) => {
            Ok(Output { name: export.name.clone(), place, definition, image_config: export.config.clone() })
        }
        Err(error) => {
            let call = if export.name.is_some() { "bk.target" } else { "bk.export" };
            let message = format!("{call}: {error}");
            Err(Box::new(Diagnostic::new(Code::INVALID_OP, Layer::DryRun, place, message)))
        }
    }
}

/// Makes a file ready for the engine. What the parser refuses is told in its words, which are better than the engine's.
pub(crate) fn prepare(script: &Script) -> Result<luakit_api::Prepared, Vec<Diagnostic>> {
    Ok(parsed(script)?.prepare())
}

/// Returns a script if it parses.
fn parsed(script: &Script) -> Result<&Script, Vec<Diagnostic>> {
    let errors: Vec<Diagnostic> = script
        .syntax_errors()
        .into_iter()
        .map(|error| Diagnostic { layer: Layer::DryRun, ..error })
        .collect();
    if errors.is_empty() { Ok(script) } else { Err(errors) }
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
