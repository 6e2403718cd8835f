//! The manual's pages on findings: one for each code, and the list of all.

use super::{Generated, reference::NOTE};
use luakit_diagnostics::{CODES, Code, Severity};

pub(super) fn files() -> Result<Vec<Generated>, String> {
    let mut files = vec![Generated { path: "docs/diagnostics.md".into(), text: index() }];
    files.extend(
        CODES
            .iter()
            .map(|code| Generated { path: format!("docs/diagnostics/{code}.md").into(), text: page(*code) }),
    );
    Ok(files)
}

fn index() -> String {
    let mut text = format!("{NOTE}\n# Findings\n\nThe codes that `luakit check` and the editors show.\n\n");
    text.push_str("| code | level | meaning |\n| --- | --- | --- |\n");
    for code in CODES {
        let meaning = meaning(*code);
        text.push_str(&format!("| [`{code}`](diagnostics/{code}.md) | {} | {meaning} |\n", level(*code)));
    }
    text
}

fn page(code: Code) -> String {
    let stops = match code.severity() {
        _ if code.is_off_by_default() => "shown only where it is asked for",
        Severity::Error => "stops a build, and `luakit check` fails",
        Severity::Warning => "`luakit check` fails",
        Severity::Note | Severity::Hint => "`luakit check` does not fail",
    };
    format!(
        "{NOTE}\n# `{code}`\n\n{}\n\n**Level:** {} ({stops}). {}",
        meaning(code),
        level(code),
        code.page()
    )
}

fn level(code: Code) -> String {
    let off = if code.is_off_by_default() { ", off by default" } else { "" };
    format!("{}{off}", code.severity().name())
}

fn meaning(code: Code) -> String {
    code.meaning().trim().replace('\n', " ")
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_page_is_left_of_a_code_that_is_gone() {
        let folder = super::super::root().join("docs/diagnostics");
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            let name = path.file_stem().unwrap().to_string_lossy();
            assert!(luakit_diagnostics::Code::from_name(&name).is_some(), "{} is of no code", path.display());
        }
    }
}
