//! Reading a `luakit.toml`: what it says, and every key, code and value that it should not have.

use crate::config::{Config, Level, Rules};
use crate::ignores::unknown_rule;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use luakit_api::nearest;
use luakit_check::llb::Platform;
use luakit_diagnostics::{Code, Diagnostic, Layer, Place, Severity, SourceFile, TextRange};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub(crate) const KEYS: &[&str] = &["entries", "platforms", "args", "contexts", "rules", "overrides"];
pub(crate) const OVERRIDE_KEYS: &[&str] = &["paths", "rules"];
pub(crate) const LEVELS: &[(&str, Level)] = &[
    ("off", Level::Off),
    ("note", Level::At(Severity::Note)),
    ("warning", Level::At(Severity::Warning)),
    ("error", Level::At(Severity::Error)),
];

type Value<'i> = Spanned<DeValue<'i>>;

/// Reads a text that is about `folder`.
///
/// # Errors
/// A message with its place, for a text that is no TOML.
pub(crate) fn config(file: &Arc<SourceFile>, folder: &Path) -> Result<Config, String> {
    let table = DeTable::parse(&file.text).map_err(|err| {
        let at = file.line_column(err.span().map_or(0, |span| span.start));
        let message = err.message().trim().replace('\n', ", ");
        format!("{}:{}:{}: invalid TOML: {message}", file.name, at.line, at.column)
    })?;
    let mut reader = Reader { file, findings: Vec::new() };
    let mut config = Config { folder: folder.to_owned(), file: Some(file.clone()), ..Config::default() };
    reader.keys(table.get_ref(), KEYS, "luakit.toml");
    for (key, value) in table.get_ref() {
        match &**key.get_ref() {
            "entries" => {
                config.entries = reader.strings(value, "entries");
                config.entry_globs = reader.globs(&config.entries);
                reader.missing_files(&config.entries, folder);
            }
            "platforms" => config.platforms = reader.platforms(value),
            "args" => (config.args, config.arg_names) = reader.args(value),
            "contexts" => config.contexts = reader.contexts(value, folder),
            "rules" => config.rules = reader.rules(value),
            "overrides" => config.overrides = reader.overrides(value),
            _ => {}
        }
    }
    config.findings = reader.findings;
    Ok(config)
}

struct Reader<'f> {
    file: &'f Arc<SourceFile>,
    findings: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn keys(&mut self, table: &DeTable<'_>, known: &[&str], owner: &str) {
        for key in table.keys().filter(|key| !known.contains(&&**key.get_ref())) {
            let meant = nearest(key.get_ref(), known.iter().copied());
            let message = match meant {
                Some(near) => format!("unknown key `{}` in {owner}, did you mean `{near}`?", key.get_ref()),
                None => format!("unknown key `{}` in {owner}", key.get_ref()),
            };
            let finding = self.finding(Code::UNKNOWN_SETTING, range(key), message);
            if meant.is_none() {
                let list: Vec<String> = known.iter().map(|key| format!("`{key}`")).collect();
                finding.hints.push(format!("there are {}", list.join(", ")));
            }
        }
    }

    fn strings(&mut self, value: &Value<'_>, what: &str) -> Vec<(String, TextRange)> {
        let Some(items) = value.get_ref().as_array() else {
            self.expected(value, what, "a list of strings");
            return Vec::new();
        };
        let mut strings = Vec::new();
        for item in items.iter() {
            match item.get_ref().as_str() {
                Some(text) => strings.push((text.to_owned(), range(item))),
                None => self.expected(item, what, "strings"),
            }
        }
        strings
    }

    /// Makes one matcher of the patterns, which are relative to the folder of the file.
    fn globs(&mut self, patterns: &[(String, TextRange)]) -> GlobSet {
        let mut set = GlobSetBuilder::new();
        for (pattern, range) in patterns {
            let plain = pattern.strip_prefix("./").unwrap_or(pattern);
            match GlobBuilder::new(plain).literal_separator(true).build() {
                Ok(glob) => {
                    set.add(glob);
                }
                Err(err) => {
                    let message = format!("`{pattern}` is no pattern: {}", err.kind());
                    self.finding(Code::INVALID_SETTING, *range, message);
                }
            }
        }
        set.build().unwrap_or_default()
    }

    /// An entry that is not there is most likely misspelt, and would never be checked.
    fn missing_files(&mut self, entries: &[(String, TextRange)], folder: &Path) {
        for (entry, range) in entries {
            if !is_pattern(entry) && !folder.join(entry).is_file() {
                let message = format!("the entry `{entry}` is no file");
                self.finding(Code::INVALID_SETTING, *range, message);
            }
        }
    }

    fn platforms(&mut self, value: &Value<'_>) -> Vec<Platform> {
        let mut platforms = Vec::new();
        for (text, range) in self.strings(value, "platforms") {
            match Platform::parse(&text) {
                Ok(platform) => platforms.push(platform),
                Err(err) => {
                    self.finding(Code::INVALID_SETTING, range, format!("platforms: {err}"));
                }
            }
        }
        platforms
    }

    /// Returns the arguments, and where their names stand.
    fn args(&mut self, value: &Value<'_>) -> (BTreeMap<String, String>, Vec<(String, TextRange)>) {
        let (mut args, mut names) = (BTreeMap::new(), Vec::new());
        let Some(table) = value.get_ref().as_table() else {
            self.expected(value, "args", "a table of strings");
            return (args, names);
        };
        for (name, value) in table {
            // People write `JOBS = 4`, and mean the text.
            let text = match value.get_ref() {
                DeValue::String(text) => text.to_string(),
                DeValue::Integer(number) => number.as_str().to_owned(),
                DeValue::Float(number) => number.as_str().to_owned(),
                DeValue::Boolean(value) => value.to_string(),
                _ => {
                    self.expected(value, &format!("args.{}", name.get_ref()), "a string");
                    continue;
                }
            };
            names.push((name.get_ref().to_string(), range(name)));
            args.insert(name.get_ref().to_string(), text);
        }
        (args, names)
    }

    /// Reads which folder each context is, seen from the folder of the file.
    fn contexts(&mut self, value: &Value<'_>, folder: &Path) -> BTreeMap<String, PathBuf> {
        let Some(table) = value.get_ref().as_table() else {
            self.expected(value, "contexts", "a table of folders");
            return BTreeMap::new();
        };
        let mut contexts = BTreeMap::new();
        for (name, value) in table {
            match value.get_ref().as_str() {
                Some(path) => {
                    contexts.insert(name.get_ref().to_string(), folder.join(path));
                }
                None => self.expected(value, &format!("contexts.{}", name.get_ref()), "a folder"),
            }
        }
        contexts
    }

    fn rules(&mut self, value: &Value<'_>) -> Rules {
        let Some(table) = value.get_ref().as_table() else {
            self.expected(value, "rules", "a table such as `unused-state = \"off\"`");
            return Rules::new();
        };
        let mut rules = Rules::new();
        for (name, value) in table {
            let code = Code::from_name(name.get_ref());
            if code.is_none() {
                self.finding(Code::UNKNOWN_RULE, range(name), unknown_rule(name.get_ref()));
            }
            let level = self.level(value, name.get_ref());
            if let (Some(code), Some(level)) = (code, level) {
                rules.insert(code, level);
            }
        }
        rules
    }

    fn level(&mut self, value: &Value<'_>, rule: &str) -> Option<Level> {
        let names: Vec<String> = LEVELS.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let list = names.join(", ");
        let Some(text) = value.get_ref().as_str() else {
            self.expected(value, rule, &format!("one of {list}"));
            return None;
        };
        let level = LEVELS.iter().find(|(name, _)| *name == text).map(|(_, level)| *level);
        if level.is_none() {
            let near = nearest(text, LEVELS.iter().map(|(name, _)| *name));
            let meant = near.map_or(String::new(), |near| format!(", did you mean \"{near}\"?"));
            let message = format!("{rule}: unknown level \"{text}\"{meant}");
            let finding = self.finding(Code::INVALID_SETTING, range(value), message);
            finding.hints.push(format!("the levels are {list}"));
        }
        level
    }

    fn overrides(&mut self, value: &Value<'_>) -> Vec<(GlobSet, Rules)> {
        let Some(items) = value.get_ref().as_array() else {
            self.expected(value, "overrides", "tables that begin with `[[overrides]]`");
            return Vec::new();
        };
        let mut overrides = Vec::new();
        for item in items.iter() {
            let Some(table) = item.get_ref().as_table() else {
                self.expected(item, "overrides", "tables that begin with `[[overrides]]`");
                continue;
            };
            self.keys(table, OVERRIDE_KEYS, "`overrides`");
            let paths = table.get("paths").map(|value| self.strings(value, "overrides.paths"));
            let rules = table.get("rules").map(|value| self.rules(value));
            match paths {
                Some(paths) => overrides.push((self.globs(&paths), rules.unwrap_or_default())),
                None => {
                    let message = "`overrides` needs `paths`, a list of patterns".to_owned();
                    self.finding(Code::INVALID_SETTING, range(item), message);
                }
            }
        }
        overrides
    }

    fn expected(&mut self, value: &Value<'_>, what: &str, expected: &str) {
        let got = value.get_ref().type_str();
        let article = if got.starts_with(['a', 'i']) { "an" } else { "a" };
        let message = format!("{what} must be {expected}, got {article} {got}");
        self.finding(Code::INVALID_SETTING, range(value), message);
    }

    fn finding(&mut self, code: Code, range: TextRange, message: String) -> &mut Diagnostic {
        let place = Place { file: self.file.clone(), range };
        self.findings.push(Diagnostic::new(code, Layer::Static, place, message));
        let last = self.findings.len() - 1;
        &mut self.findings[last]
    }
}

/// Tells whether an entry is a pattern rather than the name of a file.
pub(crate) fn is_pattern(entry: &str) -> bool {
    entry.contains(['*', '?', '[', '{'])
}

fn range<T>(spanned: &Spanned<T>) -> TextRange {
    TextRange::new(spanned.span().start, spanned.span().end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use luakit_diagnostics::{render_text, sort};

    fn read(text: &str) -> Result<Config, String> {
        config(&Arc::new(SourceFile::new("luakit.toml", text)), Path::new("/project"))
    }

    #[test]
    fn what_is_wrong_is_told_at_its_place_with_the_nearest_right_spelling() {
        let text = "entires = [\"build.lua\"]\n\
                    platforms = [\"linux/amd46\", 3]\n\
                    [rules]\n\
                    unused-stat = \"off\"\n\
                    octal-mode = \"warn\"\n\
                    [[overrides]]\n\
                    rules = { unused-state = 1 }\n\
                    [banana]\n";
        let mut findings = read(text).unwrap().findings;
        sort(&mut findings);
        let shown: String = findings.iter().map(|finding| render_text(finding, false)).collect();
        expect![[r#"
            luakit.toml:1:1: warning: unknown key `entires` in luakit.toml, did you mean `entries`? [unknown-setting]
             1 | entires = ["build.lua"]
               | ^^^^^^^
            luakit.toml:2:14: platforms: invalid platform `linux/amd46`: unknown architecture `amd46` [invalid-setting]
             2 | platforms = ["linux/amd46", 3]
               |              ^^^^^^^^^^^^^
            luakit.toml:2:29: platforms must be strings, got an integer [invalid-setting]
             2 | platforms = ["linux/amd46", 3]
               |                             ^
            luakit.toml:4:1: warning: unknown rule `unused-stat`, did you mean `unused-state`? [unknown-rule]
             4 | unused-stat = "off"
               | ^^^^^^^^^^^
            luakit.toml:5:14: octal-mode: unknown level "warn", did you mean "warning"? [invalid-setting]
             5 | octal-mode = "warn"
               |              ^^^^^^
            hint: the levels are "off", "note", "warning", "error"
            luakit.toml:6:1: `overrides` needs `paths`, a list of patterns [invalid-setting]
             6 | [[overrides]]
               | ^^^^^^^^^^^^^
            luakit.toml:7:26: unused-state must be one of "off", "note", "warning", "error", got an integer [invalid-setting]
             7 | rules = { unused-state = 1 }
               |                          ^
            luakit.toml:8:2: warning: unknown key `banana` in luakit.toml [unknown-setting]
             8 | [banana]
               |  ^^^^^^
            hint: there are `entries`, `platforms`, `args`, `contexts`, `rules`, `overrides`
        "#]].assert_eq(&shown);
    }

    #[test]
    fn no_toml_is_an_error_with_its_place() {
        expect!["luakit.toml:3:1: invalid TOML: missing comma between array elements, expected `,`"]
            .assert_eq(&read("entries = [\n[rules]\nx = \n").unwrap_err());
    }

    #[test]
    fn levels_go_by_the_last_override_that_matches() {
        let text = "[rules]\nunused-state = \"error\"\n\
                    [[overrides]]\npaths = [\"legacy/**\"]\nrules = { unused-state = \"note\" }\n\
                    [[overrides]]\npaths = [\"legacy/old.lua\"]\nrules = { unused-state = \"off\" }\n";
        let config = read(text).unwrap();
        assert_eq!(config.findings, Vec::new());
        let level = |path: &str| {
            let place = Place { file: Arc::new(SourceFile::new("x", "")), range: TextRange::default() };
            let finding = Diagnostic::new(Code::UNUSED_STATE, Layer::Static, place, "");
            config.judge(Path::new(path), finding).map(|finding| finding.severity.name())
        };
        assert_eq!(level("/project/build.lua"), Some("error"));
        assert_eq!(level("/project/legacy/a/b.lua"), Some("note"));
        assert_eq!(level("/project/legacy/old.lua"), None);
    }

    #[test]
    fn entries_are_files_or_patterns_below_the_folder() {
        let config = read("entries = [\"images/*.lua\"]\n[args]\nJOBS = 4\nNAME = \"x\"\n").unwrap();
        assert!(config.names_entry(Path::new("/project/images/web.lua")));
        assert!(!config.names_entry(Path::new("/project/images/lib/web.lua")));
        assert!(!config.names_entry(Path::new("/other/images/web.lua")));
        assert_eq!(config.args, BTreeMap::from([("JOBS".into(), "4".into()), ("NAME".into(), "x".into())]));
    }
}
