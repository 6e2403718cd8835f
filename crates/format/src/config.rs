//! The configuration: `stylua.toml`, else `.editorconfig`, read as StyLua reads them.

use crate::editorconfig;
use luakit_diagnostics::SourceFile;
use std::ops::Range;
use std::path::{Path, PathBuf};
use stylua_lib::{IndentType, LineEndings, LuaVersion, QuoteStyle};

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

    /// Returns how the file at `path` is formatted: as the nearest `stylua.toml` says, else as `.editorconfig` does,
    /// else as `otherwise`.
    ///
    /// # Errors
    /// A message that begins with the place of the mistake, or with the file that cannot be read, as `shown` shows it.
    pub fn of_file(
        path: &Path,
        otherwise: Config,
        shown: impl Fn(&Path) -> String,
    ) -> Result<Config, String> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let Some(found) = find(folder) else {
            let properties = std::path::absolute(path).map(|file| editorconfig::properties(&file));
            let properties = properties.unwrap_or_default();
            return Ok(otherwise.with(&properties));
        };
        let shown = shown(&found);
        let text = std::fs::read_to_string(&found).map_err(|err| format!("cannot read `{shown}`: {err}"))?;
        Config::parse(&text).map_err(|error| {
            let start = error.range.map_or(0, |range| range.start);
            let at = SourceFile::new("", text.as_str()).line_column(start);
            format!("{shown}:{}:{}: {}", at.line, at.column, error.message)
        })
    }

    /// Returns the configuration that indents with so many spaces, or with tabs that look like them.
    pub fn indented(spaces: bool, width: usize) -> Config {
        let mut config = Config::default();
        config.stylua.indent_type = if spaces { IndentType::Spaces } else { IndentType::Tabs };
        config.stylua.indent_width = width.clamp(1, 16);
        config
    }

    /// Lays what `.editorconfig` says over the configuration. What it does not know is left as it is, as all readers of
    /// that file do.
    fn with(mut self, properties: &editorconfig::Properties) -> Config {
        let value = |key: &str| properties.get(key).map(String::as_str);
        let number = |key: &str| value(key).and_then(|value| value.parse::<usize>().ok());
        let stylua = &mut self.stylua;
        match value("indent_style") {
            Some("tab") => stylua.indent_type = IndentType::Tabs,
            Some("space") => stylua.indent_type = IndentType::Spaces,
            _ => {}
        }
        if let Some(width) = number("indent_size").or_else(|| number("tab_width")) {
            stylua.indent_width = width.clamp(1, 16);
        }
        match value("max_line_length") {
            Some("off") => stylua.column_width = LONG,
            _ => stylua.column_width = number("max_line_length").unwrap_or(stylua.column_width),
        }
        match value("quote_type") {
            Some("single") => stylua.quote_style = QuoteStyle::AutoPreferSingle,
            Some("double") => stylua.quote_style = QuoteStyle::AutoPreferDouble,
            _ => {}
        }
        match value("end_of_line") {
            Some("lf") => self.line_endings = Some(LineEndings::Unix),
            Some("crlf") => self.line_endings = Some(LineEndings::Windows),
            _ => {}
        }
        self
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

/// The width of a line that never ends.
const LONG: usize = 100_000;

/// The names of configuration files, the first that is there counts.
pub const NAMES: [&str; 2] = ["stylua.toml", ".stylua.toml"];

/// Returns the configuration file that counts for a folder: the nearest upwards.
pub fn find(folder: &Path) -> Option<PathBuf> {
    let folder = folder.canonicalize().ok()?;
    let files = folder.ancestors().flat_map(|folder| NAMES.map(|name| folder.join(name)));
    files.into_iter().find(|file| file.is_file())
}
