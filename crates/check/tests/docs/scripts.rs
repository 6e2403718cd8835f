//! Each script of the manual does what the text around it says.
//!
//! | fence | what it is |
//! | --- | --- |
//! | `lua` | a whole script: no findings, and a definition |
//! | `lua,fragment` | lines that follow [`PREAMBLE`] |
//! | `lua,module` | a file that the page's scripts require; its first line names it |
//! | `lua,error` | a script with the findings that the next `text` block shows |

use crate::book::{Block, Modules, checked, pages};
use luakit_diagnostics::{CODES, Code, Diagnostic, render_text};

/// What fragments start from; the manual's introduction shows it.
const PREAMBLE: &str = "local base = bk.image(\"alpine:3.19\")\nlocal src = bk.local_(\"context\")\n";

/// Pages whose scripts have a test of their own: the declaration's, that of the findings' pages, that of `luakit test`.
const ELSEWHERE: &[&str] = &["docs/reference.md", "docs/diagnostics/", "docs/testing.md"];

#[test]
fn every_script_is_as_its_page_says() {
    let mut problems = String::new();
    let mut seen = 0;
    for page in pages().iter().filter(|page| !ELSEWHERE.iter().any(|it| page.path.starts_with(it))) {
        let blocks = page.blocks();
        let modules = Modules::of(&blocks).0;
        for (index, block) in blocks.iter().enumerate() {
            let problem = match block.info.as_str() {
                "lua" => clean(&block.text, &modules, &[]),
                "lua,module" => clean(&block.text, &modules, &[Code::MISSING_EXPORT]),
                "lua,fragment" => {
                    let script = format!("{PREAMBLE}{}", block.text);
                    let mut allowed = vec![Code::MISSING_EXPORT, Code::UNUSED_STATE, Code::UNREACHED_OP];
                    // A page on comments that silence findings has findings.
                    let silenced =
                        |code: &&Code| block.text.contains("ignore[") && block.text.contains(code.name());
                    allowed.extend(CODES.iter().filter(silenced));
                    clean(&script, &modules, &allowed)
                }
                "lua,error" => {
                    refused(&block.text, &modules, blocks[index + 1..].iter().find(|it| it.info == "text"))
                }
                info if info.starts_with("lua") => Some(format!("no kind of script is called `{info}`\n")),
                _ => continue,
            };
            seen += 1;
            problems.extend(problem.map(|problem| format!("{}:\n{problem}\n", block.place)));
        }
    }
    assert!(problems.is_empty(), "{problems}");
    assert!(seen > 50, "only {seen} scripts were found");
}

#[test]
fn the_introduction_shows_what_fragments_start_from() {
    let introduction = crate::book::page("docs/introduction.md").text;
    assert!(introduction.contains(PREAMBLE), "{PREAMBLE}");
}

type Files = std::collections::BTreeMap<String, String>;

fn clean(script: &str, modules: &Files, allowed: &[Code]) -> Option<String> {
    let (findings, run) = checked(script, modules);
    let told = told(findings.iter().filter(|finding| !allowed.contains(&finding.code)));
    if !told.is_empty() {
        return Some(told);
    }
    let incomplete = run.definition().is_none() && !allowed.contains(&Code::MISSING_EXPORT);
    incomplete.then(|| "the script gives no definition\n".to_owned())
}

fn refused(script: &str, modules: &Files, expected: Option<&Block>) -> Option<String> {
    let told = told(checked(script, modules).0.iter());
    let Some(expected) = expected else { return Some(format!("a `text` block must show\n{told}")) };
    (told.trim_end() != expected.text.trim_end()).then(|| format!("{} should say\n{told}", expected.place))
}

fn told<'a>(findings: impl Iterator<Item = &'a Diagnostic>) -> String {
    findings.map(|finding| render_text(finding, false)).collect()
}
