//! What the formatter makes of a text: before and after, next to each other.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use expect_test::{Expect, expect};
use luakit_format::{Config, Error, format};

fn check(text: &str, expected: Expect) {
    let formatted = format(text, &Config::default(), None).unwrap();
    expected.assert_eq(&formatted.replace('\r', "␍").replace('\u{feff}', "<BOM>"));
    assert_eq!(format(&formatted, &Config::default(), None).unwrap(), formatted, "formatting twice");
}

#[test]
fn scripts_get_stylua_s_style() {
    check(
        "local  s=bk.image 'alpine'\nbk.export( s )",
        expect![[r#"
        local s = bk.image("alpine")
        bk.export(s)
    "#]],
    );
}

#[test]
fn the_first_line_is_kept_when_it_is_no_lua() {
    check(
        "# syntax=luakit:1\n\n\nlocal  a=1\n",
        expect![[r#"
        # syntax=luakit:1

        local a = 1
    "#]],
    );
    check(
        "#!/usr/bin/env luakit\nlocal  a=1",
        expect![[r#"
        #!/usr/bin/env luakit
        local a = 1
    "#]],
    );
    check(
        "#",
        expect![[r#"
        #
    "#]],
    );
    check(
        "#[[ no comment\nlocal  a=1",
        expect![[r#"
        #[[ no comment
        local a = 1
    "#]],
    );
}

#[test]
fn a_byte_order_mark_and_line_endings_are_kept() {
    check(
        "\u{feff}local  a=1\r\nlocal b\r\n",
        expect![[r#"
        <BOM>local a = 1␍
        local b␍
    "#]],
    );
    check(
        "\u{feff}# syntax=x\r\nlocal  b\r\n",
        expect![[r#"
        <BOM># syntax=x␍
        local b␍
    "#]],
    );
}

#[test]
fn only_the_statements_in_a_range_change() {
    let text = "# syntax=x\nlocal  a=1\nlocal  b=2\nlocal  c=3\n";
    let start = text.find("local  b").unwrap();
    let formatted = format(text, &Config::default(), Some(start..start + 10)).unwrap();
    expect![[r#"
        # syntax=x
        local  a=1
        local b = 2
        local  c=3
    "#]]
    .assert_eq(&formatted);
}

#[test]
fn a_broken_script_is_told_with_its_place() {
    let text = "# syntax=x\nlocal a = = 1\n";
    match format(text, &Config::default(), None) {
        Err(Error::Syntax { offset, .. }) => assert_eq!(&text[offset - 2..offset + 3], "= = 1"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn nothing_is_nested_too_deeply_to_answer() {
    for depth in [50, 150, 190, 1_000, 100_000] {
        for (open, close) in [("(", ")"), ("{", "}"), ("{ f = ", " }")] {
            let deep = format!("local a = {}1{}", open.repeat(depth), close.repeat(depth));
            // Formatted or refused, either will do.
            let _ = format(&deep, &Config::default(), None);
        }
    }
}

#[test]
fn the_configuration_is_stylua_s() {
    let config = Config::parse("indent_type = 'Spaces'\nindent_width = 2\nsyntax = 'Lua54'\n").unwrap();
    let formatted = format("if a then b() end", &config, None).unwrap();
    assert_eq!(formatted, "if a then\n  b()\nend\n");
    let config = Config::parse("line_endings = 'Windows'").unwrap();
    assert_eq!(format("local a\n", &config, None).unwrap(), "local a\r\n");
}

#[test]
fn a_mistake_in_the_configuration_has_a_place() {
    let text = "column_width = 80\nindent_wdth = 2\n";
    let error = Config::parse(text).unwrap_err();
    assert_eq!(&text[error.range.unwrap()], "indent_wdth");
    assert!(error.message.contains("indent_wdth"), "{}", error.message);
    assert!(Config::parse("quote_style = 'Curly'").unwrap_err().message.contains("Curly"));
    assert!(Config::parse("= 1").is_err());
}

#[test]
fn the_nearest_stylua_toml_counts_else_editorconfig_else_what_the_editor_says() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let formatted = |name: &str| {
        let config = Config::of_file(&folder.path().join(name), Config::indented(true, 3), |path| {
            path.display().to_string()
        })
        .unwrap();
        format("if a then b('x') end", &config, None).unwrap()
    };
    // Nothing above the folder of the test may count.
    write(".editorconfig", "root = true\n");
    assert_eq!(formatted("build.lua"), "if a then\n   b(\"x\")\nend\n");
    write(
        ".editorconfig",
        "root = true\n[*.lua]\nindent_style = tab\nquote_type = single\nend_of_line = crlf\n",
    );
    assert_eq!(formatted("lib/build.lua"), "if a then\r\n\tb('x')\r\nend\r\n");
    write("lib/stylua.toml", "indent_type = 'Spaces'\nindent_width = 1\n");
    assert_eq!(formatted("lib/build.lua"), "if a then\n b(\"x\")\nend\n");
    write("lib/stylua.toml", "\nindent = 1\n");
    let error = Config::of_file(&folder.path().join("lib/build.lua"), Config::default(), |path| {
        path.display().to_string()
    })
    .unwrap_err();
    assert!(error.contains("stylua.toml:2:1: "), "{error}");
}
