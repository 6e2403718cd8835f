//! A place of the API that a value goes to: an argument, an option, an element of one.

use crate::cursor::Step;
use luakit_api::{Field, Function, FunctionId, Options, Param, Ty};

/// A place that a value goes to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slot {
    pub(crate) function: &'static Function,
    pub(crate) param: &'static Param,
    /// The innermost option, if the value is in a table of options.
    pub(crate) field: Option<(&'static Options, &'static Field)>,
    /// What is wanted there.
    pub(crate) ty: Ty,
}

impl Slot {
    /// Returns the place at a path in an argument of a call.
    pub(crate) fn of(function: &'static Function, argument: usize, path: &[Step]) -> Option<Slot> {
        let last = function.params.last().filter(|param| param.variadic);
        let param = function.params.get(argument).or(last)?;
        let mut slot = Slot { function, param, field: None, ty: param.ty };
        for step in path {
            slot = match step {
                Step::Item => slot.item()?,
                Step::Key(name) => slot.key(name)?,
            };
        }
        Some(slot)
    }

    /// Returns the place of an element.
    pub(crate) fn item(self) -> Option<Slot> {
        Some(Slot { ty: self.ty.item()?, ..self })
    }

    /// Returns the place of an option, or of an entry of a map.
    pub(crate) fn key(self, name: &str) -> Option<Slot> {
        let found = self.ty.options().into_iter().find_map(|options| Some((options, options.field(name)?)));
        match found {
            Some((options, field)) => Some(Slot { field: Some((options, field)), ty: field.ty, ..self }),
            None => Some(Slot { ty: map_value(&self.ty)?, ..self }),
        }
    }

    /// Returns the name of the option or argument.
    pub(crate) fn name(&self) -> &'static str {
        self.field.map_or(self.param.name, |(_, field)| field.name)
    }

    /// Tells whether values of the two are of a kind.
    pub(crate) fn is_like(&self, other: &Slot) -> bool {
        // Declarations are constants, of which there can be copies: their names tell them apart.
        match (self.field, other.field) {
            (Some((a, x)), Some((b, y))) => a.name == b.name && x.name == y.name,
            (None, None) => {
                let same = self.function.id == other.function.id && self.param.name == other.param.name;
                same || self.names_argument() && other.names_argument()
            }
            _ => false,
        }
    }

    /// Tells whether the value is the name of an argument of the build.
    pub(crate) fn names_argument(&self) -> bool {
        self.param.name == "name" && matches!(self.function.id, FunctionId::ArgOf | FunctionId::Getenv)
    }

    /// Tells whether the value is the name of an image, or may be.
    pub(crate) fn names_image(&self) -> bool {
        self.param.name == "identifier"
            && matches!(self.function.id, FunctionId::Image | FunctionId::SourceOf)
    }

    /// Tells whether the value is a path in the state that is built.
    pub(crate) fn is_path(&self) -> bool {
        matches!(self.name(), "cwd" | "workdir" | "path" | "dest" | "src" | "oldpath" | "newpath")
    }
}

/// Returns the type of the values of a map.
pub(crate) fn map_value(ty: &Ty) -> Option<Ty> {
    match ty {
        Ty::Map(value) => Some(**value),
        Ty::Union(types) => types.iter().find_map(map_value),
        Ty::Special(special) => special.written.iter().find_map(map_value),
        _ => None,
    }
}
