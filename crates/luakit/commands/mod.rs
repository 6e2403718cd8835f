//! The subcommands, a file for each.

pub mod build;
pub mod check;
pub mod dag;
pub mod version;
