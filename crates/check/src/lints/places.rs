//! From an operation to the text that made it.

use luakit_analysis::Script;
use luakit_api::modules::of_library;
use luakit_api::{CallSite, Focus, Prepared, Problem, Step};
use luakit_diagnostics::{Code, Place, Related, SourceFile, TextRange};
use luakit_llb::{Graph, Location, Vertex};
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

/// Finds places. Files are made ready only where there is something to say.
pub(super) struct Places<'a> {
    /// For each source of the graph, its file.
    files: Vec<Option<Arc<SourceFile>>>,
    parse: &'a dyn Fn(&Arc<SourceFile>) -> Arc<Script>,
    calls: RefCell<HashMap<usize, Rc<Calls>>>,
    /// Where `with_env` gives each variable its value.
    variables: OnceCell<HashMap<String, Vec<Place>>>,
}

/// The calls of a file, and the first one for each offset of a name.
struct Calls {
    prepared: Prepared,
    by_name: HashMap<usize, usize>,
}

impl<'a> Places<'a> {
    pub(super) fn new(
        graph: &Graph,
        files: &[Arc<SourceFile>],
        parse: &'a dyn Fn(&Arc<SourceFile>) -> Arc<Script>,
    ) -> Self {
        Self {
            files: files_of(graph.sources(), files),
            parse,
            calls: RefCell::default(),
            variables: OnceCell::new(),
        }
    }

    /// Returns the place of an argument of the call that made a vertex, or the nearest thing around it.
    ///
    /// What a module of the library makes is told at the call of the library.
    pub(super) fn of(&self, vertex: &Vertex, path: &[Step]) -> Option<Place> {
        let own = vertex.locations.first()?;
        if self.is_embedded(own) {
            return self.place(vertex.trace.iter().find(|location| !self.is_embedded(location))?);
        }
        let file = self.file(own)?;
        let range = match self.site(own) {
            Some(site) => locate(&site, path),
            None => self.place(own)?.range,
        };
        Some(Place { file: file.clone(), range })
    }

    /// Returns the callers of a vertex, as the evaluator tells them after a finding.
    pub(super) fn callers(&self, vertex: &Vertex) -> Vec<Related> {
        let own = vertex.locations.iter().chain(&vertex.trace);
        let told = own.skip_while(|location| self.is_embedded(location)).skip(1);
        let mut related: Vec<Related> = Vec::new();
        for place in told.filter_map(|location| self.place(location)) {
            if related.last().is_none_or(|last| last.place != place) {
                related.push(Related { place, message: "called from".into() });
            }
        }
        related
    }

    /// Returns the place of a location: the name that is called there, else all of it.
    pub(super) fn place(&self, location: &Location) -> Option<Place> {
        let file = self.file(location)?;
        let range = match self.site(location) {
            Some(site) => site.name,
            None => TextRange::new(offset(file, location.start)?, offset(file, location.end)?),
        };
        Some(Place { file: file.clone(), range })
    }

    /// Returns the name that a vertex's call is written with: `https`, where it is that.
    pub(super) fn called(&self, vertex: &Vertex) -> Option<String> {
        let own = vertex.locations.first()?;
        Some(self.file(own)?.slice(self.site(own)?.name).to_owned())
    }

    /// Returns the call at a location.
    pub(super) fn site(&self, location: &Location) -> Option<CallSite> {
        let at = offset(self.file(location)?, location.start)?;
        let calls = self.calls(location.source.index())?;
        calls.prepared.calls.get(*calls.by_name.get(&at)?).cloned()
    }

    /// Returns the first call of a function or method that `is_it`, in the files that people can change.
    pub(super) fn find_call(
        &self,
        name: &str,
        is_it: &dyn Fn(&Arc<SourceFile>, &CallSite) -> bool,
    ) -> Option<(Arc<SourceFile>, CallSite)> {
        let mut found = None;
        self.each_call(name, &mut |file, site| {
            if found.is_none() && is_it(file, site) {
                found = Some((file.clone(), site.clone()));
            }
        });
        found
    }

    /// Returns where the one call of `with_env` that names a variable gives it its value.
    pub(super) fn variable(&self, name: &str) -> Option<Place> {
        let variables = self.variables.get_or_init(|| {
            let mut variables: HashMap<String, Vec<Place>> = HashMap::new();
            self.each_call("with_env", &mut |file, site| {
                for field in site.args.first().map_or(&[][..], |arg| &arg.fields) {
                    let place = Place { file: file.clone(), range: field.value.range };
                    variables.entry(field.name.clone()).or_default().push(place);
                }
            });
            variables
        });
        match variables.get(name)?.as_slice() {
            [place] => Some(place.clone()),
            _ => None,
        }
    }

    fn each_call(&self, name: &str, each: &mut dyn FnMut(&Arc<SourceFile>, &CallSite)) {
        for (index, file) in self.files.iter().enumerate() {
            let Some(file) = file.as_ref().filter(|file| self.can_change(file)) else { continue };
            let Some(calls) = self.calls(index) else { continue };
            calls.prepared.calls.iter().filter(|site| site.calls(name)).for_each(|site| each(file, site));
        }
    }

    /// Tells whether a file is one that people can change.
    pub(super) fn can_change(&self, file: &SourceFile) -> bool {
        !of_library(&file.name)
    }

    /// Tells whether a location is in a file.
    pub(super) fn is_in(&self, location: &Location, file: &Arc<SourceFile>) -> bool {
        self.file(location).is_some_and(|other| Arc::ptr_eq(other, file))
    }

    fn is_embedded(&self, location: &Location) -> bool {
        self.file(location).is_some_and(|file| !self.can_change(file))
    }

    fn file(&self, location: &Location) -> Option<&Arc<SourceFile>> {
        self.files.get(location.source.index())?.as_ref()
    }

    fn calls(&self, source: usize) -> Option<Rc<Calls>> {
        if let Some(known) = self.calls.borrow().get(&source) {
            return Some(known.clone());
        }
        let prepared = (self.parse)(self.files.get(source)?.as_ref()?).prepare();
        let mut by_name = HashMap::new();
        for (index, site) in prepared.calls.iter().enumerate() {
            by_name.entry(site.name.start).or_insert(index);
        }
        let calls = Rc::new(Calls { prepared, by_name });
        self.calls.borrow_mut().insert(source, calls.clone());
        Some(calls)
    }
}

/// Returns the range of an argument of a call, or of the nearest thing around it.
pub(super) fn locate(site: &CallSite, path: &[Step]) -> TextRange {
    site.locate(&Problem {
        code: Code::NOTE,
        message: String::new(),
        hints: Vec::new(),
        path: path.to_vec(),
        focus: Focus::Value,
        replacement: None,
    })
}

/// Returns, for each source of a graph, the file that was read.
pub(crate) fn files_of(
    sources: &[luakit_llb::Source],
    files: &[Arc<SourceFile>],
) -> Vec<Option<Arc<SourceFile>>> {
    let file = |source: &luakit_llb::Source| {
        let same = |file: &&Arc<SourceFile>| {
            file.name.ends_with(&source.filename) && file.text.as_bytes() == &*source.data
        };
        files.iter().find(same).cloned()
    };
    sources.iter().map(file).collect()
}

/// Returns the byte that a position of the graph stands for.
pub(crate) fn offset(file: &SourceFile, at: luakit_llb::Position) -> Option<usize> {
    let line = usize::try_from(at.line).ok().filter(|line| *line > 0)?;
    let character = usize::try_from(at.character).ok()?;
    let text = file.lines.text(&file.text, line);
    let bytes = if text.is_ascii() {
        character.min(text.len())
    } else {
        text.chars().take(character).map(char::len_utf8).sum()
    };
    Some(file.lines.start(line) + bytes)
}
