//! Which files are checked: the entries of folders, and the files that are named.

use crate::config::{Config, Configs};
use crate::parallel;
use crate::paths::Names;
use crate::read::is_pattern;
use crate::walk::walk;
use luakit_analysis::Script;
use luakit_api::modules::is_entry_name;
use luakit_check::read_text;
use luakit_diagnostics::SourceFile;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the paths of a command line lead to, as absolute paths.
#[derive(Debug, Default)]
pub(crate) struct Discovered {
    pub(crate) entries: BTreeSet<PathBuf>,
    /// Files that were named and are no entries.
    pub(crate) modules: BTreeSet<PathBuf>,
    /// Folders that were searched.
    pub(crate) folders: Vec<PathBuf>,
    /// Folders that have no entry.
    pub(crate) empty: Vec<PathBuf>,
    /// Folders that could not be read, and why.
    pub(crate) failures: Vec<String>,
}

/// Follows the paths of a command line.
///
/// # Errors
/// A message about a file or a configuration that cannot be read.
pub(crate) fn discover(paths: &[PathBuf], names: &Names, configs: &Configs) -> Result<Discovered, String> {
    let mut found = Discovered::default();
    for path in paths {
        let path = names.absolute(path);
        if path.is_dir() {
            let (entries, failures) = in_folder(&path, names, configs)?;
            // One that could not be looked through may have some.
            if entries.is_empty() && failures.is_empty() {
                found.empty.push(path.clone());
            }
            found.entries.extend(entries);
            found.failures.extend(failures);
            found.folders.push(path);
        } else if is_entry(&path, &*configs.of_file(&path)?)
            .map_err(|err| format!("cannot read `{}`: {err}", names.name(&path)))?
        {
            found.entries.insert(path);
        } else {
            found.modules.insert(path);
        }
    }
    Ok(found)
}

/// Returns the entries below a folder, without what `.gitignore` excludes unless luakit.toml names it.
///
/// # Errors
/// A message about a configuration that cannot be read.
pub fn entries_below(folder: &Path, configs: &Configs) -> Result<BTreeSet<PathBuf>, String> {
    // Who asks for the entries alone has no use for what could not be looked at.
    in_folder(folder, &Names::new(folder.to_owned()), configs).map(|(entries, _)| entries)
}

/// Returns the entries below a folder, without what `.gitignore` excludes unless luakit.toml names it, and what could not be read.
fn in_folder(
    folder: &Path,
    names: &Names,
    configs: &Configs,
) -> Result<(BTreeSet<PathBuf>, Vec<String>), String> {
    let is_config = |path: &Path| path.file_name().is_some_and(|name| name == crate::CONFIG_FILE);
    let walked = walk(folder, names, None, |path| is_config(path) || is_lua(path));
    let (luakit_tomls, files): (Vec<PathBuf>, Vec<PathBuf>) =
        walked.files.into_iter().partition(|path| is_config(path));
    let mut projects = BTreeSet::from([folder.to_owned()]);
    projects.extend(luakit_tomls.iter().filter_map(|path| path.parent().map(Path::to_owned)));
    let judged = parallel::map(&files, |path| -> Result<bool, String> {
        let config = configs.of_file(path)?;
        // What cannot be read matters only where it is an entry by its name, and is told when it is checked.
        Ok(is_entry(path, &config).unwrap_or(false))
    });
    let mut entries = BTreeSet::new();
    for (path, judged) in files.into_iter().zip(judged) {
        if judged?? {
            entries.insert(path);
        }
    }
    for project in projects {
        let config = configs.of_folder(&project)?;
        let named = config.entries.iter().filter(|(entry, _)| !is_pattern(entry));
        let paths = named.map(|(entry, _)| Names::new(config.folder.clone()).absolute(Path::new(entry)));
        entries.extend(paths.filter(|path| path.starts_with(folder) && path.is_file()));
    }
    Ok((entries, walked.failures))
}

fn is_lua(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "lua")
}

/// Returns the Lua files below a folder, without what `.gitignore` excludes, as long as there are not too many files.
pub fn lua_files(folder: &Path, most: usize) -> Vec<PathBuf> {
    let skipped = |name: &std::ffi::OsStr| name == "node_modules" || name == "target";
    let mut walk = ignore::WalkBuilder::new(folder);
    let walk = walk.require_git(false).filter_entry(move |entry| !skipped(entry.file_name())).build();
    let files =
        walk.take(most).flatten().filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
    let is_lua = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "lua");
    files.map(ignore::DirEntry::into_path).filter(is_lua).collect()
}

/// Tells whether a file is an entry: by its name, by luakit.toml, or since it exports at its top level.
pub(crate) fn is_entry(path: &Path, config: &Config) -> std::io::Result<bool> {
    if path.file_name().and_then(|name| name.to_str()).is_some_and(is_entry_name) || config.names_entry(path)
    {
        return Ok(true);
    }
    let text = read_text(path)?;
    if !text.contains("export") && !text.contains("target") {
        return Ok(false);
    }
    let file = Arc::new(SourceFile::new("", text));
    Ok(luakit_check::worker::run(|| Script::parse(file.clone()).is_entry()).unwrap_or(false))
}

/// Returns the entries whose `require` can reach the file: those in the folders around it, up to the project's.
///
/// A module lies below the folder of its entry, so no other folder needs to be searched.
///
/// # Errors
/// A message about a configuration that cannot be read.
pub fn entries_around(path: &Path, names: &Names, configs: &Configs) -> Result<BTreeSet<PathBuf>, String> {
    let mut entries = BTreeSet::new();
    let own = configs.of_file(path)?;
    for folder in path.ancestors().skip(1) {
        let Ok(files) = std::fs::read_dir(folder) else { break };
        for file in files.flatten().map(|file| file.path()) {
            let is_other = is_lua(&file) && file != path && file.is_file();
            if is_other && is_entry(&file, &*configs.of_file(&file)?).unwrap_or(false) {
                entries.insert(file);
            }
        }
        // Nobody's project is larger than its repository, its luakit.toml, or the folder one works in.
        let top = names.absolute(Path::new("."));
        let is_top =
            folder.join(".git").exists() || own.file.is_some() && own.folder == folder || folder == top;
        if is_top {
            break;
        }
    }
    Ok(entries)
}
