//! What the manual shows of the command line: its page on it, and the sessions in `console` blocks.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use expect_test::expect_file;

use super::Folder;

fn source() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

fn help(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_luakit")).args(arguments).arg("--help").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// `UPDATE_EXPECT=1` writes the page.
#[test]
fn the_page_on_the_command_line_is_what_help_says() {
    let general = help(&[]);
    let mut page =
        "# Command line\n\nWhat `luakit COMMAND --help` says. The pages on single commands tell more.\n"
            .to_owned();
    let mut section =
        |title: &str, text: &str| write!(page, "\n## {title}\n\n```text\n{text}\n```\n").unwrap();
    section("luakit", &general);
    let commands = general.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let names = commands.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    for name in names.map(|line| line.split_whitespace().next().unwrap()) {
        section(&format!("luakit {name}"), &help(&[name]));
    }
    expect_file![source().join("cli.md")].assert_eq(&page);
}

#[test]
fn each_session_goes_as_it_is_shown() {
    let mut seen = 0;
    for name in ["getting-started.md", "guide/debugging.md"] {
        let page = std::fs::read_to_string(source().join(name)).unwrap();
        let mut script = "";
        for block in page.split("```").skip(1).step_by(2) {
            let (info, text) = block.split_once('\n').unwrap();
            match info {
                "lua" => script = text,
                "console" => {
                    let folder = Folder::new(&format!("--- build.lua\n{script}"));
                    let mut shown = String::new();
                    for command in text.lines().filter_map(|line| line.strip_prefix("$ luakit ")) {
                        let output = folder.run(&command.split(' ').collect::<Vec<_>>());
                        write!(shown, "$ luakit {command}\n{}", String::from_utf8_lossy(&output.stdout))
                            .unwrap();
                        seen += 1;
                    }
                    assert_eq!(shown, text, "{name}");
                }
                _ => {}
            }
        }
    }
    assert!(seen >= 3, "the sessions were not found");
}
