//! What values are, as far as the text tells: States, Mounts, tables of them, functions that make them.
//!
//! A small data flow: every expression, local, field and result starts with nothing known ([`Type::Bottom`]) and only
//! ever rises (known, known but not for sure, conflicting) until nothing changes. What is known for sure may be
//! reported; the rest serves completion and hover.

mod annotations;
mod classes;
mod declared;
mod exports;
mod foreign;
mod infer;
mod known;

pub(crate) use annotations::{comments_of, deprecation, doc_above, param_doc};
pub(crate) use classes::{TypeDoc, class_names, declared_fields};
pub(crate) use exports::{Exported, exported};
pub(crate) use foreign::{Foreign, parsed};
pub(crate) use infer::required;
pub(crate) use known::Remembered;

use foreign::Context;

use crate::Script;
use crate::scope::LocalId;
use crate::tree::{ExprId, FuncId};
use luakit_api::{FUNCTIONS, Function, FunctionId, Object, Ty};
use luakit_diagnostics::TextRange;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

/// What is known of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Type {
    /// Nothing has been seen yet.
    #[default]
    Bottom,
    /// It can be anything.
    Unknown,
    Is(Kind, Sure),
    /// It is of different kinds at different times.
    Conflict,
}

/// Whether a kind is certain enough to report what does not fit it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sure {
    No,
    Yes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Nil,
    Boolean,
    Number,
    String,
    Object(Object),
    /// A list of such objects.
    List(Object),
    /// The `bk` table.
    Bk,
    /// A function or method of the API.
    Builtin(FunctionId),
    Func(FuncId),
    /// The table made by a constructor.
    Table(ExprId),
    /// A table or function of a module, by its index in [`Types::foreign`].
    Foreign(usize),
    /// A function that gives a module, by its index in [`Types::foreign`].
    Giver(usize),
}

impl Type {
    pub(crate) const fn sure(kind: Kind) -> Type {
        Type::Is(kind, Sure::Yes)
    }

    pub(crate) const fn maybe(kind: Kind) -> Type {
        Type::Is(kind, Sure::No)
    }

    /// Returns the kind, if one is known at all.
    pub(crate) fn kind(self) -> Option<Kind> {
        match self {
            Type::Is(kind, _) => Some(kind),
            _ => None,
        }
    }

    /// Returns the kind, if it is certain.
    pub(crate) fn certain(self) -> Option<Kind> {
        match self {
            Type::Is(kind, Sure::Yes) => Some(kind),
            _ => None,
        }
    }

    pub(crate) fn object(self) -> Option<Object> {
        match self.kind()? {
            Kind::Object(object) => Some(object),
            _ => None,
        }
    }

    pub(crate) fn weaken(self, sure: Sure) -> Type {
        match self {
            Type::Is(kind, own) => Type::Is(kind, own.min(sure)),
            other => other,
        }
    }

    pub(crate) fn join(self, other: Type) -> Type {
        match (self, other) {
            (Type::Bottom, x) | (x, Type::Bottom) => x,
            (Type::Conflict, _) | (_, Type::Conflict) => Type::Conflict,
            (Type::Unknown, Type::Is(Kind::Nil, _)) | (Type::Is(Kind::Nil, _), Type::Unknown) => {
                Type::Unknown
            }
            (Type::Unknown, x) | (x, Type::Unknown) => x.weaken(Sure::No),
            (Type::Is(a, x), Type::Is(b, y)) if a == b => Type::Is(a, x.min(y)),
            // What may be nil is still worth completing.
            (Type::Is(Kind::Nil, _), x) | (x, Type::Is(Kind::Nil, _)) => x.weaken(Sure::No),
            // One of several tables: the last one that is written out stands for all.
            (Type::Is(Kind::Table(a), _), Type::Is(Kind::Table(b), _)) => Type::maybe(Kind::Table(a.max(b))),
            _ => Type::Conflict,
        }
    }
}

/// The types in a script.
#[derive(Clone)]
pub(crate) struct Types<'a> {
    pub(crate) script: &'a Script,
    data: Data,
}

/// What was inferred, while it is worked out and afterwards.
#[derive(Clone)]
enum Data {
    Own(Box<Inferred>),
    Shared(Arc<Inferred>),
}

/// What was inferred, without the script.
#[derive(Debug, Clone, Default)]
pub(crate) struct Inferred {
    pub(crate) exprs: Vec<Type>,
    pub(crate) locals: Vec<Type>,
    /// The fields of each table, by the hashes of their names.
    fields: FxHashMap<ExprId, FxHashMap<u64, Field>>,
    items: FxHashMap<ExprId, Type>,
    returns: Vec<[Type; 3]>,
    /// Tables that are written to after they are made.
    changed: FxHashSet<ExprId>,
    pub(crate) module: Type,
    pub(crate) foreign: Vec<Foreign>,
    /// Where a `require` is, the module's file, for those that were found.
    pub(crate) requires: FxHashMap<ExprId, Type>,
    /// For tables, the metatables they were given; and for those that are looked into, who looks.
    metatables: FxHashMap<ExprId, Type>,
    instances: FxHashMap<ExprId, Type>,
}

/// A field of a table, with its name as it stands somewhere in the text.
#[derive(Debug, Clone, Copy)]
struct Field {
    name: TextRange,
    ty: Type,
}

fn hash(name: &str) -> u64 {
    let mut hasher = FxHasher::default();
    name.hash(&mut hasher);
    hasher.finish()
}

impl Data {
    fn shared(self) -> Arc<Inferred> {
        match self {
            Data::Own(own) => Arc::from(own),
            Data::Shared(shared) => shared,
        }
    }
}

impl Deref for Types<'_> {
    type Target = Inferred;

    fn deref(&self) -> &Inferred {
        match &self.data {
            Data::Own(own) => own,
            Data::Shared(shared) => shared,
        }
    }
}

impl Types<'_> {
    pub(crate) fn of(&self, id: ExprId) -> Type {
        self.exprs.get(id).copied().unwrap_or(Type::Unknown)
    }

    pub(crate) fn local(&self, id: LocalId) -> Type {
        self.locals.get(id).copied().unwrap_or(Type::Unknown)
    }

    /// Returns the name of a field, which may stand in quotes.
    fn field_name(&self, name: TextRange) -> &str {
        let text = self.script.text(name);
        let quoted = text.strip_prefix(['"', '\'']).and_then(|text| text.strip_suffix(['"', '\'']));
        quoted.unwrap_or(text)
    }

    /// Returns the fields of a table with their types, in the order of their names, those that it inherits too.
    pub(crate) fn fields_of(&self, kind: Kind) -> Vec<(String, Type)> {
        let mut fields = self.own_fields(kind);
        for other in self.inherited(kind) {
            for (name, ty) in self.own_fields(other) {
                if !fields.iter().any(|(known, _)| *known == name) {
                    fields.push((name, ty.weaken(Sure::No)));
                }
            }
        }
        fields.sort_by(|a, b| a.0.cmp(&b.0));
        fields
    }

    fn own_fields(&self, kind: Kind) -> Vec<(String, Type)> {
        match kind {
            Kind::Table(table) => {
                let fields = self.fields.get(&table).into_iter().flat_map(|fields| fields.values());
                fields.map(|field| (self.field_name(field.name).to_owned(), field.ty)).collect()
            }
            Kind::Foreign(id) => match self.foreign.get(id) {
                Some(Foreign::Table { fields, .. }) => {
                    fields.iter().map(|(name, ty)| (name.clone(), *ty)).collect()
                }
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    pub(crate) fn field_of(&self, kind: Kind, name: &str) -> Option<Type> {
        self.own_field(kind, name).or_else(|| {
            let mut others = self.inherited(kind).into_iter();
            others.find_map(|other| self.own_field(other, name)).map(|ty| ty.weaken(Sure::No))
        })
    }

    fn own_field(&self, kind: Kind, name: &str) -> Option<Type> {
        match kind {
            Kind::Table(table) => self.fields.get(&table)?.get(&hash(name)).map(|field| field.ty),
            Kind::Foreign(id) => match self.foreign.get(id)? {
                Foreign::Table { fields, .. } => fields.get(name).copied(),
                Foreign::Func { .. } => None,
            },
            _ => None,
        }
    }

    /// Returns the tables that are looked into for what a table does not have: those that its metatables name, and for
    /// a class what its objects have, which its methods see as `self`.
    fn inherited(&self, kind: Kind) -> Vec<Kind> {
        const DEPTH: usize = 4;
        let mut found: Vec<Kind> = Vec::new();
        let mut next = kind;
        for _ in 0..DEPTH {
            let Kind::Table(table) = next else { break };
            let meta = self.metatables.get(&table).and_then(|meta| meta.kind());
            let Some(index) = meta.and_then(|meta| self.own_field(meta, "__index")).and_then(Type::kind)
            else {
                break;
            };
            if index == kind || found.contains(&index) {
                break;
            }
            found.push(index);
            next = index;
        }
        if let Kind::Table(table) = kind {
            found.extend(self.instances.get(&table).and_then(|object| object.kind()));
        }
        found
    }

    /// Returns the type of any entry of a map that a comment declares, such as `table<string, State>`.
    fn entry_of(&self, kind: Kind) -> Option<Type> {
        let Kind::Foreign(id) = kind else { return None };
        match self.foreign.get(id)? {
            Foreign::Table { fields, item } if fields.is_empty() && item.kind().is_some() => {
                Some(item.weaken(Sure::No))
            }
            _ => None,
        }
    }

    /// Tells whether a table is written to after it is made.
    pub(crate) fn is_changed(&self, table: ExprId) -> bool {
        self.changed.contains(&table)
    }

    /// Returns the type of a function that gives a module.
    pub(crate) fn giving(&self, module: Type) -> Type {
        match module {
            Type::Is(Kind::Foreign(id), sure) => Type::Is(Kind::Giver(id), sure),
            _ => Type::Unknown,
        }
    }

    pub(crate) fn is_function(&self, ty: Type) -> bool {
        match ty.kind() {
            Some(Kind::Func(_) | Kind::Builtin(_) | Kind::Giver(_)) => true,
            Some(Kind::Foreign(id)) => !self.is_foreign_table(id),
            _ => false,
        }
    }

    /// Returns what the comments above a function say.
    pub(crate) fn documentation(&self, ty: Type) -> String {
        match ty.kind() {
            Some(Kind::Func(func)) => doc_above(self.script, self.script.tree.func(func).range.start),
            Some(Kind::Foreign(id)) => match self.foreign.get(id) {
                Some(Foreign::Func { doc, .. }) => doc.clone(),
                _ => String::new(),
            },
            _ => String::new(),
        }
    }

    /// Returns why a function should not be used any more, if a comment above it says so.
    pub(crate) fn deprecation(&self, ty: Type) -> Option<String> {
        match ty.kind()? {
            Kind::Func(func) => deprecation(self.script, self.script.tree.func(func).range.start),
            Kind::Foreign(id) => match self.foreign.get(id)? {
                Foreign::Func { file, range, .. } => deprecation(&parsed(file), range.start),
                Foreign::Table { .. } => None,
            },
            _ => None,
        }
    }

    pub(crate) fn is_foreign_table(&self, id: usize) -> bool {
        matches!(self.foreign.get(id), Some(Foreign::Table { .. }))
    }

    /// Writes a type for people.
    pub(crate) fn display(&self, ty: Type) -> String {
        let Some(kind) = ty.kind() else { return "unknown".into() };
        match kind {
            Kind::Nil => "nil".into(),
            Kind::Boolean => "boolean".into(),
            Kind::Number => "number".into(),
            Kind::String => "string".into(),
            Kind::Object(object) => object.name().into(),
            Kind::List(object) => format!("{}[]", object.name()),
            Kind::Bk => "bk".into(),
            Kind::Builtin(_) => "function".into(),
            Kind::Func(func) => self.signature(func),
            Kind::Table(table) => match self.items.get(&table).and_then(|item| item.object()) {
                Some(object) => format!("{}[]", object.name()),
                None => "table".into(),
            },
            Kind::Giver(_) => "function".into(),
            Kind::Foreign(id) => match self.foreign.get(id) {
                Some(Foreign::Func { params, returns, .. }) => {
                    format!("function({}){}", params.join(", "), self.result(returns[0]))
                }
                _ => "table".into(),
            },
        }
    }

    /// Writes a function of the script as `function(a: State, b) -> State`.
    pub(crate) fn signature(&self, func: FuncId) -> String {
        let params = self.params(func).join(", ");
        let result = self.returns.get(func).map_or(Type::Unknown, |returns| returns[0]);
        format!("function({params}){}", self.result(result))
    }

    /// Writes the parameters of a function of the script.
    pub(crate) fn params(&self, func: FuncId) -> Vec<String> {
        let script = self.script;
        let locals = script.scopes.params.get(func).map_or(&[][..], Vec::as_slice);
        let comments = annotations::comments_above(script, script.tree.func(func).range.start);
        let mut params: Vec<String> = locals
            .iter()
            .filter_map(|id| {
                let name = script.text(script.scopes.locals.get(*id)?.name);
                let mark = if annotations::is_optional(&comments, name) { "?" } else { "" };
                let name = format!("{name}{mark}");
                Some(match self.local(*id).kind() {
                    None | Some(Kind::Nil) => name,
                    Some(Kind::Func(_)) => format!("{name}: function"),
                    Some(_) => format!("{name}: {}", self.display(self.local(*id))),
                })
            })
            .collect();
        if script.tree.func(func).variadic {
            params.push("...".into());
        }
        params
    }

    pub(crate) fn result(&self, ty: Type) -> String {
        match ty.kind() {
            None | Some(Kind::Nil) => String::new(),
            Some(Kind::Func(_)) => " -> function".into(),
            Some(_) => format!(" -> {}", self.display(ty)),
        }
    }
}

/// Returns the declaration of a function of the API.
pub(crate) fn builtin(id: FunctionId) -> Option<&'static Function> {
    FUNCTIONS.get(id as usize).copied()
}

/// Returns what a call of the API gives.
pub(crate) fn of_ty(ty: &Ty) -> Type {
    match ty {
        Ty::Nil => Type::sure(Kind::Nil),
        Ty::Boolean => Type::sure(Kind::Boolean),
        Ty::Integer | Ty::Number => Type::sure(Kind::Number),
        Ty::String => Type::sure(Kind::String),
        Ty::Object(object) => Type::sure(Kind::Object(*object)),
        Ty::List(Ty::Object(object)) => Type::sure(Kind::List(*object)),
        _ => Type::Unknown,
    }
}

#[cfg(test)]
mod tests;
