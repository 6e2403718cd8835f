//! What `.editorconfig` says of a file, as far as the formatter asks for it.

use globset::{GlobBuilder, GlobMatcher};
use std::collections::BTreeMap;
use std::path::Path;

/// The properties of a file, with keys and values in lower case.
pub(crate) type Properties = BTreeMap<String, String>;

/// Reads the properties of a file from the `.editorconfig` of its folder and of those above, up to one that says it is
/// the root. The nearest counts, and in a file what is further down.
pub(crate) fn properties(file: &Path) -> Properties {
    let mut properties = Properties::new();
    for folder in file.ancestors().skip(1) {
        let Ok(text) = std::fs::read_to_string(folder.join(".editorconfig")) else { continue };
        let relative = file.strip_prefix(folder).unwrap_or(file);
        let (own, is_root) = parse(&text, relative);
        for (key, value) in own {
            properties.entry(key).or_insert(value);
        }
        if is_root {
            break;
        }
    }
    properties.retain(|_, value| value != "unset");
    properties
}

/// Reads what one text says of a file, and whether it is the root.
fn parse(text: &str, file: &Path) -> (Properties, bool) {
    let mut properties = Properties::new();
    let mut is_root = false;
    // Before the first section stands what is about the text itself.
    let mut applies = None;
    for line in text.trim_start_matches('\u{feff}').lines().map(str::trim) {
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(section) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            applies = Some(matcher(section).is_some_and(|matcher| matcher.is_match(file)));
            continue;
        }
        let Some((key, value)) = line.split_once('=') else { continue };
        let (key, value) = (key.trim().to_ascii_lowercase(), value.trim().to_ascii_lowercase());
        match applies {
            None => is_root |= key == "root" && value == "true",
            Some(true) => {
                properties.insert(key, value);
            }
            Some(false) => {}
        }
    }
    (properties, is_root)
}

/// A section without a slash is about files in all folders below.
fn matcher(section: &str) -> Option<GlobMatcher> {
    let glob = match section.strip_prefix('/') {
        Some(rest) => rest.to_owned(),
        None if section.contains('/') => section.to_owned(),
        None => format!("**/{section}"),
    };
    Some(GlobBuilder::new(&glob).literal_separator(true).build().ok()?.compile_matcher())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, file: &str, expected: &[(&str, &str)]) {
        let (properties, _) = parse(text, Path::new(file));
        let found: Vec<_> = properties.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(found, expected, "{file}");
    }

    #[test]
    fn the_last_section_that_fits_counts() {
        let text = "root = true\n[*]\nIndent_Style = Tab\n; x\n[*.{lua,luau}]\nindent_style=space\n[lib/*.lua]\na=1\n[/x.lua]\nb=2";
        check(text, "x.lua", &[("b", "2"), ("indent_style", "space")]);
        check(text, "a/b/x.lua", &[("indent_style", "space")]);
        check(text, "lib/x.lua", &[("a", "1"), ("indent_style", "space")]);
        check(text, "x.py", &[("indent_style", "tab")]);
        check("[[\nx = 1", "x", &[]);
        assert!(parse(text, Path::new("x")).1 && !parse("[*]\nroot = true", Path::new("x")).1);
    }
}
