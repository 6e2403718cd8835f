//! What required modules give.

use super::annotations::doc_above;
use super::{Inferred, Kind, Type, Types};
use crate::Script;
use luakit_api::modules::{Found, Loader, find};
use luakit_diagnostics::{SourceFile, TextRange};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex};

/// How deep modules may require each other before nothing more is said of them.
const DEPTH: usize = 16;

/// A value of another file.
#[derive(Debug, Clone)]
pub(crate) enum Foreign {
    Table { fields: BTreeMap<String, Type>, item: Type },
    Func { params: Vec<String>, returns: [Type; 3], doc: String, file: Arc<SourceFile>, range: TextRange },
}

/// What a module returns; its types are indices into its own list.
#[derive(Debug, Default)]
pub(crate) struct Export {
    root: Option<Type>,
    values: Vec<Foreign>,
}

/// What an inference shares with those of the modules it needs.
pub(crate) struct Context<'l> {
    loader: Option<&'l dyn Loader>,
    exports: RefCell<HashMap<String, WorkedOut>>,
    /// The modules that are being worked out.
    open: RefCell<Vec<String>>,
    /// What was asked for, in the order it was.
    lookups: RefCell<Vec<Lookup>>,
}

/// What a module gives, and what was asked for to know that.
struct WorkedOut {
    export: Arc<Export>,
    lookups: Vec<Lookup>,
}

/// A module that was asked for, and what was found: its path and its text.
#[derive(Clone)]
pub(super) struct Lookup {
    name: String,
    found: Option<(String, Arc<SourceFile>)>,
    /// Whether it was being worked out itself, so that it was unknown.
    pub(super) circular: bool,
}

impl<'l> Context<'l> {
    pub(crate) fn new(loader: Option<&'l dyn Loader>) -> Self {
        Self { loader, exports: RefCell::default(), open: RefCell::default(), lookups: RefCell::default() }
    }

    fn find(&self, name: &str) -> Option<(String, Arc<SourceFile>)> {
        match find(name, self.loader?) {
            Found::File(path, file) => Some((path, file)),
            _ => None,
        }
    }

    /// Returns what `require(name)` gives.
    pub(super) fn export(&self, name: &str) -> Option<Arc<Export>> {
        let found = self.find(name);
        let path = found.as_ref().map(|(path, _)| path.clone());
        let is_open = path.as_ref().is_some_and(|path| self.open.borrow().contains(path));
        let circular = is_open || self.open.borrow().len() >= DEPTH;
        self.lookups.borrow_mut().push(Lookup { name: name.to_owned(), found: found.clone(), circular });
        let (path, file) = found.filter(|_| !circular)?;
        if let Some(WorkedOut { export, lookups }) = self.exports.borrow().get(&path) {
            self.note(lookups);
            return Some(export.clone());
        }
        let begun = self.begin();
        self.open.borrow_mut().push(path.clone());
        let script = parsed(&file);
        let export = Arc::new(export(&Types::infer_with(&script, self)));
        self.open.borrow_mut().pop();
        let lookups = self.lookups_since(begun);
        self.exports.borrow_mut().insert(path, WorkedOut { export: export.clone(), lookups });
        Some(export)
    }

    /// Returns where the lookups of an inference begin.
    pub(super) fn begin(&self) -> usize {
        self.lookups.borrow().len()
    }

    /// Returns the lookups since, each once.
    pub(super) fn lookups_since(&self, begun: usize) -> Vec<Lookup> {
        let mut lookups = self.lookups.borrow().get(begun..).unwrap_or(&[]).to_vec();
        lookups.sort_by(|a, b| (&a.name, a.circular).cmp(&(&b.name, b.circular)));
        lookups.dedup_by(|a, b| a.name == b.name && a.circular == b.circular);
        lookups
    }

    /// Takes the lookups of an inference that was remembered for its own.
    pub(super) fn note(&self, lookups: &[Lookup]) {
        self.lookups.borrow_mut().extend_from_slice(lookups);
    }

    /// Tells whether a lookup would find the same today.
    pub(super) fn is_current(&self, lookup: &Lookup) -> bool {
        match (&lookup.found, self.find(&lookup.name)) {
            (None, None) => true,
            (Some((path, file)), Some((found, now))) => {
                *path == found && (Arc::ptr_eq(file, &now) || *file == now)
            }
            _ => false,
        }
    }
}

/// Parses a module, or finds it among those parsed lately: a module is asked for on every keystroke in another file.
pub(crate) fn parsed(file: &Arc<SourceFile>) -> Arc<Script> {
    static PARSED: Mutex<Vec<(u64, Arc<Script>)>> = Mutex::new(Vec::new());
    const KEPT: usize = 64;
    let mut hasher = DefaultHasher::new();
    (&file.name, &file.text).hash(&mut hasher);
    let hash = hasher.finish();
    if let Ok(parsed) = PARSED.lock()
        && let Some((_, script)) =
            parsed.iter().find(|(other, script)| *other == hash && script.file == *file)
    {
        return script.clone();
    }
    let script = Arc::new(Script::parse_once(file.clone()));
    if let Ok(mut parsed) = PARSED.lock() {
        if parsed.len() >= KEPT {
            parsed.remove(0);
        }
        parsed.push((hash, script.clone()));
    }
    script
}

fn export(types: &Types<'_>) -> Export {
    let mut copier = Copier { types, values: Vec::new(), done: HashMap::new() };
    let root = Some(copier.copy(types.module));
    Export { root, values: copier.values }
}

/// Copies types out of a script that will be gone.
struct Copier<'t, 'a> {
    types: &'t Types<'a>,
    values: Vec<Foreign>,
    done: HashMap<(u8, usize), usize>,
}

impl Copier<'_, '_> {
    fn copy(&mut self, ty: Type) -> Type {
        let Type::Is(kind, sure) = ty else { return ty };
        let key = match kind {
            Kind::Table(id) => (0, id),
            Kind::Func(id) => (1, id),
            Kind::Foreign(id) => (2, id),
            _ => return ty,
        };
        if let Some(id) = self.done.get(&key) {
            return Type::Is(Kind::Foreign(*id), sure);
        }
        let id = self.values.len();
        self.done.insert(key, id);
        self.values.push(Foreign::Table { fields: BTreeMap::new(), item: Type::Unknown });
        let value = match kind {
            Kind::Func(func) => self.func(func),
            Kind::Foreign(foreign) => self.foreign(foreign),
            _ => {
                let fields = self.types.fields_of(kind);
                let fields = fields.into_iter().map(|(name, ty)| (name, self.copy(ty))).collect();
                let item = self.types.element(Type::sure(kind));
                Foreign::Table { fields, item: self.copy(item) }
            }
        };
        if let Some(slot) = self.values.get_mut(id) {
            *slot = value;
        }
        Type::Is(Kind::Foreign(id), sure)
    }

    fn func(&mut self, func: usize) -> Foreign {
        let script = self.types.script;
        let range = script.tree.func(func).range;
        let returns = self.types.returns.get(func).copied().unwrap_or([Type::Unknown; 3]);
        Foreign::Func {
            params: self.types.params(func),
            returns: returns.map(|ty| self.copy(ty)),
            doc: doc_above(script, range.start),
            file: script.file.clone(),
            range,
        }
    }

    fn foreign(&mut self, id: usize) -> Foreign {
        match self.types.foreign.get(id).cloned() {
            Some(Foreign::Table { fields, item }) => Foreign::Table {
                fields: fields.into_iter().map(|(name, ty)| (name, self.copy(ty))).collect(),
                item: self.copy(item),
            },
            Some(Foreign::Func { params, returns, doc, file, range }) => {
                Foreign::Func { params, returns: returns.map(|ty| self.copy(ty)), doc, file, range }
            }
            None => Foreign::Table { fields: BTreeMap::new(), item: Type::Unknown },
        }
    }
}

impl Inferred {
    /// Takes over what a module returns.
    pub(super) fn import(&mut self, export: &Export) -> Type {
        let offset = self.foreign.len();
        let shift = |ty: Type| match ty {
            Type::Is(Kind::Foreign(id), sure) => Type::Is(Kind::Foreign(id + offset), sure),
            other => other,
        };
        for value in &export.values {
            self.foreign.push(match value.clone() {
                Foreign::Table { fields, item } => Foreign::Table {
                    fields: fields.into_iter().map(|(name, ty)| (name, shift(ty))).collect(),
                    item: shift(item),
                },
                Foreign::Func { params, returns, doc, file, range } => {
                    Foreign::Func { params, returns: returns.map(shift), doc, file, range }
                }
            });
        }
        export.root.map_or(Type::Unknown, shift)
    }
}
