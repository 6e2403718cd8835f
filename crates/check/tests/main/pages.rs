//! The manual's page of each code: its example gives the finding, what it says to write instead does not.

use crate::support::{Files, options};
use luakit_analysis::Script;
use luakit_check::{Lints, Options, dry_run_parsed, worker};
use luakit_diagnostics::{CODES, Code, SourceFile};
use std::sync::Arc;
use std::time::Duration;

/// Tells which layers find something of a kind in a script: the text's, the run's.
fn layers(text: &str, code: Code) -> (bool, bool) {
    let (script, files) = Files::split(text);
    // Short, for the page on a script that does not end.
    let options = Options { lints: Lints::All, timeout: Duration::from_secs(3), ..options() };
    let found = worker::run(|| {
        let script = Arc::new(Script::parse(Arc::new(SourceFile::new("build.lua", script))));
        let text = luakit_analysis::diagnostics(&script, Some(&files));
        let run = dry_run_parsed(&script, &files, &options).diagnostics;
        (text.iter().any(|it| it.code == code), run.iter().any(|it| it.code == code))
    });
    found.unwrap()
}

/// Returns the fence and the text of the script under a heading of a page.
fn block(page: &str, heading: &str) -> Option<(String, String)> {
    let section = page.split(&format!("## {heading}\n")).nth(1)?.split("\n## ").next()?;
    let (_, block) = section.split_once("```")?;
    let (fence, block) = block.split_once('\n')?;
    Some((fence.to_owned(), block.split_once("```")?.0.to_owned()))
}

#[test]
fn examples_give_the_finding_and_what_is_said_instead_does_not() {
    let mut wrong = String::new();
    for code in CODES {
        let page = code.page();
        let (fence, example) = block(page, "Example").unwrap();
        let (_, instead) = block(page, "Instead").unwrap();
        if layers(&instead, *code) != (false, false) {
            wrong.push_str(&format!("{code}: what is to be written instead has the finding\n"));
        }
        if fence == "lua,not-run" {
            assert!(page.contains("<!-- not run: "), "{code} does not say why its example is not run");
            continue;
        }
        let said = page.lines().next().unwrap();
        let found = match layers(&example, *code) {
            (true, true) => "Found while typing and by the dry run.",
            (true, false) => "Found while typing.",
            (false, true) => "Found by the dry run.",
            (false, false) => "Found by nobody.",
        };
        if said != found {
            wrong
                .push_str(&format!("{code}: the page says {said:?}, of its example it is true: {found:?}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
