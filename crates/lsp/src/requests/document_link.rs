//! `textDocument/documentLink`

use crate::library;
use crate::requests::work;
use crate::session::View;
use luakit_analysis::LinkTarget;
use luakit_api::modules::{Found, find, of_library};
use luakit_check::DiskLoader;
use std::path::{Path, PathBuf};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::*;

pub(crate) async fn document_link(view: View) -> Result<Option<Vec<DocumentLink>>> {
    work(move || {
        let loader = view.loader();
        let links = luakit_analysis::document_links(&view.snapshot.script()).into_iter().filter_map(|link| {
            let (target, tooltip) = match link.target {
                LinkTarget::Module(name) => module(&view, loader.as_ref()?, &name)?,
                LinkTarget::Url(url) => (Url::parse(&url).ok()?, None),
            };
            Some(DocumentLink { range: view.range(link.range), target: Some(target), tooltip, data: None })
        });
        Some(links.collect())
    })
    .await
}

/// Returns the file of a module. One that luakit brings along is then written to disk.
fn module(view: &View, loader: &DiskLoader, name: &str) -> Option<(Url, Option<String>)> {
    let Found::File(path, file) = find(name, loader) else { return None };
    let on_disk: PathBuf = match of_library(&path) {
        true if Path::new(&file.name).is_absolute() => PathBuf::from(&file.name),
        true => library::file_of(&path)?,
        false => loader.path_of(&path),
    };
    let open = view.open.iter().find(|(path, _)| *path == on_disk);
    let url =
        open.map(|(_, snapshot)| snapshot.url.clone()).or_else(|| Url::from_file_path(&on_disk).ok())?;
    Some((url, Some(path)))
}
