//! The same script gives the same bytes; one that does not is told so.

use crate::suite::cases;
use crate::support::{options, rendered, run, run_with};
use expect_test::{Expect, expect};
use luakit_check::Options;

#[test]
fn every_case_gives_the_same_bytes_in_every_run() {
    for (path, text) in cases() {
        let once = || run(&text).definition().map(luakit_llb::Definition::encode);
        assert_eq!(once(), once(), "{}", path.display());
    }
}

#[test]
fn every_case_is_found_deterministic() {
    for (path, text) in cases() {
        let said = rendered(&run(&text));
        assert!(!said.contains("[not-deterministic]"), "{}: {said}", path.display());
    }
}

#[test]
fn tables_are_read_in_the_order_of_their_names() {
    let names: Vec<String> = (0..200).map(|i| format!("K{}", i * 7919 % 1000)).collect();
    let script = |names: &[String]| {
        let fields: String = names.iter().map(|name| format!("{name} = \"x\", ")).collect();
        format!(
            "bk.export(bk.image('alpine'):run('x', {{ env = {{ {fields} }} }}), {{ labels = {{ {fields} }} }})"
        )
    };
    let reversed: Vec<String> = names.iter().rev().cloned().collect();
    let (a, b) = (run(&script(&names)), run(&script(&reversed)));
    let digests = |run: &luakit_check::DryRun| {
        run.definition().unwrap().ops.iter().map(|op| op.digest.clone()).collect::<Vec<_>>()
    };
    assert_eq!(digests(&a), digests(&b));
    assert_eq!(a.image_config(), b.image_config());
}

#[test]
fn pairs_over_names_has_one_order() {
    let script = "local t = {} for i = 1, 300 do t['k' .. i * 7919 % 1000] = i end\n\
                  local s = '' for k in pairs(t) do s = s .. k end\n\
                  bk.export(bk.scratch():mkfile('/x', s))";
    assert_eq!(rendered(&run(script)), "");
    let once = || run(script).definition().unwrap().encode();
    assert_eq!(once(), once());
}

fn check(script: &str, expected: &Expect) {
    // Luck could make two runs alike, so each is tried a few times.
    let said: Vec<String> = (0..5).map(|_| rendered(&run(script))).collect();
    assert!(said.windows(2).all(|two| two.first() == two.last()), "{said:?}");
    expected
        .assert_eq(said.concat().split_inclusive("keys that are tables or functions\n").next().unwrap_or(""));
}

#[test]
fn an_address_in_a_text_is_reported_where_it_goes() {
    check(
        "local base = bk.image('alpine')\n\
         local key = tostring({})\n\
         local out = base:mkdir('/a'):run('echo ' .. key):run('b')\n\
         bk.export(out)\n",
        &expect![[r#"
            build.lua:3:30: warning: this operation is a different one each time the script is run [not-deterministic]
             3 | local out = base:mkdir('/a'):run('echo ' .. key):run('b')
               |                              ^^^^^^^^^^^^^^^^^^^
            hint: the usual causes are the address in `tostring` of a table or function, and `pairs` over keys that are tables or functions
        "#]],
    );
    check(
        "local f = function() end\nbk.export(bk.scratch():mkfile('/x', string.format('%s', tostring(f))))",
        &expect![[r#"
            build.lua:2:24: warning: this operation is a different one each time the script is run [not-deterministic]
             2 | bk.export(bk.scratch():mkfile('/x', string.format('%s', tostring(f))))
               |                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
            hint: the usual causes are the address in `tostring` of a table or function, and `pairs` over keys that are tables or functions
        "#]],
    );
}

#[test]
fn the_order_of_tables_as_keys_is_reported() {
    check(
        "local t = {}\n\
         for i = 1, 40 do t[{}] = i end\n\
         local s = bk.image('alpine')\n\
         for _, i in pairs(t) do\n  s = s:run('step ' .. i)\nend\n\
         bk.export(s)\n",
        &expect![[r#"
            build.lua:5:9: warning: this operation is a different one each time the script is run [not-deterministic]
             5 |   s = s:run('step ' .. i)
               |         ^^^^^^^^^^^^^^^^^
            hint: the usual causes are the address in `tostring` of a table or function, and `pairs` over keys that are tables or functions
        "#]],
    );
}

#[test]
fn a_label_with_an_address_is_reported_at_the_export() {
    check(
        "bk.export(bk.image('alpine'), { labels = { id = tostring(print) } })",
        &expect![[r#"
        build.lua:1:4: warning: the image's configuration is a different one each time the script is run [not-deterministic]
         1 | bk.export(bk.image('alpine'), { labels = { id = tostring(print) } })
           |    ^^^^^^
        hint: the usual causes are the address in `tostring` of a table or function, and `pairs` over keys that are tables or functions
    "#]],
    );
}

#[test]
fn a_script_that_fails_now_and_then_is_reported() {
    let script = "local s = bk.image('alpine')\n\
                  local last = tonumber(tostring({}):sub(-2, -2), 16)\n\
                  if last % 2 == 0 then error('an even address') end\n\
                  bk.export(s)\n";
    // Half of the pairs of runs differ.
    let said: String = (0..40).map(|_| rendered(&run(script))).collect();
    let told = said.contains("a second run of the script failed: an even address [not-deterministic]");
    assert!(told || !said.contains("warning"), "{said}");
}

#[test]
fn the_second_run_can_be_left_out_and_prints_nothing() {
    let script = "print('once')\nbk.export(bk.scratch():mkfile('/x', tostring({})))";
    let quiet = run_with(script, &Options { verify: false, ..options() });
    assert_eq!(rendered(&quiet), "");
    let printed = run(script).output.len();
    assert_eq!(printed, 1);
}

#[test]
fn random_numbers_and_the_clock_are_the_same_in_every_run() {
    let script = "local s = ''\nfor i = 1, 20 do s = s .. math.random() .. os.time() .. os.clock() .. os.date() end\n\
                  bk.export(bk.scratch():mkfile('/x', s))";
    assert_eq!(rendered(&run(script)), "");
}

#[test]
fn the_clock_shows_what_source_date_epoch_says() {
    let now = |options: Options| {
        let run = run_with("print(os.time(), os.date('%Y')) bk.export(bk.scratch())", &options);
        run.output.iter().map(|printed| printed.text.as_str()).collect::<String>()
    };
    let env: fn(&str) -> Option<String> = |name| (name == "SOURCE_DATE_EPOCH").then(|| "1700000000".into());
    let mut given = Options { env: Some(env), ..options() };
    assert_eq!(now(given.clone()), "1700000000\t2023\n");
    given.args.insert("SOURCE_DATE_EPOCH".into(), "86400".into());
    assert_eq!(now(given.clone()), "86400\t1970\n");
    given.args.insert("SOURCE_DATE_EPOCH".into(), "inf".into());
    assert_eq!(now(given), "0\t1970\n");
}

#[test]
fn objects_have_names_that_stay() {
    let script = "local s = bk.image('alpine')\n\
                  local names = { tostring(s), tostring(bk.cache('/c')), tostring(bk.platform('linux/arm')) }\n\
                  bk.export(s:mkfile('/x', table.concat(names)))";
    assert_eq!(rendered(&run(script)), "");
}
