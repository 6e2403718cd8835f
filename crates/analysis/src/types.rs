//! What values are, as far as the text tells: States, Mounts, tables of them, functions that make them.
//!
//! A small data flow: every expression, local, field and result starts with nothing known ([`Type::Bottom`]) and only
//! ever rises (known, known but not for sure, conflicting) until nothing changes. What is known for sure may be
//! reported; the rest serves completion and hover.

mod annotations;
mod classes;
mod declared;
mod display;
mod exports;
mod foreign;
mod infer;
mod known;
mod members;

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
    /// What any of the fields of each table holds.
    values: FxHashMap<ExprId, Type>,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
