//! The subcommands, a file for each.

pub(crate) mod api;
pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod dag;
pub(crate) mod diff;
pub(crate) mod doctor;
#[cfg(feature = "fmt")]
pub(crate) mod fmt;
pub(crate) mod pin;
pub(crate) mod test;
pub(crate) mod version;
