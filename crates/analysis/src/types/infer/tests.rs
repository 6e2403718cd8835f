//! Whether working out only what is stale gives what working out everything gives.

use super::*;
use crate::testing::{Files, cases, script};
use proptest::prelude::*;

/// Lines that give and take values in many ways.
const LINES: &[&str] = &[
    "local a = bk.image('x')",
    "local b = a:run('y')",
    "local t = { f = a, [1] = b }",
    "t.f = 1",
    "t.g = function(x) return x end",
    "t[#t + 1] = a",
    "table.insert(t, b)",
    "local function f(x, y) return y, x end",
    "local function g(x) return f(x, x) end",
    "function t.h(x) return t.g(x) end",
    "function t:m(x) return self, x end",
    "a = f(a, b)",
    "b = g(t)",
    "local c, d = f(1, a)",
    "c = t.h(b)",
    "d = t:m(a)",
    "local e = t.f or a",
    "e = t['g'](e)",
    "for _, v in ipairs(t) do b = v end",
    "f(t, nil)",
    "pcall(g, a)",
    "h = f",
    "h(1)",
    "a:files(function(x) b = x end)",
    "if a then c = 1 else c = t end",
    "local p = bk.platform('linux/amd64')",
    "e = p.os",
    "local t = setmetatable({}, t)",
    "return t",
];

/// Asserts that working out only what is stale gives what working out everything gives.
fn check(text: &str) {
    let script = script(text);
    let files = Files::beside_cases();
    let context = || Context::new(Some(&files));
    let sparing = flow(&script, &context());
    let mut careless = Stamps::new(&script);
    careless.careless = true;
    let all = flow_with(&script, &context(), careless);
    assert_eq!(sparing.exprs, all.exprs, "{text}");
    assert_eq!(sparing.locals, all.locals, "{text}");
    assert_eq!(sparing.returns, all.returns, "{text}");
    assert_eq!(sparing.changed, all.changed, "{text}");
    assert_eq!(sparing.fields, all.fields, "{text}");
    assert_eq!(sparing.items, all.items, "{text}");
    assert_eq!(sparing.module, all.module, "{text}");
}

#[test]
fn the_sample_cases_lose_nothing() {
    cases().iter().for_each(|(_, text)| check(text));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn only_what_is_stale_has_to_be_worked_out(lines in prop::collection::vec(prop::sample::select(LINES), 0..16)) {
        check(&lines.join("\n"));
    }
}
