//! A script named on the command line: read, evaluated, and its findings told.

use crate::cli::EvalArgs;
use crate::output;
use crate::output::tell;
use luakit_api::modules::Loader;
use luakit_check::{DiskLoader, DryRun, GitLoader, Options, Output, worker};
use luakit_diagnostics::{Diagnostic, Place, SourceFile, TextRange, sort};
use luakit_llb::Platform;
use luakit_project::{CONFIG_FILE, Config, Configs, Given, Names, Walked, walk};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// The exit code of a script that has errors.
pub(crate) const FINDINGS: u8 = 1;
/// The exit code of a command that could not do its work.
pub(crate) const UNUSABLE: u8 = 2;

/// Returns the Lua files in a folder, as one would name them, and says what could not be looked into.
pub(crate) fn lua_files(folder: &Path, names: &Names, ignore_file: Option<&str>) -> Walked {
    let is_lua = |path: &Path| path.extension().is_some_and(|extension| extension == "lua");
    let Walked { files, failures } = walk(folder, names, ignore_file, is_lua);
    for failure in &failures {
        tell!("luakit: {failure}");
    }
    let shown = |path: PathBuf| path.strip_prefix(".").map(Path::to_owned).unwrap_or(path);
    Walked { files: files.into_iter().map(shown).collect(), failures }
}

/// Reads a script under the name that it was given.
///
/// # Errors
/// A message that names the script and says why.
pub(crate) fn read(path: &Path) -> Result<Arc<SourceFile>, String> {
    let text =
        luakit_check::read_text(path).map_err(|err| format!("cannot read `{}`: {err}", path.display()))?;
    let name = path.to_string_lossy().replace('\\', "/");
    Ok(Arc::new(SourceFile::new(name.strip_prefix("./").unwrap_or(&name), text)))
}

/// Makes the loader of a script's modules.
pub(crate) fn loader(path: &Path) -> DiskLoader {
    DiskLoader { stdlib: luakit_check::stdlib_of_environment(), ..DiskLoader::beside(path) }
}

/// Makes the options of an evaluation from the command line.
///
/// # Errors
/// A message about an argument file that cannot be read or understood.
pub(crate) fn options(args: &EvalArgs) -> Result<Options, String> {
    Ok(with_given(args, &given(args)?))
}

/// Makes the options of an evaluation with arguments that were read already: a pipe cannot be read twice.
pub(crate) fn with_given(args: &EvalArgs, given: &[(Given, String)]) -> Options {
    let values = given.iter().map(|(given, value)| (given.name.clone(), value.clone()));
    Options {
        args: values.collect(),
        env: Some(|name| std::env::var(name).ok()),
        platform: args.platform.first().cloned(),
        target: args.target.clone(),
        timeout: args.timeout,
        print: Some(output::printed),
        ..Options::default()
    }
}

/// Returns the arguments of the command line, the last of a name being the one that counts.
///
/// # Errors
/// A message about an argument file that cannot be read or understood.
pub(crate) fn given(args: &EvalArgs) -> Result<Vec<(Given, String)>, String> {
    let mut given = Vec::new();
    for path in &args.arg_file {
        given.extend(arg_file(path)?);
    }
    let plain = |(name, value): &(String, String)| (Given { name: name.clone(), place: None }, value.clone());
    given.extend(args.args.iter().map(plain));
    Ok(given)
}

/// Reads an argument file: lines of `NAME=VALUE`, and comments.
fn arg_file(path: &Path) -> Result<Vec<(Given, String)>, String> {
    let file = read(path)?;
    let mut given = Vec::new();
    let mut end = 0;
    for (number, whole) in file.text.split_inclusive('\n').enumerate() {
        let start = end;
        end += whole.len();
        // Editors of Windows begin a file with a byte order mark, which is no part of the first name.
        let line = if number == 0 { whole.trim_start_matches('\u{feff}') } else { whole }.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match line.split_once('=') {
            // `export NAME=VALUE` is for a shell; as a name it would be read by nobody.
            Some((name, value)) if name.split_whitespace().count() == 1 => {
                let name = name.trim();
                let start = start + whole.find(name).unwrap_or(0);
                let range = TextRange::new(start, start + name.len());
                let place = Some(Place { file: file.clone(), range });
                given.push((Given { name: name.to_owned(), place }, value.to_owned()));
            }
            _ => {
                return Err(format!("{}:{}: expected NAME=VALUE, got `{line}`", path.display(), number + 1));
            }
        }
    }
    Ok(given)
}

/// A script with all that it is evaluated with.
pub(crate) struct Script {
    file: Arc<SourceFile>,
    loader: Box<dyn Loader + Sync>,
    config: Arc<Config>,
}

impl Script {
    /// Opens a script on disk; its settings are those of the nearest `luakit.toml`.
    ///
    /// # Errors
    /// A message about a file that cannot be read.
    pub(crate) fn on_disk(path: &Path) -> Result<Self, String> {
        let file = read(path)?;
        let names = names()?;
        let config = Configs::new(names.clone()).of_file(&names.absolute(path))?;
        Ok(Self { file, loader: Box::new(loader(path)), config })
    }

    /// Opens a script of a git revision, with the modules and the settings of the same revision.
    ///
    /// # Errors
    /// What git says, or a message about a file that cannot be read.
    pub(crate) fn of_revision(revision: &str, path: &str) -> Result<Self, String> {
        let names = names()?;
        let folder = names.absolute(Path::new("."));
        let (file, loader) = GitLoader::open(&folder, revision, path)?;
        let settings = loader.nearest(CONFIG_FILE)?.map(|file| Config::parse(&file, &folder)).transpose()?;
        let mut config = settings.unwrap_or_default();
        // Nobody can mend what was.
        config.findings.clear();
        Ok(Self { file, loader: Box::new(loader), config: Arc::new(config) })
    }
}

/// Prints a message, for the exit code of a command that could not do its work.
pub(crate) fn unusable(message: String) -> ExitCode {
    tell!("luakit: {message}");
    ExitCode::from(UNUSABLE)
}

/// Evaluates a script on disk, once for each platform, and tells its findings on stderr, each once.
///
/// # Errors
/// The exit code of a script that cannot be read or has errors.
pub(crate) fn evaluate(path: &Path, args: &EvalArgs, local_unique: &str) -> Result<Vec<DryRun>, ExitCode> {
    let script = Script::on_disk(path).map_err(unusable)?;
    let watched = watch(args.timeout * args.platform.len().max(1) as u32);
    let runs = evaluate_script(&script, args, local_unique)?;
    // From here on it is for the reader of the result to take their time.
    drop(watched);
    unread_arguments(&args.args, &runs.iter().flat_map(|run| run.args_read.iter().cloned()).collect());
    Ok(runs)
}

/// Evaluates a script that is open, under the watch of the caller.
///
/// # Errors
/// The exit code of a script that has errors.
pub(crate) fn evaluate_script(
    script: &Script,
    args: &EvalArgs,
    local_unique: &str,
) -> Result<Vec<DryRun>, ExitCode> {
    let Script { file, loader, config } = script;
    let settings = luakit_project::with_settings(&options(args).map_err(unusable)?, config);
    output::findings(&config.findings);
    let options = Options {
        local_unique: local_unique.to_owned(),
        // A build stops at its first error.
        collect: false,
        ..settings
    };
    let mut platforms: Vec<Option<Platform>> = args.platform.iter().cloned().map(Some).collect();
    if platforms.is_empty() {
        platforms.push(options.platform.clone());
    }
    let mut runs: Vec<DryRun> = Vec::new();
    let mut findings: Vec<Diagnostic> = Vec::new();
    for platform in platforms {
        // What it prints for one platform it most likely prints for all.
        let print = options.print.filter(|_| runs.is_empty());
        let options = Options { platform, print, ..options.clone() };
        let run = worker::run(|| luakit_check::dry_run(file, loader.as_ref(), &options)).map_err(unusable)?;
        for finding in &run.diagnostics {
            if !findings.contains(finding) {
                findings.push(finding.clone());
            }
        }
        runs.push(run);
    }
    sort(&mut findings);
    output::findings(&findings);
    if findings.iter().any(Diagnostic::is_error) {
        return Err(ExitCode::from(FINDINGS));
    }
    Ok(runs)
}

/// Returns the result of a run that is built.
///
/// # Errors
/// The exit code of a script that names several results, none of which was chosen.
pub(crate) fn chosen(run: &DryRun) -> Result<&Output, ExitCode> {
    if let Some(output) = run.default.and_then(|index| run.outputs.get(index)) {
        return Ok(output);
    }
    let names: Vec<String> = run.outputs.iter().map(|output| format!("`{}`", output.target())).collect();
    tell!("luakit: the script has no bk.export, and several targets: {}", names.join(", "));
    tell!("hint: choose one with `--target NAME`");
    Err(ExitCode::from(UNUSABLE))
}

/// Ends the process where even the interrupt cannot, until the result is dropped: a few loops inside Lua's libraries ask nobody.
pub(crate) fn watch(timeout: Duration) -> mpsc::Sender<()> {
    let (watched, ended) = mpsc::channel();
    let patience = timeout + Duration::from_secs(2);
    let watchdog = std::thread::Builder::new().name("luakit-watchdog".into()).spawn(move || {
        if ended.recv_timeout(patience) == Err(mpsc::RecvTimeoutError::Timeout) {
            tell!("luakit: script evaluation timed out and could not be stopped");
            std::process::exit(i32::from(FINDINGS));
        }
    });
    // Without it there is still the interrupt.
    drop(watchdog);
    watched
}

/// Warns of arguments of the command line that nobody read: most likely their names are misspelt.
pub(crate) fn unread_arguments(args: &[(String, String)], args_read: &BTreeSet<String>) {
    for (name, _) in args.iter().filter(|(name, _)| !args_read.contains(name)) {
        let meant = luakit_api::nearest(name, args_read.iter().map(String::as_str));
        let meant = meant.map_or(String::new(), |near| format!(", did you mean `{near}`?"));
        tell!("luakit: warning: the script never reads the argument `{name}`{meant}");
    }
}

/// Makes the names that files have for who stands in the current folder.
///
/// # Errors
/// If that folder is gone.
pub(crate) fn names() -> Result<Names, String> {
    let folder = std::env::current_dir().map_err(|err| format!("cannot find the current folder: {err}"))?;
    Ok(Names::new(folder))
}
