//! The check of a project: every entry evaluated, every file that one of them reads looked at once, one list of findings.

use crate::arguments::{self, Asked, Given};
use crate::config::{Config, Configs};
use crate::discover::{Discovered, discover, entries_around};
use crate::ignores::{Ignores, Seen, settle};
use crate::module::{self, Modules};
use crate::parallel;
use crate::paths::Names;
use crate::watch::Watch;
use luakit_analysis::{Script, asked_arguments};
use luakit_api::modules;
use luakit_check::llb::Platform;
use luakit_check::{DiskLoader, Lints, Options, dry_run_parsed, join, read_text, test_loader};
use luakit_diagnostics::{Code, Diagnostic, Place, SourceFile, TextRange, sort};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is to be checked, and how. What stands here counts before `luakit.toml`.
pub struct Request {
    pub paths: Vec<PathBuf>,
    pub names: Names,
    pub options: Options,
    /// The arguments among the options, as they were given.
    pub given: Vec<Given>,
    /// The platforms that each entry is evaluated for; those of `luakit.toml` if there are none.
    pub platforms: Vec<Platform>,
    /// Leaves the dry run out.
    pub no_eval: bool,
    /// The folder of a library that stands before the embedded one.
    pub stdlib: Option<PathBuf>,
    /// Called with the name of a script that cannot even be stopped.
    pub overdue: fn(&str),
}

/// What a check found.
#[derive(Debug, Default)]
pub struct Checked {
    /// In the order in which people read them.
    pub findings: Vec<Diagnostic>,
    /// How many files were checked by themselves.
    pub scripts: usize,
    /// The folders that have no entry.
    pub empty: Vec<String>,
    /// Files that could not be checked, and why.
    pub failures: Vec<String>,
}

/// Lays the arguments and the first platform of a configuration under what the command line says.
pub fn with_settings(options: &Options, config: &Config) -> Options {
    let mut merged = options.clone();
    merged.args = config.args.clone();
    merged.args.extend(options.args.clone());
    merged.platform = merged.platform.or_else(|| config.platforms.first().cloned());
    merged
}

/// Checks what the paths of a request lead to.
///
/// # Errors
/// A message about a path or a configuration that cannot be read.
pub fn check(request: &Request) -> Result<Checked, String> {
    let names = &request.names;
    let configs = Configs::new(names.clone());
    let found = discover(&request.paths, names, &configs)?;
    let mut around = BTreeSet::new();
    for path in &found.modules {
        around.extend(entries_around(path, names, &configs)?);
    }
    let watch = Watch::start(request.options.timeout, request.overdue);
    let cx = Context { request, configs: &configs, modules: Modules::default(), watch: &watch };
    let mut project = Project {
        found,
        files: BTreeMap::new(),
        dynamic: Vec::new(),
        arguments: Vec::new(),
        checked: Checked::default(),
    };
    let unread = std::mem::take(&mut project.found.failures);

    let paths: Vec<PathBuf> = project.found.entries.union(&around).cloned().collect();
    let mut runs = cx.evaluate(&paths, &mut project.checked);
    // Entries that were not asked for count if they read a module that was.
    runs.retain(|run| project.found.entries.contains(&run.path) || run.reads_any(&project.found.modules));
    let alone = project.take_alone(&runs, &cx)?;
    runs.extend(cx.evaluate(&alone, &mut project.checked));
    let wanted = project.found.entries.len() + project.found.modules.len();
    project.checked.scripts = wanted.saturating_sub(project.checked.failures.len());
    project.checked.failures.extend(unread);
    project.add_modules(&runs, &cx);
    project.arguments = project.unread_arguments(&runs, &cx)?;
    for run in runs {
        project.add_entry(run);
    }
    project.finish(&cx)
}

struct Context<'c> {
    request: &'c Request,
    configs: &'c Configs,
    modules: Modules,
    watch: &'c Watch,
}

/// What the evaluation of an entry gave.
struct Run {
    path: PathBuf,
    name: String,
    statics: Vec<Diagnostic>,
    dynamic: Vec<Diagnostic>,
    ignores: Ignores,
    /// The modules that it reads, as far as the text or the run tells, by their paths.
    reads: BTreeMap<PathBuf, Arc<SourceFile>>,
    /// The arguments that it asks for.
    asked: Asked,
    /// Whether it ran without an error, so that it had the time to ask for all that it wants.
    succeeded: bool,
    config: Arc<Config>,
    file: Arc<SourceFile>,
    /// Whether it was evaluated to its end, so that whatever can be found in it was.
    complete: bool,
}

impl Run {
    fn reads_any(&self, paths: &BTreeSet<PathBuf>) -> bool {
        self.reads.keys().any(|path| paths.contains(path))
    }
}

impl Context<'_> {
    /// Makes the loader of the modules of an entry.
    fn loader(&self, entry: &Path) -> DiskLoader {
        let shown = self.request.names.name(entry);
        let prefix = shown.rfind('/').map_or("", |slash| &shown[..=slash]).to_owned();
        if is_test(entry) {
            // Their modules are found from the project's folder.
            return test_loader(Path::new(&shown), self.request.stdlib.clone());
        }
        let root = entry.parent().unwrap_or(Path::new("/")).to_owned();
        DiskLoader { root, prefix, stdlib: self.request.stdlib.clone(), ..DiskLoader::default() }
    }

    fn evaluate(&self, entries: &[PathBuf], checked: &mut Checked) -> Vec<Run> {
        let results = parallel::map(entries, |path| self.evaluate_one(path));
        let mut runs = Vec::new();
        for (path, result) in entries.iter().zip(results) {
            match result {
                Ok(Ok(run)) => runs.push(run),
                Ok(Err(message)) => checked.failures.push(message),
                Err(panic) => {
                    let name = self.request.names.name(path);
                    checked.failures.push(format!("luakit failed while it checked `{name}`: {panic}"));
                }
            }
        }
        runs
    }

    fn evaluate_one(&self, path: &Path) -> Result<Run, String> {
        let name = self.request.names.name(path);
        let text = read_text(path).map_err(|err| format!("cannot read `{name}`: {err}"))?;
        let config = self.configs.of_file(path)?;
        let script = Arc::new(Script::parse(Arc::new(SourceFile::new(name.clone(), text))));
        let loader = self.loader(path);
        let mut run = Run {
            path: path.to_owned(),
            name,
            statics: luakit_analysis::diagnostics(&script, Some(&loader)),
            dynamic: Vec::new(),
            ignores: Ignores::of(&script),
            reads: self.modules.reached(&script, &loader),
            asked: Asked::default(),
            succeeded: false,
            config: config.clone(),
            file: script.file.clone(),
            // Tests are run by `luakit test`; of a file of tests the text is checked.
            complete: !self.request.no_eval && !is_test(path),
        };
        if !run.complete {
            return Ok(run);
        }
        let asked =
            if self.request.platforms.is_empty() { &config.platforms } else { &self.request.platforms };
        let mut platforms: Vec<Option<Platform>> = asked.iter().cloned().map(Some).collect();
        if platforms.is_empty() {
            platforms.push(None);
        }
        run.succeeded = true;
        for platform in platforms {
            let lints = Lints::All;
            let options = Options { platform, lints, ..with_settings(&self.request.options, &config) };
            let _watched = self.watch.begin(&run.name);
            let dry_run = dry_run_parsed(&script, &loader, &options);
            run.complete &= !dry_run.cancelled && !dry_run.diagnostics.iter().any(ends_the_run);
            run.succeeded &= !dry_run.cancelled && !dry_run.diagnostics.iter().any(Diagnostic::is_error);
            run.asked.read.extend(dry_run.args_read);
            for file in dry_run.files.iter().skip(1) {
                if let Some(path) = module::path_of(file, &loader) {
                    run.reads.insert(path, file.clone());
                }
            }
            // For which platform a mistake shows matters to nobody who mends it.
            run.dynamic = join(Vec::new(), &[run.dynamic, dry_run.diagnostics].concat());
        }
        if !self.request.given.is_empty() || !config.args.is_empty() {
            let modules = run.reads.values().map(|file| self.modules.parsed(file));
            let texts = modules.chain([script]).map(|script| asked_arguments(&script).written);
            run.asked.written = texts.flatten().collect();
        }
        Ok(run)
    }
}

fn is_test(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(modules::is_test_name)
}

/// Takes out what is told of a link and of the file that it leads to. Both are evaluated, since modules are looked for
/// beside each, but a mistake in the one text is one finding.
fn each_file_once(findings: &mut Vec<Diagnostic>, names: &Names) {
    let mut files: BTreeMap<String, (bool, PathBuf)> = BTreeMap::new();
    for finding in findings.iter() {
        let name = &finding.place.file.name;
        files.entry(name.clone()).or_insert_with(|| {
            let path = names.absolute(Path::new(name));
            (path.is_symlink(), path.canonicalize().unwrap_or(path))
        });
    }
    let mut seen = BTreeSet::new();
    for links in [false, true] {
        findings.retain(|finding| {
            let place = &finding.place;
            let Some((is_link, path)) = files.get(&place.file.name) else { return true };
            let range = (place.range.start, place.range.end);
            let key = (path.clone(), range, finding.code, finding.message.clone());
            let is_new = !links || !is_link || !seen.contains(&key);
            if *is_link == links {
                seen.insert(key);
            }
            is_new
        });
    }
}

/// Tells whether an error keeps the evaluator from seeing the rest of the script.
fn ends_the_run(finding: &Diagnostic) -> bool {
    let ends = [
        Code::SYNTAX,
        Code::RUNTIME_ERROR,
        Code::LIMIT,
        Code::UNRESOLVED_REQUIRE,
        Code::REQUIRE_CYCLE,
        Code::INTERNAL,
    ];
    finding.is_error() && ends.contains(&finding.code)
}

/// What is known of one file.
struct File {
    path: PathBuf,
    statics: Vec<Diagnostic>,
    ignores: Ignores,
    seen: Seen,
}

/// The check while it is put together.
struct Project {
    found: Discovered,
    files: BTreeMap<String, File>,
    dynamic: Vec<Diagnostic>,
    /// What is said of arguments that nobody reads.
    arguments: Vec<Diagnostic>,
    checked: Checked,
}

impl Project {
    /// Takes those of the named files that no entry reads: returns what is run for its effect, and passes over what has
    /// nothing to do with luakit.
    fn take_alone(&mut self, runs: &[Run], cx: &Context<'_>) -> Result<Vec<PathBuf>, String> {
        let read: BTreeSet<&PathBuf> = runs.iter().flat_map(|run| run.reads.keys()).collect();
        let alone: Vec<PathBuf> =
            self.found.modules.iter().filter(|path| !read.contains(path)).cloned().collect();
        let judged = parallel::map(&alone, |path| {
            let name = cx.request.names.name(path);
            let text = read_text(path).map_err(|err| format!("cannot read `{name}`: {err}"))?;
            let script = Script::parse(Arc::new(SourceFile::new(name, text)));
            Ok::<_, String>((script.mentions_bk(), script.is_module()))
        });
        let mut scripts = Vec::new();
        for (path, judged) in alone.into_iter().zip(judged) {
            match judged?? {
                (false, _) => {
                    self.found.modules.remove(&path);
                }
                (true, true) => {}
                // A module returns a value to the script that requires it; what returns nothing is run for its effect.
                (true, false) => {
                    self.found.modules.remove(&path);
                    self.found.entries.insert(path.clone());
                    scripts.push(path);
                }
            }
        }
        Ok(scripts)
    }

    /// Looks at the text of every module that was read or named, each once: for the first of its entries.
    fn add_modules(&mut self, runs: &[Run], cx: &Context<'_>) {
        let mut wanted: BTreeMap<PathBuf, Vec<&Run>> = BTreeMap::new();
        for run in runs {
            for path in run.reads.keys() {
                wanted.entry(path.clone()).or_default().push(run);
            }
        }
        for path in &self.found.modules {
            wanted.entry(path.clone()).or_default();
        }
        let entries: BTreeSet<&PathBuf> = runs.iter().map(|run| &run.path).collect();
        wanted.retain(|path, _| !entries.contains(path));
        let wanted: Vec<(PathBuf, Vec<&Run>)> = wanted.into_iter().collect();
        let looked = parallel::map(&wanted, |(path, readers)| {
            let entry = readers.first().map_or(path, |run| &run.path);
            let loader = cx.loader(entry);
            let file = match readers.first().and_then(|run| run.reads.get(path)) {
                Some(file) => file.clone(),
                None => {
                    let name = cx.request.names.name(path);
                    let text = read_text(path).map_err(|err| format!("cannot read `{name}`: {err}"))?;
                    Arc::new(SourceFile::new(name, text))
                }
            };
            let script = cx.modules.parsed(&file);
            let statics = luakit_analysis::diagnostics(&script, Some(&loader));
            // Entries that were not checked may find more in a module.
            let all = self.found.folders.iter().any(|folder| path.starts_with(folder));
            let complete = all && !readers.is_empty() && readers.iter().all(|run| run.complete);
            let seen = if complete { Seen::Run } else { Seen::Text };
            Ok::<_, String>((
                file.name.clone(),
                File { path: path.clone(), statics, ignores: Ignores::of(&script), seen },
            ))
        });
        for looked in looked {
            match looked.and_then(|looked| looked) {
                Ok((name, file)) => {
                    self.files.insert(name, file);
                }
                Err(message) => self.checked.failures.push(message),
            }
        }
    }

    fn add_entry(&mut self, run: Run) {
        let seen = if run.complete { Seen::Run } else { Seen::Text };
        let file = File { path: run.path, statics: run.statics, ignores: run.ignores, seen };
        self.files.insert(run.name, file);
        self.dynamic.extend(run.dynamic);
    }

    /// Finds the arguments that nobody reads, with the levels that they have. One of `luakit.toml` can be meant for any
    /// entry below it, so nothing is said unless all of those were evaluated, and whatever is given, one that ended
    /// with an error may have wanted it.
    fn unread_arguments(&self, runs: &[Run], cx: &Context<'_>) -> Result<Vec<Diagnostic>, String> {
        let mut found = Vec::new();
        if cx.request.no_eval || !self.checked.failures.is_empty() {
            return Ok(found);
        }
        let runs: Vec<&Run> = runs.iter().filter(|run| !is_test(&run.path)).collect();
        let asked = |runs: &[&Run]| {
            let mut all = Asked::default();
            runs.iter().for_each(|run| all.add(&run.asked));
            runs.iter().all(|run| run.succeeded).then_some(all)
        };
        let mut projects: BTreeMap<&Path, Vec<&Run>> = BTreeMap::new();
        for run in &runs {
            projects.entry(&run.config.folder).or_default().push(run);
        }
        for (folder, runs) in projects {
            let is_whole = self.found.folders.iter().any(|searched| folder.starts_with(searched));
            if let (true, Some(asked), Some(run)) = (is_whole, asked(&runs), runs.first()) {
                let path = folder.join(crate::CONFIG_FILE);
                let findings = asked.unread_settings(&run.config);
                found.extend(findings.into_iter().filter_map(|finding| run.config.judge(&path, finding)));
            }
        }
        if let (Some(asked), Some(first)) = (asked(&runs), runs.first()) {
            for given in &cx.request.given {
                let of = if given.place.is_some() { "" } else { " of `--arg`" };
                let Some(message) = asked.unread(&given.name, of) else { continue };
                // What reads findings wants a file for each; the first script is as good as any.
                let first_line = || Place { file: first.file.clone(), range: TextRange::default() };
                let place = given.place.clone().unwrap_or_else(first_line);
                let path = cx.request.names.absolute(Path::new(&place.file.name));
                // An argument file may lie anywhere; then it goes by the settings of what is checked.
                let own = cx.configs.of_file(&path)?;
                let config = if own.file.is_some() { &own } else { &first.config };
                found.extend(config.judge(&path, arguments::finding(place, message)));
            }
        }
        Ok(found)
    }

    /// Joins what was found in each file, takes out what is silenced, and gives the rest its levels.
    fn finish(self, cx: &Context<'_>) -> Result<Checked, String> {
        let Project { found, mut files, dynamic, arguments, mut checked } = self;
        let mut by_file: BTreeMap<String, Vec<Diagnostic>> = BTreeMap::new();
        for mut finding in dynamic {
            crate::fix::keep_written(&mut finding);
            by_file.entry(finding.place.file.name.clone()).or_default().push(finding);
        }
        for name in files.keys() {
            by_file.entry(name.clone()).or_default();
        }
        for (name, dynamic) in by_file {
            let file = files.remove(&name);
            let path = file
                .as_ref()
                .map_or_else(|| cx.request.names.absolute(Path::new(&name)), |it| it.path.clone());
            let (statics, ignores) =
                file.map_or((Vec::new(), None), |it| (it.statics, Some((it.ignores, it.seen))));
            let config = cx.configs.of_file(&path)?;
            checked.findings.extend(settle(join(statics, &dynamic), ignores, &config, &path));
        }
        for finding in cx.configs.findings() {
            let path = cx.request.names.absolute(Path::new(&finding.place.file.name));
            checked.findings.extend(cx.configs.of_file(&path)?.judge(&path, finding));
        }
        checked.findings.extend(arguments);
        for finding in &mut checked.findings {
            crate::fix::mark_safe(finding);
        }
        each_file_once(&mut checked.findings, &cx.request.names);
        sort(&mut checked.findings);
        checked.empty = found.empty.iter().map(|folder| cx.request.names.name(folder)).collect();
        Ok(checked)
    }
}
