//! The documentation of completion items, which many clients ask for one item at a time.

use crate::lua_library::lua_name;
use luakit_api::render::{field_markdown, function_markdown};
use luakit_api::{Choice, FUNCTIONS, Field, Options, Ty};

/// What is told of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Documentation {
    /// Markdown.
    Text(String),
    /// A name that [`documentation`] knows.
    Named(String),
}

impl Documentation {
    /// Returns the documentation itself.
    pub fn markdown(&self) -> String {
        match self {
            Documentation::Text(text) => text.clone(),
            Documentation::Named(name) => documentation(name).unwrap_or_default(),
        }
    }
}

impl Default for Documentation {
    fn default() -> Self {
        Documentation::Text(String::new())
    }
}

impl From<&str> for Documentation {
    fn from(text: &str) -> Self {
        Documentation::Text(text.to_owned())
    }
}

/// Returns the documentation of something that the API or Lua declares: `bk.image`, `state:run`, `string.format`,
/// `CacheOptions.sharing`.
pub fn documentation(name: &str) -> Option<String> {
    if let Some(function) = FUNCTIONS.iter().find(|function| function.script_name() == name) {
        return Some(function_markdown(function));
    }
    if let Some(found) = lua_name(name) {
        return Some(found.markdown());
    }
    let (options, field) = name.split_once('.')?;
    let (options, field) = option_named(options, field)?;
    Some(field_markdown(field, options))
}

/// Returns the name of an option's documentation.
pub(super) fn name_of(field: &Field, options: &Options) -> Documentation {
    Documentation::Named(format!("{}.{}", options.name, field.name))
}

fn option_named(options: &str, field: &str) -> Option<(&'static Options, &'static Field)> {
    let mut types: Vec<Ty> =
        FUNCTIONS.iter().flat_map(|function| function.params).map(|param| param.ty).collect();
    let mut seen: Vec<&'static str> = Vec::new();
    while let Some(ty) = types.pop() {
        for found in tables(&ty) {
            if found.name == options {
                return Some((found, found.field(field)?));
            }
            if !seen.contains(&found.name) {
                seen.push(found.name);
                types.extend(found.fields.iter().map(|field| field.ty));
            }
        }
    }
    None
}

/// Returns the tables of options in a type, however deep.
fn tables(ty: &Ty) -> Vec<&'static Options> {
    match ty {
        Ty::Options(options) => vec![options],
        Ty::List(item) | Ty::Map(item) => tables(item),
        Ty::Union(types) => types.iter().flat_map(tables).collect(),
        Ty::Special(special) => special.written.iter().flat_map(tables).collect(),
        _ => Vec::new(),
    }
}

/// Returns the documentation of a value of an enumeration.
pub(super) fn of_value(choice: &Choice, doc: &str) -> Documentation {
    Documentation::Text(format!("{doc}\n\n_{}_", choice.doc.lines().next().unwrap_or(choice.name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_is_found_by_its_name() {
        for name in [
            "CacheOptions.sharing",
            "HealthcheckOptions.test",
            "SignatureOptions.pubkey",
            "OwnerOptions.user",
        ] {
            assert!(
                documentation(name).is_some_and(|text| text.contains(name.split('.').nth(1).unwrap())),
                "{name}"
            );
        }
        for function in FUNCTIONS {
            assert!(documentation(&function.script_name()).is_some());
        }
        assert!(documentation("string.format").is_some());
        assert_eq!(documentation("CacheOptions.nothing"), None);
        assert_eq!(documentation("nothing"), None);
    }
}
