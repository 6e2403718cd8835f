//! The configuration: `stylua.toml`, read as StyLua reads it.

use std::ops::Range;
use std::path::{Path, PathBuf};
use stylua_lib::{LineEndings, LuaVersion};

/// How scripts are formatted: StyLua's own settings.
#[derive(Debug, Clone, Copy, Default)]
pub struct Config {
    stylua: stylua_lib::Config,
    /// Unset, a script keeps the line endings that it has.
    line_endings: Option<LineEndings>,
}

/// What is wrong with a configuration, and at which byte offsets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    pub message: String,
    pub range: Option<Range<usize>>,
}

/// The settings that mean something else here than to StyLua.
#[derive(serde::Deserialize)]
struct Own {
    syntax: Option<toml::Spanned<String>>,
    line_endings: Option<LineEndings>,
}

impl Config {
    /// Reads the text of a `stylua.toml`. Scripts are Luau, whatever `syntax` says: the rest of a project may well be
    /// for another Lua.
    ///
    /// # Errors
    /// If it is not TOML, or has a key or a value that StyLua does not know.
    pub fn parse(text: &str) -> Result<Config, ConfigError> {
        let Own { syntax, line_endings } = toml::from_str(text).map_err(|err| config_error(&err))?;
        let mut masked = text.to_owned();
        if let Some(syntax) = syntax {
            masked.replace_range(syntax.span(), "\"All\"");
        }
        let stylua = toml::from_str(&masked).map_err(|err| config_error(&err))?;
        Ok(Config { stylua, line_endings })
    }

    /// Returns StyLua's settings for a text.
    pub(crate) fn stylua(&self, text: &str) -> stylua_lib::Config {
        let windows =
            text.find('\n').is_some_and(|at| text.get(..at).is_some_and(|line| line.ends_with('\r')));
        let own = if windows { LineEndings::Windows } else { LineEndings::Unix };
        stylua_lib::Config {
            syntax: LuaVersion::Luau,
            line_endings: self.line_endings.unwrap_or(own),
            ..self.stylua
        }
    }
}

fn config_error(err: &toml::de::Error) -> ConfigError {
    ConfigError { message: err.message().to_owned(), range: err.span() }
}

/// The names of configuration files, the first that is there counts.
pub const NAMES: [&str; 2] = ["stylua.toml", ".stylua.toml"];

/// Returns the configuration file that counts for a folder: the nearest upwards.
pub fn find(folder: &Path) -> Option<PathBuf> {
    let folder = folder.canonicalize().ok()?;
    let files = folder.ancestors().flat_map(|folder| NAMES.map(|name| folder.join(name)));
    files.into_iter().find(|file| file.is_file())
}
