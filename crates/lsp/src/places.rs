//! From places in a project to locations that a client knows.

use crate::capabilities::Capabilities;
use crate::documents::Snapshot;
use crate::index::{Asked, Workspace};
use crate::library;
use crate::positions;
use crate::session::View;
use luakit_analysis::project::{FileId, Location as Place, Project};
use luakit_analysis::{Replacement, is_local};
use luakit_diagnostics::TextRange;
use ropey::Rope;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tower_lsp::lsp_types::*;

/// A project, and how its files are called and counted by the client.
pub(crate) struct Places {
    pub(crate) project: Arc<Project>,
    workspace: Workspace,
    capabilities: Arc<Capabilities>,
    /// The document that was asked about, which may be on no disk, by its key.
    asked: Option<(String, Arc<Snapshot>)>,
    texts: HashMap<FileId, Rope>,
}

impl Places {
    /// Makes the project for a question about one place of a document; what is local there needs no other file.
    /// Returns the file as well. Call it on a worker.
    pub(crate) fn at(view: &View, offset: usize) -> (Places, FileId) {
        let asked = view.asked();
        let project = if is_local(&asked.script, offset) {
            Arc::new(Project::alone(&asked.key, &asked.script))
        } else {
            view.workspace().project(Some(&asked))
        };
        Places::of(view, project, &asked)
    }

    /// Makes the project around a document. Call it on a worker.
    pub(crate) fn around(view: &View) -> (Places, FileId) {
        let asked = view.asked();
        Places::of(view, view.workspace().project(Some(&asked)), &asked)
    }

    fn of(view: &View, project: Arc<Project>, asked: &Asked) -> (Places, FileId) {
        let file = project.file(&asked.key).unwrap_or_default();
        let places = Places {
            project,
            workspace: view.workspace(),
            capabilities: view.capabilities.clone(),
            asked: Some((asked.key.clone(), view.snapshot.clone())),
            texts: HashMap::new(),
        };
        (places, file)
    }

    /// Makes the project of all entries of the workspace. Call it on a worker.
    pub(crate) fn everywhere(workspace: Workspace, capabilities: Arc<Capabilities>) -> Places {
        let project = workspace.project(None);
        Places { project, workspace, capabilities, asked: None, texts: HashMap::new() }
    }

    /// Returns the URI of a file, as the client spells it if it has the file open. Embedded modules have none.
    pub(crate) fn url(&self, file: FileId) -> Option<Url> {
        let key = self.project.key(file);
        if let Some(snapshot) = self.open(file) {
            return Some(snapshot.url.clone());
        }
        let name = &self.project.source(file)?.name;
        let path = if self.project.is_library(file) { Path::new(name) } else { Path::new(key) };
        if path.is_absolute() { Url::from_file_path(path).ok() } else { None }
    }

    /// Returns the URI of a file to go to. What luakit brings along is then written to disk.
    pub(crate) fn url_to_go_to(&self, file: FileId) -> Option<Url> {
        let written = || Url::from_file_path(library::file_of(self.project.key(file))?).ok();
        self.url(file).or_else(written)
    }

    /// Returns the document of a file, if it is open.
    fn open(&self, file: FileId) -> Option<&Arc<Snapshot>> {
        let key = self.project.key(file);
        let asked = self.asked.as_ref().filter(|(asked, _)| asked == key).map(|(_, snapshot)| snapshot);
        asked.or_else(|| self.workspace.open_at(Path::new(key)))
    }

    pub(crate) fn range(&mut self, file: FileId, range: TextRange) -> Range {
        let open = self.open(file).map(|snapshot| snapshot.text.clone());
        let project = &self.project;
        let text = self.texts.entry(file).or_insert_with(|| {
            let source =
                || project.source(file).map_or_else(Rope::new, |source| Rope::from_str(&source.text));
            open.unwrap_or_else(source)
        });
        positions::range(text, range, self.capabilities.encoding)
    }

    pub(crate) fn offset(&mut self, file: FileId, position: Position) -> usize {
        let text = self.project.source(file).map_or_else(Rope::new, |source| Rope::from_str(&source.text));
        positions::offset(&text, position, self.capabilities.encoding)
    }

    pub(crate) fn location(&mut self, place: Place) -> Option<Location> {
        Some(Location::new(self.url(place.file)?, self.range(place.file, place.range)))
    }

    /// Finds a file by its URI.
    pub(crate) fn file_of(&self, url: &Url) -> Option<FileId> {
        let (mut files, project) = (0..self.project.len(), &self.project);
        let path = crate::paths::path_of(url);
        let key = |path: PathBuf| library::key_of(&path).unwrap_or_else(|| crate::index::key_of(&path));
        let by_path = path.and_then(|path| project.file(&key(path)));
        by_path.or_else(|| files.find(|file| self.url(*file).as_ref() == Some(url)))
    }

    /// Makes an edit of the client's kind. Versions go along with what is open.
    pub(crate) fn edit(&mut self, replacements: Vec<Replacement>) -> WorkspaceEdit {
        let mut by_file: BTreeMap<FileId, Vec<TextEdit>> = BTreeMap::new();
        for it in replacements {
            let range = self.range(it.at.file, it.at.range);
            by_file.entry(it.at.file).or_default().push(TextEdit { range, new_text: it.text });
        }
        let edits = by_file.into_iter().filter_map(|(file, edits)| Some((file, self.url(file)?, edits)));
        if !self.capabilities.document_changes {
            let changes = edits.map(|(_, url, edits)| (url, edits)).collect();
            return WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() };
        }
        let edits = edits.map(|(file, uri, edits)| TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier {
                uri,
                version: self.open(file).map(|snapshot| snapshot.version),
            },
            edits: edits.into_iter().map(OneOf::Left).collect(),
        });
        let changes = DocumentChanges::Edits(edits.collect());
        WorkspaceEdit { document_changes: Some(changes), ..WorkspaceEdit::default() }
    }
}
