//! Modules of a git revision: a script as it was, with what it required then.
//!
//! Git itself is asked, so that whatever it understands as a revision is one. Nothing is checked out.

use crate::disk::{LARGEST, text_of};
use luakit_api::modules::{LoadError, Loader};
use luakit_diagnostics::SourceFile;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

/// Reads modules of a revision, from the folder of a script.
#[derive(Debug, Default)]
pub struct GitLoader {
    /// What stands before a module's path where it is shown, such as `HEAD~1:examples/`.
    pub prefix: String,
    /// The folder of a library that stands before the embedded one. It is on disk, and of no revision.
    pub stdlib: Option<PathBuf>,
    /// The folder that git is run in.
    folder: PathBuf,
    /// The folder of the script in the repository, with a `/` at its end unless it is the root.
    root: String,
    /// The script, the Lua files and the settings of the revision, by their paths in the repository.
    files: BTreeMap<String, Entry>,
    read: Mutex<BTreeMap<String, Arc<SourceFile>>>,
}

#[derive(Debug)]
struct Entry {
    object: String,
    is_file: bool,
}

/// Splits `REVISION:PATH`, as git writes a file of a revision; the revision is empty for the index.
pub fn split_revision(name: &str) -> Option<(&str, &str)> {
    name.split_once(':').filter(|(_, path)| !path.is_empty())
}

impl GitLoader {
    /// Finds the script `path` of a revision, and what lies around it. Run in `folder`; as in git, the path begins at
    /// the root of the repository, or in `folder` if it begins with `./` or `../`.
    ///
    /// # Errors
    /// What git says, or that there is no such file.
    pub fn open(folder: &Path, revision: &str, path: &str) -> Result<(Arc<SourceFile>, Self), String> {
        let full = full_path(folder, path)?;
        let list = if revision.is_empty() { of_index(folder)? } else { of_revision(folder, revision)? };
        let is_wanted = |path: &str| path == full || path.ends_with(".lua") || path.ends_with(".toml");
        let files = list.into_iter().filter(|(path, _)| is_wanted(path)).collect();
        let parent = full.rsplit_once('/').map_or("", |(parent, _)| parent);
        let root = if parent.is_empty() { String::new() } else { format!("{parent}/") };
        // Shown with what the path was written with: `./` or nothing.
        let shown = path.rsplit_once('/').map_or(String::new(), |(parent, _)| format!("{parent}/"));
        let prefix = format!("{revision}:{shown}");
        let stdlib = crate::stdlib_of_environment();
        let loader = Self { prefix, stdlib, folder: folder.to_owned(), root, files, read: Mutex::default() };
        match loader.object(&full, &format!("{revision}:{path}")) {
            Ok(file) => Ok((file, loader)),
            Err(LoadError::Unreadable(why)) => Err(format!("cannot read `{revision}:{path}`: {why}")),
            Err(LoadError::NotFound | LoadError::Outside) => {
                let whole = if revision.is_empty() { "the index" } else { revision };
                let here = full_path(folder, &format!("./{path}"))?;
                let hint = if here != full && loader.files.contains_key(&here) {
                    format!("\nhint: the one of the current folder is `{revision}:./{path}`")
                } else {
                    String::new()
                };
                Err(format!("there is no `{full}` in {whole}{hint}"))
            }
        }
    }

    /// Returns the nearest file of a name, from the script's folder upwards.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn nearest(&self, name: &str) -> Result<Option<Arc<SourceFile>>, String> {
        let mut folder = self.root.as_str();
        loop {
            let path = format!("{folder}{name}");
            if self.files.contains_key(&path) {
                let shown = format!("{}:{path}", self.prefix.split(':').next().unwrap_or_default());
                return match self.object(&path, &shown) {
                    Ok(file) => Ok(Some(file)),
                    Err(LoadError::Unreadable(why)) => Err(format!("cannot read `{shown}`: {why}")),
                    Err(LoadError::NotFound | LoadError::Outside) => Ok(None),
                };
            }
            let Some(inner) = folder.strip_suffix('/') else { return Ok(None) };
            folder = inner.rfind('/').map_or("", |slash| inner.get(..=slash).unwrap_or_default());
        }
    }

    fn object(&self, path: &str, shown: &str) -> Result<Arc<SourceFile>, LoadError> {
        let entry = self.files.get(path).ok_or(LoadError::NotFound)?;
        if !entry.is_file {
            return Err(LoadError::Unreadable("in a revision, a symbolic link is not followed".into()));
        }
        // A script is run twice, and reads the same both times.
        if let Some(file) = self.read.lock().unwrap_or_else(PoisonError::into_inner).get(path) {
            return Ok(file.clone());
        }
        let size = git(&self.folder, &["cat-file", "-s", &entry.object]).map_err(LoadError::Unreadable)?;
        if String::from_utf8_lossy(&size).trim().parse().is_ok_and(|size: u64| size > LARGEST) {
            return Err(LoadError::Unreadable(format!("it is larger than {} MB", LARGEST >> 20)));
        }
        let bytes = git(&self.folder, &["cat-file", "blob", &entry.object]).map_err(LoadError::Unreadable)?;
        let text = text_of(bytes).map_err(|err| LoadError::Unreadable(err.to_string()))?;
        let file = Arc::new(SourceFile::new(shown, text));
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.insert(path.to_owned(), file.clone());
        Ok(file)
    }
}

impl Loader for GitLoader {
    fn load(&self, path: &str) -> Result<Arc<SourceFile>, LoadError> {
        self.object(&format!("{}{path}", self.root), &format!("{}{path}", self.prefix))
    }

    fn library(&self, path: &str) -> Result<Arc<SourceFile>, LoadError> {
        crate::DiskLoader { stdlib: self.stdlib.clone(), ..crate::DiskLoader::default() }.library(path)
    }
}

/// Returns a path from the root of the repository.
fn full_path(folder: &Path, path: &str) -> Result<String, String> {
    // Also tells whether there is a repository.
    let prefix = git(folder, &["rev-parse", "--show-prefix"])?;
    if !path.starts_with("./") && !path.starts_with("../") {
        return Ok(path.to_owned());
    }
    let prefix = String::from_utf8_lossy(&prefix);
    let mut parts: Vec<&str> = prefix.trim_end_matches('\n').split('/').filter(|it| !it.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.pop().is_none() => return Err(format!("`{path}` leads out of the repository")),
            ".." => {}
            part => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}

fn of_revision(folder: &Path, revision: &str) -> Result<BTreeMap<String, Entry>, String> {
    let name = format!("{revision}^{{tree}}");
    let tree = git(folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", &name])
        .map_err(|why| if why.is_empty() { format!("git knows no revision `{revision}`") } else { why })?;
    let tree = String::from_utf8_lossy(&tree).trim().to_owned();
    // Lines of `mode type object\tpath`.
    let list = git(folder, &["ls-tree", "-r", "-z", "--full-tree", &tree])?;
    Ok(entries(&list, 2))
}

fn of_index(folder: &Path) -> Result<BTreeMap<String, Entry>, String> {
    // Lines of `mode object stage\tpath`.
    let list = git(folder, &["ls-files", "-s", "-z", "--full-name", "--", ":/"])?;
    Ok(entries(&list, 1))
}

/// Reads a list of files: the mode comes first, the name of the object at a place of its own, the path behind a tab.
fn entries(list: &[u8], object: usize) -> BTreeMap<String, Entry> {
    let list = String::from_utf8_lossy(list);
    let entry = |line: &str| {
        let (head, path) = line.split_once('\t')?;
        let fields: Vec<&str> = head.split(' ').collect();
        let is_file = fields.first().is_some_and(|mode| mode.starts_with("100"));
        let object = (*fields.get(object)?).to_owned();
        Some((path.to_owned(), Entry { object, is_file }))
    };
    list.split('\0').filter_map(entry).collect()
}

/// Runs git for what it prints.
fn git(folder: &Path, args: &[&str]) -> Result<Vec<u8>, String> {
    let mut command = Command::new("git");
    // A repository may be somebody else's: looking at it must run nothing of it, and change nothing.
    command.args(["-c", "core.fsmonitor=false", "--no-optional-locks", "--no-pager"]);
    let output = command
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::null())
        .env("LC_ALL", "C")
        .env("GIT_TERMINAL_PROMPT", "0")
        .output();
    let output = output.map_err(|err| format!("cannot run git: {err}"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let why = String::from_utf8_lossy(&output.stderr);
    Err(why.lines().next().unwrap_or_default().trim_start_matches("fatal: ").to_owned())
}
