//! Running the tests of a file, each in a machine of its own and on a thread of its own.

use crate::dry_run::{Scripts, name_operands, prepare};
use crate::{DiskLoader, Options, check, worker};
use luakit_analysis::Script;
use luakit_api::modules::{LoadError, Loader, is_entry_name};
use luakit_api::{EVALUATE_OPTIONS, nearest};
use luakit_diagnostics::{Code, Diagnostic, Layer, Place, SourceFile, TextRange, to_json};
use luakit_evaluator::{Config, DeclaredTest, Difference, Harness, Limits, run_test};
use luakit_llb::Platform;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A file of tests and how they are run.
#[derive(Clone)]
pub struct TestFile {
    pub file: Arc<SourceFile>,
    pub loader: DiskLoader,
    pub timeout: Duration,
    /// What `luakit.evaluate` gave, since each test runs the file from its beginning.
    evaluated: Arc<Mutex<HashMap<String, Result<Value, String>>>>,
}

/// What came of a run of the file: the list of its tests, or one test.
#[derive(Debug, Clone, Default)]
pub struct TestOutcome {
    /// It passed if none of these is an error.
    pub findings: Vec<Diagnostic>,
    pub tests: Vec<DeclaredTest>,
    pub difference: Difference,
    pub output: String,
    pub time: Duration,
}

impl TestOutcome {
    pub fn passed(&self) -> bool {
        !self.findings.iter().any(Diagnostic::is_error)
    }
}

/// The platform of tests, unless they ask for another: the same on every machine.
fn usual_platform() -> Platform {
    Platform::parse("linux/amd64").unwrap_or_default()
}

/// How long after its limit a test is waited for: a few loops inside Lua's libraries ask nobody.
const GRACE: Duration = Duration::from_secs(2);

impl TestFile {
    pub fn new(file: Arc<SourceFile>, loader: DiskLoader, timeout: Duration) -> Self {
        Self { file, loader, timeout, evaluated: Arc::default() }
    }

    /// Runs the file for the list of its tests, or for one of them.
    pub fn run(&self, only: Option<usize>) -> TestOutcome {
        let begun = Instant::now();
        let (send, receive) = channel();
        let this = self.clone();
        let thread = std::thread::Builder::new().name("luakit-test".into()).stack_size(worker::STACK);
        let started = thread.spawn(move || send.send(this.run_here(only)).is_ok());
        let outcome = match started {
            Ok(_) => {
                receive.recv_timeout(self.timeout + GRACE).map_err(|_| "the test could not be stopped".into())
            }
            Err(err) => Err(format!("cannot start a thread: {err}")),
        };
        let outcome = outcome.unwrap_or_else(|message: String| {
            let place = Place { file: self.file.clone(), range: TextRange::default() };
            let finding = Diagnostic::new(Code::LIMIT, Layer::DryRun, place, message);
            TestOutcome { findings: vec![finding], ..TestOutcome::default() }
        });
        TestOutcome { time: begun.elapsed(), ..outcome }
    }

    fn run_here(&self, only: Option<usize>) -> TestOutcome {
        let scripts = Scripts::of(Arc::new(Script::parse(self.file.clone())));
        let config = Config {
            args: self.options().args,
            env: None,
            platform: usual_platform(),
            limits: Limits { time: self.timeout, ..Limits::default() },
            cancel: Arc::default(),
            collect: false,
            observe: false,
            print: None,
        };
        let evaluate = |path: &str, options: &Value| self.evaluate(path, options);
        let harness = Harness { only, evaluate: &evaluate, local_unique: crate::SHOWN_UNIQUE };
        let prepare = |file: &Arc<SourceFile>| prepare(&scripts.parsed(file));
        let run = run_test(&self.file, &self.loader, &prepare, &config, &harness);
        let mut findings = run.evaluation.diagnostics;
        name_operands(&mut findings, &scripts);
        let output = run.evaluation.output.iter().map(|printed| printed.text.as_str()).collect();
        TestOutcome { findings, tests: run.tests, difference: run.difference, output, time: Duration::ZERO }
    }

    fn options(&self) -> Options {
        Options { platform: Some(usual_platform()), timeout: self.timeout, ..Options::default() }
    }

    /// Evaluates a script for a test, once for each set of options.
    fn evaluate(&self, path: &str, options: &Value) -> Result<Value, String> {
        let key = format!("{path}\n{options}");
        let known = self.evaluated.lock().ok().and_then(|known| known.get(&key).cloned());
        known.unwrap_or_else(|| {
            let result = self.evaluate_anew(path, options);
            if let Ok(mut known) = self.evaluated.lock() {
                known.insert(key, result.clone());
            }
            result
        })
    }

    fn evaluate_anew(&self, path: &str, options: &Value) -> Result<Value, String> {
        let path = path.strip_prefix("./").unwrap_or(path);
        let plain = path.split('/').all(|part| !matches!(part, "" | "." | ".."));
        if !plain || Path::new(path).is_absolute() || path.contains('\\') {
            return Err(format!("`{path}` must be a path below the project's folder, without `..`"));
        }
        let file = self.loader.load(path).map_err(|err| match err {
            LoadError::NotFound => format!("there is no `{}{path}`", self.loader.prefix),
            LoadError::Outside => format!("`{path}` leads out of the project's folder"),
            LoadError::Unreadable(why) => format!("cannot read `{path}`: {why}"),
        })?;
        let options = read_options(options, self.options())?;
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut loader = self.loader.clone();
        if !folder.is_empty() {
            loader.root = loader.root.join(folder);
            loader.prefix = format!("{}{folder}/", loader.prefix);
        }
        let (findings, run) = worker::run(|| check(&Arc::new(Script::parse(file)), &loader, &options))?;
        let graph = run.definition().map(luakit_llb::json::value);
        let output: String = run.output.iter().map(|printed| printed.text.as_str()).collect();
        Ok(json!({
            "ops": graph.as_ref().map_or(json!([]), |graph| graph["ops"].clone()),
            "digest": graph.as_ref().map(|graph| &graph["head"]),
            "config": run.image_config(),
            "findings": to_json(&findings)["diagnostics"],
            "output": output,
            "args_read": run.args_read,
        }))
    }
}

/// Reads the options of `luakit.evaluate`. An unknown one is told: nothing is ignored silently.
fn read_options(given: &Value, mut options: Options) -> Result<Options, String> {
    let none = serde_json::Map::new();
    for (name, value) in given.as_object().unwrap_or(&none) {
        match (name.as_str(), value) {
            ("args", Value::Object(args)) => {
                for (name, value) in args {
                    let text = match value {
                        Value::String(text) => text.clone(),
                        Value::Bool(it) => it.to_string(),
                        Value::Number(it) => it.as_i64().map_or_else(|| it.to_string(), |it| it.to_string()),
                        _ => return Err(format!("`args.{name}` must be a string, a number or a boolean")),
                    };
                    options.args.insert(name.clone(), text);
                }
            }
            ("args", _) => return Err("`args` must be a table of names and values".into()),
            ("target", Value::String(name)) => options.target = Some(name.clone()),
            ("target", _) => return Err("`target` must be a string: the name of a target".into()),
            ("platform", Value::String(text)) => {
                options.platform = Some(Platform::parse(text).map_err(|err| err.to_string())?);
            }
            ("platform", _) => return Err("`platform` must be a string such as \"linux/arm64\"".into()),
            (other, _) => {
                let near = nearest(other, EVALUATE_OPTIONS.iter().map(|(name, ..)| *name));
                let meant = near.map_or(String::new(), |near| format!(", did you mean `{near}`?"));
                return Err(format!("unknown option `{other}`{meant}"));
            }
        }
    }
    Ok(options)
}

/// Makes the loader of a test file. `require` and `luakit.evaluate` start at the project's folder: the nearest upwards
/// that has an entry script or a luakit.toml, not beyond the one that has `.git`; else where the test is.
pub fn test_loader(path: &Path, stdlib: Option<std::path::PathBuf>) -> DiskLoader {
    let beside = DiskLoader { stdlib, ..DiskLoader::beside(path) };
    let mut root = beside.root.clone();
    let mut prefix = beside.prefix.clone();
    for _ in 0..DEEPEST {
        let is_project = std::fs::read_dir(&root).into_iter().flatten().flatten().any(|entry| {
            let name = entry.file_name();
            name.to_str().is_some_and(|name| is_entry_name(name) || name == "luakit.toml")
        });
        if is_project {
            return DiskLoader { root, prefix, ..beside };
        }
        if root.join(".git").exists() {
            break;
        }
        let named = prefix.trim_end_matches('/');
        (root, prefix) = match named.rsplit_once('/') {
            _ if named.is_empty() || named.ends_with("..") => (root.join(".."), format!("../{prefix}")),
            Some((folder, _)) => (Path::new(folder).to_owned(), format!("{folder}/")),
            None => (".".into(), String::new()),
        };
    }
    beside
}

/// How many folders upwards a project is searched in.
const DEEPEST: usize = 32;
