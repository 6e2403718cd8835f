//! What is in a value: its members, its elements, and what calling it gives.

use super::{Foreign, Kind, Sure, Type, Types, builtin, hash, of_ty};
use crate::tree::ExprId;
use luakit_api::{BK_PLATFORMS, Object, bk_function, method, properties_of, words};
use luakit_diagnostics::TextRange;

impl Types<'_> {
    /// Returns the type of `base.name`, or of the method in `base:name()`.
    pub(crate) fn member(&self, base: Type, name: &str) -> Type {
        let Type::Is(kind, sure) = base else {
            return if base == Type::Bottom { base } else { Type::Unknown };
        };
        match kind {
            Kind::Bk if BK_PLATFORMS.iter().any(|property| property.name == name) => {
                Type::Is(Kind::Object(Object::Platform), sure)
            }
            Kind::Bk => match bk_function(name) {
                Some(function) => Type::Is(Kind::Builtin(function.id), sure),
                // What is misspelt is reported once; all that is made of it should not go unseen for that.
                None => match words::unknown_function(name).meant.and_then(|meant| bk_function(&meant)) {
                    Some(function) => Type::Is(Kind::Builtin(function.id), sure),
                    None => Type::Unknown,
                },
            },
            Kind::Object(object) => {
                if properties_of(object).iter().any(|property| property.name == name) {
                    Type::Is(Kind::String, sure)
                } else {
                    method(object, name).map_or(Type::Unknown, |f| Type::Is(Kind::Builtin(f.id), sure))
                }
            }
            Kind::Table(_) | Kind::Foreign(_) => {
                let field = self.field_of(kind, name).or_else(|| self.entry_of(kind));
                field.unwrap_or(Type::Bottom).weaken(sure)
            }
            _ => Type::Unknown,
        }
    }

    /// Returns what calling a value of this type gives first.
    pub(crate) fn result_of(&self, callee: Type) -> Type {
        let Type::Is(kind, sure) = callee else { return Type::Unknown };
        let ty = match kind {
            Kind::Builtin(id) => builtin(id).map_or(Type::Unknown, |function| of_ty(&function.returns)),
            Kind::Giver(id) => Type::sure(Kind::Foreign(id)),
            Kind::Func(func) => self.returns.get(func).map_or(Type::Unknown, |returns| returns[0]),
            Kind::Foreign(id) => match self.foreign.get(id) {
                Some(Foreign::Func { returns, .. }) => returns[0],
                _ => Type::Unknown,
            },
            _ => Type::Unknown,
        };
        ty.weaken(sure)
    }

    /// Returns the type of the elements of a list.
    pub(crate) fn element(&self, list: Type) -> Type {
        let Type::Is(kind, sure) = list else { return list };
        match kind {
            Kind::List(object) => Type::Is(Kind::Object(object), sure),
            Kind::Table(id) => self.items.get(&id).copied().unwrap_or(Type::Bottom).weaken(sure),
            Kind::Foreign(id) => match self.foreign.get(id) {
                Some(Foreign::Table { item, .. }) => item.weaken(sure),
                _ => Type::Unknown,
            },
            _ => Type::Unknown,
        }
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
            fields.extend(self.own_fields(other).into_iter().map(|(name, ty)| (name, ty.weaken(Sure::No))));
        }
        // A table's own fields come before those of the same name that it would inherit.
        fields.sort_by(|a, b| a.0.cmp(&b.0));
        fields.dedup_by(|a, b| a.0 == b.0);
        fields
    }

    /// Returns what any of the fields of a table holds, those that it inherits too; nothing if it has none.
    pub(super) fn any_field(&self, table: ExprId) -> Type {
        let own = |kind: Kind| match kind {
            Kind::Table(table) => self.values.get(&table).copied().unwrap_or_default(),
            _ => self.own_fields(kind).into_iter().fold(Type::Bottom, |ty, (_, field)| ty.join(field)),
        };
        let kind = Kind::Table(table);
        let inherited = self.inherited(kind).into_iter().map(own);
        inherited.fold(own(kind), Type::join).weaken(Sure::No)
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
}
