//! A project as a team sees it: what `luakit.toml` says, which files are entries, which findings are silenced, and the
//! check of all of it.
//!
//! The command line runs [`check()`]; the language server asks [`Configs`] and [`settle`] about single documents.

mod arguments;
mod check;
mod config;
mod discover;
mod fix;
mod folder;
mod ignores;
mod module;
mod parallel;
mod paths;
mod pins;
mod read;
mod replace;
mod schema;
mod walk;
mod watch;

pub use arguments::{Given, unread_by_project};
pub use check::{Checked, Request, check, with_settings};
pub use config::{CONFIG_FILE, Config, Configs, Level};
pub use discover::{entries_around, entries_below, lua_files};
pub use fix::{Fixed, apply, rewrite, safe_edits};
pub use folder::list_folder;
pub use ignores::{Ignores, Seen, settle, silencing};
pub use paths::Names;
pub use pins::{Pin, pins};
pub use replace::{replace_file, write_whole};
pub use schema::schema;
pub use walk::{Walked, walk};
