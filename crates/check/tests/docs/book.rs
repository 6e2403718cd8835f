//! The pages of the manual and the blocks of code in them, and how a script of theirs is evaluated.

use luakit_analysis::Script;
use luakit_api::modules::{LoadError, Loader};
use luakit_check::llb::Platform;
use luakit_check::{DryRun, Options, check, worker};
use luakit_diagnostics::{Diagnostic, SourceFile};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The folder of the book's pages, seen from the repository.
pub(crate) const SOURCE: &str = "docs";

pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

pub(crate) struct Page {
    /// Seen from the repository.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Every page of the book, and the README.
pub(crate) fn pages() -> Vec<Page> {
    let mut pages = vec![page("README.md")];
    let mut folders = vec![SOURCE.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(repository(&folder)).unwrap() {
            let entry = entry.unwrap();
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                folders.push(path);
            } else if path.ends_with(".md") {
                pages.push(page(&path));
            }
        }
    }
    pages.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(pages.len() > 10, "the pages were not found");
    pages
}

pub(crate) fn page(path: &str) -> Page {
    let text = std::fs::read_to_string(repository(path)).unwrap().replace("\r\n", "\n");
    Page { path: path.to_owned(), text }
}

/// A fenced block of code.
pub(crate) struct Block {
    /// What stands behind the fence, such as `lua,error`.
    pub(crate) info: String,
    pub(crate) text: String,
    /// Where it begins, as `page:line`.
    pub(crate) place: String,
}

impl Page {
    pub(crate) fn blocks(&self) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::new();
        let mut open = false;
        for (number, line) in self.text.lines().enumerate() {
            match line.trim_start().strip_prefix("```") {
                Some(_) if open => open = false,
                Some(info) => {
                    open = true;
                    let place = format!("{}:{}", self.path, number + 1);
                    blocks.push(Block { info: info.to_owned(), text: String::new(), place });
                }
                None if open => {
                    let block = blocks.last_mut().unwrap();
                    block.text.push_str(line);
                    block.text.push('\n');
                }
                None => {}
            }
        }
        blocks
    }
}

/// The modules that a page shows in blocks marked `lua,module`; their first line is a comment that names the file.
#[derive(Default)]
pub(crate) struct Modules(pub(crate) BTreeMap<String, String>);

impl Modules {
    pub(crate) fn of(blocks: &[Block]) -> Self {
        let modules = blocks.iter().filter(|block| block.info == "lua,module");
        Self(modules.map(|block| (module_name(block), block.text.clone())).collect())
    }
}

fn module_name(block: &Block) -> String {
    let name = block.text.lines().next().and_then(|line| line.strip_prefix("-- "));
    name.unwrap_or_else(|| panic!("{}: a module begins with `-- path/of/file.lua`", block.place)).to_owned()
}

impl Loader for Modules {
    fn load(&self, path: &str) -> Result<Arc<SourceFile>, LoadError> {
        let text = self.0.get(path).ok_or(LoadError::NotFound)?;
        Ok(Arc::new(SourceFile::new(path, text.clone())))
    }
}

/// Looks at a script as `luakit check build.lua` does.
pub(crate) fn checked(script: &str, modules: &BTreeMap<String, String>) -> (Vec<Diagnostic>, DryRun) {
    let file = Arc::new(SourceFile::new("build.lua", script));
    let options = Options { platform: Some(Platform::new("linux", "amd64")), ..Options::default() };
    let loader = Modules(modules.clone());
    worker::run(move || check(&Arc::new(Script::parse(file)), &loader, &options)).unwrap()
}
